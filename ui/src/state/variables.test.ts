import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../host/rpc';
import { chat } from '../testing/fakeHost';
import { looksSecret, named, usesOf } from './variables';

const api = (): Snapshot => structuredClone(chat.snapshot);

describe('the uses of stage variables', () => {
  it('are found in every way in which a text can name one', () => {
    expect(named('$stageVariables.region ${stageVariables[\'link\']} $stageVariables.get("key")')).toEqual([
      'region',
      'link',
      'key',
    ]);
    expect(named('the stageVariables of a stage')).toEqual([]);
    expect(named('$stageVariables.region2')).toEqual(['region2']);
  });

  it('are told with their place: addresses, links, templates, responses, authorizers', () => {
    const snapshot = api();
    const [connect, , , join] = snapshot.integrations;
    if (!connect || !join) throw new Error('the chat API has five integrations');
    join.integrationUri = 'http://example.com/join?region=${stageVariables.region}';
    join.connectionId = '${stageVariables.vpcLinkId}';
    join.requestTemplates = { $default: '{"r": "$stageVariables.region"}' };
    connect.responses = [
      {
        integrationResponseId: 'r1',
        integrationResponseKey: '$default',
        responseParameters: {},
        responseTemplates: { $default: '$stageVariables.region' },
      },
    ];
    snapshot.authorizers = [
      {
        authorizerId: 'a1',
        name: 'secret-token',
        authorizerType: 'REQUEST',
        identitySource: ['stageVariables.tenant'],
      },
    ];
    const uses = usesOf(snapshot);
    expect([...uses.keys()].sort()).toEqual(['region', 'tenant', 'vpcLinkId']);
    expect(uses.get('region')?.map((u) => `${u.label}: ${u.field}`)).toEqual([
      'response $default of $connect: responseTemplates / $default',
      'integration of joinroom: requestTemplates / $default',
      'integration of joinroom: integrationUri',
    ]);
    expect(uses.get('tenant')).toMatchObject([{ kind: 'authorizer', label: 'authorizer secret-token' }]);
    expect(uses.get('vpcLinkId')?.[0]?.routes).toEqual(['joinroom']);
  });

  it('of an integration that no route takes are told too', () => {
    const snapshot = api();
    snapshot.integrations.push({
      integrationId: 'alone01',
      integrationType: 'HTTP',
      integrationUri: '${stageVariables.url}',
      requestParameters: {},
      requestTemplates: {},
      responses: [],
    });
    expect(usesOf(snapshot).get('url')).toMatchObject([{ label: 'integration alone01', routes: [] }]);
  });
});

describe('a variable that looks like a secret', () => {
  it('is told by its name or by its value, and names of things are not taken for one', () => {
    for (const [name, value] of [
      ['dbPassword', 'hunter2hunter2'],
      ['x', 'AKIAIOSFODNN7EXAMPLE'],
      ['y', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
      ['auth', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc'],
    ] as const)
      expect(looksSecret(name, value), name).toBe(true);
    for (const [name, value] of [
      ['region', 'us-east-1'],
      ['table', 'connections-0b1e7a5c-77d1-4a0e-9a3f-2f0c6a9f1d11'],
      ['secretArn', 'arn:aws:secretsmanager:us-east-1:123456789012:secret:chat'],
      ['tokenUrl', 'https://example.com/token'],
      ['vpcLinkId', 'a1b2c3'],
    ] as const)
      expect(looksSecret(name, value), name).toBe(false);
  });
});
