// Addresses and permissions of functions as API Gateway writes them. Pure.

/** `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/ARN/invocations`. */
export function invocationUri(functionArn: string): string {
  const [, partition = 'aws', , region = ''] = functionArn.split(':');
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** The function that a URI invokes, with its alias or version. */
export function functionOf(
  uri: string | undefined,
): { arn: string; name: string; qualifier: string } | undefined {
  const arn = /\/functions\/(.+)\/invocations$/.exec(uri ?? '')?.[1];
  if (!arn) return undefined;
  const [, , , , , , name = arn, qualifier = ''] = arn.split(':');
  return { arn, name, qualifier };
}

/** What was typed or pasted as URI: the ARN of a function becomes its invocation URI. */
export const asUri = (text: string) =>
  /^arn:[\w-]+:lambda:[^:]+:\d{12}:function:/.test(text.trim()) ? invocationUri(text.trim()) : text;

/** Whether an ARN of a permission (`*` and `?` stand for others) covers this one. */
export function covers(pattern: string | undefined, arn: string): boolean {
  if (pattern === undefined) return true;
  const plain = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${plain.replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(arn);
}

/** From where a route invokes a function: this route, on any stage of this API, and nothing else. */
export function sourceArn(functionArn: string, apiId: string, routeKey: string): string {
  const [, partition = 'aws', , region = '', account = ''] = functionArn.split(':');
  return `arn:${partition}:execute-api:${region}:${account}:${apiId}/*/${routeKey}`;
}

/** Letters, digits, `-` and `_` only, as Lambda wants it. */
export const statementId = (apiId: string, routeKey: string) =>
  `gatescope-${apiId}-${routeKey.replace(/[^A-Za-z0-9_-]/g, '_')}`.slice(0, 100);
