// Faults in words, the same in the table and in the frame.
import type { Chaos } from '../../host/rpc';
import { duration } from '../../format';

/** `answers 429`, `200 ms late`, … in the order in which a request meets them. */
export function faultWords(chaos: Chaos): string[] {
  return [
    chaos.dropPercent > 0 && `swallows ${chaos.dropPercent} %`,
    chaos.latencyMs > 0 && `${duration(chaos.latencyMs)} late`,
    chaos.jitterMs > 0 && `up to ${duration(chaos.jitterMs)} more`,
    chaos.coldStartMs > 0 && `cold start ${duration(chaos.coldStartMs)}`,
    chaos.status && `answers ${chaos.status}`,
    chaos.close && `ends with ${chaos.close}`,
    chaos.malformed && 'malformed answer',
    chaos.loseDisconnect && '$disconnect lost',
  ].filter((words): words is string => Boolean(words));
}
