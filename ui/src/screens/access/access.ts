// Lookups among keys, plans, stages and routes, and the words for limits. Pure.
import { oneLine } from '../../format';
import type { ApiKey, Quota, RouteSettings, Snapshot, Surroundings, UsagePlan } from '../../host/rpc';

/** Ids that AWS does not know yet begin so. */
export const isNew = (id: string) => id.startsWith('new-');

/** `2026-09-02 10:00 UTC` of ISO 8601; what is none stays as it is. */
export const instant = (iso: string) =>
  oneLine(iso).replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*(Z|\+00:00)$/, '$1 $2 UTC');

const periods: Record<string, string> = { DAY: 'day', WEEK: 'week', MONTH: 'month' };
export const quotaWords = (q: Quota | undefined) =>
  q ? `${q.limit.toLocaleString('en')} a ${periods[q.period] ?? q.period}` : 'no quota';

export const plansOf = (s: Surroundings, keyId: string): UsagePlan[] =>
  s.usagePlans.filter((p) => p.keys.some((k) => k.id === keyId));

export const covers = (plan: UsagePlan, apiId: string, stage: string) =>
  plan.apiStages.some((a) => a.apiId === apiId && a.stage === stage);

/** The keys with which a stage lets one in: enabled, in a plan that covers it. */
export const keysFor = (s: Surroundings, apiId: string, stage: string): ApiKey[] =>
  s.apiKeys.filter((k) => k.enabled && plansOf(s, k.id).some((p) => covers(p, apiId, stage)));

export interface Limit {
  /** `each key of plan chat`. */
  who: string;
  where: string;
  rate: number | undefined;
  burst: number | undefined;
  /** Where it is changed. */
  kind: 'usagePlan' | 'stage' | 'account';
  id: string;
}

const set = (s: RouteSettings | undefined) =>
  s?.throttlingRateLimit !== undefined || s?.throttlingBurstLimit !== undefined;

/** Everything that limits a request to a stage, from the narrowest to the widest. */
export function limitsOf(snapshot: Snapshot, stageName: string): Limit[] {
  const { apiId } = snapshot.api;
  const stage = snapshot.stages.find((s) => s.stageName === stageName);
  const plans = (snapshot.surroundings?.usagePlans ?? []).filter((p) => covers(p, apiId, stageName));
  const list: Limit[] = [];
  for (const plan of plans) {
    const here = plan.apiStages.find((a) => a.apiId === apiId && a.stage === stageName);
    for (const [route, t] of Object.entries(here?.throttle ?? {}))
      list.push({
        who: `each key of plan ${plan.name}`,
        where: route,
        rate: t?.rateLimit,
        burst: t?.burstLimit,
        kind: 'usagePlan',
        id: plan.id,
      });
  }
  for (const plan of plans)
    list.push({
      who: `each key of plan ${plan.name}`,
      where: 'every stage of the plan',
      rate: plan.throttle?.rateLimit,
      burst: plan.throttle?.burstLimit,
      kind: 'usagePlan',
      id: plan.id,
    });
  for (const [route, s] of Object.entries(stage?.routeSettings ?? {}))
    if (set(s))
      list.push({
        who: 'all clients together',
        where: `route ${route}`,
        rate: s?.throttlingRateLimit,
        burst: s?.throttlingBurstLimit,
        kind: 'stage',
        id: stageName,
      });
  list.push({
    who: 'all clients together',
    where: `every other route of ${stageName}`,
    rate: stage?.defaultRouteSettings.throttlingRateLimit,
    burst: stage?.defaultRouteSettings.throttlingBurstLimit,
    kind: 'stage',
    id: stageName,
  });
  list.push({
    who: 'the whole account',
    where: 'all APIs of the region, @connections too',
    rate: undefined,
    burst: undefined,
    kind: 'account',
    id: '',
  });
  return list;
}
