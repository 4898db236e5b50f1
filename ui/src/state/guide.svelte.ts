// The snippets that a route can take, and what they make of the draft. Which there are and what they do is Rust's.
import { asError, type Host } from '../host/host';
import type { Error, Snippet } from '../host/rpc';
import type { Apis } from './api.svelte';
import type { Draft } from './draft.svelte';

export class Guide {
  #host: Host;
  #apis: Apis;
  #draft: Draft;
  #read = false;
  snippets = $state.raw<Snippet[]>([]);
  error = $state.raw<Error>();
  busy = $state(false);

  constructor(host: Host, apis: Apis, draft: Draft) {
    this.#host = host;
    this.#apis = apis;
    this.#draft = draft;
  }

  /** Once: they are the same for every API. */
  async load() {
    if (this.#read) return;
    this.#read = true;
    try {
      this.snippets = await this.#host.call('list_snippets', {});
    } catch (thrown) {
      this.#read = false;
      this.error = asError(thrown);
    }
  }

  /** Puts a snippet into the draft as it stands. */
  async snippet(routeKey: string, snippet: string) {
    const of = this.#apis.ofApi;
    const { edited } = this.#draft;
    if (!of || !edited || this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      const made = await this.#host.call('guide_draft', {
        kind: 'snippet',
        of,
        draft: edited.draft,
        routeKey,
        snippet,
      });
      this.#draft.take(made);
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.busy = false;
    }
  }
}
