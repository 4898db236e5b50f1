import { describe, expect, it } from 'vitest';
import {
  formatProblem,
  mentioned,
  presets,
  sampleLine,
  shapeOf,
  shapes,
  variables,
  withVariable,
  withoutVariable,
} from './accessFormat';

describe('the format of an access log', () => {
  it('begins with a shape of AWS’s guide, and each is told from the others', () => {
    for (const shape of shapes) {
      expect(shapeOf(presets[shape]), shape).toBe(shape);
      expect(formatProblem(presets[shape]), shape).toBeUndefined();
      expect(presets[shape]).not.toContain('\n');
      expect(mentioned(presets[shape])).toHaveLength(9);
    }
    expect(JSON.parse(presets.JSON)).toMatchObject({ ip: '$context.identity.sourceIp' });
  });

  it('takes one more variable and gives it back, in every shape, with nothing else moved', () => {
    for (const shape of shapes)
      for (const { name } of variables.filter((v) => !mentioned(presets[shape]).includes(v.name))) {
        const more = withVariable(presets[shape], name);
        expect(mentioned(more), `${shape} ${name}`).toContain(name);
        expect(withoutVariable(more, name), `${shape} ${name}`).toBe(presets[shape]);
      }
  });

  it('loses any of its variables without breaking its shape', () => {
    for (const shape of shapes)
      for (const name of mentioned(presets[shape])) {
        const less = withoutVariable(presets[shape], name);
        expect(mentioned(less)).not.toContain(name);
        expect(mentioned(less)).toHaveLength(8);
        expect(shapeOf(less)).toBe(shape);
        if (shape === 'JSON') JSON.parse(less);
      }
    expect(withoutVariable(presets.CLF, 'eventType')).toContain('"$context.routeKey $context.connectionId"');
  });

  it('written by hand, with numbers that have no quotes, is edited as well', () => {
    const own = '{"id":"$context.requestId","status":$context.status}';
    const more = withVariable(own, 'routeKey');
    expect(more).toBe('{"id":"$context.requestId","status":$context.status,"routeKey":"$context.routeKey"}');
    expect(withoutVariable(more, 'status')).toBe(
      '{"id":"$context.requestId","routeKey":"$context.routeKey"}',
    );
  });

  it('does not mistake a variable for one that begins like it', () => {
    const own = '$context.integrationLatency $context.integration.latency $context.requestId';
    expect(withoutVariable(own, 'integration.latency')).toBe(
      '$context.integrationLatency $context.requestId',
    );
    expect(withoutVariable('$context.requestTimeEpoch $context.requestTime', 'requestTime')).toBe(
      '$context.requestTimeEpoch',
    );
  });

  it('shows a line: known values, samples, and a dash for what AWS does not know', () => {
    expect(sampleLine('$context.stage $context.routeKey $context.nothing', { stage: 'dev' })).toBe(
      'dev joinroom -',
    );
  });

  it('is refused without a request id, or on two lines', () => {
    expect(formatProblem('$context.status')).toContain('$context.requestId');
    expect(formatProblem('$context.requestId\n$context.status')).toContain('single line');
    expect(formatProblem('$context.requestId\n')).toBeUndefined();
  });
});
