import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Revert } from '../host/rpc';
import { leftWords } from '../state/reverts.svelte';
import { money } from '../state/turnOn.svelte';
import { aRow, chat } from '../testing/fakeHost';
import { app, asked, blur, host, key, rows, start } from '../testing/window';

const running = (more: Partial<Revert> = {}): Revert => ({
  id: 7,
  scope: { account: 'sandbox', region: 'us-east-1' },
  apiId: app?.apis.apiId ?? '',
  stage: 'prod',
  at: 0,
  leftMs: 12 * 60_000,
  to: 'OFF',
  ...more,
});

describe('logs that go back by themselves', () => {
  it('say in the status bar how long they run, and can be kept on', async () => {
    await start();
    let list = [running({ apiId: app.apis.apiId ?? '' })];
    host.answers.list_reverts = () => list;
    host.answers.cancel_revert = () => {
      list = [];
      return {};
    };
    await app.reverts.read();
    const bar = await screen.findByTestId('revert');
    expect(bar.textContent).toContain('logs go back to OFF in 12 min');
    await fireEvent.click(within(bar).getByRole('button', { name: 'Keep on' }));
    await waitFor(() => expect(screen.queryByTestId('revert')).toBeNull());
    expect(asked('cancel_revert')).toEqual([{ id: 7 }]);
  });

  it('tell what became of them until somebody has seen it, and why they did not go back', async () => {
    await start();
    let list = [
      running({ over: 'The logs of prod are back at OFF.' }),
      running({ id: 8, problem: 'The account is locked.' }),
    ];
    host.answers.list_reverts = () => list;
    host.answers.cancel_revert = () => {
      list = list.slice(1);
      return {};
    };
    await app.reverts.read();
    const over = await screen.findByTestId('reverted');
    expect(over.textContent).toContain('The logs of prod are back at OFF.');
    expect((await screen.findByTestId('revert-problem')).textContent).toContain('The account is locked.');
    await fireEvent.click(within(over).getByRole('button', { name: 'Close this line' }));
    await waitFor(() => expect(screen.queryByTestId('reverted')).toBeNull());
  });

  it('have words for time and money', () => {
    expect([2_000, 42_000, 61_000, 3_900_000].map(leftWords)).toEqual([
      'a moment',
      '42 s',
      '2 min',
      '1 h 5 min',
    ]);
    expect([0, 0.001, 1.308].map(money)).toEqual(['nothing', 'under 1 cent', '$1.31']);
  });
});

describe('Why is there no log?', () => {
  it('answers with the best reason, what was looked at, and the one thing to do', async () => {
    const off = { ...chat, stages: chat.stages.map((s) => ({ ...s, loggingLevel: 'OFF' })) };
    await start({
      read_api: () => off,
      estimate_logs: () => ({ infoBytes: 1, traceBytes: 1, accessBytes: 1, price: 0.5, from: '' }),
      explain_no_log: () => ({
        findings: [
          {
            cause: 'logging-off',
            confidence: 'certain',
            title: 'prod writes no execution log',
            reason: 'Its log level is OFF.',
            fix: 'Turn on logs, and try again.',
            evidence: [{ place: { kind: 'clock' }, text: 'level OFF' }],
            action: { kind: 'turnOnLogs' },
          },
        ],
        lookedAt: ['the level of $connect on prod: OFF'],
      }),
    });
    await rows(aRow(1, { note: 'No log came within 90 s' }));
    blur();
    await fireEvent.click(await screen.findByRole('button', { name: 'Why?' }));
    const panel = await screen.findByTestId('why-no-log');
    await within(panel).findByText('prod writes no execution log');
    expect(panel.textContent).toContain('the level of $connect on prod: OFF');
    expect(asked('explain_no_log')[0]).toMatchObject({ row: 1, session: 's1' });
    await fireEvent.click(within(panel).getByRole('button', { name: 'Turn on logs…' }));
    expect(await screen.findByTestId('turn-on-logs')).toBeTruthy();
    await key('Escape');
  });
});
