import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../host/rpc';
import { chat } from '../testing/fakeHost';
import {
  addAuthorizer,
  addPermission,
  attachAuthorizer,
  partsOf,
  permissionsFor,
  removeAuthorizer,
  sourceProblem,
} from './authorizers';
import { asUri, covers, functionOf } from './lambda';

const arn = 'arn:aws:lambda:us-east-1:123456789012:function:chat-authorizer';
const source = 'arn:aws:execute-api:us-east-1:123456789012:3fmvso4h96/authorizers/new-1';
const api = (): Snapshot => ({
  ...structuredClone(chat.snapshot),
  surroundings: {
    apiKeys: [],
    usagePlans: [],
    vpcLinks: [],
    clientCertificates: [],
    logGroups: [],
    permissions: [],
    unread: {},
  },
});

describe('authorizers in a draft', () => {
  it('take a function’s ARN for its invocation URI, alias and partition with it', () => {
    expect(functionOf(asUri(`${arn}:live`))).toEqual({
      arn: `${arn}:live`,
      name: 'chat-authorizer',
      qualifier: 'live',
    });
    const china = 'arn:aws-cn:lambda:cn-north-1:123456789012:function:f';
    expect(asUri(china)).toBe(
      `arn:aws-cn:apigateway:cn-north-1:lambda:path/2015-03-31/functions/${china}/invocations`,
    );
    expect(asUri('arn:aws:apigateway:x')).toBe('arn:aws:apigateway:x');
  });

  it('read identity sources in parts, and know the characters that AWS takes', () => {
    expect(partsOf('route.request.header.authorization')).toEqual({
      kind: 'route.request.header.',
      name: 'authorization',
    });
    expect(partsOf('$request.header.x').kind).toBe('');
    expect(sourceProblem('route.request.querystring.a b')).toMatch(/letters/);
    expect(sourceProblem('stageVariables.')).toMatch(/missing/);
    expect(sourceProblem('context.connectionId')).toBeUndefined();
  });

  it('add one permission, for this authorizer alone, and none where one is there', () => {
    const to = api();
    addPermission(to, arn, source);
    addPermission(to, arn, source);
    expect(to.surroundings?.permissions).toEqual([
      { functionArn: arn, statementId: 'gatescope-3fmvso4h96-authorizers-new-1', sourceArn: source },
    ]);
    expect(permissionsFor(to, arn, source.replace('new-1', 'abc123'))).toEqual([]);
  });

  it('count a permission that covers more', () => {
    expect(covers(undefined, source)).toBe(true);
    expect(covers('arn:aws:execute-api:us-east-1:123456789012:3fmvso4h96/*', source)).toBe(true);
    expect(covers('arn:aws:execute-api:us-east-1:123456789012:3fmvso4h96/*/$connect', source)).toBe(false);
  });

  it('leave no trace when a new one is taken away again', () => {
    const to = api();
    const { authorizerId } = addAuthorizer(to, 'new-1');
    attachAuthorizer(
      to.routes.find((r) => r.routeKey === '$connect')!,
      authorizerId,
    );
    addPermission(to, arn, source);
    removeAuthorizer(to, 'new-1');
    expect(to).toEqual(api());
  });
});
