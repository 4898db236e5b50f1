// What the Access screen knows beyond the draft: a key's value while it is shown, how much of a plan was used, and the
// guided change. A value is never kept: it goes after half a minute, when the screen is left, or with the account.
import { asError, type Host } from '../host/host';
import type { Draft, Error, OfStage, PlanUsage, Scope } from '../host/rpc';

const shownFor = 30_000;
const day = 86_400_000;

/** `2026-11-21`: AWS counts in days of UTC. */
export const utcDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export type Span = 'week' | 'month' | 'days30';

export class Access {
  #host: Host;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  /** What the right side shows, and the ids that were chosen. */
  looksAt = $state<'apiKey' | 'usagePlan'>('usagePlan');
  key = $state<string>();
  plan = $state<string>();
  /** The one value that is shown. */
  shown = $state.raw<{ id: string; value: string; until: number }>();
  /** What went wrong with a key's value. */
  keyError = $state.raw<{ id: string; error: Error }>();
  span = $state<Span>('month');
  usage = $state.raw<{ id: string; usage: PlanUsage }>();
  usageError = $state.raw<Error>();
  /** A guided change is being made. */
  guiding = $state(false);
  guideError = $state.raw<Error>();

  constructor(host: Host) {
    this.#host = host;
  }

  look(at: 'apiKey' | 'usagePlan', id: string) {
    this.looksAt = at;
    if (at === 'apiKey') this.key = id;
    else this.plan = id;
  }

  async reveal(scope: Scope, id: string) {
    this.hide();
    try {
      const { value } = await this.#host.call('reveal_api_key', { scope, id });
      this.shown = { id, value, until: Date.now() + shownFor };
      this.#timer = setTimeout(() => this.hide(), shownFor);
    } catch (thrown) {
      this.keyError = { id, error: asError(thrown) };
    }
  }

  hide() {
    clearTimeout(this.#timer);
    this.shown = undefined;
    this.keyError = undefined;
  }

  /** To the clipboard without being shown. */
  async copy(scope: Scope, id: string): Promise<boolean> {
    this.keyError = undefined;
    try {
      await this.#host.writeClipboard((await this.#host.call('reveal_api_key', { scope, id })).value);
      return true;
    } catch (thrown) {
      this.keyError = { id, error: asError(thrown) };
      return false;
    }
  }

  /** How much of a plan was used; `now` is the account's time. */
  async readUsage(scope: Scope, id: string, now: number) {
    this.#asked += 1;
    const asked = this.#asked;
    this.usageError = undefined;
    if (this.usage?.id !== id) this.usage = undefined;
    const to = utcDay(now);
    const from =
      this.span === 'month' ? `${to.slice(0, 8)}01` : utcDay(now - (this.span === 'week' ? 6 : 29) * day);
    try {
      const usage = await this.#host.call('read_usage', { scope, id, from, to });
      if (asked === this.#asked) this.usage = { id, usage };
    } catch (thrown) {
      if (asked === this.#asked) this.usageError = asError(thrown);
    }
  }

  /** The draft by which `$connect` of a stage asks for a key: 5 a second, 10 at once, 500 a month. */
  async requireKey({ scope, apiId, stage }: OfStage): Promise<Draft | undefined> {
    this.guideError = undefined;
    this.guiding = true;
    try {
      return await this.#host.call('guide_draft', {
        kind: 'requireKey',
        of: { scope, apiId },
        stage,
        rate: 5,
        burst: 10,
        quota: 500,
        period: 'MONTH',
      });
    } catch (thrown) {
      this.guideError = asError(thrown);
      return undefined;
    } finally {
      this.guiding = false;
    }
  }
}
