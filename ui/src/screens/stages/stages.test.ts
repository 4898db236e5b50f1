import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { ApiView, Surroundings } from '../../host/rpc';
import { chat } from '../../testing/fakeHost';
import { app, asked, host, start } from '../../testing/window';

function used(): ApiView {
  const view = structuredClone(chat);
  const join = view.snapshot.integrations[3];
  if (join)
    join.integrationUri = 'http://example.com?region=${stageVariables.region}&t=${stageVariables.table}';
  const [prod] = view.snapshot.stages;
  if (prod) prod.stageVariables = { region: 'us-east-1', old: 'x' };
  return view;
}
const around: Surroundings = {
  apiKeys: [],
  usagePlans: [],
  vpcLinks: [],
  clientCertificates: [],
  logGroups: [{ logGroupName: '/aws/apigateway/3fmvso4h96/prod' }],
  permissions: [],
  unread: {},
};

async function stage(tab: string | RegExp, view: ApiView = chat) {
  await start({ read_api: () => view, read_surroundings: () => around });
  app.go('stages');
  await fireEvent.click(await screen.findByRole('tab', { name: tab }));
}
const prod = () => app.draft.to?.stages[0];

describe('the variables of a stage', () => {
  it('say who uses them, which are used by nobody, and which are missing', async () => {
    await stage(/^Variables/, used());
    const [region, old] = screen.getAllByTestId('variable');
    expect(region?.textContent).toContain('integration of joinroom');
    expect(old?.textContent).toContain('nobody');
    const missing = screen.getByTestId('variable-missing');
    expect(missing.textContent).toContain('table');
    await fireEvent.click(within(missing).getByRole('button', { name: 'Add it' }));
    expect(prod()?.stageVariables).toEqual({ region: 'us-east-1', old: 'x', table: '' });
    await fireEvent.click(
      screen.getAllByRole('button', { name: 'integration of joinroom' })[0] as HTMLElement,
    );
    expect(app.screen).toBe('routes');
    expect(app.openRoute?.routeKey).toBe('joinroom');
  });

  it('are edited in the draft', async () => {
    await stage(/^Variables/);
    await fireEvent.input(screen.getByRole('textbox', { name: 'Value of variable 1' }), {
      target: { value: 'eu-central-1' },
    });
    expect(prod()?.stageVariables).toEqual({ region: 'eu-central-1' });
  });
});

describe('the logs of a stage', () => {
  it('the access log begins with AWS’s JSON, takes a tick more, and shows a line', async () => {
    await stage(/^Logs/);
    await fireEvent.click(screen.getByRole('switch', { name: /^Access log/ }));
    expect(JSON.parse(prod()?.accessLogSettings?.format ?? '')).toMatchObject({
      ip: '$context.identity.sourceIp',
    });
    expect(prod()?.accessLogSettings?.destinationArn).toMatch(
      /^arn:aws:logs:us-east-1:123456789012:log-group:/,
    );
    await fireEvent.click(screen.getByRole('checkbox', { name: 'messageId' }));
    expect(prod()?.accessLogSettings?.format).toContain('"messageId":"$context.messageId"');
    expect(screen.getByTestId('sample').textContent).toContain('"messageId":"EP5yvdM5oAMCIjw="');
    await fireEvent.click(screen.getByRole('button', { name: 'CSV' }));
    await fireEvent.click(screen.getByRole('checkbox', { name: 'requestId' }));
    expect(screen.getByText(/It has to hold \$context.requestId/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('switch', { name: /^Access log/ }));
    expect(prod()?.accessLogSettings).toBeUndefined();
  });

  it('a group that never expires gets a week', async () => {
    await stage(/^Logs/);
    const kept = await screen.findByRole('combobox', { name: 'Kept for' });
    expect((kept as HTMLSelectElement).selectedOptions[0]?.text).toBe('never expires');
    await fireEvent.change(kept, { target: { value: '7' } });
    expect(app.draft.to?.surroundings?.logGroups[0]?.retentionInDays).toBe(7);
    expect(asked('read_surroundings')).toHaveLength(1);
  });
});

describe('the limits of a stage', () => {
  it('0 is said to refuse everything, and an empty field is no limit', async () => {
    await stage(/^Limits/);
    const rate = screen.getByRole('spinbutton', { name: 'Rate' });
    await fireEvent.input(rate, { target: { value: '0' } });
    expect(screen.getByRole('alert').textContent).toContain('0 refuses every request');
    await fireEvent.input(rate, { target: { value: '' } });
    expect(screen.queryByRole('alert')).toBeNull();
    expect(prod()?.defaultRouteSettings.throttlingRateLimit).toBeUndefined();
  });

  it('a route gets settings of its own and loses them', async () => {
    await stage(/^Limits/);
    await fireEvent.change(screen.getByRole('combobox', { name: 'Route with settings of its own' }), {
      target: { value: 'joinroom' },
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Give it settings of its own' }));
    await fireEvent.input(screen.getByRole('spinbutton', { name: 'Rate of joinroom' }), {
      target: { value: '5' },
    });
    await fireEvent.change(screen.getByRole('combobox', { name: 'Log level of joinroom' }), {
      target: { value: 'ERROR' },
    });
    expect(prod()?.routeSettings).toEqual({
      joinroom: { throttlingRateLimit: 5, loggingLevel: 'ERROR' },
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Take the settings of joinroom away' }));
    expect(prod()?.routeSettings).toEqual({});
  });
});

describe('the stages', () => {
  it('one is made with everything that another has, and nothing that AWS told of it', async () => {
    const view = structuredClone(chat);
    Object.assign(view.snapshot.stages[0] ?? {}, { createdDate: '2026-11-20T10:00:00Z' });
    await stage(/^Overview/, view);
    await fireEvent.click(screen.getByRole('button', { name: 'New stage' }));
    await fireEvent.input(screen.getByRole('textbox', { name: 'Name of the stage' }), {
      target: { value: 'dev' },
    });
    await fireEvent.click(screen.getByRole('checkbox', { name: /with everything that prod has/ }));
    await fireEvent.click(screen.getByRole('button', { name: 'Add it' }));
    const dev = app.draft.to?.stages.find((s) => s.stageName === 'dev');
    expect(dev).toMatchObject({ stageVariables: { region: 'us-east-1' }, deploymentId: 'd1x7fe' });
    expect(dev).not.toHaveProperty('createdDate');
    expect(screen.getAllByTestId('stage')).toHaveLength(2);
    // Nothing dials a stage that is not there.
    expect(app.apis.stageName).toBe('prod');
  });

  it('one is deleted in the draft, and brought back', async () => {
    await stage(/^Overview/);
    await fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
    expect(app.draft.to?.stages).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Bring it back' }));
    expect(app.draft.to?.stages).toEqual(chat.snapshot.stages);
  });

  it('has lines for other tools', async () => {
    await stage(/^Overview/);
    await fireEvent.click(screen.getByRole('button', { name: /^Copy wscat/ }));
    await waitFor(() => expect(host.copied[0]).toMatch(/^wscat -c 'wss:/));
    expect(screen.getByTestId('card').textContent).toContain('https://3fmvso4h96');
  });

  it('says what is not deployed, change by change', async () => {
    await stage(/^Not deployed/);
    expect(screen.getAllByTestId('undeployed')).toHaveLength(2);
  });
});
