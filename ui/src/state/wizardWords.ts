// The wizard in words: states, links of the chain, times, and where a blocked one leads. Pure.
import type {
  CertificateHere,
  Check,
  CheckKind,
  CheckState,
  DomainRow,
  Health,
  Reason,
  Station,
  StationState,
} from '../host/rpc';
import { oneLine } from '../format';

export const stateWord: Record<StationState, string> = {
  later: 'later',
  ready: 'next',
  waiting: 'waiting',
  blocked: 'needs you',
  done: 'done',
  optional: 'optional',
};

/** Where the whole wizard stands, for who looks elsewhere. */
export type WizardStands = 'reading' | 'done' | 'needsYou' | 'yours' | 'goesOn';
export const wizardWords: Record<WizardStands, string> = {
  reading: 'reads …',
  done: 'is done',
  needsYou: 'needs you',
  yours: 'waits for your next step',
  goesOn: 'goes on',
};
export const wizardTone: Record<WizardStands, 'good' | 'bad' | 'wait'> = {
  reading: 'wait',
  done: 'good',
  needsYou: 'bad',
  yours: 'wait',
  goesOn: 'wait',
};

/** A station's news, as a screen reader hears it. */
export const stationLine = ({ title, state, says }: Station) =>
  `${oneLine(title)}: ${stateWord[state]}.${says ? ` ${oneLine(says)}` : ''}`;

export const linkName: Record<CheckKind, string> = {
  resolve: 'Resolve',
  tls: 'TLS',
  mapping: 'Mapping',
  upgrade: 'Upgrade',
  message: 'Message',
};

export const linkState: Record<CheckState, string> = {
  holds: 'holds',
  failed: 'broken',
  notTried: 'not reached',
};

/** The link that broke. */
export const broken = (checks: Check[]) => checks.find((c) => c.state === 'failed');

/** Every link that was there to be tried holds. */
export const holds = (checks: Check[]) => checks.length > 0 && !broken(checks);

/** A place or a change that gets a blocked station on. */
export type WayOut = 'form' | 'deploy' | 'stages' | 'calls' | 'check' | 'certificates';

/** By reason; what has none is got on elsewhere, as its words say, and looked at again here. */
export const wayOutOf: Partial<Record<Reason, WayOut>> = {
  badName: 'form',
  badKey: 'form',
  keyTaken: 'form',
  noApi: 'form',
  noStage: 'stages',
  notDeployed: 'deploy',
  mixedProtocols: 'form',
  notRegional: 'form',
  ownedElsewhere: 'form',
  certificateElsewhere: 'certificates',
  certificateFailed: 'certificates',
  importedWildcard: 'certificates',
  apexWithoutAlias: 'form',
  refused: 'calls',
  quota: 'calls',
  doesNotAnswer: 'check',
};

export const wayOutWords: Record<WayOut, string> = {
  form: 'Change what is wanted…',
  deploy: 'Deploy…',
  stages: 'Open Stages',
  calls: 'Show the AWS calls',
  check: 'Check now',
  certificates: 'Show the certificates',
};

const day = 86_400_000;

/** Whole days until then; negative once it is over. */
export const daysLeft = (at: number, now: number) => Math.floor((at - now) / day);

/** `298 days`, `expired 2 days ago`. */
export function expiry(at: number, now: number): string {
  const days = daysLeft(at, now);
  const many = (n: number) => `${n} ${n === 1 ? 'day' : 'days'}`;
  return days < 0 ? `expired ${many(-days)} ago` : many(days);
}

/** A certificate in a word or two: how long it lasts, or why it does not serve. */
export function certificateWords(certificate: CertificateHere | undefined, now: number): string {
  if (!certificate) return 'none';
  if (certificate.status !== 'ISSUED') return statusWords(certificate.status);
  return certificate.notAfter === undefined ? 'issued' : expiry(certificate.notAfter, now);
}

/** `PENDING_VALIDATION` → `pending validation`. */
export const statusWords = (status: string) => oneLine(status).toLowerCase().replaceAll('_', ' ');

/** `TLS_1_2` → `TLS 1.2`; what we do not know stays as AWS spells it. */
export function tlsWords(policy: string): string {
  const known = /^TLS_1_([0-3])$/.exec(policy);
  return known ? `TLS 1.${known[1]}` : oneLine(policy);
}

const routing: Record<string, string> = {
  API_MAPPING_ONLY: 'mappings only',
  ROUTING_RULE_ONLY: 'rules only',
  ROUTING_RULE_THEN_API_MAPPING: 'rules, then mappings',
};
export const routingWords = (mode: string) => (mode === '' ? 'not said' : (routing[mode] ?? oneLine(mode)));

/** The region of an ARN. */
export const regionOf = (arn: string) => arn.split(':')[3] ?? '';

/** How bad it is, for a colour beside the words. */
export const toneOf = (health: Health[]): 'good' | 'warn' | 'bad' =>
  health.some((h) => h.broken) ? 'bad' : health.length > 0 ? 'warn' : 'good';

/** What a domain leads to, in a line. */
export function leadsTo({ mappings }: DomainRow): string {
  const words = mappings.map(
    ({ key, apiName, apiId, stage }) =>
      `${key === '' ? '' : `/${oneLine(key)} `}→ ${oneLine(apiName || apiId)} / ${oneLine(stage)}`,
  );
  return words.join(', ') || 'nothing yet';
}

/** `usually 30 s`, `usually 2 min`. */
export function usually(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 1) return 'usually at once';
  if (s < 90) return `usually ${s} s`;
  const min = Math.round(s / 60);
  return min < 90 ? `usually ${min} min` : `usually ${Math.round(min / 60)} h`;
}
