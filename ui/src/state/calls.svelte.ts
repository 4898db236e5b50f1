// Every call of AWS since the start, newest first, and the policy that they needed. Rust tells; nothing is asked again here.
import { asError, type Close, type Host } from '../host/host';
import type { CallItem, CallView, Error, Scope, TodaysPolicy } from '../host/rpc';

/** Older calls than this many are let go. */
const most = 2000;

/** What only looks, by the verb that AWS names it with: the lock's rule. */
const looks =
  /^((Get|List|Describe|Filter|Search|Simulate|TestInvoke)([A-Z]|$)|StartLiveTail$|St(art|op)Query$)/;
export const writes = (call: CallView) => !looks.test(call.operation);
/** Refused, or not answered. That something looked for is not there is an answer. */
export const hasFailed = (call: CallView) =>
  call.error !== undefined && (call.status !== 404 || writes(call));

export class Calls {
  #host: Host;
  #close: Close | undefined;
  /** Newest first. */
  all = $state.raw<CallView[]>([]);
  /** How many there were, those that were let go included. */
  total = $state(0);
  failed = $state(0);
  underWay = $state(0);
  waiting = $state(0);
  /** Why nothing arrives any more. */
  error = $state.raw<Error>();
  filter = $state('');
  onlyErrors = $state(false);
  onlyWrites = $state(false);
  /** The call that is looked at, by number. */
  selected = $state<number>();
  drawer = $state(false);
  policy = $state.raw<TodaysPolicy>();
  policyError = $state.raw<Error>();

  shown: CallView[] = $derived.by(() => {
    const words = this.filter.toLowerCase().split(/\s+/).filter(Boolean);
    return this.all.filter(
      (call) =>
        (!this.onlyErrors || hasFailed(call)) &&
        (!this.onlyWrites || writes(call)) &&
        words.every((word) => textOf(call).includes(word)),
    );
  });
  filtered = $derived(this.filter.trim() !== '' || this.onlyErrors || this.onlyWrites);
  open: CallView | undefined = $derived(this.all.find((c) => c.number === this.selected));

  constructor(host: Host) {
    this.#host = host;
  }

  watch() {
    this.#close?.();
    this.error = undefined;
    // The stream begins with what there was.
    this.all = [];
    this.total = 0;
    this.failed = 0;
    this.#close = this.#host.stream(
      'watch_calls',
      {},
      (items) => this.#take(items),
      (error) => {
        this.underWay = 0;
        this.waiting = 0;
        this.error = error ?? { code: 'internal', message: 'The calls are not watched any more.' };
      },
    );
  }

  #take(items: CallItem[]) {
    const news = new Map<number, CallView>();
    for (const item of items) {
      if (item.kind === 'call') news.set(item.call.number, item.call);
      else {
        this.underWay = item.underWay;
        this.waiting = item.waiting;
      }
    }
    if (news.size === 0) return;
    const known = this.all.map((call) => {
      const changed = news.get(call.number);
      if (!changed) return call;
      news.delete(call.number);
      if (hasFailed(changed) && !hasFailed(call)) this.failed += 1;
      return changed;
    });
    // News of a call that was let go is not a new call.
    const oldest = known.length === most ? (known.at(-1)?.number ?? -1) : -1;
    const fresh = [...news.values()].filter((c) => c.number > oldest);
    this.total += fresh.length;
    this.failed += fresh.filter(hasFailed).length;
    this.all = [...fresh, ...known].sort((a, b) => b.number - a.number).slice(0, most);
  }

  /** The next failed call from the selected one, older with 1 and newer with -1; around the end. */
  goFailed(step: 1 | -1) {
    const failed = this.shown.filter(hasFailed);
    if (failed.length === 0) return;
    const at = this.selected;
    const next =
      at === undefined
        ? undefined
        : step === 1
          ? failed.find((c) => c.number < at)
          : failed.findLast((c) => c.number > at);
    this.selected = (next ?? failed.at(step === 1 ? 0 : -1))?.number;
  }

  async writePolicy(scope: Scope) {
    this.policy = undefined;
    this.policyError = undefined;
    try {
      this.policy = await this.#host.call('write_policy', scope);
    } catch (thrown) {
      this.policyError = asError(thrown);
    }
  }
}

/** What the filter looks at. */
function textOf(call: CallView): string {
  const { service, operation, target, requestId, error, scope, status } = call;
  return [service, operation, target, requestId, error, scope.account, scope.region, status || '']
    .join(' ')
    .toLowerCase();
}
