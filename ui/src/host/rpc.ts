// Generated from src-tauri/crates/app/src/rpc.rs by `cargo xtask types`. Do not edit.

/**
 * Where and how access logs are written.
 */
export type AccessLogSettings = { 
/**
 * Log group ARN without `:*`.
 */
destinationArn?: string, 
/**
 * One line of `$context` variables.
 */
format?: string, };

/**
 * One account.
 */
export type Account = { 
/**
 * As in `Scope::account`.
 */
id: string, 
/**
 * As the user knows it.
 */
name: string, 
/**
 * `sandbox`, `static keys`, `SSO`, `assumed role`, `process`, `web identity`, `no credentials`.
 */
kind: string, 
/**
 * The region to begin with.
 */
region: string, 
/**
 * Which variable or file gave the region.
 */
regionFrom: string, 
/**
 * `AWS_ENDPOINT_URL` or the file's `endpoint_url`, when one is set.
 */
endpointUrl?: string, };

/**
 * The accounts, and where to begin.
 */
export type Accounts = { 
/**
 * The sandbox first, then the profiles in the order of the files.
 */
accounts: Array<Account>, 
/**
 * What `AWS_PROFILE` and `AWS_REGION` say, else the sandbox.
 */
start: Scope, 
/**
 * Where `start` came from: "AWS_PROFILE", "no AWS profile is set".
 */
startFrom: string, 
/**
 * Every region, by partition.
 */
regions: { [key in string]: Array<string> }, 
/**
 * What could not be read of the configuration files, in words.
 */
problem?: string, };

/**
 * The one thing that a click does about a finding.
 */
export type Action = { "kind": "fix", 
/**
 * The route that gets fixed.
 */
routeKey: string, } | { "kind": "turnOnLogs" } | { "kind": "showRoute", 
/**
 * Which.
 */
routeKey: string, } | { "kind": "readNow" };

/**
 * `GetApi`.
 */
export type Api = { 
/**
 * Ten lower-case letters and digits.
 */
apiId: string, 
/**
 * As the user called it.
 */
name: string, 
/**
 * `wss://{apiId}.execute-api.{region}.amazonaws.com`.
 */
apiEndpoint: string, 
/**
 * Always `WEBSOCKET` here.
 */
protocolType: string, 
/**
 * For example `$request.body.action`.
 */
routeSelectionExpression: string, 
/**
 * `$request.header.x-api-key` unless set otherwise.
 */
apiKeySelectionExpression: string, 
/**
 * True when the generated endpoint refuses everything.
 */
disableExecuteApiEndpoint: boolean, 
/**
 * Free text.
 */
description?: string, 
/**
 * ISO 8601.
 */
createdDate?: string, 
/**
 * Tags.
 */
tags: { [key in string]: string }, };

/**
 * An API in the picker.
 */
export type ApiSummary = { 
/**
 * Its id.
 */
apiId: string, 
/**
 * Its name.
 */
name: string, };

/**
 * An API as the screens show it.
 */
export type ApiView = { 
/**
 * As AWS has it now.
 */
snapshot: Snapshot, 
/**
 * What follows from it, a row a stage, in the snapshot's order.
 */
stages: Array<StageView>, 
/**
 * A row a route, in the order in which people look: `$connect`, `$disconnect`, `$default`, then by name.
 */
routes: Array<RouteView>, };

/**
 * Carries a review out.
 */
export type Apply = { 
/**
 * The review's id.
 */
review: string, 
/**
 * False: leave the deploying steps out.
 */
deploy: boolean, };

/**
 * What applying a review tells while it runs.
 */
export type ApplyItem = { "kind": "started", 
/**
 * Index into the steps.
 */
step: number, } | { "kind": "waiting", 
/**
 * Index into the steps.
 */
step: number, 
/**
 * For what.
 */
for: string, } | { "kind": "done", 
/**
 * Index into the steps.
 */
step: number, } | { "kind": "failed", 
/**
 * Index into the steps.
 */
step: number, 
/**
 * AWS's words.
 */
problem: Problem, } | { "kind": "finished", 
/**
 * The deployment that was made, if one was.
 */
deployment?: string, };

/**
 * `GetAuthorizer`.
 */
export type Authorizer = { 
/**
 * Six letters and digits.
 */
authorizerId: string, 
/**
 * As the user called it.
 */
name: string, 
/**
 * Always `REQUEST` for WebSocket APIs.
 */
authorizerType: string, 
/**
 * Invocation URI of the function.
 */
authorizerUri?: string, 
/**
 * `route.request.header.X`, `route.request.querystring.X`, `stageVariables.X`, `context.X`.
 */
identitySource: Array<string>, 
/**
 * Role that the gateway assumes for the call.
 */
authorizerCredentialsArn?: string, };

/**
 * What a function does when it is invoked.
 */
export type Behaviour = { "kind": "builtIn", 
/**
 * Its name.
 */
name: string, } | { "kind": "answers", 
/**
 * JSON.
 */
payload: string, } | { "kind": "raises", 
/**
 * As `errorMessage`.
 */
message: string, } | { "kind": "timesOut" } | { "kind": "url", 
/**
 * With or without the path of an invocation.
 */
url: string, };

/**
 * The faults of one route of one stage; the default is none. `$connect` and `$disconnect` are routes too.
 */
export type Chaos = { 
/**
 * Milliseconds that every answer takes longer.
 */
latencyMs: number, 
/**
 * Up to so many milliseconds more, at random.
 */
jitterMs: number, 
/**
 * Milliseconds more for the first request after a minute without one.
 */
coldStartMs: number, 
/**
 * Of 100 requests, so many are swallowed: no backend sees them and nothing comes back.
 */
dropPercent: number, 
/**
 * The gateway answers with this status, 429 or 500, and calls nothing.
 */
status: number | null, 
/**
 * The socket ends without a close frame (1006), or with this code (1009).
 */
close: number | null, 
/**
 * The backend's answer is cut in the middle, so that it is no JSON any more.
 */
malformed: boolean, 
/**
 * `$disconnect` is not run.
 */
loseDisconnect: boolean, };

/**
 * The closed set of kinds. Add one only when the window treats it differently.
 */
export type Code = "bad_question" | "no_profile" | "no_credentials" | "credentials_expired" | "access_denied" | "not_found" | "refused" | "conflict" | "throttled" | "unreachable" | "aws_failed" | "not_connected" | "already_connected" | "port_unavailable" | "internal";

/**
 * How sure. `Certain` only when the evidence excludes every other cause.
 */
export type Confidence = "possible" | "likely" | "certain";

/**
 * Dials.
 */
export type Connect = { 
/**
 * From `SessionItem::Ready`.
 */
session: string, 
/**
 * Empty: the stage's own.
 */
url: string, 
/**
 * Name and value, in order.
 */
headers: Array<[string, string]>, 
/**
 * Name and value, appended to the URL, encoded.
 */
query: Array<[string, string]>, 
/**
 * Offered in this order.
 */
subprotocols: Array<string>, 
/**
 * 0: 35 seconds, long enough for the gateway's own timeout of 29.
 */
timeoutMs: number, };

/**
 * Whether the socket is open.
 */
export type Connection = { "kind": "closed" } | { "kind": "connecting", 
/**
 * The attempt.
 */
row: number, 
/**
 * Milliseconds since 1970.
 */
since: number, } | { "kind": "open", 
/**
 * The attempt.
 */
row: number, 
/**
 * Milliseconds since 1970.
 */
since: number, 
/**
 * Known once a log line or an error frame told it.
 */
connectionId?: string, 
/**
 * What the server chose.
 */
subprotocol?: string, 
/**
 * Of the last pings, newest last, at most 30.
 */
pingMs: Array<number>, };

/**
 * `GetDeployment`. What a deployment holds can't be read from AWS: only that it is there.
 */
export type Deployment = { 
/**
 * Six letters and digits.
 */
deploymentId: string, 
/**
 * ISO 8601.
 */
createdDate?: string, 
/**
 * `PENDING`, `FAILED` or `DEPLOYED`.
 */
deploymentStatus?: string, 
/**
 * Free text.
 */
description?: string, 
/**
 * Made by auto-deploy.
 */
autoDeployed?: boolean, };

/**
 * A line of the diff.
 */
export type DiffLine = { 
/**
 * ` `, `-` or `+`.
 */
sign: string, 
/**
 * `integration 7kq2m1x of $connect`: the heading under which the line stands.
 */
of: string, 
/**
 * `requestTemplates / $default`.
 */
field: string, 
/**
 * As it is or will be; `not set`, `none` where it is not.
 */
value: string, };

/**
 * Closes or cancels.
 */
export type Disconnect = { 
/**
 * From `SessionItem::Ready`.
 */
session: string, 
/**
 * 0: close without a code (the gateway sees 1005).
 */
code: number, 
/**
 * At most 123 bytes.
 */
reason: string, };

/**
 * What went wrong, for the window, the terminal and the tests alike.
 */
export type Error = { 
/**
 * Which kind.
 */
code: Code, 
/**
 * AWS's or the system's own words.
 */
message: string, 
/**
 * What to do.
 */
hint?: string, 
/**
 * AWS's request id.
 */
requestId?: string, };

/**
 * One reason to believe a finding.
 */
export type Evidence = { 
/**
 * Where it was seen.
 */
place: Place, 
/**
 * What it says, in words.
 */
text: string, };

/**
 * A broken API of the sandbox, to be tried.
 */
export type ExhibitView = { 
/**
 * Whether Gatescope has a rule that recognises its cause.
 */
explained: boolean, 
/**
 * What is broken, in a few words that others share.
 */
family: string, 
/**
 * The cause's public id.
 */
cause: string, 
/**
 * Its API.
 */
apiId: string, 
/**
 * Its stage.
 */
stage: string, 
/**
 * What to do, in words.
 */
tries: string, 
/**
 * How often one dials until it is seen; 0: it takes more than a WebSocket client that signs nothing.
 */
dials: number, 
/**
 * The custom domain to dial, when it is not the API's own host.
 */
domain?: string, 
/**
 * What is dialled behind the host.
 */
path: string, 
/**
 * Headers of the handshake.
 */
headers: Array<[string, string]>, 
/**
 * A message to send once connected.
 */
send?: string, 
/**
 * How much of the sandbox's time has to pass then, in milliseconds.
 */
skipMs?: number, };

/**
 * Why no HTTP answer came.
 */
export type FailureKind = "nameNotFound" | "connectionRefused" | "timedOut" | "cancelled" | "tls" | "broken" | "protocol";

/**
 * One route's faults and where they are.
 */
export type Fault = { 
/**
 * The API.
 */
apiId: string, 
/**
 * Its stage.
 */
stage: string, 
/**
 * The route.
 */
routeKey: string, 
/**
 * What goes wrong.
 */
chaos: Chaos, };

/**
 * A cause that fits the evidence.
 */
export type Finding = { 
/**
 * Public id, for example `mock-status-missing`.
 */
cause: string, 
/**
 * How sure.
 */
confidence: Confidence, 
/**
 * What happened, one sentence.
 */
title: string, 
/**
 * Why that is a failure, at most three lines.
 */
reason: string, 
/**
 * What to do, one sentence.
 */
fix: string, 
/**
 * Numbered from 1 in this order.
 */
evidence: Array<Evidence>, 
/**
 * What one click does about it, if anything.
 */
action?: Action, };

/**
 * Forgets a message.
 */
export type ForgetMessage = { 
/**
 * For which API.
 */
of: OfApi, 
/**
 * Which.
 */
name: string, };

/**
 * One attempt to open a connection, whole.
 */
export type Handshake = { 
/**
 * As dialled, with its query.
 */
url: string, 
/**
 * As sent, in order. Secrets are masked before they get here.
 */
requestHeaders: Array<[string, string]>, 
/**
 * In the order in which they began; the last one may have failed.
 */
phases: Array<Phase>, 
/**
 * How it ended.
 */
outcome: Outcome, };

/**
 * `sts:GetCallerIdentity`.
 */
export type Identity = { 
/**
 * Twelve digits.
 */
account: string, 
/**
 * The caller.
 */
arn: string, };

/**
 * `GetIntegration`, with its integration responses.
 */
export type Integration = { 
/**
 * Seven letters and digits.
 */
integrationId: string, 
/**
 * `AWS`, `AWS_PROXY`, `HTTP`, `HTTP_PROXY` or `MOCK`.
 */
integrationType: string, 
/**
 * URL, or `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations`.
 */
integrationUri?: string, 
/**
 * HTTP method of the call to the backend.
 */
integrationMethod?: string, 
/**
 * `INTERNET` or `VPC_LINK`.
 */
connectionType?: string, 
/**
 * VPC link id.
 */
connectionId?: string, 
/**
 * `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.
 */
contentHandlingStrategy?: string, 
/**
 * Role that the gateway assumes for the call.
 */
credentialsArn?: string, 
/**
 * `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.
 */
passthroughBehavior?: string, 
/**
 * `1.0` for proxies.
 */
payloadFormatVersion?: string, 
/**
 * `integration.request.header.X` → source expression.
 */
requestParameters: { [key in string]: string }, 
/**
 * Template by selection key.
 */
requestTemplates: { [key in string]: string }, 
/**
 * Gives the key into `request_templates`.
 */
templateSelectionExpression?: string, 
/**
 * 50 to 29,000 ms.
 */
timeoutInMillis?: number, 
/**
 * Gives the key of the integration response.
 */
integrationResponseSelectionExpression?: string, 
/**
 * Free text.
 */
description?: string, 
/**
 * `GetIntegrationResponses`.
 */
responses: Array<IntegrationResponse>, };

/**
 * `GetIntegrationResponse`.
 */
export type IntegrationResponse = { 
/**
 * Its id.
 */
integrationResponseId: string, 
/**
 * `$default` or `/regex/`.
 */
integrationResponseKey: string, 
/**
 * `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.
 */
contentHandlingStrategy?: string, 
/**
 * `route.response.header.X` → source expression.
 */
responseParameters: { [key in string]: string }, 
/**
 * Template by selection key.
 */
responseTemplates: { [key in string]: string }, 
/**
 * Gives the key into `response_templates`.
 */
templateSelectionExpression?: string, };

/**
 * How sure it is that the log request belongs to the left side.
 */
export type Link = { 
/**
 * How sure.
 */
kind: LinkKind, 
/**
 * By what: "x-amz-apigw-id", "User-Agent", "connection id and order".
 */
why: string, };

/**
 * How sure a link is.
 */
export type LinkKind = "none" | "waiting" | "exact" | "likely" | "other";

/**
 * How full a log group is.
 */
export type LogGroup = { 
/**
 * Its name.
 */
name: string, 
/**
 * Events that it holds, at most [`crate::EVENTS_KEPT_PER_GROUP`].
 */
events: number, 
/**
 * Memory that they take, roughly; all groups together at most [`crate::LOG_BYTES_KEPT`].
 */
bytes: number, 
/**
 * Events that had to go to keep these bounds.
 */
dropped: number, };

/**
 * A line as the log pane shows it.
 */
export type LogRow = { 
/**
 * Milliseconds after the request's first line.
 */
offsetMs: number, 
/**
 * Without the request id; secrets masked.
 */
text: string, 
/**
 * Lines that say nothing of this request in particular (ids, usage plan): folded until asked for.
 */
quiet: boolean, 
/**
 * Whether it tells of a failure.
 */
failure: boolean, };

/**
 * The row that a command made.
 */
export type MadeRow = { 
/**
 * Its id.
 */
row: number, };

/**
 * `GetModel`.
 */
export type Model = { 
/**
 * Its id.
 */
modelId: string, 
/**
 * Letters and digits.
 */
name: string, 
/**
 * `application/json`.
 */
contentType?: string, 
/**
 * JSON Schema, draft 4, as text.
 */
schema?: string, 
/**
 * Free text.
 */
description?: string, };

/**
 * No question.
 */
export type Nothing = Record<symbol, never>;

/**
 * Names an API.
 */
export type OfApi = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which.
 */
apiId: string, };

/**
 * Names an open connection.
 */
export type OfConnection = { 
/**
 * As API Gateway names it.
 */
connectionId: string, };

/**
 * Names a Lambda function.
 */
export type OfFunction = { 
/**
 * Its name.
 */
name: string, };

/**
 * Names a row.
 */
export type OfRow = { 
/**
 * From `SessionItem::Ready`.
 */
session: string, 
/**
 * From `SessionItem::Row`.
 */
row: number, };

/**
 * Names a session.
 */
export type OfSession = { 
/**
 * From `SessionItem::Ready`.
 */
session: string, };

/**
 * Names a stage.
 */
export type OfStage = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which API.
 */
apiId: string, 
/**
 * Which stage.
 */
stage: string, };

/**
 * Opens the sandbox's port.
 */
export type OpenPort = { 
/**
 * 0: any that is free.
 */
port: number, };

/**
 * A port that is open.
 */
export type OpenedPort = { 
/**
 * Of 127.0.0.1.
 */
port: number, };

/**
 * How an attempt ended.
 */
export type Outcome = { "kind": "pending" } | { "kind": "opened", 
/**
 * Of the answer.
 */
headers: Array<[string, string]>, 
/**
 * What the server chose, if anything.
 */
subprotocol?: string, } | { "kind": "refused" } & Refusal | { "kind": "failed", 
/**
 * Where it stopped.
 */
phase: PhaseName, 
/**
 * Which kind of failure.
 */
reason: FailureKind, 
/**
 * The words of the system, the TLS stack or the resolver.
 */
message: string, };

/**
 * A timed part of the handshake.
 */
export type Phase = { 
/**
 * Which part.
 */
name: PhaseName, 
/**
 * Microseconds since the attempt began.
 */
startUs: number, 
/**
 * Microseconds since the attempt began.
 */
endUs: number, 
/**
 * The address, `TLS 1.3`, the status: what a person reads beside the bar.
 */
detail: string, 
/**
 * Whether the attempt ended here.
 */
failed: boolean, };

/**
 * The parts of a handshake.
 */
export type PhaseName = "dns" | "tcp" | "tls" | "upgrade";

/**
 * Where a piece of evidence is to be seen.
 */
export type Place = { "kind": "line", 
/**
 * Index into the request's lines.
 */
index: number, } | { "kind": "status" } | { "kind": "header", 
/**
 * Its name.
 */
name: string, } | { "kind": "body" } | { "kind": "frame" } | { "kind": "config", 
/**
 * For example `Routes › $connect › Request template`.
 */
path: string, 
/**
 * Which route to show.
 */
routeKey?: string, } | { "kind": "clock" };

/**
 * Which route a text would take.
 */
export type PredictRoute = { 
/**
 * The API's route selection expression.
 */
expression: string, 
/**
 * The keys that exist.
 */
routeKeys: Array<string>, 
/**
 * The message.
 */
text: string, };

/**
 * The route that a text takes.
 */
export type Prediction = { 
/**
 * Absent: the gateway answers `Forbidden`.
 */
routeKey?: string, 
/**
 * "$request.body.action is joinroom".
 */
why: string, };

/**
 * Asks for the review of a fix.
 */
export type PreviewFix = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which API.
 */
apiId: string, 
/**
 * Which stage.
 */
stage: string, 
/**
 * The cause's id.
 */
cause: string, 
/**
 * The route that it concerns.
 */
routeKey: string, };

/**
 * Asks for the review that turns logs on.
 */
export type PreviewLogs = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which API.
 */
apiId: string, 
/**
 * Which stage.
 */
stage: string, 
/**
 * `INFO`, `ERROR` or `OFF`.
 */
level: string, 
/**
 * Whole requests and responses too.
 */
dataTrace: boolean, };

/**
 * Something that went wrong, with AWS's own words kept.
 */
export type Problem = { 
/**
 * One of a closed set; the window has its sentence.
 */
code: string, 
/**
 * AWS's or the system's own words.
 */
message: string, 
/**
 * What to do, for example `aws sso login --profile x`.
 */
hint?: string, 
/**
 * AWS's request id.
 */
requestId?: string, };

/**
 * An HTTP answer that is not 101.
 */
export type Refusal = { 
/**
 * HTTP status.
 */
status: number, 
/**
 * In the order received, names as sent.
 */
headers: Array<[string, string]>, 
/**
 * The whole body as text, up to 64 KiB; bytes that are no UTF-8 become U+FFFD.
 */
body: string, 
/**
 * Whether the body was longer than what is kept.
 */
bodyTruncated: boolean, };

/**
 * A log request as one row.
 */
export type RequestRow = { 
/**
 * The prefix of its lines.
 */
requestId: string, 
/**
 * `$connect`, `joinroom` …
 */
routeKey?: string, 
/**
 * The connection, once a line said it.
 */
connectionId?: string, 
/**
 * What the log says; for a refused handshake, what the client saw.
 */
status?: number, 
/**
 * First to last line.
 */
totalMs: number, 
/**
 * Only data trace tells.
 */
integrationMs?: number, 
/**
 * How many lines have come.
 */
lines: number, 
/**
 * Whether its last line has come.
 */
complete: boolean, };

/**
 * `{"required": true}`.
 */
export type Required = { 
/**
 * Whether a request without it is refused.
 */
required: boolean, };

/**
 * Begins again.
 */
export type ResetSandbox = { 
/**
 * With what.
 */
seed: SandboxSeed, };

/**
 * What the review sheet shows.
 */
export type Review = { 
/**
 * By which `open_apply` names it.
 */
id: string, 
/**
 * "Give $connect a status code".
 */
title: string, 
/**
 * The change in words.
 */
words: Array<Words>, 
/**
 * Amber: what else comes along ("A deployment takes the whole API …").
 */
notices: Array<string>, 
/**
 * Field by field, against what stands at AWS now.
 */
diff: Array<DiffLine>, 
/**
 * In this order, nothing else.
 */
steps: Array<Step>, 
/**
 * "Every new connection to prod …".
 */
affects: string, 
/**
 * IAM actions.
 */
needs: Array<string>, 
/**
 * "Apply only" exists: the last steps deploy and may be left out.
 */
canSkipDeploy: boolean, 
/**
 * How to undo it, in words.
 */
undo: string, };

/**
 * `GetRoute`, with its route responses.
 */
export type Route = { 
/**
 * Seven letters and digits.
 */
routeId: string, 
/**
 * `$connect`, `$disconnect`, `$default`, or what the selection expression gives.
 */
routeKey: string, 
/**
 * `integrations/{integrationId}`.
 */
target?: string, 
/**
 * `NONE`, `AWS_IAM` or `CUSTOM`.
 */
authorizationType: string, 
/**
 * The authorizer, when `CUSTOM`.
 */
authorizerId?: string, 
/**
 * Only meaningful on `$connect`.
 */
apiKeyRequired: boolean, 
/**
 * Gives the key into `request_models`.
 */
modelSelectionExpression?: string, 
/**
 * Model name by selection key.
 */
requestModels: { [key in string]: string }, 
/**
 * `route.request.querystring.X` → is it required.
 */
requestParameters: { [key in string]: Required }, 
/**
 * `$default` makes the route two-way.
 */
routeResponseSelectionExpression?: string, 
/**
 * Free name.
 */
operationName?: string, 
/**
 * `GetRouteResponses`.
 */
responses: Array<RouteResponse>, };

/**
 * Something wrong with a route that is visible without connecting.
 */
export type RouteProblem = { 
/**
 * `Request template` or `Integration response`.
 */
station: string, 
/**
 * The cause that it will have.
 */
cause: string, 
/**
 * In words.
 */
text: string, };

/**
 * `GetRouteResponse`.
 */
export type RouteResponse = { 
/**
 * Its id.
 */
routeResponseId: string, 
/**
 * Only `$default` is allowed by AWS.
 */
routeResponseKey: string, 
/**
 * Model name by key.
 */
responseModels: { [key in string]: string }, };

/**
 * Logging, metrics and throttling of a stage or of one of its routes. An absent member means «not set here»;
 * throttling that is written as 0 refuses every request (terraform-provider-aws#14742), so nothing here writes it.
 */
export type RouteSettings = { 
/**
 * `OFF`, `ERROR` or `INFO`.
 */
loggingLevel?: string, 
/**
 * Whole requests and responses in the log.
 */
dataTraceEnabled?: boolean, 
/**
 * Metrics per route.
 */
detailedMetricsEnabled?: boolean, 
/**
 * Requests.
 */
throttlingBurstLimit?: number, 
/**
 * Requests a second.
 */
throttlingRateLimit?: number, };

/**
 * What follows for a route: the one-look table's row.
 */
export type RouteView = { 
/**
 * Its key.
 */
routeKey: string, 
/**
 * Its id.
 */
routeId: string, 
/**
 * `MOCK`, `HTTP proxy`, `Lambda proxy` …, `none`.
 */
integration: string, 
/**
 * The template, the method and address, or the function's name.
 */
target: string, 
/**
 * `none`, `IAM`, the authorizer's name; `not possible` where AWS does not allow it.
 */
authorization: string, 
/**
 * `required`, `none`, `not possible`.
 */
apiKey: string, 
/**
 * The model's name, `none`, `not possible`.
 */
model: string, 
/**
 * `two-way`, `one-way`; for `$connect` and `$disconnect` the integration response's keys.
 */
response: string, 
/**
 * What stands in the way of an answer, in words, by station.
 */
problems: Array<RouteProblem>, };

/**
 * One row of the timeline: a left side (the conversation), a right side (the log), or both.
 */
export type Row = { 
/**
 * Grows by one a row; the place in the list. Also the id by which calls name it.
 */
id: number, 
/**
 * Milliseconds since 1970.
 */
at: number, 
/**
 * What the left side shows.
 */
kind: RowKind, 
/**
 * One line: the path dialled, the start of a message, the reason of a close, the words of a marker.
 */
text: string, 
/**
 * Second, quieter text of a marker.
 */
detail?: string, 
/**
 * Bytes of the payload, the body or the frame.
 */
size?: number, 
/**
 * From sending to the answer.
 */
roundTripMs?: number, 
/**
 * HTTP status of a handshake, code of a close.
 */
status?: number, 
/**
 * How it went.
 */
outcome: RowOutcome, 
/**
 * The log request at the same height.
 */
request?: RequestRow, 
/**
 * How the two sides belong together.
 */
link: Link, 
/**
 * Said on the right where there is no request: "No log: logging was off at the time".
 */
note?: string, 
/**
 * Why it failed.
 */
verdict?: Verdict, 
/**
 * Set when a later deployment removed the cause: its id.
 */
fixedBy?: string, };

/**
 * Everything behind one opened row.
 */
export type RowDetail = { 
/**
 * Of an attempt.
 */
handshake?: Handshake, 
/**
 * Of a frame: the whole text, or hex where it is binary.
 */
payload?: string, 
/**
 * Set when the payload is no longer kept (memory is bounded): the words to show.
 */
payloadGone?: string, 
/**
 * Of the log request.
 */
lines: Array<LogRow>, 
/**
 * "End of request. The integration was never called."
 */
endNote?: string, };

/**
 * What a row's left side is.
 */
export type RowKind = "attempt" | "sent" | "received" | "ping" | "closed" | "marker" | "other";

/**
 * How a row went.
 */
export type RowOutcome = "neutral" | "pending" | "ok" | "failed";

/**
 * An API, as far as faults and addresses need it.
 */
export type SandboxApi = { 
/**
 * Its id.
 */
apiId: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its stages by name.
 */
stages: Array<string>, 
/**
 * `$connect`, `$disconnect` and `$default`, which a client meets even where they are not configured, then its own
 * routes by name.
 */
routeKeys: Array<string>, };

/**
 * An open connection.
 */
export type SandboxClient = { 
/**
 * Its connection id.
 */
connectionId: string, 
/**
 * The API that it belongs to.
 */
apiId: string, 
/**
 * The stage that it was opened on.
 */
stage: string, 
/**
 * Milliseconds since 1970.
 */
connectedAt: number, 
/**
 * Milliseconds since 1970.
 */
lastActiveAt: number, 
/**
 * The client's address.
 */
sourceIp: string, 
/**
 * The client's name for itself: hostile text.
 */
userAgent: string, };

/**
 * A Lambda function.
 */
export type SandboxFunction = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its ARN.
 */
arn: string, 
/**
 * What it does.
 */
behaviour: Behaviour, 
/**
 * Whether it came with the sandbox, and can't be deleted.
 */
builtIn: boolean, };

/**
 * What the sandbox begins with.
 */
export type SandboxSeed = "chat" | "gallery" | "empty";

/**
 * The sandbox as it is now, and how it is run.
 */
export type SandboxView = { 
/**
 * Its only region.
 */
region: string, 
/**
 * Its account: twelve digits.
 */
account: string, 
/**
 * The demo key pair: for this sandbox only, and worth nothing.
 */
accessKeyId: string, 
/**
 * Its secret.
 */
secretAccessKey: string, 
/**
 * The port of 127.0.0.1 on which other programs reach it.
 */
port?: number, 
/**
 * Where it is kept between starts.
 */
file?: string, 
/**
 * What is wrong with that file, or was, in words.
 */
trouble: Array<string>, 
/**
 * The sandbox's time, milliseconds since 1970.
 */
now: number, 
/**
 * How many times as fast as the wall's its clock runs.
 */
clockSpeed: number, 
/**
 * The APIs and where they can be reached.
 */
apis: Array<SandboxApi>, 
/**
 * By name.
 */
functions: Array<SandboxFunction>, 
/**
 * Faults on purpose.
 */
faults: Array<Fault>, 
/**
 * Who is connected, oldest first; at most [`View::MOST`].
 */
connections: Array<SandboxClient>, 
/**
 * How many are connected in all.
 */
connected: number, 
/**
 * Log groups by name; at most [`View::MOST`].
 */
logGroups: Array<LogGroup>, };

/**
 * Keeps a message.
 */
export type SaveMessage = { 
/**
 * For which API.
 */
of: OfApi, 
/**
 * What.
 */
message: SavedMessage, };

/**
 * A message kept for next time.
 */
export type SavedMessage = { 
/**
 * As the user called it; saving the same name again replaces it.
 */
name: string, 
/**
 * The payload.
 */
text: string, };

/**
 * An account and a region: every AWS call happens in one.
 */
export type Scope = { 
/**
 * `sandbox`, or `profile:NAME`.
 */
account: string, 
/**
 * For example `us-east-1`.
 */
region: string, };

/**
 * Sends a text frame.
 */
export type SendMessage = { 
/**
 * From `SessionItem::Ready`.
 */
session: string, 
/**
 * The payload.
 */
text: string, };

/**
 * What the session's stream carries.
 */
export type SessionItem = { "kind": "ready", 
/**
 * For `connect`, `send_message` …
 */
session: string, } | { "kind": "row", 
/**
 * Replaces the row with the same id.
 */
row: Row, } | { "kind": "connection", 
/**
 * As it is now.
 */
connection: Connection, } | { "kind": "tail", 
/**
 * As it is now.
 */
tail: Tail, } | { "kind": "dropped", 
/**
 * The first id that is still kept.
 */
before: number, };

/**
 * Changes the sandbox's clock; what is not there stays.
 */
export type SetClock = { 
/**
 * How many times as fast as the wall's it runs, from 0.001 to 1,000,000.
 */
speed?: number, 
/**
 * Milliseconds that pass at once.
 */
advanceMs?: number, };

/**
 * Makes a Lambda function, or changes what one does.
 */
export type SetFunction = { 
/**
 * Up to 64 letters, digits, hyphens and underscores.
 */
name: string, 
/**
 * What it does from now on.
 */
behaviour: Behaviour, };

/**
 * Everything that Gatescope knows about one API at one moment. Drafts, previews, diffs and undo all work on this.
 */
export type Snapshot = { 
/**
 * The API itself.
 */
api: Api, 
/**
 * Its routes, sorted by id as AWS lists them.
 */
routes: Array<Route>, 
/**
 * Its integrations, sorted by id.
 */
integrations: Array<Integration>, 
/**
 * Its models, sorted by id.
 */
models: Array<Model>, 
/**
 * Its authorizers, sorted by id.
 */
authorizers: Array<Authorizer>, 
/**
 * Its stages, sorted by name.
 */
stages: Array<Stage>, 
/**
 * Its deployments, newest first.
 */
deployments: Array<Deployment>, };

/**
 * `GetStage`.
 */
export type Stage = { 
/**
 * 1 to 128 of `[A-Za-z0-9_-]`.
 */
stageName: string, 
/**
 * The deployment that it serves; absent = never deployed.
 */
deploymentId?: string, 
/**
 * Present only when it was sent.
 */
autoDeploy?: boolean, 
/**
 * For every route that has none of its own.
 */
defaultRouteSettings: RouteSettings, 
/**
 * By route key; each field overrides the default.
 */
routeSettings: { [key in string]: RouteSettings }, 
/**
 * Stage variables.
 */
stageVariables: { [key in string]: string }, 
/**
 * Access log.
 */
accessLogSettings?: AccessLogSettings, 
/**
 * Client certificate for HTTP backends.
 */
clientCertificateId?: string, 
/**
 * Free text.
 */
description?: string, 
/**
 * What the last automatic deployment said.
 */
lastDeploymentStatusMessage?: string, 
/**
 * ISO 8601.
 */
createdDate?: string, 
/**
 * ISO 8601.
 */
lastUpdatedDate?: string, 
/**
 * Tags.
 */
tags: { [key in string]: string }, };

/**
 * What follows for a stage.
 */
export type StageView = { 
/**
 * Its name.
 */
stageName: string, 
/**
 * What a client dials.
 */
url: string, 
/**
 * Where its execution log is.
 */
logGroup: string, 
/**
 * `OFF`, `ERROR` or `INFO`, for routes without a setting of their own.
 */
loggingLevel: string, 
/**
 * Whether requests and responses are logged whole.
 */
dataTrace: boolean, 
/**
 * Milliseconds since 1970 of the deployment that it serves.
 */
deployedAt?: number, 
/**
 * Changes made with Gatescope that no deployment has taken yet, in words. AWS does not tell of others.
 */
undeployed: Array<string>, };

/**
 * One AWS call, or what Gatescope itself does in between.
 */
export type Step = { 
/**
 * `UpdateIntegration`.
 */
operation: string, 
/**
 * `integration 7kq2m1x of $connect`.
 */
target: string, 
/**
 * `changes 2 fields`.
 */
effect: string, 
/**
 * The same as an `aws` command; empty where AWS is not called.
 */
command: string, 
/**
 * Whether it belongs to deploying.
 */
deploys: boolean, 
/**
 * What the call carries.
 */
input: unknown, };

/**
 * The state of the log tail.
 */
export type Tail = { 
/**
 * What it does now.
 */
state: TailState, 
/**
 * The group that it reads.
 */
logGroup: string, 
/**
 * `INFO`, `ERROR` or `OFF`, as the stage says.
 */
level: string, 
/**
 * Whether the stage traces data.
 */
dataTrace: boolean, 
/**
 * What is wrong and what to do, when something is.
 */
problem?: Problem, };

/**
 * What the tail does.
 */
export type TailState = "idle" | "starting" | "live" | "polling" | "off" | "failed";

/**
 * What is known about one failed attempt or message, best first.
 */
export type Verdict = { 
/**
 * Ranked; empty = not explained yet.
 */
findings: Array<Finding>, 
/**
 * What was looked at, in words: said when nothing fits.
 */
lookedAt: Array<string>, 
/**
 * What would settle it, in words: said when nothing is certain.
 */
wouldHelp: Array<string>, };

/**
 * A sentence of the change.
 */
export type Words = { 
/**
 * `+`, `-` or `~`.
 */
sign: string, 
/**
 * What.
 */
text: string, 
/**
 * So that.
 */
because: string, };

/** Every call: its question and its answer. */
export interface Calls {
  /** The sandbox and the profiles of the AWS configuration files. */
  list_accounts: { question: Nothing; answer: Accounts };
  /** Who the account's credentials are. */
  identify: { question: Scope; answer: Identity };
  /** The WebSocket APIs of a region. */
  list_apis: { question: Scope; answer: Array<ApiSummary> };
  /** Everything about one API. */
  read_api: { question: OfApi; answer: ApiView };
  /** Which route a message would take. */
  predict_route: { question: PredictRoute; answer: Prediction };
  /** The change that removes a cause. */
  preview_fix: { question: PreviewFix; answer: Review };
  /** The change that turns execution logs on, creating the account's role where it is missing. */
  preview_logs: { question: PreviewLogs; answer: Review };
  /** A deployment of what stands now. */
  preview_deploy: { question: OfStage; answer: Review };
  /** Dials; answers when the attempt's row is there. */
  connect: { question: Connect; answer: MadeRow };
  /** Sends a text frame. */
  send_message: { question: SendMessage; answer: MadeRow };
  /** Sends a ping. */
  send_ping: { question: OfSession; answer: MadeRow };
  /** Closes the connection, or cancels the attempt. */
  disconnect: { question: Disconnect; answer: Nothing };
  /** Fetches the log now instead of waiting. */
  read_log_now: { question: OfSession; answer: Nothing };
  /** What is behind a row. */
  read_row: { question: OfRow; answer: RowDetail };
  /** The messages kept for an API. */
  list_messages: { question: OfApi; answer: Array<SavedMessage> };
  /** Keeps a message. */
  save_message: { question: SaveMessage; answer: Array<SavedMessage> };
  /** Forgets a message. */
  forget_message: { question: ForgetMessage; answer: Array<SavedMessage> };
  /** The broken APIs of the gallery that the sandbox has now. */
  list_exhibits: { question: Nothing; answer: Array<ExhibitView> };
  /** Makes a Lambda function of the sandbox, or changes what one does. */
  set_function: { question: SetFunction; answer: Nothing };
  /** Deletes a Lambda function of the sandbox. */
  delete_function: { question: OfFunction; answer: Nothing };
  /** Sets the faults of one route of one stage of the sandbox; without any they are taken away. */
  set_fault: { question: Fault; answer: Nothing };
  /** Takes all faults of the sandbox away. */
  clear_faults: { question: Nothing; answer: Nothing };
  /** Lets the sandbox's time run faster, or pass at once. */
  set_clock: { question: SetClock; answer: Nothing };
  /** Lets other programs of this machine reach the sandbox. */
  open_sandbox_port: { question: OpenPort; answer: OpenedPort };
  /** Accepts no one any more; who is connected stays. */
  close_sandbox_port: { question: Nothing; answer: Nothing };
  /** Forgets everything in the sandbox and begins again. */
  reset_sandbox: { question: ResetSandbox; answer: Nothing };
  /** Closes a client's connection to the sandbox. */
  disconnect_client: { question: OfConnection; answer: Nothing };
}

/** Every stream: its question and its item. */
export interface Streams {
  /** A conversation with a stage, beside its log. Nothing is dialled and no tail is opened before `connect`. */
  open_session: { question: OfStage; answer: SessionItem };
  /** Carries a review out, step by step. */
  open_apply: { question: Apply; answer: ApplyItem };
  /** The sandbox now, and again whenever something changes. */
  watch_sandbox: { question: Nothing; answer: SandboxView };
}
