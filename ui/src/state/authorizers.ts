// What editing authorizers means for the draft: the function behind a URI, identity sources in parts, the permission by
// which a function lets itself be invoked, and `$connect`. Pure: it changes the snapshot it is given and nothing else.
import type { Authorizer, Permission, Route, Snapshot } from '../host/rpc';
import { covers } from './lambda';

/** Where a value comes from, in the words of the form. */
export const sourceKinds = [
  { value: 'route.request.header.', name: 'header' },
  { value: 'route.request.querystring.', name: 'query parameter' },
  { value: 'stageVariables.', name: 'stage variable' },
  { value: 'context.', name: '$context' },
] as const;
export type SourceKind = (typeof sourceKinds)[number]['value'];

/** An identity source in its parts; one that is none of these keeps its text as its name. */
export function partsOf(source: string): { kind: SourceKind | ''; name: string } {
  const kind = sourceKinds.find((k) => source.startsWith(k.value))?.value ?? '';
  return { kind, name: source.slice(kind.length) };
}

/** As AWS admits it: `websocket-api` names of letters, digits, dot, dash and underscore. */
export const sourceProblem = (source: string): string | undefined => {
  const { kind, name } = partsOf(source);
  if (kind === '') return 'begins with none of the four';
  if (name === '') return 'a name is missing';
  return /^[a-zA-Z0-9._-]+$/.test(name) ? undefined : 'letters, digits, dot, dash and underscore only';
};

/** The statements by which the function lets API Gateway invoke it for this source. */
export function permissionsFor(from: Snapshot, functionArn: string, sourceArn: string): Permission[] {
  return (from.surroundings?.permissions ?? []).filter(
    (p) => p.functionArn === functionArn && covers(p.sourceArn, sourceArn),
  );
}

/** Lets API Gateway invoke the function for this source, and nothing else. */
export function addPermission(to: Snapshot, functionArn: string, sourceArn: string) {
  const permissions = to.surroundings?.permissions;
  if (!permissions || permissionsFor(to, functionArn, sourceArn).length > 0) return;
  const wish = `gatescope-${sourceArn.split(':').slice(5).join('-')}`
    .replace(/[^A-Za-z0-9_-]/g, '-')
    .slice(0, 90);
  const taken = new Set(permissions.map((p) => p.statementId));
  let statementId = wish;
  for (let i = 2; taken.has(statementId); i += 1) statementId = `${wish}-${i}`;
  permissions.push({ functionArn, statementId, sourceArn });
}

export const usersOf = (authorizerId: string, from: Snapshot): Route[] =>
  from.routes.filter((r) => r.authorizerId === authorizerId);

export function addAuthorizer(to: Snapshot, authorizerId: string): Authorizer {
  const taken = new Set(to.authorizers.map((a) => a.name));
  let name = 'authorizer';
  for (let i = 2; taken.has(name); i += 1) name = `authorizer-${i}`;
  to.authorizers.push({
    authorizerId,
    name,
    authorizerType: 'REQUEST',
    identitySource: ['route.request.header.authorization'],
  });
  return to.authorizers.at(-1) as Authorizer;
}

/** Every new connection has to pass it. */
export function attachAuthorizer(route: Route, authorizerId: string) {
  route.authorizationType = 'CUSTOM';
  route.authorizerId = authorizerId;
}

export function detachAuthorizer(route: Route) {
  route.authorizationType = 'NONE';
  delete route.authorizerId;
}

/** Takes an authorizer away, and from the routes that it checks: AWS refuses to delete one that a route names. */
export function removeAuthorizer(to: Snapshot, authorizerId: string) {
  usersOf(authorizerId, to).forEach(detachAuthorizer);
  to.authorizers = to.authorizers.filter((a) => a.authorizerId !== authorizerId);
  // A statement that was only drafted for it has no use any more.
  const permissions = to.surroundings?.permissions;
  if (permissions && to.surroundings && authorizerId.startsWith('new-'))
    to.surroundings.permissions = permissions.filter((p) => !p.sourceArn?.endsWith(`/${authorizerId}`));
}
