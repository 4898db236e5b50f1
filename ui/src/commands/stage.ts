// The commands of the stage that is looked at: its edits, its deployment, its logs.
import type { Command } from '../commands';
import type { App } from '../state/app.svelte';
import { count } from '../words';

/** The row that is looked at, where no log stands beside it. */
function logless({ screen, session }: App) {
  if (screen !== 'connect' || session.selected === undefined) return undefined;
  const row = session.rows.byId(session.selected);
  return row && !row.request && (row.kind === 'attempt' || row.kind === 'sent' || row.kind === 'closed')
    ? row
    : undefined;
}

export function forStage(app: App): Command[] {
  const group = 'Commands' as const;
  const hasStage = app.apis.ofStage !== undefined;
  const { stage } = app.apis;
  return [
    {
      id: 'review-draft',
      title: 'Review the edits…',
      detail: count(app.draft.edits, 'edit'),
      group,
      icon: 'check',
      shortcut: 'Mod+S',
      possible: app.draft.dirty || app.draft.pending,
      run: () => app.reviewDraft(),
    },
    {
      id: 'discard-draft',
      title: 'Discard the edits',
      group,
      icon: 'close',
      possible: app.draft.dirty,
      run: () => app.draft.discard(),
    },
    {
      id: 'deploy',
      title: 'Deploy…',
      detail: 'opens the review sheet',
      group,
      icon: 'deploy',
      shortcut: 'Mod+Shift+D',
      possible: hasStage,
      run: () => app.deploy(),
    },
    {
      id: 'logs-on',
      title: app.logsOff ? 'Turn on logs…' : 'Change the logs…',
      detail: 'level, access log, for how long, what it costs',
      group,
      icon: 'log',
      possible: hasStage,
      run: () => app.turnOn.begin(),
    },
    {
      id: 'why-no-log',
      title: 'Why is there no log?',
      detail: 'looks at the stage, the role and the log groups',
      group,
      icon: 'log',
      shortcut: 'W',
      possible: hasStage,
      run: () => app.whyNoLog(logless(app)),
    },
    {
      id: 'logs-off',
      title: 'Turn off logs…',
      detail: 'opens the review sheet',
      group,
      icon: 'log',
      possible: hasStage && !app.logsOff,
      run: () => app.turnOn.reviewLevel('OFF', false),
    },
    {
      id: 'trace',
      title: stage?.dataTrace ? 'Stop tracing data…' : 'Trace data…',
      detail: 'whole requests and responses in the log',
      group,
      icon: 'log',
      possible: hasStage && !app.logsOff,
      run: () => app.turnOn.reviewLevel(stage?.loggingLevel, !stage?.dataTrace),
    },
    {
      id: 'matrix',
      title: 'Try the door: none / header / key / header and key',
      detail: 'dials the stage with each identity; nobody stays connected',
      group,
      icon: 'authorizers',
      shortcut: 'T',
      possible: hasStage && !app.door.running,
      run: () => app.tryDoor(),
    },
    {
      id: 'read-api',
      title: 'Read the API again',
      detail: 'from AWS',
      group,
      icon: 'refresh',
      shortcut: 'Mod+R',
      possible: app.apis.ofApi !== undefined,
      run: () => app.apis.read(),
    },
    {
      id: 'copy-url',
      title: 'Copy the stage’s address',
      detail: stage?.url,
      group,
      icon: 'copy',
      possible: stage !== undefined,
      run: () => stage && app.host.writeClipboard(stage.url),
    },
  ];
}
