// One conversation with a stage: the stream, its rows, which of them are open, and what the user does with the socket.
// The rows themselves are in rows.svelte.ts; words and pictures are the screen's.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { asError, type Close, type Host } from '../host/host';
import type { Connection, Error, OfStage, Row, RowDetail, SessionItem, Tail } from '../host/rpc';
import { rowHeight, Rows } from './rows.svelte';
import type { Dial } from './dial.svelte';

/** Rough height of details before they are drawn and measured. */
const detailsGuess = 320;

export class Session {
  #host: Host;
  #close: Close | undefined;
  of: OfStage | undefined;
  id = $state<string>();
  connection = $state.raw<Connection>({ kind: 'closed' });
  tail = $state.raw<Tail>();
  /** Why the stream or the last command failed. */
  error = $state.raw<Error>();
  ended = $state(false);
  rows = new Rows();
  /** The row that the keyboard and the link highlight are on. */
  selected = $state<number>();
  /** Rows that the user opened. */
  opened = new SvelteSet<number>();
  /** The newest attempt or message: open without being asked. */
  newest = $state<number>();
  details = new SvelteMap<number, RowDetail>();
  /** At the lower end, so new rows come into view. */
  following = $state(true);
  /** The newest verdict in words, for screen readers. */
  announcement = $state('');
  /** True from the command until the conversation says what became of it: whoever asks again meanwhile asks nothing. */
  dialling = $state(false);
  /** Rows being fetched; true when they changed since. */
  #reading = new Map<number, boolean>();
  #announced = '';

  /** True once the session knows the stage it dials: it says the stage's log level then. */
  ready = $derived(
    this.id !== undefined &&
      this.tail !== undefined &&
      (this.tail.level !== '' || this.tail.state === 'failed'),
  );

  constructor(host: Host) {
    this.#host = host;
  }

  open(of: OfStage) {
    this.close();
    this.of = of;
    this.#close = this.#host.stream(
      'open_session',
      of,
      (items) => {
        items.forEach((item) => this.#take(item));
        this.rows.changed();
      },
      (error) => {
        this.#close = undefined;
        this.id = undefined;
        this.ended = true;
        this.connection = { kind: 'closed' };
        this.error = error;
      },
    );
  }

  close() {
    this.#close?.();
    this.#close = undefined;
    this.of = undefined;
    this.id = undefined;
    this.connection = { kind: 'closed' };
    this.dialling = false;
    this.tail = undefined;
    this.error = undefined;
    this.ended = false;
    this.rows.clear();
    this.opened.clear();
    this.details.clear();
    this.#reading.clear();
    this.newest = undefined;
    this.selected = undefined;
    this.following = true;
    this.announcement = '';
  }

  #take(item: SessionItem) {
    switch (item.kind) {
      case 'ready':
        this.id = item.session;
        break;
      case 'connection':
        this.connection = item.connection;
        this.dialling = false;
        break;
      case 'tail':
        this.tail = item.tail;
        break;
      case 'row':
        this.#takeRow(item.row);
        break;
      case 'dropped':
        this.rows.drop(item.before);
        for (const id of this.details.keys()) if (id < item.before) this.details.delete(id);
        for (const id of this.opened) if (id < item.before) this.opened.delete(id);
        break;
    }
  }

  #takeRow(row: Row) {
    const isNew = this.rows.put(row);
    if (isNew && (row.kind === 'attempt' || row.kind === 'sent') && this.following) {
      const before = this.newest;
      this.newest = row.id;
      this.selected = row.id;
      if (before !== undefined) this.#fit(before);
    }
    this.#fit(row.id);
    if (this.isOpen(row.id)) void this.read(row.id);
    if (row.id === this.newest) this.#announce(row);
  }

  #announce({ verdict }: Row) {
    const best = verdict?.findings[0];
    if (!best || best.title === this.#announced) return;
    this.#announced = best.title;
    this.announcement = `${best.confidence}: ${best.title} ${best.fix}`;
  }

  /** A question beside the conversation failed. */
  failed(thrown: unknown) {
    this.error = asError(thrown);
  }

  isOpen(id: number): boolean {
    return this.opened.has(id) || id === this.newest;
  }

  /** Room below a row that is not drawn right now. Drawn details measure themselves. */
  #fit(id: number) {
    const extra = this.rows.extraOf(id);
    if (!this.isOpen(id)) {
      this.details.delete(id);
      this.rows.setExtra(id, this.rows.byId(id)?.verdict ? rowHeight : 0);
    } else if (extra <= rowHeight) {
      this.rows.setExtra(id, detailsGuess);
    }
  }

  toggle(id: number) {
    this.selected = id;
    if (this.isOpen(id)) {
      this.opened.delete(id);
      if (this.newest === id) this.newest = undefined;
    } else {
      this.opened.add(id);
      void this.read(id);
    }
    this.#fit(id);
    this.rows.changed();
  }

  reveal(id: number) {
    if (!this.isOpen(id)) this.toggle(id);
    this.selected = id;
  }

  /** Fetches what is behind a row. One fetch at a time: what changes meanwhile is fetched once more afterwards. */
  async read(row: number) {
    const session = this.id;
    if (!session) return;
    if (this.#reading.has(row)) {
      this.#reading.set(row, true);
      return;
    }
    do {
      this.#reading.set(row, false);
      try {
        const detail = await this.#host.call('read_row', { session, row });
        if (session === this.id && this.isOpen(row)) this.details.set(row, detail);
      } catch (thrown) {
        if (session === this.id) this.error = asError(thrown);
        break;
      }
    } while (this.#reading.get(row) && session === this.id && this.isOpen(row));
    this.#reading.delete(row);
  }

  async #ask<T>(ask: (session: string) => Promise<T>): Promise<T | undefined> {
    if (!this.id) return undefined;
    this.error = undefined;
    try {
      return await ask(this.id);
    } catch (thrown) {
      this.error = asError(thrown);
      return undefined;
    }
  }

  /** Answers the attempt's row. */
  async connect(dial: Dial): Promise<number | undefined> {
    if (this.dialling || this.connection.kind !== 'closed') return undefined;
    this.dialling = true;
    this.following = true;
    const made = await this.#ask((session) => this.#host.call('connect', { session, ...dial.question() }));
    if (!made) this.dialling = false;
    return made?.row;
  }

  /** Answers the message's row. */
  async send(text: string): Promise<number | undefined> {
    this.following = true;
    return (await this.#ask((session) => this.#host.call('send_message', { session, text })))?.row;
  }

  ping() {
    return this.#ask((session) => this.#host.call('send_ping', { session }));
  }

  disconnect(code = 0, reason = '') {
    return this.#ask((session) => this.#host.call('disconnect', { session, code, reason }));
  }

  readNow() {
    return this.#ask((session) => this.#host.call('read_log_now', { session }));
  }
}
