// What a log group's reader does, and what to do when it can't: every state and problem in words. Pure.
import type { Source, SourceKind, TailState } from '../host/rpc';
import { oneLine } from '../format';

export const kindWord: Record<SourceKind, string> = {
  execution: 'execution log',
  access: 'access log',
  function: 'function',
  authorizer: 'authorizer',
  file: 'file',
};

/** One word before a line. */
export const kindMark: Record<SourceKind, string> = {
  execution: 'gateway',
  access: 'access',
  function: 'function',
  authorizer: 'authorizer',
  file: 'file',
};

const stateWord: Record<TailState, string> = {
  idle: 'waits for its turn',
  starting: 'opening …',
  live: 'live',
  polling: 'read every few seconds',
  off: 'not read',
  failed: 'can’t be read',
};

export type Tone = 'good' | 'warn' | 'bad' | '';

/** How it is, in a few words and as a tone. */
export function stateOf(source: Source): { words: string; tone: Tone } {
  if (source.kind === 'file') return { words: 'read', tone: 'good' };
  if (!source.on) return { words: stateWord.off, tone: '' };
  const state = source.state ?? 'idle';
  if (state === 'failed') return { words: stateWord.failed, tone: 'bad' };
  if (source.problem) return { words: problemWord(source), tone: 'warn' };
  const tone = { live: 'good', polling: 'good', starting: 'warn', idle: '', off: '' } as const;
  return { words: stateWord[state], tone: tone[state] };
}

function problemWord({ problem }: Source): string {
  switch (problem?.code) {
    case 'not_found':
      return 'no such group yet';
    case 'throttled':
      return 'throttled, goes on by itself';
    case 'credentials_expired':
    case 'no_credentials':
      return 'no credentials';
    case 'access_denied':
      return 'not allowed';
    case 'unreachable':
      return 'unreachable, tries again';
    default:
      return 'in trouble';
  }
}

/** What makes a group that is not there. */
export function madeBy({ kind, of }: Source): string {
  switch (kind) {
    case 'execution':
      return 'API Gateway makes it with its first line, once the stage’s logs are on.';
    case 'access':
      return 'It must exist before API Gateway writes to it: the stage’s access log names it.';
    case 'function':
      return `Lambda makes it when the function runs for the first time${of.length > 0 ? `, behind ${of.map(oneLine).join(', ')}` : ''}.`;
    case 'authorizer':
      return 'Lambda makes it when the authorizer runs for the first time.';
    case 'file':
      return 'The file was moved or deleted.';
  }
}

/** What to do about a group's problem, in words of its own beside AWS's. */
export function remedy(source: Source): string | undefined {
  switch (source.problem?.code) {
    case undefined:
      return undefined;
    case 'not_found':
      return madeBy(source);
    case 'access_denied':
      return source.live
        ? 'Live Tail needs logs:StartLiveTail; polling needs logs:FilterLogEvents. Switch it to polling, or add the action.'
        : 'Reading needs logs:FilterLogEvents on this group.';
    case 'throttled':
      return 'AWS allows 5 reads a second for the whole account. Nothing is lost: it goes on where it stopped.';
    case 'credentials_expired':
      return 'Sign in again; it goes on where it stopped.';
    case 'unreachable':
      return 'It goes on where it stopped as soon as AWS answers.';
    default:
      return source.live
        ? 'A Live Tail ends after three hours at most. It begins again without a gap; what came between is polled.'
        : undefined;
  }
}

/** `chat-join` of `/aws/lambda/chat-join`; a function's name says more than its group's. */
export function nameOf(source: Source): string {
  if (source.kind === 'execution' || source.kind === 'access') return kindWord[source.kind];
  const name = source.logGroup.split('/').at(-1) ?? source.logGroup;
  return oneLine(name || source.logGroup);
}

/** Of all groups, the tone that one should know of. */
export function worst(sources: Source[]): Tone {
  const tones = sources.filter((s) => s.on).map((s) => stateOf(s).tone);
  return (['bad', 'warn', 'good'] as const).find((tone) => tones.includes(tone)) ?? '';
}
