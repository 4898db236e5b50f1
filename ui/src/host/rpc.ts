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
 * A record of an access log, read by the stage's own format.
 */
export type AccessRecord = { 
/**
 * `requestId` → value, in the format's order. `-` is what API Gateway writes for nothing.
 */
fields: Array<[string, string]>, 
/**
 * The whole line, where the format could not be matched.
 */
unread?: string, };

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
 * True: nothing that writes is sent to it.
 */
locked: boolean, 
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
routeKey: string, 
/**
 * What besides the route the fix is about: a custom domain and its mapping key, a key's id, a variable.
 */
about?: string, } | { "kind": "turnOnLogs" } | { "kind": "showRoute", 
/**
 * Which.
 */
routeKey: string, 
/**
 * Which station of its way: `Request template`.
 */
station?: string, } | { "kind": "readNow" } | { "kind": "deploy" } | { "kind": "setVariable", 
/**
 * Its name.
 */
name: string, } | { "kind": "sendKey" } | { "kind": "sign" } | { "kind": "dial", 
/**
 * Whole, with its scheme.
 */
url: string, } | { "kind": "openLog", 
/**
 * Which group.
 */
logGroup: string, 
/**
 * The function's request id.
 */
requestId?: string, } | { "kind": "copy", 
/**
 * What it is, for the button: `Copy the policy`.
 */
what: string, 
/**
 * The text.
 */
text: string, } | { "kind": "probe" };

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
 * `ipv4` or `dualstack`.
 */
ipAddressType?: string, 
/**
 * True: deployments do not look whether a route's models are there.
 */
disableSchemaValidation?: boolean, 
/**
 * The user's own version label.
 */
version?: string, 
/**
 * Tags.
 */
tags: { [key in string]: string }, };

/**
 * `GetApiKeys`, without values.
 */
export type ApiKey = { 
/**
 * Ten letters and digits.
 */
id: string, 
/**
 * As the user called it.
 */
name: string, 
/**
 * Free text.
 */
description?: string, 
/**
 * A key that is not enabled is refused.
 */
enabled: boolean, 
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
 * A stage of an API in a usage plan.
 */
export type ApiStage = { 
/**
 * Which API.
 */
apiId: string, 
/**
 * Which stage.
 */
stage: string, 
/**
 * Limits by route, where set.
 */
throttle?: { [key in string]: Throttle }, };

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
name: string, 
/**
 * `wss://{apiId}.execute-api.{region}.amazonaws.com`.
 */
endpoint: string, 
/**
 * ISO 8601; empty: AWS did not say.
 */
createdDate: string, 
/**
 * Free text.
 */
description: string, 
/**
 * Tags.
 */
tags: { [key in string]: string }, };

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
routes: Array<RouteView>, 
/**
 * The API in the AWS console; empty in the sandbox.
 */
consoleUrl: string, };

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
problem: Problem, 
/**
 * The change as the history has it: it can be finished or rolled back.
 */
change?: number, 
/**
 * Why, where AWS's words have a cause that can be removed.
 */
finding?: Finding, } | { "kind": "finished", 
/**
 * The change as the history has it.
 */
change: number, 
/**
 * The API that was made, if one was.
 */
apiId?: string, 
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
 * A part of the histogram.
 */
export type Bar = { 
/**
 * When it begins, milliseconds since 1970.
 */
at: number, 
/**
 * Its length in milliseconds.
 */
spanMs: number, 
/**
 * Requests.
 */
requests: number, 
/**
 * Of which failed.
 */
failures: number, };

/**
 * Makes the draft of a new API.
 */
export type BeginApi = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which starter.
 */
starter: string, 
/**
 * The API's name.
 */
name: string, 
/**
 * By field id.
 */
fields: { [key in string]: string }, };

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
 * How a book is written to a file.
 */
export type BookFormat = "text" | "jsonl" | "csv";

/**
 * What a book's stream carries.
 */
export type BookItem = { "kind": "ready", 
/**
 * For `filter_book`, `read_book` …
 */
book: string, } | { "kind": "sources", 
/**
 * All of them.
 */
sources: Array<Source>, } | { "kind": "counts", 
/**
 * As they are now.
 */
counts: Counts, };

/**
 * A line of any group.
 */
export type BookLine = { 
/**
 * Milliseconds since 1970.
 */
at: number, 
/**
 * Which group.
 */
source: number, 
/**
 * The request that it belongs to; empty when none is known.
 */
requestId: string, 
/**
 * Without the request id; secrets masked.
 */
text: string, 
/**
 * Says nothing of this request in particular.
 */
quiet: boolean, 
/**
 * Tells of a failure.
 */
failure: boolean, 
/**
 * AWS cut it at 1,024 bytes.
 */
truncated: boolean, 
/**
 * Shown for the match beside it.
 */
context: boolean, };

/**
 * Rows of a book.
 */
export type BookPage = { 
/**
 * As in `Counts`.
 */
version: number, 
/**
 * The first row.
 */
from: number, 
/**
 * In their order.
 */
rows: Array<BookRow>, };

/**
 * A row of a book.
 */
export type BookRow = { "kind": "request", 
/**
 * Milliseconds since 1970.
 */
at: number, 
/**
 * What its lines say.
 */
request: RequestRow, 
/**
 * Whether it failed.
 */
failed: boolean, 
/**
 * Whether this window's own client caused it.
 */
own: boolean, 
/**
 * The failure's first words, else nothing.
 */
said: string, 
/**
 * Of the function behind it, where its log is read.
 */
run?: FunctionRun, } | { "kind": "line" } & BookLine | { "kind": "access", 
/**
 * Milliseconds since 1970.
 */
at: number, 
/**
 * By the format's variables, in its order; secrets masked.
 */
record: AccessRecord, } | { "kind": "connection" } & ConnectionRow;

/**
 * What is going on, and what was.
 */
export type CallItem = { "kind": "call", 
/**
 * Which.
 */
call: CallView, } | { "kind": "pace", 
/**
 * Sent, not answered.
 */
underWay: number, 
/**
 * Not sent yet: AWS allows ten a second for the whole account.
 */
waiting: number, };

/**
 * One call of AWS that was made.
 */
export type CallView = { 
/**
 * Rises by one with each call; the same number again: news of that call.
 */
number: number, 
/**
 * Where.
 */
scope: Scope, 
/**
 * `apigatewayv2`.
 */
service: string, 
/**
 * `GetRoutes`.
 */
operation: string, 
/**
 * On what: `3fmvso4h96 · 7kq2m1x`.
 */
target: string, 
/**
 * Milliseconds since 1970.
 */
at: number, 
/**
 * How long it took, waiting and tries included; absent: under way.
 */
tookMs?: number, 
/**
 * How often it was sent; more than 1: AWS throttled it, or failed.
 */
tries: number, 
/**
 * How long it waited for its turn, in milliseconds.
 */
waitedMs: number, 
/**
 * HTTP status of the last answer; 0: none.
 */
status: number, 
/**
 * AWS's request id.
 */
requestId: string, 
/**
 * AWS's code and words, when it refused.
 */
error?: string, 
/**
 * The same as an `aws` command. Secrets are masked.
 */
command: string, };

/**
 * A certificate, as far as it matters for whose it is.
 */
export type Certificate = { 
/**
 * `CN=api.example.com`; clients do not look for names here.
 */
subject: string, 
/**
 * The names and addresses that it is for.
 */
names: Array<string>, 
/**
 * Who signed it.
 */
issuer: string, 
/**
 * Milliseconds since 1970.
 */
notBefore?: number, 
/**
 * Milliseconds since 1970.
 */
notAfter?: number, 
/**
 * Of the whole certificate, hexadecimal.
 */
sha256: string, };

/**
 * A certificate of ACM.
 */
export type CertificateHere = { 
/**
 * `arn:aws:acm:{region}:{account}:certificate/{uuid}`.
 */
arn: string, 
/**
 * All names, the first one is its own.
 */
names: Array<string>, 
/**
 * `PENDING_VALIDATION`, `ISSUED`, `INACTIVE`, `EXPIRED`, `VALIDATION_TIMED_OUT`, `REVOKED`, `FAILED`.
 */
status: string, 
/**
 * `AMAZON_ISSUED`, `IMPORTED`, `PRIVATE`.
 */
type: string, 
/**
 * `DNS`, `EMAIL`, `HTTP`; empty where it is none of ACM's own.
 */
validationMethod: string, 
/**
 * Why it FAILED: `CAA_ERROR`, `INVALID_PUBLIC_DOMAIN` …
 */
failureReason?: string, 
/**
 * Milliseconds since 1970.
 */
createdAt?: number, 
/**
 * Milliseconds since 1970.
 */
notAfter?: number, 
/**
 * `ELIGIBLE`, `INELIGIBLE`; empty: AWS did not say.
 */
renewal: string, 
/**
 * How each name is proven; a record may be missing for some seconds after the request (facts 6.1 #2).
 */
validations: Array<Validation>, 
/**
 * What uses it (ARNs).
 */
inUseBy: Array<string>, 
/**
 * Gatescope's wizard asked for it (its tag says so).
 */
ours: boolean, };

/**
 * A certificate in the list.
 */
export type CertificateRow = { 
/**
 * All about it.
 */
certificate: CertificateHere, 
/**
 * What wants attention; empty: nothing.
 */
health: Array<Health>, };

/**
 * How a change stands.
 */
export type ChangeState = "running" | "done" | "stopped" | "broken" | "finished" | "rolledBack" | "undone";

/**
 * What changes on one resource.
 */
export type ChangeView = { 
/**
 * What it is.
 */
kind: Kind, 
/**
 * Of which (an integration's responses); else empty.
 */
parent: string, 
/**
 * Its id.
 */
id: string, 
/**
 * `+`, `-` or `~`.
 */
sign: string, 
/**
 * `route joinroom`.
 */
label: string, 
/**
 * Each change in words.
 */
words: Array<string>, 
/**
 * The members that change: `requestTemplates`, of maps with the key: `requestTemplates/$default`.
 */
members: Array<string>, };

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
 * One link of the chain.
 */
export type Check = { 
/**
 * Which.
 */
kind: CheckKind, 
/**
 * What came of it.
 */
state: CheckState, 
/**
 * In words: what was seen, and where it broke what that means and what to do.
 */
says: string, 
/**
 * The cause's id, where it is one of the list of causes.
 */
cause?: string, 
/**
 * Milliseconds that it took.
 */
tookMs: number, };

/**
 * Asks what is wrong with an API.
 */
export type CheckApi = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which API.
 */
apiId: string, 
/**
 * Only what concerns this stage; absent: all.
 */
stage?: string, };

/**
 * The links, in order.
 */
export type CheckKind = "resolve" | "tls" | "mapping" | "upgrade" | "message";

/**
 * Asks what is wrong with the API of a snapshot file.
 */
export type CheckSnapshot = { 
/**
 * The file's text.
 */
text: string, 
/**
 * Only what concerns this stage; absent: all.
 */
stage?: string, };

/**
 * What came of a link.
 */
export type CheckState = "holds" | "failed" | "notTried";

/**
 * What a checkup found.
 */
export type Checkup = { 
/**
 * 100 less each deduction, at least 0.
 */
score: number, 
/**
 * Worst first.
 */
flaws: Array<Flaw>, 
/**
 * The rules that were asked and found nothing.
 */
passed: Array<PassedRule>, 
/**
 * The rules that could not be asked, and what was missing for it.
 */
unasked: Array<PassedRule>, };

/**
 * `GetClientCertificates`.
 */
export type ClientCertificate = { 
/**
 * Six letters and digits.
 */
clientCertificateId: string, 
/**
 * Free text.
 */
description?: string, 
/**
 * The public half, for the backend.
 */
pemEncodedCertificate?: string, 
/**
 * ISO 8601.
 */
createdDate?: string, 
/**
 * ISO 8601.
 */
expirationDate?: string, 
/**
 * Tags.
 */
tags: { [key in string]: string }, };

/**
 * Makes the draft of a copy: new ids, nothing of the old one's deployments.
 */
export type CloneApi = { 
/**
 * From where.
 */
of: OfApi, 
/**
 * Into which account and region.
 */
to: Scope, 
/**
 * The copy's name.
 */
name: string, };

/**
 * The closed set of kinds. Add one only when the window treats it differently.
 */
export type Code = "bad_question" | "no_profile" | "no_credentials" | "credentials_expired" | "access_denied" | "not_found" | "refused" | "conflict" | "throttled" | "unreachable" | "aws_failed" | "locked" | "not_connected" | "already_connected" | "port_unavailable" | "internal";

/**
 * A piece of code to copy.
 */
export type CodeSnippet = { 
/**
 * `Node.js`, `Python`.
 */
language: string, 
/**
 * The code.
 */
text: string, };

/**
 * Compares two stages (of one API or two), or two APIs: by names and keys, ids left aside.
 */
export type Compare = { 
/**
 * The left one.
 */
left: Compared, 
/**
 * The right one.
 */
right: Compared, };

/**
 * One half of a comparison.
 */
export type Compared = { 
/**
 * Which API.
 */
of: OfApi, 
/**
 * Absent: the whole API.
 */
stage?: string, };

/**
 * What differs.
 */
export type Comparison = { 
/**
 * Field by field.
 */
differences: Array<Difference>, 
/**
 * How many fields are alike.
 */
alike: number, };

/**
 * How sure. `Certain` only when the evidence excludes every other cause.
 */
export type Confidence = "possible" | "likely" | "certain";

/**
 * A field that was changed here and at AWS, differently.
 */
export type Conflict = { 
/**
 * Names it, for the choice.
 */
path: string, 
/**
 * `integration 7kq2m1x of $connect`.
 */
of: string, 
/**
 * `requestTemplates / $default`; of a whole resource: empty.
 */
field: string, 
/**
 * As it was when the draft began.
 */
base: string, 
/**
 * As the draft has it.
 */
mine: string, 
/**
 * As AWS has it now.
 */
theirs: string, 
/**
 * What was chosen.
 */
choice?: Side, };

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
timeoutMs: number, 
/**
 * With a Signature Version 4 of the account's credentials.
 */
sign?: boolean, 
/**
 * An API key whose value goes into `x-api-key`. The page knows the id, never the value.
 */
keyId?: string, 
/**
 * Where to dial instead of where the URL's name leads, a host or an address with or without a port: so a domain is tried
 * before DNS knows it.
 */
connectTo?: string, };

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
 * A connection's whole life.
 */
export type ConnectionLife = { 
/**
 * What is known of it as a whole.
 */
connection: ConnectionRow, 
/**
 * What happened, by time.
 */
events: Array<LifeEvent>, 
/**
 * What no log tells, in words: pushes without an access log, pings.
 */
unknown: Array<string>, };

/**
 * One connection, as the log tells it.
 */
export type ConnectionRow = { 
/**
 * Its id.
 */
connectionId: string, 
/**
 * When its first line was written.
 */
at: number, 
/**
 * When its `$disconnect` was, if it was seen.
 */
endedAt?: number, 
/**
 * Who it says it is, and from where.
 */
userAgent: string, 
/**
 * Source IP.
 */
sourceIp: string, 
/**
 * Messages that came from it.
 */
messages: number, 
/**
 * Of which failed.
 */
failures: number, 
/**
 * Frames that were pushed to it, as far as a log tells.
 */
pushes: number, 
/**
 * `1001: Going away`, when it has ended.
 */
end: string, 
/**
 * Whether it is this window's own.
 */
own: boolean, };

/**
 * What a person may allow where a station is blocked.
 */
export type Consent = { 
/**
 * `Ask for a new certificate`: the button.
 */
title: string, 
/**
 * The goal with it allowed: from then on this is the wizard's goal.
 */
goal: Goal, };

/**
 * What is in a book, and what the filter shows of it.
 */
export type Counts = { 
/**
 * Grows with each change of what is shown: rows read at another version may have moved.
 */
version: number, 
/**
 * Rows that the filter shows in the chosen view.
 */
shown: number, 
/**
 * Lines that are kept.
 */
lines: number, 
/**
 * Requests that are kept.
 */
requests: number, 
/**
 * Requests that failed.
 */
failures: number, 
/**
 * Lines that were let go because memory is bounded.
 */
letGo: number, 
/**
 * Bytes that the book takes.
 */
memory: number, 
/**
 * Why nothing is shown by the filter: a regular expression or pattern that can't be read, with its place.
 */
problem?: string, 
/**
 * Requests and failures by time, for the histogram: at most 120 of equal length, oldest first.
 */
bars: Array<Bar>, 
/**
 * Every route that was seen.
 */
routes: Array<string>, };

/**
 * `GetDomainNames`, with `GetApiMappings`.
 */
export type CustomDomain = { 
/**
 * What clients dial.
 */
domainName: string, 
/**
 * What a record has to point at: `d-….execute-api.{region}.amazonaws.com`.
 */
target: string, 
/**
 * The hosted zone of the target, for an ALIAS.
 */
hostedZoneId: string, 
/**
 * `AVAILABLE`, `UPDATING`, `PENDING_…`.
 */
status: string, 
/**
 * Which certificate.
 */
certificateArn?: string, 
/**
 * `TLS_1_0` or `TLS_1_2`.
 */
securityPolicy: string, 
/**
 * `API_MAPPING_ONLY`, `ROUTING_RULE_ONLY` or `ROUTING_RULE_THEN_API_MAPPING`; absent: the server does not tell.
 */
routingMode?: string, 
/**
 * What is behind it, sorted by id.
 */
mappings: Array<Mapping>, };

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
 * A deployment as the history shows it.
 */
export type DeploymentView = { 
/**
 * Its id.
 */
deploymentId: string, 
/**
 * Milliseconds since 1970.
 */
createdAt: number, 
/**
 * Free text.
 */
description: string, 
/**
 * `DEPLOYED`, `PENDING` or `FAILED`.
 */
status: string, 
/**
 * AWS's words about the status.
 */
statusMessage?: string, 
/**
 * Made by a stage that deploys by itself.
 */
autoDeployed: boolean, 
/**
 * The stages that serve it.
 */
stages: Array<string>, 
/**
 * What it changed against the one before, where both are known.
 */
changed?: Array<DiffLine>, 
/**
 * Why it is not known, in words.
 */
unknown?: string, };

/**
 * What a step made.
 */
export type DidDomainStep = { 
/**
 * Names and ids.
 */
made: Array<[string, string]>, };

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
 * One field that differs.
 */
export type Difference = { 
/**
 * Names it for [`Promote`].
 */
path: string, 
/**
 * `route joinroom`, `stage`.
 */
of: string, 
/**
 * `timeoutInMillis`, `stageVariables / region`.
 */
field: string, 
/**
 * Absent: not there.
 */
left?: string, 
/**
 * Absent: not there.
 */
right?: string, };

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
 * Where the zone of a name is served.
 */
export type DnsHost = "route53" | "manual";

/**
 * Does the step that was shown, if it still comes next.
 */
export type DoDomainStep = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * What is wanted.
 */
goal: Goal, 
/**
 * `Making::id` of what was shown.
 */
making: string, };

/**
 * Takes back what the wizard made.
 */
export type DoDomainUndo = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Of which wizard.
 */
goal: Goal, 
/**
 * `DomainUndo::id` of what was shown.
 */
undo: string, };

/**
 * Everything around custom domains of a region.
 */
export type DomainList = { 
/**
 * By name.
 */
domains: Array<DomainRow>, 
/**
 * All certificates of ACM in the region, by name.
 */
certificates: Array<CertificateRow>, 
/**
 * Names of the account's public hosted zones, for completing a name.
 */
zones: Array<string>, 
/**
 * What could not be read, in words.
 */
unread: Array<string>, };

/**
 * One custom domain.
 */
export type DomainRow = { 
/**
 * What clients dial; may be a wildcard.
 */
domainName: string, 
/**
 * `AVAILABLE`, `UPDATING` …
 */
status: string, 
/**
 * `REGIONAL`, `EDGE`, `PRIVATE`.
 */
endpointType: string, 
/**
 * `TLS_1_2` …
 */
securityPolicy: string, 
/**
 * `API_MAPPING_ONLY` …; empty: AWS did not say.
 */
routingMode: string, 
/**
 * `ipv4` or `dualstack`.
 */
ipAddressType: string, 
/**
 * Where it answers: `d-….execute-api.{region}.amazonaws.com`.
 */
target: string, 
/**
 * For an ALIAS.
 */
hostedZoneId: string, 
/**
 * Its certificate.
 */
certificate?: CertificateHere, 
/**
 * What it leads to, by key.
 */
mappings: Array<MappingRow>, 
/**
 * What DNS says of the name now, in words: `A ALIAS to d-… (in example.com)`, `nothing`.
 */
dns: string, 
/**
 * Whether that leads here; `None`: not known (a wildcard, or it could not be asked).
 */
pointsHere?: boolean, 
/**
 * What wants attention, worst first; empty: healthy.
 */
health: Array<Health>, };

/**
 * The way back.
 */
export type DomainUndo = { 
/**
 * Names it, for [`DoDomainUndo`].
 */
id: string, 
/**
 * The calls, newest made first undone.
 */
steps: Array<Step>, 
/**
 * What stays because it was there before or others use it, in words.
 */
keeps: Array<string>, };

/**
 * The wizard now.
 */
export type DomainView = { 
/**
 * `wss://chat.example.com/chat`.
 */
url: string, 
/**
 * To what a backend adds `/@connections/{id}`.
 */
callbackUrl: string, 
/**
 * The line.
 */
stations: Array<Station>, 
/**
 * What comes next.
 */
next: Next, 
/**
 * Milliseconds since 1970 of the newest look at the world.
 */
lookedAt: number, 
/**
 * The newest try of the address.
 */
verification?: Verification, 
/**
 * Backends that build a callback address which is wrong here.
 */
callbacks: Array<WrongCallback>, 
/**
 * What the wizard made that could be taken back, newest first, in words.
 */
made: Array<string>, 
/**
 * Why the newest look failed; all else is older then.
 */
problem?: Problem, };

/**
 * A copy of an API with changes, and the copy that it began from.
 */
export type Draft = { 
/**
 * As it was read. Of an API that does not exist yet: empty.
 */
base: Snapshot, 
/**
 * As it shall be. A resource whose id AWS does not know is created; by convention such an id begins with `new-`.
 */
draft: Snapshot, };

/**
 * What a draft changes, for the draft bar and the marks beside fields.
 */
export type DraftView = { 
/**
 * Resource by resource, in the order in which people look.
 */
changes: Array<ChangeView>, 
/**
 * What AWS would refuse, or what can't work, by field. A draft with problems can still be reviewed.
 */
problems: Array<FieldProblem>, };

/**
 * What came of dialling the generated endpoint.
 */
export type EndpointProof = { 
/**
 * `wss://{apiId}.execute-api…/{stage}`.
 */
url: string, 
/**
 * Refused as it shall be, or not.
 */
check: Check, };

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
 * A broken API, and how it is seen to break.
 */
export type Exhibit = { 
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
 * The host to dial, mostly a custom domain, when it is not the API's own.
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
 * Writes what is shown to the downloads folder, secrets masked.
 */
export type ExportBook = { 
/**
 * Which book.
 */
book: string, 
/**
 * How.
 */
format: BookFormat, };

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
 * Something that AWS would refuse, at its field.
 */
export type FieldProblem = { 
/**
 * On what.
 */
kind: Kind, 
/**
 * Of which; else empty.
 */
parent: string, 
/**
 * Its id.
 */
id: string, 
/**
 * `timeoutInMillis`, `stageVariables/region`.
 */
member: string, 
/**
 * In words: "between 50 and 29000".
 */
text: string, 
/**
 * False: AWS takes it, but it hardly does what was meant.
 */
refused: boolean, };

/**
 * What is shown of a book.
 */
export type Filter = { 
/**
 * A text that stands in a line of the request, or in the line itself.
 */
text: string, 
/**
 * Whether `text` is a regular expression.
 */
regex: boolean, 
/**
 * Whether case counts.
 */
case: boolean, 
/**
 * A CloudWatch Logs filter pattern.
 */
pattern: string, 
/**
 * A JMESPath expression: takes the lines that are JSON and for which it gives neither null, false nor nothing.
 */
jmespath: string, 
/**
 * Only this route.
 */
routeKey?: string, 
/**
 * `500`, `4xx`, `>=400`.
 */
status: string, 
/**
 * Only this connection.
 */
connectionId: string, 
/**
 * Only what failed.
 */
failures: boolean, 
/**
 * Only what this window's own client caused.
 */
own: boolean, 
/**
 * Groups that are left out.
 */
without: Array<number>, 
/**
 * Milliseconds since 1970.
 */
from?: number, 
/**
 * Milliseconds since 1970.
 */
to?: number, 
/**
 * In the view of lines: how many lines around each match are shown with it.
 */
context: number, };

/**
 * Chooses what a book shows.
 */
export type FilterBook = { 
/**
 * Which book.
 */
book: string, 
/**
 * A row is what.
 */
view: View, 
/**
 * Which rows.
 */
filter: Filter, 
/**
 * Of the access log, in which order; absent: by time.
 */
order?: Order, };

/**
 * Looks for the next failure.
 */
export type FindInBook = { 
/**
 * Which book.
 */
book: string, 
/**
 * Begins beside this row; absent: at the end that lies behind.
 */
beside?: number, 
/**
 * Towards older rows.
 */
back: boolean, };

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
action?: Action, 
/**
 * Said instead of a click: what has become of the cause since.
 */
since?: string, 
/**
 * Where AWS writes about it.
 */
doc?: string, };

/**
 * Something that is wrong.
 */
export type Flaw = { 
/**
 * The rule's public id; a cause's id where a cause of `diagnose` is meant.
 */
rule: string, 
/**
 * How bad.
 */
severity: Severity, 
/**
 * What is wrong and where, one sentence.
 */
title: string, 
/**
 * What it breaks.
 */
reason: string, 
/**
 * What to do.
 */
fix: string, 
/**
 * Where it is seen.
 */
evidence: Array<Evidence>, 
/**
 * Where the rule comes from: AWS's page.
 */
source: string, 
/**
 * What it costs of the score.
 */
deduction: number, 
/**
 * What one click does about it.
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
 * The row that was looked for.
 */
export type FoundRow = { 
/**
 * Absent: there is none.
 */
row?: number, };

/**
 * A function to choose.
 */
export type FunctionChoice = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its ARN, without alias.
 */
arn: string, 
/**
 * `nodejs22.x`.
 */
runtime: string, 
/**
 * Aliases and versions.
 */
qualifiers: Array<string>, };

/**
 * One run of a function, from its own log.
 */
export type FunctionRun = { 
/**
 * The function's request id.
 */
requestId: string, 
/**
 * Which group.
 */
source: number, 
/**
 * From `REPORT`.
 */
durationMs?: number, 
/**
 * What is paid for.
 */
billedMs?: number, 
/**
 * Megabytes that it may use.
 */
memoryMb?: number, 
/**
 * Megabytes that it used.
 */
usedMb?: number, 
/**
 * Of a cold start.
 */
initMs?: number, 
/**
 * `timeout`, `error`, or nothing.
 */
status?: string, };

/**
 * What shall be there in the end: `wss://{host}/{key}` leads to a stage.
 */
export type Goal = { 
/**
 * Which API.
 */
apiId: string, 
/**
 * Which stage.
 */
stage: string, 
/**
 * The custom domain, `chat.example.com` or `*.example.com`; lower case, no dot at the end.
 */
domainName: string, 
/**
 * What is dialled below a wildcard, `chat.example.com`; empty: the domain itself.
 */
host: string, 
/**
 * The mapping's key; empty: the root.
 */
key: string, 
/**
 * Where the name's zone is.
 */
dns: DnsHost, 
/**
 * IPv6 too.
 */
dualStack: boolean, 
/**
 * Records at the name that lead elsewhere may be replaced: a person read which ones, and said so.
 */
replaceRecords: boolean, 
/**
 * Certificates that can't serve here (failed, of another region, imported for a wildcard), by ARN: a person read
 * why, and wants a new one in their place.
 */
inPlaceOf?: Array<string>, 
/**
 * The DNS host lets an apex lead to a name (ALIAS, ANAME, CNAME flattening): a person said so.
 */
hasAlias?: boolean, };

/**
 * A guided change: makes the draft for it.
 */
export type Guided = { "kind": "requireKey", 
/**
 * Which API.
 */
of: OfApi, 
/**
 * Which stage.
 */
stage: string, 
/**
 * Requests a second.
 */
rate: number, 
/**
 * Requests at once.
 */
burst: number, 
/**
 * Requests in a period.
 */
quota: number, 
/**
 * `DAY`, `WEEK` or `MONTH`.
 */
period: string, } | { "kind": "snippet", 
/**
 * Which API.
 */
of: OfApi, 
/**
 * On what it is applied: the draft as it stands.
 */
draft: Snapshot, 
/**
 * Which route.
 */
routeKey: string, 
/**
 * `connectionIdInBody`, `connectionIdInHeader`, `stageVariableInUrl`, `stageVariableInBody`, `mockStatus`, `pushBack`.
 */
snippet: string, };

/**
 * Asks for the result as somebody else's text.
 */
export type HandOver = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * What.
 */
goal: Goal, 
/**
 * Which text.
 */
format: HandOverFormat, };

/**
 * Which text.
 */
export type HandOverFormat = "cloudFormation" | "terraform" | "pulumi" | "runbook";

/**
 * The text.
 */
export type HandedOver = { 
/**
 * For saving: `chat.example.com.yaml`.
 */
fileName: string, 
/**
 * All of it.
 */
text: string, };

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
outcome: Outcome, 
/**
 * What is wrong with the certificate or the versions, where TLS is what failed.
 */
tlsTrouble?: TlsTrouble, };

/**
 * Something that wants attention.
 */
export type Health = { 
/**
 * True: clients fail; false: they will, or it is worth knowing.
 */
broken: boolean, 
/**
 * In words: what is so, and what to do.
 */
says: string, };

/**
 * Where a text was found.
 */
export type Hit = { 
/**
 * In what.
 */
kind: Kind, 
/**
 * Of which; else empty.
 */
parent: string, 
/**
 * Its id.
 */
id: string, 
/**
 * `integration 7kq2m1x of $connect`.
 */
label: string, 
/**
 * `requestTemplates / $default`.
 */
field: string, 
/**
 * The line with the text.
 */
line: string, 
/**
 * The routes that it belongs to: a click goes there.
 */
routes: Array<string>, };

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
 * Asks for a schema that accepts these messages.
 */
export type InferModel = { 
/**
 * Messages as they were captured; those that are no JSON are left out and counted.
 */
samples: Array<string>, };

/**
 * A schema that was inferred.
 */
export type InferredModel = { 
/**
 * JSON Schema, draft 4, indented.
 */
schema: string, 
/**
 * How many messages it was made from.
 */
used: number, 
/**
 * How many were no JSON.
 */
leftOut: number, };

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
 * Keeps a draft over restarts.
 */
export type KeepDraft = { 
/**
 * Of which API.
 */
of: OfApi, 
/**
 * What; absent: forget it.
 */
draft?: Draft, };

/**
 * A draft that was kept, if there is one.
 */
export type KeptDraft = { 
/**
 * What.
 */
draft?: Draft, };

/**
 * How much a key used.
 */
export type KeyUsage = { 
/**
 * The key's id.
 */
id: string, 
/**
 * Requests, a number a day.
 */
used: Array<number>, 
/**
 * What was left at the end of each day; -1: unlimited.
 */
left: Array<number>, };

/**
 * What a resource is.
 */
export type Kind = "api" | "logGroup" | "clientCertificate" | "vpcLink" | "model" | "authorizer" | "integration" | "integrationResponse" | "route" | "routeResponse" | "permission" | "deployment" | "stage" | "apiKey" | "usagePlan" | "planKey" | "mapping";

/**
 * Something that happened to a connection.
 */
export type LifeEvent = { 
/**
 * Milliseconds since 1970.
 */
at: number, 
/**
 * `connect`, `message`, `push`, `disconnect`.
 */
what: string, 
/**
 * The request.
 */
request: RequestRow, 
/**
 * Whether it failed.
 */
failed: boolean, 
/**
 * The message as data trace shows it, the close reason, the pusher's answer; masked.
 */
text: string, 
/**
 * Why it failed.
 */
verdict?: Verdict, };

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
 * A load balancer with what it forwards to.
 */
export type LoadBalancer = { 
/**
 * Its ARN.
 */
arn: string, 
/**
 * Of all its target groups.
 */
targets: Array<Target>, 
/**
 * AWS's words when not all of it could be read.
 */
error?: string, };

/**
 * What logs of a stage would cost, from its own traffic.
 */
export type LogEstimate = { 
/**
 * Requests in the last hour; absent: not known.
 */
requestsAnHour?: number, 
/**
 * Bytes a day at level INFO.
 */
infoBytes: number, 
/**
 * Bytes a day with data trace.
 */
traceBytes: number, 
/**
 * Bytes a day of the access log.
 */
accessBytes: number, 
/**
 * Dollars a gigabyte ingested, and where the price is from.
 */
price: number, 
/**
 * What the figures rest on, in words.
 */
from: string, };

/**
 * `DescribeLogGroups`: how long a group keeps what is written to it.
 */
export type LogGroup = { 
/**
 * `/aws/apigateway/{apiId}/{stage}`, or what the access log names.
 */
logGroupName: string, 
/**
 * Days; absent = never expires.
 */
retentionInDays?: number, 
/**
 * Bytes that are paid for.
 */
storedBytes?: number, };

/**
 * How full a log group is.
 */
export type LogGroupFill = { 
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
 * A ready query for Logs Insights.
 */
export type LogQuery = { 
/**
 * For the list.
 */
title: string, 
/**
 * What it tells.
 */
tells: string, 
/**
 * The groups that it is for.
 */
kind: SourceKind, 
/**
 * As Insights takes it.
 */
query: string, };

/**
 * What Insights answered.
 */
export type LogQueryResult = { 
/**
 * In the query's order.
 */
columns: Array<string>, 
/**
 * Cells by column; secrets masked.
 */
rows: Array<Array<string>>, 
/**
 * Lines that matched.
 */
matched: number, 
/**
 * Lines that were read.
 */
scanned: number, 
/**
 * Bytes that were read: what is paid for.
 */
bytes: number, };

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
 * Everything about one request.
 */
export type LoggedRequest = { 
/**
 * What its lines say.
 */
request: RequestRow, 
/**
 * Milliseconds since 1970.
 */
at: number, 
/**
 * Its way.
 */
phases: Array<RequestPhase>, 
/**
 * Execution log and functions' lines, by time.
 */
lines: Array<BookLine>, 
/**
 * Its record in the access log.
 */
access?: AccessRecord, 
/**
 * The functions that ran for it.
 */
runs: Array<FunctionRun>, 
/**
 * Why it failed.
 */
verdict?: Verdict, };

/**
 * The row that a command made.
 */
export type MadeRow = { 
/**
 * Its id.
 */
row: number, };

/**
 * What a writing step makes.
 */
export type Making = { 
/**
 * Names it, so that only what was shown is done: it changes with the calls.
 */
id: string, 
/**
 * `Request the certificate`: the button.
 */
title: string, 
/**
 * What there will be, in words.
 */
effect: string, 
/**
 * The exact calls.
 */
steps: Array<Step>, 
/**
 * What there is now and will be replaced, in words; nothing is replaced without [`Goal::replace_records`].
 */
replaces: Array<string>, };

/**
 * `GetApiMappings`.
 */
export type Mapping = { 
/**
 * Six letters and digits.
 */
apiMappingId: string, 
/**
 * The first segment of the path; empty: the domain itself.
 */
apiMappingKey: string, 
/**
 * Which API.
 */
apiId: string, 
/**
 * Which stage.
 */
stage: string, };

/**
 * A mapping in the list.
 */
export type MappingRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its key; empty: the root.
 */
key: string, 
/**
 * Which API.
 */
apiId: string, 
/**
 * Its name; empty: not a WebSocket API of this region, or gone.
 */
apiName: string, 
/**
 * Which stage.
 */
stage: string, 
/**
 * `wss://chat.example.com/chat`.
 */
url: string, };

/**
 * Asks whether a policy allows a connection.
 */
export type MatchPolicy = { 
/**
 * An IAM policy, or an authorizer's whole answer, as JSON.
 */
policy: string, 
/**
 * The ARN of `$connect`.
 */
methodArn: string, };

/**
 * Whether a policy allows a connection.
 */
export type MatchedPolicy = { 
/**
 * Whether it does.
 */
allows: boolean, 
/**
 * The whole verdict, in words.
 */
verdict: string, 
/**
 * Statement by statement, in words: why it matches or never can.
 */
statements: Array<string>, };

/**
 * What one of them got.
 */
export type MatrixItem = { 
/**
 * Which row, from 0.
 */
row: number, 
/**
 * 101, 401, 403, 500 …; 0: no answer.
 */
status: number, 
/**
 * The body, or why there was no answer.
 */
text: string, 
/**
 * Milliseconds.
 */
tookMs: number, };

/**
 * An identity to dial with.
 */
export type MatrixRow = { 
/**
 * "header and key".
 */
name: string, 
/**
 * Headers; a value `{{apiKey:ID}}` stands for that key's value, which never reaches the page.
 */
headers: Array<[string, string]>, 
/**
 * Query.
 */
query: Array<[string, string]>, 
/**
 * Signs the handshake with the account's credentials.
 */
signed: boolean, };

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
 * What comes next.
 */
export type Next = { "kind": "read", 
/**
 * For which station.
 */
station: StationId, 
/**
 * What, in words.
 */
what: string, } | { "kind": "do", 
/**
 * Of which station.
 */
station: StationId, 
/**
 * What it makes, and how.
 */
making: Making, } | { "kind": "wait", 
/**
 * Of which station.
 */
station: StationId, 
/**
 * For what, in words.
 */
what: string, 
/**
 * Milliseconds since 1970 at which the wait began, where the world tells.
 */
since?: number, 
/**
 * How long it usually takes, in milliseconds.
 */
usualMs: number, 
/**
 * When to look again, in milliseconds from now.
 */
lookAgainMs: number, } | { "kind": "byHand", 
/**
 * Of which station.
 */
station: StationId, 
/**
 * What is expected, and what stands there now.
 */
records: Array<WantedRecord>, 
/**
 * When to look again, in milliseconds from now.
 */
lookAgainMs: number, } | { "kind": "verify", 
/**
 * Only straight to the target: DNS does not know it yet.
 */
direct: boolean, } | { "kind": "blocked", 
/**
 * At which station.
 */
station: StationId, 
/**
 * Why; the page has no words of its own for it.
 */
reason: Reason, 
/**
 * What is so, in a sentence.
 */
words: string, 
/**
 * What to do.
 */
wayOut: string, } | { "kind": "done" };

/**
 * Why no log is there.
 */
export type NoLog = { 
/**
 * Best first: `logging-off`, `log-role-missing`, `settings-propagating`, `logs-pending`, `never-logged` …
 */
findings: Array<Finding>, 
/**
 * What was looked at, in words.
 */
lookedAt: Array<string>, };

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
 * A book.
 */
export type OfBook = { 
/**
 * As `Ready` told it.
 */
book: string, };

/**
 * Names a change.
 */
export type OfChange = { 
/**
 * From [`PastChange::id`].
 */
id: number, };

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
 * A wizard: what is wanted, and where.
 */
export type OfGoal = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * What.
 */
goal: Goal, };

/**
 * Names an API key.
 */
export type OfKey = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Its id.
 */
id: string, };

/**
 * Asks for a function's aliases and versions.
 */
export type OfLambda = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Its name or ARN.
 */
name: string, };

/**
 * A connection in a book.
 */
export type OfLoggedConnection = { 
/**
 * Which book.
 */
book: string, 
/**
 * Which connection.
 */
connectionId: string, };

/**
 * A request in a book.
 */
export type OfLoggedRequest = { 
/**
 * Which book.
 */
book: string, 
/**
 * The prefix of its lines.
 */
requestId: string, };

/**
 * Asks how much of a plan was used.
 */
export type OfPlan = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * The usage plan's id.
 */
id: string, 
/**
 * `2026-11-01`.
 */
from: string, 
/**
 * `2026-11-30`.
 */
to: string, };

/**
 * Names a revert.
 */
export type OfRevert = { 
/**
 * As in [`Revert`].
 */
id: number, };

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
 * Opens the book of a stage: every log group that belongs to it.
 */
export type OpenBook = { 
/**
 * Which stage.
 */
of: OfStage, 
/**
 * What of it.
 */
window: Window, };

/**
 * Dials a stage with several identities at once.
 */
export type OpenMatrix = { 
/**
 * Which stage.
 */
of: OfStage, 
/**
 * One dial each, in this order, one after the other.
 */
rows: Array<MatrixRow>, };

/**
 * Opens the sandbox's port.
 */
export type OpenPort = { 
/**
 * 0: any that is free.
 */
port: number, };

/**
 * Opens a snapshot file.
 */
export type OpenSnapshotFile = { 
/**
 * As it was saved.
 */
text: string, };

/**
 * A port that is open.
 */
export type OpenedPort = { 
/**
 * Of 127.0.0.1.
 */
port: number, };

/**
 * By what the records of the access log are ordered, where not by time.
 */
export type Order = { 
/**
 * A variable of the format: `integrationLatency`. Records without it come last; empty: their time.
 */
field: string, 
/**
 * Largest first.
 */
descending: boolean, };

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
 * A rule.
 */
export type PassedRule = { 
/**
 * Its public id.
 */
rule: string, 
/**
 * What it asks, or what was missing.
 */
text: string, };

/**
 * A change that was made with Gatescope, or begun.
 */
export type PastChange = { 
/**
 * Names it.
 */
id: number, 
/**
 * Where.
 */
scope: Scope, 
/**
 * Of which API.
 */
apiId: string, 
/**
 * Its name then.
 */
apiName: string, 
/**
 * "give $connect a status code".
 */
title: string, 
/**
 * In words.
 */
words: Array<Words>, 
/**
 * Milliseconds since 1970 of its first call.
 */
at: number, 
/**
 * How it stands.
 */
state: ChangeState, 
/**
 * What it differed.
 */
diff: Array<DiffLine>, 
/**
 * Its calls, in order.
 */
steps: Array<Step>, 
/**
 * How many of them were done.
 */
done: number, 
/**
 * Why it stopped, when it did.
 */
problem?: string, 
/**
 * The deployment that it made.
 */
deployment?: string, 
/**
 * What can't be brought back by undoing it, in words: "the key's value".
 */
lost: Array<string>, };

/**
 * A statement of a function's resource policy that lets API Gateway invoke it.
 */
export type Permission = { 
/**
 * The function's ARN, with its alias or version where the integration names one.
 */
functionArn: string, 
/**
 * The statement's id.
 */
statementId: string, 
/**
 * `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{routeKey}`; absent = for any source.
 */
sourceArn?: string, };

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
routeKey?: string, } | { "kind": "clock" } | { "kind": "message" } | { "kind": "end" } | { "kind": "phase" } | { "kind": "deployed", 
/**
 * Which route to show.
 */
routeKey?: string, } | { "kind": "beside", 
/**
 * Which group.
 */
logGroup: string, 
/**
 * Milliseconds since 1970.
 */
at: number, } | { "kind": "probe", 
/**
 * `DNS`, `TLS`, `lambda:GetPolicy` …
 */
name: string, };

/**
 * `GetUsagePlanKeys`.
 */
export type PlanKey = { 
/**
 * The API key's id.
 */
id: string, 
/**
 * Always `API_KEY`.
 */
type: string, 
/**
 * The key's name.
 */
name: string, };

/**
 * How much of a plan was used, key by key and day by day. AWS says itself that it is not real time.
 */
export type PlanUsage = { 
/**
 * The days, `2026-11-01` …
 */
days: Array<string>, 
/**
 * A row a key.
 */
keys: Array<KeyUsage>, };

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
 * Asks for the way back from a change, forward to its end, or back before it.
 */
export type PreviewChange = { 
/**
 * From [`PastChange::id`].
 */
id: number, 
/**
 * The stage that the last steps deploy to; empty: none.
 */
stage: string, 
/**
 * By conflict path: whose value wins.
 */
choices: { [key in string]: Side }, };

/**
 * Asks for the review of a draft.
 */
export type PreviewDraft = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which API; empty: one that does not exist yet.
 */
apiId: string, 
/**
 * The stage that the last steps deploy to; empty: none.
 */
stage: string, 
/**
 * What.
 */
draft: Draft, 
/**
 * "Set up a key and a plan"; empty: made from the changes.
 */
title: string, 
/**
 * By [`gatescope_model::review::Conflict::path`]: whose value wins.
 */
choices: { [key in string]: Side }, };

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
routeKey: string, 
/**
 * As the action says it.
 */
about?: string, };

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
 * Points a stage at a deployment.
 */
export type PreviewRollBack = { 
/**
 * Which API.
 */
of: OfApi, 
/**
 * Which stage.
 */
stage: string, 
/**
 * Which deployment.
 */
deploymentId: string, };

/**
 * One question and its answer.
 */
export type Probe = { "kind": "dns", 
/**
 * The name.
 */
host: string, 
/**
 * Names on the way (CNAME), in order.
 */
aliases: Array<string>, 
/**
 * Where it ends.
 */
addresses: Array<string>, 
/**
 * The resolver's words when nothing was found.
 */
error?: string, } | { "kind": "tls" } & Tls | { "kind": "policy", 
/**
 * Which function.
 */
functionArn: string, 
/**
 * Its statements for API Gateway.
 */
statements: Array<Permission>, 
/**
 * AWS's words when it could not be read.
 */
error?: string, } | { "kind": "simulated", 
/**
 * The role or user.
 */
principal: string, 
/**
 * For example `execute-api:ManageConnections`.
 */
action: string, 
/**
 * The ARN.
 */
resource: string, 
/**
 * `allowed`, `explicitDeny` or `implicitDeny`.
 */
decision: string, 
/**
 * AWS's words when it could not be asked.
 */
error?: string, } | { "kind": "targets" } & Targets | { "kind": "unasked", 
/**
 * What it was: `the configuration`.
 */
what: string, 
/**
 * AWS's words.
 */
error: string, };

/**
 * Asks the world about a row that failed, because a person allowed it.
 */
export type ProbeRow = { 
/**
 * Which session.
 */
session: string, 
/**
 * Which row.
 */
row: number, };

/**
 * What was asked.
 */
export type Probed = { 
/**
 * Each with its answer; the row's verdict is made again with them.
 */
probes: Array<Probe>, };

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
 * Makes the draft of the right side, with these differences taken over from the left.
 */
export type Promote = { 
/**
 * What was compared.
 */
compare: Compare, 
/**
 * Which differences, by path.
 */
paths: Array<string>, };

/**
 * Requests in a period.
 */
export type Quota = { 
/**
 * Requests.
 */
limit: number, 
/**
 * Requests taken off the first period.
 */
offset: number, 
/**
 * `DAY`, `WEEK` or `MONTH`.
 */
period: string, };

/**
 * Asks for rows of what is shown.
 */
export type ReadBook = { 
/**
 * Which book.
 */
book: string, 
/**
 * The first row.
 */
from: number, 
/**
 * How many, at most 1,000.
 */
count: number, };

/**
 * Why it is blocked. A closed set: feature rows 10.09, 10.10 and facts 6.
 */
export type Reason = "badName" | "badKey" | "noApi" | "noStage" | "notDeployed" | "mixedProtocols" | "notRegional" | "oldTls" | "routingRulesOnly" | "domainPending" | "ownedElsewhere" | "keyTaken" | "certificateElsewhere" | "certificateFailed" | "importedWildcard" | "noZone" | "privateZone" | "zoneNotDelegated" | "apexWithoutAlias" | "recordTaken" | "wrongRecord" | "refused" | "quota" | "doesNotAnswer";

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
 * A part of a request's way, from its lines.
 */
export type RequestPhase = { 
/**
 * `API key`, `authorizer`, `route`, `model`, `request template`, `integration`, `integration response`, `client`.
 */
name: string, 
/**
 * Milliseconds after the first line.
 */
startMs: number, 
/**
 * Milliseconds after the first line.
 */
endMs: number, 
/**
 * Whether it failed here.
 */
failed: boolean, 
/**
 * Indices of its lines in the request's lines.
 */
lines: Array<number>, };

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
 * A key's value, because somebody asked to see it.
 */
export type RevealedKey = { 
/**
 * The secret. Shown, never kept.
 */
value: string, };

/**
 * Logs that go back by themselves.
 */
export type Revert = { 
/**
 * For `cancel_revert`.
 */
id: number, 
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
 * When, milliseconds since 1970.
 */
at: number, 
/**
 * What it goes back to, in words.
 */
to: string, 
/**
 * Until then, by the account's clock (the sandbox has its own); negative: overdue.
 */
leftMs: number, 
/**
 * What went wrong when it was tried; it is tried again.
 */
problem?: string, 
/**
 * It is over: what became of it, in words. `cancel_revert` forgets it.
 */
over?: string, };

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
undo: string, 
/**
 * What somebody else changed since the draft began, where it collides. While there is one without a choice, there are
 * no steps.
 */
conflicts: Array<Conflict>, 
/**
 * What depends on what is deleted, in words: "route joinroom uses integration 7kq2m1x".
 */
dependants: Array<string>, 
/**
 * It deletes so much that a snapshot file is offered first.
 */
offersSnapshot: boolean, 
/**
 * The same as all steps, as one shell script.
 */
script: string, };

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
 * Set when a later change removed the cause: its deployment's id, empty where it needed none.
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
 * Runs a query with Logs Insights.
 */
export type RunLogQuery = { 
/**
 * Where.
 */
of: OfStage, 
/**
 * Which groups.
 */
logGroups: Array<string>, 
/**
 * As Insights takes it.
 */
query: string, 
/**
 * As in [`Window::Past`].
 */
from: string, 
/**
 * As in [`Window::Past`].
 */
to: string, };

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
logGroups: Array<LogGroupFill>, };

/**
 * Saves a text in the user's downloads folder.
 */
export type SaveFile = { 
/**
 * Without a folder. A name that is taken gets a number.
 */
name: string, 
/**
 * What.
 */
text: string, };

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
 * Where it was saved.
 */
export type SavedFile = { 
/**
 * With its folder.
 */
path: string, };

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
 * Searches all texts of an API.
 */
export type SearchApi = { 
/**
 * Which.
 */
of: OfApi, 
/**
 * A text, or a regular expression.
 */
pattern: string, 
/**
 * Whether it is one.
 */
regex: boolean, };

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
 * Locks an account, or unlocks it.
 */
export type SetLock = { 
/**
 * As in `Scope::account`.
 */
account: string, 
/**
 * True: nothing that writes is sent, whoever asks.
 */
locked: boolean, };

/**
 * Reads a group or leaves it, live or polled.
 */
export type SetSource = { 
/**
 * Which book.
 */
book: string, 
/**
 * Which group.
 */
source: number, 
/**
 * Whether it is read.
 */
on: boolean, 
/**
 * Whether it is tailed live.
 */
live: boolean, };

/**
 * How bad a flaw is.
 */
export type Severity = "connect" | "messages" | "risk" | "advice";

/**
 * Whose value wins.
 */
export type Side = "mine" | "theirs";

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
deployments: Array<Deployment>, 
/**
 * What the account has around it; absent = not read, and then no change touches it.
 */
surroundings?: Surroundings, 
/**
 * What could not be read, in words, by list: `models` → "apigateway:GET on … is not allowed". Such a list is empty here,
 * and no change touches it.
 */
unread?: { [key in string]: string }, };

/**
 * An API's snapshot as a readable file.
 */
export type SnapshotFile = { 
/**
 * `my-chat-app-gw-1 2026-11-21.gatescope.json`.
 */
name: string, 
/**
 * JSON, indented.
 */
text: string, };

/**
 * A snippet that a route can take.
 */
export type Snippet = { 
/**
 * As in [`Guided::Snippet`].
 */
id: string, 
/**
 * "Connection id in a header".
 */
name: string, 
/**
 * What it sets, in a sentence.
 */
says: string, };

/**
 * A log group that belongs to the stage.
 */
export type Source = { 
/**
 * Its name in this book.
 */
id: number, 
/**
 * What it holds.
 */
kind: SourceKind, 
/**
 * Its name at CloudWatch, or the file's.
 */
logGroup: string, 
/**
 * The routes or the authorizer that it is behind.
 */
of: Array<string>, 
/**
 * Whether it is read.
 */
on: boolean, 
/**
 * Whether it is tailed live: that is billed by the minute.
 */
live: boolean, 
/**
 * What the reader does.
 */
state: TailState | null, 
/**
 * What is wrong and what to do.
 */
problem?: Problem, 
/**
 * Lines are complete up to here, milliseconds since 1970: "ingested up to".
 */
completeTo?: number, 
/**
 * What reading it costs, in words, before it is done: "free", "$0.01 a minute".
 */
cost: string, };

/**
 * What a log group holds.
 */
export type SourceKind = "execution" | "access" | "function" | "authorizer" | "file";

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
 * Where its execution and access log can be opened in the AWS console, and the stage itself.
 */
consoleUrl: string, 
/**
 * What differs between what it serves and what stands now, whoever changed it.
 */
undeployed: Array<Undeployed>, 
/**
 * Where that can't be known whole, why: AWS does not tell what a deployment holds.
 */
undeployedSince?: string, };

/**
 * An API to begin with.
 */
export type Starter = { 
/**
 * `empty`, `echo`, `ping`, `chat`, `authorizer`.
 */
id: string, 
/**
 * "Chat".
 */
name: string, 
/**
 * What it is made of, in a sentence.
 */
says: string, 
/**
 * What has to be known to make it.
 */
asks: Array<StarterField>, };

/**
 * Something that a starter has to know.
 */
export type StarterField = { 
/**
 * `backendUrl`.
 */
id: string, 
/**
 * "Address of the backend".
 */
name: string, 
/**
 * What works in the sandbox; empty in a real account.
 */
value: string, };

/**
 * One station of the line.
 */
export type Station = { 
/**
 * Which.
 */
id: StationId, 
/**
 * `Certificate`.
 */
title: string, 
/**
 * Where it stands.
 */
state: StationState, 
/**
 * What there is, what it waits for or what is wrong, in a sentence or two.
 */
says: string, 
/**
 * What it will do, before it does it; of the current station the same as in [`super::Next::Do`].
 */
making?: Making, 
/**
 * Records to write by hand.
 */
records: Array<WantedRecord>, 
/**
 * What stands, with ids to copy: name and value.
 */
made: Array<[string, string]>, 
/**
 * Where it is blocked: what a person may allow, and then it goes on.
 */
consent?: Consent, };

/**
 * The stations, in order.
 */
export type StationId = "preFlight" | "certificate" | "validation" | "domain" | "mapping" | "alias" | "verify" | "callback" | "endpoint";

/**
 * Where a station stands.
 */
export type StationState = "later" | "ready" | "waiting" | "blocked" | "done" | "optional";

/**
 * One AWS call, or what Gatescope itself does in between.
 */
export type Step = { 
/**
 * `apigatewayv2`, `apigateway`, `logs`, `lambda`, `iam`.
 */
service: string, 
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
 * The draft's id of what it makes: AWS's own takes its place in the steps after it.
 */
makes?: string, 
/**
 * What the call carries, in AWS's wire names.
 */
input: unknown, };

/**
 * Everything around one API. Each list is sorted by id, or by name where the name is the id.
 */
export type Surroundings = { 
/**
 * All API keys of the region.
 */
apiKeys: Array<ApiKey>, 
/**
 * All usage plans of the region, with their keys.
 */
usagePlans: Array<UsagePlan>, 
/**
 * All VPC links of the region that WebSocket APIs can use (REST type, to network load balancers).
 */
vpcLinks: Array<VpcLink>, 
/**
 * All client certificates of the region.
 */
clientCertificates: Array<ClientCertificate>, 
/**
 * The log groups of this API's stages that are there: execution and access log.
 */
logGroups: Array<LogGroup>, 
/**
 * Statements by which functions of this API's integrations and authorizers let API Gateway invoke them.
 */
permissions: Array<Permission>, 
/**
 * The regional custom domains of the region, whatever they map to: one key of one domain leads to one API.
 */
domains?: Array<CustomDomain>, 
/**
 * What could not be read, in words, by list: `usagePlans` → "apigateway:GET on /usageplans is not allowed".
 */
unread: { [key in string]: string }, };

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
 * Where a load balancer forwards to: `DescribeTargetHealth`.
 */
export type Target = { 
/**
 * The target group's name.
 */
group: string, 
/**
 * An instance, an address or a load balancer.
 */
id: string, 
/**
 * Where it listens.
 */
port?: number, 
/**
 * `initial`, `healthy`, `unhealthy`, `unused`, `draining`, `unavailable`, …
 */
state: string, 
/**
 * `Target.FailedHealthChecks`, …; empty when it is healthy.
 */
reason: string, 
/**
 * The same in a sentence of AWS's.
 */
description: string, };

/**
 * What stands behind a VPC link.
 */
export type Targets = { 
/**
 * The link.
 */
vpcLinkId: string, 
/**
 * The link itself, where it could be read.
 */
link?: VpcLink, 
/**
 * Its load balancers.
 */
loadBalancers: Array<LoadBalancer>, 
/**
 * AWS's words when the link could not be read.
 */
error?: string, };

/**
 * A word that can be completed.
 */
export type TemplateWord = { 
/**
 * `$context.connectionId`.
 */
text: string, 
/**
 * What it gives.
 */
says: string, 
/**
 * Where it can be used: `both` (every template), or only on routes of a kind: `connect`, `disconnect`, `message`.
 */
place: string, };

/**
 * A place in a text, from 1.
 */
export type TextProblem = { 
/**
 * From 1.
 */
line: number, 
/**
 * From 1, in characters.
 */
column: number, 
/**
 * In words.
 */
text: string, 
/**
 * False: AWS takes it, but it hardly does what was meant.
 */
refused: boolean, };

/**
 * Rate and burst.
 */
export type Throttle = { 
/**
 * Requests at once.
 */
burstLimit: number, 
/**
 * Requests a second.
 */
rateLimit: number, };

/**
 * A TLS handshake with whoever answers at a host, without a request: what was agreed, and which certificates were shown.
 */
export type Tls = { 
/**
 * The name that was asked for.
 */
host: string, 
/**
 * Where it was asked instead of where the name leads, as the person gave it.
 */
connectTo?: string, 
/**
 * Who answered.
 */
address?: string, 
/**
 * `TLS 1.3`.
 */
version?: string, 
/**
 * As IANA writes it: `TLS_AES_128_GCM_SHA256`.
 */
cipher?: string, 
/**
 * As shown: the server's own first, then who signed it.
 */
chain: Array<Certificate>, 
/**
 * Whether the chain ends at somebody who is trusted here and is valid at this time, whatever its names are.
 */
trusted: boolean, 
/**
 * What a client has against it.
 */
trouble?: TlsTrouble, 
/**
 * The same in the TLS stack's words; or those of the system, where no handshake came to be.
 */
error?: string, 
/**
 * By which time the certificates were judged: milliseconds since 1970.
 */
at?: number, };

/**
 * What the TLS stack had against a server.
 */
export type TlsTrouble = { "kind": "name", 
/**
 * Those that it covers; empty where the system's verifier does not tell them.
 */
names: Array<string>, } | { "kind": "expired" } | { "kind": "untrusted" } | { "kind": "version" };

/**
 * The least that today's calls needed.
 */
export type TodaysPolicy = { 
/**
 * An IAM policy, JSON, indented.
 */
policy: string, 
/**
 * How many calls it was made from.
 */
calls: number, };

/**
 * What an authorizer said.
 */
export type TriedAuthorizer = { 
/**
 * What the client would get: 101, 401, 403 or 500.
 */
status: number, 
/**
 * In words, with the reason.
 */
verdict: string, 
/**
 * The event that the function got; absent: it was not called.
 */
event: unknown, 
/**
 * What it answered.
 */
answer: unknown, 
/**
 * The ARN that its policy has to allow.
 */
methodArn: string, 
/**
 * How long it took, in milliseconds.
 */
tookMs: number, };

/**
 * Which response key takes a value.
 */
export type TriedKey = { 
/**
 * What was asked.
 */
value: string, 
/**
 * Absent: none, and the client gets an error.
 */
key?: string, 
/**
 * A key that is no regular expression, in words.
 */
problem?: string, };

/**
 * What a schema says.
 */
export type TriedModel = { 
/**
 * What is wrong with the schema, in place.
 */
problems: Array<TextProblem>, 
/**
 * What it has against the sample: `/message: is required`; empty: valid.
 */
complaints: Array<string>, 
/**
 * A message that it accepts.
 */
example?: string, };

/**
 * What a pattern does.
 */
export type TriedPattern = { 
/**
 * Which lines it takes, a pattern as AWS would.
 */
matches: Array<boolean>, 
/**
 * What AWS would say to it, or what is wrong with the expression.
 */
problem?: string, 
/**
 * What is probably not meant: a request id without quotes.
 */
warnings: Array<string>, };

/**
 * What a template gives.
 */
export type TriedTemplate = { 
/**
 * What is wrong with the template, in place.
 */
problems: Array<TextProblem>, 
/**
 * What it gives, when it can be carried out.
 */
result?: string, 
/**
 * Whether the result is JSON.
 */
isJson: boolean, 
/**
 * Which `$context` members had sample values.
 */
sampled: Array<string>, };

/**
 * Tries an authorizer as a `$connect` would.
 */
export type TryAuthorizer = { 
/**
 * Which stage.
 */
of: OfStage, 
/**
 * Its id, as in the API or in the draft.
 */
authorizerId: string, 
/**
 * When it is not at AWS yet: its function's invocation URI.
 */
authorizerUri: string, 
/**
 * Its identity sources.
 */
identitySource: Array<string>, 
/**
 * The request's headers.
 */
headers: Array<[string, string]>, 
/**
 * The request's query.
 */
query: Array<[string, string]>, };

/**
 * Asks which statuses a response key takes.
 */
export type TryKeys = { 
/**
 * The integration's response keys: `$default`, `/2\d\d/`.
 */
keys: Array<string>, 
/**
 * `200`, `404`, or a Lambda error message.
 */
values: Array<string>, };

/**
 * Asks what a schema says.
 */
export type TryModel = { 
/**
 * JSON Schema, draft 4.
 */
schema: string, 
/**
 * A message; empty: none.
 */
sample: string, };

/**
 * Tries a CloudWatch Logs filter pattern, or a JMESPath expression.
 */
export type TryPattern = { 
/**
 * As `FilterLogEvents` takes it.
 */
pattern: string, 
/**
 * It is a JMESPath expression.
 */
jmespath: boolean, 
/**
 * Lines to try it on.
 */
lines: Array<string>, };

/**
 * Asks what a template gives.
 */
export type TryTemplate = { 
/**
 * The template.
 */
text: string, 
/**
 * The body that it is applied to: a message, or a backend's answer.
 */
body: string, 
/**
 * Stage variables.
 */
stageVariables: { [key in string]: string }, 
/**
 * `$context` members that are known: `connectionId`, `routeKey`, `authorizer.principalId` …; the rest has sample values.
 */
context: { [key in string]: string }, 
/**
 * True: the text goes to a backend or, with `mock`, decides the status.
 */
request: boolean, 
/**
 * The integration is a mock: the result must be an object with an integer statusCode.
 */
mock: boolean, };

/**
 * Asks for the review that turns logs on, whole.
 */
export type TurnOnLogs = { 
/**
 * Which stage.
 */
of: OfStage, 
/**
 * `INFO`, `ERROR` or `OFF`.
 */
level: string, 
/**
 * Whole requests, tokens included.
 */
dataTrace: boolean, 
/**
 * The access log's format; absent: it stays as it is; empty: none.
 */
accessFormat?: string, 
/**
 * Days that both groups are kept; absent: it stays as it is.
 */
retentionDays?: number, 
/**
 * After this many minutes the stage is as before.
 */
minutes?: number, };

/**
 * A difference between what a stage serves and what stands now.
 */
export type Undeployed = { 
/**
 * `route joinroom`.
 */
label: string, 
/**
 * In words.
 */
text: string, 
/**
 * Field by field.
 */
diff: Array<DiffLine>, 
/**
 * The keys of the routes that it touches.
 */
routes: Array<string>, };

/**
 * `GetUsagePlans`, with `GetUsagePlanKeys`.
 */
export type UsagePlan = { 
/**
 * Six letters and digits.
 */
id: string, 
/**
 * As the user called it.
 */
name: string, 
/**
 * Free text.
 */
description?: string, 
/**
 * The stages that it covers, of all APIs.
 */
apiStages: Array<ApiStage>, 
/**
 * Rate and burst for each key.
 */
throttle?: Throttle, 
/**
 * Requests in a period for each key.
 */
quota?: Quota, 
/**
 * Tags.
 */
tags: { [key in string]: string }, 
/**
 * Its keys, sorted by id.
 */
keys: Array<PlanKey>, };

/**
 * How a certificate's name is proven.
 */
export type Validation = { 
/**
 * Which name.
 */
name: string, 
/**
 * `PENDING_VALIDATION`, `SUCCESS`, `FAILED`.
 */
status: string, 
/**
 * Name and value of the CNAME, without dots at the end.
 */
record?: [string, string], };

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
wouldHelp: Array<string>, 
/**
 * What was asked besides, because a person allowed it, and what came back: said whatever was found.
 */
asked?: Array<string>, };

/**
 * A try of the address, each link of the chain by itself.
 */
export type Verification = { 
/**
 * When, milliseconds since 1970.
 */
at: number, 
/**
 * Straight to the domain's target, without asking DNS for the name; made as soon as there is a target and a
 * mapping.
 */
direct: Array<Check>, 
/**
 * As a client does it.
 */
public: Array<Check>, };

/**
 * Tries the address.
 */
export type VerifyDomain = { 
/**
 * Where.
 */
scope: Scope, 
/**
 * Which.
 */
goal: Goal, 
/**
 * What is sent once it is open; without one, a ping, which runs no route.
 */
message?: string, };

/**
 * How a book is read.
 */
export type View = "requests" | "lines" | "access" | "connections";

/**
 * `GetVpcLinks` of the V1 control plane.
 */
export type VpcLink = { 
/**
 * Six letters and digits.
 */
id: string, 
/**
 * As the user called it.
 */
name: string, 
/**
 * Free text.
 */
description?: string, 
/**
 * The network load balancer's ARN; exactly one.
 */
targetArns: Array<string>, 
/**
 * `PENDING`, `AVAILABLE`, `FAILED` or `DELETING`.
 */
status: string, 
/**
 * Why.
 */
statusMessage?: string, 
/**
 * Tags.
 */
tags: { [key in string]: string }, };

/**
 * A record that a person writes.
 */
export type WantedRecord = { 
/**
 * The whole name, without a dot at the end.
 */
name: string, 
/**
 * What goes into the field of a provider that adds the zone's name itself.
 */
nameInZone: string, 
/**
 * `CNAME`, `ALIAS`/`ANAME`.
 */
type: string, 
/**
 * What it shall lead to.
 */
value: string, 
/**
 * What public DNS says now; empty: nothing.
 */
actual: string, 
/**
 * What is wrong with that, in words; empty: nothing, it is right or not there yet.
 */
trouble: string, 
/**
 * It stands as it shall.
 */
right: boolean, };

/**
 * Asks why no log is there.
 */
export type WhyNoLog = { 
/**
 * Of which stage.
 */
of: OfStage, 
/**
 * When the request was made, milliseconds since 1970.
 */
at?: number, 
/**
 * The route that it took.
 */
routeKey?: string, 
/**
 * What the client was told.
 */
status?: number, 
/**
 * A conversation, and its row that has no log: its handshake tells more.
 */
session?: string, 
/**
 * Of that conversation.
 */
row?: number, };

/**
 * Which part of the log.
 */
export type Window = { "kind": "now", 
/**
 * Milliseconds before now.
 */
backMs: number, } | { "kind": "past", 
/**
 * When it begins.
 */
from: string, 
/**
 * When it ends.
 */
to: string, } | { "kind": "file", 
/**
 * Its name, to be shown.
 */
name: string, 
/**
 * What is in it.
 */
text: string, };

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

/**
 * An integration whose backend may push to an address that is wrong behind the domain.
 */
export type WrongCallback = { 
/**
 * `$connect`, `sendmessage` …: all of one integration.
 */
routes: Array<string>, 
/**
 * Which integration.
 */
integrationId: string, 
/**
 * What it does, in words.
 */
says: string, 
/**
 * The API itself joins or hands on the parts, so a change of the API mends it; else only the code can.
 */
canFix: boolean, 
/**
 * What the code has to say.
 */
snippets: Array<CodeSnippet>, };

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
  /** What a draft changes, and what AWS would refuse of it. Calls nothing. */
  describe_draft: { question: Draft; answer: DraftView };
  /** The one-look table of routes of a draft, with what stands in the way. Calls nothing. */
  describe_routes: { question: Snapshot; answer: Array<RouteView> };
  /** A draft as a review, against what stands at AWS now. */
  preview_draft: { question: PreviewDraft; answer: Review };
  /** Keeps a draft over restarts, or forgets it. */
  keep_draft: { question: KeepDraft; answer: Nothing };
  /** The draft that was kept. */
  read_draft: { question: OfApi; answer: KeptDraft };
  /** The draft that a guided change makes. */
  guide_draft: { question: Guided; answer: Draft };
  /** The snippets of the template editor. */
  list_snippets: { question: Nothing; answer: Array<Snippet> };
  /** APIs to begin with. */
  list_starters: { question: Scope; answer: Array<Starter> };
  /** The draft of a new API. */
  begin_api: { question: BeginApi; answer: Draft };
  /** The draft of a copy. */
  clone_api: { question: CloneApi; answer: Draft };
  /** An API as a readable file. */
  write_snapshot: { question: OfApi; answer: SnapshotFile };
  /** The draft of a new API from such a file. */
  open_snapshot: { question: OpenSnapshotFile; answer: Draft };
  /** Saves a text in the downloads folder. */
  save_file: { question: SaveFile; answer: SavedFile };
  /** What differs between two stages or two APIs. */
  compare: { question: Compare; answer: Comparison };
  /** The draft that takes differences over. */
  promote: { question: Promote; answer: Draft };
  /** Searches all texts of an API. */
  search_api: { question: SearchApi; answer: Array<Hit> };
  /** What was changed, newest first; without an API's id, of all of the region, deleted ones too. */
  list_changes: { question: OfApi; answer: Array<PastChange> };
  /** Changes of all accounts that were stopped or broken and neither finished nor rolled back. */
  list_unfinished: { question: Nothing; answer: Array<PastChange> };
  /** The change that undoes a past one. */
  preview_undo: { question: PreviewChange; answer: Review };
  /** What is left to do of an unfinished change. */
  preview_finish: { question: PreviewChange; answer: Review };
  /** The way back from an unfinished change. */
  preview_roll_back: { question: PreviewChange; answer: Review };
  /** An unfinished change stays as it is; it is not offered again. */
  settle_change: { question: OfChange; answer: Nothing };
  /** The deployments, newest first, and what each changed. */
  list_deployments: { question: OfApi; answer: Array<DeploymentView> };
  /** Points a stage at a deployment. */
  preview_stage_back: { question: PreviewRollBack; answer: Review };
  /** What the account has around an API. */
  read_surroundings: { question: OfApi; answer: Surroundings };
  /** A key's value. */
  reveal_api_key: { question: OfKey; answer: RevealedKey };
  /** How much of a usage plan was used. */
  read_usage: { question: OfPlan; answer: PlanUsage };
  /** The functions of the region. */
  list_lambdas: { question: Scope; answer: Array<FunctionChoice> };
  /** A function with its aliases and versions. */
  read_lambda: { question: OfLambda; answer: FunctionChoice };
  /** The words that a template can use. */
  list_template_words: { question: Nothing; answer: Array<TemplateWord> };
  /** What a template gives. */
  try_template: { question: TryTemplate; answer: TriedTemplate };
  /** What a schema says. */
  try_model: { question: TryModel; answer: TriedModel };
  /** A schema from messages. */
  infer_model: { question: InferModel; answer: InferredModel };
  /** Which integration response takes which status. */
  try_keys: { question: TryKeys; answer: Array<TriedKey> };
  /** Tries an authorizer as a `$connect` would. */
  try_authorizer: { question: TryAuthorizer; answer: TriedAuthorizer };
  /** Whether a policy allows a connection. */
  match_policy: { question: MatchPolicy; answer: MatchedPolicy };
  /** Locks an account, or unlocks it. */
  set_lock: { question: SetLock; answer: Nothing };
  /** The least that today's calls needed, as an IAM policy. */
  write_policy: { question: Scope; answer: TodaysPolicy };
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
  /** Asks DNS, TLS, policies, IAM and targets about a row that failed; its verdict is made again with the answers. */
  probe_row: { question: ProbeRow; answer: Probed };
  /** Chooses what a book shows, and how. */
  filter_book: { question: FilterBook; answer: Counts };
  /** Rows of what a book shows. */
  read_book: { question: ReadBook; answer: BookPage };
  /** The next failure. */
  find_in_book: { question: FindInBook; answer: FoundRow };
  /** Everything about a request. */
  read_logged_request: { question: OfLoggedRequest; answer: LoggedRequest };
  /** A connection's whole life. */
  read_logged_connection: { question: OfLoggedConnection; answer: ConnectionLife };
  /** Reads a log group or leaves it, live or polled. */
  set_source: { question: SetSource; answer: Nothing };
  /** Reads all groups of a book now instead of waiting. */
  read_book_now: { question: OfBook; answer: Nothing };
  /** Writes what a book shows to the downloads folder, secrets masked. */
  export_book: { question: ExportBook; answer: SavedFile };
  /** Tries a CloudWatch Logs filter pattern on lines. */
  try_pattern: { question: TryPattern; answer: TriedPattern };
  /** Ready queries for Logs Insights. */
  list_log_queries: { question: OfStage; answer: Array<LogQuery> };
  /** Runs a query with Logs Insights and waits for its end. */
  run_log_query: { question: RunLogQuery; answer: LogQueryResult };
  /** Why no log is there. */
  explain_no_log: { question: WhyNoLog; answer: NoLog };
  /** What logs of a stage would cost. */
  estimate_logs: { question: OfStage; answer: LogEstimate };
  /** The change that turns logs on with all that belongs to it, for a while or for good. */
  preview_turn_on_logs: { question: TurnOnLogs; answer: Review };
  /** Logs that go back by themselves. */
  list_reverts: { question: Nothing; answer: Array<Revert> };
  /** Lets logs stay as they are. */
  cancel_revert: { question: OfRevert; answer: Nothing };
  /** Puts logs back now instead of later. */
  revert_now: { question: OfRevert; answer: Nothing };
  /** Everything that is wrong with an API before anyone connects; without a stage, with all of them. */
  check_api: { question: CheckApi; answer: Checkup };
  /** The same of a snapshot file. Calls nothing. */
  check_snapshot: { question: CheckSnapshot; answer: Checkup };
  /** The custom domains of a region, with their certificates and what DNS says of them. */
  list_domains: { question: Scope; answer: DomainList };
  /** The wizard now: one look, which dials nothing. */
  read_domain: { question: OfGoal; answer: DomainView };
  /** Does the wizard's step that was shown, if it still comes next: once. */
  do_domain_step: { question: DoDomainStep; answer: DidDomainStep };
  /** Tries the wizard's address, each link of the chain by itself. */
  verify_domain: { question: VerifyDomain; answer: Verification };
  /** What the wizard made, and the calls that take it back. */
  preview_domain_undo: { question: OfGoal; answer: DomainUndo };
  /** Takes back what the wizard made, newest first. */
  undo_domain: { question: DoDomainUndo; answer: DidDomainStep };
  /** The change by which backends get the right callback address. */
  preview_callback_fix: { question: OfGoal; answer: Review };
  /** The change that switches the generated endpoint off, and deploys it. */
  preview_endpoint_off: { question: OfGoal; answer: Review };
  /** Dials the generated endpoint, which shall be refused. */
  prove_endpoint_off: { question: OfGoal; answer: EndpointProof };
  /** The wizard's result as a template, code or a runbook. */
  hand_over_domain: { question: HandOver; answer: HandedOver };
  /** The messages kept for an API. */
  list_messages: { question: OfApi; answer: Array<SavedMessage> };
  /** Keeps a message. */
  save_message: { question: SaveMessage; answer: Array<SavedMessage> };
  /** Forgets a message. */
  forget_message: { question: ForgetMessage; answer: Array<SavedMessage> };
  /** The broken APIs of the gallery that the sandbox has now. */
  list_exhibits: { question: Nothing; answer: Array<Exhibit> };
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
  /** The log of a stage: all its groups as one book. Closing it stops what only it reads. */
  open_book: { question: OpenBook; answer: BookItem };
  /** Carries a review out, step by step. */
  open_apply: { question: Apply; answer: ApplyItem };
  /** Dials a stage with several identities. */
  open_matrix: { question: OpenMatrix; answer: MatrixItem };
  /** The wizard for a custom domain: the line of stations now, and again whenever the world changes. */
  watch_domain: { question: OfGoal; answer: DomainView };
  /** Every call of AWS since the start, and each new one. */
  watch_calls: { question: Nothing; answer: CallItem };
  /** The sandbox now, and again whenever something changes. */
  watch_sandbox: { question: Nothing; answer: SandboxView };
}
