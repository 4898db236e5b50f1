// The deployments of the API, and the two ways to have a stage serve one: a new one, or an old one again.
import { asError, type Host } from '../host/host';
import type { DeploymentView, Error, OfApi } from '../host/rpc';
import type { App } from './app.svelte';
import { againWords, tryAgain } from './reviews';

export class Deployments {
  #host: Host;
  #asked = 0;
  #of: OfApi | undefined;
  list = $state.raw<DeploymentView[]>();
  error = $state.raw<Error>();
  chosen = $state<string>();
  wanted = $state('');
  description = $state('');

  constructor(host: Host) {
    this.#host = host;
  }

  async read(of: OfApi | undefined) {
    this.#asked += 1;
    const asked = this.#asked;
    if (of?.apiId !== this.#of?.apiId || of?.scope !== this.#of?.scope) {
      this.list = undefined;
      this.chosen = undefined;
    }
    this.#of = of;
    this.error = undefined;
    if (!of) return;
    try {
      const list = await this.#host.call('list_deployments', of);
      if (asked === this.#asked) this.list = list;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asError(thrown);
    }
  }

  /** Whether the stage that is looked at can be pointed at it, or why not. */
  hindrance(app: App, deployment: DeploymentView): string | undefined {
    const { settings, stageName } = app.apis;
    if (!settings || !stageName) return 'The API has no stage.';
    if (settings.deploymentId === deployment.deploymentId) return `${stageName} serves it now.`;
    if (settings.autoDeploy) return `${stageName} deploys by itself: turn that off first, at Stages.`;
    if (deployment.status !== 'DEPLOYED') return `It is ${deployment.status}.`;
    return undefined;
  }

  /** Points the stage that is looked at at an old deployment. */
  serveAgain(app: App, deployment: DeploymentView) {
    const of = app.apis.ofApi;
    const { stageName: stage } = app.apis;
    if (!of || !stage || this.hindrance(app, deployment)) return;
    const again = againWords(app);
    return app.review.show(
      `${app.apis.view?.snapshot.api.name ?? ''}, stage ${stage}`,
      () => this.#host.call('preview_stage_back', { of, stage, deploymentId: deployment.deploymentId }),
      async (run) => {
        await app.apis.read();
        await tryAgain(app, run, again);
      },
      { again },
    );
  }

  /** Deploys what stands at AWS now; with words of its own the deployment is part of a draft. */
  deployNow(app: App) {
    const of = app.apis.ofApi;
    const { stageName: stage, view } = app.apis;
    const { description } = this;
    if (!of || !stage || !view) return;
    if (description === '') return app.deploy();
    const base = view.snapshot;
    const id = 'new-deployment-1';
    const draft = {
      ...base,
      deployments: [{ deploymentId: id, description }, ...base.deployments],
      stages: base.stages.map((s) => (s.stageName === stage ? { ...s, deploymentId: id } : s)),
    };
    return app.review.show(
      `${view.snapshot.api.name}, stage ${stage}`,
      (choices) =>
        this.#host.call('preview_draft', {
          ...of,
          stage: '',
          draft: { base, draft },
          title: `Deploy to ${stage}: ${description}`,
          choices,
        }),
      async () => {
        this.description = '';
        await app.apis.read();
      },
    );
  }
}
