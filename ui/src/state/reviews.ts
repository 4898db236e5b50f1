// Reviews that end in a draft, or begin from a change that broke off, and what is tried once they are in force.
import type { PastChange } from '../host/rpc';
import { oneLine } from '../format';
import type { App } from './app.svelte';
import type { Run } from './run.svelte';

/** What would be tried once more after a deployment, in words; absent while nothing was tried here. */
export function againWords({ session, lastSent }: App): string | undefined {
  if (session.newest === undefined && session.connection.kind === 'closed') return undefined;
  if (lastSent === undefined) return 'then connect again';
  const text = oneLine(lastSent);
  return `then connect and send ${text.length > 60 ? `${text.slice(0, 60)}…` : text} again`;
}

/** `offered` in the sheet, and not declined there. */
export function tryAgain(app: App, run: Run, offered: string | undefined) {
  if (run.deploy && app.prefs.again && offered) return app.again.begin(app.lastSent);
}

/** Where the last steps deploy to; a stage that deploys by itself needs none, one that the draft deletes takes none. */
const stageOf = ({ apis, draft }: App) => {
  const stays = draft.to?.stages.some((s) => s.stageName === apis.stageName) ?? true;
  return apis.settings?.autoDeploy || !stays ? '' : (apis.stageName ?? '');
};

export async function reviewDraft(app: App) {
  const of = app.apis.ofApi;
  await app.draft.settle();
  const { edited } = app.draft;
  if (!of || !edited || !app.draft.dirty) return;
  const stage = stageOf(app);
  const again = againWords(app);
  return app.review.show(
    app.subject(),
    (choices) => app.host.call('preview_draft', { ...of, stage, draft: edited, title: '', choices }),
    async (run) => {
      await app.draft.applied();
      const routeKey = edited.draft.routes.find((r) => r.routeId === app.routeId)?.routeKey;
      await app.apis.read();
      // What was new has AWS's own id now, and is looked at all the same.
      if (routeKey) app.routeId = app.apis.view?.routes.find((r) => r.routeKey === routeKey)?.routeId;
      if (edited.base.surroundings) void app.draft.readSurroundings(true);
      await tryAgain(app, run, again);
    },
    { of, again },
  );
}

/** The draft that removes a cause; proven where it failed. */
export function reviewFix(app: App, cause: string, routeKey: string, about?: string) {
  const of = app.apis.ofStage;
  if (!of) return;
  // Of a message, what proves it is the same message on a new connection.
  const isMessage = app.screen === 'connect' && app.failure !== undefined && app.failure.kind !== 'attempt';
  const again = isMessage ? againWords(app) : undefined;
  return app.review.show(
    app.subject(),
    () => app.host.call('preview_fix', { ...of, cause, routeKey, ...(about !== undefined && { about }) }),
    async (run) => {
      void app.apis.read();
      if (again) return tryAgain(app, run, again);
      // A fix that is deployed is proven by the next handshake, where somebody looks at the failed one.
      if (run.deploy && app.screen === 'connect' && app.session.connection.kind === 'closed')
        await app.connect();
    },
    { again },
  );
}

export function reviewDeployment(app: App) {
  const of = app.apis.ofStage;
  if (!of) return;
  const again = againWords(app);
  return app.review.show(
    app.subject(),
    () => app.host.call('preview_deploy', of),
    async (run) => {
      await app.apis.read();
      await tryAgain(app, run, again);
    },
    { again },
  );
}

/** What is left of a change that broke off, or the way back from it. */
export function reviewRest(
  app: App,
  { id, apiId, apiName }: Pick<PastChange, 'id' | 'apiId' | 'apiName'>,
  call: 'preview_finish' | 'preview_roll_back',
) {
  const here = apiId === app.apis.apiId;
  const stage = here ? stageOf(app) : '';
  return app.review.show(
    here ? app.subject() : apiName,
    (choices) => app.host.call(call, { id, stage, choices }),
    async () => {
      await app.readUnfinished();
      // Finished, the edits are in force; rolled back, they are still a draft.
      if (here && call === 'preview_finish') await app.draft.applied();
      await app.apis.read();
    },
  );
}
