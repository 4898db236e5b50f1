// The window's own sentences: one for each error code, and the labels of closed sets.
// A finding's title, reason and fix come from Rust; a route's problem has only a cause, so what that means is here.
import type { Code, Confidence, FailureKind, PhaseName, RouteProblem, TailState } from './host/rpc';

/** A sentence for each kind of error. AWS's own words stand below it. */
export const errorSentence: Record<Code, string> = {
  bad_question: 'Gatescope asked for something that does not exist (any more).',
  no_profile: 'This profile is not in the AWS configuration files, or they can’t be read.',
  no_credentials: 'No credentials were found for this account.',
  credentials_expired: 'The credentials of this account have expired.',
  access_denied: 'AWS does not let this caller do that.',
  not_found: 'AWS has no such thing.',
  refused: 'AWS refused it.',
  conflict: 'Somebody else changed it meanwhile.',
  throttled: 'AWS says there were too many calls. Try again in a moment.',
  unreachable: 'AWS could not be reached.',
  aws_failed: 'AWS failed on its side.',
  locked: 'This account is locked: Gatescope sends nothing to it that writes.',
  not_connected: 'Nothing is connected.',
  already_connected: 'A connection is open already.',
  port_unavailable: 'The port can’t be opened.',
  internal: 'Gatescope made a mistake.',
};

/** Why a button that writes is off. */
export const lockedWords = 'This account is locked: nothing that writes is sent to it.';

/** The sentence of a code that came as text. */
export function sentenceOf(code: string): string {
  return code in errorSentence ? errorSentence[code as Code] : errorSentence.internal;
}

export const confidenceWord: Record<Confidence, string> = {
  certain: 'certain',
  likely: 'likely',
  possible: 'possible',
};

export const phaseWord: Record<PhaseName, string> = {
  dns: 'DNS',
  tcp: 'TCP',
  tls: 'TLS',
  upgrade: 'Upgrade',
};

export const failureWord: Record<FailureKind, string> = {
  nameNotFound: 'name not found',
  connectionRefused: 'connection refused',
  timedOut: 'timed out',
  cancelled: 'cancelled',
  tls: 'TLS failed',
  broken: 'broken off',
  protocol: 'not a WebSocket answer',
};

export const tailWord: Record<TailState, string> = {
  idle: 'reads the log once you connect',
  starting: 'opening the log …',
  live: 'live',
  polling: 'reading every few seconds',
  off: 'nothing to read, logs are off',
  failed: 'can’t read the log',
};

/** The reason phrases that API Gateway answers a handshake with. */
const reasonPhrase: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  410: 'Gone',
  413: 'Payload Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** `500 Internal Server Error`. */
export function statusText(status: number): string {
  return reasonPhrase[status] ? `${status} ${reasonPhrase[status]}` : String(status);
}

/** `it was made elsewhere` → `It was made elsewhere.` */
export const sentence = (text: string) =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?…]$/.test(text) ? '' : '.'}`;

/** `1 line`, `2 lines`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

const stations: Record<string, string> = {
  'Request template': 'template',
  'Integration response': 'response',
  Integration: 'integration',
  'Integration URI': 'integration',
};

/** The station that a problem or a piece of evidence names; what is about the route itself has other names. */
export function stationId(name: string): string {
  return stations[name] ?? 'route';
}

/** What a problem that is visible without connecting means. */
const problemMeaning: Record<string, string> = {
  'mock-status-missing':
    'A mock integration answers from its request template, and none here gives a status code.',
  'integration-response-missing': 'Without an integration response nothing takes the answer to the client.',
};

export function problemSentence({ cause, station, text }: RouteProblem): string {
  return problemMeaning[cause] ?? `${station}: ${text}`;
}

/** `settling`: its call is made, and it waits until that acts. `under way`: sent, and nobody heard the answer. */
export type StepState =
  'next' | 'running' | 'settling' | 'done' | 'failed' | 'left out' | 'under way' | 'not sent';
