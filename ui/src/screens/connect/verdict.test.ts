import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import { aRow, chat, logLines, refused } from '../../testing/fakeHost';
import { app, asked, host, key, review, rows, start } from '../../testing/window';

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

  it('stopped half-way says what may have been done and what was not sent, and is read again', async () => {
    await start({ preview_fix: () => review });
    await rows(refused(1));
    await key('f');
    const sheet = await screen.findByTestId('review');
    await fireEvent.click(await screen.findByRole('button', { name: /^Apply and deploy/ }));
    const run = host.last('open_apply');
    run.push([{ kind: 'started', step: 0 }]);
    await fireEvent.click(await screen.findByRole('button', { name: 'Stop here' }));
    expect(sheet.textContent).toContain(
      'Stopped. UpdateIntegration may have been done: nobody heard the answer. Not sent: CreateDeployment.',
    );
    const before = asked('read_api').length;
    await fireEvent.click(within(sheet).getAllByRole('button', { name: 'Close' })[0]!);
    expect(asked('read_api')).toHaveLength(before + 1);
  });

  it('that was fixed stands in one line below its row, with certainty, evidence and deployment', async () => {
    await start();
    await rows(refused(1, { fixedBy: 'd3k9qp' }), aRow(2));
    const line = await screen.findByTestId('verdict-line');
    const [cause, how] = [...line.children].map((c) => c.textContent?.replace(/\s+/g, ' ').trim());
    expect(cause).toBe('$connect’s mock integration returns no status code.');
    expect(how).toMatch(/^certain ?1 ?fixed in deployment d3k9qp$/);
  });

  it('whose cause is gone says so instead of offering its fix', async () => {
    await start();
    const { verdict } = refused(1);
    const [best] = verdict!.findings;
    const since = 'Fixed since: the configuration does not show this any more.';
    const gone = { ...verdict!, findings: [{ ...best!, action: undefined, since }] };
    await rows(refused(1, { verdict: gone }));
    const shown = await screen.findByTestId('verdict');
    expect(within(shown).getByText(since)).toBeTruthy();
    expect(within(shown).queryByRole('button', { name: /^Fix/ })).toBeNull();
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

  it('can be chosen first: how much, what it costs, for how long; then reviewed', async () => {
    await start({
      read_api: () => logsOff,
      estimate_logs: () => ({
        requestsAnHour: 3_000,
        infoBytes: 78_480_000,
        traceBytes: 379_728_000,
        accessBytes: 17_280_000,
        price: 0.5,
        from: 'From 3000 requests in the execution log of the last hour.',
      }),
      preview_turn_on_logs: () => ({ ...review, title: 'Turn on logs' }),
    });
    await rows(off);
    await fireEvent.click(await screen.findByRole('button', { name: 'Review first…' }));
    const sheet = await screen.findByTestId('turn-on-logs');
    await waitFor(() => expect(sheet.textContent).toContain('$0.04'));
    expect(sheet.textContent).not.toContain('Tokens, cookies');
    await fireEvent.click(within(sheet).getByRole('switch', { name: 'Data trace' }));
    expect(sheet.textContent).toContain('Tokens, cookies');
    expect(sheet.textContent).toContain('$0.19');
    await fireEvent.click(within(sheet).getByRole('button', { name: /^Review…/ }));
    expect(await screen.findByTestId('review')).toBeTruthy();
    expect(asked('preview_turn_on_logs')).toEqual([
      { of: expect.anything(), level: 'INFO', dataTrace: true, minutes: 30 },
    ]);
    expect(host.streams.some((s) => s.name === 'open_apply')).toBe(false);
  });
});
