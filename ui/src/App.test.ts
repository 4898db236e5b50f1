import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import Window from './App.svelte';
import type { Review, Row } from './host/rpc';
import { App } from './state/app.svelte';
import {
  aRow,
  chat,
  type FakeHost,
  fakeHost,
  logLines,
  refused,
  refusedDetail,
  rowItem,
} from './testing/fakeHost';

let host: FakeHost;
let app: App;

async function start(answers: Parameters<typeof fakeHost>[0] = {}) {
  host = fakeHost(answers);
  app = new App(host);
  render(Window, { app });
  await app.start();
  await waitFor(() => host.last('open_session'));
  await push({ kind: 'ready', session: 's1' });
  await push({ kind: 'tail', tail: { state: 'idle', logGroup: 'g', level: 'INFO', dataTrace: false } });
}

async function push(...items: unknown[]) {
  host.last('open_session').push(items);
  await tick();
}
const rows = (...all: Row[]) => push(...all.map(rowItem));
const asked = (name: string) => host.asked.filter((a) => a.name === name).map((a) => a.question);
const key = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });

const review: Review = {
  id: 'r1',
  title: 'Give $connect a status code',
  words: [{ sign: '+', text: 'A request template', because: 'that returns 200' }],
  notices: ['A deployment takes the whole API.'],
  diff: [
    { sign: '-', of: 'integration', field: 'requestTemplates', value: 'none' },
    { sign: '+', of: 'integration', field: 'requestTemplates / $default', value: '{"statusCode": 200}' },
  ],
  steps: [
    {
      operation: 'UpdateIntegration',
      target: 'integr0',
      effect: 'changes 2 fields',
      command: 'aws a',
      deploys: false,
      input: {},
    },
    { operation: 'CreateDeployment', target: 'prod', effect: '', command: 'aws b', deploys: true, input: {} },
  ],
  affects: 'Every new connection',
  needs: ['apigateway:PATCH'],
  canSkipDeploy: true,
  undo: 'Put it back',
};

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe('the first start', () => {
  it('stands on the sandbox with one primary action that has the focus', async () => {
    await start();
    const primary = screen.getByText(/Find out why/).closest('.say') as HTMLElement;
    await waitFor(() =>
      expect(document.activeElement).toBe(within(primary).getByRole('button', { name: /^Connect/ })),
    );
    await fireEvent.click(document.activeElement as HTMLElement);
    expect(asked('connect')).toEqual([
      { session: 's1', url: '', headers: [], query: [], subprotocols: [], timeoutMs: 10000 },
    ]);
  });

  it('says who one is, and what to do when nobody', async () => {
    await start({
      identify: () =>
        Promise.reject({
          code: 'credentials_expired',
          message: 'Token has expired',
          hint: 'Run `aws sso login --profile x`',
        }),
    });
    await fireEvent.click(await screen.findByRole('button', { name: /^Identity/ }));
    expect(screen.getByText('Token has expired')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: /^Copy command/ }));
    expect(host.copied).toEqual(['aws sso login --profile x']);
    await fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(asked('identify')).toHaveLength(2);
  });

  it('remembers account and region, and nothing that came from outside', async () => {
    await start();
    app.accounts.choose({
      id: 'profile:chat-prod',
      name: 'chat-prod',
      kind: 'static keys',
      region: 'eu-central-1',
      regionFrom: '',
    });
    await rows(refused(1));
    expect(JSON.parse(localStorage.getItem('gatescope.window') ?? '{}')).toEqual({
      split: 50,
      composer: 92,
      account: 'profile:chat-prod',
      regions: { sandbox: 'us-east-1', 'profile:chat-prod': 'eu-central-1' },
    });
  });

  it('says in words that a region holds no API', async () => {
    host = fakeHost({ list_apis: () => [] });
    app = new App(host);
    render(Window, { app });
    await app.start();
    expect(await screen.findByText('No WebSocket API in us-east-1')).toBeTruthy();
  });
});

describe('a refused handshake', () => {
  it('opens by itself, names the cause, and numbers the line and the header that prove it', async () => {
    await start();
    await rows(refused(1));
    const verdict = await screen.findByTestId('verdict');
    expect(verdict.dataset.cause).toBe('mock-status-missing');
    expect(within(verdict).getByText('certain')).toBeTruthy();
    const lines = await screen.findAllByTestId('log-line');
    const culprit = lines.at(-1) as HTMLElement;
    expect(culprit.textContent).toContain('statusCode should be an integer');
    expect(within(culprit).getByRole('img', { name: 'Evidence 1' })).toBeTruthy();
    expect(screen.getByText('End of request. The integration was never called.')).toBeTruthy();
    expect(screen.getByText('x-amz-apigw-id', { selector: 'dt' }).nextElementSibling?.textContent).toContain(
      '3',
    );
    expect(screen.getByTestId('announcement').textContent).toContain('certain: $connect’s mock integration');
  });

  it('folds quiet lines until they are asked for', async () => {
    await start();
    await rows(refused(1));
    expect(await screen.findAllByTestId('log-line')).toHaveLength(4);
    await fireEvent.click(screen.getByRole('button', { name: '4 more lines' }));
    expect(screen.getAllByTestId('log-line')).toHaveLength(logLines.length);
  });

  it('is fixed by Fix… and one chord, and proven by connecting with the same options', async () => {
    await start({ preview_fix: () => review });
    app.dial.headers = [
      { on: true, name: 'x-a', value: '1' },
      { on: false, name: 'x-b', value: '2' },
    ];
    await rows(refused(1));
    await fireEvent.click(await screen.findByRole('button', { name: /^Fix…/ }));
    expect(asked('preview_fix')).toEqual([
      {
        scope: { account: 'sandbox', region: 'us-east-1' },
        apiId: '3fmvso4h96',
        stage: 'prod',
        cause: 'mock-status-missing',
        routeKey: '$connect',
      },
    ]);
    const sheet = await screen.findByTestId('review');
    expect(within(sheet).getByText(/A deployment takes the whole API/)).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.textContent).toContain('Apply and deploy'));
    await key('Enter', { ctrlKey: true });
    const run = host.last('open_apply');
    expect(run.question).toEqual({ review: 'r1', deploy: true });
    run.push([
      { kind: 'started', step: 0 },
      { kind: 'done', step: 0 },
      { kind: 'started', step: 1 },
      { kind: 'waiting', step: 1, for: 'until it answers' },
    ]);
    await tick();
    expect(within(sheet).getByText('waiting until it answers')).toBeTruthy();
    expect(asked('connect')).toEqual([]);
    run.push([
      { kind: 'done', step: 1 },
      { kind: 'finished', deployment: 'd2' },
    ]);
    await waitFor(() => expect(screen.queryByTestId('review')).toBeNull());
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    expect(asked('connect')[0]).toMatchObject({ headers: [['x-a', '1']] });
  });

  it('keeps the sheet open when a step fails, with AWS’s words and what was done', async () => {
    await start({ preview_fix: () => review });
    await rows(refused(1));
    await key('f');
    await screen.findByTestId('review');
    await fireEvent.click(await screen.findByRole('button', { name: 'Apply only' }));
    const run = host.last('open_apply');
    expect(run.question).toEqual({ review: 'r1', deploy: false });
    run.push([
      { kind: 'started', step: 0 },
      {
        kind: 'failed',
        step: 0,
        problem: { code: 'access_denied', message: 'User is not authorized to PATCH' },
      },
    ]);
    expect(await screen.findByText('User is not authorized to PATCH')).toBeTruthy();
    expect(screen.getByText(/Nothing was changed/)).toBeTruthy();
    expect(asked('connect')).toEqual([]);
    expect(screen.getByTestId('review')).toBeTruthy();
  });

  it('that is not explained says what was looked at and what would help', async () => {
    await start();
    await rows(
      refused(1, { verdict: { findings: [], lookedAt: ['8 log lines'], wouldHelp: ['turn on data trace'] } }),
    );
    const verdict = await screen.findByTestId('verdict');
    expect(verdict.textContent).toContain('Not explained yet');
    expect(verdict.textContent).toContain('8 log lines');
    expect(verdict.textContent).toContain('turn on data trace');
  });
});

describe('logs that are off', () => {
  const off = refused(1, {
    request: undefined,
    link: { kind: 'none', why: '' },
    note: 'No log: logging was off at the time',
    verdict: {
      lookedAt: [],
      wouldHelp: [],
      findings: [
        {
          cause: 'logging-off',
          confidence: 'certain',
          title: 'Logs are off.',
          reason: '',
          fix: 'Turn on logs.',
          evidence: [],
          action: { kind: 'turnOnLogs' },
        },
      ],
    },
  });
  const logsOff = { ...chat, stages: chat.stages.map((s) => ({ ...s, loggingLevel: 'OFF' })) };

  it('are turned on by one click that shows its calls, and then connecting again is the next step', async () => {
    await start({ read_api: () => logsOff, preview_logs: () => ({ ...review, title: 'Turn on logs' }) });
    await rows(off);
    await fireEvent.click(await screen.findByRole('button', { name: /^Turn on logs/ }));
    await waitFor(() => host.last('open_apply'));
    expect(asked('preview_logs')[0]).toMatchObject({ level: 'INFO', dataTrace: false });
    expect(screen.getByTestId('logs-run').textContent).toContain('UpdateIntegration');
    host
      .last('open_apply')
      .push([{ kind: 'started', step: 0 }, { kind: 'done', step: 0 }, { kind: 'finished' }]);
    const verdict = screen.getByTestId('verdict');
    await fireEvent.click(await within(verdict).findByRole('button', { name: /^Connect again/ }));
    expect(asked('connect')).toHaveLength(1);
  });

  it('can be reviewed first', async () => {
    await start({ read_api: () => logsOff, preview_logs: () => ({ ...review, title: 'Turn on logs' }) });
    await rows(off);
    await fireEvent.click(await screen.findByRole('button', { name: 'Review first…' }));
    expect(await screen.findByTestId('review')).toBeTruthy();
    expect(host.streams.some((s) => s.name === 'open_apply')).toBe(false);
  });
});

describe('the rows', () => {
  it('say how sure it is that log and message belong together', async () => {
    await start();
    const request = {
      requestId: 'r',
      routeKey: 'joinroom',
      connectionId: 'otherId=',
      status: 200,
      totalMs: 5,
      lines: 3,
      complete: true,
    };
    await rows(
      aRow(1, { link: { kind: 'exact', why: 'id' }, request }),
      aRow(2, { link: { kind: 'likely', why: 'order' }, request }),
      aRow(3, { kind: 'other', text: '', link: { kind: 'other', why: '' }, request }),
      aRow(4, { link: { kind: 'waiting', why: '' }, at: (Date.now() - 12_400) as never }),
    );
    expect((await screen.findAllByTestId('row')).map((r) => r.dataset.link)).toEqual([
      'exact',
      'likely',
      'other',
      'waiting',
    ]);
    expect(screen.getByText('other client')).toBeTruthy();
    expect(screen.getByText(/logs arrive about 20 s late · 12 s/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Read now' }));
    expect(asked('read_log_now')).toHaveLength(1);
  });

  it('neither run nor obey what came from outside', async () => {
    await start({
      read_row: () => ({
        payload: '<img src=x onerror=alert(1)>\u202e',
        lines: [{ ...logLines[0]!, quiet: false, text: '<script>x</script>' }],
      }),
    });
    await rows(aRow(1, { kind: 'sent', text: '<b>bold</b>\u202eevil' }));
    const row = await screen.findByTestId('row');
    expect(row.textContent).toContain('<b>bold</b>⟨U+202E⟩evil');
    expect((await screen.findByTestId('log-line')).textContent).toContain('<script>x</script>');
    expect(document.querySelector('img, script, b')).toBeNull();
    expect(screen.getByTestId('details').textContent).toContain('⟨U+202E⟩');
  });

  it('are filtered with / and failures are found with e', async () => {
    await start();
    await rows(refused(1), aRow(2), aRow(3));
    (document.activeElement as HTMLElement).blur();
    await key('/');
    expect(document.activeElement).toBe(screen.getByLabelText('Filter the rows'));
    await fireEvent.input(document.activeElement as HTMLElement, { target: { value: 'joinroom' } });
    expect(screen.getAllByTestId('row')).toHaveLength(2);
    await key('Escape');
    expect(screen.getAllByTestId('row')).toHaveLength(3);
    await key('e');
    expect(app.session.selected).toBe(1);
    expect(app.session.isOpen(1)).toBe(true);
  });

  it('go with j and k, open with Enter, and fetch their details once a change', async () => {
    await start();
    await rows(aRow(1), aRow(2));
    (document.activeElement as HTMLElement).blur();
    await key('k');
    expect(app.session.selected).toBe(1);
    await waitFor(() => expect(document.activeElement?.getAttribute('data-row')).toBe('1'));
    host.asked.length = 0;
    await key('Enter');
    expect(app.session.isOpen(1)).toBe(true);
    await waitFor(() =>
      expect(asked('read_row').filter((q) => (q as { row: number }).row === 1)).toHaveLength(1),
    );
    await rows(aRow(1, { outcome: 'ok' }));
    expect(asked('read_row').filter((q) => (q as { row: number }).row === 1)).toHaveLength(2);
  });
});

describe('the composer', () => {
  const open = { kind: 'connection', connection: { kind: 'open', row: 1, since: Date.now(), pingMs: [] } };

  it('is one line until connected', async () => {
    await start();
    expect(screen.getByTestId('composer').textContent).toContain(
      'Composer opens when connected. 1 saved message is ready.',
    );
    await rows(aRow(1));
    await push(open);
    expect(screen.getByLabelText('Message')).toBeTruthy();
  });

  it('says where a message goes; an older answer never replaces a newer one', async () => {
    const answers: ((p: { routeKey?: string; why: string }) => void)[] = [];
    await start({ predict_route: () => new Promise((answer) => answers.push(answer)) });
    await push(open);
    const field = screen.getByLabelText('Message');
    await fireEvent.input(field, { target: { value: '{"action":"a"}' } });
    await waitFor(() => expect(answers).toHaveLength(1));
    await fireEvent.input(field, { target: { value: '{"action":"b"}' } });
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.({ routeKey: 'b', why: 'action is b' });
    await waitFor(() => expect(screen.getByTestId('prediction').textContent).toContain('action is b'));
    answers[0]?.({ routeKey: 'a', why: 'action is a' });
    await tick();
    expect(screen.getByTestId('prediction').textContent).toContain('action is b');
  });

  it('sends with the chord, and the arrow up brings the message back', async () => {
    await start();
    await push(open);
    const field = screen.getByLabelText<HTMLTextAreaElement>('Message');
    await fireEvent.input(field, { target: { value: 'hello' } });
    field.focus();
    await key('Enter', { ctrlKey: true });
    expect(asked('send_message')).toEqual([{ session: 's1', text: 'hello' }]);
    await waitFor(() => expect(app.messages.history).toEqual(['hello']));
    await fireEvent.input(field, { target: { value: '' } });
    await key('ArrowUp');
    expect(field.value).toBe('hello');
  });

  it('refuses what API Gateway would refuse, by size', async () => {
    await start();
    await push(open);
    await fireEvent.input(screen.getByLabelText('Message'), { target: { value: 'x'.repeat(130 * 1024) } });
    expect((screen.getByRole('button', { name: /^Send/ }) as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByTestId('composer').textContent).toContain('130.0 KB of 128 KB');
  });
});

describe('trouble', () => {
  it('of the log stands in the log’s place with its words and a retry', async () => {
    await start();
    await push({
      kind: 'tail',
      tail: {
        state: 'failed',
        logGroup: 'g',
        level: 'INFO',
        dataTrace: false,
        problem: { code: 'not_found', message: 'The specified log group does not exist.' },
      },
    });
    const problem = await screen.findByTestId('log-problem', {}, { timeout: 4000 });
    expect(problem.textContent).toContain('The specified log group does not exist.');
    await fireEvent.click(within(problem).getByRole('button', { name: 'Retry' }));
    expect(asked('read_log_now')).toHaveLength(1);
  });

  it('of the session is said, and a new one can be opened', async () => {
    await start();
    host.last('open_session').end({ code: 'internal', message: 'the task ended' });
    expect(await screen.findByText('the task ended')).toBeTruthy();
    const before = host.streams.length;
    await fireEvent.click(screen.getByRole('button', { name: 'Open a new session' }));
    expect(host.streams).toHaveLength(before + 1);
  });
});

describe('going about', () => {
  it('the palette runs a command by a few letters', async () => {
    await start();
    await rows(refused(1));
    await key('k', { ctrlKey: true });
    const palette = await screen.findByTestId('palette');
    expect(within(palette).getAllByRole('option')[0]?.textContent).toContain('Fix $connect');
    await fireEvent.input(within(palette).getByRole('combobox'), { target: { value: 'joinroom' } });
    await key('Enter');
    await waitFor(() => expect(app.screen).toBe('routes'));
    expect(app.routeKey).toBe('joinroom');
  });

  it('a failure leads to its route, at the station that its evidence names, and back', async () => {
    await start();
    await rows(refused(1));
    (document.activeElement as HTMLElement).blur();
    await key('g');
    await key('r');
    expect(await screen.findByRole('tab', { selected: true })).toBe(
      screen.getByRole('tab', { name: /Request template/ }),
    );
    expect(screen.getByRole('tabpanel').textContent).toContain('No template returns a status code.');
    await fireEvent.click(screen.getByRole('button', { name: 'Show in Connect' }));
    expect(app.screen).toBe('connect');
    expect(app.session.selected).toBe(1);
  });

  it('stages show their settings and offer what can be done', async () => {
    await start({ preview_deploy: () => ({ ...review, canSkipDeploy: false }) });
    await key('3', { ctrlKey: true });
    expect(screen.getByText('2 changes')).toBeTruthy();
    expect(screen.getByRole('button', { name: /^Turn off logs/ })).toBeTruthy();
    await fireEvent.click(screen.getAllByRole('button', { name: /^Deploy…/ })[0] as HTMLElement);
    expect(await screen.findByTestId('review')).toBeTruthy();
  });

  it('a digit leads to the evidence of its number', async () => {
    await start({ read_row: () => refusedDetail });
    await rows(refused(1));
    await screen.findAllByTestId('log-line');
    (document.activeElement as HTMLElement).blur();
    await key('1');
    expect(app.evidence).toBe(1);
    expect(screen.getAllByTestId('log-line').at(-1)?.className).toContain('active');
    await key('1');
    expect(app.evidence).toBeUndefined();
  });
});
