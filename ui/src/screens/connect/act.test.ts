import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Action, Finding, Surroundings } from '../../host/rpc';
import { chat, refused } from '../../testing/fakeHost';
import { app, asked, host, key, review, rows, start } from '../../testing/window';
import { verdictText } from '../../verdictText';

const finding = (cause: string, action?: Action, more: Partial<Finding> = {}): Finding => ({
  cause,
  confidence: 'certain',
  title: `It is ${cause}.`,
  reason: 'Because.',
  fix: 'Do it.',
  evidence: [],
  ...(action && { action }),
  ...more,
});

/** A refused handshake with these findings, the first one best. */
async function failed(...findings: Finding[]) {
  await rows(refused(1, { verdict: { findings, lookedAt: [], wouldHelp: [] } }));
  return screen.findByTestId('verdict');
}

const withKeys = (names: string[]): Surroundings => ({
  apiKeys: names.map((name, i) => ({ id: `k${i}`, name, enabled: true, tags: {} })),
  usagePlans: [
    {
      id: 'p1',
      name: 'basic',
      apiStages: [{ apiId: '3fmvso4h96', stage: 'prod', throttle: {} }],
      keys: names.map((name, i) => ({ id: `k${i}`, name, type: 'API_KEY' })),
      tags: {},
    },
  ],
  vpcLinks: [],
  clientCertificates: [],
  logGroups: [],
  permissions: [],
  unread: {},
});

describe('the one click of a finding', () => {
  it('opens the review of its draft, with what the fix is about', async () => {
    await start({ preview_fix: () => review });
    const action: Action = { kind: 'fix', routeKey: '$connect', about: 'chat.example.com/v1' };
    await failed(finding('mapping-missing', action));
    await key('f');
    await screen.findByTestId('review');
    expect(asked('preview_fix')[0]).toMatchObject({ cause: 'mapping-missing', about: 'chat.example.com/v1' });
  });

  it('opens the review of a deployment', async () => {
    await start({ preview_deploy: () => review });
    const verdict = await failed(finding('undeployed-changes', { kind: 'deploy' }));
    await fireEvent.click(within(verdict).getByRole('button', { name: /^Deploy…/ }));
    await screen.findByTestId('review');
    expect(asked('preview_deploy')).toHaveLength(1);
  });

  it('puts a missing variable into the draft and the cursor where its value goes', async () => {
    await start();
    const verdict = await failed(finding('stage-variable-missing', { kind: 'setVariable', name: 'backend' }));
    await fireEvent.click(within(verdict).getByRole('button', { name: /^Set backend/ }));
    const value = await screen.findByDisplayValue('backend');
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toMatch(/^Value of/));
    expect(value.closest('[data-row]')?.contains(document.activeElement)).toBe(true);
    expect(app.draft.to?.stages[0]?.stageVariables).toHaveProperty('backend', '');
  });

  it('sends the only key that the stage takes, by its name', async () => {
    await start({ read_surroundings: () => withKeys(['partner']) });
    const verdict = await failed(finding('api-key-missing', { kind: 'sendKey' }));
    await fireEvent.click(within(verdict).getByRole('button', { name: /^Send a key/ }));
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    expect(asked('connect')[0]).toMatchObject({ headers: [['x-api-key', '{{apiKey:k0}}']] });
  });

  it('asks which key, where several would do', async () => {
    await start({ read_surroundings: () => withKeys(['partner', 'internal']) });
    const verdict = await failed(finding('api-key-missing', { kind: 'sendKey' }));
    await fireEvent.click(within(verdict).getByRole('button', { name: /^Send a key/ }));
    const choice = await screen.findByTestId('key-choice');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('partner'));
    expect(asked('connect')).toEqual([]);
    await fireEvent.click(within(choice).getByRole('button', { name: 'internal' }));
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    expect(asked('connect')[0]).toMatchObject({ headers: [['x-api-key', '{{apiKey:k1}}']] });
    expect(screen.queryByTestId('key-choice')).toBeNull();
  });

  it('says where a key comes from, where none would do', async () => {
    await start({ read_surroundings: () => withKeys([]) });
    const verdict = await failed(finding('api-key-missing', { kind: 'sendKey' }));
    await fireEvent.click(within(verdict).getByRole('button', { name: /^Send a key/ }));
    const choice = await screen.findByTestId('key-choice');
    expect(choice.textContent).toContain('No enabled key is in a usage plan of prod.');
  });

  it('signs, and goes on signing until it is switched off', async () => {
    await start();
    await failed(finding('iam-unsigned', { kind: 'sign' }));
    await key('f');
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    expect(asked('connect')[0]).toMatchObject({ sign: true });
    const sign = screen.getByRole('checkbox', { name: 'Sign' });
    expect((sign as HTMLInputElement).checked).toBe(true);
    await fireEvent.click(sign);
    expect(app.dial.question()).not.toHaveProperty('sign');
  });

  it('dials another address', async () => {
    await start();
    await failed(finding('stage-not-found', { kind: 'dial', url: 'wss://chat.example.com/v1' }));
    await key('f');
    await waitFor(() => expect(asked('connect')).toHaveLength(1));
    expect(asked('connect')[0]).toMatchObject({ url: 'wss://chat.example.com/v1' });
    expect(chat.stages[0]?.url).not.toBe(app.dial.url);
  });

  it('copies what belongs elsewhere', async () => {
    await start();
    const copy: Action = { kind: 'copy', what: 'Copy the policy', text: '{"Version":"2012-10-17"}' };
    const verdict = await failed(finding('iam-denied', copy));
    await fireEvent.click(within(verdict).getByRole('button', { name: /^Copy the policy/ }));
    expect(host.copied).toEqual(['{"Version":"2012-10-17"}']);
  });

  it('asks the world about the row', async () => {
    await start({ probe_row: () => ({ probes: [] }) });
    const verdict = await failed(finding('iam-denied', { kind: 'probe' }));
    await fireEvent.click(within(verdict).getByRole('button', { name: /^Look further/ }));
    expect(asked('probe_row')).toEqual([{ session: 's1', row: 1 }]);
  });

  it('says before the click what will be asked, and afterwards what came back', async () => {
    await start();
    const before = await failed(finding('vpc-link-unavailable', { kind: 'probe' }));
    for (const what of ['DNS', 'TLS', 'policies', 'IAM', 'targets behind a VPC link', 'only reads'])
      expect(before.textContent).toContain(what);
    expect(within(before).queryByTestId('asked')).toBeNull();
    const said = ['could not ask IAM: AccessDenied', 'could not ask IAM: AccessDenied', 'a\u202eb'];
    const verdict = {
      findings: [finding('vpc-link-unavailable')],
      lookedAt: said,
      wouldHelp: [],
      asked: said,
    };
    await rows(refused(1, { verdict }));
    const list = await screen.findByTestId('asked');
    expect(within(list).getAllByText('could not ask IAM: AccessDenied')).toHaveLength(2);
    expect(list.textContent).not.toContain('\u202e');
    expect(screen.getByTestId('verdict').textContent).not.toContain('It only reads');
    await rows(refused(1, { verdict: { findings: [], lookedAt: said, wouldHelp: [], asked: said } }));
    await waitFor(() => expect(screen.getByTestId('verdict').textContent).toContain('Not explained yet'));
  });
});

describe('more than one finding', () => {
  it('names two that are certain, each with its own click', async () => {
    await start();
    const verdict = await failed(
      finding('undeployed-changes', { kind: 'deploy' }),
      finding('iam-unsigned', { kind: 'sign' }),
      finding('throttled', undefined, { confidence: 'possible' }),
    );
    expect(within(verdict).getByText('And at once')).toBeTruthy();
    expect(within(verdict).getByText('Also fits')).toBeTruthy();
    await fireEvent.click(within(verdict).getByRole('button', { name: 'Sign and connect iam-unsigned' }));
    await waitFor(() => expect(asked('connect')[0]).toMatchObject({ sign: true }));
  });
});

describe('a copied verdict', () => {
  it('is Markdown with title, reason, evidence, field and page, and no markup of others', () => {
    const text = verdictText(
      finding('mock-status-missing', undefined, {
        reason: 'It said <b>no</b> [here](x).',
        evidence: [
          { place: { kind: 'line', index: 7 }, text: 'a line' },
          { place: { kind: 'config', path: 'Routes › $connect › Request template' }, text: '0 templates' },
        ],
        doc: 'https://docs.aws.amazon.com/x.html',
      }),
    );
    expect(text).toBe(
      [
        '### It is mock-status-missing.',
        '',
        'It said \\<b\\>no\\</b\\> \\[here\\](x).',
        '',
        '**Cause:** `mock-status-missing` (certain)',
        '',
        '1. a line (execution log, line 8)',
        '2. 0 templates (configuration, Routes › $connect › Request template)',
        '',
        '**Fix:** Do it.',
        '',
        '**AWS:** <https://docs.aws.amazon.com/x.html>',
      ].join('\n'),
    );
  });
});
