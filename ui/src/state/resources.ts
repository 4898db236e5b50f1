// Where a resource stands in a snapshot, by kind, parent and id, as Rust names it in changes and problems. Pure.
import type { Kind, Snapshot } from '../host/rpc';
import type { Screen } from './app.svelte';

type Resource = Record<string, unknown>;
const lists = {
  model: ['models', 'modelId'],
  authorizer: ['authorizers', 'authorizerId'],
  integration: ['integrations', 'integrationId'],
  route: ['routes', 'routeId'],
  deployment: ['deployments', 'deploymentId'],
  stage: ['stages', 'stageName'],
} as const;
const around = {
  logGroup: ['logGroups', 'logGroupName'],
  clientCertificate: ['clientCertificates', 'clientCertificateId'],
  vpcLink: ['vpcLinks', 'id'],
  apiKey: ['apiKeys', 'id'],
  usagePlan: ['usagePlans', 'id'],
} as const;
const inside = {
  integrationResponse: ['integration', 'responses', 'integrationResponseId'],
  routeResponse: ['route', 'responses', 'routeResponseId'],
  planKey: ['usagePlan', 'keys', 'id'],
} as const;

const byId = (list: unknown, member: string, id: string) =>
  (list as Resource[] | undefined)?.find((r) => r[member] === id);

const domain = (from: Snapshot, name: string) =>
  from.surroundings?.domains?.find((d) => d.domainName === name);

/** The resource, or undefined where the snapshot has none. */
export function resourceIn(
  from: Snapshot | undefined,
  kind: Kind,
  id: string,
  parent = '',
): Resource | undefined {
  if (!from) return undefined;
  if (kind === 'api') return from.api as unknown as Resource;
  if (kind in lists) {
    const [list, member] = lists[kind as keyof typeof lists];
    return byId(from[list], member, id);
  }
  if (kind in around) {
    const [list, member] = around[kind as keyof typeof around];
    return byId(from.surroundings?.[list], member, id);
  }
  // A statement's id is one of its function only.
  if (kind === 'permission')
    return from.surroundings?.permissions.find((p) => `${p.functionArn} ${p.statementId}` === id) as
      Resource | undefined;
  if (kind === 'mapping') return byId(domain(from, parent)?.mappings, 'apiMappingId', id);
  const [owner, list, member] = inside[kind as keyof typeof inside];
  return byId(resourceIn(from, owner, parent)?.[list], member, id);
}

/** The list that a resource stands in. */
function listOf(from: Snapshot, kind: Kind, parent: string): Resource[] | undefined {
  if (kind in lists) return from[lists[kind as keyof typeof lists][0]] as unknown as Resource[];
  if (kind in around)
    return from.surroundings?.[around[kind as keyof typeof around][0]] as unknown as Resource[] | undefined;
  if (kind === 'permission') return from.surroundings?.permissions as unknown as Resource[] | undefined;
  if (kind === 'api') return undefined;
  if (kind === 'mapping') return domain(from, parent)?.mappings as unknown as Resource[] | undefined;
  const [owner, list] = inside[kind as keyof typeof inside];
  return resourceIn(from, owner, parent)?.[list] as Resource[] | undefined;
}

/** A resource of `to` as it is in `from`: back again, gone again, or every member as it was. */
export function putBackWhole(to: Snapshot, from: Snapshot, kind: Kind, id: string, parent = '') {
  const was = resourceIn(from, kind, id, parent);
  const is = resourceIn(to, kind, id, parent);
  const list = listOf(to, kind, parent);
  if (was && is) {
    for (const member of Object.keys({ ...is, ...was }))
      // What hangs below a resource is a resource of its own.
      if (!(Array.isArray(was[member]) && ['responses', 'keys'].includes(member))) putBack(is, was, member);
  } else if (was) list?.push(structuredClone(was));
  else if (is) list?.splice(list.indexOf(is), 1);
}

const isMap = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Sets a member (`timeoutInMillis`, `requestTemplates/$default`) in `to` as it is in `from`. */
export function putBack(to: Resource, from: Resource | undefined, member: string) {
  for (let cut = member.indexOf('/'); cut >= 0; cut = member.indexOf('/', cut + 1)) {
    const head = member.slice(0, cut);
    const [mine, theirs] = [to[head], from?.[head]];
    if (!isMap(mine) && !isMap(theirs)) continue;
    if (!isMap(mine)) to[head] = {};
    putBack(to[head] as Resource, isMap(theirs) ? theirs : undefined, member.slice(cut + 1));
    return;
  }
  const value = from?.[member];
  if (value === undefined) delete to[member];
  else to[member] = structuredClone(value);
}

/** Where a resource is seen. */
export const screenOf: Record<Kind, Screen> = {
  api: 'apis',
  logGroup: 'stages',
  clientCertificate: 'stages',
  vpcLink: 'links',
  model: 'models',
  authorizer: 'authorizers',
  integration: 'integrations',
  integrationResponse: 'integrations',
  route: 'routes',
  routeResponse: 'routes',
  permission: 'integrations',
  deployment: 'deployments',
  stage: 'stages',
  apiKey: 'access',
  usagePlan: 'access',
  planKey: 'access',
  mapping: 'domains',
};
/** In what it stands. */
export const ownerOf: Partial<Record<Kind, Kind>> = {
  integrationResponse: 'integration',
  routeResponse: 'route',
  planKey: 'usagePlan',
};
