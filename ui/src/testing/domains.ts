// A whole run of the domain wizard as its stream would tell it, and a list of domains: for component tests only.
import type {
  Calls,
  Check,
  CheckKind,
  DomainList,
  DomainView,
  Goal,
  Making,
  Next,
  Station,
  StationId,
  StationState,
  Step,
} from '../host/rpc';
import type { FakeHost } from './fakeHost';

export const started = 1_790_000_000_000;

export const goal: Goal = {
  apiId: '3fmvso4h96',
  stage: 'prod',
  domainName: 'api-ws.example.com',
  host: '',
  key: 'chat',
  dns: 'route53',
  dualStack: false,
  replaceRecords: false,
};

const titles: [StationId, string, string][] = [
  ['preFlight', 'Pre-flight', 'Nothing is in the way.'],
  ['certificate', 'Certificate', 'api-ws.example.com, in us-east-1'],
  ['validation', 'Validation', 'ACM looks for its record in the zone example.com.'],
  ['domain', 'Domain', 'api-ws.example.com, REGIONAL, TLS 1.2'],
  ['mapping', 'Mapping', 'key chat → my-chat-app-gw-1 / prod'],
  ['alias', 'Alias', 'A ALIAS in the zone example.com'],
  ['verify', 'Verify', 'resolve, TLS, mapping, upgrade, message'],
  ['callback', 'Callback', '1 backend builds an address that is wrong here.'],
  ['endpoint', 'Generated endpoint', 'It still answers beside the domain.'],
];

const step = (service: string, operation: string, target: string, effect: string): Step => ({
  service,
  operation,
  target,
  effect,
  command: `aws ${service} ${operation.replace(/(?<!^)[A-Z]/g, (c) => `-${c}`).toLowerCase()} …`,
  deploys: false,
  input: {},
});

export const making = (id: string, title: string, effect: string, ...steps: Step[]): Making => ({
  id,
  title,
  effect,
  steps,
  replaces: [],
});

export const makings: Partial<Record<StationId, Making>> = {
  certificate: making(
    'm-certificate',
    'Request the certificate',
    'A certificate for api-ws.example.com in us-east-1, proven by DNS. It costs nothing.',
    step('acm', 'RequestCertificate', 'api-ws.example.com', 'new'),
  ),
  validation: making(
    'm-validation',
    'Write the validation record',
    'One CNAME in the zone example.com, by which ACM knows that the name is yours.',
    step('route53', 'ChangeResourceRecordSets', 'example.com', 'one CNAME'),
  ),
  domain: making(
    'm-domain',
    'Create the domain',
    'REGIONAL, TLS 1.2, API mappings only. Nothing public changes yet.',
    step('apigatewayv2', 'CreateDomainName', 'api-ws.example.com', 'new'),
  ),
  mapping: making(
    'm-mapping',
    'Create the mapping',
    'Clients will use wss://api-ws.example.com/chat.',
    step('apigatewayv2', 'CreateApiMapping', 'api-ws.example.com/chat', 'new'),
  ),
  alias: making(
    'm-alias',
    'Write the alias',
    'An A record that leads to the domain’s target.',
    step('route53', 'ChangeResourceRecordSets', 'example.com', 'one A ALIAS'),
  ),
};

/** The line with one station at its turn: what is before it is done. */
export function line(at: StationId | 'done', state: StationState, parts: Partial<Station> = {}): Station[] {
  const index = at === 'done' ? titles.length - 2 : titles.findIndex(([id]) => id === at);
  return titles.map(([id, title, says], i) => {
    const optional = id === 'callback' || id === 'endpoint';
    const station: Station = {
      id,
      title,
      state: i < index ? 'done' : optional ? 'optional' : i === index ? state : 'later',
      says,
      records: [],
      made: [],
    };
    const made = makings[id];
    if (made && (i > index || (i === index && state === 'ready'))) station.making = made;
    if (i < index && id === 'certificate')
      station.made = [
        ['ARN', 'arn:aws:acm:us-east-1:123456789012:certificate/6b1e0f5c-7d43-4a55-9d21-0c7c1e5ca93f'],
      ];
    if (i < index && id === 'domain')
      station.made = [['target', 'd-9ahv0gs0nc.execute-api.us-east-1.amazonaws.com']];
    return id === at ? { ...station, ...parts } : station;
  });
}

export function aView(next: Next, parts: Partial<DomainView> = {}): DomainView {
  const at = next.kind === 'done' ? 'done' : next.kind === 'verify' ? 'verify' : next.station;
  const state: StationState = next.kind === 'do' ? 'ready' : next.kind === 'blocked' ? 'blocked' : 'waiting';
  return {
    url: 'wss://api-ws.example.com/chat',
    callbackUrl: 'https://api-ws.example.com/chat',
    stations: line(at, state, next.kind === 'do' ? { making: next.making } : {}),
    next,
    lookedAt: started,
    callbacks: [],
    made: [],
    ...parts,
  };
}

export const doing = (station: StationId, parts: Partial<Making> = {}): DomainView => {
  const known = makings[station];
  if (!known) throw new Error(`${station} makes nothing`);
  return aView({ kind: 'do', station, making: { ...known, ...parts } });
};

const kinds: CheckKind[] = ['resolve', 'tls', 'mapping', 'upgrade', 'message'];
/** All links hold, or one is broken and those behind it were not reached. */
export const chain = (bad?: CheckKind, says = ''): Check[] =>
  kinds.map((kind, i) => {
    const at = bad === undefined ? kinds.length : kinds.indexOf(bad);
    return {
      kind,
      state: i < at ? 'holds' : i === at ? 'failed' : 'notTried',
      says: i === at ? says : `${kind} is as it shall be.`,
      tookMs: i <= at ? 12 + i : 0,
    };
  });

export const waiting = (station: StationId, what: string, usualMs: number): DomainView => {
  const view = aView({ kind: 'wait', station, what, since: started - 48_000, usualMs, lookAgainMs: 4000 });
  return { ...view, stations: view.stations.map((s) => (s.id === station ? { ...s, says: what } : s)) };
};

export const answers = (parts: Partial<DomainView> = {}): DomainView =>
  aView(
    { kind: 'done' },
    {
      verification: { at: started, direct: chain(), public: chain() },
      made: ['the record api-ws.example.com', 'the mapping chat', 'the domain', 'the certificate'],
      ...parts,
    },
  );

/** Nothing stands yet; each step that is done brings the next, and the certificate is waited for. */
export const run: DomainView[] = [
  doing('certificate'),
  doing('validation'),
  waiting('validation', 'ACM has not seen the record yet.', 120_000),
  doing('domain'),
  doing('mapping'),
  doing('alias'),
  aView({ kind: 'verify', direct: false }),
  answers(),
];

/** Answers of a host that plays `views`: a step that is done shows the next view. `go` shows the next by itself. */
export function play(host: () => FakeHost, views: DomainView[] = run) {
  let at = 0;
  const show = (into = host()) => {
    const view = views[at];
    const watching = into.streams.findLast((s) => s.name === 'watch_domain' && !s.closed);
    if (view) watching?.push([{ ...view, lookedAt: started + at * 1000 }]);
  };
  return {
    show,
    go() {
      at += 1;
      show();
    },
    answers: {
      do_domain_step: ({ making: id }: Calls['do_domain_step']['question']) => {
        const next = views[at]?.next;
        if (next?.kind !== 'do' || next.making.id !== id)
          throw { code: 'conflict', message: 'that is not what comes next' };
        at += 1;
        // After the page has begun to look anew, and into the same window.
        setTimeout(show, 0, host());
        return { made: [[next.station, id]] as [string, string][] };
      },
    },
  };
}

export const list: DomainList = {
  zones: ['example.com', 'dev.example.com', 'example.org'],
  unread: [],
  domains: [
    {
      domainName: 'chat.example.org',
      status: 'AVAILABLE',
      endpointType: 'REGIONAL',
      securityPolicy: 'TLS_1_2',
      routingMode: 'API_MAPPING_ONLY',
      ipAddressType: 'ipv4',
      target: 'd-abc123.execute-api.us-east-1.amazonaws.com',
      hostedZoneId: 'Z1UJRXOUMOOFQ8',
      certificate: {
        arn: 'arn:aws:acm:us-east-1:123456789012:certificate/6b1e0f5c-7d43-4a55-9d21-0c7c1e5ca93f',
        names: ['chat.example.org', '*.chat.example.org'],
        status: 'ISSUED',
        type: 'AMAZON_ISSUED',
        validationMethod: 'DNS',
        notAfter: started + 298 * 86_400_000,
        renewal: 'ELIGIBLE',
        validations: [],
        inUseBy: [],
        ours: true,
      },
      mappings: [
        {
          id: 'map001',
          key: 'chat',
          apiId: '3fmvso4h96',
          apiName: 'my-chat-app-gw-1',
          stage: 'prod',
          url: 'wss://chat.example.org/chat',
        },
      ],
      dns: 'A ALIAS to d-abc123.execute-api.us-east-1.amazonaws.com (in example.org)',
      pointsHere: true,
      health: [],
    },
    {
      domainName: '*.dev.example.com',
      status: 'AVAILABLE',
      endpointType: 'REGIONAL',
      securityPolicy: 'TLS_1_0',
      routingMode: '',
      ipAddressType: 'dualstack',
      target: 'd-def456.execute-api.us-east-1.amazonaws.com',
      hostedZoneId: 'Z1UJRXOUMOOFQ8',
      mappings: [],
      dns: 'nothing',
      health: [
        { broken: true, says: 'It leads nowhere: every path is refused with 403.' },
        { broken: false, says: 'It takes TLS 1.0, which WebSocket APIs refuse.' },
      ],
    },
  ],
  certificates: [],
};
