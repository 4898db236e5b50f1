import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { RouteView, Snapshot } from '../../host/rpc';
import { describeDraft } from '../../testing/drafts';
import { chat } from '../../testing/fakeHost';
import { app, asked, blur, key, start } from '../../testing/window';

/** The table of a draft: what a test needs of it. */
const routesOf = (to: Snapshot): RouteView[] =>
  to.routes.map((r) => ({
    routeKey: r.routeKey,
    routeId: r.routeId,
    integration: 'MOCK',
    target: '',
    authorization: 'none',
    apiKey: r.apiKeyRequired ? 'required' : 'none',
    model: 'none',
    response: 'one-way',
    problems: [],
  }));

async function routes(more: Parameters<typeof start>[0] = {}) {
  await start({ describe_draft: describeDraft, describe_routes: routesOf, list_snippets: () => [], ...more });
  await key('2', { ctrlKey: true });
  blur();
  await screen.findByRole('grid', { name: 'Routes' });
}

const row = (name: string) =>
  screen.getAllByTestId('route').find((r) => r.getAttribute('data-route') === name) as HTMLElement;

describe('routes', () => {
  it('are made with N, named at once, and deleted with Del until somebody keeps them', async () => {
    await routes();
    await key('n');
    const field = screen.getByRole('textbox', { name: 'Route key' });
    await waitFor(() => expect(document.activeElement).toBe(field));
    await fireEvent.input(field, { target: { value: 'leave' } });
    await waitFor(() => expect(row('leave').textContent).toContain('new'));
    await fireEvent.click(row('joinroom'));
    blur();
    await key('Delete');
    await waitFor(() => expect(row('joinroom').textContent).toContain('deleted'));
    await key('Delete');
    expect(app.draft.to?.routes.map((r) => r.routeKey)).toEqual([
      '$connect',
      '$disconnect',
      '$default',
      'sendmessage',
      'leave',
    ]);
    await fireEvent.click(screen.getByRole('button', { name: 'Keep it' }));
    expect(app.draft.to?.routes.some((r) => r.routeKey === 'joinroom')).toBe(true);
  });

  it('are gone about and ticked by keyboard, and set all at once', async () => {
    await routes();
    row('$default').focus();
    await fireEvent.click(row('$default'));
    await fireEvent.keyDown(row('$default'), { key: 'ArrowDown', shiftKey: true });
    await waitFor(() => expect(document.activeElement).toBe(row('joinroom')));
    const bulk = await screen.findByTestId('bulk');
    expect(bulk.textContent).toContain('2 routes');
    const timeout = within(bulk).getByRole('spinbutton');
    await fireEvent.input(timeout, { target: { value: '5000' } });
    await fireEvent.click(within(bulk).getByRole('button', { name: 'Set' }));
    expect(app.draft.to?.integrations.map((i) => i.timeoutInMillis)).toEqual([
      29000, 29000, 5000, 5000, 29000,
    ]);
    await fireEvent.change(within(bulk).getByRole('combobox', { name: 'Logging level of all' }), {
      target: { value: 'ERROR' },
    });
    expect(app.draft.to?.stages[0]?.routeSettings).toEqual({
      $default: { loggingLevel: 'ERROR' },
      joinroom: { loggingLevel: 'ERROR' },
    });
  });

  it('take $default as it is typed, and store what AWS wants', async () => {
    await routes();
    app.showRoute('$connect', 'template');
    await fireEvent.click(await screen.findByRole('button', { name: 'Add template' }));
    const integration = () => app.draft.to?.integrations[0];
    expect(integration()?.requestTemplates).toEqual({ $default: '{"statusCode": 200}' });
    expect(integration()?.templateSelectionExpression).toBe('\\$default');
    expect(screen.getByRole('combobox', { name: 'Chosen by' })).toHaveProperty('value', '$default');
    expect(screen.getByText(/Stored as \\\$default/)).toBeTruthy();
    await fireEvent.input(screen.getByRole('combobox', { name: 'Chosen by' }), {
      target: { value: '${request.body.action}' },
    });
    expect(integration()?.templateSelectionExpression).toBe('${request.body.action}');
  });

  it('say what a proxy does without, and give it back', async () => {
    await routes();
    app.showRoute('joinroom', 'integration');
    const type = await screen.findByRole('combobox', { name: 'Type' });
    await fireEvent.change(type, { target: { value: 'HTTP_PROXY' } });
    expect((await screen.findByTestId('lost')).textContent).toContain('1 request template');
    expect(app.draft.to?.integrations[3]?.requestTemplates).toEqual({});
    await fireEvent.change(type, { target: { value: 'MOCK' } });
    expect(app.draft.to?.integrations[3]?.requestTemplates).toEqual({ $default: '{"statusCode": 200}' });
  });

  it('take a snippet with one click', async () => {
    const made = structuredClone(chat.snapshot);
    made.integrations[3]!.requestParameters = {
      'integration.request.header.connectionid': 'context.connectionId',
    };
    await routes({
      list_snippets: () => [{ id: 'connectionIdInHeader', name: 'Connection id in a header', says: '' }],
      guide_draft: () => ({ base: chat.snapshot, draft: made }),
    });
    app.showRoute('joinroom', 'template');
    await screen.findByRole('heading', { name: 'joinroom' });
    await fireEvent.click(await screen.findByRole('button', { name: 'Connection id in a header' }));
    expect(asked('guide_draft')).toMatchObject([
      { kind: 'snippet', routeKey: 'joinroom', snippet: 'connectionIdInHeader' },
    ]);
    await waitFor(() => expect(row('joinroom').textContent).toContain('edited'));
  });

  it('warn that two of them end at one integration, and part them', async () => {
    const view = structuredClone(chat);
    view.snapshot.routes[4]!.target = view.snapshot.routes[3]!.target;
    await routes({ read_api: () => view });
    app.showRoute('joinroom', 'integration');
    await fireEvent.click(await screen.findByRole('button', { name: 'Give this route its own' }));
    const targets = app.draft.to?.routes.slice(3).map((r) => r.target);
    expect(targets?.[0]).toMatch(/^integrations\/new-/);
    expect(targets?.[1]).toBe('integrations/integr3');
  });
});

describe('a function behind a route', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:chat';

  it('is chosen with its alias, and gets the permission for just this route', async () => {
    await routes({
      list_lambdas: () => [{ name: 'chat', arn, runtime: 'nodejs22.x', qualifiers: [] }],
      read_lambda: () => ({ name: 'chat', arn, runtime: 'nodejs22.x', qualifiers: ['live'] }),
      read_surroundings: () => ({
        apiKeys: [],
        usagePlans: [],
        vpcLinks: [],
        clientCertificates: [],
        logGroups: [],
        permissions: [],
        unread: {},
      }),
    });
    app.showRoute('joinroom', 'integration');
    await fireEvent.change(await screen.findByRole('combobox', { name: 'Type' }), {
      target: { value: 'AWS_PROXY' },
    });
    await screen.findByRole('option', { name: 'chat, nodejs22.x' });
    await fireEvent.change(screen.getByRole('combobox', { name: 'Function' }), { target: { value: arn } });
    await fireEvent.change(await screen.findByRole('combobox', { name: 'Alias or version' }), {
      target: { value: 'live' },
    });
    expect(app.draft.to?.integrations[3]?.integrationUri).toBe(
      `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}:live/invocations`,
    );
    await fireEvent.click(await screen.findByRole('button', { name: 'Add the permission' }));
    expect(app.draft.to?.surroundings?.permissions).toEqual([
      {
        functionArn: `${arn}:live`,
        statementId: 'gatescope-3fmvso4h96-joinroom',
        sourceArn: 'arn:aws:execute-api:us-east-1:123456789012:3fmvso4h96/*/joinroom',
      },
    ]);
    expect(screen.queryByTestId('permission-missing')).toBeNull();
  });
});
