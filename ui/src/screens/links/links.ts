// What uses a VPC link, and the edit that sends an API's HTTP integrations through one. Pure, on the draft itself.
import type { Integration, Snapshot, VpcLink } from '../../host/rpc';

export const variable = 'vpcLinkId';
const expression = `\${stageVariables.${variable}}`;

export const statusWords: Record<string, string> = {
  PENDING: 'being made',
  AVAILABLE: 'ready',
  FAILED: 'failed',
  DELETING: 'being deleted',
};

/** Only these two types reach a backend by HTTP, and only those can go through a link. */
export const canUse = (i: Integration) => i.integrationType === 'HTTP' || i.integrationType === 'HTTP_PROXY';

const routesOf = (to: Snapshot, i: Integration) =>
  to.routes.filter((r) => r.target === `integrations/${i.integrationId}`).map((r) => r.routeKey);

/** An integration as people know it: by its routes. */
export function nameOf(to: Snapshot, i: Integration): string {
  const routes = routesOf(to, i);
  return routes.length > 0 ? routes.join(', ') : `${i.integrationId} (no route)`;
}

export interface Use {
  integration: Integration;
  name: string;
  /** The stages in which it is this link, where a stage variable decides. */
  stages?: string[];
}

/** The integrations that go through a link, in their own words or through a stage variable. */
export function usesOf(to: Snapshot, link: VpcLink): Use[] {
  return to.integrations.flatMap((integration): Use[] => {
    if (integration.connectionType !== 'VPC_LINK' || !integration.connectionId) return [];
    const name = nameOf(to, integration);
    if (integration.connectionId === link.id) return [{ integration, name }];
    const [, asked] = /^\$\{stageVariables\.([\w-]+)\}$/.exec(integration.connectionId) ?? [];
    if (!asked) return [];
    const stages = to.stages.filter((s) => s.stageVariables[asked] === link.id).map((s) => s.stageName);
    return stages.length > 0 ? [{ integration, name, stages }] : [];
  });
}

/** Through the stage variable: it names the link, and each integration asks for it. */
export function sendThrough(to: Snapshot, link: VpcLink, stageName: string, chosen: Integration[]) {
  const stage = to.stages.find((s) => s.stageName === stageName);
  if (!stage) return;
  stage.stageVariables[variable] = link.id;
  for (const integration of chosen) {
    integration.connectionType = 'VPC_LINK';
    integration.connectionId = expression;
  }
}

/** Back to the internet. */
export function sendDirectly(chosen: Integration[]) {
  for (const integration of chosen) {
    integration.connectionType = 'INTERNET';
    delete integration.connectionId;
  }
}
