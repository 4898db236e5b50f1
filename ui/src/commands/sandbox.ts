// The commands of the sandbox, possible from every screen.
import type { Command } from '../commands';
import { endpointLine, type App } from '../state/app.svelte';
import { count } from '../words';

const minute = 60_000;

export function forSandbox(app: App): Command[] {
  const { sandbox } = app;
  const group = 'Commands' as const;
  return [
    {
      id: 'copy-endpoint',
      title: 'Copy the sandbox’s endpoint',
      detail: sandbox.endpoint
        ? endpointLine(sandbox.endpoint)
        : 'opens its port first, for this machine only',
      group,
      icon: 'copy',
      shortcut: 'G E',
      possible: sandbox.view !== undefined,
      run: () => app.copyEndpoint(),
    },
    {
      id: 'clear-faults',
      title: 'Clear all faults of the sandbox',
      detail: count(sandbox.faults.length, 'route'),
      group,
      icon: 'close',
      possible: sandbox.faults.length > 0,
      run: () => sandbox.clearFaults(),
    },
    {
      id: 'skip-idle',
      title: 'Skip 10 minutes in the sandbox',
      detail: 'idle connections end with 1001',
      group,
      icon: 'clock',
      possible: sandbox.view !== undefined,
      run: () => sandbox.skip(10 * minute),
    },
    {
      id: 'skip-lifetime',
      title: 'Skip 2 hours in the sandbox',
      detail: 'every connection ends with 1001',
      group,
      icon: 'clock',
      possible: sandbox.view !== undefined,
      run: () => sandbox.skip(120 * minute),
    },
    {
      id: 'start-over',
      title: 'Start the sandbox over…',
      detail: 'asks first',
      group,
      icon: 'refresh',
      possible: sandbox.view !== undefined,
      run: () => {
        sandbox.seed = 'chat';
        app.overlay = 'startOver';
      },
    },
    {
      id: 'start-gallery',
      title: 'Start the sandbox over with the gallery…',
      detail: 'one broken API for each cause; asks first',
      group,
      icon: 'refresh',
      possible: sandbox.view !== undefined,
      run: () => {
        sandbox.seed = 'gallery';
        app.overlay = 'startOver';
      },
    },
  ];
}
