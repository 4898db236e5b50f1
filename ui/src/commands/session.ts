// The commands of the conversation: dialling, sending, and its rows.
import type { Command } from '../commands';
import type { App } from '../state/app.svelte';

export function forSession(app: App): Command[] {
  const { session } = app;
  const { kind } = session.connection;
  const group = 'Commands' as const;
  return [
    {
      id: 'connect',
      title:
        session.rows.sent + session.rows.failed > 0 || session.newest !== undefined
          ? 'Connect again'
          : 'Connect',
      detail: app.apis.stage?.url,
      group,
      icon: 'connect',
      shortcut: 'Mod+Enter',
      possible: session.ready && kind === 'closed' && !session.dialling && !app.again.busy,
      run: () => app.connect(),
    },
    {
      id: 'send',
      title: 'Send the message',
      group,
      icon: 'send',
      shortcut: 'Mod+Enter',
      possible: (kind === 'open' || app.again.busy) && app.messages.text !== '',
      run: () => app.send(),
    },
    {
      id: 'disconnect',
      title: kind === 'connecting' ? 'Cancel connecting' : 'Disconnect',
      group,
      icon: 'close',
      shortcut: 'Mod+D',
      possible: kind !== 'closed',
      run: () => session.disconnect(),
    },
    {
      id: 'ping',
      title: 'Send a ping',
      group,
      icon: 'ping',
      shortcut: 'P',
      possible: kind === 'open',
      run: () => session.ping(),
    },
    {
      id: 'read-now',
      title: 'Read the log now',
      detail: 'instead of waiting for it',
      group,
      icon: 'log',
      shortcut: 'R',
      possible: session.id !== undefined && session.tail !== undefined && session.tail.state !== 'idle',
      run: () => session.readNow(),
    },
    {
      id: 'filter',
      title:
        app.screen === 'sandbox'
          ? 'Filter the gallery'
          : app.screen === 'calls'
            ? 'Filter the calls'
            : app.screen === 'logs' || app.screen === 'connections'
              ? 'Filter the log'
              : 'Filter the rows',
      group,
      icon: 'search',
      shortcut: '/',
      possible:
        app.screen === 'sandbox'
          ? (app.sandbox.exhibits?.length ?? 0) > 0
          : app.screen !== 'connect' || session.rows.total > 0,
      run: () => document.querySelector<HTMLInputElement>('[data-filter]')?.focus(),
    },
    {
      id: 'next-failed',
      title: 'Next failed row',
      group,
      icon: 'down',
      shortcut: 'E',
      possible: app.screen === 'connect' && session.rows.failed > 0,
      run: () => goFailed(app, 1),
    },
    {
      id: 'previous-failed',
      title: 'Previous failed row',
      group,
      icon: 'up',
      shortcut: 'Shift+E',
      possible: app.screen === 'connect' && session.rows.failed > 0,
      run: () => goFailed(app, -1),
    },
  ];
}

function goFailed(app: App, step: 1 | -1) {
  const { session } = app;
  const id = session.rows.nextFailed(session.selected, step) ?? session.rows.nextFailed(undefined, step);
  if (id !== undefined) session.reveal(id);
}
