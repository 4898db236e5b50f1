import { describe, expect, it } from 'vitest';
import { lineDiff } from './lines';

const shown = (before: string, after: string) => lineDiff(before, after).map((l) => l.sign + l.text);

describe('the lines between two texts', () => {
  it('keep what both have, in order', () => {
    expect(shown('{\n  "a": 1,\n  "b": 2\n}', '{\n  "a": 1,\n  "c": 3,\n  "b": 2\n}')).toEqual([
      ' {',
      '   "a": 1,',
      '+  "c": 3,',
      '   "b": 2',
      ' }',
    ]);
  });

  it('put what goes before what comes in its place', () => {
    expect(shown('a\nold\nz', 'a\nnew\nz')).toEqual([' a', '-old', '+new', ' z']);
  });

  it('of texts too long to compare are all of both', () => {
    const long = 'x\n'.repeat(2000);
    expect(lineDiff(long, long)).toHaveLength(4002);
  });
});
