// The hue of each log group: what the gateway says is quiet, functions are told apart. Pure.
import type { Source } from '../../host/rpc';
import { hueVar } from '../../hue';

/** Hues that are not the failure's red, in the order in which they are given away. */
const order = [2, 3, 1, 6, 4, 7, 5];

export function sourceHue(sources: Source[], id: number): string {
  const source = sources.find((s) => s.id === id);
  if (!source || source.kind === 'execution' || source.kind === 'file') return 'var(--t3)';
  if (source.kind === 'access') return hueVar(0);
  const functions = sources.filter((s) => s.kind === 'function' || s.kind === 'authorizer');
  const at = functions.findIndex((s) => s.id === id);
  return hueVar(order[at % order.length] ?? 2);
}
