import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Calls, Finding, PastChange } from '../host/rpc';
import { describeDraft } from '../testing/drafts';
import { aRow, chat, refused } from '../testing/fakeHost';
import { app, asked, blur, host, key, push, review, rows, start } from '../testing/window';

const answers = { describe_draft: describeDraft, preview_draft: () => review };

/** Changes the timeout of joinroom's integration, and waits until the title bar says so. */
async function edit(more: Parameters<typeof start>[0] = {}) {
  await start({ ...answers, ...more });
  app.draft.to!.integrations[3]!.timeoutInMillis = 5000;
  return screen.findByTestId('draft');
}

const sheet = () => screen.findByTestId('review');
const primary = () => screen.getByTestId('review').querySelector('footer .primary');

describe('edits', () => {
  it('are counted in the title bar, reviewed, and gone when they are in force', async () => {
    const bar = await edit();
    expect(bar.textContent).toContain('1 edit');
    expect(asked('keep_draft')).toHaveLength(1);
    blur();
    await key('s', { ctrlKey: true });
    await within(await sheet()).findByText('A request template');
    const [question] = asked('preview_draft') as Calls['preview_draft']['question'][];
    expect(question?.draft.draft.integrations[3]?.timeoutInMillis).toBe(5000);
    expect(question?.draft.base.integrations[3]?.timeoutInMillis).toBe(29000);
    expect(question?.stage).toBe('prod');
    await key('Enter', { ctrlKey: true });
    host.last('open_apply').push([{ kind: 'finished', change: 7 }]);
    await waitFor(() => expect(screen.queryByTestId('draft')).toBeNull());
    expect(asked('keep_draft').at(-1)).not.toHaveProperty('draft');
  });

  it('that were just typed are in the review, without waiting for their description', async () => {
    await start(answers);
    await waitFor(() => expect(app.draft.pending).toBe(false));
    app.draft.to!.integrations[3]!.timeoutInMillis = 5000;
    await waitFor(() => expect(app.draft.pending).toBe(true));
    blur();
    await key('s', { ctrlKey: true });
    await sheet();
    expect(asked('preview_draft')).toHaveLength(1);
  });

  it('that were discarded can be brought back', async () => {
    const bar = await edit();
    await fireEvent.click(within(bar).getByRole('button', { name: /^Discard/ }));
    expect(app.draft.to?.integrations[3]?.timeoutInMillis).toBe(29000);
    await fireEvent.click(
      within(await screen.findByTestId('discarded')).getByRole('button', { name: 'Bring back' }),
    );
    expect(app.draft.to?.integrations[3]?.timeoutInMillis).toBe(5000);
    expect(await screen.findByTestId('draft')).toBeTruthy();
  });

  it('are undone one by one from their list, and lead to where they were made', async () => {
    const bar = await edit();
    await fireEvent.click(within(bar).getByRole('button', { name: /1 edit/ }));
    await fireEvent.click(screen.getByRole('button', { name: /^~ integration integr3/ }));
    expect(app.screen).toBe('integrations');
    expect(app.openIntegration?.integrationId).toBe('integr3');
    await fireEvent.click(within(bar).getByRole('button', { name: /1 edit/ }));
    await fireEvent.click(screen.getByRole('button', { name: 'Undo the edit of integration integr3' }));
    await waitFor(() => expect(screen.queryByTestId('draft')).toBeNull());
  });

  it('from before a restart are back and say so', async () => {
    const draft = structuredClone(chat.snapshot);
    draft.integrations[3]!.timeoutInMillis = 5000;
    await start({ ...answers, read_draft: () => ({ draft: { base: chat.snapshot, draft } }) });
    expect((await screen.findByTestId('restored')).textContent).toContain('from before the restart');
  });

  it('stay when the API is read again', async () => {
    await edit();
    await app.apis.read();
    expect(app.draft.to?.integrations[3]?.timeoutInMillis).toBe(5000);
  });
});

describe('somebody else’s change', () => {
  const conflict = {
    path: 'integration//integr3/timeoutInMillis',
    of: 'integration integr3 of joinroom',
    field: 'timeoutInMillis',
    base: '29000',
    mine: '5000',
    theirs: '3000',
  };

  it('is shown three-way, and nothing is applied before it is decided', async () => {
    await edit({
      preview_draft: ({ choices }) => {
        const choice = choices[conflict.path];
        return { ...review, steps: choice ? review.steps : [], conflicts: [{ ...conflict, choice }] };
      },
    });
    blur();
    await key('s', { ctrlKey: true });
    const shown = await screen.findByTestId('conflict');
    for (const value of ['29000', '5000', '3000']) expect(within(shown).getByText(value)).toBeTruthy();
    expect(primary()).toHaveProperty('disabled', true);
    await key('Enter', { ctrlKey: true });
    expect(host.streams.some((s) => s.name === 'open_apply')).toBe(false);
    await fireEvent.click(within(shown).getByRole('radio', { name: /AWS now/ }));
    await waitFor(() =>
      expect(asked('preview_draft').at(-1)).toMatchObject({ choices: { [conflict.path]: 'theirs' } }),
    );
    await waitFor(() => expect(primary()).toHaveProperty('disabled', false));
    await key('Enter', { ctrlKey: true });
    expect(host.last('open_apply')).toBeTruthy();
  });
});

describe('a deletion', () => {
  it('says what depends on it and saves a snapshot file first', async () => {
    await edit({
      preview_draft: () => ({ ...review, dependants: ['route joinroom uses it'], offersSnapshot: true }),
      write_snapshot: () => ({ name: 'chat.gatescope.json', text: '{}' }),
      save_file: ({ name }) => ({ path: `/home/me/Downloads/${name}` }),
    });
    blur();
    await key('s', { ctrlKey: true });
    const open = await sheet();
    expect(await within(open).findByText('route joinroom uses it')).toBeTruthy();
    await fireEvent.click(within(open).getByRole('button', { name: 'Save a snapshot file' }));
    expect(await within(open).findByText('/home/me/Downloads/chat.gatescope.json')).toBeTruthy();
  });
});

describe('a change that breaks off', () => {
  const broken: PastChange = {
    id: 3,
    scope: { account: 'sandbox', region: 'us-east-1' },
    apiId: '3fmvso4h96',
    apiName: 'my-chat-app-gw-1',
    title: 'Give $connect a status code',
    words: [],
    at: 0,
    state: 'broken',
    diff: [],
    steps: review.steps,
    done: 1,
    lost: [],
  };

  it('offers to be finished or rolled back where it failed', async () => {
    await edit({ preview_finish: () => ({ ...review, title: 'The rest' }) });
    blur();
    await key('s', { ctrlKey: true });
    await within(await sheet()).findByText('A request template');
    await key('Enter', { ctrlKey: true });
    host.last('open_apply').push([
      { kind: 'started', step: 0 },
      { kind: 'failed', step: 0, problem: { code: 'refused', message: 'no such luck' }, change: 3 },
    ]);
    const off = await screen.findByTestId('broken-off');
    expect(within(off).getByText('no such luck')).toBeTruthy();
    await fireEvent.click(within(off).getByRole('button', { name: 'Finish…' }));
    expect(await screen.findByText(/The rest/)).toBeTruthy();
    expect(asked('preview_finish')).toEqual([{ id: 3, stage: 'prod', choices: {} }]);
  });

  it('names the cause of a refusal, and its click opens the review that removes it', async () => {
    await edit({ preview_fix: () => ({ ...review, title: 'Give the account its log role' }) });
    blur();
    await key('s', { ctrlKey: true });
    await within(await sheet()).findByText('A request template');
    await key('Enter', { ctrlKey: true });
    const finding: Finding = {
      cause: 'log-role-missing',
      confidence: 'certain',
      title: 'API Gateway has no role to write logs with',
      reason: 'Logs are written with a role.',
      fix: 'Create the role.',
      evidence: [],
      action: { kind: 'fix', routeKey: '' },
    };
    host.last('open_apply').push([
      { kind: 'started', step: 0 },
      { kind: 'failed', step: 0, problem: { code: 'refused', message: 'no role' }, change: 3, finding },
    ]);
    const refused = await screen.findByTestId('refused');
    expect(within(refused).getByText('API Gateway has no role to write logs with')).toBeTruthy();
    await fireEvent.click(within(refused).getByRole('button', { name: 'Fix…' }));
    expect(await screen.findByText(/Give the account its log role/)).toBeTruthy();
    expect(asked('preview_fix').at(-1)).toMatchObject({ cause: 'log-role-missing', routeKey: '' });
  });

  it('and was found at the start is told calmly, and can be left', async () => {
    let list = [broken];
    await start({
      list_unfinished: () => list,
      settle_change: () => {
        list = [];
        return {};
      },
    });
    const banner = await screen.findByTestId('unfinished');
    expect(banner.textContent).toMatch(/my-chat-app-gw-1 was broken off\s+after step 1 of 2/);
    await fireEvent.click(within(banner).getByRole('button', { name: 'Leave it' }));
    await waitFor(() => expect(screen.queryByTestId('unfinished')).toBeNull());
    expect(asked('settle_change')).toEqual([{ id: 3 }]);
  });
});

describe('after a deployment', () => {
  async function deployed() {
    blur();
    await key('2', { ctrlKey: true });
    await key('s', { ctrlKey: true });
    await within(await sheet()).findByText('A request template');
    await key('Enter', { ctrlKey: true });
    host.last('open_apply').push([{ kind: 'finished', change: 7 }]);
  }
  const open = { kind: 'connection', connection: { kind: 'open', row: 1, since: 0, pingMs: [] } };

  it('it connects, sends the last message again, and says in place what came of it', async () => {
    await edit({ send_message: () => ({ row: 12 }), connect: () => ({ row: 11 }) });
    await push(open);
    await app.send('{"action":"joinroom"}');
    await deployed();
    await waitFor(() => expect(asked('disconnect')).toHaveLength(1));
    await push({ kind: 'connection', connection: { kind: 'closed' } });
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    await rows(aRow(11, { kind: 'attempt', outcome: 'ok', status: 101 }));
    await push(open);
    await waitFor(() => expect(asked('send_message')).toHaveLength(2));
    expect(asked('send_message').at(-1)).toMatchObject({ text: '{"action":"joinroom"}' });
    await rows(
      aRow(12, {
        outcome: 'ok',
        roundTripMs: 38,
        request: { requestId: 'x', routeKey: 'joinroom', status: 200, totalMs: 3, lines: 9, complete: true },
      }),
    );
    const line = await screen.findByTestId('again');
    await waitFor(() => expect(line.textContent).toContain('Sent again → joinroom, 200, 38 ms'));
    expect(app.screen).toBe('routes');
    await fireEvent.click(within(line).getByRole('button', { name: 'Show' }));
    expect(app.screen).toBe('connect');
    expect(app.session.selected).toBe(12);
  });

  it('a refused handshake is dialled again and its failure stands there', async () => {
    await edit({ connect: () => ({ row: 2 }) });
    await rows(refused(1));
    await deployed();
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    await rows(refused(2));
    await push({ kind: 'connection', connection: { kind: 'closed' } });
    const line = await screen.findByTestId('again');
    await waitFor(() => expect(line.textContent).toContain('Refused again: 500'));
  });

  it('nothing is dialled where nothing was, or where one does not want it', async () => {
    await edit();
    await deployed();
    await waitFor(() => expect(screen.queryByTestId('draft')).toBeNull());
    expect(asked('connect')).toEqual([]);
    await rows(refused(1));
    app.draft.to!.integrations[3]!.timeoutInMillis = 6000;
    await screen.findByTestId('draft');
    await key('s', { ctrlKey: true });
    await fireEvent.click(await screen.findByRole('checkbox', { name: 'then connect again' }));
    await key('Enter', { ctrlKey: true });
    host.last('open_apply').push([{ kind: 'finished', change: 8 }]);
    await waitFor(() => expect(screen.queryByTestId('draft')).toBeNull());
    expect(asked('connect')).toEqual([]);
  });
});
