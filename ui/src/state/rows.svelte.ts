// The timeline's rows, up to a million of them: kept outside reactive state, drawn again when `version` moves.
// Knows heights, so that the list can be virtual; what a row means is the session's and the screen's business.
import type { Row } from '../host/rpc';

/** Height of a row in px; what stands below it (verdict, details) is its extra. */
export const rowHeight = 26;
const blockSize = 1024;

const failed = (row: Row | undefined) => row?.outcome === 'failed';

export class Rows {
  /** Moves with every change of rows, filter or heights. */
  version = $state(0);
  sent = 0;
  received = 0;
  failed = 0;
  waiting = 0;
  /** The longest request so far: one scale for all splits. */
  longestMs = 1;
  #rows: (Row | undefined)[] = [];
  #first = 0;
  /** Ids that pass the filter, in order; undefined = all. */
  #shown: number[] | undefined;
  #needle = '';
  /** Extra height by id, and its sum by block of list positions. */
  #extra = new Map<number, number>();
  #blocks: number[] = [];

  get filter() {
    return this.#needle;
  }

  /** How many rows the list shows. */
  get length(): number {
    return this.#shown?.length ?? this.#rows.length;
  }

  get total(): number {
    return this.#rows.length;
  }

  /** The oldest id that is kept. */
  get first(): number {
    return this.#first;
  }

  byId(id: number): Row | undefined {
    return this.#rows[id - this.#first];
  }

  idAt(position: number): number {
    return this.#shown?.[position] ?? position + this.#first;
  }

  /** Where an id stands in the list, or -1. */
  positionOf(id: number): number {
    if (!this.#shown)
      return id >= this.#first && id < this.#first + this.#rows.length ? id - this.#first : -1;
    let low = 0;
    let high = this.#shown.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shown[middle] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return this.#shown[low] === id ? low : -1;
  }

  /** Adds or replaces; true when the row is new. The caller says `changed`. */
  put(row: Row): boolean {
    if (this.#rows.length === 0) this.#first = row.id;
    const at = row.id - this.#first;
    if (at < 0) return false;
    const old = this.#rows[at];
    const isNew = at >= this.#rows.length;
    while (this.#rows.length < at) this.#rows.push(undefined);
    this.#rows[at] = row;
    this.#count(old, -1);
    this.#count(row, 1);
    if (row.request && row.request.totalMs > this.longestMs) this.longestMs = row.request.totalMs;
    if (this.#shown && this.#passes(row) && this.positionOf(row.id) < 0) {
      const last = this.#shown.at(-1);
      if (last === undefined || last < row.id) this.#shown.push(row.id);
      else this.#insert(row.id);
    }
    return isNew;
  }

  /** A row that passes the filter only now: what stands after it moves, what stands before it is not looked at. */
  #insert(id: number) {
    const shown = this.#shown ?? [];
    let at = shown.length;
    while (at > 0 && (shown[at - 1] ?? 0) > id) at -= 1;
    shown.splice(at, 0, id);
    const block = Math.floor(at / blockSize);
    this.#blocks.length = Math.min(this.#blocks.length, block);
    for (let i = block * blockSize; i < shown.length; i += 1) this.#addToBlock(i, this.extraOf(this.idAt(i)));
  }

  #count(row: Row | undefined, by: number) {
    if (!row) return;
    if (row.kind === 'sent') this.sent += by;
    if (row.kind === 'received') this.received += by;
    if (failed(row)) this.failed += by;
    if (row.link.kind === 'waiting') this.waiting += by;
  }

  /** Lets go of every row below `before`; a few at a time wait, since each time costs a walk over what stays. */
  drop(before: number) {
    const gone = Math.min(before - this.#first, this.#rows.length);
    if (gone <= 0 || gone < Math.min(blockSize, this.#rows.length >> 3)) return;
    for (const row of this.#rows.splice(0, gone)) this.#count(row, -1);
    this.#first = before;
    for (const id of this.#extra.keys()) if (id < before) this.#extra.delete(id);
    this.setFilter(this.#needle);
  }

  clear() {
    this.#rows = [];
    this.#first = 0;
    this.#extra.clear();
    this.#blocks = [];
    this.#shown = undefined;
    this.#needle = '';
    this.sent = this.received = this.failed = this.waiting = 0;
    this.longestMs = 1;
    this.version += 1;
  }

  #passes(row: Row): boolean {
    const { request } = row;
    return [
      row.text,
      row.detail,
      row.kind,
      row.status?.toString(),
      request?.routeKey,
      request?.requestId,
      request?.connectionId,
    ].some((text) => text?.toLowerCase().includes(this.#needle));
  }

  setFilter(needle: string) {
    this.#needle = needle.trim().toLowerCase();
    this.#shown = undefined;
    if (this.#needle) {
      this.#shown = [];
      for (const row of this.#rows) if (row && this.#passes(row)) this.#shown.push(row.id);
    }
    this.#blocks = [];
    for (const [id, extra] of this.#extra) this.#addToBlock(this.positionOf(id), extra);
    this.version += 1;
  }

  #addToBlock(position: number, by: number) {
    if (position < 0 || by === 0) return;
    const block = Math.floor(position / blockSize);
    this.#blocks[block] = (this.#blocks[block] ?? 0) + by;
  }

  extraOf(id: number): number {
    return this.#extra.get(id) ?? 0;
  }

  /** Says that rows or heights changed. Once a batch: each time costs the page a round of its effects. */
  changed() {
    this.version += 1;
  }

  /** Sets what stands below a row; answers by how much the list grew. The caller says `changed`. */
  setExtra(id: number, px: number): number {
    const by = px - this.extraOf(id);
    if (by === 0) return 0;
    if (px === 0) this.#extra.delete(id);
    else this.#extra.set(id, px);
    this.#addToBlock(this.positionOf(id), by);
    return by;
  }

  get height(): number {
    let sum = this.length * rowHeight;
    for (const extra of this.#blocks) sum += extra ?? 0;
    return sum;
  }

  /** Px from the top of the list to the top of the row at this position. */
  top(position: number): number {
    const block = Math.floor(position / blockSize);
    let sum = position * rowHeight;
    for (let i = 0; i < block; i += 1) sum += this.#blocks[i] ?? 0;
    if (this.#blocks[block]) {
      for (let i = block * blockSize; i < position; i += 1) sum += this.extraOf(this.idAt(i));
    }
    return sum;
  }

  /** The position of the row that covers this height. */
  positionAtHeight(px: number): number {
    const last = Math.max(0, this.length - 1);
    let y = 0;
    let position = 0;
    for (let block = 0; position < this.length; block += 1) {
      const here = blockSize * rowHeight + (this.#blocks[block] ?? 0);
      if (y + here > px) break;
      y += here;
      position += blockSize;
    }
    while (position < last) {
      y += rowHeight + this.extraOf(this.idAt(position));
      if (y > px) break;
      position += 1;
    }
    return Math.min(position, last);
  }

  /** The next failed row after `from` (before it for -1), or undefined. */
  nextFailed(from: number | undefined, step: 1 | -1): number | undefined {
    const start = from === undefined ? (step === 1 ? -1 : this.length) : this.positionOf(from);
    for (let i = start + step; i >= 0 && i < this.length; i += step) {
      if (failed(this.byId(this.idAt(i)))) return this.idAt(i);
    }
    return undefined;
  }
}
