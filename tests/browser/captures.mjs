// Logs as somebody saves them (CloudWatch's console, `aws logs`), each with the cause that it holds: AWS's own sentences in
// the order of a request, and recorded ones of the corpus. Nothing but the file tells what failed: no API is read beside it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const id = 'EP5yqFByIAMElXw=';
const lambda =
  'Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:chat/invocations';
const misconfigured = (words) => `Execution failed due to configuration error: ${words}`;
const crashed = (words) =>
  `Lambda execution failed with status 200 due to customer function error: ${words} Lambda request id: cbb8db9c-94de-4d11-873d-e5d79fda5a05`;
const text = (lines) => lines.map((line) => `(${id}) ${line}`).join('\n') + '\n';

/** A handshake at INFO, with these lines after what each one logs before anything can fail. */
const handshake = (cause, ...rest) => ({
  name: `${cause}.log`,
  cause,
  text: text([
    `Extended Request Id: ${id}`,
    `Verifying Usage Plan for request: ${id}. API Key:  API Stage: 3fmvso4h96/prod`,
    "API Key  authorized because route '$connect' does not require API Key. Request will not contribute to throttle or quota limits",
    'Usage Plan check succeeded for API Key  and API Stage 3fmvso4h96/prod',
    `Starting execution for request: ${id}`,
    'WebSocket Request Route: [$connect]',
    'Client [UserAgent: wscat, SourceIp: 92.234.107.50] is connecting to WebSocket API [3fmvso4h96].',
    ...rest,
  ]),
});

/** One that an authorizer decides. */
const authorized = (cause, ...rest) => ({
  name: `${cause}.log`,
  cause,
  text: text([`Extended Request Id: ${id}`, `Starting authorizer: cs8ih7 for request: ${id}`, ...rest]),
});

const recorded = (name, cause) => ({
  name,
  cause,
  text: readFileSync(fileURLToPath(new URL(`../parity/corpus/${name}`, import.meta.url)), 'utf8'),
});

export const captures = [
  handshake(
    'mock-status-missing',
    misconfigured('statusCode should be an integer which defined in request template'),
  ),
  handshake(
    'integration-response-missing',
    misconfigured(
      'No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 200',
    ),
  ),
  handshake('lambda-permission-missing', lambda, misconfigured('Invalid permissions on Lambda function')),
  handshake(
    'lambda-malformed-response',
    lambda,
    'Endpoint response body before transformations: "hello world"',
    misconfigured('Malformed Lambda proxy response'),
  ),
  handshake('lambda-error', lambda, crashed('boom.')),
  handshake(
    'lambda-timeout',
    lambda,
    crashed(
      '2021-04-01T21:58:32.000Z cbb8db9c-94de-4d11-873d-e5d79fda5a05 Task timed out after 10.00 seconds.',
    ),
  ),
  handshake('integration-timeout', lambda, 'Execution failed due to a timeout error'),
  handshake(
    'integration-network',
    'Execution failed due to a network error communicating with endpoint: Connection is closed',
  ),
  handshake('integration-uri-invalid', misconfigured('Invalid endpoint address')),
  handshake('request-template-failed', misconfigured('Unable to transform request')),
  handshake('response-template-failed', misconfigured('Unable to transform response')),
  handshake('body-not-base64', misconfigured('Unable to base64 decode the body.')),
  handshake(
    'integration-role-not-assumable',
    misconfigured(
      'API Gateway does not have permission to assume the provided role arn:aws:iam::000000000000:role/x',
    ),
  ),
  handshake(
    'model-validation-failed',
    'Request body does not match model schema for content type application/json: [object has missing required properties (["text"])]',
  ),
  handshake(
    'backend-rejected',
    'Endpoint request URI: http://chat.example.com/connect',
    'Received response. Status: 403, Integration latency: 9 ms',
    'Endpoint response body before transformations: {"error": "unknown client"}',
  ),
  authorized('authorizer-identity-missing', `Unauthorized request: ${id}`),
  authorized(
    'authorizer-malformed',
    'Authorizer result body before parsing: {"errorType":"X"}',
    misconfigured('Invalid JSON in response: Unrecognized field "errorType" , not marked as ignorable'),
    'AuthorizerConfigurationException',
  ),
  authorized(
    'authorizer-permission-missing',
    misconfigured('Invalid permissions on Lambda function'),
    misconfigured('Authorizer error'),
    'Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500',
  ),
  recorded('rest-lambda-error-info-data-trace.txt', 'lambda-error'),
  recorded('rest-malformed-lambda-proxy-response.txt', 'lambda-malformed-response'),
  recorded('rest-authorizer-identity-missing-401.txt', 'authorizer-identity-missing'),
  recorded('rest-authorizer-assume-role-failed.txt', 'authorizer-permission-missing'),
];
