// The review sheet: which change it shows, whose values win where two collide, and its run once it was started.
// One sheet for every change: a fix, a draft, a deployment, an undo, the rest of a change that broke off.
import { asError, type Host } from '../host/host';
import type { Error, OfApi, Review as Change, Side } from '../host/rpc';
import { Run } from './run.svelte';

export type Choices = Record<string, Side>;

interface More {
  /** Whose snapshot file is offered before much is deleted. */
  of?: OfApi;
  /** "connect and send … again": offered once it is in force. */
  again?: string;
}

export class Review {
  #host: Host;
  #broken: (run: Run) => unknown;
  #ask: ((choices: Choices) => Promise<Change>) | undefined;
  #after: (run: Run) => void = () => {};
  #asked = 0;
  open = $state(false);
  subject = $state('');
  change = $state.raw<Change>();
  error = $state.raw<Error>();
  run = $state<Run>();
  choices = $state<Choices>({});
  /** Asked once more while the last answer still stands. */
  asking = $state(false);
  more = $state.raw<More>({});
  /** Where the snapshot file was saved. */
  saved = $state<string>();
  saveError = $state.raw<Error>();
  running = $derived(this.run?.state === 'running');
  /** Something collides and nobody said whose value wins. */
  undecided = $derived(this.change?.conflicts.filter((c) => !c.choice && !this.choices[c.path]).length ?? 0);

  /** `broken` is called when a run broke off: part of it may be in force. */
  constructor(host: Host, broken: (run: Run) => unknown) {
    this.#host = host;
    this.#broken = broken;
  }

  /** Opens the sheet on what `ask` answers; `after` is called once it is in force. */
  async show(
    subject: string,
    ask: (choices: Choices) => Promise<Change>,
    after: (run: Run) => void,
    more: More = {},
  ) {
    this.subject = subject;
    this.#ask = ask;
    this.#after = after;
    this.more = more;
    this.choices = {};
    this.saved = undefined;
    this.saveError = undefined;
    this.change = undefined;
    this.open = true;
    await this.ask();
  }

  /** Asks again: the world may have moved since. What stands there stays until the answer comes. */
  async ask() {
    const ask = this.#ask;
    if (!ask) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.error = undefined;
    this.run = undefined;
    this.asking = true;
    try {
      const change = await ask($state.snapshot(this.choices));
      if (asked === this.#asked) this.change = change;
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.change = undefined;
      this.error = asError(thrown);
    } finally {
      if (asked === this.#asked) this.asking = false;
    }
  }

  /** Whose value wins at a conflict. */
  choose(path: string, side: Side) {
    this.choices[path] = side;
    return this.ask();
  }

  apply(deploy: boolean) {
    if (!this.change || this.run || this.asking || this.undecided > 0) return;
    this.run = new Run(this.#host, this.change, deploy, (run) => {
      if (run.state !== 'finished') {
        this.#broken(run);
        return;
      }
      const after = this.#after;
      this.close();
      after(run);
    });
  }

  /** A readable file of the API as it is now. */
  async saveSnapshot() {
    const { of } = this.more;
    if (!of) return;
    this.saveError = undefined;
    try {
      const file = await this.#host.call('write_snapshot', of);
      this.saved = (await this.#host.call('save_file', file)).path;
    } catch (thrown) {
      this.saveError = asError(thrown);
    }
  }

  close() {
    if (this.run?.state === 'running') return;
    if (this.run && this.run.state !== 'finished') this.#broken(this.run);
    this.open = false;
    this.#asked += 1;
    this.asking = false;
    this.#ask = undefined;
    this.change = undefined;
    this.error = undefined;
    this.run = undefined;
  }
}
