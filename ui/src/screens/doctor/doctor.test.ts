import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Checkup, Evidence, Flaw } from '../../host/rpc';
import { chat } from '../../testing/fakeHost';
import { app, asked, blur, host, key, review, start } from '../../testing/window';
import { actionWords, spotOf } from '../../state/places';

const config = (path: string, routeKey?: string): Evidence => ({
  place: { kind: 'config', path, ...(routeKey !== undefined && { routeKey }) },
  text: 'as it stands',
});

const flaw = (rule: string, parts: Partial<Flaw> = {}): Flaw => ({
  rule,
  severity: 'connect',
  title: `${rule} is wrong`,
  reason: 'It fails.',
  fix: 'Mend it.',
  evidence: [config('Routes › $connect › Request template', '$connect')],
  source: 'https://docs.aws.amazon.com/x.html',
  deduction: 30,
  ...parts,
});

const sick: Checkup = {
  score: 55,
  flaws: [
    flaw('mock-status-missing', { action: { kind: 'fix', routeKey: '$connect' } }),
    flaw('undeployed-changes', {
      severity: 'messages',
      deduction: 10,
      evidence: [config('Deployments')],
      action: { kind: 'deploy' },
    }),
    flaw('logging-off', {
      severity: 'risk',
      deduction: 4,
      evidence: [config('Stages › prod › Logs')],
      action: { kind: 'turnOnLogs' },
    }),
    flaw('domain-tls-old', { severity: 'risk', deduction: 4, evidence: [config('Account › log role')] }),
  ],
  passed: [{ rule: 'throttle-zero', text: 'No throttle is 0' }],
  unasked: [{ rule: 'domain-shared', text: 'apigateway:GET on /domainnames is not allowed' }],
};
const well: Checkup = { score: 100, flaws: [], passed: sick.passed, unasked: [] };

async function doctor(checkup: Checkup | (() => Checkup) = sick) {
  const answer = typeof checkup === 'function' ? checkup : () => checkup;
  // Each reading is another one, as over the wire.
  await start({
    check_api: answer,
    read_api: () => structuredClone(chat),
    preview_fix: () => review,
    preview_deploy: () => review,
  });
  blur();
  await key('g');
  await key('d');
  await screen.findByRole('heading', { name: 'Doctor' });
}

const chosen = () => screen.getByRole('option', { selected: true }).getAttribute('data-rule');

describe('the doctor', () => {
  it('tells what is wrong by what it breaks, worst first, and counts it in the sidebar', async () => {
    await doctor();
    const groups = await screen.findAllByRole('group', { name: /connect|astray|hurt/ });
    expect(groups.map((g) => g.getAttribute('aria-label'))).toEqual([
      'Nobody can connect',
      'Messages fail or go astray',
      'Works, and will hurt',
    ]);
    expect(screen.getByTestId('score').textContent).toBe('score 55 of 100');
    expect(screen.getByTestId('flaws-found').textContent).toContain('2 findings: nobody can connect');
    expect(within(screen.getByTestId('passed')).getByText('No throttle is 0')).toBeTruthy();
    expect(screen.getByTestId('unasked').textContent).toContain('is not allowed');
    expect(asked('check_api')[0]).toMatchObject({ stage: 'prod' });
  });

  it('is gone through by keyboard: J and K go, Enter opens the place, F fixes through the review', async () => {
    await doctor();
    await waitFor(() =>
      expect(document.activeElement?.getAttribute('data-rule')).toBe('mock-status-missing'),
    );
    await key('j');
    expect(chosen()).toBe('undeployed-changes');
    await key('End');
    expect(chosen()).toBe('domain-tls-old');
    await key('ArrowUp');
    expect(chosen()).toBe('logging-off');
    await key('Home');
    await key('f');
    await waitFor(() => expect(asked('preview_fix')[0]).toMatchObject({ cause: 'mock-status-missing' }));
    await screen.findByTestId('review');
  });

  it('opens the place of a finding', async () => {
    await doctor();
    await screen.findAllByRole('option');
    await key('Enter');
    await waitFor(() => expect(app.screen).toBe('routes'));
    expect(app.station).toBe('template');
  });

  it('copies the source, and shows no link where no screen has the place', async () => {
    await doctor();
    await fireEvent.click((await screen.findAllByRole('option')).at(-1) as HTMLElement);
    const finding = screen.getByTestId('finding');
    expect(within(finding).queryByRole('button', { name: /Show the place/ })).toBeNull();
    await fireEvent.click(within(finding).getByRole('button', { name: /Copy the address/ }));
    expect(host.copied).toEqual(['https://docs.aws.amazon.com/x.html']);
  });

  it('counts in the sidebar what is wrong with the API as it was read last, also when another screen is looked at', async () => {
    let answer = sick;
    await doctor(() => answer);
    await screen.findByTestId('flaws-found');
    app.go('routes');
    answer = well;
    await app.apis.read();
    await waitFor(() => expect(screen.queryByTestId('flaws-found')).toBeNull());
    expect(asked('check_api')).toHaveLength(2);
  });

  it('checks again with R and says when all is well', async () => {
    let answer = sick;
    await doctor(() => answer);
    await screen.findAllByRole('option');
    answer = well;
    await key('r');
    await screen.findByText('Nothing is wrong.');
    expect(screen.queryByTestId('flaws-found')).toBeNull();
    expect(asked('check_api')).toHaveLength(2);
  });
});

describe('places', () => {
  it('name a screen where one shows them', () => {
    expect(spotOf(config('Routes › $connect › Integration response', '$connect'))).toEqual({
      screen: 'routes',
      routeKey: '$connect',
      station: 'response',
    });
    expect(spotOf(config('Stages › prod › Logs'))).toEqual({ screen: 'stages', name: 'prod' });
    expect(spotOf(config('Authorizers › token › Function'))).toEqual({
      screen: 'authorizers',
      name: 'token',
    });
    expect(spotOf(config('Domains › a.example.com'))).toEqual({ screen: 'domains', name: 'a.example.com' });
    expect(spotOf(config('Account › role'))).toBeUndefined();
    expect(spotOf({ place: { kind: 'clock' }, text: '' })).toBeUndefined();
  });

  it('have a button only for what a click changes', () => {
    expect(actionWords({ kind: 'fix', routeKey: 'a' })).toBe('Fix…');
    expect(actionWords({ kind: 'showRoute', routeKey: 'a' })).toBeUndefined();
    expect(actionWords(undefined)).toBeUndefined();
  });
});
