// Shortcuts as text: `Mod+Enter`, `Shift+E`, `G R` (one after the other). Mod is ⌘ on a Mac and Ctrl elsewhere.

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

const macNames: Record<string, string> = {
  Mod: '⌘',
  Shift: '⇧',
  Alt: '⌥',
  Enter: '⏎',
  Escape: 'Esc',
  Delete: '⌦',
};
const names: Record<string, string> = { Mod: 'Ctrl', Enter: '⏎', Escape: 'Esc', Shift: '⇧', Delete: 'Del' };

/** As it is printed: `⌘⏎`, `Ctrl ⏎`, `G R`. */
export function printed(shortcut: string): string {
  const steps = shortcut.split(' ').map((step) =>
    step
      .split('+')
      .map((part) => (isMac ? macNames[part] : names[part]) ?? part)
      .join(isMac ? '' : ' '),
  );
  return steps.join(' ');
}

/** As `aria-keyshortcuts` wants it. */
export function ariaShortcut(shortcut: string): string | undefined {
  if (shortcut.includes(' ')) return undefined;
  return shortcut.replace('Mod', isMac ? 'Meta' : 'Control');
}

/** The chord of a key event: `Mod+Shift+D`, `f`, `?`. */
export function chordOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // `?` and `/` need Shift on some keyboards and not on others.
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key));
  return [mod && 'Mod', event.altKey && 'Alt', shift && 'Shift', key].filter(Boolean).join('+');
}

/** Whether typing goes into the element, so that plain letters are text. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input, textarea, select');
}
