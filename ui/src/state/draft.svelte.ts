// The edits that are collected: a copy of the API with changes, and the copy that it began from.
// Fields bind to `to`; what changed, in words, and what AWS would refuse comes from Rust. Nothing is sent before the review.
import { asError, type Host } from '../host/host';
import type {
  ChangeView,
  Draft as Edited,
  DraftView,
  Error,
  FieldProblem,
  Integration,
  Kind,
  OfApi,
  RouteView,
  Snapshot,
} from '../host/rpc';
import type { Mark } from '../mark';
import { putBack, putBackWhole, resourceIn } from './resources';

const nothing: DraftView = { changes: [], problems: [] };
/** Long enough for a burst of typing, short enough to seem at once. */
const calm = 150;

export class Draft {
  #host: Host;
  #of: OfApi | undefined;
  #made = 0;
  /** Read while edits stood here. */
  #news: Snapshot | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;
  #around: Promise<void> | undefined;
  /** Somebody asked again while it was read. */
  #aroundAgain = false;
  /** As it was read when the draft began. */
  base = $state.raw<Snapshot>();
  /** As it shall be; fields bind into it. */
  to = $state<Snapshot>();
  view = $state.raw<DraftView>(nothing);
  /** The one-look table of what is edited; absent while nothing is. */
  routes = $state.raw<RouteView[]>();
  error = $state.raw<Error>();
  reading = $state(false);
  /** Typed, and not described yet. */
  pending = $state(false);
  /** What an integration had before it became a proxy, by its id: switched back, it has it again. */
  kept = new Map<string, Partial<Integration>>();
  /** What was discarded last, until something else is edited. */
  discarded = $state.raw<Edited & { edits: number }>();
  /** What stands here was kept from before a restart. */
  restored = $state(false);
  dirty = $derived(this.view.changes.length > 0);
  /** As many as the list of changes has lines. */
  edits = $derived(this.view.changes.reduce((n, c) => n + Math.max(1, c.words.length), 0));

  constructor(host: Host) {
    this.#host = host;
  }

  /** Another API, or news of this one: what was not edited follows AWS, edits stay. */
  async follow(of: OfApi | undefined, snapshot: Snapshot | undefined) {
    // Before its first reading there is nothing of it here yet.
    const same = this.#isOf(of) && this.base !== undefined;
    this.#of = of;
    this.#news = undefined;
    if (!snapshot || !of) {
      if (!same) this.#begin(undefined);
      return;
    }
    const surroundings = same ? this.base?.surroundings : undefined;
    const read = { ...snapshot, ...(surroundings && { surroundings }) };
    if (same && (this.dirty || this.pending)) {
      this.#news = read;
      return;
    }
    this.#begin(read);
    if (same) return;
    try {
      const { draft } = await this.#host.call('read_draft', of);
      if (!draft || !this.#isOf(of)) return;
      this.restore(draft);
      this.restored = true;
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }

  #isOf(of: OfApi | undefined) {
    return of?.apiId === this.#of?.apiId && of?.scope === this.#of?.scope;
  }

  #begin(snapshot: Snapshot | undefined, to = snapshot) {
    this.base = snapshot;
    this.to = to && structuredClone($state.snapshot(to) as Snapshot);
    this.view = nothing;
    this.routes = undefined;
    this.error = undefined;
    this.restored = false;
    this.discarded = undefined;
    this.#asked += 1;
  }

  /** Puts a draft in: one that was kept, a guided change, a promotion. */
  restore({ base, draft }: Edited) {
    this.#begin(base, draft);
    void this.#describe();
  }

  /** What the account has around the API, read once and then part of the draft; whoever asks meanwhile waits for it too. */
  readSurroundings(again = false): Promise<void> {
    if (this.#around) {
      // What is under way was asked before whatever is the reason to ask again.
      this.#aroundAgain ||= again;
      return this.#around;
    }
    if (!this.#of || !this.base || (this.base.surroundings && !again)) return Promise.resolve();
    this.#around = this.#readUntilNew().finally(() => (this.#around = undefined));
    return this.#around;
  }

  async #readUntilNew() {
    do {
      this.#aroundAgain = false;
      if (this.#of) await this.#readAround(this.#of);
    } while (this.#aroundAgain);
  }

  async #readAround(of: OfApi) {
    this.reading = true;
    try {
      const surroundings = await this.#host.call('read_surroundings', of);
      if (!this.#isOf(of) || !this.base || !this.to) return;
      // What is being edited just now is not described yet.
      if (this.pending) await this.settle();
      const edited = this.view.changes.some((c) => this.to?.surroundings && around.has(c.kind));
      if (edited || !this.#isOf(of)) return;
      this.base = { ...this.base, surroundings };
      this.to.surroundings = structuredClone(surroundings);
    } catch (thrown) {
      if (this.#isOf(of)) this.error = asError(thrown);
    } finally {
      this.reading = false;
    }
  }

  /** An id for something that is not at AWS yet. */
  newId(kind: Kind): string {
    // A draft from before a restart has ids of its own.
    const taken = JSON.stringify(this.to);
    let id: string;
    do {
      this.#made += 1;
      id = `new-${kind}-${this.#made}`;
    } while (taken?.includes(`${id}"`));
    return id;
  }

  /** A draft that Rust made of this one: a snippet, a guided change. */
  take({ draft }: Edited) {
    this.to = structuredClone(draft);
  }

  /** The draft as it is sent to Rust. */
  get edited(): Edited | undefined {
    return this.base && this.to && { base: this.base, draft: $state.snapshot(this.to) as Snapshot };
  }

  /** For an effect: reads all of the draft, and has it described once the typing rests. */
  watch() {
    const edited = this.edited;
    clearTimeout(this.#timer);
    if (!edited) return;
    this.pending = true;
    this.#timer = setTimeout(() => void this.#describe(), calm);
  }

  /** At once, where somebody does not wait for the typing to rest. */
  async settle() {
    if (!this.pending) return;
    clearTimeout(this.#timer);
    await this.#describe();
  }

  async #describe() {
    const { edited } = this;
    const of = this.#of;
    if (!edited || !of) return;
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const was = this.dirty;
      const view = await this.#host.call('describe_draft', edited);
      const changed = view.changes.length > 0;
      const routes = changed ? await this.#host.call('describe_routes', edited.draft) : undefined;
      if (asked !== this.#asked) return;
      this.view = view;
      this.routes = routes;
      this.error = undefined;
      this.pending = false;
      if (changed) this.discarded = undefined;
      if (changed) await this.#host.call('keep_draft', { of, draft: edited });
      else if (this.#news) this.#begin(this.#news);
      if (!changed && was) await this.#host.call('keep_draft', { of });
    } catch (thrown) {
      if (asked !== this.#asked) return;
      this.error = asError(thrown);
      this.pending = false;
    }
  }

  /** It is in force: nothing is edited any more, and the next reading is the new beginning. */
  async applied() {
    const of = this.#of;
    this.#asked += 1;
    this.view = nothing;
    this.pending = false;
    this.restored = false;
    if (of) await this.#host.call('keep_draft', { of });
  }

  /** Back to what AWS has. What was edited can be brought back until something else is. */
  async discard() {
    const of = this.#of;
    const { edited, edits } = this;
    this.#begin(this.#news ?? this.base);
    this.discarded = edited && { ...edited, edits };
    if (of) await this.#host.call('keep_draft', { of });
  }

  /** What changes on a resource, or on one member of it (`requestTemplates`, `requestTemplates/$default`). */
  change(kind: Kind, id: string, member?: string): ChangeView | undefined {
    const found = this.view.changes.find((c) => c.kind === kind && c.id === id);
    if (!found || member === undefined) return found;
    return found.members.some((m) => m === member || m.startsWith(`${member}/`)) ? found : undefined;
  }

  /** What AWS would refuse at a field. */
  problem(kind: Kind, id: string, member: string): FieldProblem | undefined {
    return this.view.problems.find((p) => p.kind === kind && p.id === id && p.member === member);
  }

  /** What a form part shows beside a field: `<TextField mark={draft.mark('route', id, 'operationName')} …/>`. */
  mark(kind: Kind, id: string, member: string, parent = ''): Mark {
    const problem = this.problem(kind, id, member);
    const change = this.change(kind, id, member);
    const mark: Mark = { edited: change !== undefined, ...(problem && { problem }) };
    // What is new has nothing to go back to.
    if (change && change.sign === '~') mark.undo = () => this.putBack(kind, id, member, parent);
    return mark;
  }

  /** A whole resource as AWS has it: back again, gone again, or unedited. */
  putBackWhole(kind: Kind, id: string, parent = '') {
    if (this.to && this.base) putBackWhole(this.to, this.base, kind, id, parent);
  }

  /** One member as AWS has it. */
  putBack(kind: Kind, id: string, member: string, parent = '') {
    const to = resourceIn(this.to, kind, id, parent);
    if (to) putBack(to, resourceIn(this.base, kind, id, parent), member);
  }
}

const around = new Set<Kind>([
  'logGroup',
  'clientCertificate',
  'vpcLink',
  'permission',
  'apiKey',
  'usagePlan',
  'planKey',
  'mapping',
]);
