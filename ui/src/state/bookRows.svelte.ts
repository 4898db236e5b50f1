// Rows of a book as the page asks for them: pages of what is near the eye, none of the rest. The rows themselves stay out
// of reactive state; `drawn` moves when what can be drawn has changed. What a row means is the screen's business.
import type { BookPage, BookRow } from '../host/rpc';

export const pageSize = 128;
/** Pages that are kept: some screens of what was scrolled over. */
const mostPages = 24;
/** Whole pages of the 1,000 rows that Rust gives at once. */
const mostRows = 7 * pageSize;

interface Page {
  version: number;
  rows: BookRow[];
}

/** What stays the same of a row when others come before it. */
export function keyOf(row: BookRow): string {
  switch (row.kind) {
    case 'request':
      return row.request.requestId;
    case 'connection':
      return row.connectionId;
    case 'line':
      return `${row.at} ${row.source} ${row.requestId} ${row.text}`;
    case 'access':
      return `${row.at} ${row.record.unread ?? row.record.fields.map(([, value]) => value).join(' ')}`;
  }
}

/** The request that a row tells of, if any. */
export function requestIdOf(row: BookRow): string | undefined {
  if (row.kind === 'request') return row.request.requestId;
  if (row.kind === 'line') return row.requestId || undefined;
  if (row.kind !== 'access') return undefined;
  const field = (name: string) => row.record.fields.find(([key]) => key === name)?.[1];
  const id = field('extendedRequestId') ?? field('requestId');
  return id === '-' ? undefined : id;
}

export class BookRows {
  /** How many rows there are, whether they were read or not. */
  count = $state(0);
  /** Moves whenever a row may look different. */
  drawn = $state(0);
  version = 0;
  /** Called when the row that one looks at has another place than before: by so many rows further down. */
  moved: (by: number) => void = () => {};
  #pages = new Map<number, Page>();
  #read: (from: number, count: number) => Promise<BookPage | undefined>;
  #first = 0;
  #last = -1;
  #anchor = 0;
  #reading = false;
  /** Another book, view or filter: answers to older questions are nothing. */
  #epoch = 0;

  constructor(read: (from: number, count: number) => Promise<BookPage | undefined>) {
    this.#read = read;
  }

  /** Undefined: not read yet. Reactive through `drawn`. */
  at(index: number): BookRow | undefined {
    void this.drawn;
    return this.#peek(index);
  }

  /** One of those that were read, wherever it stands. */
  some(takes: (row: BookRow) => boolean): BookRow | undefined {
    void this.drawn;
    for (const page of this.#pages.values()) {
      const row = page.rows.find(takes);
      if (row) return row;
    }
    return undefined;
  }

  #peek(index: number): BookRow | undefined {
    if (index < 0 || index >= this.count) return undefined;
    return this.#pages.get(Math.floor(index / pageSize))?.rows[index % pageSize];
  }

  /** Where a row stands, among those that were read near `near`. */
  find(key: string, near: number): number | undefined {
    const here = this.#peek(near);
    if (here && keyOf(here) === key) return near;
    let best: number | undefined;
    for (const [number, page] of this.#pages) {
      page.rows.forEach((row, i) => {
        const index = number * pageSize + i;
        if (index >= this.count || keyOf(row) !== key) return;
        if (best === undefined || Math.abs(index - near) < Math.abs(best - near)) best = index;
      });
    }
    return best;
  }

  /** Which rows are looked at; `anchor` is the first that is seen whole. */
  want(first: number, last: number, anchor = first) {
    this.#first = first;
    this.#last = last;
    this.#anchor = anchor;
    void this.#pump();
  }

  /** Other rows than before: view, filter or book changed. What is drawn stays until the new rows are there. */
  async reset(version: number, count: number, fromTop = false) {
    const epoch = ++this.#epoch;
    this.version = version;
    this.#reading = false;
    const span = Math.max(pageSize, this.#last - this.#first + 1);
    // One looks at the newest rows first, or at the largest.
    const from = fromTop ? 0 : Math.floor(Math.max(0, count - span) / pageSize) * pageSize;
    const wanted = Math.min(mostRows, Math.ceil((count - from) / pageSize) * pageSize);
    const page = count > 0 ? await this.#read(from, wanted) : undefined;
    if (epoch !== this.#epoch) return;
    this.#pages.clear();
    // What came meanwhile was told of these rows already.
    if (this.version === version) this.count = count;
    if (page) this.#keep(page);
    this.drawn += 1;
    void this.#pump();
  }

  /** Something came: what is drawn stays until it is read again. */
  take(version: number, count: number) {
    if (version < this.version) return;
    const fewer = count < this.count;
    const same = version === this.version && count === this.count;
    this.version = version;
    this.count = count;
    if (fewer) this.drawn += 1;
    if (!same) void this.#pump();
  }

  clear() {
    this.#epoch += 1;
    this.#reading = false;
    this.#pages.clear();
    this.version = 0;
    this.count = 0;
    this.drawn += 1;
  }

  /** One question at a time: what is wanted meanwhile is asked afterwards. */
  async #pump() {
    while (!this.#reading && this.count > 0 && this.#last >= this.#first) {
      const need = this.#needed();
      if (!need) return;
      const epoch = this.#epoch;
      const { version } = this;
      this.#reading = true;
      const page = await this.#read(need.from, need.count);
      if (epoch !== this.#epoch) return;
      this.#reading = false;
      // Nothing, or older than what was told already: asking again would not help.
      if (!page || page.rows.length === 0 || page.version < version) return;
      const anchor = Math.min(this.#anchor, this.count - 1);
      const seen = this.#peek(anchor);
      const stale = (this.#pages.get(Math.floor(anchor / pageSize))?.version ?? page.version) < page.version;
      this.#keep(page);
      if (stale && seen) this.#follow(keyOf(seen), anchor, page);
      this.drawn += 1;
    }
  }

  /** The rows that are looked at and were not read at this version, as one span of whole pages. */
  #needed() {
    const lastPage = Math.floor(Math.min(this.#last, this.count - 1) / pageSize);
    let low: number | undefined;
    let high = 0;
    for (let number = Math.floor(this.#first / pageSize); number <= lastPage; number += 1) {
      if ((this.#pages.get(number)?.version ?? -1) >= this.version) continue;
      low ??= number;
      high = number;
    }
    if (low === undefined) return undefined;
    const from = low * pageSize;
    return { from, count: Math.min(mostRows, (high + 1) * pageSize - from) };
  }

  #keep(page: BookPage) {
    if (page.version > this.version) this.version = page.version;
    for (let i = 0; i < page.rows.length; i += pageSize) {
      const number = Math.floor((page.from + i) / pageSize);
      this.#pages.delete(number);
      this.#pages.set(number, { version: page.version, rows: page.rows.slice(i, i + pageSize) });
    }
    // What was read longest ago goes first.
    for (const number of this.#pages.keys()) {
      if (this.#pages.size <= mostPages) break;
      this.#pages.delete(number);
    }
  }

  #follow(key: string, before: number, page: BookPage) {
    const here = page.rows[before - page.from];
    if (here && keyOf(here) === key) return;
    let best: number | undefined;
    page.rows.forEach((row, i) => {
      const by = page.from + i - before;
      if (keyOf(row) === key && (best === undefined || Math.abs(by) < Math.abs(best))) best = by;
    });
    if (best) this.moved(best);
  }
}
