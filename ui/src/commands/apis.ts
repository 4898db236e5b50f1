// The commands of whole APIs, and the ways back.
import type { Command } from '../commands';
import { oneLine } from '../format';
import type { App } from '../state/app.svelte';
import { canUndo } from '../state/history.svelte';
import { count } from '../words';

/** Whole APIs, deployments, and past changes. */
export function forWhole(app: App): Command[] {
  const group = 'Commands' as const;
  const { apis, inventory, history, deployments } = app;
  const past = app.screen === 'history' ? history.current : undefined;
  return [
    {
      id: 'new-api',
      title: 'New API…',
      detail: 'empty, echo, ping, chat, or with an authorizer',
      group,
      icon: 'plus',
      ...(app.screen === 'apis' && { shortcut: 'N' }),
      possible: app.accounts.scope !== undefined,
      run: () => {
        app.go('apis');
        void inventory.beginNew(app.accounts.scope);
      },
    },
    {
      id: 'save-snapshot',
      title: 'Save a snapshot of the API',
      detail: 'as a readable file',
      group,
      icon: 'down',
      possible: apis.ofApi !== undefined,
      run: () => {
        app.go('apis');
        inventory.pane = 'settings';
        if (apis.ofApi) void inventory.save(apis.ofApi);
      },
    },
    {
      id: 'search-api',
      title: 'Search the API',
      detail: 'addresses, templates, models, variables',
      group,
      icon: 'search',
      possible: apis.view !== undefined,
      run: () => {
        inventory.pane = 'search';
        app.go('apis');
      },
    },
    {
      id: 'compare-apis',
      title: 'Compare two APIs',
      group,
      icon: 'apis',
      possible: apis.view !== undefined,
      run: () => {
        inventory.pane = 'compare';
        app.go('apis');
      },
    },
    {
      id: 'undo-change',
      title: past ? `Undo “${oneLine(past.title)}”…` : 'Undo a change…',
      detail: past ? 'opens the review sheet' : 'choose it in History',
      group,
      icon: 'history',
      ...(past && { shortcut: 'U' }),
      possible: past === undefined || canUndo(past),
      run: () => (past ? history.undo(app, past) : app.go('history')),
    },
    ...(app.unfinished.length > 0
      ? [
          {
            id: 'unfinished',
            title: `Finish or roll back ${count(app.unfinished.length, 'unfinished change')}`,
            group,
            icon: 'warn' as const,
            possible: true,
            run: () => app.go('history'),
          },
        ]
      : []),
    {
      id: 'roll-back-stage',
      title: `Serve an older deployment on ${oneLine(apis.stageName ?? '…')}`,
      detail: 'choose it in Deployments',
      group,
      icon: 'deployments',
      possible: (deployments.list?.length ?? 2) > 1 && apis.stageName !== undefined,
      run: () => app.go('deployments'),
    },
  ];
}
