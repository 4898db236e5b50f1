// The format of an access log: which `$context` variables it writes, in which shape, and what a line of it looks like.
// Shapes and variables: API Gateway's developer guide, "Configure logging for WebSocket APIs". Pure.

export type Shape = 'JSON' | 'CSV' | 'CLF' | 'XML';
export const shapes: Shape[] = ['JSON', 'CSV', 'CLF', 'XML'];

export interface Variable {
  /** Without `$context.`. */
  name: string;
  group: string;
  /** What it gives. */
  says: string;
  /** What a line shows of it; `-`: nothing for this kind of event. */
  sample: string;
}

const rows: [group: string, name: string, says: string, sample: string][] = [
  ['Request', 'requestId', 'joins the line to the execution log', 'EP5yvFtNoAMEiPw='],
  ['Request', 'eventType', 'CONNECT, MESSAGE or DISCONNECT', 'MESSAGE'],
  ['Request', 'routeKey', 'the route that was taken', 'joinroom'],
  ['Request', 'status', 'what was answered', '200'],
  ['Request', 'requestTime', 'as the common log format writes it', '21/Nov/2026:09:20:28 +0000'],
  ['Request', 'requestTimeEpoch', 'milliseconds since 1970', '1795252828204'],
  ['Request', 'messageId', 'of a message', 'EP5yvdM5oAMCIjw='],
  ['Request', 'extendedRequestId', 'the same as requestId', 'EP5yvFtNoAMEiPw='],
  ['Connection', 'connectionId', 'who is written to with @connections', 'EP5ywe2eoAMCK9A='],
  ['Connection', 'connectedAt', 'milliseconds since 1970', '1795252827911'],
  ['Connection', 'apiId', 'this API', '3fmvso4h96'],
  ['Connection', 'stage', 'this stage', 'prod'],
  ['Connection', 'domainName', 'the name that was dialled', '3fmvso4h96.execute-api.us-east-1.amazonaws.com'],
  ['Caller', 'identity.sourceIp', 'the client’s address', '92.234.107.50'],
  ['Caller', 'identity.userAgent', 'what the client calls itself', 'Gatescope/0.1'],
  ['Caller', 'identity.caller', 'who signed, with IAM', '-'],
  ['Caller', 'identity.user', 'the user, with IAM', '-'],
  ['Caller', 'identity.userArn', 'the user’s ARN, with IAM', '-'],
  ['Caller', 'identity.accountId', 'the account, with IAM', '-'],
  ['Caller', 'identity.principalOrgId', 'the organization, with IAM', '-'],
  ['Caller', 'identity.apiKeyId', 'the id of the API key', '-'],
  ['Caller', 'identity.apiKey', 'the API key itself: a secret', '-'],
  ['Caller', 'identity.cognitoIdentityId', 'with Cognito credentials', '-'],
  ['Caller', 'identity.cognitoIdentityPoolId', 'with Cognito credentials', '-'],
  ['Caller', 'identity.cognitoAuthenticationType', 'with Cognito credentials', '-'],
  ['Caller', 'identity.cognitoAuthenticationProvider', 'with Cognito credentials', '-'],
  ['Integration', 'integrationLatency', 'milliseconds', '12'],
  ['Integration', 'integration.latency', 'milliseconds', '12'],
  ['Integration', 'integration.status', 'what the backend answered', '200'],
  ['Integration', 'integration.integrationStatus', 'what Lambda itself answered', '200'],
  ['Integration', 'integration.requestId', 'joins the line to the function’s log', '-'],
  ['Integration', 'integration.error', 'why it failed', '-'],
  ['Error', 'error.message', 'why the request failed', '-'],
  ['Error', 'error.messageString', 'the same, quoted', '-'],
  ['Error', 'error.responseType', 'the kind of failure', '-'],
  ['Error', 'error.validationErrorString', 'what the model has against a message', '-'],
  ['Authorizer', 'authorizer.principalId', 'whom the authorizer named', '-'],
  ['Authorizer', 'authorizer.status', 'what it answered', '-'],
  ['Authorizer', 'authorizer.latency', 'milliseconds', '-'],
  ['Authorizer', 'authorizer.error', 'why it failed', '-'],
  ['Authorizer', 'authorizer.requestId', 'joins the line to its log', '-'],
  ['Authorizer', 'authorizer.integrationStatus', 'what Lambda itself answered', '-'],
  ['Authorizer', 'authorizer.integrationLatency', 'milliseconds', '-'],
  ['Authorizer', 'authorize.status', 'of the authorization attempt', '-'],
  ['Authorizer', 'authorize.latency', 'milliseconds', '-'],
  ['Authorizer', 'authorize.error', 'why it was refused', '-'],
  ['Authorizer', 'authenticate.status', 'of the authentication attempt', '-'],
  ['Authorizer', 'authenticate.latency', 'milliseconds', '-'],
  ['Authorizer', 'authenticate.error', 'why it was refused', '-'],
];

export const variables: Variable[] = rows.map(([group, name, says, sample]) => ({
  group,
  name,
  says,
  sample,
}));
const samples = new Map(variables.map((v) => [v.name, v.sample]));

const usual = [
  'identity.sourceIp',
  'identity.caller',
  'identity.user',
  'requestTime',
  'eventType',
  'routeKey',
  'connectionId',
  'status',
  'requestId',
];

/** Each shape as AWS's guide has it, on one line. */
export const presets: Record<Shape, string> = {
  JSON: write([
    ['requestId', 'requestId'],
    ['ip', 'identity.sourceIp'],
    ...['caller', 'user'].map((n): [string, string] => [n, `identity.${n}`]),
    ...['requestTime', 'eventType', 'routeKey', 'status', 'connectionId'].map((n): [string, string] => [
      n,
      n,
    ]),
  ]),
  CSV: usual.map((name) => `$context.${name}`).join(','),
  CLF: '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.eventType $context.routeKey $context.connectionId" $context.status $context.requestId',
  XML: `<request id="$context.requestId">${usual
    .filter((name) => name !== 'requestId')
    .map((name) => element(name))
    .join('')}</request>`,
};

function write(members: [string, string][]): string {
  return JSON.stringify(Object.fromEntries(members.map(([key, name]) => [key, `$context.${name}`])));
}

/** `sourceIp` of `identity.sourceIp`, and both words where the last alone says too little. */
function short(name: string): string {
  const parts = name.split('.');
  const last = parts.at(-1) ?? name;
  return parts.length > 1 && samples.has(last)
    ? parts.join('_')
    : parts[0] === 'identity'
      ? last
      : parts.join('_');
}

function element(name: string): string {
  return `<${short(name)}>$context.${name}</${short(name)}>`;
}

const mention = /\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)/g;

/** The variables that a format writes, once each. */
export function mentioned(format: string): string[] {
  return [...new Set([...format.matchAll(mention)].map((m) => m[1] ?? ''))];
}

/** The shape of a format; what has none of the others is taken as words with blanks. */
export function shapeOf(format: string): Shape {
  const text = format.trim();
  if (text.startsWith('{')) return 'JSON';
  if (text.startsWith('<')) return 'XML';
  return /\s/.test(text) || !text.includes(',') ? 'CLF' : 'CSV';
}

function members(format: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(format);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The format with one more variable at its end. */
export function withVariable(format: string, name: string): string {
  const text = format.trim();
  if (mentioned(text).includes(name)) return text;
  const said = `$context.${name}`;
  if (text === '') return said;
  switch (shapeOf(text)) {
    case 'JSON': {
      const known = members(text);
      if (known) return JSON.stringify({ ...known, [short(name)]: said });
      // Written by hand so that only a whole line is JSON: numbers without quotes, say.
      return text.replace(/\s*}\s*$/, `${/{\s*}$/.test(text) ? '' : ','}"${short(name)}":"${said}"}`);
    }
    case 'XML':
      return text.replace(/<\/[^<>]*>\s*$/, (end) => element(name) + end);
    case 'CSV':
      return `${text},${said}`;
    case 'CLF':
      return `${text} ${said}`;
  }
}

/** The format without a variable, and without what only stood there for it. */
export function withoutVariable(format: string, name: string): string {
  const text = format.trim();
  const said = `\\$context\\.${name.replaceAll('.', '\\.')}(?![A-Za-z0-9_]|\\.[A-Za-z0-9_])`;
  switch (shapeOf(text)) {
    case 'JSON': {
      const known = members(text);
      if (known)
        return JSON.stringify(
          Object.fromEntries(Object.entries(known).filter(([, v]) => v !== `$context.${name}`)),
        );
      return text.replace(new RegExp(`"[^"]*"\\s*:\\s*"?${said}"?\\s*,?\\s*`, 'g'), '').replace(/,\s*}/, '}');
    }
    case 'XML':
      return text
        .replace(new RegExp(`<([^<>\\s/]+)>${said}</\\1>`, 'g'), '')
        .replace(new RegExp(`\\s+[^\\s=<>]+="${said}"`, 'g'), '');
    case 'CSV':
      return text
        .split(',')
        .filter((cell) => cell.trim() !== `$context.${name}`)
        .join(',');
    case 'CLF':
      return text
        .replace(new RegExp(`\\[${said}\\]|${said}`, 'g'), '')
        .replace(/ {2,}/g, ' ')
        .replace(/" /g, (quote, at: number, all: string) =>
          // The opening quote of the request's words keeps no blank behind it.
          (all.slice(0, at).match(/"/g)?.length ?? 0) % 2 === 0 ? '"' : quote,
        )
        .trim();
  }
}

/** A line as it would be written; what AWS does not know, or has nothing for, prints `-`. */
export function sampleLine(format: string, known: Record<string, string> = {}): string {
  return format.replace(mention, (_, name: string) => known[name] ?? samples.get(name) ?? '-').trimEnd();
}

/** What AWS refuses of a format, in words. */
export function formatProblem(format: string): string | undefined {
  const names = mentioned(format);
  if (/\n(?!$)/.test(format)) return 'It has to be a single line; a line break may stand only at its end.';
  if (!names.includes('requestId') && !names.includes('extendedRequestId'))
    return 'It has to hold $context.requestId or $context.extendedRequestId.';
  return undefined;
}
