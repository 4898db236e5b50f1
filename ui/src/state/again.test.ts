import { describe, expect, it } from 'vitest';
import { Again } from './again.svelte';
import { Dial } from './dial.svelte';
import type { Session } from './session.svelte';

describe('connecting again after a deployment', () => {
  it('sends what the person sent meanwhile, on the new connection', async () => {
    const sent: string[] = [];
    const session = {
      connection: { kind: 'open' },
      dialling: false,
      rows: { version: 0, byId: () => undefined },
      disconnect: () => Promise.resolve(),
      connect: () => Promise.resolve(1),
      send: (text: string) => Promise.resolve(sent.push(text)),
    };
    const again = new Again(session as unknown as Session, new Dial());
    await again.begin('the last one');
    expect(again.instead('my own')).toBe(true);
    session.connection = { kind: 'closed' };
    await again.goOn();
    session.connection = { kind: 'open' };
    await again.goOn();
    expect(sent).toEqual(['my own']);
    expect(again.instead('the next')).toBe(false);
  });
});
