import { describe, expect, it } from 'vitest';
import * as edit from './edit';
import type { Kind, Snapshot } from './host/rpc';
import { chat } from './testing/fakeHost';

let made = 0;
const newId = (kind: Kind) => `new-${kind}-${(made += 1)}`;
const draft = (): Snapshot => structuredClone(chat.snapshot);
const route = (to: Snapshot, key: string) => to.routes.find((r) => r.routeKey === key)!;

describe('a route of a draft', () => {
  it('is copied with an integration of its own and with its stages’ settings', () => {
    const to = draft();
    to.stages[0]!.routeSettings.joinroom = { loggingLevel: 'ERROR' };
    const id = edit.cloneRoute(to, newId, route(to, 'joinroom'));
    const copy = to.routes.find((r) => r.routeId === id)!;
    expect(copy.routeKey).toBe('joinroom2');
    expect(copy.target).not.toBe(route(to, 'joinroom').target);
    expect(edit.integrationOf(to, copy)?.requestTemplates).toEqual({ $default: '{"statusCode": 200}' });
    expect(to.stages[0]!.routeSettings.joinroom2).toEqual({ loggingLevel: 'ERROR' });
  });

  it('copied from $connect asks for no authorisation, which AWS takes nowhere else', () => {
    const to = draft();
    Object.assign(route(to, '$connect'), { authorizationType: 'CUSTOM', authorizerId: 'a1' });
    const id = edit.cloneRoute(to, newId, route(to, '$connect'));
    const copy = to.routes.find((r) => r.routeId === id)!;
    expect(copy).toMatchObject({ routeKey: 'connect', authorizationType: 'NONE' });
    expect(copy.authorizerId).toBeUndefined();
  });

  it('takes its stages’ settings along when it is renamed, and away when it is deleted', () => {
    const to = draft();
    to.stages[0]!.routeSettings.joinroom = { loggingLevel: 'ERROR' };
    edit.renameRoute(to, route(to, 'joinroom'), 'enter');
    expect(to.stages[0]!.routeSettings).toEqual({ enter: { loggingLevel: 'ERROR' } });
    edit.deleteRoutes(to, [route(to, 'enter').routeId]);
    expect(to.stages[0]!.routeSettings).toEqual({});
    expect(to.routes.some((r) => r.routeKey === 'enter')).toBe(false);
  });

  it('is two-way with expression and response together, and gets its old response back', () => {
    const to = draft();
    const was = structuredClone(route(to, 'joinroom'));
    was.responses.push({
      routeResponseId: 'r1',
      routeResponseKey: '$default',
      responseModels: { $default: 'M' },
    });
    edit.setTwoWay(route(to, 'joinroom'), true, was, newId);
    expect(edit.isTwoWay(route(to, 'joinroom'))).toBe(true);
    expect(route(to, 'joinroom').responses[0]?.routeResponseId).toBe('r1');
    edit.setTwoWay(route(to, 'joinroom'), false, was, newId);
    expect(route(to, 'joinroom').responses).toEqual([]);
  });
});

describe('several routes at once', () => {
  it('get the timeout at their integrations and the logging level at the stage', () => {
    const to = draft();
    const ids = to.routes.slice(2).map((r) => r.routeId);
    edit.setAll(to, ids, 'prod', { timeoutInMillis: 5000, loggingLevel: 'ERROR', apiKeyRequired: true });
    expect(to.integrations.map((i) => i.timeoutInMillis)).toEqual([29000, 29000, 5000, 5000, 5000]);
    expect(Object.keys(to.stages[0]!.routeSettings)).toEqual(['$default', 'joinroom', 'sendmessage']);
    expect(to.routes.map((r) => r.apiKeyRequired)).toEqual([false, false, true, true, true]);
  });
});

describe('an integration of a draft', () => {
  it('gets templates and responses back when the proxy is switched off again', () => {
    const to = draft();
    const one = to.integrations[3]!;
    one.templateSelectionExpression = '\\$default';
    const before = structuredClone(one);
    const kept = new Map();
    edit.setType(one, 'HTTP_PROXY', kept);
    expect(one.requestTemplates).toEqual({});
    expect(edit.lostByProxy(kept.get(one.integrationId))).toBe('1 request template, the template selection');
    edit.setType(one, 'MOCK', kept);
    expect({ ...one, integrationMethod: undefined }).toEqual({ ...before, integrationMethod: undefined });
  });

  it('leaves no route with a target that is gone', () => {
    const to = draft();
    edit.deleteIntegration(to, 'integr3');
    expect(route(to, 'joinroom').target).toBeUndefined();
  });

  it('selects by $default as it is typed, and stores the backslash', () => {
    expect(edit.storedSelection('$default')).toBe('\\$default');
    expect(edit.typedSelection('\\$default')).toBe('$default');
    expect(edit.storedSelection('${request.body.action}')).toBe('${request.body.action}');
    expect(edit.typedSelection(undefined)).toBeUndefined();
  });
});
