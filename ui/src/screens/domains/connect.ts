// From a domain to a conversation through it.
import { tick } from 'svelte';
import { redial } from '../../state/act';
import type { App } from '../../state/app.svelte';

/** Dials an address of a custom domain; of another API or stage, that one is looked at first. */
export async function connectThere(
  app: App,
  { url, apiId, stage }: { url: string; apiId: string; stage: string },
) {
  const { apis } = app;
  const known = apis.list?.some((a) => a.apiId === apiId) ?? false;
  const away = apiId !== apis.apiId || stage !== apis.stageName;
  if (away && known) {
    if (apiId !== apis.apiId) await apis.choose(apiId);
    if (apis.view?.stages.some((s) => s.stageName === stage)) apis.stageName = stage;
    // Its conversation is opened anew, and forgets the address of the last one.
    await tick();
  }
  app.dial.url = url;
  // A conversation that is only being opened is dialled by its own button.
  if (away) app.go('connect');
  else await redial(app);
}
