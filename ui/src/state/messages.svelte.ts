// The composer: its text, where the text would go, and the messages kept for the API.
import { asError, type Host } from '../host/host';
import type { ApiView, Error, OfApi, Prediction, SavedMessage } from '../host/rpc';

/** Bytes of a frame and of a whole message that API Gateway takes. */
export const frameLimit = 32 * 1024;
export const messageLimit = 128 * 1024;
/** Long enough to skip the letters in between, short enough to feel at once. */
const typingPause = 50;

export class Messages {
  #host: Host;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  text = $state('');
  /** The person's own, while an exhibit's stands here. */
  #own: string | undefined;
  prediction = $state.raw<Prediction>();
  saved = $state.raw<SavedMessage[]>([]);
  error = $state.raw<Error>();
  /** What ↑ brings back, newest last. */
  history: string[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks where the text would go; only the newest answer counts. */
  predict(view: ApiView | undefined) {
    clearTimeout(this.#timer);
    const asked = (this.#asked += 1);
    const text = this.text;
    if (!view || text === '') {
      this.prediction = undefined;
      return;
    }
    const question = {
      expression: view.snapshot.api.routeSelectionExpression,
      routeKeys: view.snapshot.routes.map((r) => r.routeKey),
      text,
    };
    this.#timer = setTimeout(async () => {
      try {
        const prediction = await this.#host.call('predict_route', question);
        if (asked === this.#asked) this.prediction = prediction;
      } catch {
        if (asked === this.#asked) this.prediction = undefined;
      }
    }, typingPause);
  }

  /** As an exhibit wants it, until `giveBack`. */
  lend(text: string) {
    this.#own ??= this.text;
    this.text = text;
  }

  giveBack() {
    if (this.#own !== undefined) this.text = this.#own;
    this.#own = undefined;
  }

  remember(text: string) {
    this.history = [...this.history.filter((t) => t !== text), text].slice(-50);
  }

  async load(of: OfApi) {
    await this.#change(() => this.#host.call('list_messages', of));
  }

  async save(of: OfApi, message: SavedMessage) {
    await this.#change(() => this.#host.call('save_message', { of, message }));
  }

  async forget(of: OfApi, name: string) {
    await this.#change(() => this.#host.call('forget_message', { of, name }));
  }

  async #change(ask: () => Promise<SavedMessage[]>) {
    this.error = undefined;
    try {
      this.saved = await ask();
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }
}
