// What was changed with Gatescope, and the way back from it. Rust keeps the journal; what broke off is the app's.
import { asError, type Host } from '../host/host';
import type { ChangeState, Error, OfApi, PastChange } from '../host/rpc';
import type { App } from './app.svelte';
import { againWords, tryAgain } from './reviews';
import type { Run } from './run.svelte';

/** How a change stands, in words. */
export const stateWord: Record<ChangeState, string> = {
  running: 'under way',
  done: 'in force',
  stopped: 'stopped',
  broken: 'broken off',
  finished: 'finished later',
  rolledBack: 'rolled back',
  undone: 'undone',
};

/** Whether something of it may still be in force that a person did not mean to leave so. */
export const isUnfinished = (change: PastChange) => change.state === 'stopped' || change.state === 'broken';

/** What was undone already has nothing to undo; what is half there is finished or rolled back first. */
export const canUndo = (change: PastChange) => change.state === 'done' || change.state === 'finished';

const apiMakers = new Set(['CreateApi', 'DeleteApi']);

export class History {
  #host: Host;
  #asked = 0;
  /** Of every API of the region, deleted ones too; else of the one that is looked at. */
  all = $state(false);
  /** Newest first. */
  changes = $state.raw<PastChange[]>();
  error = $state.raw<Error>();
  reading = $state(false);
  chosen = $state<number>();
  wanted = $state('');
  current: PastChange | undefined = $derived.by(
    () => this.changes?.find((c) => c.id === this.chosen) ?? this.changes?.[0],
  );

  constructor(host: Host) {
    this.#host = host;
  }

  async read(app: App) {
    const { scope } = app.accounts;
    const of: OfApi | undefined =
      this.all || app.apis.list?.length === 0 ? scope && { scope, apiId: '' } : app.apis.ofApi;
    this.#asked += 1;
    const asked = this.#asked;
    this.reading = true;
    this.error = undefined;
    try {
      const changes = of ? await this.#host.call('list_changes', of) : [];
      if (asked === this.#asked) this.changes = changes;
    } catch (thrown) {
      if (asked === this.#asked) this.error = asError(thrown);
    } finally {
      if (asked === this.#asked) this.reading = false;
    }
  }

  /** The review of the way back. What was deployed with the change is deployed again without it. */
  undo(app: App, change: PastChange) {
    const isHere = change.scope.account === app.accounts.scope?.account && change.apiId === app.apis.apiId;
    const deployed = change.steps.some((s) => s.deploys);
    const stage = isHere && deployed && !app.apis.settings?.autoDeploy ? (app.apis.stageName ?? '') : '';
    const again = stage === '' ? undefined : againWords(app);
    return app.review.show(
      `${change.apiName}, ${change.scope.region}`,
      (choices) => this.#host.call('preview_undo', { id: change.id, stage, choices }),
      (run: Run) => this.#after(app, change, run, again),
      {
        of: { scope: change.scope, apiId: change.apiId },
        again,
      },
    );
  }

  async #after(app: App, { scope, apiId }: PastChange, run: Run, again: string | undefined) {
    const moved = run.review.steps.some((s) => apiMakers.has(s.operation));
    const isHere =
      scope.account === app.accounts.scope?.account && scope.region === app.accounts.scope.region;
    if (moved && isHere) await app.lookAt({ scope, apiId: run.apiId ?? apiId });
    else await app.apis.read();
    await this.read(app);
    if (!moved && isHere) await tryAgain(app, run, again);
  }
}
