// Logs that go back by themselves: how long they still run, what became of them, keeping them on.
import { asError, type Host } from '../host/host';
import type { Error, OfStage, Revert } from '../host/rpc';

/** Between two looks while something runs: the sandbox's time may be moved, others may change the stage. */
const lookMs = 5_000;

export class Reverts {
  #host: Host;
  #ended: () => unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  list = $state.raw<Revert[]>([]);
  /** When the list was read, for the time that is left. */
  readAt = $state(0);
  error = $state.raw<Error>();
  running: Revert[] = $derived(this.list.filter((r) => r.over === undefined));
  over: Revert[] = $derived(this.list.filter((r) => r.over !== undefined));

  /** `ended` is called when logs went back: the stage is another one then. */
  constructor(host: Host, ended: () => unknown) {
    this.#host = host;
    this.#ended = ended;
  }

  /** Of this stage, if its logs run for a while. */
  of(stage: OfStage | undefined): Revert | undefined {
    return this.running.find(
      (r) =>
        r.apiId === stage?.apiId &&
        r.stage === stage.stage &&
        r.scope.account === stage.scope.account &&
        r.scope.region === stage.scope.region,
    );
  }

  async read() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const list = await this.#host.call('list_reverts', {});
      if (asked !== this.#asked) return;
      const ended = this.running.some((r) => !list.some((l) => l.id === r.id && l.over === undefined));
      this.list = list;
      this.readAt = Date.now();
      if (ended) this.#ended();
    } catch {
      // Tried again as long as something runs.
    }
    if (asked === this.#asked && this.running.length > 0)
      this.#timer = setTimeout(() => void this.read(), lookMs);
  }

  async #do(call: 'cancel_revert' | 'revert_now', id: number) {
    this.error = undefined;
    try {
      await this.#host.call(call, { id });
    } catch (thrown) {
      this.error = asError(thrown);
    }
    await this.read();
  }

  /** The logs stay as they are; or what became of them was seen. */
  forget(id: number) {
    return this.#do('cancel_revert', id);
  }

  now(id: number) {
    return this.#do('revert_now', id);
  }

  /** Milliseconds that are left at this moment. */
  left(revert: Revert, now: number): number {
    return revert.leftMs - Math.max(0, now - this.readAt);
  }
}

/** `12 min`, `1 h 5 min`, `a moment`. */
export function leftWords(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (ms <= 5_000) return 'a moment';
  if (ms < 60_000) return `${Math.ceil(ms / 1_000)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
