import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { ApiView, VpcLink } from '../../host/rpc';
import { chat } from '../../testing/fakeHost';
import { app, asked, blur, key, start } from '../../testing/window';

const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/chat/50dc6c495c0c9188';
const link = (parts: Partial<VpcLink> = {}): VpcLink => ({
  id: 'vl1a2b',
  name: 'backend',
  targetArns: [arn],
  status: 'AVAILABLE',
  tags: {},
  ...parts,
});
/** The chat API with two HTTP integrations: of $connect by proxy, of $disconnect through a variable. */
function api(): ApiView {
  const view = structuredClone(chat);
  const [first, second] = view.snapshot.integrations;
  Object.assign(first!, { integrationType: 'HTTP_PROXY', integrationUri: 'http://backend:8080/connect' });
  Object.assign(second!, {
    integrationType: 'HTTP',
    integrationUri: 'http://backend:8080/disconnect',
    connectionType: 'VPC_LINK',
    connectionId: '${stageVariables.link}',
  });
  view.snapshot.stages[0]!.stageVariables.link = 'vl1a2b';
  return view;
}
async function onLinks(...links: VpcLink[]) {
  await start({
    read_api: api,
    read_surroundings: () => ({
      apiKeys: [],
      usagePlans: [],
      vpcLinks: links,
      clientCertificates: [],
      logGroups: [],
      permissions: [],
      unread: {},
    }),
  });
  blur();
  await key('g');
  await key('l');
  await screen.findByRole('grid', { name: 'VPC links' });
}

describe('VPC links', () => {
  it('say in words how they stand, and what goes through them by a stage variable', async () => {
    await onLinks(
      link(),
      link({ id: 'vl3c4d', name: 'green', status: 'PENDING' }),
      link({ id: 'vl5e6f', name: 'old', status: 'FAILED', statusMessage: 'NLB ARN is malformed.' }),
    );
    const rows = screen.getAllByTestId('vpc-link').map((r) => r.textContent);
    expect(rows[0]).toMatch(/ready.*1 integration/);
    expect(rows[1]).toMatch(/being made.*0 integrations/);
    expect(rows[2]).toContain('failed');
    expect(screen.getByTestId('use').textContent).toMatch(/\$disconnect.*in prod/);
    await fireEvent.click(screen.getAllByTestId('vpc-link')[1] as HTMLElement);
    expect(screen.getByTestId('link-state').textContent).toContain('usually takes 2 to 4 minutes');
    await fireEvent.click(screen.getAllByTestId('vpc-link')[2] as HTMLElement);
    expect(screen.getByTestId('link-state').textContent).toContain('AWS says: NLB ARN is malformed.');
  });

  it('are looked at again while AWS makes one, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const one = link({ status: 'PENDING' });
      await onLinks(one);
      expect(asked('read_surroundings')).toHaveLength(1);
      one.status = 'AVAILABLE';
      vi.advanceTimersByTime(10_500);
      await screen.findByText('Ready: requests pass.');
      expect(asked('read_surroundings')).toHaveLength(2);
      vi.advanceTimersByTime(60_000);
      expect(asked('read_surroundings')).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('take all HTTP integrations in one click, by the stage variable', async () => {
    await onLinks(link());
    await fireEvent.click(screen.getByRole('button', { name: 'Use it in all HTTP integrations' }));
    const { stages, integrations } = app.draft.to!;
    expect(stages[0]?.stageVariables.vpcLinkId).toBe('vl1a2b');
    expect(integrations.map((i) => i.connectionId)).toEqual([
      '${stageVariables.vpcLinkId}',
      '${stageVariables.vpcLinkId}',
      undefined,
      undefined,
      undefined,
    ]);
    expect(integrations[0]?.connectionType).toBe('VPC_LINK');
    await waitFor(() => expect(screen.getAllByTestId('use')).toHaveLength(2));
    await fireEvent.click(screen.getByRole('button', { name: 'Back to the internet' }));
    expect(app.draft.to?.integrations[0]).toMatchObject({ connectionType: 'INTERNET' });
    expect('connectionId' in app.draft.to!.integrations[0]!).toBe(false);
  });

  it('are made with one load balancer, and used only once AWS has given them an id', async () => {
    await onLinks(link());
    await fireEvent.click(screen.getByRole('button', { name: 'New link' }));
    await fireEvent.input(screen.getByRole('textbox', { name: 'Load balancer' }), { target: { value: arn } });
    expect(app.draft.to?.surroundings?.vpcLinks[1]).toMatchObject({ name: 'new-link', targetArns: [arn] });
    const use = screen.getByRole<HTMLButtonElement>('button', { name: 'Use it in all HTTP integrations' });
    expect(use.disabled).toBe(true);
    expect(screen.getByText('Apply it first: AWS gives it its id then.')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    expect(app.draft.to?.surroundings?.vpcLinks).toHaveLength(1);
  });
});
