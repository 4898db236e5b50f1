// An exhibit on its way to be seen: its API is gone to, and dialled as often as it takes.
import type { Exhibit } from '../host/rpc';
import type { App } from './app.svelte';

export class Trying {
  #app: App;
  /** The exhibit that was asked for, until it was dialled. */
  exhibit = $state.raw<Exhibit>();
  /** How often it is still to be dialled. */
  #left = 0;
  /** `dialled`: what comes of it is not known yet. `closing`: asked to, to dial once more. */
  #phase: 'ready' | 'dialled' | 'closing' = 'ready';

  constructor(app: App) {
    this.#app = app;
  }

  /** Goes to the exhibit's API and shows how it breaks: `goOn` does the rest, as soon as its stage is there. */
  async begin(exhibit: Exhibit) {
    const app = this.#app;
    app.sandbox.looksAt = exhibit.cause;
    this.exhibit = exhibit;
    this.#left = exhibit.dials;
    this.#phase = 'ready';
    app.go('connect');
    if (!app.accounts.isSandbox) app.lookAtSandbox();
    else if (app.apis.apiId !== exhibit.apiId) await app.apis.choose(exhibit.apiId);
  }

  stop() {
    this.exhibit = undefined;
  }

  /** The next step, whenever the conversation got further. */
  goOn() {
    const { exhibit } = this;
    const { session, apis } = this.#app;
    if (!exhibit || session.of?.apiId !== exhibit.apiId) return;
    if (session.of.stage !== exhibit.stage) {
      if (apis.view?.stages.some((s) => s.stageName === exhibit.stage)) apis.stageName = exhibit.stage;
      else this.stop();
      return;
    }
    const { kind } = session.connection;
    if (kind === 'open' && this.#phase !== 'closing') {
      this.#phase = 'closing';
      void session.disconnect(1000);
    } else if (this.#phase === 'dialled') {
      // Refused already: that is what was to be seen.
      const last = session.newest === undefined ? undefined : session.rows.byId(session.newest);
      if (last?.outcome === 'failed') this.stop();
    } else if (kind === 'closed' && !session.dialling) {
      this.#arrange(exhibit);
      const dials = this.#left > 0;
      this.#left -= 1;
      this.#phase = 'dialled';
      if (this.#left <= 0) this.stop();
      if (dials) void this.#app.connect();
    }
  }

  /** Address, headers and message of an exhibit. */
  #arrange({ domain, path, headers, send }: Exhibit) {
    const { dial, messages, apis } = this.#app;
    const own = apis.stage?.url;
    if (own === undefined) return;
    const url = new URL(path, own);
    if (domain) url.host = domain;
    dial.lend(url.href === own ? '' : url.href, headers);
    messages.lend(send ?? '');
  }
}
