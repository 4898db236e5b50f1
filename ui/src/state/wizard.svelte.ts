// One wizard: what is wanted, the line of stations as Rust tells it, and the steps that a person lets it do.
// It decides nothing: what comes next is Rust's, and a step is done only as it was shown. Closed, nothing is lost.
import { asError, type Close, type Host } from '../host/host';
import type {
  DomainUndo,
  DomainView,
  EndpointProof,
  Error,
  Goal,
  HandedOver,
  HandOverFormat,
  Next,
  Scope,
  Station,
  StationId,
  Step,
} from '../host/rpc';
import { stationLine, type WizardStands } from './wizardWords';

/** So often a look may still show the world before a step: AWS tells of some things late. Then a person is asked. */
const mostAgain = 3;

export type DoNext = Extract<Next, { kind: 'do' }>;

export class Wizard {
  #host: Host;
  #close: Close | undefined;
  #changed: () => void;
  /** How often in a row the world was not as the last step left it, or as the next one was shown. */
  #again = 0;
  /** The step that was done last. */
  #did: string | undefined;
  /** What is shown is from before that step. */
  #stale = $state(false);
  scope: Scope;
  goal = $state.raw() as Goal;
  view = $state.raw<DomainView>();
  /** When the view came, by this machine's clock. */
  cameAt = $state(0);
  /** Why nothing arrives any more. */
  ended = $state.raw<{ error?: Error }>();
  /** The step that is on its way, by its id. */
  doing = $state<string>();
  stepError = $state.raw<{ station: StationId; error: Error }>();
  /** Every writing step is done as it comes due, until one needs a person. */
  all = $state(false);
  /** What stopped that, in words. */
  held = $state<string>();
  announcement = $state('');
  checking = $state(false);
  checkError = $state.raw<Error>();
  proof = $state.raw<EndpointProof>();
  proving = $state(false);
  proofError = $state.raw<Error>();
  undo = $state.raw<DomainUndo>();
  undoing = $state<'reading' | 'running'>();
  undoError = $state.raw<Error>();
  /** What was taken back, by name and value. */
  undone = $state.raw<[string, string][]>();
  handed = $state.raw<HandedOver & { format: HandOverFormat }>();
  handError = $state.raw<Error>();
  savedAs = $state<string>();

  next: DoNext | undefined = $derived.by(() => (this.view?.next.kind === 'do' ? this.view.next : undefined));
  /** Its turn is now. */
  station: StationId | undefined = $derived.by(() => {
    const next = this.view?.next;
    if (!next || next.kind === 'done') return undefined;
    return next.kind === 'verify' ? 'verify' : next.station;
  });
  done = $derived(this.view?.next.kind === 'done');
  /** Who is to do something now. */
  stands: WizardStands = $derived.by(() => {
    const kind = this.view?.next.kind;
    if (!kind) return 'reading';
    if (kind === 'done') return 'done';
    if (kind === 'blocked' || this.stepError) return 'needsYou';
    if (kind === 'byHand' || (kind === 'do' && !this.all && this.doing === undefined)) return 'yours';
    return 'goesOn';
  });
  /** The writing steps that are left, as far as they are known. */
  left: Step[] = $derived.by(() =>
    (this.view?.stations ?? []).filter(isLeft).flatMap((s) => s.making?.steps ?? []),
  );
  /** What stands there and would be replaced, at the station whose turn it is. */
  replaces: string[] = $derived(this.next?.making.replaces ?? []);
  /** The step that is shown may be done. */
  ready = $derived.by(() => {
    const { next } = this;
    if (!next || this.#stale || this.doing !== undefined || this.undoing) return false;
    return next.making.replaces.length === 0 || this.goal.replaceRecords;
  });

  /** `changed` is called whenever a step made or took away something. */
  constructor(host: Host, scope: Scope, goal: Goal, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
    this.scope = scope;
    this.goal = goal;
    this.watch();
  }

  get of() {
    return { scope: this.scope, goal: this.goal };
  }

  /** Looks at the world, and again whenever it changes. */
  watch() {
    this.#close?.();
    this.ended = undefined;
    this.#close = this.#host.stream(
      'watch_domain',
      this.of,
      (views) => {
        const last = views.at(-1);
        if (last) this.#take(last);
      },
      (error) => {
        this.ended = error ? { error } : {};
        this.all = false;
      },
    );
  }

  /** Nothing is lost: what stands at AWS is all there is to know. */
  leave() {
    this.#close?.();
    this.#close = undefined;
    this.all = false;
  }

  #take(view: DomainView) {
    const before = this.view;
    // A look that failed shows nothing newer: what was seen last stands.
    if (before && view.problem) {
      this.view = { ...before, problem: view.problem };
      return;
    }
    this.view = view;
    this.cameAt = Date.now();
    this.#stale = false;
    if (this.stepError && this.next?.station !== this.stepError.station) this.stepError = undefined;
    this.#tell(before, view);
    this.#goOn();
  }

  /** Each station's change, for who hears the screen. */
  #tell(before: DomainView | undefined, { stations, next }: DomainView) {
    const news = stations
      .filter((s) => {
        const was = before?.stations.find((b) => b.id === s.id);
        return before ? was?.state !== s.state || was.says !== s.says : s.id === this.station;
      })
      .map(stationLine);
    if (next.kind === 'done' && before?.next.kind !== 'done') news.push('The address answers.');
    if (news.length > 0) this.announcement = news.join(' ');
  }

  /** The next writing step, where a person said yes to all of them. */
  #goOn() {
    if (!this.all || this.#stale || this.doing !== undefined) return;
    const { view, next } = this;
    if (!view) return;
    if (view.next.kind === 'blocked') return this.#hold('It needs you: see the station below.');
    if (view.next.kind === 'done') this.all = false;
    if (!next) return;
    if (next.making.replaces.length > 0 && !this.goal.replaceRecords)
      return this.#hold('It stopped here: this step replaces something that stands there.');
    if (this.#did === next.making.id) {
      if (this.#again >= mostAgain) return this.#hold('It stopped here: this step was done already.');
      this.#again += 1;
      return this.watch();
    }
    void this.do(next);
  }

  #hold(words: string) {
    this.all = false;
    this.held = words;
    this.announcement = words;
  }

  runAll() {
    this.held = undefined;
    this.#again = 0;
    this.all = true;
    // Where nothing arrives any more, no step would bring the next one.
    if (this.ended) this.watch();
    else this.#goOn();
  }

  stopAll() {
    this.all = false;
  }

  /** The step as it was shown. */
  async do(next = this.next) {
    if (!next || this.doing !== undefined) return;
    const { making, station } = next;
    this.doing = making.id;
    this.stepError = undefined;
    this.held = undefined;
    try {
      await this.#host.call('do_domain_step', { ...this.of, making: making.id });
      this.#did = making.id;
      // What was read and given up is replaced; what stands at the next name is another thing.
      if (making.replaces.length > 0) this.goal = { ...this.goal, replaceRecords: false };
      this.#again = 0;
      this.#changed();
    } catch (thrown) {
      const error = asError(thrown);
      // The world moved on between the look and the step: a new look shows what comes next, and nothing was sent.
      if (this.all && error.code === 'conflict' && this.#again < mostAgain) this.#again += 1;
      else {
        this.all = false;
        this.stepError = { station, error };
        this.announcement = `${making.title}: ${error.message}`;
      }
    } finally {
      this.doing = undefined;
    }
    // A look that is under way may have begun before the step; the stream may have ended; a view that does not differ
    // never comes. A look that begins now tells for certain.
    if (!this.#close) return;
    this.#stale = true;
    this.watch();
  }

  /** Something else is wanted of the same domain: it is looked at anew. */
  setGoal(change: Partial<Goal>) {
    this.goal = { ...this.goal, ...change };
    this.held = undefined;
    this.watch();
  }

  /** Records that lead elsewhere may be replaced, or may not. */
  setReplace(replaceRecords: boolean) {
    this.setGoal({ replaceRecords });
  }

  /** Tries the address now: with a ping, or with a message of a person's, which runs a route. */
  async verify(message?: string) {
    if (this.checking) return;
    this.checking = true;
    this.checkError = undefined;
    const of = this.of;
    try {
      const verification = await this.#host.call('verify_domain', {
        ...of,
        ...(message !== undefined && { message }),
      });
      if (of.goal === this.goal && this.view) this.view = { ...this.view, verification };
    } catch (thrown) {
      this.checkError = asError(thrown);
    } finally {
      this.checking = false;
    }
  }

  /** Dials the generated endpoint, which shall be refused. */
  async prove() {
    this.proving = true;
    this.proofError = undefined;
    try {
      this.proof = await this.#host.call('prove_endpoint_off', this.of);
    } catch (thrown) {
      this.proofError = asError(thrown);
    } finally {
      this.proving = false;
    }
  }

  async previewUndo() {
    this.stopAll();
    this.undo = undefined;
    this.undoError = undefined;
    this.undone = undefined;
    this.undoing = 'reading';
    try {
      this.undo = await this.#host.call('preview_domain_undo', this.of);
    } catch (thrown) {
      this.undoError = asError(thrown);
    } finally {
      this.undoing = undefined;
    }
  }

  /** Takes back what the preview showed. */
  async rollBack() {
    const { undo } = this;
    if (!undo || this.undoing) return;
    this.undoing = 'running';
    this.undoError = undefined;
    try {
      const { made } = await this.#host.call('undo_domain', { ...this.of, undo: undo.id });
      this.undone = made;
      this.#did = undefined;
      this.announcement = 'Rolled back.';
      this.#changed();
      if (this.#close) this.watch();
    } catch (thrown) {
      this.undoError = asError(thrown);
    } finally {
      this.undoing = undefined;
    }
  }

  closeUndo() {
    this.undo = undefined;
    this.undone = undefined;
    this.undoError = undefined;
  }

  async handOver(format: HandOverFormat) {
    this.handError = undefined;
    this.savedAs = undefined;
    try {
      const handed = await this.#host.call('hand_over_domain', { ...this.of, format });
      this.handed = { ...handed, format };
    } catch (thrown) {
      this.handed = undefined;
      this.handError = asError(thrown);
    }
  }

  async saveHanded() {
    const { handed } = this;
    if (!handed) return;
    try {
      const { path } = await this.#host.call('save_file', { name: handed.fileName, text: handed.text });
      this.savedAs = path;
    } catch (thrown) {
      this.handError = asError(thrown);
    }
  }
}

/** What "all writing steps" means: the optional ones have a review of their own. */
const isLeft = ({ state, making, id }: Station) =>
  making !== undefined && (state === 'ready' || state === 'later') && id !== 'callback' && id !== 'endpoint';
