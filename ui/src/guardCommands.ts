// The commands about what is sent to AWS: the calls that were made, the policy that they needed, and the lock.
import type { Command } from './commands';
import type { App } from './state/app.svelte';
import { count } from './words';

export function forGuards(app: App): Command[] {
  const { accounts, calls } = app;
  const { scope } = accounts;
  const group = 'Commands' as const;
  const onCalls = app.screen === 'calls';
  const failed = onCalls && calls.failed > 0;
  return [
    {
      id: 'calls-drawer',
      title: calls.drawer ? 'Close the drawer of AWS calls' : 'Open the drawer of AWS calls',
      detail: count(calls.total, 'call'),
      group,
      icon: 'calls',
      shortcut: 'Mod+J',
      possible: !onCalls,
      run: () => (calls.drawer = !calls.drawer),
    },
    {
      id: 'next-failed-call',
      title: 'Next failed call',
      group,
      icon: 'down',
      shortcut: 'E',
      possible: failed,
      run: () => calls.goFailed(1),
    },
    {
      id: 'previous-failed-call',
      title: 'Previous failed call',
      group,
      icon: 'up',
      shortcut: 'Shift+E',
      possible: failed,
      run: () => calls.goFailed(-1),
    },
    {
      id: 'copy-call',
      title: 'Copy the call as aws',
      detail: calls.open?.operation,
      group,
      icon: 'copy',
      shortcut: 'C',
      possible: onCalls && calls.open !== undefined,
      run: () => calls.open && app.host.writeClipboard(calls.open.command),
    },
    {
      id: accounts.locked ? 'unlock-account' : 'lock-account',
      title: accounts.locked ? 'Unlock this account' : 'Lock this account (read-only)',
      detail: accounts.current?.name,
      group,
      icon: accounts.locked ? 'unlock' : 'lock',
      possible: accounts.current !== undefined,
      run: () => accounts.setLock(!accounts.locked),
    },
    {
      id: 'write-policy',
      title: 'IAM policy of today’s work…',
      detail: 'the least that the calls of this account needed',
      group,
      icon: 'authorizers',
      possible: scope !== undefined && calls.total > 0,
      run: () => {
        app.overlay = 'policy';
        if (scope) void calls.writePolicy(scope);
      },
    },
  ];
}
