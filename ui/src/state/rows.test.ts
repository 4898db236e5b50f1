import { describe, expect, it } from 'vitest';
import { aRow, refused } from '../testing/fakeHost';
import { rowHeight, Rows } from './rows.svelte';

const many = (n: number, first = 1) => {
  const rows = new Rows();
  for (let id = first; id < first + n; id += 1) rows.put(aRow(id));
  return rows;
};

describe('the timeline’s rows', () => {
  it('find the row at a height and the height of a row, with details open in between', () => {
    const rows = many(5000);
    rows.setExtra(3, 400);
    rows.setExtra(2500, 100);
    expect(rows.height).toBe(5000 * rowHeight + 500);
    for (const position of [0, 1, 2, 3, 1024, 2499, 2500, 4999]) {
      const top = rows.top(position);
      expect(rows.positionAtHeight(top)).toBe(position);
      expect(rows.positionAtHeight(top + rowHeight - 1)).toBe(position);
    }
    expect(rows.top(3)).toBe(3 * rowHeight + 400);
    expect(rows.positionAtHeight(rows.top(2) + rowHeight + 399)).toBe(2);
  });

  it('hold a million, and an answer about the last one costs no walk over all', () => {
    const rows = many(1_000_000);
    rows.setExtra(1_000_000, 300);
    const begun = performance.now();
    for (let i = 0; i < 1000; i += 1) expect(rows.positionAtHeight(rows.top(999_999))).toBe(999_999);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(rows.height).toBe(1_000_000 * rowHeight + 300);
  });

  it('replace a row in place and keep the counts right', () => {
    const rows = many(3);
    rows.put(aRow(2, { outcome: 'failed', link: { kind: 'waiting', why: '' } }));
    expect([rows.total, rows.sent, rows.failed, rows.waiting]).toEqual([3, 3, 1, 1]);
    rows.put(aRow(2, { outcome: 'ok' }));
    expect([rows.failed, rows.waiting]).toEqual([0, 0]);
  });

  it('show what passes the filter, also what comes later', () => {
    const rows = new Rows();
    rows.put(refused(1));
    rows.put(aRow(2));
    rows.setFilter('MOCK-nothing');
    expect(rows.length).toBe(0);
    rows.setFilter('$connect');
    expect(rows.length).toBe(1);
    rows.put(refused(3));
    rows.put(aRow(4));
    expect(rows.length).toBe(2);
    expect([rows.idAt(0), rows.idAt(1)]).toEqual([1, 3]);
    expect(rows.positionOf(2)).toBe(-1);
    rows.setFilter('');
    expect(rows.length).toBe(4);
  });

  it('take in an earlier row that passes the filter only now, at its place, with what stands below it', () => {
    const rows = many(3000);
    rows.setFilter('late');
    rows.put(aRow(2, { text: 'late' }));
    rows.put(aRow(2900, { text: 'late' }));
    rows.setExtra(2900, 70);
    rows.put(aRow(2000, { text: 'late' }));
    expect([0, 1, 2].map((i) => rows.idAt(i))).toEqual([2, 2000, 2900]);
    expect(rows.height).toBe(3 * rowHeight + 70);
    expect(rows.top(2)).toBe(2 * rowHeight);
    rows.setFilter('');
    expect(rows.height).toBe(3000 * rowHeight + 70);
  });

  it('let go of the oldest in blocks, not one by one', () => {
    const rows = many(10_000);
    rows.drop(3);
    expect(rows.first).toBe(1);
    rows.drop(1100);
    expect(rows.first).toBe(1100);
    expect(rows.total).toBe(8901);
  });

  it('let go of the oldest without moving the rest', () => {
    const rows = many(3000);
    rows.setExtra(10, 50);
    rows.setExtra(2900, 70);
    rows.drop(1001);
    expect(rows.first).toBe(1001);
    expect(rows.total).toBe(2000);
    expect(rows.byId(10)).toBeUndefined();
    expect(rows.height).toBe(2000 * rowHeight + 70);
    expect(rows.put(aRow(5))).toBe(false);
  });

  it('lead from failure to failure in both directions', () => {
    const rows = many(10);
    for (const id of [3, 7]) rows.put(aRow(id, { outcome: 'failed' }));
    expect(rows.nextFailed(undefined, 1)).toBe(3);
    expect(rows.nextFailed(3, 1)).toBe(7);
    expect(rows.nextFailed(7, 1)).toBeUndefined();
    expect(rows.nextFailed(7, -1)).toBe(3);
  });
});
