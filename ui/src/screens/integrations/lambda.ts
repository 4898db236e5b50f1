// Addresses of functions as API Gateway writes them. Pure.

/** The function's ARN, with its alias, in an invocation URI. */
export function functionOf(uri: string | undefined): string | undefined {
  return /\/functions\/(arn:[^/]+)\/invocations$/.exec(uri ?? '')?.[1];
}

export function invocationUri(functionArn: string, region: string): string {
  const [, partition = 'aws', , at = region] = functionArn.split(':');
  return `arn:${partition}:apigateway:${at}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** From where a route invokes a function: this route, on any stage of this API, and nothing else. */
export function sourceArn(functionArn: string, apiId: string, routeKey: string): string {
  const [, partition = 'aws', , region = '', account = ''] = functionArn.split(':');
  return `arn:${partition}:execute-api:${region}:${account}:${apiId}/*/${routeKey}`;
}

/** Letters, digits, `-` and `_` only, as Lambda wants it. */
export const statementId = (apiId: string, routeKey: string) =>
  `gatescope-${apiId}-${routeKey.replace(/[^A-Za-z0-9_-]/g, '_')}`.slice(0, 100);
