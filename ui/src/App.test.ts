import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { refused, refusedDetail } from './testing/fakeHost';
import { app, asked, blur, host, key, open, push, review, rows, start } from './testing/window';

describe('the first start', () => {
  it('stands on the sandbox with one primary action that has the focus', async () => {
    await start();
    const primary = screen.getByText(/Find out why/).closest('.say') as HTMLElement;
    await waitFor(() =>
      expect(document.activeElement).toBe(within(primary).getByRole('button', { name: /^Connect/ })),
    );
    await fireEvent.click(document.activeElement as HTMLElement);
    expect(asked('connect')).toEqual([
      { session: 's1', url: '', headers: [], query: [], subprotocols: [], timeoutMs: 35000 },
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
      locked: false,
    });
    await rows(refused(1));
    expect(JSON.parse(localStorage.getItem('gatescope.window') ?? '{}')).toEqual({
      split: 50,
      composer: 92,
      again: true,
      account: 'profile:chat-prod',
      regions: { sandbox: 'us-east-1', 'profile:chat-prod': 'eu-central-1' },
    });
  });

  it('says in words that a region holds no API', async () => {
    await open({ list_apis: () => [] });
    expect(await screen.findByText('No WebSocket API in us-east-1')).toBeTruthy();
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
    blur();
    await key('g');
    await key('r');
    expect(await screen.findByRole('tab', { selected: true })).toBe(
      screen.getByRole('tab', { name: /Request template/ }),
    );
    expect(screen.getByRole('tabpanel').textContent).toContain('none here gives a status code');
    await fireEvent.click(screen.getByRole('button', { name: 'Show in Connect' }));
    expect(app.screen).toBe('connect');
    expect(app.session.selected).toBe(1);
  });

  it('a route that cannot answer offers its fix without a connection', async () => {
    await start({ preview_fix: () => review });
    await key('2', { ctrlKey: true });
    await fireEvent.click(await screen.findByRole('button', { name: /^Fix…/ }));
    expect(await screen.findByTestId('review')).toBeTruthy();
    expect(asked('preview_fix')).toMatchObject([{ cause: 'mock-status-missing', routeKey: '$connect' }]);
    await fireEvent.click(screen.getByRole('button', { name: /^Cancel/ }));
    blur();
    await key('f');
    expect(asked('preview_fix')).toHaveLength(2);
  });

  it('stages show their settings and offer what can be done', async () => {
    await start({ preview_deploy: () => ({ ...review, canSkipDeploy: false }) });
    await key('3', { ctrlKey: true });
    expect(screen.getByText('2 changes')).toBeTruthy();
    expect(screen.getByRole('button', { name: /^Turn off logs/ })).toBeTruthy();
    await fireEvent.click(screen.getAllByRole('button', { name: /^Deploy…/ })[0] as HTMLElement);
    const sheet = await screen.findByTestId('review');
    expect(await within(sheet).findByText('CreateDeployment')).toBeTruthy();
    expect(within(sheet).getByRole('button', { name: /^Deploy/ })).toBeTruthy();
    expect(within(sheet).queryByRole('button', { name: 'Apply only' })).toBeNull();
  });

  it('a digit leads to the evidence of its number', async () => {
    await start({ read_row: () => refusedDetail });
    await rows(refused(1));
    await screen.findAllByTestId('log-line');
    blur();
    await key('1');
    expect(app.evidence).toBe(1);
    expect(screen.getAllByTestId('log-line').at(-1)?.className).toContain('active');
    await key('1');
    expect(app.evidence).toBeUndefined();
  });
});
