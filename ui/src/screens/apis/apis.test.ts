import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Draft, Starter } from '../../host/rpc';
import { chat, summary } from '../../testing/fakeHost';
import { app, asked, blur, host, key, open, review, start } from '../../testing/window';

const starters: Starter[] = [
  { id: 'empty', name: 'Empty', says: 'nothing yet', asks: [] },
  {
    id: 'chat',
    name: 'Chat',
    says: 'the walkthrough',
    asks: [{ id: 'backendUrl', name: 'Address of the backend', value: 'http://127.0.0.1:8080' }],
  },
];
const draft: Draft = { base: chat.snapshot, draft: chat.snapshot };
const button = (name: RegExp | string) => screen.findByRole('button', { name });

async function apply() {
  await within(await screen.findByTestId('review')).findByText('UpdateIntegration');
  await fireEvent.click(await button(/^Apply and deploy/));
  await waitFor(() => host.last('open_apply'));
}

describe('a new API', () => {
  it('is made from a starter in three steps, and one stands at Connect with it', async () => {
    let apis = [summary('3fmvso4h96', 'my-chat-app-gw-1')];
    await start({
      list_apis: () => apis,
      list_starters: () => starters,
      begin_api: () => draft,
      preview_draft: () => review,
    });
    app.go('apis');
    await button(/^New API/);
    blur();
    await key('n');
    const name = await screen.findByRole('textbox', { name: 'Name' });
    expect((name as HTMLInputElement).value).toBe('my-chat-api');
    await fireEvent.submit(name);
    await apply();
    expect(asked('begin_api')).toEqual([
      {
        scope: { account: 'sandbox', region: 'us-east-1' },
        starter: 'chat',
        name: 'my-chat-api',
        fields: { backendUrl: 'http://127.0.0.1:8080' },
      },
    ]);
    expect(asked('preview_draft')).toMatchObject([{ apiId: '', draft }]);
    apis = [...apis, summary('newnewnew1', 'my-chat-api')];
    host.last('open_apply').push([{ kind: 'finished', change: 1, apiId: 'newnewnew1' }]);
    await waitFor(() => expect(app.screen).toBe('connect'));
    expect(app.apis.apiId).toBe('newnewnew1');
  });

  it('is the next action where a region holds none', async () => {
    await open({ list_apis: () => [], list_starters: () => starters });
    await fireEvent.click(await button(/^New API/));
    expect(await screen.findByRole('radio', { name: /^Empty/ })).toBeTruthy();
  });
});

describe('a whole API', () => {
  it('is deleted by a draft with nothing in it', async () => {
    await start({ preview_draft: () => review });
    app.go('apis');
    await fireEvent.click(await button('Delete…'));
    await waitFor(() => expect(asked('preview_draft')).toHaveLength(1));
    const [question] = asked('preview_draft') as { apiId: string; draft: Draft }[];
    expect(question?.apiId).toBe('3fmvso4h96');
    expect(question?.draft.base.api.apiId).toBe('3fmvso4h96');
    expect(question?.draft.draft.api.apiId).toBe('');
    expect(question?.draft.draft.routes).toEqual([]);
  });

  it('is saved as a file whose path is said', async () => {
    await start({
      write_snapshot: () => ({ name: 'chat.gatescope.json', text: '{}' }),
      save_file: ({ name }) => ({ path: `/downloads/${name}` }),
    });
    app.go('apis');
    await fireEvent.click(await button('Save snapshot'));
    expect((await screen.findByRole('button', { name: /^Copy path/ })).textContent).toContain(
      '/downloads/chat.gatescope.json',
    );
  });

  it('comes back from a file through the review', async () => {
    await start({ open_snapshot: () => draft, preview_draft: () => review });
    app.go('apis');
    const input = await screen.findByLabelText('Snapshot file');
    const file = new File(['{"api":{}}'], 'chat.gatescope.json');
    Object.defineProperty(file, 'text', { value: async () => '{"api":{}}' });
    await fireEvent.change(input, { target: { files: [file] } });
    await waitFor(() => expect(asked('preview_draft')).toHaveLength(1));
    expect(asked('open_snapshot')).toEqual([{ text: '{"api":{}}' }]);
    expect(asked('preview_draft')).toMatchObject([{ apiId: '', title: 'Restore chat.gatescope.json' }]);
  });

  it('is searched, and a hit leads to its route', async () => {
    await start({
      search_api: () => [
        {
          kind: 'integration',
          parent: '',
          id: 'integr3',
          label: 'integration integr3 of joinroom',
          field: 'requestTemplates / $default',
          line: '{"table": "rooms"}',
          routes: ['joinroom'],
        },
      ],
    });
    app.inventory.pane = 'search';
    app.go('apis');
    await fireEvent.input(await screen.findByRole('textbox', { name: 'Search for' }), {
      target: { value: 'rooms' },
    });
    await fireEvent.click(await button('Search'));
    await fireEvent.click(await screen.findByTestId('hit'));
    expect(app.screen).toBe('routes');
    expect(app.openRoute?.routeKey).toBe('joinroom');
    expect(app.station).toBe('template');
  });

  it('is edited in the draft', async () => {
    await start();
    app.go('apis');
    await fireEvent.input(await screen.findByRole('textbox', { name: 'Name' }), {
      target: { value: 'chat' },
    });
    await fireEvent.click(screen.getByRole('switch', { name: /generated endpoint/ }));
    expect(app.draft.to?.api).toMatchObject({ name: 'chat', disableExecuteApiEndpoint: true });
  });
});

describe('a copy', () => {
  it('is deployed at once, in the account and region that were chosen', async () => {
    const bare = structuredClone(chat.snapshot);
    bare.deployments = [];
    bare.stages.forEach((s) => delete s.deploymentId);
    await start({ clone_api: () => ({ base: bare, draft: bare }), preview_draft: () => review });
    app.go('apis');
    await fireEvent.click(await button('Clone…'));
    await fireEvent.change(screen.getByRole('combobox', { name: 'Account' }), {
      target: { value: 'profile:chat-prod' },
    });
    await fireEvent.submit(screen.getByRole('textbox', { name: 'Name of the copy' }));
    await waitFor(() => expect(asked('preview_draft')).toHaveLength(1));
    const to = { account: 'profile:chat-prod', region: 'eu-central-1' };
    expect(asked('clone_api')).toMatchObject([{ to, name: 'my-chat-app-gw-1-copy' }]);
    const [question] = asked('preview_draft') as { scope: unknown; draft: Draft }[];
    expect(question?.scope).toEqual(to);
    const [made] = question?.draft.draft.deployments ?? [];
    expect(made?.deploymentId).toMatch(/^new-/);
    expect(question?.draft.draft.stages[0]?.deploymentId).toBe(made?.deploymentId);
  });
});

describe('two APIs', () => {
  it('are compared, and what is ticked goes to the right one through the review', async () => {
    await start({
      list_apis: () => [summary('3fmvso4h96', 'dev'), summary('9x8y7z6w5v', 'prod')],
      compare: () => ({
        alike: 40,
        differences: [
          { path: 'a', of: 'route joinroom', field: 'target', left: 'x', right: 'y' },
          { path: 'b', of: 'route ping', field: '', left: 'there' },
        ],
      }),
      promote: () => draft,
      preview_draft: () => review,
    });
    app.inventory.pane = 'compare';
    app.go('apis');
    const compare = await button('Compare');
    await waitFor(() => expect((compare as HTMLButtonElement).disabled).toBe(false));
    await fireEvent.click(compare);
    expect(await screen.findByText('2 differences')).toBeTruthy();
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Tick route ping' }));
    await fireEvent.click(await button('Take 1 over to prod…'));
    expect(await screen.findByTestId('review')).toBeTruthy();
    await waitFor(() => expect(asked('preview_draft')).toHaveLength(1));
    const scope = { account: 'sandbox', region: 'us-east-1' };
    expect(asked('promote')).toEqual([
      {
        compare: {
          left: { of: { scope, apiId: '3fmvso4h96' } },
          right: { of: { scope, apiId: '9x8y7z6w5v' } },
        },
        paths: ['b'],
      },
    ]);
    expect(asked('preview_draft')).toMatchObject([{ apiId: '9x8y7z6w5v', stage: '' }]);
  });
});
