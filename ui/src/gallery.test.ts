// Trying an exhibit, from wherever one is; the browser tests do it with the real sandbox.
import { waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Exhibit } from './host/rpc';
import { summary } from './testing/fakeHost';
import { app, asked, host, push, start } from './testing/window';

const exhibit: Exhibit = {
  family: 'Custom domains',
  cause: 'mapping-missing',
  apiId: 'gallery601',
  stage: 'prod',
  tries: 'Connect.',
  dials: 1,
  domain: 'api.mapping-missing.example.net',
  path: '/chat',
  headers: [['x-api-key', 'worth-nothing']],
  send: '{"action": "go"}',
};

const apis = {
  list_apis: () => [summary('3fmvso4h96', 'my-chat-app-gw-1'), summary('gallery601', 'mapping-missing')],
};

const opened = async (apiId: string, account = 'sandbox') => {
  await waitFor(() =>
    expect(host.last('open_session').question).toMatchObject({ apiId, scope: { account } }),
  );
  await push({ kind: 'ready', session: apiId });
  await push({ kind: 'tail', tail: { state: 'idle', logGroup: 'g', level: 'INFO', dataTrace: false } });
};

describe('an exhibit', () => {
  it('is dialled in the sandbox, wherever one was', async () => {
    await start(apis);
    const profile = app.accounts.listed?.accounts.find((a) => a.id === 'profile:chat-dev');
    app.accounts.choose(profile!);
    await opened('3fmvso4h96', 'profile:chat-dev');
    app.go('sandbox');
    void app.trying.begin(exhibit);
    await opened('gallery601');
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    expect(app.accounts.isSandbox).toBe(true);
    expect(app.screen).toBe('connect');
    expect(asked('connect')[0]).toMatchObject({
      session: 'gallery601',
      url: 'wss://api.mapping-missing.example.net/chat',
      headers: [['x-api-key', 'worth-nothing']],
    });
    expect(app.messages.text).toBe('{"action": "go"}');
  });

  it('leaves what a person typed for the other APIs, and takes nothing of its own there', async () => {
    await start(apis);
    app.dial.headers = [{ on: true, name: 'authorization', value: 'mine' }];
    app.messages.text = 'half a mess';
    void app.trying.begin(exhibit);
    await opened('gallery601');
    await waitFor(() => expect(app.dial.question().headers).toEqual([['x-api-key', 'worth-nothing']]));
    void app.apis.choose('3fmvso4h96');
    await opened('3fmvso4h96');
    expect(app.dial.question()).toMatchObject({ url: '', headers: [['authorization', 'mine']] });
    expect(app.messages.text).toBe('half a mess');
  });
});
