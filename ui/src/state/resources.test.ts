import { describe, expect, it } from 'vitest';
import { chat } from '../testing/fakeHost';
import { putBack, resourceIn } from './resources';

describe('a resource of a snapshot', () => {
  it('is found by kind and id, and what stands inside another by its parent', () => {
    const from = structuredClone(chat.snapshot);
    from.integrations[0]!.responses.push({
      integrationResponseId: 'r1',
      integrationResponseKey: '$default',
      responseParameters: {},
      responseTemplates: {},
    });
    expect(resourceIn(from, 'route', 'route003')?.routeKey).toBe('joinroom');
    expect(resourceIn(from, 'stage', 'prod')?.deploymentId).toBe('d1x7fe');
    expect(resourceIn(from, 'api', '')?.name).toBe('my-chat-app-gw-1');
    expect(resourceIn(from, 'integrationResponse', 'r1', 'integr0')?.integrationResponseKey).toBe('$default');
    expect(resourceIn(from, 'integrationResponse', 'r1', 'integr1')).toBeUndefined();
    expect(resourceIn(from, 'apiKey', 'k1')).toBeUndefined();
  });

  it('gets one member back, one key of a map, or one member of a route’s settings, and keeps the rest', () => {
    const from = {
      timeout: 5,
      templates: { 'application/json': 'a' },
      settings: { 'a/b': { level: 'INFO', rate: 1 } },
    };
    const to: Record<string, unknown> = {
      timeout: 9,
      templates: { 'application/json': 'b', other: 'c' },
      settings: { 'a/b': { level: 'OFF', rate: 2 } },
      more: 1,
    };
    putBack(to, from, 'timeout');
    putBack(to, from, 'templates/application/json');
    putBack(to, from, 'settings/a/b/level');
    putBack(to, from, 'more');
    expect(to).toEqual({
      timeout: 5,
      templates: { 'application/json': 'a', other: 'c' },
      settings: { 'a/b': { level: 'INFO', rate: 2 } },
    });
  });
});
