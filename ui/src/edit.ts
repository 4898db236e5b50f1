// What is done to routes and integrations of a draft as a whole: made, copied, renamed, deleted, set at once.
// Pure but for the draft that is given; ids of what is new come from the caller.
import type { Integration, Kind, Route, Snapshot } from './host/rpc';

/** A deep copy of what may be a reactive proxy, which the browser's own clone refuses. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

type NewId = (kind: Kind) => string;

export const isHandshake = (key: string) => key === '$connect' || key === '$disconnect';
export const isProxy = (integration: Integration) => integration.integrationType.endsWith('_PROXY');

export const integrationOf = (to: Snapshot, route: Route): Integration | undefined =>
  to.integrations.find((i) => route.target === `integrations/${i.integrationId}`);

/** The routes that end at an integration. */
export const usersOf = (to: Snapshot, integrationId: string): Route[] =>
  to.routes.filter((r) => r.target === `integrations/${integrationId}`);

/** `room`, or `room2` where that is taken. */
export function freeKey(to: Snapshot, wish: string): string {
  const taken = new Set(to.routes.map((r) => r.routeKey));
  if (!taken.has(wish)) return wish;
  let n = 2;
  while (taken.has(`${wish}${n}`)) n += 1;
  return `${wish}${n}`;
}

export function addRoute(to: Snapshot, newId: NewId, routeKey = freeKey(to, 'action')): string {
  const routeId = newId('route');
  to.routes.push({
    routeId,
    routeKey,
    authorizationType: 'NONE',
    apiKeyRequired: false,
    requestModels: {},
    requestParameters: {},
    responses: [],
  });
  return routeId;
}

/** What an integration of a type begins with, as AWS makes it. */
export function addIntegration(to: Snapshot, newId: NewId, integrationType: string): string {
  const integrationId = newId('integration');
  const mock = integrationType === 'MOCK';
  to.integrations.push({
    integrationId,
    integrationType,
    ...(!mock && { integrationMethod: 'POST' }),
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    requestParameters: {},
    // A mock answers from its template, and takes the status from it.
    requestTemplates: mock ? { $default: '{"statusCode": 200}' } : ({} as Record<string, string>),
    ...(mock && { templateSelectionExpression: '\\$default' }),
    responses: [],
  });
  return integrationId;
}

export function cloneIntegration(to: Snapshot, newId: NewId, of: Integration): string {
  const copy = copyOf(of);
  copy.integrationId = newId('integration');
  for (const response of copy.responses) response.integrationResponseId = newId('integrationResponse');
  to.integrations.push(copy);
  return copy.integrationId;
}

/** With an integration of its own, so that the copy can be changed alone. */
export function cloneRoute(to: Snapshot, newId: NewId, of: Route): string {
  const integration = integrationOf(to, of);
  const copy = copyOf(of);
  copy.routeId = newId('route');
  copy.routeKey = freeKey(to, of.routeKey.replace(/^\$/, ''));
  for (const response of copy.responses) response.routeResponseId = newId('routeResponse');
  if (copy.routeKey !== '$connect') {
    // AWS takes these on $connect only.
    copy.authorizationType = 'NONE';
    delete copy.authorizerId;
  }
  if (integration) copy.target = `integrations/${cloneIntegration(to, newId, integration)}`;
  to.routes.push(copy);
  for (const stage of to.stages) {
    const own = stage.routeSettings[of.routeKey];
    if (own) stage.routeSettings[copy.routeKey] = copyOf(own);
  }
  return copy.routeId;
}

/** The stages' own settings of the route go along: they are kept by key. */
export function renameRoute(to: Snapshot, route: Route, key: string) {
  for (const stage of to.stages) {
    const own = stage.routeSettings[route.routeKey];
    if (!own || to.routes.some((r) => r !== route && r.routeKey === route.routeKey)) continue;
    delete stage.routeSettings[route.routeKey];
    stage.routeSettings[key] = own;
  }
  route.routeKey = key;
}

export function deleteRoutes(to: Snapshot, ids: string[]) {
  const gone = to.routes.filter((r) => ids.includes(r.routeId));
  to.routes = to.routes.filter((r) => !ids.includes(r.routeId));
  for (const stage of to.stages)
    for (const { routeKey } of gone)
      if (!to.routes.some((r) => r.routeKey === routeKey)) delete stage.routeSettings[routeKey];
}

/** Routes that end there end nowhere then: AWS deletes none that is in use. */
export function deleteIntegration(to: Snapshot, id: string) {
  for (const route of usersOf(to, id)) delete route.target;
  to.integrations = to.integrations.filter((i) => i.integrationId !== id);
}

export interface Bulk {
  timeoutInMillis?: number;
  apiKeyRequired?: boolean;
  loggingLevel?: string;
  authorizationType?: string;
}

/** Sets the same on several routes. A timeout is the integration's, a logging level the stage's for that route. */
export function setAll(to: Snapshot, ids: string[], stageName: string | undefined, set: Bulk) {
  const stage = to.stages.find((s) => s.stageName === stageName);
  for (const route of to.routes.filter((r) => ids.includes(r.routeId))) {
    const integration = integrationOf(to, route);
    if (set.timeoutInMillis !== undefined && integration) integration.timeoutInMillis = set.timeoutInMillis;
    if (set.apiKeyRequired !== undefined) route.apiKeyRequired = set.apiKeyRequired;
    if (set.authorizationType !== undefined) {
      route.authorizationType = set.authorizationType;
      if (set.authorizationType !== 'CUSTOM') delete route.authorizerId;
    }
    if (set.loggingLevel !== undefined && stage)
      stage.routeSettings[route.routeKey] = {
        ...stage.routeSettings[route.routeKey],
        loggingLevel: set.loggingLevel,
      };
  }
}

const lost = [
  'requestTemplates',
  'templateSelectionExpression',
  'integrationResponseSelectionExpression',
  'responses',
] as const;

/** What a proxy does not use, in words; empty: nothing. */
export function lostByProxy(i: Partial<Integration>): string {
  const templates = Object.keys(i.requestTemplates ?? {}).length;
  const responses = i.responses?.length ?? 0;
  return [
    templates > 0 && `${templates} request template${templates > 1 ? 's' : ''}`,
    i.templateSelectionExpression && 'the template selection',
    responses > 0 && `${responses} integration response${responses > 1 ? 's' : ''}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Another type; what a proxy does not use is kept aside and comes back with the type. */
export function setType(i: Integration, type: string, kept: Map<string, Partial<Integration>>) {
  const was = isProxy(i);
  i.integrationType = type;
  if (type !== 'MOCK' && !i.integrationMethod) i.integrationMethod = 'POST';
  if (type === 'AWS_PROXY') i.integrationMethod = 'POST';
  if (!was && isProxy(i)) {
    kept.set(i.integrationId, copyOf(Object.fromEntries(lost.map((m) => [m, i[m]]))));
    i.requestTemplates = {};
    delete i.templateSelectionExpression;
    delete i.integrationResponseSelectionExpression;
    i.responses = [];
  } else if (was && !isProxy(i)) {
    const back = kept.get(i.integrationId);
    if (back && Object.keys(i.requestTemplates).length === 0 && i.responses.length === 0)
      Object.assign(i, back);
    kept.delete(i.integrationId);
  }
}

/** A two-way route sends its integration's answer back to the client. */
export function setTwoWay(route: Route, on: boolean, was: Route | undefined, newId: NewId) {
  if (!on) {
    delete route.routeResponseSelectionExpression;
    route.responses = [];
    return;
  }
  route.routeResponseSelectionExpression = '$default';
  if (route.responses.some((r) => r.routeResponseKey === '$default')) return;
  const old = was?.responses.find((r) => r.routeResponseKey === '$default');
  route.responses.push(
    old
      ? copyOf(old)
      : { routeResponseId: newId('routeResponse'), routeResponseKey: '$default', responseModels: {} },
  );
}

export const isTwoWay = (route: Route) =>
  route.routeResponseSelectionExpression === '$default' &&
  route.responses.some((r) => r.routeResponseKey === '$default');

/** `$default` is typed, `\$default` is stored: a bare `$` begins a variable in a selection expression. */
export const typedSelection = (stored: string | undefined) => (stored === '\\$default' ? '$default' : stored);
export const storedSelection = (typed: string | undefined) => (typed === '$default' ? '\\$default' : typed);
