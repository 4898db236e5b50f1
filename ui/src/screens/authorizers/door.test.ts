import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ApiView, OpenMatrix, TryAuthorizer } from '../../host/rpc';
import { chat } from '../../testing/fakeHost';
import { app, asked, blur, host, key, start } from '../../testing/window';

// The editor is loaded on the way, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 20_000 });
beforeAll(() => {
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
});

const guarded: ApiView = {
  ...chat,
  snapshot: {
    ...chat.snapshot,
    routes: chat.snapshot.routes.map((r) =>
      r.routeKey === '$connect'
        ? { ...r, authorizationType: 'CUSTOM', authorizerId: 'auth01', apiKeyRequired: true }
        : r,
    ),
    authorizers: [
      {
        authorizerId: 'auth01',
        name: 'secret',
        authorizerType: 'REQUEST',
        identitySource: ['route.request.header.authorization'],
        authorizerUri:
          'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:gate/invocations',
      },
    ],
  },
};
const around = {
  apiKeys: [
    { id: 'off0000000', name: 'old', enabled: false, tags: {} },
    { id: 'key0000001', name: 'web', enabled: true, tags: {} },
  ],
  usagePlans: [
    {
      id: 'plan01',
      name: 'chat',
      apiStages: [{ apiId: '3fmvso4h96', stage: 'prod' }],
      tags: {},
      keys: [
        { id: 'off0000000', type: 'API_KEY', name: 'old' },
        { id: 'key0000001', type: 'API_KEY', name: 'web' },
      ],
    },
  ],
  vpcLinks: [],
  clientCertificates: [],
  logGroups: [],
  permissions: [],
  unread: {},
};

async function guardedDoor() {
  await start({
    read_api: () => guarded,
    read_surroundings: () => around,
    list_lambdas: () => [],
    read_lambda: () => ({ name: 'gate', arn: '', runtime: '', qualifiers: [] }),
    try_authorizer: ({ headers }) => ({
      status: headers.length > 0 ? 101 : 401,
      verdict: headers.length > 0 ? 'The policy allows it.' : 'authorization is missing.',
      event: null,
      answer: null,
      methodArn: 'arn:aws:execute-api:us-east-1:123456789012:3fmvso4h96/prod/$connect',
      tookMs: 3,
    }),
  });
  blur();
}

describe('the door', () => {
  it('sends nothing to one API that was typed for another', async () => {
    await guardedDoor();
    const ask = { source: '', kind: 'header' as const, name: 'Authorization' };
    app.door.setValue(ask, 'secret-token');
    app.door.headers = [{ on: true, name: 'x', value: 'y' }];
    expect(app.door.valueOf(ask)).toBe('secret-token');
    app.apis.apiId = 'another';
    app.door.forget();
    expect(app.door.valueOf(ask)).toBe('');
    expect(app.door.headers).toEqual([]);
  });

  it('asks once for the value that $connect wants, then one key dials with every identity', async () => {
    await guardedDoor();
    await key('t');
    const field = await screen.findByRole('textbox', { name: /authorization for the door/ });
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(host.streams.some((s) => s.name === 'open_matrix')).toBe(false);
    await fireEvent.input(field, { target: { value: 'secret-token' } });
    await key('Enter');
    await waitFor(() => host.last('open_matrix'));
    const { rows, of } = host.last('open_matrix').question as OpenMatrix;
    expect(of.stage).toBe('prod');
    const authorization = ['authorization', 'secret-token'];
    const apiKey = ['x-api-key', '{{apiKey:key0000001}}'];
    expect(rows.map((r) => [r.headers, r.signed])).toEqual([
      [[], false],
      [[authorization], false],
      [[apiKey], false],
      [[authorization, apiKey], false],
      [[], true],
    ]);
    host.last('open_matrix').push([
      { row: 0, status: 401, text: '{"message":"Unauthorized"}', tookMs: 9 },
      { row: 1, status: 403, text: '{"message":"Forbidden"}', tookMs: 9 },
      { row: 3, status: 101, text: '', tookMs: 12 },
    ]);
    await tick();
    const shown = screen.getAllByTestId('matrix-row').map((r) => r.dataset['status'] ?? '');
    expect(shown).toEqual(['401', '403', '', '101', '']);
    expect(screen.getByText(/unauthorized/)).toBeTruthy();
    expect(screen.getByText('let in')).toBeTruthy();
    host.last('open_matrix').end();
    await tick();
    blur();
    await key('t');
    await waitFor(() => expect(host.streams.filter((s) => s.name === 'open_matrix')).toHaveLength(2));
  });

  it('takes the value that was typed in Connect', async () => {
    await guardedDoor();
    app.dial.headers = [{ on: true, name: 'Authorization', value: 'from-connect' }];
    await key('t');
    await waitFor(() => host.last('open_matrix'));
    const { rows } = host.last('open_matrix').question as OpenMatrix;
    expect(rows[1]?.headers).toEqual([['authorization', 'from-connect']]);
  });

  it('says why an identity is not tried', async () => {
    await start({ read_surroundings: () => ({ ...around, usagePlans: [] }) });
    app.go('authorizers');
    await tick();
    const row = (await screen.findAllByTestId('matrix-row'))[2]!;
    await waitFor(() =>
      expect(row.textContent).toContain('no usage plan with stage prod has an enabled key'),
    );
    blur();
    await key('t');
    await waitFor(() => host.last('open_matrix'));
    const { rows } = host.last('open_matrix').question as OpenMatrix;
    expect(rows.map((r) => r.name)).toEqual(['none', 'signed']);
  });

  it('tests an authorizer without connecting, and says status and reason', async () => {
    await guardedDoor();
    app.go('authorizers');
    const field = await screen.findByRole('textbox', { name: /authorization for the test/ });
    await fireEvent.click(screen.getByRole('button', { name: 'Test' }));
    const verdict = await screen.findByTestId('authorizer-verdict');
    expect(verdict.dataset['status']).toBe('401');
    expect(verdict.textContent).toContain('authorization is missing.');
    await fireEvent.input(field, { target: { value: 'secret-token' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Test' }));
    await within(verdict).findByText('The policy allows it.');
    expect((asked('try_authorizer').at(-1) as TryAuthorizer).headers).toEqual([
      ['authorization', 'secret-token'],
    ]);
  });

  it('makes an authorizer, attaches it and drafts the permission of the function that is chosen', async () => {
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function:gate';
    await start({
      read_surroundings: () => around,
      list_lambdas: () => [{ name: 'gate', arn, runtime: 'nodejs22.x', qualifiers: [] }],
      read_lambda: () => ({ name: 'gate', arn, runtime: 'nodejs22.x', qualifiers: ['live'] }),
    });
    app.go('authorizers');
    await fireEvent.click(await screen.findByRole('button', { name: 'New authorizer for $connect' }));
    const choice = await screen.findByRole('combobox', { name: 'Function' });
    await within(choice).findByText(/gate/);
    await fireEvent.change(choice, { target: { value: arn } });
    await waitFor(() => expect(app.draft.to?.surroundings?.permissions).toHaveLength(1));
    const authorizer = app.draft.to?.authorizers[0];
    const id = authorizer?.authorizerId ?? '';
    expect(authorizer?.authorizerUri).toContain(`/functions/${arn}/invocations`);
    expect(app.draft.to?.routes.find((r) => r.routeKey === '$connect')).toMatchObject({
      authorizationType: 'CUSTOM',
      authorizerId: id,
    });
    expect(app.draft.to?.surroundings?.permissions[0]?.sourceArn).toBe(
      `arn:aws:execute-api:us-east-1:123456789012:3fmvso4h96/authorizers/${id}`,
    );
  });
});
