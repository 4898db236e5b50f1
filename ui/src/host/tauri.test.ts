import { beforeEach, expect, it, vi } from 'vitest';

const asked: [string, unknown][] = [];
let channel: { onmessage: (message: unknown) => void };
let openStream: (id: number) => void;

vi.mock('@tauri-apps/api/core', () => ({
  Channel: class {
    onmessage = () => {};
    constructor() {
      channel = this as never;
    }
  },
  invoke: (name: string, question: Record<string, unknown>) => {
    asked.push([name, question]);
    if (name === 'stream') return new Promise((answer) => (openStream = answer));
    if (name === 'call' && question.name === 'identify')
      return Promise.reject({ code: 'no_credentials', message: 'none' });
    return Promise.resolve('answer');
  },
}));

const { tauriHost } = await import('./tauri');
const acks = () => asked.filter(([name]) => name === 'acknowledge').map(([, q]) => q);
const settled = () => new Promise((done) => setTimeout(done, 0));

beforeEach(() => void (asked.length = 0));

it('a batch is acknowledged after it was handled, also when it came before the stream’s id', async () => {
  const seen: unknown[] = [];
  tauriHost().stream(
    'open_session',
    {} as never,
    (items) => seen.push(...items),
    () => {},
  );
  channel.onmessage(JSON.stringify({ batch: 1, items: [{ kind: 'ready', session: 's' }] }));
  expect(seen).toHaveLength(1);
  expect(acks()).toEqual([]);
  openStream(7);
  await settled();
  expect(acks()).toEqual([{ stream: 7, batch: 1 }]);
  channel.onmessage({ batch: 2, items: [] });
  await settled();
  expect(acks().at(-1)).toEqual({ stream: 7, batch: 2 });
});

it('a closed stream tells Rust, and hands out nothing more', async () => {
  const seen: unknown[] = [];
  const ends: unknown[] = [];
  const close = tauriHost().stream(
    'open_session',
    {} as never,
    (i) => seen.push(...i),
    (e) => ends.push(e),
  );
  openStream(3);
  close();
  channel.onmessage({ batch: 1, items: ['late'] });
  channel.onmessage({ end: true });
  await settled();
  expect([seen, ends]).toEqual([[], []]);
  expect(asked.at(-1)).toEqual(['close_stream', { stream: 3 }]);
});

it('the end of a stream comes once, with its error', () => {
  const ends: unknown[] = [];
  tauriHost().stream(
    'open_session',
    {} as never,
    () => {},
    (e) => ends.push(e),
  );
  channel.onmessage({ end: true, error: { code: 'throttled', message: 'slow' } });
  channel.onmessage({ end: true });
  expect(ends).toEqual([{ code: 'throttled', message: 'slow' }]);
});

it('a refused call rejects with the table’s error', async () => {
  await expect(tauriHost().call('identify', { account: 'a', region: 'r' })).rejects.toEqual({
    code: 'no_credentials',
    message: 'none',
  });
});
