// What is around an API is read when a screen that shows it opens, and again whenever the API is.
import { tick, untrack } from 'svelte';
import type { App } from '../../state/app.svelte';

/** Which reading of the API the surroundings belong to. */
const readWith = new WeakMap<App, number>();

/** For a screen's component: call it while it is made. */
export function followSurroundings(app: App) {
  const { apis, draft } = app;
  const there = $derived(draft.base !== undefined);
  $effect(() => {
    const { readAt } = apis;
    if (!there) return;
    untrack(() => {
      const known = draft.base?.surroundings !== undefined && readWith.get(app) === readAt;
      if (known) return;
      if (readAt !== undefined) readWith.set(app, readAt);
      void draft.readSurroundings(true);
    });
  });
}

/** What is new is named first. */
export async function nameIt() {
  await tick();
  const name = document.querySelector<HTMLInputElement>('[data-chosen] input[type=text]');
  name?.focus();
  name?.select();
}
