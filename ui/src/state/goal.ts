// The form of a new custom domain: what follows from a name that is typed, before anything is asked. Pure.
import type { DnsHost, Goal } from '../host/rpc';

/** As DNS compares names: lower case, no dot at the end. */
export const nameOf = (typed: string) => typed.trim().toLowerCase().replace(/\.+$/, '');

export const isWildcard = (name: string) => name.startsWith('*.');

const labels = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What is wrong with a name so far; undefined: nothing. The wizard's first station looks closer. */
export function nameTrouble(typed: string): string | undefined {
  const name = nameOf(typed);
  if (name === '') return undefined;
  if (name.includes('://') || name.includes('/')) return 'The name alone, without wss:// and path.';
  if (/[^\x20-\x7e]/.test(name)) return 'In its ASCII form: xn--… for other letters.';
  if (!labels.test(name)) return 'A whole name: chat.example.com, or *.example.com.';
  return undefined;
}

const inKey = /^[A-Za-z0-9$\-_.+!*'()]*$/;

/** What is wrong with a mapping's key; undefined: nothing. */
export function keyTrouble(key: string): string | undefined {
  if (key.startsWith('/')) return 'Without the slash in front.';
  if (key.includes('/')) return 'One level only: a WebSocket API’s key has no /.';
  if (key.length > 300) return `At most 300 characters; these are ${key.length}.`;
  if (!inKey.test(key)) return 'Letters, digits and $-_.+!*’() only.';
  if (key === 'ping' || key === 'sping') return `/${key} is API Gateway’s own on every custom domain.`;
  return undefined;
}

/** Below a wildcard something has to be dialled. */
export function hostTrouble(name: string, host: string): string | undefined {
  if (!isWildcard(nameOf(name))) return undefined;
  const parent = nameOf(name).slice(1);
  const below = nameOf(host);
  const one = below.slice(0, -parent.length);
  return below.endsWith(parent) && one !== '' && !one.includes('.')
    ? undefined
    : `One name right below: chat${parent}.`;
}

/** The account's public zone that a name is in: the longest that it ends with. */
export function zoneOf(typed: string, zones: string[]): string | undefined {
  const name = nameOf(typed).replace(/^\*\./, '');
  return zones
    .filter((zone) => name === zone || name.endsWith(`.${zone}`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** Where its records are written, as long as nobody says otherwise. */
export const hostOf = (typed: string, zones: string[]): DnsHost =>
  zoneOf(typed, zones) === undefined ? 'manual' : 'route53';

/** What a name may become: in each zone that fits what is typed, and the names that are there. */
export function completions(typed: string, zones: string[], there: string[]): string[] {
  const name = nameOf(typed);
  const [first = '', ...rest] = name.split('.');
  const tail = rest.join('.');
  const label = first === '' ? 'chat' : first;
  const below = zones.filter((zone) => zone.startsWith(tail)).map((zone) => `${label}.${zone}`);
  return [...new Set([...there.filter((t) => t.includes(name)), ...below])].filter((n) => n !== name);
}

/** `wss://chat.example.com/chat`. */
export function urlOf({ domainName, host, key }: Pick<Goal, 'domainName' | 'host' | 'key'>): string {
  return `wss://${host || domainName}${key ? `/${key}` : ''}`;
}
