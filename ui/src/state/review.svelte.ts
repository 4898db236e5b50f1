// The review sheet: which change it shows, and its run once it was started. One sheet for every change.
import { asError, type Host } from '../host/host';
import type { Error, Review as Change } from '../host/rpc';
import { Run } from './run.svelte';

export class Review {
  #host: Host;
  #reread: () => unknown;
  #ask: (() => Promise<Change>) | undefined;
  #after: (run: Run) => void = () => {};
  open = $state(false);
  subject = $state('');
  change = $state.raw<Change>();
  error = $state.raw<Error>();
  run = $state<Run>();
  running = $derived(this.run?.state === 'running');

  /** `reread` is called when a run broke off: part of it may be in force. */
  constructor(host: Host, reread: () => unknown) {
    this.#host = host;
    this.#reread = reread;
  }

  /** Opens the sheet on what `ask` answers; `after` is called once it is in force. */
  async show(subject: string, ask: () => Promise<Change>, after: (run: Run) => void) {
    this.subject = subject;
    this.#ask = ask;
    this.#after = after;
    this.open = true;
    await this.ask();
  }

  /** Asks again: the world may have moved since. */
  async ask() {
    const ask = this.#ask;
    if (!ask) return;
    this.change = undefined;
    this.error = undefined;
    this.run = undefined;
    try {
      const change = await ask();
      if (ask === this.#ask) this.change = change;
    } catch (thrown) {
      if (ask === this.#ask) this.error = asError(thrown);
    }
  }

  apply(deploy: boolean) {
    if (!this.change || this.run) return;
    this.run = new Run(this.#host, this.change, deploy, (run) => {
      if (run.state !== 'finished') return;
      const after = this.#after;
      this.close();
      after(run);
    });
  }

  close() {
    if (this.run?.state === 'running') return;
    if (this.run && this.run.state !== 'finished') this.#reread();
    this.open = false;
    this.#ask = undefined;
    this.change = undefined;
    this.error = undefined;
    this.run = undefined;
  }
}
