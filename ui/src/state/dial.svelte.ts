// How the next connection is dialled: address, headers, query, subprotocols, timeout. Kept for "Connect again".
import type { Connect } from '../host/rpc';

export interface Pair {
  on: boolean;
  name: string;
  value: string;
}

const active = (pairs: Pair[]) => pairs.filter((p) => p.on && p.name.trim() !== '');

type Kept = Pick<Dial, 'headers' | 'query' | 'subprotocols' | 'sign'>;

export class Dial {
  /** Empty: the stage's own address. */
  url = $state('');
  headers = $state<Pair[]>([]);
  query = $state<Pair[]>([]);
  subprotocols = $state<Pair[]>([]);
  timeoutMs = $state(35_000);
  /** With a Signature Version 4 of the account's credentials; Rust makes it. */
  sign = $state(false);

  /** The person's own, while an exhibit's stand here. */
  #own: Kept | undefined;

  headerCount = $derived(active(this.headers).length);
  queryCount = $derived(active(this.query).length);
  subprotocolCount = $derived(active(this.subprotocols).length);

  /** What was typed for each API: a token for one is not sent to another. In memory only. */
  #kept = new Map<string, Kept>();
  #of = '';

  /** Another API is looked at: what was typed for it last, else nothing. */
  enter(api: string) {
    if (api === this.#of) return;
    this.giveBack();
    const { headers, query, subprotocols, sign } = this;
    this.#kept.set(this.#of, { headers, query, subprotocols, sign });
    this.#of = api;
    const kept = this.#kept.get(api);
    this.headers = kept?.headers ?? [];
    this.query = kept?.query ?? [];
    this.subprotocols = kept?.subprotocols ?? [];
    this.sign = kept?.sign ?? false;
  }

  /** As an exhibit is dialled, until `giveBack`. An empty address is the stage's own. */
  lend(url: string, headers: [string, string][]) {
    const { headers: own, query, subprotocols, sign } = this;
    this.#own ??= { headers: own, query, subprotocols, sign };
    this.url = url;
    this.headers = headers.map(([name, value]) => ({ on: true, name, value }));
    this.query = [];
    this.subprotocols = [];
    this.sign = false;
  }

  /** What an exhibit sends is not for another API, and what a person typed is not lost to an exhibit. */
  giveBack() {
    if (!this.#own) return;
    this.headers = this.#own.headers;
    this.query = this.#own.query;
    this.subprotocols = this.#own.subprotocols;
    this.sign = this.#own.sign;
    this.#own = undefined;
  }

  /** In place of one of that name. */
  setHeader(name: string, value: string) {
    const found = this.headers.find((h) => h.name.trim().toLowerCase() === name);
    if (found) Object.assign(found, { on: true, value });
    else this.headers.push({ on: true, name, value });
  }

  question(): Omit<Connect, 'session'> {
    return {
      url: this.url.trim(),
      headers: active(this.headers).map((p) => [p.name.trim(), p.value]),
      query: active(this.query).map((p) => [p.name, p.value]),
      subprotocols: active(this.subprotocols).map((p) => p.name.trim()),
      timeoutMs: this.timeoutMs,
      ...(this.sign && { sign: true }),
    };
  }
}
