// The commands of the log: possible where its rows are seen, but for opening it.
import type { Command } from '../commands';
import type { App } from '../state/app.svelte';
import { oneLine } from '../format';
import { contexts } from '../state/book.svelte';

export function forLogs(app: App): Command[] {
  const { book } = app;
  const { details, filter } = book;
  const group = 'Commands' as const;
  const onLogs = app.screen === 'logs' && !app.insights;
  const here = onLogs || app.screen === 'connections';
  const tails: Command[] =
    book.tails.length > 0
      ? [
          {
            id: 'stop-live-tail',
            title: 'Stop Live Tail',
            detail: 'its groups are polled, which AWS does not bill',
            group,
            icon: 'close',
            possible: true,
            run: () => book.stopTails(),
          },
        ]
      : [];
  if (!here)
    return [
      ...tails,
      {
        id: 'insights',
        title: 'Ask Logs Insights',
        detail: 'ready queries over weeks of logs',
        group,
        icon: 'search',
        possible: app.apis.ofStage !== undefined,
        run: () => {
          app.insights = true;
          app.go('logs');
        },
      },
    ];
  const failed = (book.counts?.failures ?? 0) > 0;
  const connectionId = details.request?.request.connectionId;
  const next = contexts[(contexts.indexOf(filter.context) + 1) % contexts.length] ?? 0;
  return [
    ...tails,
    {
      id: 'log-next-failed',
      title: 'Next failed request',
      group,
      icon: 'down',
      shortcut: 'E',
      possible: failed,
      run: () => book.goFailed(false),
    },
    {
      id: 'log-previous-failed',
      title: 'Previous failed request',
      group,
      icon: 'up',
      shortcut: 'Shift+E',
      possible: failed,
      run: () => book.goFailed(true),
    },
    {
      id: 'log-context',
      title: next === 0 ? 'Only the lines that match' : `${next} lines around each match`,
      detail: 'in the view of lines',
      group,
      icon: 'log',
      shortcut: 'N',
      possible: onLogs && book.id !== undefined,
      run: () => book.cycleContext(),
    },
    {
      id: 'log-clear',
      title: 'Clear the log',
      detail: 'hides what is there; nothing is deleted',
      group,
      icon: 'close',
      shortcut: 'Mod+L',
      possible: book.rows.count > 0,
      run: () => book.clear(),
    },
    {
      id: 'log-show-all',
      title: 'Show all of the log',
      detail: 'without any filter',
      group,
      icon: 'undo',
      possible: book.filtered,
      run: () => book.clearFilter(),
    },
    {
      id: 'log-read-now',
      title: 'Read all log groups now',
      detail: 'instead of waiting for them',
      group,
      icon: 'refresh',
      shortcut: 'R',
      possible: book.id !== undefined && book.window.kind === 'now',
      run: () => book.readNow(),
    },
    {
      id: 'log-connection',
      title: `Show the connection ${oneLine(connectionId ?? '')}`,
      detail: 'its whole life',
      group,
      icon: 'connections',
      shortcut: 'Shift+C',
      possible: connectionId !== undefined,
      run: () => connectionId && app.showConnection(connectionId),
    },
    {
      id: 'insights',
      title: 'Ask Logs Insights',
      detail: 'ready queries over weeks of logs',
      group,
      icon: 'search',
      shortcut: 'I',
      possible: true,
      run: () => {
        app.insights = true;
        app.go('logs');
      },
    },
  ];
}
