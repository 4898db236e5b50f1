// Routes and integrations of the draft as commands and buttons change them: made, copied, renamed, deleted, kept.
// What is done to the draft is in `edit`; here it is opened and gets the focus.
import { tick } from 'svelte';
import * as edit from '../edit';
import type { Integration, Kind } from '../host/rpc';
import type { App } from './app.svelte';

const newId = (app: App) => (kind: Kind) => app.draft.newId(kind);

async function focus(selector: string) {
  await tick();
  const field = document.querySelector<HTMLElement>(selector);
  field?.focus();
  if (field instanceof HTMLInputElement) field.select();
}

/** Its key has the focus then. */
export function addRoute(app: App, routeKey?: string) {
  const { to } = app.draft;
  if (!to) return;
  app.routeId = edit.addRoute(to, newId(app), routeKey);
  return renameRoute(app);
}

export function cloneRoute(app: App) {
  const { to } = app.draft;
  const route = to?.routes.find((r) => r.routeId === app.openRoute?.routeId);
  if (!to || !route) return;
  app.routeId = edit.cloneRoute(to, newId(app), route);
  return renameRoute(app);
}

export function renameRoute(app: App) {
  app.station = 'route';
  app.go('routes');
  return focus('#route-key input');
}

/** Those that are ticked, else the open one. */
export function deleteRoutes(app: App) {
  const ids = app.ticked.length > 0 ? app.ticked : [app.openRoute?.routeId ?? ''];
  const { to, base } = app.draft;
  if (to) edit.deleteRoutes(to, ids);
  // What was new leaves no row behind.
  if (!base?.routes.some((r) => r.routeId === app.routeId)) app.routeId = undefined;
  app.ticked = [];
}

export function keepRoute(app: App, id: string) {
  const { base, to } = app.draft;
  const route = base?.routes.find((r) => r.routeId === id);
  if (!route || !to) return;
  app.draft.putBackWhole('route', id);
  for (const stage of to.stages) {
    const was = base?.stages.find((s) => s.stageName === stage.stageName);
    const own = was?.routeSettings[route.routeKey];
    if (own) stage.routeSettings[route.routeKey] = structuredClone(own);
  }
}

/** A copy, or an HTTP proxy to begin with. */
export function addIntegration(app: App, of?: Integration) {
  const { to } = app.draft;
  if (!to) return;
  app.chosen.integration = of
    ? edit.cloneIntegration(to, newId(app), of)
    : edit.addIntegration(to, newId(app), 'HTTP_PROXY');
  app.go('integrations');
  return focus('#integration-form select');
}
