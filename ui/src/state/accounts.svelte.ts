// The accounts, the scope that is looked at, and who its credentials are.
import { asError, type Host } from '../host/host';
import type { Account, Accounts as Listed, Error, Identity, Scope } from '../host/rpc';
import type { Prefs } from './prefs.svelte';

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
}
