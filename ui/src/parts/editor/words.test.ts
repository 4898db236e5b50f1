import { describe, expect, it } from 'vitest';
import type { TemplateWord } from '../../host/rpc';
import { blank, offer, variableWords, wordsFor } from './words';

const word = (text: string, place = 'both'): TemplateWord => ({ text, says: `says ${text}`, place });
const words = [word('$context.connectionId'), word("$input.json('$')"), word('$util.base64Encode()')];

describe('completion in a template', () => {
  it('begins at the dollar, whatever stands before it', () => {
    const offered = offer('{"id": "$context.co', words, false);
    expect(offered?.from).toBe(8);
    expect(offered?.words.map((w) => w.text)).toContain('$context.connectionId');
    expect(offer('$', words, false)?.words).toHaveLength(3);
  });

  it('offers nothing where no dollar was typed, unless it is asked', () => {
    expect(offer('{"id": ', words, false)).toBeUndefined();
    expect(offer('5 $ and more', words, false)).toBeUndefined();
    expect(offer('{"id": ', words, true)?.words).toHaveLength(3);
  });

  it('closes the brace of the formal notation', () => {
    expect(offer('${cont', words, false)?.words[0]?.text).toBe('${context.connectionId}');
    expect(offer('$!cont', words, false)?.words[0]?.text).toBe('$!context.connectionId');
  });

  it('selects what is to be typed over, and goes on behind the path’s dollar', () => {
    expect(blank('$context.authorizer.{name}')).toEqual({ from: 20, to: 26 });
    expect(blank("$input.json('$')")).toEqual({ from: 14, to: 14 });
    expect(blank('$context.stage')).toBeUndefined();
  });

  it('knows the stage’s own variables, and what works on which route', () => {
    expect(variableWords({ region: 'us-east-1' })[0]?.text).toBe('$stageVariables.region');
    const all = [
      word('a'),
      word('b', 'request'),
      word('c', 'response'),
      word('d', 'connect'),
      word('e', 'message'),
    ];
    const on = (kind: 'request' | 'response', route: string) =>
      wordsFor(all, kind, route)
        .map((w) => w.text)
        .join('');
    expect(on('request', '$connect')).toBe('abd');
    expect(on('request', 'joinroom')).toBe('abe');
    expect(on('response', '$disconnect')).toBe('ac');
  });
});
