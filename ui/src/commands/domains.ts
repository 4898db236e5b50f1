// The commands of custom domains: a new one, and the wizard's step that is due.
import type { Command } from '../commands';
import { oneLine } from '../format';
import type { App } from '../state/app.svelte';
import { lockedWords } from '../words';

export function forDomains(app: App): Command[] {
  const { domains, apis } = app;
  const here = app.screen === 'domains';
  const group = 'Commands' as const;
  const fresh: Command = {
    id: 'new-domain',
    title: 'New domain…',
    detail: 'wss:// under your own name: certificate, records, mapping, checked',
    group,
    icon: 'domains',
    ...(here && { shortcut: 'N' }),
    possible: app.accounts.scope !== undefined,
    run: () => {
      app.go('domains');
      domains.beginNew(apis.stageName);
    },
  };
  if (!here) return [fresh];
  const { wizard } = domains;
  const back: Command = {
    id: 'domains-back',
    title: wizard && domains.at === 'form' ? 'Back to the wizard' : 'All domains',
    group,
    icon: 'domains',
    shortcut: 'Escape',
    possible: domains.at !== 'list',
    run: () => (domains.at = wizard && domains.at === 'form' ? 'wizard' : 'list'),
  };
  if (!wizard || domains.at !== 'wizard')
    return [
      fresh,
      back,
      {
        id: 'read-domains',
        title: 'Read the domains again',
        group,
        icon: 'refresh',
        shortcut: 'R',
        possible: !domains.reading,
        run: () => domains.read(app.accounts.scope),
      },
    ];
  const { locked } = app.accounts;
  return [
    fresh,
    back,
    {
      id: 'domain-step',
      title: oneLine(wizard.next?.making.title ?? 'Do the next step'),
      ...(locked && { detail: lockedWords }),
      group,
      icon: 'check',
      shortcut: 'Mod+Enter',
      possible: wizard.ready && !wizard.all && !locked,
      run: () => wizard.do(),
    },
    {
      id: 'domain-all',
      title: wizard.all ? 'Stop after this step' : 'Run all writing steps',
      detail: locked
        ? lockedWords
        : 'each as it comes due; it stops where something is blocked or would be replaced',
      group,
      icon: 'deploy',
      shortcut: 'Shift+A',
      possible: wizard.all || (wizard.view !== undefined && !wizard.done && !locked),
      run: () => (wizard.all ? wizard.stopAll() : wizard.runAll()),
    },
    {
      id: 'domain-check',
      title: 'Check the address now',
      detail: 'resolve, TLS, mapping, upgrade, message',
      group,
      icon: 'refresh',
      shortcut: 'R',
      possible: wizard.view !== undefined && !wizard.checking,
      run: () => wizard.verify(),
    },
    {
      id: 'domain-roll-back',
      title: 'Roll back what the wizard made…',
      group,
      icon: 'undo',
      possible: (wizard.view?.made.length ?? 0) > 0 && !wizard.undoing,
      run: () => wizard.previewUndo(),
    },
  ];
}
