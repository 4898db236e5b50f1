import { describe, expect, it } from 'vitest';
import type { BookPage } from '../host/rpc';
import { aRequest } from '../testing/book';
import { BookRows, keyOf, pageSize } from './bookRows.svelte';

/** A book in Rust's place: rows by number, a version, and what was asked. */
function aBook(total: number) {
  const book = {
    total,
    version: 1,
    /** Rows before the first one, since then. */
    before: 0,
    asked: [] as [number, number][],
    waiting: [] as (() => void)[],
    holds: false,
    read: async (from: number, count: number): Promise<BookPage> => {
      book.asked.push([from, count]);
      const answer = () => ({
        version: book.version,
        from,
        rows: Array.from({ length: Math.max(0, Math.min(count, book.total - from)) }, (_, i) =>
          aRequest(from + i - book.before),
        ),
      });
      if (!book.holds) return answer();
      return new Promise((resolve) => book.waiting.push(() => resolve(answer())));
    },
  };
  return { book, rows: new BookRows(book.read) };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));
const idAt = (rows: BookRows, index: number) => {
  const row = rows.at(index);
  return row && keyOf(row);
};

describe('the rows of a book', () => {
  it('are asked for where one looks, and not again while they are known', async () => {
    const { book, rows } = aBook(1_000_000);
    await rows.reset(1, 1_000_000);
    expect(book.asked).toEqual([[999_808, 2 * pageSize]]);
    expect(idAt(rows, 999_999)).toBe('EP5r999999=');
    rows.want(500_000, 500_040);
    await settled();
    expect(idAt(rows, 500_020)).toBe('EP5r500020=');
    const before = book.asked.length;
    rows.want(500_005, 500_045);
    await settled();
    expect(book.asked.length).toBe(before);
    expect(rows.at(10)).toBeUndefined();
  });

  it('hold no more than some pages, whatever one scrolls over', async () => {
    const { book, rows } = aBook(1_000_000);
    await rows.reset(1, 1_000_000);
    for (let page = 0; page < 100; page += 1) {
      rows.want(page * pageSize, page * pageSize + 40);
      await settled();
    }
    expect(idAt(rows, 99 * pageSize)).toBeDefined();
    expect(rows.at(0)).toBeUndefined();
    // Scrolled back, they are read again.
    const before = book.asked.length;
    rows.want(0, 40);
    await settled();
    expect(book.asked.length).toBe(before + 1);
    expect(idAt(rows, 0)).toBe('EP5r0=');
  });

  it('stay drawn when the book has grown, until the newer ones are there', async () => {
    const { book, rows } = aBook(200);
    await rows.reset(1, 200);
    rows.want(150, 199);
    await settled();
    book.holds = true;
    book.version = 2;
    book.total = 260;
    rows.take(2, 260);
    expect(rows.count).toBe(260);
    expect(idAt(rows, 199)).toBe('EP5r199=');
    expect(rows.at(259)).toBeUndefined();
    rows.want(210, 259);
    book.waiting.shift()?.();
    await settled();
    book.waiting.shift()?.();
    await settled();
    expect(idAt(rows, 259)).toBe('EP5r259=');
  });

  it('are asked once more when the book grew while they were read, and no oftener', async () => {
    const { book, rows } = aBook(100);
    await rows.reset(1, 100);
    rows.want(0, 40);
    await settled();
    book.holds = true;
    const before = book.asked.length;
    book.version = 2;
    rows.take(2, 100);
    book.version = 3;
    rows.take(3, 100);
    rows.take(3, 100);
    expect(book.asked.length).toBe(before + 1);
    book.version = 2;
    book.waiting.shift()?.();
    await settled();
    expect(book.asked.length).toBe(before + 2);
    book.version = 3;
    book.waiting.shift()?.();
    await settled();
    expect(book.asked.length).toBe(before + 2);
  });

  it('tell how far the first one that is seen has moved, so that nothing jumps', async () => {
    const { book, rows } = aBook(300);
    await rows.reset(1, 300);
    rows.want(100, 140, 110);
    await settled();
    const moves: number[] = [];
    rows.moved = (by) => moves.push(by);
    // Seven late ones came before all others.
    book.before = 7;
    book.total = 307;
    book.version = 2;
    rows.take(2, 307);
    await settled();
    expect(moves).toEqual([7]);
    expect(idAt(rows, 117)).toBe('EP5r110=');
  });

  it('of an older filter are nothing when they come late', async () => {
    const { book, rows } = aBook(300);
    await rows.reset(1, 300);
    book.holds = true;
    rows.want(0, 40);
    const late = book.waiting.shift();
    book.total = 3;
    book.version = 2;
    const done = rows.reset(2, 3);
    book.waiting.shift()?.();
    await done;
    book.before = 1000;
    late?.();
    await settled();
    expect(rows.count).toBe(3);
    expect(idAt(rows, 0)).toBe('EP5r0=');
  });

  it('that an older count tells of do not bring the list back', async () => {
    const { rows } = aBook(300);
    await rows.reset(5, 300);
    rows.take(4, 20);
    expect(rows.count).toBe(300);
  });

  it('are not asked for without an end when nothing comes', async () => {
    let asked = 0;
    const rows = new BookRows(async (from) => {
      asked += 1;
      return { version: 1, from, rows: [] };
    });
    await rows.reset(1, 50);
    rows.want(0, 40);
    await settled();
    expect(asked).toBeLessThan(4);
  });
});
