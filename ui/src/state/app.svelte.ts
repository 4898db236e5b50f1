// The window's state as a whole, and the few ways that go through more than one of its parts.
// Screens and commands ask here; what one part can do alone stays in that part.
import { getContext, setContext } from 'svelte';
import type { Host } from '../host/host';
import type {
  ApiKey,
  Error,
  Exhibit,
  Finding,
  Integration,
  Kind,
  OfApi,
  PastChange,
  RouteView,
  Row,
  SandboxSeed,
} from '../host/rpc';
import { act } from './act';
import { Access } from './access.svelte';
import { Accounts } from './accounts.svelte';
import { Again } from './again.svelte';
import { Apis } from './api.svelte';
import { Book } from './book.svelte';
import { BookQueries } from './bookQueries.svelte';
import { Comparing } from './compare.svelte';
import { Deployments } from './deployments.svelte';
import { Calls } from './calls.svelte';
import { now } from './clock.svelte';
import { Dial } from './dial.svelte';
import { Doctor } from './doctor.svelte';
import { Domains } from './domains.svelte';
import { Door } from './door.svelte';
import { Draft } from './draft.svelte';
import { Guide } from './guide.svelte';
import { History } from './history.svelte';
import { Inventory } from './inventory.svelte';
import { Messages } from './messages.svelte';
import { NoLog } from './noLog.svelte';
import { Prefs } from './prefs.svelte';
import { Reverts } from './reverts.svelte';
import { Review } from './review.svelte';
import { reviewDeployment, reviewDraft, reviewFix } from './reviews';
import { ownerOf, screenOf } from './resources';
import { Sandbox } from './sandbox.svelte';
import { Session } from './session.svelte';
import { Trying } from './trying.svelte';
import { TurnOn } from './turnOn.svelte';
import { Writing } from './writing.svelte';

/** For a shell: from then on every AWS client of it talks to this endpoint. */
export const endpointLine = (endpoint: string) => `export AWS_ENDPOINT_URL=${endpoint}`;

export type Screen =
  | 'connect'
  | 'logs'
  | 'connections'
  | 'apis'
  | 'routes'
  | 'integrations'
  | 'models'
  | 'authorizers'
  | 'stages'
  | 'domains'
  | 'deployments'
  | 'access'
  | 'doctor'
  | 'links'
  | 'history'
  | 'calls'
  | 'sandbox';
export type StagePane = 'overview' | 'variables' | 'logs' | 'limits' | 'settings' | 'undeployed' | 'compare';
export type Overlay = 'palette' | 'shortcuts' | 'startOver' | 'policy' | 'logs' | 'noLog' | undefined;

export class App {
  host: Host;
  prefs = new Prefs();
  accounts: Accounts;
  apis: Apis;
  draft: Draft;
  guide: Guide;
  session: Session;
  dial = new Dial();
  again: Again;
  messages: Messages;
  review: Review;
  inventory: Inventory;
  comparing: Comparing;
  deployments: Deployments;
  doctor: Doctor;
  domains: Domains;
  history: History;
  sandbox: Sandbox;
  trying: Trying;
  writing: Writing;
  door: Door;
  calls: Calls;
  access: Access;
  book: Book;
  queries: BookQueries;
  /** Logs: Insights in place of the rows. */
  insights = $state(false);
  turnOn: TurnOn;
  reverts: Reverts;
  noLog: NoLog;
  screen = $state<Screen>('connect');
  overlay = $state<Overlay>();
  /** Routes: the open route and the station of its way. */
  routeId = $state<string>();
  /** Routes that are ticked, to be set all at once. */
  ticked = $state<string[]>([]);
  station = $state<string>();
  /** What each screen looks at, by kind: an id, as Rust names it in changes. */
  chosen = $state<Partial<Record<Kind, string>>>({});
  /** Changes that broke off and were neither finished nor rolled back. */
  unfinished = $state.raw<PastChange[]>([]);
  /** Which part of a stage is looked at. */
  stagePane = $state<StagePane>('overview');
  /** Several keys would do for this row, or none: a person chooses. Without a list they are being read. */
  keyChoice = $state.raw<{ row: number; keys?: ApiKey[]; error?: Error | undefined }>();
  /** The row about which the world is being asked. */
  probing = $state<number>();
  /** The message that was sent last in this conversation. */
  lastSent = $state<string>();
  /** The API that the next look at a scope begins with. */
  #first: string | undefined;
  /** The evidence number that was asked for last. */
  evidence = $state<number>();

  /** The failed row that is looked at, and its best finding. */
  failure: Row | undefined = $derived.by(() => {
    void this.session.rows.version;
    const id = this.session.selected;
    const row = id === undefined ? undefined : this.session.rows.byId(id);
    return row?.verdict ? row : undefined;
  });
  finding: Finding | undefined = $derived(this.failure?.verdict?.findings[0]);
  /** The finding that more logs would settle: it need not be the best one. */
  wantsLogs: Finding | undefined = $derived(
    this.failure?.verdict?.findings.find((f) => f.action?.kind === 'turnOnLogs'),
  );
  logsOff: boolean = $derived.by(() => this.apis.stage?.loggingLevel === 'OFF');

  /** What the API that is looked at shows, when it is one of the gallery's. */
  exhibited: Exhibit | undefined = $derived.by(() =>
    this.accounts.isSandbox ? this.sandbox.exhibits?.find((e) => e.apiId === this.apis.apiId) : undefined,
  );

  /** The one-look table, edits included. */
  routes: RouteView[] = $derived.by(() => this.draft.routes ?? this.apis.view?.routes ?? []);
  openIntegration: Integration | undefined = $derived.by(() => {
    const all = this.draft.to?.integrations;
    return all?.find((i) => i.integrationId === this.chosen.integration) ?? all?.[0];
  });
  openRoute: RouteView | undefined = $derived.by(() => {
    const found = this.routes.find((r) => r.routeId === this.routeId);
    // A deleted one is looked at until it is gone, and the first one is not taken for it.
    if (!found && this.draft.base?.routes.some((r) => r.routeId === this.routeId)) return undefined;
    return found ?? this.routes[0];
  });

  constructor(host: Host) {
    this.host = host;
    this.accounts = new Accounts(host, this.prefs);
    this.apis = new Apis(host);
    this.draft = new Draft(host);
    this.guide = new Guide(host, this.apis, this.draft);
    this.session = new Session(host);
    this.again = new Again(this.session, this.dial);
    this.messages = new Messages(host);
    this.review = new Review(host, () => {
      void this.apis.read();
      void this.readUnfinished();
    });
    this.inventory = new Inventory(host);
    this.comparing = new Comparing(host);
    this.deployments = new Deployments(host);
    this.doctor = new Doctor(host);
    this.domains = new Domains(host);
    this.history = new History(host);
    this.sandbox = new Sandbox(host);
    this.trying = new Trying(this);
    this.writing = new Writing(host, this);
    this.door = new Door(host, this);
    this.calls = new Calls(host);
    this.access = new Access(host);
    this.book = new Book(host);
    this.queries = new BookQueries(host);
    this.turnOn = new TurnOn(host, this);
    this.reverts = new Reverts(host, () => void this.apis.read());
    this.noLog = new NoLog(host);
  }

  async start() {
    this.sandbox.watch();
    this.calls.watch();
    void this.readUnfinished();
    void this.reverts.read();
    await this.accounts.load();
  }

  async readUnfinished() {
    try {
      this.unfinished = await this.host.call('list_unfinished', {});
    } catch {
      // The history reads the same list and says why it can't be read.
    }
  }

  /** Account or region changed: its APIs. */
  async enterScope() {
    const scope = this.accounts.scope;
    this.session.close();
    this.domains.enter(scope);
    const first = this.trying.exhibit?.apiId ?? this.#first;
    this.#first = undefined;
    if (scope) await this.apis.load(scope, first);
  }

  /** Looks at an API, wherever it is; the lists are read again, for it may be new. */
  async lookAt({ scope, apiId }: OfApi) {
    const account = this.accounts.listed?.accounts.find((a) => a.id === scope.account);
    const here = this.accounts.scope;
    this.#first = apiId;
    if (scope.account === here?.account && scope.region === here.region) return this.enterScope();
    if (!account) return;
    this.accounts.choose(account);
    this.accounts.chooseRegion(scope.region);
  }

  /** API or stage changed: another conversation. */
  enterStage() {
    const of = this.apis.ofStage;
    this.turnOn.forget();
    this.dial.url = '';
    this.door.forget();
    this.lastSent = undefined;
    this.keyChoice = undefined;
    this.ticked = [];
    this.again.forget();
    this.session.close();
    this.book.leave(of);
    this.queries.leave();
    if (of) {
      this.dial.enter(`${of.scope.account} ${of.scope.region} ${of.apiId}`);
      if (of.apiId !== this.trying.exhibit?.apiId) {
        this.trying.stop();
        this.dial.giveBack();
        this.messages.giveBack();
      }
      this.session.open(of);
      void this.messages.load(of);
    }
  }

  go(screen: Screen) {
    this.overlay = undefined;
    this.screen = screen;
  }

  connect() {
    this.go('connect');
    this.evidence = undefined;
    this.again.forget();
    if (this.turnOn.run?.state === 'finished') this.turnOn.forget();
    return this.session.connect(this.dial);
  }

  async send(text = this.messages.text) {
    if ((this.session.connection.kind !== 'open' && !this.again.busy) || text === '') return;
    this.lastSent = text;
    if (!this.again.instead(text)) {
      this.again.forget();
      if ((await this.session.send(text)) === undefined) return;
    }
    this.messages.remember(text);
  }

  /** Of the open route, as the draft has it. */
  get routeKey(): string | undefined {
    return this.draft.to?.routes.find((r) => r.routeId === this.routeId)?.routeKey;
  }

  showRoute(routeKey: string, station?: string) {
    this.routeId = this.routes.find((r) => r.routeKey === routeKey)?.routeId;
    this.station = station;
    this.go('routes');
  }

  /** The screen of a resource, with it chosen. */
  show(kind: Kind, id: string, parent = '') {
    const owner = ownerOf[kind];
    this.chosen[kind] = id;
    if (parent && owner) this.chosen[owner] = parent;
    if (kind === 'stage') this.apis.stageName = id;
    if (kind === 'mapping') this.domains.look(parent);
    if (kind === 'route' || kind === 'routeResponse') this.routeId = parent || id;
    this.go(screenOf[kind]);
  }

  showRow(id: number) {
    this.go('connect');
    this.session.reveal(id);
  }

  /** The whole life of a connection, whoever's it is. */
  showConnection(connectionId: string) {
    this.go('connections');
    this.#readBook();
    void this.book.details.showConnection(connectionId);
  }

  /** One log group's lines in Logs, of one request if it is named. */
  openLog(logGroup: string, requestId?: string) {
    this.insights = false;
    this.go('logs');
    this.#readBook();
    this.book.openLog(logGroup, requestId);
  }

  /** One request in Logs, whole. */
  showLogged(requestId: string) {
    this.insights = false;
    this.go('logs');
    this.#readBook();
    void this.book.details.showRequest(requestId);
  }

  #readBook() {
    const of = this.apis.ofStage;
    if (of) this.book.open(of);
  }

  /** The one thing that a click does about a finding; of a row of the conversation, unless a screen shows it by itself. */
  act(row: Row | undefined, finding: Finding) {
    return act(this, row, finding);
  }

  /** The account's own time, each second anew: the sandbox's may be another. */
  now() {
    return this.accounts.isSandbox ? this.sandbox.now : now();
  }

  subject() {
    return `${this.apis.view?.snapshot.api.name ?? ''}, stage ${this.apis.stageName ?? ''}`;
  }

  fix(cause: string, routeKey: string, about?: string) {
    return reviewFix(this, cause, routeKey, about);
  }

  deploy() {
    return reviewDeployment(this);
  }

  /** The review of what was edited. */
  reviewDraft() {
    return reviewDraft(this);
  }

  /** It stays as it is, and is not offered again. */
  async leave(id: number) {
    await this.host.call('settle_change', { id });
    await this.readUnfinished();
  }

  /** Of a row that has no log, or of the stage as a whole. */
  whyNoLog(row?: Row) {
    const of = this.apis.ofStage;
    if (!of) return;
    this.overlay = 'noLog';
    return this.noLog.ask({
      of,
      ...(row && { at: row.at, row: row.id }),
      ...(row && this.session.id !== undefined && { session: this.session.id }),
      ...(row?.status !== undefined && { status: row.status }),
      ...(row?.kind === 'attempt' && { routeKey: '$connect' }),
    });
  }

  /** Copies the line that sends any AWS client to the sandbox, and opens its port where it is closed. */
  async copyEndpoint() {
    const open = this.sandbox.view?.port ?? (await this.sandbox.openPort());
    if (open) await this.host.writeClipboard(endpointLine(`http://127.0.0.1:${open}`));
    return open !== undefined;
  }

  /** The connect matrix, beside the authorizers. */
  tryDoor() {
    this.go('authorizers');
    return this.door.tryAll();
  }

  /** Forgets what the sandbox holds; whoever looks at it sees the new one. */
  async startOver(seed: SandboxSeed) {
    if (!(await this.sandbox.startOver(seed))) return false;
    this.sandbox.place = undefined;
    this.trying.stop();
    if (this.accounts.isSandbox) await this.enterScope();
    return true;
  }

  lookAtSandbox() {
    const account = this.accounts.listed?.accounts.find((a) => a.id === 'sandbox');
    if (account) this.accounts.choose(account);
  }
}

const key = Symbol('app');
export const provideApp = (app: App) => setContext(key, app);
export const useApp = () => getContext<App>(key);
