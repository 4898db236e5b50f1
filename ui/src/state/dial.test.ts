import { describe, expect, it } from 'vitest';
import { Dial } from './dial.svelte';

describe('what is dialled with', () => {
  it('is not sent to another API, and stands there again on coming back', () => {
    const dial = new Dial();
    dial.enter('dev one');
    dial.setHeader('authorization', 'a token of one');
    dial.enter('dev two');
    expect(dial.question().headers).toEqual([]);
    dial.setHeader('authorization', 'a token of two');
    dial.enter('dev one');
    expect(dial.question().headers).toEqual([['authorization', 'a token of one']]);
  });

  it('that an exhibit brought goes with it', () => {
    const dial = new Dial();
    dial.enter('sandbox exhibit');
    dial.lend('wss://x', [['x', 'y']]);
    dial.enter('sandbox chat');
    expect(dial.question().headers).toEqual([]);
    dial.enter('sandbox exhibit');
    expect(dial.question().headers).toEqual([]);
  });
});
