import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { BookItem, BookRow } from '../../host/rpc';
import { aRequest, bookAnswers, counts, sources } from '../../testing/book';
import { app, asked, blur, host, key, start } from '../../testing/window';

async function told(...items: BookItem[]) {
  host.last('open_book').push(items);
  await tick();
}
/** On Logs, with the book of the stage open. */
async function onLogs(answers: Parameters<typeof start>[0] = bookAnswers(60, 30)) {
  await start(answers);
  blur();
  await key('0', { ctrlKey: true });
  await told({ kind: 'ready', book: 'b1' }, { kind: 'sources', sources });
  await waitFor(() => expect(screen.getAllByTestId('book-row').length).toBeGreaterThan(0));
}
const selected = () =>
  screen.getAllByTestId('book-row').find((row) => row.getAttribute('aria-selected') === 'true');
const filters = () => asked('filter_book') as { view: string; filter: Record<string, unknown> }[];

describe('the log of a stage', () => {
  it('is read for as long as the stage is looked at, once', async () => {
    await onLogs();
    expect(host.last('open_book').question).toMatchObject({
      of: { apiId: '3fmvso4h96', stage: 'prod' },
      window: { kind: 'now', backMs: 900_000 },
    });
    await key('1', { ctrlKey: true });
    await key('0', { ctrlKey: true });
    expect(host.streams.filter((s) => s.name === 'open_book')).toHaveLength(1);
    app.apis.stageName = undefined;
    await waitFor(() => expect(host.streams.filter((s) => s.name === 'open_book' && !s.closed)).toEqual([]));
  });

  it('draws only the rows that are seen', async () => {
    await onLogs(bookAnswers(1_000_000));
    expect(screen.getByRole('grid', { name: 'Requests' }).getAttribute('aria-rowcount')).toBe('1000001');
    expect(screen.getAllByTestId('book-row').length).toBeLessThan(60);
  });

  it('goes from failure to failure with E and opens the one that it finds', async () => {
    await onLogs();
    await key('e');
    await waitFor(() => expect(selected()?.dataset.index).toBe('30'));
    expect(asked('find_in_book')[0]).toEqual({ book: 'b1', back: false });
    await screen.findByTestId('request');
    expect(asked('read_logged_request').at(-1)).toEqual({ book: 'b1', requestId: 'EP5r30=' });
    // Around the end.
    await key('E', { shiftKey: true });
    await waitFor(() => expect(asked('find_in_book')).toHaveLength(3));
    expect(asked('find_in_book')[1]).toEqual({ book: 'b1', beside: 30, back: true });
    expect(asked('find_in_book')[2]).toEqual({ book: 'b1', back: true });
    await waitFor(() => expect(asked('read_logged_request')).toHaveLength(2));
    blur();
    await key('Escape');
    expect(screen.queryByTestId('request')).toBeNull();
  });

  it('follows the end until somebody scrolls up or chooses a row there', async () => {
    await onLogs();
    expect(app.book.following).toBe(true);
    await key('Home');
    expect(app.book.following).toBe(false);
    expect(selected()?.dataset.index).toBe('0');
    await told({ kind: 'counts', counts: counts(9, 65) });
    expect(screen.getByRole('button', { name: '5 new ↓' })).toBeTruthy();
    expect(selected()?.dataset.index).toBe('0');
    await fireEvent.click(screen.getByRole('button', { name: '5 new ↓' }));
    expect(app.book.following).toBe(true);
    expect(screen.queryByRole('button', { name: /new ↓/ })).toBeNull();
  });

  it('asks Rust for what is typed, with its toggles, once the fingers rest', async () => {
    await onLogs();
    await key('/');
    const text = document.activeElement as HTMLInputElement;
    expect(text.getAttribute('aria-label')).toBe('Text');
    await fireEvent.input(text, { target: { value: 'jo' } });
    await fireEvent.input(text, { target: { value: 'join.*room' } });
    await waitFor(() => expect(filters().at(-1)?.filter.text).toBe('join.*room'));
    expect(filters()).toHaveLength(2);
    await fireEvent.click(screen.getByRole('button', { name: 'Regular expression' }));
    expect(filters().at(-1)?.filter).toMatchObject({ text: 'join.*room', regex: true });
    await fireEvent.click(screen.getByRole('checkbox', { name: 'failures' }));
    await fireEvent.change(screen.getByRole('combobox', { name: 'Route' }), {
      target: { value: 'joinroom' },
    });
    expect(filters().at(-1)?.filter).toMatchObject({ failures: true, routeKey: 'joinroom' });
    await fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(filters().at(-1)?.filter).toMatchObject({ text: '', failures: false });
    expect(filters().at(-1)?.filter.routeKey).toBeUndefined();
  });

  it('says why a filter can’t be read', async () => {
    await onLogs({
      ...bookAnswers(60),
      filter_book: ({ filter }) =>
        counts(
          filter.regex ? 8 : 2,
          filter.regex ? 0 : 60,
          filter.regex ? { problem: 'unclosed group' } : {},
        ),
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Regular expression' }));
    await waitFor(() => expect(screen.getAllByText('unclosed group').length).toBeGreaterThan(0));
    expect(screen.getByRole('textbox', { name: 'Text' }).getAttribute('aria-invalid')).toBe('true');
  });

  it('takes a JMESPath expression, tried on lines first, in place of a pattern', async () => {
    await onLogs({
      ...bookAnswers(60),
      try_pattern: ({ pattern, jmespath, lines }) =>
        jmespath && pattern.includes(' = ')
          ? { matches: [], problem: 'The JMESPath expression can’t be read', warnings: [] }
          : { matches: lines.map((l) => l.includes('502')), warnings: [] },
    });
    await fireEvent.click(screen.getByRole('button', { name: /^Pattern/ }));
    await fireEvent.click(screen.getByRole('radio', { name: 'JMESPath' }));
    const field = screen.getByRole('textbox', { name: 'Takes lines that are JSON, where it holds' });
    await fireEvent.input(field, { target: { value: "status = '502'" } });
    await screen.findByText('The JMESPath expression can’t be read');
    expect((screen.getByRole('button', { name: 'Use it' }) as HTMLButtonElement).disabled).toBe(true);
    await fireEvent.input(field, { target: { value: "status == '502'" } });
    await fireEvent.input(screen.getByRole('textbox', { name: 'Try it on lines' }), {
      target: { value: '{"status":"502"}\n{"status":"200"}' },
    });
    await waitFor(() => expect(screen.getByTestId('pattern-takes').textContent).toBe('Takes 1 of 2 lines.'));
    expect(asked('try_pattern').at(-1)).toMatchObject({ jmespath: true, pattern: "status == '502'" });
    await fireEvent.click(screen.getByRole('button', { name: 'Use it' }));
    expect(filters().at(-1)?.filter).toMatchObject({ jmespath: "status == '502'", pattern: '' });
    await fireEvent.click(screen.getByRole('button', { name: "JMESPath status == '502'" }));
    expect((screen.getByRole('radio', { name: 'JMESPath' }) as HTMLInputElement).checked).toBe(true);
    await fireEvent.click(screen.getByRole('button', { name: 'Use none' }));
    expect(filters().at(-1)?.filter).toMatchObject({ jmespath: '', pattern: '' });
  });

  it('orders the access log by a column, the largest first, and goes back to time', async () => {
    const record = (n: number): BookRow => ({
      kind: 'access',
      at: 1_790_000_000_000 + n,
      record: {
        fields: [
          ['status', '200'],
          ['integrationLatency', String(n)],
          ['requestId', `r${n}=`],
        ],
      },
    });
    await onLogs({
      ...bookAnswers(60),
      read_book: ({ from, count }) => ({
        version: 2,
        from,
        rows: Array.from({ length: Math.min(count, 60 - from) }, (_, i) => record(from + i)),
      }),
    });
    await fireEvent.click(screen.getByRole('radio', { name: 'Access log' }));
    const header = () => screen.findByRole('columnheader', { name: /^integrationLatency/ });
    const sort = async () => (await header()).getAttribute('aria-sort');
    expect(await sort()).toBe('none');
    expect(screen.getByRole('columnheader', { name: /^Time/ }).getAttribute('aria-sort')).toBe('ascending');
    const button = () => screen.getByRole('button', { name: 'integrationLatency' });
    await fireEvent.click(button());
    expect(filters().at(-1)).toMatchObject({
      view: 'access',
      order: { field: 'integrationLatency', descending: true },
    });
    expect(await sort()).toBe('descending');
    // The largest stand first, and nothing scrolls away from them.
    await waitFor(() => expect(app.book.toTop).toBe(1));
    expect(app.book.following).toBe(false);
    await fireEvent.click(button());
    expect(filters().at(-1)).toMatchObject({ order: { field: 'integrationLatency', descending: false } });
    expect(await sort()).toBe('ascending');
    await fireEvent.click(button());
    expect(filters().at(-1)).not.toHaveProperty('order.field');
    expect(await sort()).toBe('none');
    expect(app.book.following).toBe(true);
    await fireEvent.click(screen.getByRole('button', { name: 'Time' }));
    expect(filters().at(-1)).toMatchObject({ order: { field: '', descending: true } });
  });

  it('shows lines with more and more around each match with N', async () => {
    await onLogs();
    await key('n');
    await waitFor(() => expect(filters().at(-1)).toMatchObject({ view: 'lines', filter: { context: 3 } }));
    await key('n');
    await waitFor(() => expect(filters().at(-1)?.filter).toMatchObject({ context: 10 }));
    await key('n');
    await key('n');
    await waitFor(() => expect(filters().at(-1)?.filter).toMatchObject({ context: 0 }));
  });

  it('opens a request with Enter: its way, its function, hostile lines as text', async () => {
    await onLogs();
    await key('End');
    blur();
    await key('Enter');
    const pane = await screen.findByTestId('request');
    await within(pane).findByText(/41 ms · 61 of 128 MB · cold start 210 ms/);
    expect(within(pane).getByText('joined <b>developers</b> ⟨U+202E⟩')).toBeTruthy();
    expect(within(pane).getByText('cut at 1,024 bytes')).toBeTruthy();
    expect(pane.querySelector('b')).toBeNull();
    await fireEvent.click(within(pane).getByRole('button', { name: /^Copy request id/ }));
    expect(host.copied).toEqual(['EP5r59=']);
    await fireEvent.click(within(pane).getByRole('button', { name: 'Only this connection' }));
    expect(filters().at(-1)?.filter).toMatchObject({ connectionId: 'gbik1=' });
  });

  it('marks whose a request is, and its failure in words', async () => {
    await onLogs({
      ...bookAnswers(2),
      read_book: ({ from }) => ({
        version: 2,
        from,
        rows: [aRequest(0, { own: true }), aRequest(1, { failed: true, said: 'Execution failed due to X' })],
      }),
    });
    const [own, failed] = screen.getAllByTestId('book-row');
    expect(own?.textContent).toContain('yours');
    expect(failed?.textContent).toContain('Execution failed due to X');
    expect(failed?.textContent).not.toContain('yours');
  });

  it('reads a saved file in place of the stage, and goes back', async () => {
    await onLogs();
    const file = new File(['(EP5=) Starting execution for request: EP5='], 'saved.log', {
      type: 'text/plain',
    });
    file.text = async () => '(EP5=) Starting execution for request: EP5=';
    await fireEvent.change(screen.getByLabelText('A saved log'), { target: { files: [file] } });
    await waitFor(() =>
      expect(host.last('open_book').question).toMatchObject({
        window: { kind: 'file', name: 'saved.log', text: '(EP5=) Starting execution for request: EP5=' },
      }),
    );
    expect(screen.getByTestId('file').textContent).toContain('saved.log');
    await fireEvent.click(screen.getByRole('button', { name: 'Back to prod' }));
    expect(host.last('open_book').question).toMatchObject({ window: { kind: 'now' } });
  });

  it('opens a function’s log at one request, reading the group if nobody does', async () => {
    await onLogs();
    app.openLog('/aws/lambda/chat-join', '8b30');
    expect(asked('set_source')).toEqual([{ book: 'b1', source: 1, on: true, live: false }]);
    await waitFor(() =>
      expect(filters().at(-1)).toMatchObject({ view: 'lines', filter: { text: '8b30', without: [0] } }),
    );
  });

  it('tells every state of a group and what to do about it', async () => {
    await onLogs();
    await told({
      kind: 'sources',
      sources: [
        ...sources,
        {
          id: 2,
          kind: 'function',
          logGroup: '/aws/lambda/chat-send',
          of: ['sendmessage'],
          on: true,
          live: false,
          state: 'polling',
          problem: { code: 'not_found', message: 'The log group does not exist.' },
          cost: 'free',
        },
        {
          id: 3,
          kind: 'authorizer',
          logGroup: '/aws/lambda/door',
          of: [],
          on: true,
          live: true,
          state: 'failed',
          problem: { code: 'access_denied', message: 'not authorized' },
          cost: '$0.01 a minute',
        },
      ],
    });
    await fireEvent.click(screen.getByRole('button', { name: /^Log groups: 3 of 4 groups/ }));
    const [execution, join, send, door] = screen.getAllByTestId('source');
    expect(execution?.textContent).toMatch(/live.*free in the sandbox/s);
    expect(join?.textContent).toContain('not read');
    expect(send?.textContent).toMatch(/no such group yet.*Lambda makes it when the function runs/s);
    expect(door?.textContent).toMatch(/can’t be read.*\$0.01 a minute.*logs:StartLiveTail/s);
    await fireEvent.click(within(join as HTMLElement).getByRole('checkbox', { name: 'chat-join' }));
    expect(asked('set_source').at(-1)).toEqual({ book: 'b1', source: 1, on: true, live: false });
  });

  it('says on every screen that a Live Tail which somebody switched on is billed, and stops it', async () => {
    const polled = sources.map((s) => ({
      ...s,
      live: false,
      on: true,
      cost: 'Live Tail is charged by the minute',
    }));
    await onLogs();
    await told({ kind: 'sources', sources: polled });
    await fireEvent.click(screen.getByRole('button', { name: /^Log groups/ }));
    const [execution] = screen.getAllByTestId('source');
    await fireEvent.click(within(execution as HTMLElement).getByRole('switch'));
    await told({ kind: 'sources', sources: polled.map((s) => ({ ...s, live: s.id === 0 })) });
    app.go('routes');
    const running = await screen.findByTestId('live-tail');
    expect(running.textContent).toMatch(/Live Tail of 1 group/);
    expect(running.title).toMatch(/charged by the minute/);
    await fireEvent.click(within(running).getByRole('button', { name: 'Stop' }));
    expect(asked('set_source').at(-1)).toEqual({ book: 'b1', source: 0, on: true, live: false });
    await waitFor(() => expect(screen.queryByTestId('live-tail')).toBeNull());
  });

  it('exports what is shown and tells where it is', async () => {
    await onLogs();
    await fireEvent.click(screen.getByRole('button', { name: 'Export' }));
    await fireEvent.click(screen.getByRole('button', { name: /^JSONL/ }));
    expect(asked('export_book')).toEqual([{ book: 'b1', format: 'jsonl' }]);
    await fireEvent.click(await screen.findByRole('button', { name: /^Copy path/ }));
    expect(host.copied).toEqual(['/tmp/log.jsonl']);
  });
});

describe('a connection', () => {
  it('is found by any id that is pasted, quoted or in a callback’s address', async () => {
    await onLogs();
    await key('g');
    await key('n');
    const id = (await screen.findByRole('textbox', { name: 'Connection' })) as HTMLInputElement;
    await fireEvent.input(id, {
      target: { value: 'https://x.execute-api.us-east-1.amazonaws.com/prod/@connections/gbik1%3D' },
    });
    await fireEvent.submit(id.form as HTMLFormElement);
    await waitFor(() =>
      expect(asked('read_logged_connection').at(-1)).toEqual({ book: 'b1', connectionId: 'gbik1=' }),
    );
    const events = await screen.findAllByTestId('life-event');
    expect(events.map((e) => e.dataset.what)).toEqual(['connect', 'message', 'disconnect']);
    expect(screen.getByText('32 s of silence')).toBeTruthy();
    expect(screen.getByText('Pings: API Gateway does not log them.')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Its requests in Logs' }));
    expect(filters().at(-1)).toMatchObject({ view: 'requests', filter: { connectionId: 'gbik1=' } });
  });
});
