// What one click does about a finding, by the kind of its action. Rust says which action a finding has.
import { tick } from 'svelte';
import type { Action, ApiKey, Finding, Row } from '../host/rpc';
import { oneLine } from '../format';
import { stationId } from '../words';
import type { App } from './app.svelte';

const words: Record<Exclude<Action['kind'], 'setVariable' | 'copy'>, string> = {
  fix: 'Fix…',
  turnOnLogs: 'Turn on logs',
  showRoute: 'Show route',
  readNow: 'Read now',
  deploy: 'Deploy…',
  sendKey: 'Send a key',
  sign: 'Sign and connect',
  dial: 'Connect there',
  openLog: 'Open its log',
  probe: 'Look further',
};

/** What the button asks, said before it is pressed. */
export const probeWords =
  'Asks what this failure needs: DNS, a TLS handshake for the certificate (no request is sent), the functions’ policies, IAM, and the targets behind a VPC link. It only reads.';

/** As its button says it. */
export function actionWords(action: Action): string {
  if (action.kind === 'setVariable') return `Set ${oneLine(action.name)}`;
  if (action.kind === 'copy') return oneLine(action.what);
  return words[action.kind];
}

/** What it acts on, for its tooltip. */
export function actionDetail(action: Action): string | undefined {
  switch (action.kind) {
    case 'fix':
      return oneLine(action.about ?? action.routeKey);
    case 'dial':
      return oneLine(action.url);
    case 'openLog':
      return oneLine(action.logGroup);
    case 'sign':
      return 'Signature Version 4, with the credentials of this account';
    case 'sendKey':
      return 'its value goes into x-api-key and is never shown';
    case 'probe':
      return probeWords;
  }
}

/** Keys that the gateway would take for the stage: enabled, and in a plan that covers it. */
export async function usableKeys(app: App): Promise<ApiKey[] | undefined> {
  const { apis, draft } = app;
  await draft.readSurroundings();
  const around = draft.base?.surroundings;
  if (!around) return undefined;
  const covers = around.usagePlans.filter((plan) =>
    plan.apiStages.some((s) => s.apiId === apis.apiId && s.stage === apis.stageName),
  );
  const ids = new Set(covers.flatMap((plan) => plan.keys.map((k) => k.id)));
  return around.apiKeys.filter((key) => key.enabled && ids.has(key.id));
}

/** Dials with a key: the page only names it. */
export function sendKey(app: App, key: ApiKey) {
  app.keyChoice = undefined;
  app.dial.setHeader('x-api-key', `{{apiKey:${key.id}}}`);
  return redial(app);
}

/** Connects, or connects anew, with what the dial says now. */
export function redial(app: App) {
  app.go('connect');
  return app.session.connection.kind === 'closed' ? app.connect() : app.again.begin(undefined);
}

/** Sends the one key that fits, or lets a person choose. */
async function chooseKey(app: App, row: number | undefined) {
  // Away from the conversation there is no place to ask.
  if (row === undefined) return app.go('access');
  app.keyChoice = { row };
  const keys = await usableKeys(app);
  if (app.keyChoice?.row !== row) return;
  const [only, second] = keys ?? [];
  if (only && !second) return sendKey(app, only);
  app.keyChoice = keys ? { row, keys } : { row, error: app.draft.error ?? undefined };
}

/** Adds the variable to the draft and puts the cursor where its value goes. */
export async function setVariable(app: App, name: string) {
  const stage = app.draft.to?.stages.find((s) => s.stageName === app.apis.stageName);
  if (!stage) return app.go('stages');
  stage.stageVariables[name] ??= '';
  app.chosen.stage = stage.stageName;
  app.stagePane = 'variables';
  app.go('stages');
  await tick();
  const at = Object.keys(stage.stageVariables).indexOf(name);
  document.querySelector<HTMLInputElement>(`#stage-pane [data-row="${at}"] input.value`)?.focus();
}

async function probe(app: App, row: number | undefined) {
  const session = app.session.id;
  if (!session || row === undefined || app.probing !== undefined) return;
  app.probing = row;
  try {
    await app.host.call('probe_row', { session, row });
  } catch (thrown) {
    app.session.failed(thrown);
  } finally {
    app.probing = undefined;
  }
}

/** Does it, for a row of the conversation or for something in the log. */
export function act(app: App, row: Row | undefined, { action, cause }: Finding): unknown {
  switch (action?.kind) {
    case 'fix':
      return app.fix(cause, action.routeKey, action.about);
    case 'turnOnLogs':
      return app.turnOn.now();
    case 'showRoute':
      return app.showRoute(action.routeKey, action.station && stationId(action.station));
    case 'readNow':
      return app.session.readNow();
    case 'deploy':
      return app.deploy();
    case 'setVariable':
      return setVariable(app, action.name);
    case 'sendKey':
      return chooseKey(app, row?.id);
    case 'sign':
      app.dial.sign = true;
      return redial(app);
    case 'dial':
      app.dial.url = action.url === app.apis.stage?.url ? '' : action.url;
      return redial(app);
    case 'openLog':
      return app.openLog(action.logGroup, action.requestId);
    case 'copy':
      return app.host.writeClipboard(action.text);
    case 'probe':
      return probe(app, row?.id);
  }
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
