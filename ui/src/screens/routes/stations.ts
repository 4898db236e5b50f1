// The six stations of a route's way, out of the snapshot: what each is set to, and which problems Rust found there.
// It reads and words settings; it judges nothing.
import type { ApiView, Integration, Route, RouteProblem, RouteView, StageView } from '../../host/rpc';
import { stationId } from '../../words';

export interface Setting {
  name: string;
  value: string;
  /** Shown as a block of wire text. */
  block?: boolean;
  wire?: boolean;
}

export interface Station {
  id: string;
  name: string;
  /** Up to two lines. */
  short: string[];
  wire: boolean;
  settings: Setting[];
  problems: RouteProblem[];
}

const isHandshake = (key: string) => key === '$connect' || key === '$disconnect';

export function stationsOf(view: ApiView, shown: RouteView, stage: StageView | undefined): Station[] {
  const { api, routes, integrations } = view.snapshot;
  const route = routes.find((r) => r.routeId === shown.routeId);
  const integration = integrations.find((i) => route?.target === `integrations/${i.integrationId}`);
  const at = (station: string) => shown.problems.filter((p) => stationId(p.station) === station);
  return [
    {
      id: 'client',
      name: 'Client',
      short: [stage?.url ?? 'no stage', sends(shown.routeKey)],
      wire: true,
      problems: [],
      settings: [
        { name: 'Address', value: stage?.url ?? 'none', wire: true },
        {
          name: 'Generated endpoint',
          value: api.disableExecuteApiEndpoint ? 'disabled: it refuses everything' : 'enabled',
        },
        { name: 'Sends', value: sends(shown.routeKey) },
      ],
    },
    {
      id: 'route',
      name: 'Route',
      short: [`authorisation ${shown.authorization}`, `API key ${shown.apiKey}`],
      wire: false,
      problems: at('route'),
      settings: routeSettings(view, route, shown),
    },
    {
      id: 'template',
      name: 'Request template',
      short: templateShort(integration),
      wire: true,
      problems: at('template'),
      settings: templateSettings(integration),
    },
    {
      id: 'integration',
      name: 'Integration',
      short: [shown.integration, integration?.integrationUri ?? (integration ? 'no endpoint' : 'none')],
      wire: false,
      problems: at('integration'),
      settings: integrationSettings(integration),
    },
    {
      id: 'response',
      name: 'Response',
      short: [shown.response || 'none', integration ? keys(integration) : ''].filter(Boolean),
      wire: false,
      problems: at('response'),
      settings: responseSettings(integration, route),
    },
    {
      id: 'answer',
      name: 'Client',
      short: [gets(shown)],
      wire: false,
      problems: [],
      settings: [{ name: 'Gets', value: gets(shown) }],
    },
  ];
}

function sends(key: string): string {
  if (key === '$connect') return 'a handshake';
  if (key === '$disconnect') return 'a close, or nothing more';
  if (key === '$default') return 'a message that no other route takes';
  return 'a message';
}

function gets(shown: RouteView): string {
  if (shown.routeKey === '$connect') return '101, or the status that the integration gives';
  if (shown.routeKey === '$disconnect') return 'nothing: it is gone';
  return shown.response === 'two-way' ? 'the response as a frame' : 'nothing, unless the backend pushes';
}

function routeSettings(view: ApiView, route: Route | undefined, shown: RouteView): Setting[] {
  const authorizer = view.snapshot.authorizers.find((a) => a.authorizerId === route?.authorizerId);
  const models = Object.entries(route?.requestModels ?? {});
  return [
    { name: 'Route id', value: shown.routeId, wire: true },
    { name: 'Selected by', value: view.snapshot.api.routeSelectionExpression, wire: true },
    { name: 'Authorisation', value: shown.authorization },
    ...(authorizer
      ? [{ name: 'Identity sources', value: authorizer.identitySource.join(', ') || 'none', wire: true }]
      : []),
    { name: 'API key', value: shown.apiKey },
    { name: 'Model selection', value: route?.modelSelectionExpression ?? 'not set', wire: true },
    ...models.map(([key, model]) => ({ name: `Model ${key}`, value: model })),
    ...(route?.operationName ? [{ name: 'Operation', value: route.operationName }] : []),
  ];
}

function templateShort(integration: Integration | undefined): string[] {
  if (!integration) return ['no integration'];
  if (integration.integrationType.endsWith('_PROXY')) return ['not used', 'a proxy passes the message on'];
  const names = Object.keys(integration.requestTemplates);
  return [
    names.length > 0 ? names.join(', ') : 'no template',
    `selection ${integration.templateSelectionExpression ?? 'not set'}`,
  ];
}

function templateSettings(integration: Integration | undefined): Setting[] {
  if (!integration) return [{ name: 'Template', value: 'none: the route has no integration' }];
  return [
    { name: 'Selection', value: integration.templateSelectionExpression ?? 'not set', wire: true },
    { name: 'Without a match', value: integration.passthroughBehavior ?? 'not set', wire: true },
    ...blocks('Template', integration.requestTemplates, 'none'),
    ...Object.entries(integration.requestParameters).map(([name, value]) => ({ name, value, wire: true })),
  ];
}

function integrationSettings(integration: Integration | undefined): Setting[] {
  if (!integration) return [{ name: 'Integration', value: 'none' }];
  const rows: [string, string | undefined][] = [
    ['Integration id', integration.integrationId],
    ['Type', integration.integrationType],
    ['Method', integration.integrationMethod],
    ['Endpoint', integration.integrationUri],
    ['Connection', integration.connectionType],
    ['VPC link', integration.connectionId],
    ['Role', integration.credentialsArn],
    ['Content handling', integration.contentHandlingStrategy],
    ['Payload format', integration.payloadFormatVersion],
    ['Timeout', integration.timeoutInMillis === undefined ? undefined : `${integration.timeoutInMillis} ms`],
    ['Description', integration.description],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value, wire: true }]));
}

function keys(integration: Integration): string {
  const all = integration.responses.map((r) => r.integrationResponseKey);
  return all.length > 0 ? `integration response ${all.join(', ')}` : 'no integration response';
}

function responseSettings(integration: Integration | undefined, route: Route | undefined): Setting[] {
  return [
    {
      name: 'Integration response chosen by',
      value: integration?.integrationResponseSelectionExpression ?? 'not set',
      wire: true,
    },
    ...(integration?.responses ?? []).flatMap((response) => [
      { name: 'Integration response', value: response.integrationResponseKey, wire: true },
      { name: 'Template selection', value: response.templateSelectionExpression ?? 'not set', wire: true },
      ...blocks('Template', response.responseTemplates, 'none: the answer passes as it is'),
    ]),
    ...(integration?.responses.length ? [] : [{ name: 'Integration response', value: 'none' }]),
    ...(route && isHandshake(route.routeKey)
      ? []
      : [
          {
            name: 'Route response',
            value: route?.responses.map((r) => r.routeResponseKey).join(', ') || 'none: one-way',
            wire: true,
          },
        ]),
  ];
}

function blocks(name: string, templates: Record<string, string>, none: string): Setting[] {
  const all = Object.entries(templates);
  if (all.length === 0) return [{ name, value: none }];
  return all.map(([key, value]) => ({ name: `${name} ${key}`, value, block: true }));
}
