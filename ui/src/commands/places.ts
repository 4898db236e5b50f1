// Where one can go: every screen, route and stage; and what leads there.
import type { Command } from '../commands';
import { oneLine } from '../format';
import type { App, Screen } from '../state/app.svelte';

export function places(app: App): Command[] {
  const group = 'Go to' as const;
  const place = (id: Screen, title: string, shortcut: string): Command => ({
    id: `go-${id}`,
    title,
    group,
    icon: id,
    shortcut,
    possible: true,
    run: () => app.go(id),
  });
  const { view } = app.apis;
  return [
    place('connect', 'Connect', 'Mod+1'),
    place('logs', 'Logs', 'Mod+0'),
    place('connections', 'Connections', 'G N'),
    place('routes', 'Routes', 'Mod+2'),
    place('stages', 'Stages', 'Mod+3'),
    place('domains', 'Domains', 'G O'),
    place('sandbox', 'Sandbox', 'Mod+4'),
    place('integrations', 'Integrations', 'Mod+5'),
    place('models', 'Models', 'Mod+6'),
    place('authorizers', 'Authorizers', 'Mod+7'),
    place('access', 'Access', 'Mod+8'),
    place('deployments', 'Deployments', 'Mod+9'),
    place('doctor', 'Doctor', 'G D'),
    place('apis', 'APIs', 'G A'),
    place('links', 'VPC links', 'G L'),
    place('history', 'History', 'G H'),
    place('calls', 'AWS calls', 'G C'),
    ...(view?.routes ?? []).map((route): Command => ({
      id: `route ${route.routeKey}`,
      title: `Route ${oneLine(route.routeKey)}`,
      detail: route.integration,
      group,
      icon: 'routes',
      possible: true,
      run: () => app.showRoute(route.routeKey),
    })),
    ...(view?.stages ?? []).map((stage): Command => ({
      id: `stage ${stage.stageName}`,
      title: `Stage ${oneLine(stage.stageName)}`,
      detail: `logs ${stage.loggingLevel}`,
      group,
      icon: 'stages',
      possible: true,
      run: () => {
        app.apis.stageName = stage.stageName;
        app.go('stages');
      },
    })),
  ];
}

/** The palette itself, and the sheet of keys. */
export function overlays(app: App): Command[] {
  const group = 'Commands' as const;
  return [
    {
      id: 'palette',
      title: 'Go to or run',
      group,
      icon: 'search',
      shortcut: 'Mod+K',
      possible: true,
      run: () => (app.overlay = app.overlay === 'palette' ? undefined : 'palette'),
    },
    {
      id: 'shortcuts',
      title: 'Shortcuts',
      group,
      icon: 'help',
      shortcut: '?',
      possible: true,
      run: () => (app.overlay = app.overlay === 'shortcuts' ? undefined : 'shortcuts'),
    },
  ];
}
