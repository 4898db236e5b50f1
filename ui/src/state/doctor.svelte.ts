// What the doctor found at the stage that is looked at, and when. Rust asks the rules; what is kept here is its answer.
import { asError, type Host } from '../host/host';
import type { Checkup, Error, Flaw, OfStage } from '../host/rpc';

export class Doctor {
  #host: Host;
  #asked = 0;
  /** What was checked: the stage, and the reading of the API that stood then. */
  #checked: unknown[] = [];
  checkup = $state.raw<Checkup>();
  error = $state.raw<Error>();
  checkedAt = $state<number>();
  /** Whose checkup it is. */
  of = $state.raw<OfStage>();
  reading = $state(false);
  /** The finding that is looked at. */
  at = $state(0);
  flaw: Flaw | undefined = $derived(this.checkup?.flaws[this.at] ?? this.checkup?.flaws[0]);

  constructor(host: Host) {
    this.#host = host;
  }

  /** Checks what was not checked yet as it stands. */
  async follow(of: OfStage | undefined, standing: unknown) {
    const now = of ? [of.scope.account, of.scope.region, of.apiId, of.stage, standing] : [];
    if (now.every((part, i) => part === this.#checked[i]) && now.length === this.#checked.length) return;
    this.#checked = now;
    await this.check(of);
  }

  async check(of: OfStage | undefined) {
    this.#asked += 1;
    const asked = this.#asked;
    if (of?.apiId !== this.of?.apiId || of?.stage !== this.of?.stage || of?.scope !== this.of?.scope) {
      this.checkup = undefined;
      this.at = 0;
    }
    this.of = of;
    this.error = undefined;
    if (!of) return;
    const before = this.flaw;
    this.reading = true;
    try {
      const { scope, apiId, stage } = of;
      const checkup = await this.#host.call('check_api', { scope, apiId, stage });
      if (asked !== this.#asked) return;
      this.checkup = checkup;
      this.checkedAt = Date.now();
      const still = checkup.flaws.findIndex((f) => f.rule === before?.rule && f.title === before.title);
      // What was looked at is gone: the one that stands in its place is next.
      this.at = still >= 0 ? still : Math.min(this.at, Math.max(0, checkup.flaws.length - 1));
    } catch (thrown) {
      if (asked === this.#asked) this.error = asError(thrown);
    } finally {
      if (asked === this.#asked) this.reading = false;
    }
  }

  /** How many keep somebody from connecting, and how many keep messages from arriving, where that was asked. */
  told(of: OfStage | undefined): { connect: number; messages: number } | undefined {
    if (!this.checkup || this.error || of?.apiId !== this.of?.apiId || of?.stage !== this.of?.stage)
      return undefined;
    const { flaws } = this.checkup;
    const howMany = (severity: Flaw['severity']) => flaws.filter((f) => f.severity === severity).length;
    return { connect: howMany('connect'), messages: howMany('messages') };
  }
}
