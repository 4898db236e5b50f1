// The sandbox as Rust shows it, and what can be asked of it. Watched all the time: a fault that is on is everybody's business.
import { asError, type Close, type Host } from '../host/host';
import type { Behaviour, Chaos, Error, Exhibit, Fault, SandboxSeed, SandboxView } from '../host/rpc';
import { now } from './clock.svelte';

/** What an error stands beside. */
export type Section = 'endpoint' | 'clients' | 'functions' | 'faults' | 'clock' | 'gallery' | 'startOver';

/** A route of a stage. */
export type Place = Omit<Fault, 'chaos'>;

export const noChaos: Chaos = {
  latencyMs: 0,
  jitterMs: 0,
  coldStartMs: 0,
  dropPercent: 0,
  status: null,
  close: null,
  malformed: false,
  loseDisconnect: false,
};

export const samePlace = (a: Place, b: Place) =>
  a.apiId === b.apiId && a.stage === b.stage && a.routeKey === b.routeKey;

export class Sandbox {
  #host: Host;
  #close: Close | undefined;
  view = $state.raw<SandboxView>();
  /** When the view came, by this page's clock. */
  #seenAt = $state(0);
  /** Why nothing is shown any more. */
  error = $state.raw<Error>();
  /** What went wrong last, and beside what it stands. */
  problem = $state.raw<{ section: Section; error: Error }>();
  /** The port to open; 0 takes a free one. */
  port = $state(4510);
  /** The route whose faults are looked at. */
  place = $state.raw<Place>();
  /** The gallery's, as far as their APIs are there; read again when other APIs are. */
  exhibits = $state.raw<Exhibit[]>();
  #exhibitsOf: string | undefined;
  /** The gallery's filter, and the cause that was looked at last. */
  wanted = $state('');
  looksAt = $state<string>();
  /** What starting over begins with. */
  seed = $state<SandboxSeed>('chat');
  faults = $derived(this.view?.faults ?? []);

  constructor(host: Host) {
    this.#host = host;
  }

  watch() {
    this.#close?.();
    this.error = undefined;
    this.#close = this.#host.stream(
      'watch_sandbox',
      {},
      (items) => {
        this.view = items.at(-1) ?? this.view;
        this.#seenAt = Date.now();
        void this.#listExhibits();
      },
      (error) =>
        (this.error = error ?? { code: 'internal', message: 'The sandbox is not watched any more.' }),
    );
  }

  async #listExhibits() {
    const apis = this.view?.apis.map((a) => a.apiId).join();
    if (apis === this.#exhibitsOf) return;
    this.#exhibitsOf = apis;
    const listed = await this.#ask('gallery', () => this.#host.call('list_exhibits', {}));
    if (listed && apis === this.#exhibitsOf) this.exhibits = listed;
  }

  /** The sandbox's time; whoever reads it in a template is drawn again each second. */
  get now(): number {
    const { view } = this;
    const here = now();
    return view ? view.now + Math.max(0, here - this.#seenAt) * view.clockSpeed : here;
  }

  /** How far its time is ahead of this machine's, in ms of whole seconds: the way from there takes some ms. */
  get ahead(): number {
    return this.view ? Math.round((this.now - now()) / 1000) * 1000 : 0;
  }

  /** `http://127.0.0.1:4510`, while the port is open. */
  endpoint = $derived(this.view?.port ? `http://127.0.0.1:${this.view.port}` : undefined);

  chaosAt(place: Place | undefined): Chaos {
    return (place && this.faults.find((f) => samePlace(f, place))?.chaos) ?? noChaos;
  }

  async #ask<T>(section: Section, ask: () => Promise<T>): Promise<T | undefined> {
    if (this.problem?.section === section) this.problem = undefined;
    try {
      return await ask();
    } catch (thrown) {
      this.problem = { section, error: asError(thrown) };
      return undefined;
    }
  }

  /** Answers whether it is open. */
  async openPort(port = this.port): Promise<number | undefined> {
    const opened = await this.#ask('endpoint', () => this.#host.call('open_sandbox_port', { port }));
    return opened?.port;
  }

  closePort() {
    return this.#ask('endpoint', () => this.#host.call('close_sandbox_port', {}));
  }

  setFault(place: Place, chaos: Chaos) {
    const { apiId, stage, routeKey } = place;
    return this.#ask('faults', () => this.#host.call('set_fault', { apiId, stage, routeKey, chaos }));
  }

  clearFaults() {
    return this.#ask('faults', () => this.#host.call('clear_faults', {}));
  }

  async setFunction(name: string, behaviour: Behaviour): Promise<boolean> {
    const ask = () => this.#host.call('set_function', { name, behaviour });
    return (await this.#ask('functions', ask)) !== undefined;
  }

  deleteFunction(name: string) {
    return this.#ask('functions', () => this.#host.call('delete_function', { name }));
  }

  setSpeed(speed: number) {
    return this.#ask('clock', () => this.#host.call('set_clock', { speed }));
  }

  skip(advanceMs: number) {
    return this.#ask('clock', () => this.#host.call('set_clock', { advanceMs }));
  }

  disconnect(connectionId: string) {
    return this.#ask('clients', () => this.#host.call('disconnect_client', { connectionId }));
  }

  async startOver(seed: SandboxSeed): Promise<boolean> {
    const ask = () => this.#host.call('reset_sandbox', { seed });
    return (await this.#ask('startOver', ask)) !== undefined;
  }
}
