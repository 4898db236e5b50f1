// The commands about what is sent to AWS: the calls that were made, the policy that they needed, the lock, and who
// may connect.
import type { Command } from '../commands';
import type { App } from '../state/app.svelte';
import { count } from '../words';

export function forGuards(app: App): Command[] {
  const { accounts, calls } = app;
  const { scope } = accounts;
  const group = 'Commands' as const;
  const onCalls = app.screen === 'calls';
  const failed = onCalls && calls.failed > 0;
  const { ofStage } = app.apis;
  return [
    {
      id: 'require-key',
      title: `Require a key on $connect of ${app.apis.stageName ?? 'a stage'}…`,
      detail: app.draft.dirty
        ? 'review or discard the edits first'
        : 'a key, a plan with 5 a second, burst 10 and 500 a month; opens as edits to review',
      group,
      icon: 'access',
      possible: ofStage !== undefined && !app.draft.dirty && !app.access.guiding,
      run: () => requireKey(app),
    },
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

/** The guided change, put in as edits, with its plan in view. */
async function requireKey(app: App) {
  const { ofStage } = app.apis;
  if (!ofStage) return;
  app.go('access');
  const made = await app.access.requireKey(ofStage);
  if (!made || app.apis.apiId !== ofStage.apiId) return;
  app.draft.restore(made);
  const known = new Set(made.base.surroundings?.usagePlans.map((p) => p.id));
  const plan = made.draft.surroundings?.usagePlans.find((p) => !known.has(p.id));
  if (plan) app.access.look('usagePlan', plan.id);
}
