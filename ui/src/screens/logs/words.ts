// Runs of functions, connections and lives in words. Pure.
import type { ConnectionRow, FunctionRun } from '../../host/rpc';
import { duration, oneLine } from '../../format';

const megabytes = (n: number | undefined) => (n === undefined ? undefined : `${n}`);

/** `42 ms · 61 of 128 MB · cold start 210 ms`. */
export function runWords(run: FunctionRun): string {
  const memory =
    run.usedMb === undefined
      ? undefined
      : `${megabytes(run.usedMb)}${run.memoryMb === undefined ? '' : ` of ${run.memoryMb}`} MB`;
  return [
    run.status && oneLine(run.status),
    run.durationMs !== undefined && duration(run.durationMs),
    memory,
    run.initMs !== undefined && `cold start ${duration(run.initMs)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** How long a connection lasted, or undefined while nobody saw its end. */
export const lastedMs = ({ at, endedAt }: ConnectionRow) =>
  endedAt === undefined ? undefined : Math.max(0, endedAt - at);

/** AWS cuts lines there: facts 1.1. */
export const cutWords = 'cut at 1,024 bytes';

export const eventWord: Record<string, string> = {
  connect: 'connects',
  message: 'sends',
  push: 'is pushed to',
  disconnect: 'ends',
};
