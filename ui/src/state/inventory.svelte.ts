// Whole APIs: made from a starter, copied, deleted, saved as a file and brought back. Each goes through the one review.
import { asError, type Host } from '../host/host';
import type { ApiSummary, Draft, Error, OfApi, Scope, Snapshot, Starter } from '../host/rpc';
import type { App } from './app.svelte';
import type { Run } from './run.svelte';

/** What the lower half of the screen holds. */
export type Pane = 'new' | 'clone' | 'settings' | 'search' | 'compare' | 'json';

export class Inventory {
  #host: Host;
  pane = $state<Pane>('settings');
  wanted = $state('');
  starters = $state.raw<Starter[]>();
  #of: Scope | undefined;
  starterId = $state('chat');
  name = $state('');
  fields = $state<Record<string, string>>({});
  error = $state.raw<Error>();
  /** Where the last snapshot file was saved. */
  saved = $state<{ apiId: string; path: string }>();
  /** The name of the API that was deleted last: it can be brought back. */
  removed = $state<string>();
  /** A copy that was made elsewhere. */
  copied = $state.raw<{ of: OfApi; name: string }>();

  starter: Starter | undefined = $derived.by(
    () => this.starters?.find((s) => s.id === this.starterId) ?? this.starters?.[0],
  );

  constructor(host: Host) {
    this.#host = host;
  }

  /** Opens the form of a new API. What fields begin with depends on the account: in the sandbox everything works at once. */
  async beginNew(scope: Scope | undefined) {
    this.pane = 'new';
    this.error = undefined;
    if (!scope) return;
    if (this.#of === scope && this.starters) {
      if (this.name === '') this.choose(this.starter);
      return;
    }
    this.#of = scope;
    this.starters = undefined;
    try {
      const starters = await this.#host.call('list_starters', scope);
      if (scope !== this.#of) return;
      this.starters = starters;
      this.choose(this.starter);
    } catch (thrown) {
      this.#of = undefined;
      this.error = asError(thrown);
    }
  }

  choose(starter: Starter | undefined) {
    if (!starter) return;
    if (this.name === '' || this.name === nameFor(this.starterId)) this.name = nameFor(starter.id);
    this.starterId = starter.id;
    this.fields = Object.fromEntries(starter.asks.map((f) => [f.id, f.value]));
  }

  /** Reviews the new API; once it is there, one stands at Connect. */
  create(app: App) {
    const { scope } = app.accounts;
    const { starter, name } = this;
    if (!scope || !starter) return;
    const fields = $state.snapshot(this.fields);
    return this.#show(
      app,
      scope,
      `New API from ${starter.name}`,
      () => this.#host.call('begin_api', { scope, starter: starter.id, name, fields }),
      async (run) => {
        this.pane = 'settings';
        this.name = '';
        if (!run.apiId) return;
        await app.lookAt({ scope, apiId: run.apiId });
        app.go('connect');
      },
    );
  }

  clone(app: App, of: OfApi, to: Scope, name: string) {
    return this.#show(
      app,
      to,
      `Copy as ${name}`,
      () => this.#host.call('clone_api', { of, to, name }),
      async (run) => {
        this.pane = 'settings';
        if (!run.apiId) return;
        const made = { scope: to, apiId: run.apiId };
        const isHere = to.account === of.scope.account && to.region === of.scope.region;
        if (isHere) await app.lookAt(made);
        else this.copied = { of: made, name };
      },
    );
  }

  /** From a snapshot file, into the account that is looked at. */
  restore(app: App, file: string, text: string) {
    const { scope } = app.accounts;
    if (!scope) return;
    return this.#show(
      app,
      scope,
      `Restore ${file}`,
      () => this.#host.call('open_snapshot', { text }),
      async (run) => {
        if (run.apiId) await app.lookAt({ scope, apiId: run.apiId });
      },
    );
  }

  #show(
    app: App,
    scope: Scope,
    title: string,
    make: () => Promise<Draft>,
    after: (run: Run) => Promise<void>,
  ) {
    return app.review.show(
      `${app.accounts.listed?.accounts.find((a) => a.id === scope.account)?.name ?? scope.account}, ${scope.region}`,
      async (choices) => {
        const draft = served(await make(), title);
        return this.#host.call('preview_draft', { scope, apiId: '', stage: '', draft, title, choices });
      },
      after,
    );
  }

  /** Deletes the API that is looked at: a draft with nothing in it. */
  remove(app: App, api: ApiSummary) {
    const { ofApi, view } = app.apis;
    if (!ofApi || !view || api.apiId !== ofApi.apiId) return;
    const base = { ...view.snapshot, ...app.draft.base };
    const draft: Draft = { base, draft: nothing(base) };
    return app.review.show(
      api.name,
      (choices) =>
        this.#host.call('preview_draft', {
          ...ofApi,
          stage: '',
          draft,
          title: `Delete ${api.name}`,
          choices,
        }),
      async () => {
        await app.draft.applied();
        this.removed = api.name;
        await app.enterScope();
      },
      { of: ofApi },
    );
  }

  /** Saves the API as a readable file; the screen says where it is. */
  async save(of: OfApi) {
    this.error = undefined;
    try {
      const file = await this.#host.call('write_snapshot', of);
      const { path } = await this.#host.call('save_file', file);
      this.saved = { apiId: of.apiId, path };
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }
}

/** What a new API is called until somebody says better. */
const nameFor = (starter: string) => `my-${starter}-api`;

/** The new API with all of its stages served at once, so that it can be connected to. */
function served({ base, draft }: Draft, description: string): Draft {
  const waiting = draft.stages.filter((s) => !s.deploymentId && !s.autoDeploy);
  // AWS refuses a deployment without a route.
  if (waiting.length === 0 || draft.routes.length === 0) return { base, draft };
  const deploymentId = 'new-deployment-of-all';
  return {
    base,
    draft: {
      ...draft,
      deployments: [{ deploymentId, description }, ...draft.deployments],
      stages: draft.stages.map((s) => (waiting.includes(s) ? { ...s, deploymentId } : s)),
    },
  };
}

/** No API. What the account has around it stays: keys and links are nobody's alone. */
function nothing(base: Snapshot): Snapshot {
  return {
    api: {
      apiId: '',
      name: '',
      apiEndpoint: '',
      protocolType: '',
      routeSelectionExpression: '',
      apiKeySelectionExpression: '',
      disableExecuteApiEndpoint: false,
      tags: {},
    },
    routes: [],
    integrations: [],
    models: [],
    authorizers: [],
    stages: [],
    deployments: [],
    ...(base.surroundings && { surroundings: base.surroundings }),
  };
}
