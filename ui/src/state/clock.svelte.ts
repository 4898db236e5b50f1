// The one ticking value: seconds that pass while something waits. It ticks only while somebody watches.
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

/** Milliseconds since 1970; whoever reads it in a template is drawn again each second. */
export function now(): number {
  subscribe();
  return Date.now();
}
