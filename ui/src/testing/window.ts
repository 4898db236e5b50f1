// The whole window on a fake host, as component tests drive it.
import { cleanup, fireEvent, render, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, beforeEach } from 'vitest';
import Window from '../App.svelte';
import type { Review, Row } from '../host/rpc';
import { App } from '../state/app.svelte';
import { type FakeHost, fakeHost, rowItem } from './fakeHost';

export let host: FakeHost;
export let app: App;

/** Draws the window and waits for nothing. */
export async function open(answers: Parameters<typeof fakeHost>[0] = {}) {
  host = fakeHost(answers);
  app = new App(host);
  render(Window, { app });
  await app.start();
}

/** Draws the window and begins its conversation. */
export async function start(answers: Parameters<typeof fakeHost>[0] = {}) {
  await open(answers);
  await waitFor(() => host.last('open_session'));
  await push({ kind: 'ready', session: 's1' });
  await push({ kind: 'tail', tail: { state: 'idle', logGroup: 'g', level: 'INFO', dataTrace: false } });
}

export async function push(...items: unknown[]) {
  host.last('open_session').push(items);
  await tick();
}

export const rows = (...all: Row[]) => push(...all.map(rowItem));
export const asked = (name: string) => host.asked.filter((a) => a.name === name).map((a) => a.question);
export const key = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
export const blur = () => (document.activeElement as HTMLElement).blur();

export const review: Review = {
  id: 'r1',
  title: 'Give $connect a status code',
  words: [{ sign: '+', text: 'A request template', because: 'that returns 200' }],
  notices: ['A deployment takes the whole API.'],
  diff: [
    { sign: '-', of: 'integration', field: 'requestTemplates', value: 'none' },
    { sign: '+', of: 'integration', field: 'requestTemplates / $default', value: '{"statusCode": 200}' },
  ],
  steps: [
    {
      service: 'apigatewayv2',
      operation: 'UpdateIntegration',
      target: 'integr0',
      effect: 'changes 2 fields',
      command: 'aws a',
      deploys: false,
      input: {},
    },
    {
      service: 'apigatewayv2',
      operation: 'CreateDeployment',
      target: 'prod',
      effect: '',
      command: 'aws b',
      deploys: true,
      input: {},
    },
  ],
  affects: 'Every new connection',
  needs: ['apigateway:PATCH'],
  canSkipDeploy: true,
  undo: 'Put it back',
  conflicts: [],
  dependants: [],
  offersSnapshot: false,
  script: '',
};

beforeEach(() => localStorage.clear());
afterEach(cleanup);
