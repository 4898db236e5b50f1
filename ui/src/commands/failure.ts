// The commands of the failure that is looked at, and of a route whose configuration shows what is wrong.
import type { Command } from '../commands';
import { actionKey, actionWords, routeOf, stationOf } from '../state/act';
import type { App } from '../state/app.svelte';
import { oneLine } from '../format';
import { verdictText } from '../verdictText';
import { lockedWords, problemSentence } from '../words';
import { editRoutes } from './edits';

export function forFailure(app: App): Command[] {
  const { finding, failure } = app;
  if (!finding || !failure || app.screen !== 'connect') return [];
  const group = 'For this failure' as const;
  const list: Command[] = [];
  const { action } = finding;
  if (action && actionKey(action) === 'F') {
    list.push({
      id: 'fix',
      title:
        action.kind === 'fix' && action.routeKey ? `Fix ${oneLine(action.routeKey)}…` : actionWords(action),
      detail: finding.title,
      group,
      icon: 'fix',
      shortcut: 'F',
      possible: true,
      run: () => app.act(failure, finding),
    });
  }
  if (app.wantsLogs && app.logsOff) {
    list.push(
      {
        id: 'turn-on-logs',
        title: 'Turn on logs',
        detail: app.accounts.locked ? lockedWords : 'level INFO; shows each call while it runs',
        group,
        icon: 'log',
        shortcut: 'L',
        possible: app.turnOn.run?.state !== 'running' && !app.accounts.locked,
        run: () => app.turnOn.now(),
      },
      {
        id: 'review-logs',
        title: 'Turn on logs: choose what and for how long…',
        group,
        icon: 'log',
        shortcut: 'Shift+L',
        possible: app.turnOn.run?.state !== 'running',
        run: () => app.turnOn.begin(),
      },
    );
  }
  const routeKey = routeOf(finding) ?? failure.request?.routeKey;
  if (routeKey && app.apis.view?.routes.some((r) => r.routeKey === routeKey)) {
    list.push({
      id: 'show-route',
      title: `Show ${oneLine(routeKey)} in Routes`,
      group,
      icon: 'routes',
      shortcut: 'G R',
      possible: true,
      run: () => app.showRoute(routeKey, stationOf(finding)),
    });
  }
  list.push({
    id: 'copy-verdict',
    title: 'Copy verdict',
    detail: 'cause, evidence and fix as Markdown',
    group,
    icon: 'copy',
    shortcut: 'C',
    possible: true,
    run: () => app.host.writeClipboard(verdictText(finding)),
  });
  return list;
}

/** What the configuration of the open route shows to be wrong, without a connection. */
export function forRoute(app: App): Command[] {
  const { openRoute } = app;
  const problem = openRoute?.problems[0];
  if (app.screen !== 'routes') return [];
  // A fix is a change of its own: while something is edited it would cross the edits.
  if (!openRoute || !problem || app.draft.dirty) return editRoutes(app);
  return [
    ...editRoutes(app),
    {
      id: 'fix-route',
      title: `Fix ${oneLine(openRoute.routeKey)}…`,
      detail: problemSentence(problem),
      group: 'Commands',
      icon: 'fix',
      shortcut: 'F',
      possible: app.apis.ofStage !== undefined,
      run: () => app.fix(problem.cause, openRoute.routeKey),
    },
  ];
}
