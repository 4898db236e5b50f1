// Where an API uses the variables of a stage: addresses, templates, parameters, links, authorizers. Pure.
import type { Authorizer, Integration, Kind, Snapshot } from '../host/rpc';

/** A place that names a stage variable. */
export interface Use {
  kind: Kind;
  id: string;
  /** `integration of joinroom`, `authorizer secret-token`. */
  label: string;
  /** `integrationUri`, `requestTemplates / $default`. */
  field: string;
  /** The routes that it belongs to. */
  routes: string[];
}

// `stageVariables.region`, `stageVariables['region']`, `stageVariables.get("region")`.
const mention =
  /stageVariables(?:\.get\(\s*['"]([^'"]+)['"]\s*\)|\.([A-Za-z0-9_]+)|\[\s*['"]([^'"]+)['"]\s*\])/g;

/** The names of stage variables in a text. */
export function named(text: string): string[] {
  return [...new Set([...text.matchAll(mention)].map((m) => m[1] ?? m[2] ?? m[3] ?? ''))];
}

const secretName = /secret|passw|token|api[-_]?key|private[-_]?key|credential/i;
const secretValue =
  /^(?:AKIA|ASIA)[A-Z0-9]{16}$|^eyJ[\w-]+\.[\w-]+\.|^gh[pousr]_\w{20,}|^sk[-_]\w{16,}|^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/=_-]{32,}$/;

/** Whether a variable looks like a secret. Whoever may read the API reads its variables. */
export function looksSecret(name: string, value: string): boolean {
  if (secretValue.test(value)) return true;
  // A table, a function or an address is named by its value; a secret is nothing but its value.
  return secretName.test(name) && value.length >= 8 && !/^(?:arn:|https?:|\/|\$)/.test(value);
}

/** Every text of a resource with the name of its field. Members that nobody knows count too. */
function* texts(value: unknown, field = ''): Generator<[string, string]> {
  if (typeof value === 'string') yield [field, value];
  else if (Array.isArray(value)) for (const part of value) yield* texts(part, field);
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) {
      yield* texts(name, field);
      yield* texts(part, field ? `${field} / ${name}` : name);
    }
}

/** By variable: who uses it. */
export function usesOf(snapshot: Snapshot): Map<string, Use[]> {
  const found = new Map<string, Use[]>();
  const take = (place: Omit<Use, 'field'>, resource: object) => {
    const seen = new Set<string>();
    for (const [field, text] of texts(resource))
      for (const name of named(text)) {
        if (seen.has(`${name} ${field}`)) continue;
        seen.add(`${name} ${field}`);
        found.set(name, [...(found.get(name) ?? []), { ...place, field }]);
      }
  };
  const routesOf = (test: (route: Snapshot['routes'][number]) => boolean) =>
    snapshot.routes.filter(test).map((r) => r.routeKey);
  for (const integration of snapshot.integrations) {
    const { integrationId: id }: Integration = integration;
    const routes = routesOf((r) => r.target === `integrations/${id}`);
    const whose = routes.length > 0 ? `of ${routes.join(', ')}` : id;
    const { responses, ...own } = integration;
    take({ kind: 'integration', id, label: `integration ${whose}`, routes }, own);
    for (const response of responses)
      take(
        {
          kind: 'integrationResponse',
          id: response.integrationResponseId,
          label: `response ${response.integrationResponseKey} ${whose}`,
          routes,
        },
        response,
      );
  }
  for (const authorizer of snapshot.authorizers) {
    const { authorizerId: id, name }: Authorizer = authorizer;
    const routes = routesOf((r) => r.authorizerId === id);
    take({ kind: 'authorizer', id, label: `authorizer ${name}`, routes }, authorizer);
  }
  for (const route of snapshot.routes)
    take(
      { kind: 'route', id: route.routeId, label: `route ${route.routeKey}`, routes: [route.routeKey] },
      route,
    );
  return found;
}
