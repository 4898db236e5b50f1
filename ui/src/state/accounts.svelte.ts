// The accounts, the scope that is looked at, and who its credentials are.
import { asError, type Host } from '../host/host';
import type { Account, Accounts as Listed, Error, Identity, Scope } from '../host/rpc';
import type { Edge, Prefs } from './prefs.svelte';

/** Names by which people know the accounts in which a mistake hurts; `product` and `delivery` are none. */
const hurts = /prod(?!uct(?!ion))|(^|[^a-z])live([^a-z]|$)/i;

export class Accounts {
  #host: Host;
  #prefs: Prefs;
  listed = $state.raw<Listed>();
  error = $state.raw<Error>();
  scope = $state.raw<Scope>();
  identity = $state.raw<Identity>();
  identityError = $state.raw<Error>();
  current = $derived(this.listed?.accounts.find((a) => a.id === this.scope?.account));
  isSandbox = $derived(this.scope?.account === 'sandbox');
  /** Rust refuses whatever writes; the window only says so first. */
  locked = $derived(this.current?.locked ?? false);
  lockError = $state.raw<Error>();
  edge: Edge = $derived.by(() => {
    const { current } = this;
    if (!current) return 'none';
    return this.#prefs.edges?.[current.id] ?? (hurts.test(current.name) ? 'red' : 'none');
  });

  constructor(host: Host, prefs: Prefs) {
    this.#host = host;
    this.#prefs = prefs;
  }

  async load() {
    this.error = undefined;
    try {
      this.listed = await this.#host.call('list_accounts', {});
    } catch (thrown) {
      this.error = asError(thrown);
      return;
    }
    if (!this.scope) this.#enter(this.#start(this.listed));
  }

  /** `AWS_PROFILE` wins, then what was open last, then the sandbox. */
  #start({ start, accounts, startFrom }: Listed): Scope {
    const kept = accounts.find((a) => a.id === this.#prefs.account);
    if (start.account !== 'sandbox' || !kept) {
      return startFrom.includes('AWS_REGION')
        ? start
        : { ...start, region: this.#prefs.regions[start.account] ?? start.region };
    }
    return { account: kept.id, region: this.regionOf(kept) };
  }

  regionOf(account: Account): string {
    return this.#prefs.regions[account.id] ?? account.region;
  }

  choose(account: Account) {
    this.#enter({ account: account.id, region: this.regionOf(account) });
  }

  chooseRegion(region: string) {
    if (this.scope) this.#enter({ account: this.scope.account, region });
  }

  #enter(scope: Scope) {
    this.scope = scope;
    this.#prefs.account = scope.account;
    this.#prefs.regions[scope.account] = scope.region;
    this.#prefs.keep();
    void this.identify();
  }

  async identify() {
    const scope = this.scope;
    if (!scope) return;
    this.identity = undefined;
    this.identityError = undefined;
    try {
      const identity = await this.#host.call('identify', scope);
      if (scope === this.scope) this.identity = identity;
    } catch (thrown) {
      if (scope === this.scope) this.identityError = asError(thrown);
    }
  }

  setEdge(edge: Edge) {
    const { current } = this;
    if (!current) return;
    this.#prefs.edges = { ...this.#prefs.edges, [current.id]: edge };
    this.#prefs.keep();
  }

  /** Locks the account that is looked at, or unlocks it. */
  async setLock(locked: boolean) {
    const { current } = this;
    if (!current) return;
    this.lockError = undefined;
    try {
      await this.#host.call('set_lock', { account: current.id, locked });
      this.listed = await this.#host.call('list_accounts', {});
    } catch (thrown) {
      this.lockError = asError(thrown);
    }
  }
}
