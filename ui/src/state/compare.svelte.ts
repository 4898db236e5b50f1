// Two stages or two APIs side by side, of one account or two, and what of the left one the right one shall take over.
// What differs, and the draft that takes it over, come from Rust.
import { asError, type Host } from '../host/host';
import type { ApiSummary, Compared, Comparison, Difference, Error, OfApi, Scope } from '../host/rpc';
import type { App } from './app.svelte';

/** One half: chosen from the outside in. */
export class Half {
  #host: Host;
  #changed: () => void;
  scope = $state.raw<Scope>();
  apis = $state.raw<ApiSummary[]>();
  apiId = $state<string>();
  stages = $state.raw<string[]>();
  stage = $state<string>();
  error = $state.raw<Error>();

  constructor(host: Host, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get compared(): Compared | undefined {
    const { scope, apiId, stage } = this;
    return scope && apiId ? { of: { scope, apiId }, ...(stage !== undefined && { stage }) } : undefined;
  }

  get apiName(): string {
    return this.apis?.find((a) => a.apiId === this.apiId)?.name ?? this.apiId ?? '';
  }

  /** `my-chat-app-gw-1, prod` */
  get name(): string {
    return this.stage === undefined ? this.apiName : `${this.apiName}, ${this.stage}`;
  }

  async chooseScope(scope: Scope) {
    this.scope = scope;
    this.apis = undefined;
    this.#forget();
    try {
      const apis = await this.#host.call('list_apis', scope);
      if (scope === this.scope) this.apis = apis;
    } catch (thrown) {
      if (scope === this.scope) this.error = asError(thrown);
    }
  }

  async chooseApi(apiId: string | undefined) {
    const { scope } = this;
    this.#forget();
    this.apiId = apiId;
    if (!scope || !apiId) return;
    try {
      const { snapshot } = await this.#host.call('read_api', { scope, apiId });
      if (apiId === this.apiId && scope === this.scope) this.stages = snapshot.stages.map((s) => s.stageName);
    } catch (thrown) {
      if (apiId === this.apiId && scope === this.scope) this.error = asError(thrown);
    }
  }

  chooseStage(stage: string | undefined) {
    this.stage = stage;
    this.#changed();
  }

  /** What is known already need not be asked for. */
  set(of: OfApi, apis: ApiSummary[] | undefined, stages: string[], stage: string | undefined) {
    this.#forget();
    this.scope = of.scope;
    this.apis = apis;
    this.apiId = of.apiId;
    this.stages = stages;
    this.stage = stage;
  }

  #forget() {
    this.apiId = undefined;
    this.stages = undefined;
    this.stage = undefined;
    this.error = undefined;
    this.#changed();
  }
}

export class Comparing {
  #host: Host;
  #asked = 0;
  left: Half;
  right: Half;
  result = $state.raw<Comparison>();
  error = $state.raw<Error>();
  reading = $state(false);
  /** Paths of the differences that the right side shall take over. */
  ticked = $state<string[]>([]);
  wanted = $state('');
  shown: Difference[] = $derived.by(() => {
    const words = this.wanted.toLowerCase().split(/\s+/);
    return (this.result?.differences ?? []).filter((d) =>
      words.every((w) => `${d.of} ${d.field} ${d.left ?? ''} ${d.right ?? ''}`.toLowerCase().includes(w)),
    );
  });
  /** A stage with a stage, or an API with an API. */
  possible: boolean = $derived.by(() => {
    const { compared: left } = this.left;
    const { compared: right } = this.right;
    if (!left || !right || (left.stage === undefined) !== (right.stage === undefined)) return false;
    return JSON.stringify(left) !== JSON.stringify(right);
  });

  constructor(host: Host) {
    this.#host = host;
    const forget = () => {
      this.#asked += 1;
      this.result = undefined;
      this.error = undefined;
      this.reading = false;
      this.ticked = [];
    };
    this.left = new Half(host, forget);
    this.right = new Half(host, forget);
  }

  /** Begins where one is: this stage with the next one, or this API with another. */
  begin(app: App, stages: boolean) {
    const { ofApi, list, view, stageName } = app.apis;
    if (!ofApi || !view) return;
    const names = view.stages.map((s) => s.stageName);
    const here = this.left.scope === ofApi.scope && this.left.apiId === ofApi.apiId;
    if (here && (this.left.stage !== undefined) === stages) return;
    this.left.set(ofApi, list, names, stages ? stageName : undefined);
    const other = list?.find((a) => a.apiId !== ofApi.apiId);
    if (stages)
      this.right.set(
        ofApi,
        list,
        names,
        names.find((n) => n !== stageName),
      );
    else if (other) {
      void this.right.chooseScope(ofApi.scope).then(() => this.right.chooseApi(other.apiId));
    } else void this.right.chooseScope(ofApi.scope);
  }

  async swap() {
    const { left, right } = this;
    this.left = right;
    this.right = left;
    const again = this.result !== undefined;
    this.result = undefined;
    this.ticked = [];
    if (again) await this.compare();
  }

  async compare() {
    const { compared: left } = this.left;
    const { compared: right } = this.right;
    if (!left || !right) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.reading = true;
    this.error = undefined;
    this.ticked = [];
    try {
      const result = await this.#host.call('compare', { left, right });
      if (asked === this.#asked) this.result = result;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asError(thrown);
    } finally {
      if (asked === this.#asked) this.reading = false;
    }
  }

  /** The review of the right side with what was ticked. */
  promote(app: App) {
    const { compared: left } = this.left;
    const { compared: right } = this.right;
    if (!left || !right || this.ticked.length === 0) return;
    const paths = [...this.ticked];
    const title = `Take over ${paths.length} of ${this.left.name}`;
    return app.review.show(
      this.right.name,
      async (choices) => {
        const draft = await this.#host.call('promote', { compare: { left, right }, paths });
        return this.#host.call('preview_draft', { ...right.of, stage: '', draft, title, choices });
      },
      async () => {
        if (right.of.apiId === app.apis.apiId) await app.apis.read();
        await this.compare();
      },
    );
  }
}
