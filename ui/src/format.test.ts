import { describe, expect, it } from 'vitest';
import { bytes, duration, elapsed, oneLine, prettyJson, visible } from './format';
import { fuzzy } from './fuzzy';
import { jsonParts } from './json';

describe('remote text', () => {
  it('shows control and direction characters instead of obeying them', () => {
    expect(visible('a\u0000b\u001b[31m')).toBe('a␀b␛[31m');
    expect(visible('abc\u202edcb')).toBe('abc⟨U+202E⟩dcb');
    expect(visible('zero\u200bwidth')).toBe('zero⟨U+200B⟩width');
    expect(visible('two\nlines\tand a tab')).toBe('two\nlines\tand a tab');
    expect(oneLine('two\nlines')).toBe('two␊lines');
  });
});

describe('JSON', () => {
  it('is indented without touching numbers, doubled keys or order', () => {
    expect(prettyJson('{"n":12345678901234567890,"a":[1,{}],"a":[]}')).toBe(
      '{\n  "n": 12345678901234567890,\n  "a": [\n    1,\n    {}\n  ],\n  "a": []\n}',
    );
    expect(prettyJson('{"a": "x, {y}: \\"z\\""}')).toBe('{\n  "a": "x, {y}: \\"z\\""\n}');
    expect(prettyJson('hello')).toBeUndefined();
    expect(prettyJson('{broken')).toBeUndefined();
  });

  it('keeps every character when it is coloured, cut or broken', () => {
    for (const line of ['{"action":"joinroom","n":[1,true]}', 'oname":"deve', '{"a":"x\\"y', '  }, ']) {
      expect(
        jsonParts(line)
          .map((p) => p.text)
          .join(''),
      ).toBe(line);
    }
    expect(jsonParts('{"a": "b"}').find((p) => p.kind === 'value')?.text).toBe('"b"');
  });
});

describe('finding by letters', () => {
  it('prefers the start of a word, takes letters in order, and refuses what is strewn', () => {
    expect(fuzzy('con', 'Connect')?.score).toBeLessThan(fuzzy('con', 'disconnect')?.score ?? 0);
    expect(fuzzy('', 'anything')).toBeDefined();
    expect(fuzzy('dpl', 'Deploy…')).toBeDefined();
    expect(fuzzy('xyz', 'Deploy…')).toBeUndefined();
    expect(fuzzy('aeiou', 'a b e c i d o e u')).toBeUndefined();
  });
});

it('numbers read as people read them', () => {
  expect([duration(96), duration(1240), duration(0.4)]).toEqual(['96 ms', '1.24 s', '0.4 ms']);
  expect([bytes(107), bytes(1536)]).toEqual(['107 B', '1.5 KB']);
  expect([elapsed(12_300), elapsed(139_000), elapsed(3_700_000)]).toEqual([
    '12 s',
    '2 min 19 s',
    '1 h 1 min',
  ]);
});
