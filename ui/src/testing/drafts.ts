// A host that tells what a draft changes by comparing routes and integrations whole: enough for tests of the page.
import type { ChangeView, Draft, DraftView, Kind } from '../host/rpc';

const kinds = [
  ['route', 'routes', 'routeId'],
  ['integration', 'integrations', 'integrationId'],
] as const;

export function describeDraft({ base, draft }: Draft): DraftView {
  const changes: ChangeView[] = [];
  for (const [kind, list, id] of kinds) {
    const was = new Map((base[list] as unknown as Record<string, unknown>[]).map((r) => [r[id], r]));
    const is = new Map((draft[list] as unknown as Record<string, unknown>[]).map((r) => [r[id], r]));
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      const [a, b] = [was.get(key), is.get(key)];
      const members = Object.keys({ ...a, ...b }).filter(
        (m) => JSON.stringify(a?.[m]) !== JSON.stringify(b?.[m]),
      );
      if (members.length === 0) continue;
      changes.push({
        kind: kind as Kind,
        parent: '',
        id: String(key),
        sign: !a ? '+' : !b ? '-' : '~',
        label: `${kind} ${String((b ?? a)?.routeKey ?? key)}`,
        words: members.map((m) => `${m} changes`),
        members,
      });
    }
  }
  return { changes, problems: [] };
}
