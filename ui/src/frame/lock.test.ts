import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Account, Accounts } from '../host/rpc';
import { refused } from '../testing/fakeHost';
import { app, asked, blur, host, key, open, review, rows, start } from '../testing/window';

const account = (name: string, locked = false): Account => ({
  id: `profile:${name}`,
  name,
  kind: 'static keys',
  region: 'us-east-1',
  regionFrom: '',
  locked,
});
const accounts = (...names: [string, ...string[]]): Accounts => ({
  accounts: names.map((n) => account(n)),
  start: { account: `profile:${names[0]}`, region: 'us-east-1' },
  startFrom: 'AWS_PROFILE',
  regions: { aws: ['us-east-1'] },
});
const lockedNow = () => Promise.resolve({ ...accounts('chat-dev'), accounts: [account('chat-dev', true)] });

describe('the lock', () => {
  it('is set in the title bar, and from then on stands there in words', async () => {
    await open({ list_accounts: () => accounts('chat-dev') });
    await fireEvent.click(screen.getByRole('button', { name: 'Lock' }));
    host.answers.set_lock = () => ({});
    host.answers.list_accounts = lockedNow;
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Lock this account (read-only)' }));
    expect((await screen.findByTestId('locked')).textContent).toContain('locked');
    expect(asked('set_lock')).toEqual([{ account: 'profile:chat-dev', locked: true }]);
    expect(asked('list_accounts')).toHaveLength(2);
  });

  it('that could not be set stays open, and says why', async () => {
    await open({ list_accounts: () => accounts('chat-dev') });
    await fireEvent.click(screen.getByRole('button', { name: 'Lock' }));
    host.answers.set_lock = () => Promise.reject({ code: 'internal', message: 'the disk is full' });
    const box = screen.getByRole<HTMLInputElement>('checkbox', { name: 'Lock this account (read-only)' });
    await fireEvent.click(box);
    expect(await screen.findByText('the disk is full')).toBeTruthy();
    await waitFor(() => expect(box.checked).toBe(false));
  });

  it('keeps what would write without a review from being started', async () => {
    await start({ list_accounts: lockedNow });
    app.apis.view = app.apis.view && {
      ...app.apis.view,
      stages: app.apis.view.stages.map((s) => ({ ...s, loggingLevel: 'OFF' })),
    };
    const row = refused(1);
    for (const finding of row.verdict?.findings ?? []) finding.action = { kind: 'turnOnLogs' };
    await rows(row);
    blur();
    await key('l');
    expect(asked('preview_logs')).toEqual([]);
  });

  it('lets a change be reviewed, but not applied, and says why', async () => {
    await start({ list_accounts: lockedNow, preview_deploy: () => review });
    await key('D', { ctrlKey: true, shiftKey: true });
    const sheet = await screen.findByTestId('review');
    const apply = await within(sheet).findByRole<HTMLButtonElement>('button', { name: /^Apply and deploy/ });
    expect(apply.disabled).toBe(true);
    expect(sheet.textContent).toContain('This account is locked');
    await key('Enter', { ctrlKey: true });
    expect(host.streams.some((s) => s.name === 'open_apply')).toBe(false);
  });

  it('is a command by both its names', async () => {
    await open({ list_accounts: () => accounts('chat-dev'), set_lock: () => ({}) });
    await key('k', { ctrlKey: true });
    const palette = await screen.findByTestId('palette');
    await fireEvent.input(within(palette).getByRole('combobox'), { target: { value: 'lock this acc' } });
    host.answers.list_accounts = lockedNow;
    await key('Enter');
    await screen.findByTestId('locked');
  });
});

describe('the edge of the window', () => {
  it('is red where the name says that a mistake hurts, and nowhere else', async () => {
    await open({ list_accounts: () => accounts('chat-prod', 'product-demo', 'delivery', 'eu.live') });
    const edges = app.accounts.listed?.accounts.map((a) => {
      app.accounts.choose(a);
      return app.accounts.edge;
    });
    expect(edges).toEqual(['red', 'none', 'none', 'red']);
  });

  it('is remembered for the account for which it was chosen', async () => {
    await open({ list_accounts: () => accounts('chat-prod') });
    expect(screen.getByTestId('edge').dataset.edge).toBe('red');
    await fireEvent.click(screen.getByRole('button', { name: 'Lock' }));
    await fireEvent.click(screen.getByRole('radio', { name: 'amber' }));
    expect(screen.getByTestId('edge').dataset.edge).toBe('amber');
    expect(JSON.parse(localStorage.getItem('gatescope.window') ?? '{}').edges).toEqual({
      'profile:chat-prod': 'amber',
    });
  });
});
