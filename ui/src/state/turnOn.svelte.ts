// The sheet "Turn on logs": what is wished, what it costs, and the review that follows; and the short way without a sheet.
import { asError, type Host } from '../host/host';
import type { Error, LogEstimate } from '../host/rpc';
import { formatProblem, presets } from './accessFormat';
import type { App } from './app.svelte';
import { Run } from './run.svelte';

export type Level = 'INFO' | 'ERROR' | 'OFF';

export class TurnOn {
  #host: Host;
  #app: App;
  level = $state<Level>('INFO');
  dataTrace = $state(false);
  access = $state(false);
  format = $state('');
  /** Days; absent: as it is. */
  retention = $state<string>();
  /** Absent: until somebody turns it off. */
  minutes = $state<number>();
  estimate = $state.raw<LogEstimate>();
  error = $state.raw<Error>();
  /** The run of the short way, shown below the verdict that asked for it. */
  run = $state<Run>();
  runError = $state.raw<Error>();
  problem = $derived(this.access ? formatProblem(this.format) : undefined);
  /** Something would be written. */
  writes = $derived(this.level !== 'OFF' || this.access);
  ready = $derived(this.problem === undefined && this.writes);

  constructor(host: Host, app: App) {
    this.#host = host;
    this.#app = app;
  }

  /** The access log as the stage has it. */
  get #known(): string | undefined {
    return this.#app.apis.settings?.accessLogSettings?.format;
  }

  /** Opens the sheet on the stage that is looked at. */
  async begin() {
    const { apis } = this.#app;
    const of = apis.ofStage;
    if (!of) return;
    const level = apis.stage?.loggingLevel;
    this.level = level === 'ERROR' ? 'ERROR' : 'INFO';
    this.dataTrace = apis.stage?.dataTrace ?? false;
    this.access = this.#known !== undefined;
    this.format = this.#known ?? presets.JSON;
    this.retention = undefined;
    this.minutes = 30;
    this.estimate = undefined;
    this.error = undefined;
    this.#app.overlay = 'logs';
    try {
      this.estimate = await this.#host.call('estimate_logs', of);
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }

  forget() {
    this.run = undefined;
    this.runError = undefined;
  }

  #set(level: string, dataTrace: boolean) {
    const of = this.#app.apis.ofStage;
    return of && (() => this.#host.call('preview_logs', { ...of, level, dataTrace }));
  }

  /** Level and data trace alone, reviewed. */
  reviewLevel(level = 'INFO', dataTrace = this.#app.apis.stage?.dataTrace ?? false) {
    const app = this.#app;
    const ask = this.#set(level, dataTrace);
    if (ask)
      return app.review.show(app.subject(), ask, () => {
        void app.apis.read();
        void app.reverts.read();
      });
  }

  /** Without a sheet: the calls are shown in place while they run, and nothing but logging changes. */
  async now() {
    const { apis } = this.#app;
    const ask = this.#set('INFO', apis.stage?.dataTrace ?? false);
    if (!ask || this.run?.state === 'running') return;
    this.forget();
    try {
      this.run = new Run(this.#host, await ask(), true, () => void apis.read());
    } catch (thrown) {
      this.runError = asError(thrown);
    }
  }

  /** What is asked of the access log: nothing where it stays as it is, an empty text where it ends. */
  get #access(): { accessFormat?: string } {
    const format = this.access ? this.format : '';
    return format === (this.#known ?? '') ? {} : { accessFormat: format };
  }

  review() {
    const app = this.#app;
    const of = app.apis.ofStage;
    if (!of || !this.ready) return;
    const ask = {
      of,
      level: this.level,
      dataTrace: this.dataTrace && this.level !== 'OFF',
      ...this.#access,
      ...(this.retention !== undefined && { retentionDays: Number(this.retention) }),
      ...(this.minutes !== undefined && { minutes: this.minutes }),
    };
    app.overlay = undefined;
    return app.review.show(
      app.subject(),
      () => this.#host.call('preview_turn_on_logs', ask),
      () => {
        void app.apis.read();
        void app.reverts.read();
      },
    );
  }
}

/** `$1.31`, `under 1 cent`. */
export function money(dollars: number): string {
  if (dollars === 0) return 'nothing';
  return dollars < 0.01 ? 'under 1 cent' : `$${dollars.toFixed(2)}`;
}
