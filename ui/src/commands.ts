// Every user command once: what it is called, its shortcut, when it is possible, what it does.
// The palette lists them, buttons and tooltips take their words and keys from here, and App.svelte runs them by key.
import { getContext, setContext } from 'svelte';
import type { IconName } from './parts/Icon.svelte';
import { editIntegrations, editRoutes } from './commands/edits';
import { forSandbox } from './commands/sandbox';
import { forDoctor } from './commands/doctor';
import { forDomains } from './commands/domains';
import { forGuards } from './commands/guards';
import { forLogs } from './commands/logs';
import type { App, Screen } from './state/app.svelte';
import { count, lockedWords, problemSentence, stationId } from './words';
import { oneLine } from './format';
import { canUndo } from './state/history.svelte';
import type { Action, Finding } from './host/rpc';
import { actionWords } from './state/act';
import { verdictText } from './verdictText';

export interface Command {
  id: string;
  title: string;
  /** Second, quieter words. */
  detail?: string;
  group: 'For this failure' | 'Commands' | 'Go to';
  icon: IconName;
  shortcut?: string;
  /** Also while text is being typed. Chords with Mod always are. */
  possible: boolean;
  run(): unknown;
}

export function commands(app: App): Command[] {
  return [
    ...forFailure(app),
    ...forDoctor(app),
    ...forDomains(app),
    ...forRoute(app),
    ...editIntegrations(app),
    ...forSession(app),
    ...forLogs(app),
    ...forApi(app),
    ...forWhole(app),
    ...forGuards(app),
    ...forSandbox(app),
    ...places(app),
  ];
}

function forFailure(app: App): Command[] {
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
        possible: app.logsRun?.state !== 'running' && !app.accounts.locked,
        run: () => app.turnOnLogs(),
      },
      {
        id: 'review-logs',
        title: 'Turn on logs: choose what and for how long…',
        group,
        icon: 'log',
        shortcut: 'Shift+L',
        possible: app.logsRun?.state !== 'running',
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
function forRoute(app: App): Command[] {
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

/** The key of a finding's one click: what has a key elsewhere keeps it. */
export function actionKey({ kind }: Action): string | undefined {
  if (kind === 'readNow') return 'R';
  return kind === 'showRoute' ? 'G R' : kind === 'turnOnLogs' ? 'L' : 'F';
}

/** The route that a finding is about. */
export function routeOf(finding: Finding): string | undefined {
  if (finding.action && 'routeKey' in finding.action) return finding.action.routeKey;
  for (const { place } of finding.evidence)
    if (place.kind === 'config' && place.routeKey) return place.routeKey;
  return undefined;
}

/** The station of the route's way that the finding's configuration evidence names. */
export function stationOf(finding: Finding): string | undefined {
  for (const { place } of finding.evidence) {
    if (place.kind !== 'config') continue;
    if (place.routeKey) return stationId(place.path.split('›').at(-1)?.trim() ?? '');
  }
  return undefined;
}

function forSession(app: App): Command[] {
  const { session } = app;
  const { kind } = session.connection;
  const group = 'Commands' as const;
  return [
    {
      id: 'connect',
      title:
        session.rows.sent + session.rows.failed > 0 || session.newest !== undefined
          ? 'Connect again'
          : 'Connect',
      detail: app.apis.stage?.url,
      group,
      icon: 'connect',
      shortcut: 'Mod+Enter',
      possible: session.ready && kind === 'closed' && !session.dialling && !app.again.busy,
      run: () => app.connect(),
    },
    {
      id: 'send',
      title: 'Send the message',
      group,
      icon: 'send',
      shortcut: 'Mod+Enter',
      possible: (kind === 'open' || app.again.busy) && app.messages.text !== '',
      run: () => app.send(),
    },
    {
      id: 'disconnect',
      title: kind === 'connecting' ? 'Cancel connecting' : 'Disconnect',
      group,
      icon: 'close',
      shortcut: 'Mod+D',
      possible: kind !== 'closed',
      run: () => session.disconnect(),
    },
    {
      id: 'ping',
      title: 'Send a ping',
      group,
      icon: 'ping',
      shortcut: 'P',
      possible: kind === 'open',
      run: () => session.ping(),
    },
    {
      id: 'read-now',
      title: 'Read the log now',
      detail: 'instead of waiting for it',
      group,
      icon: 'log',
      shortcut: 'R',
      possible: session.id !== undefined && session.tail !== undefined && session.tail.state !== 'idle',
      run: () => session.readNow(),
    },
    {
      id: 'filter',
      title:
        app.screen === 'sandbox'
          ? 'Filter the gallery'
          : app.screen === 'calls'
            ? 'Filter the calls'
            : app.screen === 'logs' || app.screen === 'connections'
              ? 'Filter the log'
              : 'Filter the rows',
      group,
      icon: 'search',
      shortcut: '/',
      possible:
        app.screen === 'sandbox'
          ? (app.sandbox.exhibits?.length ?? 0) > 0
          : app.screen !== 'connect' || session.rows.total > 0,
      run: () => document.querySelector<HTMLInputElement>('[data-filter]')?.focus(),
    },
    {
      id: 'next-failed',
      title: 'Next failed row',
      group,
      icon: 'down',
      shortcut: 'E',
      possible: app.screen === 'connect' && session.rows.failed > 0,
      run: () => goFailed(app, 1),
    },
    {
      id: 'previous-failed',
      title: 'Previous failed row',
      group,
      icon: 'up',
      shortcut: 'Shift+E',
      possible: app.screen === 'connect' && session.rows.failed > 0,
      run: () => goFailed(app, -1),
    },
  ];
}

function goFailed(app: App, step: 1 | -1) {
  const { session } = app;
  const id = session.rows.nextFailed(session.selected, step) ?? session.rows.nextFailed(undefined, step);
  if (id !== undefined) session.reveal(id);
}

/** Whole APIs, deployments, and past changes. */
function forWhole(app: App): Command[] {
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

/** The row that is looked at, where no log stands beside it. */
function logless({ screen, session }: App) {
  if (screen !== 'connect' || session.selected === undefined) return undefined;
  const row = session.rows.byId(session.selected);
  return row && !row.request && (row.kind === 'attempt' || row.kind === 'sent' || row.kind === 'closed')
    ? row
    : undefined;
}

function forApi(app: App): Command[] {
  const group = 'Commands' as const;
  const hasStage = app.apis.ofStage !== undefined;
  const { stage } = app.apis;
  return [
    {
      id: 'review-draft',
      title: 'Review the edits…',
      detail: count(app.draft.edits, 'edit'),
      group,
      icon: 'check',
      shortcut: 'Mod+S',
      possible: app.draft.dirty || app.draft.pending,
      run: () => app.reviewDraft(),
    },
    {
      id: 'discard-draft',
      title: 'Discard the edits',
      group,
      icon: 'close',
      possible: app.draft.dirty,
      run: () => app.draft.discard(),
    },
    {
      id: 'deploy',
      title: 'Deploy…',
      detail: 'opens the review sheet',
      group,
      icon: 'deploy',
      shortcut: 'Mod+Shift+D',
      possible: hasStage,
      run: () => app.deploy(),
    },
    {
      id: 'logs-on',
      title: app.logsOff ? 'Turn on logs…' : 'Change the logs…',
      detail: 'level, access log, for how long, what it costs',
      group,
      icon: 'log',
      possible: hasStage,
      run: () => app.turnOn.begin(),
    },
    {
      id: 'why-no-log',
      title: 'Why is there no log?',
      detail: 'looks at the stage, the role and the log groups',
      group,
      icon: 'log',
      shortcut: 'W',
      possible: hasStage,
      run: () => app.whyNoLog(logless(app)),
    },
    {
      id: 'logs-off',
      title: 'Turn off logs…',
      detail: 'opens the review sheet',
      group,
      icon: 'log',
      possible: hasStage && !app.logsOff,
      run: () => app.reviewLogs('OFF', false),
    },
    {
      id: 'trace',
      title: stage?.dataTrace ? 'Stop tracing data…' : 'Trace data…',
      detail: 'whole requests and responses in the log',
      group,
      icon: 'log',
      possible: hasStage && !app.logsOff,
      run: () => app.reviewLogs(stage?.loggingLevel, !stage?.dataTrace),
    },
    {
      id: 'matrix',
      title: 'Try the door: none / header / key / header and key',
      detail: 'dials the stage with each identity; nobody stays connected',
      group,
      icon: 'authorizers',
      shortcut: 'T',
      possible: hasStage && !app.door.running,
      run: () => app.tryDoor(),
    },
    {
      id: 'read-api',
      title: 'Read the API again',
      detail: 'from AWS',
      group,
      icon: 'refresh',
      shortcut: 'Mod+R',
      possible: app.apis.ofApi !== undefined,
      run: () => app.apis.read(),
    },
    {
      id: 'copy-url',
      title: 'Copy the stage’s address',
      detail: stage?.url,
      group,
      icon: 'copy',
      possible: stage !== undefined,
      run: () => stage && app.host.writeClipboard(stage.url),
    },
    {
      id: 'palette',
      title: 'Go to or run',
      group,
      icon: 'search',
      shortcut: 'Mod+K',
      possible: true,
      run: () => (app.overlay = app.overlay === 'palette' ? undefined : 'palette'),
    },
    {
      id: 'shortcuts',
      title: 'Shortcuts',
      group,
      icon: 'help',
      shortcut: '?',
      possible: true,
      run: () => (app.overlay = app.overlay === 'shortcuts' ? undefined : 'shortcuts'),
    },
  ];
}

function places(app: App): Command[] {
  const group = 'Go to' as const;
  const place = (id: Screen, title: string, shortcut: string): Command => ({
    id: `go-${id}`,
    title,
    group,
    icon: id,
    shortcut,
    possible: true,
    run: () => app.go(id),
  });
  const { view } = app.apis;
  return [
    place('connect', 'Connect', 'Mod+1'),
    place('logs', 'Logs', 'Mod+0'),
    place('connections', 'Connections', 'G N'),
    place('routes', 'Routes', 'Mod+2'),
    place('stages', 'Stages', 'Mod+3'),
    place('domains', 'Domains', 'G O'),
    place('sandbox', 'Sandbox', 'Mod+4'),
    place('integrations', 'Integrations', 'Mod+5'),
    place('models', 'Models', 'Mod+6'),
    place('authorizers', 'Authorizers', 'Mod+7'),
    place('access', 'Access', 'Mod+8'),
    place('deployments', 'Deployments', 'Mod+9'),
    place('doctor', 'Doctor', 'G D'),
    place('apis', 'APIs', 'G A'),
    place('links', 'VPC links', 'G L'),
    place('history', 'History', 'G H'),
    place('calls', 'AWS calls', 'G C'),
    ...(view?.routes ?? []).map((route): Command => ({
      id: `route ${route.routeKey}`,
      title: `Route ${oneLine(route.routeKey)}`,
      detail: route.integration,
      group,
      icon: 'routes',
      possible: true,
      run: () => app.showRoute(route.routeKey),
    })),
    ...(view?.stages ?? []).map((stage): Command => ({
      id: `stage ${stage.stageName}`,
      title: `Stage ${oneLine(stage.stageName)}`,
      detail: `logs ${stage.loggingLevel}`,
      group,
      icon: 'stages',
      possible: true,
      run: () => {
        app.apis.stageName = stage.stageName;
        app.go('stages');
      },
    })),
  ];
}

/** The commands of the moment, by id, for buttons. */
export interface Registry {
  readonly all: Command[];
  get(id: string): Command | undefined;
}

const key = Symbol('commands');
export const provideCommands = (registry: Registry) => setContext(key, registry);
export const useCommands = () => getContext<Registry>(key);
