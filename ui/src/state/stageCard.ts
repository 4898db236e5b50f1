// A stage as one line for other tools, and the names around it: callback address, log group ARN. Pure.

export interface Card {
  /** What a client dials. */
  url: string;
  /** What a backend posts to. */
  callbacks: string;
  wscat: string;
  curl: string;
  script: string;
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** `url` is the stage's; the sandbox's names resolve nowhere else, so its open port and the path name the stage there. */
export function cardOf(
  url: string,
  region: string,
  sandbox?: { port: number; apiId: string; stage: string },
): Card {
  const dial = sandbox ? `ws://127.0.0.1:${sandbox.port}/${sandbox.apiId}/${sandbox.stage}` : url;
  const callbacks = `${dial.replace(/^ws/, 'http')}/@connections`;
  return {
    url: dial,
    callbacks,
    wscat: `wscat -c ${quoted(dial)}`,
    curl: [
      `curl -X POST ${quoted(callbacks)}/"$CONNECTION_ID" --data 'hello'`,
      `--aws-sigv4 'aws:amz:${region}:execute-api' --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"`,
      // An empty header is left out by curl: keys without a session need none.
      `--header "X-Amz-Security-Token: $AWS_SESSION_TOKEN"`,
    ].join(' '),
    script: [
      `const socket = new WebSocket(${JSON.stringify(dial)});`,
      `socket.onmessage = (event) => console.log(event.data);`,
      `socket.onopen = () => socket.send(JSON.stringify({ action: 'joinroom' }));`,
    ].join('\n'),
  };
}

const partition = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** The ARN of a log group as an access log names it: without `:*`. */
export function logGroupArn(region: string, account: string, group: string): string {
  return `arn:${partition(region)}:logs:${region}:${account}:log-group:${group}`;
}

/** The group of such an ARN, or nothing where it is none. */
export function logGroupOf(arn: string): string | undefined {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(arn)?.[1];
}

/** The days that CloudWatch Logs keeps: botocore's model of logs, PutRetentionPolicy. */
const days = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const spans: Record<number, string> = {
  7: '1 week',
  14: '2 weeks',
  30: '1 month',
  60: '2 months',
  90: '3 months',
  180: '6 months',
  365: '1 year',
  731: '2 years',
  1096: '3 years',
  1827: '5 years',
  3653: '10 years',
};

/** What a log group's retention can be, with the words for it. */
export const retentions = days.map((n) => ({
  value: String(n),
  name: spans[n] ?? (n === 1 ? '1 day' : `${n} days`),
}));
