// How the next connection is dialled: address, headers, query, subprotocols, timeout. Kept for "Connect again".
import type { Connect } from '../host/rpc';

export interface Pair {
  on: boolean;
  name: string;
  value: string;
}

const active = (pairs: Pair[]) => pairs.filter((p) => p.on && p.name.trim() !== '');

export class Dial {
  /** Empty: the stage's own address. */
  url = $state('');
  headers = $state<Pair[]>([]);
  query = $state<Pair[]>([]);
  subprotocols = $state<Pair[]>([]);
  timeoutMs = $state(35_000);

  headerCount = $derived(active(this.headers).length);
  queryCount = $derived(active(this.query).length);
  subprotocolCount = $derived(active(this.subprotocols).length);

  question(): Omit<Connect, 'session'> {
    return {
      url: this.url.trim(),
      headers: active(this.headers).map((p) => [p.name.trim(), p.value]),
      query: active(this.query).map((p) => [p.name, p.value]),
      subprotocols: active(this.subprotocols).map((p) => p.name.trim()),
      timeoutMs: this.timeoutMs,
    };
  }
}
