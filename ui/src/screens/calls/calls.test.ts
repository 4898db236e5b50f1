import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { CallItem, CallView } from '../../host/rpc';
import { app, asked, blur, host, key, start } from '../../testing/window';

const call = (number: number, parts: Partial<CallView> = {}): CallView => ({
  number,
  scope: { account: 'sandbox', region: 'us-east-1' },
  service: 'apigatewayv2',
  operation: 'GetRoutes',
  target: '3fmvso4h96',
  at: 1_790_000_000_000 + number * 1000,
  tookMs: 12,
  tries: 1,
  waitedMs: 0,
  status: 200,
  requestId: `req-${number}`,
  command: `aws apigatewayv2 get-routes --api-id 3fmvso4h96 # ${number}`,
  ...parts,
});
const refusal = call(3, {
  operation: 'UpdateRoute',
  status: 409,
  error: 'ConflictException: Unable to complete operation due to concurrent modification.',
});
async function told(...items: CallItem[]) {
  host.last('watch_calls').push(items);
  await tick();
}
const calls = (...all: CallView[]) => told(...all.map((call): CallItem => ({ kind: 'call', call })));
const shown = () => screen.queryAllByTestId('call').map((row) => Number(row.dataset.call));
async function onCalls() {
  await start();
  blur();
  await key('g');
  await key('c');
}

describe('the calls of AWS', () => {
  it('stand newest first, and news of one replaces it', async () => {
    await onCalls();
    expect(screen.getByText(/Nothing has been asked of AWS yet/)).toBeTruthy();
    await calls(call(1), call(2, { tookMs: undefined, status: 0, requestId: '' }));
    expect(shown()).toEqual([2, 1]);
    expect(within(screen.getAllByTestId('call')[0] as HTMLElement).getByTitle('under way')).toBeTruthy();
    await calls(call(2, { tries: 3, tookMs: 2400, waitedMs: 1800 }), refusal);
    expect(shown()).toEqual([3, 2, 1]);
    const [refused, again] = screen.getAllByTestId('call');
    expect(again?.textContent).toContain('3 tries');
    expect(refused?.textContent).toContain('409');
    expect(refused?.textContent).toContain('ConflictException');
    expect(screen.getByTestId('calls-open').textContent).toMatch(/AWS · 3 calls.*1 failed/s);
  });

  it('do not call it a failure that something looked for is not there', async () => {
    await onCalls();
    const absent = { status: 404, error: 'NotFoundException: Invalid domain name identifier specified' };
    await calls(call(1, { operation: 'GetDomainName', ...absent }));
    expect(screen.getByTestId('calls-open').textContent).not.toContain('failed');
    await calls(call(2, { operation: 'DeleteDomainName', ...absent }));
    expect(screen.getByTestId('calls-open').textContent).toMatch(/1 failed/);
  });

  it('are narrowed to a text, to failures and to what writes', async () => {
    await onCalls();
    await calls(call(1), call(2, { operation: 'CreateRoute' }), refusal);
    await key('/');
    const filter = document.activeElement as HTMLInputElement;
    expect(filter.getAttribute('aria-label')).toBe('Filter the calls');
    await fireEvent.input(filter, { target: { value: 'req-2' } });
    expect(shown()).toEqual([2]);
    await fireEvent.input(filter, { target: { value: 'nothing like it' } });
    expect(screen.getByText('None of 3 calls fits the filter.')).toBeTruthy();
    await key('Escape');
    await fireEvent.click(screen.getByRole('checkbox', { name: 'only writes' }));
    expect(shown()).toEqual([3, 2]);
    await fireEvent.click(screen.getByRole('checkbox', { name: 'only errors' }));
    expect(shown()).toEqual([3]);
  });

  it('open with their command and their request id, by keyboard', async () => {
    await onCalls();
    await calls(call(1), call(2), refusal);
    (screen.getAllByTestId('call')[0] as HTMLElement).focus();
    await key('ArrowDown');
    expect(app.calls.selected).toBe(3);
    await key('j');
    const detail = await screen.findByTestId('call-detail');
    expect(detail.textContent).toContain('GetRoutes');
    await key('c');
    expect(host.copied).toEqual(['aws apigatewayv2 get-routes --api-id 3fmvso4h96 # 2']);
    await fireEvent.click(within(detail).getByRole('button', { name: /^Copy request id/ }));
    expect(host.copied[1]).toBe('req-2');
    await key('e');
    await waitFor(() => expect(app.calls.selected).toBe(3));
    expect(screen.getByTestId('call-detail').textContent).toContain('concurrent modification');
  });

  it('say in words that they wait for their turn', async () => {
    await onCalls();
    await told({ kind: 'pace', underWay: 10, waiting: 120 });
    expect(screen.getByTestId('pace').textContent).toContain(
      'AWS allows 10 calls a second for the whole account; 120 are waiting',
    );
    expect(screen.getByTestId('calls-open').textContent).toContain('120 waiting');
    await told({ kind: 'pace', underWay: 0, waiting: 0 });
    expect(screen.queryByTestId('pace')).toBeNull();
  });

  it('are bounded, and an old one’s news does not bring it back', async () => {
    await start();
    await calls(...Array.from({ length: 2100 }, (_, i) => call(i + 1)));
    expect(app.calls.all).toHaveLength(2000);
    expect(app.calls.total).toBe(2100);
    await calls(call(5, { tries: 2 }));
    expect(app.calls.total).toBe(2100);
    expect(app.calls.all.at(-1)?.number).toBe(101);
  });

  it('can be looked at from everywhere, in a drawer', async () => {
    await start();
    await calls(call(1), call(2));
    await fireEvent.click(screen.getByTestId('calls-open'));
    const drawer = await screen.findByTestId('calls-drawer');
    expect(within(drawer).getAllByTestId('call')).toHaveLength(2);
    await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Escape' });
    expect(screen.queryByTestId('calls-drawer')).toBeNull();
    expect(app.screen).toBe('connect');
  });

  it('say so when they are not told any more, and can be asked for again', async () => {
    await onCalls();
    host.last('watch_calls').end({ code: 'internal', message: 'the task ended' });
    expect(await screen.findByText('the task ended')).toBeTruthy();
    const before = host.streams.length;
    await fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
    expect(host.streams).toHaveLength(before + 1);
  });
});

describe('the policy of today’s work', () => {
  it('is shown and copied', async () => {
    const policy = '{\n  "Version": "2012-10-17"\n}';
    await onCalls();
    host.answers.write_policy = () => ({ policy, calls: 7 });
    await calls(call(1));
    await fireEvent.click(screen.getByRole('button', { name: 'IAM policy…' }));
    const sheet = await screen.findByTestId('policy');
    expect(await within(sheet).findByText(/7 calls of this account/)).toBeTruthy();
    await fireEvent.click(within(sheet).getByRole('button', { name: /^Copy the policy/ }));
    expect(host.copied).toEqual([policy]);
    expect(asked('write_policy')).toEqual([{ account: 'sandbox', region: 'us-east-1' }]);
  });
});
