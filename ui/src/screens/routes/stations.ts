// The six stations of a route's way, in short, as the draft has them, and which problems Rust found there.
// It words settings; it judges nothing.
import type { Integration, Route, RouteProblem, RouteView, StageView } from '../../host/rpc';
import { stationId } from '../../words';
import { isProxy, isTwoWay } from '../../edit';

export interface Station {
  id: string;
  name: string;
  /** Up to two lines. */
  short: string[];
  wire: boolean;
  problems: RouteProblem[];
}

export function stationsOf(
  route: Route,
  integration: Integration | undefined,
  shown: RouteView | undefined,
  stage: StageView | undefined,
): Station[] {
  const at = (station: string) => shown?.problems.filter((p) => stationId(p.station) === station) ?? [];
  const station = (id: string, name: string, short: string[], wire = false): Station => ({
    id,
    name,
    short,
    wire,
    problems: id === 'client' || id === 'answer' ? [] : at(id),
  });
  return [
    station('client', 'Client', [stage?.url ?? 'no stage', sends(route.routeKey)], true),
    station('route', 'Route', [
      `authorisation ${authorisation[route.authorizationType] ?? route.authorizationType}`,
      `API key ${route.apiKeyRequired ? 'required' : 'none'}`,
    ]),
    station('template', 'Request template', templateShort(integration), true),
    station('integration', 'Integration', [
      integration?.integrationType ?? 'none',
      integration ? (integration.integrationUri ?? 'no endpoint') : 'no backend',
    ]),
    station('response', 'Response', responseShort(integration)),
    station('answer', 'Client', [gets(route)]),
  ];
}

const authorisation: Record<string, string> = { NONE: 'none', AWS_IAM: 'IAM', CUSTOM: 'authorizer' };

export function sends(key: string): string {
  if (key === '$connect') return 'a handshake';
  if (key === '$disconnect') return 'a close, or nothing more';
  if (key === '$default') return 'a message that no other route takes';
  return 'a message';
}

export function gets(route: Route): string {
  if (route.routeKey === '$connect') return '101, or the status that the integration gives';
  if (route.routeKey === '$disconnect') return 'nothing: it is gone';
  return isTwoWay(route) ? 'the response as a frame' : 'nothing, unless the backend pushes';
}

function templateShort(integration: Integration | undefined): string[] {
  if (!integration) return ['no integration'];
  if (isProxy(integration)) return ['not used', 'a proxy passes the message on'];
  const names = Object.keys(integration.requestTemplates);
  return [
    names.length > 0 ? names.join(', ') : 'no template',
    `selection ${integration.templateSelectionExpression ?? 'not set'}`,
  ];
}

function responseShort(integration: Integration | undefined): string[] {
  if (!integration) return ['none'];
  if (isProxy(integration)) return ['passed whole'];
  const keys = integration.responses.map((r) => r.integrationResponseKey);
  return [keys.length > 0 ? keys.join(', ') : 'no integration response'];
}
