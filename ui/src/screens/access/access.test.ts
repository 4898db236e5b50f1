import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { Snapshot, Surroundings } from '../../host/rpc';
import { chat } from '../../testing/fakeHost';
import { app, asked, host, key, start } from '../../testing/window';
import { keysFor, limitsOf } from './access';

const around = (): Surroundings => ({
  apiKeys: [
    { id: 'k1a2b3c4d5', name: 'chat-clients', enabled: true, tags: {} },
    { id: 'k9z8y7x6w5', name: 'load-test', enabled: false, tags: {} },
  ],
  usagePlans: [
    {
      id: 'p1a2b3',
      name: 'chat',
      apiStages: [
        { apiId: '3fmvso4h96', stage: 'prod', throttle: { $connect: { rateLimit: 2, burstLimit: 4 } } },
      ],
      throttle: { rateLimit: 5, burstLimit: 10 },
      quota: { limit: 500, offset: 0, period: 'MONTH' },
      tags: {},
      keys: [
        { id: 'k1a2b3c4d5', type: 'API_KEY', name: 'chat-clients' },
        { id: 'k9z8y7x6w5', type: 'API_KEY', name: 'load-test' },
      ],
    },
    { id: 'p4d5e6', name: 'free', apiStages: [], tags: {}, keys: [] },
  ],
  vpcLinks: [],
  clientCertificates: [],
  logGroups: [],
  permissions: [],
  unread: {},
});
const secret = 'Zk3vTq0aL9wYb7RcXn2dEf5gHj8mPs1u';
const scope = { account: 'sandbox', region: 'us-east-1' };

async function onAccess(more: Parameters<typeof start>[0] = {}) {
  await start({
    read_surroundings: around,
    reveal_api_key: () => ({ value: secret }),
    read_usage: () => ({ days: [], keys: [] }),
    ...more,
  });
  await key('8', { ctrlKey: true });
  await screen.findAllByTestId('api-key');
}
const to = () => app.draft.to?.surroundings as Surroundings;
const rowOf = (testid: string, name: string) =>
  screen.getAllByTestId(testid).find((r) => r.textContent?.includes(name)) as HTMLElement;

describe('What is around the API', () => {
  it('is read once more where it changed while it was read', async () => {
    const answers: ((told: Surroundings) => void)[] = [];
    const read_surroundings = () =>
      new Promise<Surroundings>((answer) => {
        answers.push(answer);
      });
    await start({ read_surroundings });
    const under = app.draft.readSurroundings();
    // Applied meanwhile: what is under way does not know it.
    const again = app.draft.readSurroundings(true);
    answers[0]?.({ ...around(), apiKeys: [] });
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.(around());
    await Promise.all([under, again]);
    expect(app.draft.base?.surroundings).toEqual(around());
    expect(answers).toHaveLength(2);
  });
});

describe('API keys', () => {
  it('are listed without a value; one is shown when asked for, and hidden again on leaving', async () => {
    await onAccess();
    expect(asked('read_surroundings')).toHaveLength(1);
    await fireEvent.click(rowOf('api-key', 'chat-clients'));
    expect(screen.getByTestId('key-value').textContent).not.toContain(secret);
    expect(asked('reveal_api_key')).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Reveal' }));
    await waitFor(() => expect(screen.getByTestId('key-value').textContent).toBe(secret));
    expect(asked('reveal_api_key')).toEqual([{ scope, id: 'k1a2b3c4d5' }]);
    app.go('calls');
    await screen.findByRole('grid', { name: 'AWS calls' });
    app.go('access');
    await screen.findByTestId('key-value');
    expect(document.body.textContent).not.toContain(secret);
    expect(app.access.shown).toBeUndefined();
    expect(JSON.stringify({ ...localStorage })).not.toContain(secret);
  });

  it('hide their value after half a minute', async () => {
    await onAccess();
    await fireEvent.click(rowOf('api-key', 'chat-clients'));
    vi.useFakeTimers();
    try {
      await app.access.reveal(scope, 'k1a2b3c4d5');
      expect(app.access.shown?.value).toBe(secret);
      vi.advanceTimersByTime(29_000);
      expect(app.access.shown).toBeDefined();
      vi.advanceTimersByTime(2000);
      expect(app.access.shown).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });

  it('are copied without being shown', async () => {
    await onAccess();
    await fireEvent.click(rowOf('api-key', 'chat-clients'));
    await fireEvent.click(screen.getByRole('button', { name: 'Copy' }));
    await waitFor(() => expect(host.copied).toEqual([secret]));
    expect(document.body.textContent).not.toContain(secret);
  });

  it('are made, switched off and deleted in the draft, and nothing is sent', async () => {
    await onAccess();
    await fireEvent.click(screen.getByRole('button', { name: 'New key' }));
    expect(screen.getByText('AWS makes it when the key is created.')).toBeTruthy();
    await fireEvent.input(screen.getByRole('textbox', { name: 'Name' }), { target: { value: 'partner' } });
    expect(to().apiKeys.at(-1)).toMatchObject({ name: 'partner', enabled: true });
    expect(to().apiKeys.at(-1)?.id).toMatch(/^new-/);
    await fireEvent.click(rowOf('api-key', 'chat-clients'));
    await fireEvent.click(screen.getByRole('switch', { name: 'Enabled' }));
    expect(to().apiKeys[0]?.enabled).toBe(false);
    await fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    expect(to().apiKeys.map((k) => k.name)).toEqual(['load-test', 'partner']);
    expect(to().usagePlans[0]?.keys.map((k) => k.name)).toEqual(['load-test']);
    expect(host.streams.some((s) => s.name === 'open_apply')).toBe(false);
  });
});

describe('usage plans', () => {
  it('take limits, stages and keys', async () => {
    await onAccess();
    await fireEvent.click(rowOf('usage-plan', 'free'));
    await fireEvent.click(screen.getByRole('switch', { name: 'Throttle' }));
    await fireEvent.input(screen.getByRole('spinbutton', { name: 'Rate' }), { target: { value: '7.5' } });
    await fireEvent.click(screen.getByRole('switch', { name: 'Quota' }));
    await fireEvent.input(screen.getByRole('spinbutton', { name: 'Requests' }), { target: { value: '900' } });
    await fireEvent.change(screen.getByRole('combobox', { name: 'In a' }), { target: { value: 'DAY' } });
    await fireEvent.change(screen.getByRole('combobox', { name: 'Add a stage' }), {
      target: { value: 'prod' },
    });
    await fireEvent.change(screen.getByRole('combobox', { name: 'Add a key' }), {
      target: { value: 'k1a2b3c4d5' },
    });
    expect(to().usagePlans[1]).toMatchObject({
      throttle: { rateLimit: 7.5, burstLimit: 10 },
      quota: { limit: 900, offset: 0, period: 'DAY' },
      apiStages: [{ apiId: '3fmvso4h96', stage: 'prod' }],
      keys: [{ id: 'k1a2b3c4d5', type: 'API_KEY', name: 'chat-clients' }],
    });
    await fireEvent.click(screen.getByRole('switch', { name: 'Quota' }));
    expect(to().usagePlans[1] && 'quota' in to().usagePlans[1]!).toBe(false);
  });

  it('say how much each key used, day by day, and what is left', async () => {
    await onAccess({
      read_usage: () => ({
        days: ['2026-11-01', '2026-11-02', '2026-11-03'],
        keys: [{ id: 'k1a2b3c4d5', used: [3, 0, 12], left: [497, 497, 485] }],
      }),
    });
    await fireEvent.click(rowOf('usage-plan', 'chat'));
    const usage = await screen.findByTestId('usage');
    await within(usage).findByText(/15 requests; 485 left of 500 a month/);
    expect(
      within(usage)
        .getAllByTestId('day')
        .map((d) => d.textContent),
    ).toHaveLength(2);
    expect(usage.textContent).toContain('Not used on the other days: 1 day.');
    expect(screen.getByText('AWS says that this is not real time')).toBeTruthy();
    await fireEvent.click(screen.getByRole('radio', { name: '7 days' }));
    await waitFor(() => expect(asked('read_usage')).toHaveLength(2));
  });
});

describe('what could not be read', () => {
  it('says which permission is missing, beside what it is missing from', async () => {
    await onAccess({
      read_surroundings: () => ({
        ...around(),
        usagePlans: [],
        unread: { usagePlans: 'apigateway:GET on /usageplans is not allowed' },
      }),
    });
    const note = screen.getByTestId('unread');
    expect(note.textContent).toContain('apigateway:GET on /usageplans is not allowed');
    expect(note.closest('section')?.getAttribute('aria-label')).toBe('Usage plans');
  });
});

describe('requiring a key', () => {
  const guided = () => {
    const base: Snapshot = { ...structuredClone(chat.snapshot), surroundings: around() };
    const draft = structuredClone(base);
    for (const r of draft.routes) if (r.routeKey === '$connect') r.apiKeyRequired = true;
    draft.surroundings?.usagePlans.push({
      id: 'new-usagePlan-1',
      name: 'my-chat-app-gw-1 prod',
      apiStages: [{ apiId: '3fmvso4h96', stage: 'prod' }],
      throttle: { rateLimit: 5, burstLimit: 10 },
      quota: { limit: 500, offset: 0, period: 'MONTH' },
      tags: {},
      keys: [],
    });
    return { base, draft };
  };

  it('is one click: the guided draft with its plan in view', async () => {
    await onAccess({ guide_draft: guided });
    await fireEvent.click(screen.getByRole('button', { name: 'Require a key on $connect of prod…' }));
    await waitFor(() => expect(app.draft.to?.routes[0]?.apiKeyRequired).toBe(true));
    expect(asked('guide_draft')).toEqual([
      {
        kind: 'requireKey',
        of: { scope, apiId: '3fmvso4h96' },
        stage: 'prod',
        rate: 5,
        burst: 10,
        quota: 500,
        period: 'MONTH',
      },
    ]);
    expect(screen.getByRole('heading', { name: 'Plan my-chat-app-gw-1 prod' })).toBeTruthy();
  });

  it('connects with the key by its id; the value is not asked for', async () => {
    await onAccess();
    const accepted = screen.getAllByTestId('accepted');
    expect(accepted.map((a) => a.textContent)).toHaveLength(1);
    await fireEvent.click(within(accepted[0] as HTMLElement).getByRole('button', { name: /^Connect with/ }));
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    expect(asked('connect')).toMatchObject([{ headers: [['x-api-key', '{{apiKey:k1a2b3c4d5}}']] }]);
    expect(asked('reveal_api_key')).toEqual([]);
  });
});

describe('limits', () => {
  it('go from the narrowest to the widest', () => {
    const snapshot: Snapshot = { ...structuredClone(chat.snapshot), surroundings: around() };
    const stage = snapshot.stages[0]!;
    stage.routeSettings = { sendmessage: { throttlingRateLimit: 0, throttlingBurstLimit: 0 } };
    stage.defaultRouteSettings.throttlingRateLimit = 100;
    expect(limitsOf(snapshot, 'prod').map((l) => [l.where, l.rate])).toEqual([
      ['$connect', 2],
      ['every stage of the plan', 5],
      ['route sendmessage', 0],
      ['every other route of prod', 100],
      ['all APIs of the region, @connections too', undefined],
    ]);
  });

  it('only keys that are enabled and in a plan with the stage let one in', () => {
    expect(keysFor(around(), '3fmvso4h96', 'prod').map((k) => k.name)).toEqual(['chat-clients']);
    expect(keysFor(around(), '3fmvso4h96', 'dev')).toEqual([]);
  });
});
