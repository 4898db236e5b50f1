// Where a finding is seen in the window, and what its button says. Pure, but for the going.
import type { Action, Evidence, Flaw, Severity } from '../host/rpc';
import { setVariable } from './act';
import type { App, Screen } from './app.svelte';
import { stationId } from '../words';

/** What stands over each group, the worst first. */
export const groups: { severity: Severity; title: string }[] = [
  { severity: 'connect', title: 'Nobody can connect' },
  { severity: 'messages', title: 'Messages fail or go astray' },
  { severity: 'risk', title: 'Works, and will hurt' },
  { severity: 'advice', title: 'Advice' },
];

const screens: Record<string, Screen> = {
  Routes: 'routes',
  Stages: 'stages',
  Integrations: 'integrations',
  Models: 'models',
  Authorizers: 'authorizers',
  Access: 'access',
  Deployments: 'deployments',
  API: 'apis',
  Domains: 'domains',
  'Custom domains': 'domains',
};

export interface Spot {
  screen: Screen;
  routeKey?: string;
  /** Of the stage, model, authorizer or integration. */
  name?: string;
  station?: string;
}

/** Where the evidence is to be seen; undefined where no screen shows it. */
export function spotOf({ place }: Evidence): Spot | undefined {
  if (place.kind !== 'config') return undefined;
  const parts = place.path.split(' › ');
  const screen = screens[parts[0] ?? ''];
  if (place.routeKey !== undefined)
    return { screen: 'routes', routeKey: place.routeKey, station: stationId(parts.at(-1) ?? '') };
  if (!screen) return undefined;
  return { screen, ...(parts[1] !== undefined && { name: parts[1] }) };
}

/** The words of a place, without what its name says already. */
export const pathOf = ({ place }: Evidence) => (place.kind === 'config' ? place.path : '');

/** Opens the place. */
export function show(app: App, evidence: Evidence | undefined) {
  const spot = evidence && spotOf(evidence);
  if (!spot) return;
  if (spot.routeKey !== undefined) return app.showRoute(spot.routeKey, spot.station);
  const to = app.draft.to ?? app.apis.view?.snapshot;
  const { name } = spot;
  if (spot.screen === 'stages' && to?.stages.some((s) => s.stageName === name)) app.apis.stageName = name;
  if (spot.screen === 'domains' && name !== undefined) app.domains.look(name);
  if (spot.screen === 'apis') app.inventory.pane = 'settings';
  const chosen: [typeof spot.screen, 'model' | 'authorizer' | 'integration', string | undefined][] = [
    ['models', 'model', to?.models.find((m) => m.name === name)?.modelId],
    ['authorizers', 'authorizer', to?.authorizers.find((a) => a.name === name)?.authorizerId],
    ['integrations', 'integration', to?.integrations.find((i) => i.integrationId === name)?.integrationId],
  ];
  for (const [screen, kind, id] of chosen) if (screen === spot.screen && id) app.chosen[kind] = id;
  app.go(spot.screen);
}

/** What the button of an action says here; undefined where the place's own link does the same. */
export function actionWords(action: Action | undefined): string | undefined {
  switch (action?.kind) {
    case 'fix':
      return 'Fix…';
    case 'deploy':
      return 'Deploy…';
    case 'turnOnLogs':
      return 'Turn on logs…';
    case 'setVariable':
      return 'Set the variable';
    default:
      return undefined;
  }
}

/** The one thing that a click does about a finding. */
export function mend(app: App, { action, rule }: Flaw) {
  switch (action?.kind) {
    case 'fix':
      return app.fix(rule, action.routeKey, action.about);
    case 'deploy':
      return app.deploy();
    case 'turnOnLogs':
      return app.turnOn.begin();
    case 'setVariable':
      return setVariable(app, action.name);
  }
}
