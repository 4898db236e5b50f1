// A book for component tests: rows by number, and the answers that a window on it needs. It computes nothing but places.
import type { BookRow, Calls, Counts, LoggedRequest, Source } from '../host/rpc';

const at = (ms: number) => 1_790_000_000_000 + ms;

export function aRequest(n: number, parts: Partial<Extract<BookRow, { kind: 'request' }>> = {}): BookRow {
  return {
    kind: 'request',
    at: at(n * 1000),
    request: {
      requestId: `EP5r${n}=`,
      routeKey: n % 2 ? 'joinroom' : '$connect',
      connectionId: 'gbik1=',
      status: 200,
      totalMs: 40,
      integrationMs: 30,
      lines: 17,
      complete: true,
    },
    failed: false,
    own: false,
    said: '',
    ...parts,
  };
}

export const counts = (version: number, shown: number, parts: Partial<Counts> = {}): Counts => ({
  version,
  shown,
  lines: shown * 17,
  requests: shown,
  failures: 1,
  letGo: 0,
  memory: 1024,
  bars: [],
  routes: ['$connect', 'joinroom'],
  ...parts,
});

export const sources: Source[] = [
  {
    id: 0,
    kind: 'execution',
    logGroup: '/aws/apigateway/3fmvso4h96/prod',
    of: [],
    on: true,
    live: true,
    state: 'live',
    completeTo: at(0),
    cost: 'free in the sandbox',
  },
  {
    id: 1,
    kind: 'function',
    logGroup: '/aws/lambda/chat-join',
    of: ['joinroom'],
    on: false,
    live: false,
    state: 'off',
    cost: 'free',
  },
];

export const logged = (requestId: string): LoggedRequest => ({
  request: { ...(aRequest(1) as Extract<BookRow, { kind: 'request' }>).request, requestId },
  at: at(1000),
  phases: [{ name: 'integration', startMs: 2, endMs: 32, failed: false, lines: [1] }],
  lines: [
    { text: 'Starting execution', source: 0 },
    { text: 'joined <b>developers</b> \u202e', source: 1 },
    { text: 'Endpoint request body: {', source: 0, truncated: true },
  ].map((line, i) => ({
    at: at(1000 + i),
    requestId,
    quiet: false,
    failure: false,
    truncated: false,
    context: false,
    ...line,
  })),
  runs: [
    {
      requestId: '8b30',
      source: 1,
      durationMs: 41.2,
      billedMs: 42,
      memoryMb: 128,
      usedMb: 61,
      initMs: 210,
    },
  ],
});

type Answers = { [N in keyof Calls]?: (question: Calls[N]['question']) => Calls[N]['answer'] };

/** Answers of a book of `total` requests, the one of `failed` failed. */
export function bookAnswers(total: number, failed = -1): Answers {
  let version = 1;
  const row = (n: number) =>
    n === failed ? aRequest(n, { failed: true, said: 'Execution failed' }) : aRequest(n);
  return {
    filter_book: () => counts(++version, total),
    read_book: ({ from, count }) => ({
      version,
      from,
      rows: Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, i) => row(from + i)),
    }),
    find_in_book: ({ beside, back }) => {
      const passed = beside !== undefined && (back ? failed >= beside : failed <= beside);
      return passed || failed < 0 ? {} : { row: failed };
    },
    read_logged_request: ({ requestId }) => logged(requestId),
    read_logged_connection: ({ connectionId }) => ({
      connection: {
        connectionId,
        at: at(0),
        endedAt: at(33_000),
        userAgent: 'wscat',
        sourceIp: '10.0.0.1',
        messages: 1,
        failures: 0,
        pushes: 1,
        end: '1001: Going away',
        own: false,
      },
      events: [
        { at: at(0), what: 'connect', request: logged('a').request, failed: false, text: '' },
        { at: at(1000), what: 'message', request: logged('b').request, failed: false, text: '{"a":1}' },
        { at: at(33_000), what: 'disconnect', request: logged('c').request, failed: false, text: '1001' },
      ],
      unknown: ['Pings: API Gateway does not log them.'],
    }),
    set_source: () => ({}),
    export_book: () => ({ path: '/tmp/log.jsonl' }),
  };
}
