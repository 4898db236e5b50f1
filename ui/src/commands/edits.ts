// The commands of the screens where routes and integrations are edited.
import type { Command } from '../commands';
import { deleteIntegration } from '../edit';
import { oneLine } from '../format';
import type { IconName } from '../parts/Icon.svelte';
import type { App } from '../state/app.svelte';
import { addIntegration, addRoute, cloneRoute, deleteRoutes, renameRoute } from '../state/edits';
import { count } from '../words';

/** Routes: made, renamed, copied, deleted, and what a route often needs. */
export function editRoutes(app: App): Command[] {
  if (app.screen !== 'routes') return [];
  const { openRoute, draft } = app;
  const possible = draft.to !== undefined;
  const one = possible && openRoute !== undefined;
  const name = oneLine(openRoute?.routeKey ?? '');
  const command = (
    id: string,
    title: string,
    icon: IconName,
    shortcut: string,
    possible: boolean,
    run: () => unknown,
  ) => ({ id, title, icon, shortcut, possible, run, group: 'Commands' as const });
  const many = app.ticked.length;
  return [
    command('new-route', 'New route', 'plus', 'N', possible, () => addRoute(app)),
    command('rename-route', `Rename ${name}`, 'fix', 'F2', one, () => renameRoute(app)),
    command('clone-route', `Clone ${name}`, 'copy', 'Shift+N', one, () => cloneRoute(app)),
    command(
      'delete-route',
      many > 0 ? `Delete ${count(many, 'route')}` : `Delete ${name}`,
      'trash',
      'Delete',
      one || many > 0,
      () => deleteRoutes(app),
    ),
    ...(openRoute ? app.guide.snippets : []).map((snippet): Command => ({
      id: `snippet ${snippet.id}`,
      title: `Snippet: ${snippet.name}`,
      detail: snippet.says,
      group: 'Commands',
      icon: 'plus',
      possible: one && !app.guide.busy,
      run: () => openRoute && app.guide.snippet(openRoute.routeKey, snippet.id),
    })),
  ];
}

/** The same of integrations. */
export function editIntegrations(app: App): Command[] {
  if (app.screen !== 'integrations') return [];
  const { openIntegration: open, draft } = app;
  const group = 'Commands' as const;
  const name = oneLine(open?.integrationId ?? '');
  return [
    {
      id: 'new-integration',
      title: 'New integration',
      group,
      icon: 'plus',
      shortcut: 'N',
      possible: draft.to !== undefined,
      run: () => addIntegration(app),
    },
    {
      id: 'clone-integration',
      title: `Clone ${name}`,
      group,
      icon: 'copy',
      shortcut: 'Shift+N',
      possible: open !== undefined,
      run: () => addIntegration(app, open),
    },
    {
      id: 'delete-integration',
      title: `Delete ${name}`,
      group,
      icon: 'trash',
      shortcut: 'Delete',
      possible: open !== undefined,
      run: () => draft.to && open && deleteIntegration(draft.to, open.integrationId),
    },
  ];
}
