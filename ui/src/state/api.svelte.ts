// The APIs of the scope, the one that is looked at, and its stage. Copies of what Rust read; nothing is computed here.
import { asError, type Host } from '../host/host';
import type { ApiSummary, ApiView, Error, OfApi, OfStage, Scope } from '../host/rpc';

export class Apis {
  #host: Host;
  #scope = $state.raw<Scope>();
  list = $state.raw<ApiSummary[]>();
  error = $state.raw<Error>();
  reading = $state(false);
  apiId = $state<string>();
  view = $state.raw<ApiView>();
  readAt = $state<number>();
  stageName = $state<string>();
  stage = $derived(this.view?.stages.find((s) => s.stageName === this.stageName));
  settings = $derived(this.view?.snapshot.stages.find((s) => s.stageName === this.stageName));

  constructor(host: Host) {
    this.#host = host;
  }

  get ofApi(): OfApi | undefined {
    return this.#scope && this.apiId ? { scope: this.#scope, apiId: this.apiId } : undefined;
  }

  get ofStage(): OfStage | undefined {
    return this.ofApi && this.stageName ? { ...this.ofApi, stage: this.stageName } : undefined;
  }

  /** The API that is looked at first is this one, else the first of the list. */
  async load(scope: Scope, first?: string) {
    this.#scope = scope;
    this.list = undefined;
    this.error = undefined;
    this.apiId = undefined;
    this.view = undefined;
    this.stageName = undefined;
    try {
      const list = await this.#host.call('list_apis', scope);
      if (scope !== this.#scope) return;
      this.list = list;
      const begin = list.find((a) => a.apiId === first) ?? list[0];
      if (begin) await this.choose(begin.apiId);
    } catch (thrown) {
      if (scope === this.#scope) this.error = asError(thrown);
    }
  }

  async choose(apiId: string) {
    this.apiId = apiId;
    this.view = undefined;
    this.stageName = undefined;
    await this.read();
  }

  /** Reads the API again; the old view stays until the new one is there. */
  async read() {
    const of = this.ofApi;
    if (!of) return;
    this.reading = true;
    this.error = undefined;
    try {
      const view = await this.#host.call('read_api', of);
      if (of.apiId !== this.apiId || of.scope !== this.#scope) return;
      this.view = view;
      this.readAt = Date.now();
      if (!this.stage) this.stageName = view.stages[0]?.stageName;
    } catch (thrown) {
      if (of.apiId === this.apiId) this.error = asError(thrown);
    } finally {
      this.reading = false;
    }
  }
}
