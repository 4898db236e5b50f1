// The screen of domains, and a wizard on it, as component tests drive them.
import { fireEvent, screen, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import type { DomainView, Surroundings } from '../host/rpc';
import * as d from './domains';
import { app, asked, host, start } from './window';

export const around = (): Surroundings => ({
  apiKeys: [],
  usagePlans: [],
  vpcLinks: [],
  clientCertificates: [],
  logGroups: [],
  permissions: [],
  unread: {},
  domains: d.list.domains.map(({ domainName, target, hostedZoneId, status, securityPolicy, mappings }) => ({
    domainName,
    target,
    hostedZoneId,
    status,
    securityPolicy,
    mappings: mappings.map((m) => ({
      apiMappingId: m.id,
      apiMappingKey: m.key,
      apiId: m.apiId,
      stage: m.stage,
    })),
  })),
});
export const none = { ...d.list, domains: [] };

export async function domains(answers: Parameters<typeof start>[0] = {}) {
  await start({ list_domains: () => d.list, read_surroundings: around, ...answers });
  app.go('domains');
  await screen.findByRole('tab', { name: /^Domains/ });
}

/** A wizard that shows these views, the first one at once. */
export async function wizard(views: DomainView[] = d.run, answers: Parameters<typeof start>[0] = {}) {
  const play = d.play(() => host, views);
  await domains({ ...play.answers, ...answers });
  const { scope } = app.accounts;
  if (!scope) throw new Error('no scope');
  app.domains.open(scope, d.goal);
  play.show();
  await screen.findAllByTestId('station');
  return play;
}
export const station = (id: string) =>
  screen.getAllByTestId('station').find((s) => s.dataset.station === id) as HTMLElement;
export const states = () => screen.getAllByTestId('station').map((s) => s.dataset.state);
export const click = (name: string | RegExp, within_ = document.body) =>
  fireEvent.click(within(within_).getByRole('button', { name }));
export const steps = () => asked('do_domain_step').map((q) => (q as { making: string }).making);
export const quiet = async () => {
  for (let i = 0; i < 5; i += 1) await tick();
};
