import { describe, expect, it } from 'vitest';
import { cardOf, logGroupArn, logGroupOf, retentions } from './stageCard';

describe('a stage as a line for other tools', () => {
  it('is dialled by wss and written to by https', () => {
    const card = cardOf('wss://3fmvso4h96.execute-api.us-east-1.amazonaws.com/prod', 'us-east-1');
    expect(card.callbacks).toBe('https://3fmvso4h96.execute-api.us-east-1.amazonaws.com/prod/@connections');
    expect(card.wscat).toBe("wscat -c 'wss://3fmvso4h96.execute-api.us-east-1.amazonaws.com/prod'");
    expect(card.curl).toContain("--aws-sigv4 'aws:amz:us-east-1:execute-api'");
    expect(card.script).toContain('new WebSocket("wss://3fmvso4h96');
  });

  it('of the sandbox goes through its open port', () => {
    const card = cardOf('wss://a.execute-api.us-east-1.localhost/prod', 'us-east-1', {
      port: 4510,
      apiId: 'a',
      stage: 'prod',
    });
    expect(card.wscat).toBe("wscat -c 'ws://127.0.0.1:4510/a/prod'");
    expect(card.callbacks).toBe('http://127.0.0.1:4510/a/prod/@connections');
  });
});

describe('a log group', () => {
  it('has an ARN in every partition, and is found in it again', () => {
    expect(logGroupArn('cn-north-1', '123456789012', '/chat/access')).toBe(
      'arn:aws-cn:logs:cn-north-1:123456789012:log-group:/chat/access',
    );
    expect(logGroupOf(logGroupArn('us-east-1', '1', '/chat/access'))).toBe('/chat/access');
    expect(logGroupOf('arn:aws:logs:us-east-1:1:log-group:/chat/access:*')).toBe('/chat/access');
    expect(logGroupOf('/chat/access')).toBeUndefined();
  });

  it('keeps for spans that CloudWatch Logs knows', () => {
    expect(retentions.find((r) => r.value === '7')?.name).toBe('1 week');
    expect(retentions.find((r) => r.value === '5')?.name).toBe('5 days');
  });
});
