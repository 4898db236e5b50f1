import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { PastChange } from '../../host/rpc';
import { app, asked, blur, host, key, review, start } from '../../testing/window';

const past = (id: number, parts: Partial<PastChange> = {}): PastChange => ({
  id,
  scope: { account: 'sandbox', region: 'us-east-1' },
  apiId: '3fmvso4h96',
  apiName: 'my-chat-app-gw-1',
  title: `Change ${id}`,
  words: review.words,
  at: Date.now() - id * 60_000,
  state: 'done',
  diff: review.diff,
  steps: review.steps,
  done: 2,
  lost: [],
  ...parts,
});

describe('the history', () => {
  it('says of each change what it did, and undoes the chosen one, deployed as it was', async () => {
    await start({
      list_changes: () => [past(2, { lost: ['the key’s value'] }), past(1)],
      preview_undo: () => review,
    });
    app.go('history');
    expect(await screen.findAllByTestId('change')).toHaveLength(2);
    expect(screen.getByText(/does not bring back the key’s value/)).toBeTruthy();
    await fireEvent.click(screen.getAllByTestId('change')[1] as HTMLElement);
    blur();
    await key('u');
    const sheet = await screen.findByTestId('review');
    await fireEvent.click(await within(sheet).findByRole('button', { name: /^Apply and deploy/ }));
    expect(asked('preview_undo')).toEqual([{ id: 1, stage: 'prod', choices: {} }]);
    const before = asked('list_changes').length;
    host.last('open_apply').push([{ kind: 'finished', change: 3 }]);
    await waitFor(() => expect(asked('list_changes').length).toBeGreaterThan(before));
  });

  it('undoes without a deployment what was not deployed', async () => {
    await start({
      list_changes: () => [past(1, { steps: review.steps.filter((s) => !s.deploys), done: 1 })],
      preview_undo: () => review,
    });
    app.go('history');
    await fireEvent.click(await screen.findByRole('button', { name: /^Undo…/ }));
    expect(asked('preview_undo')).toMatchObject([{ stage: '' }]);
  });

  it('offers no undo of what was undone', async () => {
    await start({ list_changes: () => [past(1, { state: 'undone' })] });
    app.go('history');
    const undo = await screen.findByRole('button', { name: /^Undo…/ });
    expect((undo as HTMLButtonElement).disabled).toBe(true);
    expect(undo.title).toContain('undone');
  });

  it('has what broke off on top: finish, roll back, or leave it', async () => {
    await start({
      list_unfinished: () => [past(9, { state: 'broken', done: 1 })],
      list_changes: () => [],
      preview_finish: () => review,
      settle_change: () => ({}),
    });
    app.go('history');
    const one = await screen.findByTestId('unfinished-change');
    expect(one.textContent).toContain('1 of 2 calls made');
    await fireEvent.click(within(one).getByRole('button', { name: 'Finish…' }));
    await waitFor(() => expect(asked('preview_finish')).toMatchObject([{ id: 9 }]));
    await fireEvent.click(await screen.findByRole('button', { name: /^Cancel/ }));
    await fireEvent.click(within(one).getByRole('button', { name: 'Leave it' }));
    await waitFor(() => expect(asked('settle_change')).toEqual([{ id: 9 }]));
  });

  it('teaches where nothing was changed yet', async () => {
    await start({ list_changes: () => [] });
    app.go('history');
    expect(await screen.findByText(/Nothing was changed here/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: /^Go to Routes/ }));
    expect(app.screen).toBe('routes');
  });
});
