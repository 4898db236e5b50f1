// One request or one connection of a book, whole: read when it is looked at, and again when the book has grown.
import { asError, type Host } from '../host/host';
import type { BookLine, ConnectionLife, Error, LoggedRequest } from '../host/rpc';

/** A book that grows all the time is read again so often at most. */
const pauseMs = 400;

export class BookDetails {
  #host: Host;
  #book: () => string | undefined;
  /** The pane is open with this request. */
  requestId = $state<string>();
  request = $state.raw<LoggedRequest>();
  /** The line that it was opened from. */
  line = $state.raw<BookLine>();
  /** The life that is looked at. */
  connectionId = $state<string>();
  life = $state.raw<ConnectionLife>();
  error = $state.raw<Error>();
  /** A row was asked for that is not read yet. */
  waiting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  isOpen: boolean = $derived(this.requestId !== undefined);

  constructor(host: Host, book: () => string | undefined) {
    this.#host = host;
    this.#book = book;
  }

  showRequest(requestId: string, line?: BookLine) {
    this.waiting = false;
    this.line = line;
    if (this.requestId !== requestId) this.error = undefined;
    this.requestId = requestId;
    return this.#readRequest();
  }

  closeRequest() {
    this.waiting = false;
    this.requestId = undefined;
    this.request = undefined;
    this.line = undefined;
  }

  showConnection(connectionId: string) {
    if (this.connectionId !== connectionId) {
      this.life = undefined;
      this.error = undefined;
    }
    this.connectionId = connectionId;
    return this.#readLife();
  }

  closeConnection() {
    this.connectionId = undefined;
    this.life = undefined;
  }

  /** The book has grown: what is looked at is read again, a little later. */
  stale() {
    if (this.#timer || (!this.requestId && !this.connectionId)) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.read();
    }, pauseMs);
  }

  read() {
    return Promise.all([this.#readRequest(), this.#readLife()]);
  }

  async #readRequest() {
    const book = this.#book();
    const { requestId } = this;
    if (!book || !requestId) return;
    try {
      const request = await this.#host.call('read_logged_request', { book, requestId });
      if (book === this.#book() && requestId === this.requestId) this.request = request;
    } catch (thrown) {
      if (requestId === this.requestId) this.error = asError(thrown);
    }
  }

  async #readLife() {
    const book = this.#book();
    const { connectionId } = this;
    if (!book || !connectionId) return;
    try {
      const life = await this.#host.call('read_logged_connection', { book, connectionId });
      if (book !== this.#book() || connectionId !== this.connectionId) return;
      this.life = life;
      this.error = undefined;
    } catch (thrown) {
      if (connectionId === this.connectionId) this.error = asError(thrown);
    }
  }

  /** Another book: a connection that is looked at stays, for it may be in that one too. */
  clear() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.closeRequest();
    this.life = undefined;
    this.error = undefined;
  }
}
