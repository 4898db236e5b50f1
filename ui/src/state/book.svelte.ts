// The log of a stage as a book in Rust: the stream that tells how far it is, what is shown of it, and which row is looked
// at. The rows are bookRows.svelte.ts's, one request or connection whole is bookDetails.svelte.ts's.
import { asError, type Close, type Host } from '../host/host';
import type {
  BookFormat,
  BookItem,
  BookRow,
  Counts,
  Error,
  Filter,
  OfStage,
  Order,
  Source,
  View,
  Window as BookWindow,
} from '../host/rpc';
import { BookRows, keyOf, requestIdOf } from './bookRows.svelte';
import { BookDetails } from './bookDetails.svelte';

const minute = 60_000;
/** How far back a book that follows begins. */
export const backs = [5 * minute, 15 * minute, 60 * minute];
/** Lines around a match, one after the other with N. */
export const contexts = [0, 3, 10, 50];

export const everything = (): Filter => ({
  text: '',
  regex: false,
  case: false,
  pattern: '',
  jmespath: '',
  status: '',
  connectionId: '',
  failures: false,
  own: false,
  without: [],
  context: 0,
});

/** What a row is coloured by. */
export type ColourBy = 'level' | 'route' | 'connection';

export class Book {
  #host: Host;
  #close: Close | undefined;
  /** What was asked of the book and is not answered yet: its stream is closed behind it, for a closed book answers nothing. */
  #under = new Set<Promise<unknown>>();
  of: OfStage | undefined;
  /** As the stream told it; undefined while it is opened. */
  id = $state<string>();
  window = $state.raw<BookWindow>({ kind: 'now', backMs: 15 * minute });
  view = $state<View>('requests');
  filter = $state<Filter>(everything());
  sources = $state.raw<Source[]>([]);
  counts = $state.raw<Counts>();
  /** Why the stream ended or a command failed. */
  error = $state.raw<Error>();
  ended = $state(false);
  /** A filter is on its way. */
  filtering = $state(false);
  rows: BookRows;
  details: BookDetails;
  /** Of the access log; undefined: by time. */
  order = $state.raw<Order>();
  /** Moves when the first rows are to be seen: the largest stand there. */
  toTop = $state(0);
  selected = $state.raw<{ index: number; key: string }>();
  /** At the lower end, so new rows come into view. */
  following = $state(true);
  colourBy = $state<ColourBy>('level');
  /** Where the last export is. */
  saved = $state<string>();
  exporting = $state(false);
  /** Which sources a person set to Live Tail: AWS bills those, whatever is looked at. */
  #tailed = $state.raw<number[]>([]);
  tails: Source[] = $derived(this.sources.filter((s) => s.on && s.live && this.#tailed.includes(s.id)));
  /** Which sources are being switched. */
  switching = $state.raw<number[]>([]);
  /** What openLog waits for: the group and its request, until the sources are known. */
  #asked: { logGroup: string; requestId?: string } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round = 0;

  filtered = $derived.by(() => {
    const { filter } = this;
    return (
      filter.text !== '' ||
      filter.pattern !== '' ||
      filter.jmespath !== '' ||
      filter.status !== '' ||
      filter.connectionId !== '' ||
      filter.failures ||
      filter.own ||
      filter.routeKey !== undefined ||
      filter.from !== undefined ||
      filter.to !== undefined ||
      filter.without.length > 0
    );
  });
  /** Every group that is read is complete up to here. */
  completeTo: number | undefined = $derived.by(() => {
    const read = this.sources.filter((s) => s.on && s.completeTo !== undefined);
    return read.length > 0 ? Math.min(...read.map((s) => s.completeTo ?? 0)) : undefined;
  });
  file: string | undefined = $derived(this.window.kind === 'file' ? this.window.name : undefined);

  constructor(from: Host) {
    const host: Host = { ...from, call: (...ask) => this.#await(from.call(...ask)) };
    this.#host = host;
    this.rows = new BookRows((from, count) => this.#ask('read_book', { from, count }));
    this.details = new BookDetails(host, () => ((this.counts?.lines ?? 0) > 0 ? this.id : undefined));
  }

  get isOpen() {
    return this.#close !== undefined;
  }

  #isOf = (of: OfStage | undefined) => of !== undefined && JSON.stringify(this.of) === JSON.stringify(of);

  /** Opens the book of a stage, unless it is open. */
  open(of: OfStage) {
    if (this.#isOf(of) && (this.isOpen || this.ended)) return;
    this.leave(of);
    this.of = of;
    this.#start();
  }

  /** Reads another part of the log. */
  show(window: BookWindow) {
    this.window = window;
    this.filter.from = undefined;
    this.filter.to = undefined;
    if (this.of) this.#start();
  }

  again() {
    if (this.of) this.#start();
  }

  #start() {
    const { of } = this;
    if (!of) return;
    this.#stop();
    this.#close = this.#host.stream(
      'open_book',
      { of, window: $state.snapshot(this.window) as BookWindow },
      (items) => items.forEach((item) => this.#take(item)),
      (error) => {
        this.#close = undefined;
        this.ended = true;
        this.error = error;
      },
    );
  }

  #await<T>(answer: Promise<T>): Promise<T> {
    this.#under.add(answer);
    const over = () => void this.#under.delete(answer);
    answer.then(over, over);
    return answer;
  }

  #stop() {
    const close = this.#close;
    if (close) void Promise.allSettled(this.#under).then(close);
    this.#close = undefined;
    clearTimeout(this.#timer);
    this.#round += 1;
    this.id = undefined;
    this.sources = [];
    this.#tailed = [];
    this.counts = undefined;
    this.error = undefined;
    this.ended = false;
    this.filtering = false;
    this.saved = undefined;
    this.following = true;
    this.rows.clear();
    this.deselect();
    this.details.clear();
  }

  /** Another API or stage is looked at: nothing of the one before is read any more. */
  leave(now: OfStage | undefined) {
    if (this.of === undefined || this.#isOf(now)) return;
    this.#stop();
    this.details.closeConnection();
    this.of = undefined;
    this.order = undefined;
    this.#asked = undefined;
    this.filter = { ...everything(), context: this.filter.context };
    if (this.window.kind === 'file') this.window = { kind: 'now', backMs: 15 * minute };
  }

  #take(item: BookItem) {
    switch (item.kind) {
      case 'ready':
        this.id = item.book;
        void this.apply();
        this.#goOnOpening();
        break;
      case 'sources':
        this.sources = item.sources;
        this.#goOnOpening();
        break;
      case 'counts':
        this.#count(item.counts);
        break;
    }
  }

  #count(counts: Counts) {
    if (this.counts && counts.version < this.counts.version) return;
    const first = (this.counts?.lines ?? 0) === 0 && counts.lines > 0;
    this.counts = counts;
    if (!this.filtering) this.rows.take(counts.version, counts.shown);
    if (first) void this.details.read();
    else this.details.stale();
  }

  /** Asks about this book; an answer to another one, or none, is undefined. */
  async #ask(name: 'read_book', question: { from: number; count: number }) {
    const book = this.id;
    if (!book) return undefined;
    try {
      const answer = await this.#host.call(name, { book, ...question });
      return book === this.id ? answer : undefined;
    } catch (thrown) {
      if (book === this.id) this.error = asError(thrown);
      return undefined;
    }
  }

  /** Does something to this book; a refusal stands on the screen. */
  async #command<T>(command: (book: string) => Promise<T>): Promise<T | undefined> {
    const book = this.id;
    if (!book) return undefined;
    this.error = undefined;
    try {
      return await command(book);
    } catch (thrown) {
      if (book === this.id) this.error = asError(thrown);
      return undefined;
    }
  }

  /** Changes what is shown, at once. */
  set(parts: Partial<Filter>, view = this.view) {
    this.view = view;
    Object.assign(this.filter, parts);
    void this.apply();
  }

  /** Shows this and nothing else. */
  only(parts: Partial<Filter>, view = this.view) {
    this.filter = { ...everything(), context: this.filter.context, ...parts };
    this.set({}, view);
  }

  /** Changes it while somebody types: once the fingers rest. */
  type(parts: Partial<Filter>) {
    Object.assign(this.filter, parts);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.apply(), 120);
  }

  async apply() {
    clearTimeout(this.#timer);
    const round = ++this.#round;
    if (!this.id) return;
    this.filtering = true;
    const filter = $state.snapshot(this.filter);
    const order = this.view === 'access' ? this.order : undefined;
    const counts = await this.#command((book) =>
      this.#host.call('filter_book', { book, view: this.view, filter, order }),
    );
    if (round !== this.#round) return;
    if (counts) {
      const first = (this.counts?.lines ?? 0) === 0 && counts.lines > 0;
      if (!this.counts || counts.version >= this.counts.version) this.counts = counts;
      if (first) void this.details.read();
      this.following = order === undefined;
      const before = this.selected;
      await this.rows.reset(this.counts.version, this.counts.shown, order !== undefined);
      if (round !== this.#round) return;
      const index = before && this.rows.find(before.key, this.rows.count);
      this.selected = before && index !== undefined ? { index, key: before.key } : undefined;
    }
    this.filtering = false;
    if (order) this.toTop += 1;
  }

  /** The access log by one of its variables, '' is time: the largest first, then the smallest, then as it was. */
  orderBy(field: string) {
    const { order } = this;
    const same = order?.field === field;
    if (!same) this.order = { field, descending: true };
    else this.order = order.descending && field !== '' ? { field, descending: false } : undefined;
    this.deselect();
    void this.apply();
  }

  clearFilter() {
    this.only({});
  }

  /** As a console is cleared: what is there is hidden, what comes is shown. */
  async clear() {
    const last = this.rows.at(this.rows.count - 1);
    const bar = this.counts?.bars.at(-1);
    const end = Math.min(Date.now(), bar ? bar.at + bar.spanMs : Infinity);
    this.set({ from: Math.max(last ? timeOf(last) + 1 : 0, end), to: undefined });
  }

  cycleContext() {
    const at = contexts.indexOf(this.filter.context);
    this.set({ context: contexts[(at + 1) % contexts.length] ?? 0 }, 'lines');
  }

  select(index: number) {
    const row = this.rows.at(index);
    this.selected = { index, key: row ? keyOf(row) : '' };
    if (row && this.details.isOpen) this.#show(row);
  }

  /** The selected row whole. */
  openRow(index: number) {
    const row = this.rows.at(index);
    this.selected = { index, key: row ? keyOf(row) : '' };
    if (row) this.#show(row);
  }

  #show(row: BookRow) {
    if (row.kind === 'connection') return void this.details.showConnection(row.connectionId);
    const id = requestIdOf(row);
    if (id) void this.details.showRequest(id, row.kind === 'line' ? row : undefined);
  }

  deselect() {
    this.selected = undefined;
  }

  /** Rows before it came or went. */
  moved(by: number) {
    if (this.selected) this.selected = { ...this.selected, index: this.selected.index + by };
  }

  /** The row that is looked at may have been read only now. */
  settle() {
    const { selected } = this;
    if (!selected) return;
    const row = this.rows.at(selected.index);
    if (!row) return;
    if (selected.key === '') {
      this.selected = { index: selected.index, key: keyOf(row) };
      if (this.details.isOpen || this.details.waiting) this.#show(row);
    } else if (keyOf(row) !== selected.key) {
      const index = this.rows.find(selected.key, selected.index);
      this.selected = index === undefined ? undefined : { index, key: selected.key };
    }
  }

  async goFailed(back: boolean) {
    const beside = this.selected?.index;
    let found = await this.#command((book) => this.#host.call('find_in_book', { book, beside, back }));
    // Around the end.
    if (found && found.row === undefined && beside !== undefined)
      found = await this.#command((book) => this.#host.call('find_in_book', { book, back }));
    const row = found?.row;
    if (row === undefined) return;
    this.details.waiting = true;
    this.openRow(row);
  }

  setSource(source: Source, on: boolean, live: boolean) {
    this.switching = [...this.switching, source.id];
    this.#tailed = this.#tailed
      .filter((id) => id !== source.id)
      .concat(live && !source.live ? source.id : []);
    return this.#command((book) =>
      this.#host.call('set_source', { book, source: source.id, on, live }),
    ).finally(() => (this.switching = this.switching.filter((id) => id !== source.id)));
  }

  /** Their groups are polled from here on. */
  stopTails() {
    return Promise.all(this.tails.map((source) => this.setSource(source, true, false)));
  }

  readNow() {
    return this.#command((book) => this.#host.call('read_book_now', { book }));
  }

  async export(format: BookFormat) {
    this.exporting = true;
    this.saved = undefined;
    const saved = await this.#command((book) => this.#host.call('export_book', { book, format }));
    this.saved = saved?.path;
    this.exporting = false;
  }

  /** One group's lines, of one request if it is named: also when the group is not read yet. */
  openLog(logGroup: string, requestId?: string) {
    this.#asked = { logGroup, requestId };
    if (this.window.kind === 'file') this.show({ kind: 'now', backMs: 60 * minute });
    else this.#goOnOpening();
  }

  #goOnOpening() {
    const asked = this.#asked;
    const source = asked && this.sources.find((s) => s.logGroup === asked.logGroup);
    if (!asked || !source || !this.id) return;
    this.#asked = undefined;
    if (!source.on) void this.setSource(source, true, source.live);
    this.only(
      {
        text: asked.requestId ?? '',
        without: this.sources.filter((s) => s.id !== source.id).map((s) => s.id),
      },
      'lines',
    );
  }
}

/** Milliseconds since 1970. */
export const timeOf = (row: BookRow): number => row.at;
