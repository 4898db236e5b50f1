// A host for component tests only: answers from a table, streams what the test pushes. It computes nothing.
import type { Close, Host } from '../host/host';
import type { ApiView, Calls, Error, LogRow, Row, RowDetail, SessionItem, Streams } from '../host/rpc';

type Answers = {
  [N in keyof Calls]?: (question: Calls[N]['question']) => Calls[N]['answer'] | Promise<Calls[N]['answer']>;
};

interface OpenStream {
  name: keyof Streams;
  question: unknown;
  push(items: unknown[]): void;
  end(error?: Error): void;
  closed: boolean;
}

export interface FakeHost extends Host {
  asked: { name: string; question: unknown }[];
  streams: OpenStream[];
  copied: string[];
  answers: Answers;
  /** The newest open stream of this name. */
  last(name: keyof Streams): OpenStream;
}

export function fakeHost(answers: Answers = {}): FakeHost {
  const host: FakeHost = {
    asked: [],
    streams: [],
    copied: [],
    answers: { ...standard, ...answers },
    async call(name, question) {
      host.asked.push({ name, question });
      const answer = host.answers[name] as ((q: unknown) => never) | undefined;
      if (!answer)
        throw { code: 'bad_question', message: `the test has no answer for ${name}` } satisfies Error;
      return answer(question);
    },
    stream(name, question, onItems, onEnd): Close {
      const stream: OpenStream = {
        name,
        question,
        closed: false,
        push: (items) => !stream.closed && onItems(items as never),
        end: (error) => !stream.closed && onEnd(error),
      };
      host.streams.push(stream);
      return () => (stream.closed = true);
    },
    async writeClipboard(text) {
      host.copied.push(text);
    },
    async openUrl() {},
    last(name) {
      const stream = host.streams.findLast((s) => s.name === name && !s.closed);
      if (!stream) throw new globalThis.Error(`no ${name} is open`);
      return stream;
    },
  };
  return host;
}

const at = (ms: number) => 1_790_000_000_000 + ms;

export function aRow(id: number, parts: Partial<Row> = {}): Row {
  return {
    id,
    at: at(id * 1000),
    kind: 'sent',
    text: `{"action":"joinroom","n":${id}}`,
    outcome: 'neutral',
    link: { kind: 'none', why: '' },
    ...parts,
  };
}

export const rowItem = (row: Row): SessionItem => ({ kind: 'row', row });

/** The refused handshake of the chat API, with its verdict. */
export function refused(id = 1, parts: Partial<Row> = {}): Row {
  return aRow(id, {
    kind: 'attempt',
    text: 'GET /prod',
    size: 107,
    roundTripMs: 96,
    status: 500,
    outcome: 'failed',
    link: { kind: 'exact', why: 'x-amz-apigw-id' },
    request: {
      requestId: 'EP5yqFByIAMElXw=',
      routeKey: '$connect',
      status: 500,
      totalMs: 3,
      lines: 8,
      complete: true,
    },
    verdict: {
      lookedAt: [],
      wouldHelp: [],
      findings: [
        {
          cause: 'mock-status-missing',
          confidence: 'certain',
          title: '$connect’s mock integration returns no status code.',
          reason:
            'A mock integration answers from its request template alone. The one deployed to prod has no template, so every handshake is refused.',
          fix: 'Add a template that returns a status code, then deploy.',
          action: { kind: 'fix', routeKey: '$connect' },
          evidence: [
            {
              place: { kind: 'line', index: 7 },
              text: 'Log line 8 says it in AWS’s words: statusCode should be an integer',
            },
            {
              place: { kind: 'config', path: 'Routes › $connect › Request template', routeKey: '$connect' },
              text: '0 templates',
            },
            {
              place: { kind: 'header', name: 'x-amz-apigw-id' },
              text: 'x-amz-apigw-id equals the log’s request id',
            },
          ],
        },
      ],
    },
    ...parts,
  });
}

export const logLines: LogRow[] = [
  'Extended Request Id: EP5yqFByIAMElXw=',
  'Verifying Usage Plan for request: EP5yqFByIAMElXw=. API Key:  API Stage: 3fmvso4h96/prod',
  "API Key  authorized because route '$connect' does not require API Key. Request will not contribute to throttle or quota limits",
  'Usage Plan check succeeded for API Key  and API Stage 3fmvso4h96/prod',
  'Starting execution for request: EP5yqFByIAMElXw=',
  'WebSocket Request Route: [$connect]',
  'Client [UserAgent: Gatescope/0.1, SourceIp: 92.234.107.50] is connecting to WebSocket API [3fmvso4h96].',
  'Execution failed due to configuration error: statusCode should be an integer which defined in request template',
].map((text, i) => ({ offsetMs: i >> 1, text, quiet: i < 4, failure: i === 7 }));

export const refusedDetail: RowDetail = {
  handshake: {
    url: 'wss://3fmvso4h96.execute-api.us-east-1.amazonaws.com/prod',
    requestHeaders: [
      ['Host', '3fmvso4h96.execute-api.us-east-1.amazonaws.com'],
      ['User-Agent', 'Gatescope/0.1'],
    ],
    phases: [
      { name: 'dns', startUs: 0, endUs: 4000, detail: '10.0.0.1', failed: false },
      { name: 'tcp', startUs: 4000, endUs: 25000, detail: '10.0.0.1:443', failed: false },
      { name: 'tls', startUs: 25000, endUs: 69000, detail: 'TLS 1.3', failed: false },
      { name: 'upgrade', startUs: 69000, endUs: 96000, detail: '500', failed: true },
    ],
    outcome: {
      kind: 'refused',
      status: 500,
      headers: [
        ['date', 'Fri, 25 Sep 2026 09:20:28 GMT'],
        ['content-type', 'application/json; charset=UTF-8'],
        ['content-length', '107'],
        ['x-amz-apigw-id', 'EP5yqFByIAMElXw='],
      ],
      body: '{"message": "Internal server error", "connectionId":"gbiky2_GEQAYKEhTsA==", "requestId":"EP5yqFByIAMElXw="}',
      bodyTruncated: false,
    },
  },
  lines: logLines,
  endNote: 'End of request. The integration was never called.',
};

const routeKeys = ['$connect', '$disconnect', '$default', 'joinroom', 'sendmessage'];
const isOneWay = (key: string) => key === '$connect' || key === '$disconnect';

export const chat: ApiView = {
  consoleUrl: '',
  snapshot: {
    api: {
      apiId: '3fmvso4h96',
      name: 'my-chat-app-gw-1',
      apiEndpoint: 'wss://3fmvso4h96.execute-api.us-east-1.amazonaws.com',
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.action',
      apiKeySelectionExpression: '$request.header.x-api-key',
      disableExecuteApiEndpoint: false,
      tags: {},
    },
    routes: routeKeys.map((routeKey, i) => ({
      routeId: `route00${i}`,
      routeKey,
      target: `integrations/integr${i}`,
      authorizationType: 'NONE',
      apiKeyRequired: false,
      requestModels: {},
      requestParameters: {},
      responses: [],
    })),
    integrations: routeKeys.map((key, i) => ({
      integrationId: `integr${i}`,
      integrationType: 'MOCK',
      passthroughBehavior: 'WHEN_NO_MATCH',
      requestParameters: {},
      requestTemplates: (key === '$connect' ? {} : { $default: '{"statusCode": 200}' }) as Record<
        string,
        string
      >,
      timeoutInMillis: 29000,
      responses: [],
    })),
    models: [],
    authorizers: [],
    stages: [
      {
        stageName: 'prod',
        deploymentId: 'd1x7fe',
        defaultRouteSettings: { loggingLevel: 'INFO', dataTraceEnabled: false },
        routeSettings: {},
        stageVariables: { region: 'us-east-1' },
        tags: {},
      },
    ],
    deployments: [{ deploymentId: 'd1x7fe', deploymentStatus: 'DEPLOYED' }],
  },
  stages: [
    {
      stageName: 'prod',
      url: 'wss://3fmvso4h96.execute-api.us-east-1.amazonaws.com/prod',
      logGroup: '/aws/apigateway/3fmvso4h96/prod',
      loggingLevel: 'INFO',
      dataTrace: false,
      consoleUrl: '',
      undeployed: [
        { label: 'model ChatAppMessage', text: 'model ChatAppMessage', diff: [], routes: [] },
        {
          label: 'route sendmessage',
          text: 'its selection on sendmessage',
          diff: [],
          routes: ['sendmessage'],
        },
      ],
    },
  ],
  routes: routeKeys.map((routeKey, i) => ({
    routeKey,
    routeId: `route00${i}`,
    integration: 'MOCK',
    target: routeKey === '$connect' ? '' : '$default → {"statusCode": 200}',
    authorization: routeKey === '$connect' ? 'none' : 'not possible',
    apiKey: routeKey === '$connect' ? 'none' : 'not possible',
    model: isOneWay(routeKey) ? 'not possible' : 'none',
    response: isOneWay(routeKey) ? '' : 'two-way',
    problems:
      routeKey === '$connect'
        ? [{ station: 'Request template', cause: 'mock-status-missing', text: '0 templates' }]
        : [],
  })),
};

const standard: Answers = {
  list_accounts: () => ({
    accounts: [
      {
        id: 'sandbox',
        name: 'Sandbox',
        kind: 'sandbox',
        region: 'us-east-1',
        regionFrom: 'the sandbox',
        locked: false,
      },
      {
        id: 'profile:chat-dev',
        name: 'chat-dev',
        kind: 'SSO',
        region: 'us-east-1',
        regionFrom: '~/.aws/config',
        locked: false,
      },
      {
        id: 'profile:chat-prod',
        name: 'chat-prod',
        kind: 'static keys',
        region: 'eu-central-1',
        regionFrom: '~/.aws/config',
        locked: false,
      },
    ],
    start: { account: 'sandbox', region: 'us-east-1' },
    startFrom: 'no AWS profile is set',
    regions: { aws: ['us-east-1', 'us-east-2', 'eu-central-1'], 'aws-cn': ['cn-north-1'] },
  }),
  identify: () => ({ account: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/dev/me' }),
  list_apis: () => [summary('3fmvso4h96', 'my-chat-app-gw-1')],
  read_draft: () => ({}),
  keep_draft: () => ({}),
  describe_draft: () => ({ changes: [], problems: [] }),
  describe_routes: () => chat.routes,
  list_unfinished: () => [],
  list_reverts: () => [],
  read_api: () => chat,
  list_exhibits: () => [],
  list_messages: () => [{ name: 'join developers', text: '{"action":"joinroom","roomname":"developers"}' }],
  predict_route: ({ text }) => ({
    routeKey: text.includes('joinroom') ? 'joinroom' : '$default',
    why: '$request.body.action',
  }),
  connect: () => ({ row: 1 }),
  read_row: () => refusedDetail,
  read_log_now: () => ({}),
  disconnect: () => ({}),
  send_ping: () => ({ row: 9 }),
  send_message: () => ({ row: 2 }),
};

/** An API in the picker. */
export function summary(apiId: string, name: string) {
  return { apiId, name, endpoint: '', createdDate: '', description: '', tags: {} };
}
