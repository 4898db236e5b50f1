import { describe, expect, it } from 'vitest';
import { functionOf, invocationUri, sourceArn, statementId } from './lambda';

const arn = 'arn:aws-cn:lambda:cn-north-1:123456789012:function:chat:live';

describe('the address of a function', () => {
  it('goes there and back, with alias and partition', () => {
    const uri = invocationUri(arn);
    expect(uri).toBe(`arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/${arn}/invocations`);
    expect(functionOf(uri)?.arn).toBe(arn);
    expect(functionOf('https://example.com/functions/x')).toBeUndefined();
    expect(functionOf(undefined)).toBeUndefined();
  });

  it('may be invoked by one route of one API, on every stage of it', () => {
    expect(sourceArn(arn, 'abc', '$connect')).toBe(
      'arn:aws-cn:execute-api:cn-north-1:123456789012:abc/*/$connect',
    );
    expect(statementId('abc', '$connect/x y')).toBe('gatescope-abc-_connect_x_y');
  });
});
