//! AWS's own sentences in anybody's text: of `@connections`, of functions, of the control plane, of answers and access logs.
//!
//! They are looked for as they stand, in lower case. A sentence in a foreign text is hearsay, so the most that it makes is
//! likely. The first row that fits counts: those that say more stand above those that say less.

use super::hint::{Hint, LIKELY, POSSIBLE};
use super::pasted::Pasted;

/// All of `words` must stand there; what they speak of.
struct Row {
    words: &'static [&'static str],
    hints: &'static [Hint],
}

const fn row(words: &'static [&'static str], hints: &'static [Hint]) -> Row {
    Row { words, hints }
}

const WRONG_URL: &[Hint] = &[("callback-url-wrong", LIKELY)];
const PUSH_FORBIDDEN: &[Hint] = &[
    ("callback-url-wrong", POSSIBLE),
    ("callback-endpoint-disabled", POSSIBLE),
    ("manage-connections-denied", POSSIBLE),
];
const MAY_NOT_PUSH: &[Hint] = &[("manage-connections-denied", LIKELY)];
const GONE: &[Hint] = &[("connection-gone", LIKELY)];
const GONE_EARLY: &[Hint] = &[("post-inside-connect", LIKELY), ("connection-gone", POSSIBLE)];
const SIGNATURE: &[Hint] = &[("iam-signature-invalid", LIKELY)];
const BAD_URI: &[Hint] = &[("integration-uri-invalid", LIKELY)];
const CRASH: &[Hint] = &[("lambda-error", LIKELY)];
const LATE: &[Hint] = &[("lambda-timeout", LIKELY)];
const SLOW: &[Hint] = &[("integration-timeout", LIKELY)];
const UNREACHED: &[Hint] = &[("integration-network", LIKELY)];
const INTERNAL: &[Hint] = &[("vpc-link-unavailable", POSSIBLE), ("integration-network", POSSIBLE)];
const NO_RESPONSE: &[Hint] = &[("integration-response-missing", LIKELY)];
const NO_IDENTITY: &[Hint] = &[("authorizer-identity-missing", LIKELY), ("authorizer-unauthorized", POSSIBLE)];
/// Only an authorizer leaves the message out (facts 2, 2.1).
const NO_POLICY: &[Hint] = &[("authorizer-malformed", POSSIBLE), ("authorizer-permission-missing", POSSIBLE)];
const NOT_FOUND: &[Hint] = &[("stage-not-found", POSSIBLE), ("iam-unsigned", POSSIBLE), ("route-not-found", POSSIBLE)];
const FORBIDDEN: &[Hint] = &[
    ("api-key-missing", POSSIBLE),
    ("api-key-not-in-plan", POSSIBLE),
    ("stage-not-found", POSSIBLE),
    ("execute-api-disabled", POSSIBLE),
];

/// `Internal server error` of whichever status.
const INSIDE: &[Hint] = &[
    ("lambda-error", POSSIBLE),
    ("lambda-permission-missing", POSSIBLE),
    ("lambda-malformed-response", POSSIBLE),
    ("integration-response-missing", POSSIBLE),
];
const UNAVAILABLE: &[Hint] =
    &[("vpc-link-unavailable", POSSIBLE), ("integration-timeout", POSSIBLE), ("integration-network", POSSIBLE)];
const NOT_HERE: &[Hint] =
    &[("route-not-found", POSSIBLE), ("not-a-websocket", POSSIBLE), ("stage-not-found", POSSIBLE)];

const ROWS: &[Row] = &[
    // The control plane (facts 2.3 row 56, facts 7.1).
    row(&["cloudwatch logs role arn must be set in account settings"], &[("log-role-missing", LIKELY)]),
    row(&["role arn does not have required permissions"], &[("log-role-refused", LIKELY)]),
    row(&["could not successfully write to cloudwatch logs using the arn"], &[("log-role-refused", LIKELY)]),
    row(
        &[":' at 'functionname' failed to satisfy"],
        &[("stage-variable-missing", POSSIBLE), ("integration-uri-invalid", POSSIBLE)],
    ),
    row(&["at 'functionname' failed to satisfy"], BAD_URI),
    row(&["invalid stage variable value"], &[("stage-variable-missing", LIKELY)]),
    row(&["invalid function arn or invalid uri"], BAD_URI),
    row(&["invalid lambda function"], BAD_URI),
    row(&["invalid http endpoint specified for uri"], BAD_URI),
    row(&["invalid arn specified in the request"], BAD_URI),
    row(&["arn for integration must contain path or action"], BAD_URI),
    row(&["invalid uri", "integration"], BAD_URI),
    row(&["no integration defined for method"], &[("route-without-integration", LIKELY)]),
    row(&["no integration found for"], &[("route-without-integration", LIKELY)]),
    row(&["invalid stage identifier specified"], &[("stage-not-found", LIKELY)]),
    row(&["invalid api identifier specified"], &[("api-not-found", LIKELY)]),
    row(&["invalid domain name identifier specified"], &[("mapping-missing", POSSIBLE)]),
    // `@connections` (facts 2.3 #44 to #51, facts 2, 2.3).
    row(&["@connections/@connections"], &[("callback-url-wrong", LIKELY), ("manage-connections-denied", POSSIBLE)]),
    row(&["no method found matching route"], WRONG_URL),
    row(&["not authorized to perform: execute-api:manageconnections"], MAY_NOT_PUSH),
    row(&["execute-api:manageconnections", "accessdenied"], MAY_NOT_PUSH),
    row(&["execute-api:manageconnections", "not authorized"], MAY_NOT_PUSH),
    row(
        &["not authorized to perform: execute-api:invoke", "@connections"],
        &[("manage-connections-denied", LIKELY), ("callback-url-wrong", POSSIBLE)],
    ),
    row(&["goneexception", "$connect\""], GONE_EARLY),
    row(&["goneexception", "\"eventtype\": \"connect\""], GONE_EARLY),
    row(&["goneexception", "\"eventtype\":\"connect\""], GONE_EARLY),
    row(&["goneexception"], GONE),
    row(&["410 gone"], GONE),
    row(&["connections", "statuscode: 410"], GONE),
    row(&["connections", "status code: 410"], GONE),
    row(&["connections", "\"statuscode\": 410"], GONE),
    row(&["connections", "\"statuscode\":410"], GONE),
    row(&["connections", "httpstatuscode", " 410"], GONE),
    row(&["posttoconnection", " 410"], GONE),
    row(&["posttoconnection", "(gone)"], GONE),
    row(&["status code '410'"], GONE),
    row(&["httpstatuscode: 410"], GONE),
    row(&["invalid connectionid"], &[("connection-id-invalid", LIKELY)]),
    row(&["connectionid", "invalid", "posttoconnection", "badrequest"], &[("connection-id-invalid", LIKELY)]),
    row(&["payloadtoolarge"], &[("payload-too-large", LIKELY)]),
    row(&["posttoconnection", " 413"], &[("payload-too-large", LIKELY)]),
    row(&["@connections", " 413"], &[("payload-too-large", LIKELY)]),
    row(&["posttoconnection", "message too long"], &[("payload-too-large", LIKELY)]),
    row(&["posttoconnection", "limitexceeded"], &[("throttled", LIKELY)]),
    row(&["posttoconnection", "notfoundexception"], WRONG_URL),
    row(&["posttoconnection", "(404)"], WRONG_URL),
    row(&["@connections", "404 not found"], WRONG_URL),
    // Signatures, of whichever call.
    row(&["request signature we calculated does not match"], SIGNATURE),
    row(&["signaturedoesnotmatch"], SIGNATURE),
    row(&["signature expired"], SIGNATURE),
    row(&["signature not yet current"], SIGNATURE),
    row(&["credential should be scoped"], SIGNATURE),
    row(&["invalid key=value pair"], SIGNATURE),
    row(&["not a valid key=value pair"], SIGNATURE),
    row(&["authorization header requires"], SIGNATURE),
    row(&["security token included in the request is"], SIGNATURE),
    row(&["unrecognizedclientexception"], SIGNATURE),
    row(&["incompletesignature"], SIGNATURE),
    row(&["invalidsignatureexception"], SIGNATURE),
    row(&["posttoconnection", "forbidden"], PUSH_FORBIDDEN),
    row(&["@connections", "forbidden"], PUSH_FORBIDDEN),
    row(&["%40connections", "forbidden"], PUSH_FORBIDDEN),
    row(&["apigatewaymanagementapi", "forbidden"], PUSH_FORBIDDEN),
    row(&["apigatewaymanagementapi", "unknownerror", "403"], PUSH_FORBIDDEN),
    row(&["posttoconnection", "accessdenied"], MAY_NOT_PUSH),
    row(&["posttoconnection", " 403"], PUSH_FORBIDDEN),
    row(&["posttoconnection", "missing authentication token"], PUSH_FORBIDDEN),
    row(
        &["@connections", "missing authentication token"],
        &[("callback-url-wrong", POSSIBLE), ("iam-unsigned", POSSIBLE)],
    ),
    // Who may call the API, or what the integration may.
    row(
        &["user: anonymous is not authorized to perform: execute-api:"],
        &[("iam-unsigned", POSSIBLE), ("iam-denied", POSSIBLE)],
    ),
    row(&["not authorized to perform: execute-api:invoke"], &[("iam-denied", LIKELY)]),
    row(&["the client is not authorized to perform this operation"], &[("iam-denied", LIKELY)]),
    row(&["not authorized to perform: lambda:invokefunction"], &[("integration-role-denied", LIKELY)]),
    row(&["unable to determine service/operation name to be authorized"], BAD_URI),
    row(&["user is not authorized to access this resource with an explicit deny"], &[("authorizer-denied", LIKELY)]),
    row(
        &["user is not authorized to access this resource because no identity-based policy allows"],
        &[("authorizer-wrong-resource", LIKELY), ("authorizer-denied", POSSIBLE)],
    ),
    row(
        &["user is not authorized to access this resource"],
        &[("authorizer-wrong-resource", POSSIBLE), ("authorizer-denied", POSSIBLE)],
    ),
    row(&["permission to assume the provided role"], &[("integration-role-not-assumable", LIKELY)]),
    row(
        &["permissions to assume the iam role configured on the integration"],
        &[("integration-role-not-assumable", LIKELY)],
    ),
    row(&["access to the resource https://", "is denied"], &[("integration-role-denied", LIKELY)]),
    row(
        &["iam role configured on the integration or api gateway doesn't have permissions to call the integration"],
        &[("lambda-permission-missing", LIKELY), ("integration-role-denied", POSSIBLE)],
    ),
    // What the gateway writes or answers where something inside fails (facts 2.2).
    row(&["invalid permissions on lambda function"], &[("lambda-permission-missing", LIKELY)]),
    row(&["output mapping refers to an invalid method response"], NO_RESPONSE),
    row(&["no match for output mapping"], NO_RESPONSE),
    row(&["malformed lambda proxy response"], &[("lambda-malformed-response", LIKELY)]),
    row(&["invalid endpoint address"], BAD_URI),
    row(&["host name may not be null"], BAD_URI),
    row(&["illegal character in"], BAD_URI),
    row(&["function not found: arn:"], BAD_URI),
    row(&["cannot find the function"], BAD_URI),
    row(&["request body validation failed due to an unexpected error"], &[("model-validation-failed", LIKELY)]),
    row(&["request body does not match model schema"], &[("model-validation-failed", LIKELY)]),
    row(&["invalid request body"], &[("model-validation-failed", LIKELY)]),
    row(&["bad request body"], &[("model-validation-failed", LIKELY)]),
    row(
        &["could not parse request body into json"],
        &[("request-template-failed", LIKELY), ("model-validation-failed", POSSIBLE)],
    ),
    row(&["unable to transform request"], &[("request-template-failed", LIKELY)]),
    row(&["invalid mapping expression"], &[("request-template-failed", LIKELY)]),
    row(&["unable to transform response"], &[("response-template-failed", LIKELY)]),
    row(&["unable to base64 decode"], &[("body-not-base64", LIKELY)]),
    row(&["statuscode should be an integer"], &[("mock-status-missing", LIKELY)]),
    row(&["unable to parse statuscode"], &[("mock-status-missing", LIKELY)]),
    row(&["header already present"], &[("mapped-header-forbidden", LIKELY)]),
    row(&["there was an internal error while executing your request"], INTERNAL),
    row(&["internal error while executing"], INTERNAL),
    row(&["vpc link", "not found"], &[("vpc-link-unavailable", LIKELY)]),
    row(&["vpc link", "not available"], &[("vpc-link-unavailable", LIKELY)]),
    row(&["vpc link", "not in available"], &[("vpc-link-unavailable", LIKELY)]),
    row(&["vpclink", "not found"], &[("vpc-link-unavailable", LIKELY)]),
    row(&["network error communicating with endpoint"], UNREACHED),
    row(&["due to a network error"], UNREACHED),
    row(&["sslengine problem"], UNREACHED),
    row(&["peer not authenticated"], UNREACHED),
    row(&["received fatal alert", "execution failed"], UNREACHED),
    row(&["remote host closed connection during handshake"], UNREACHED),
    row(&["unrecognized ssl message"], UNREACHED),
    row(&["connection refused", "execution failed"], UNREACHED),
    row(&["does not match the certificate subject provided by the peer"], UNREACHED),
    row(&["endpoint request timed out"], SLOW),
    row(&["due to a timeout error"], SLOW),
    row(&["could not parse policy"], &[("authorizer-malformed", LIKELY)]),
    // HTTP APIs tell it in `$context.authorizer.error`, and the role in `$context.integrationErrorMessage`.
    row(&["invalid json in authorizer response"], &[("authorizer-malformed", LIKELY)]),
    row(&["authorizer function doesn't match the format"], &[("authorizer-malformed", LIKELY)]),
    row(
        &["authorizerconfigurationexception"],
        &[("authorizer-malformed", POSSIBLE), ("authorizer-permission-missing", POSSIBLE)],
    ),
    row(&["unsupported media type"], &[("unsupported-media-type", LIKELY)]),
    row(&["key throttle limit exceeded"], &[("throttled", LIKELY)]),
    row(&["limit exceeded\""], &[("quota-exceeded", LIKELY)]),
    row(&["limitexceededexception"], &[("quota-exceeded", LIKELY)]),
    row(&["too many requests\""], &[("throttled", LIKELY)]),
    row(&["toomanyrequestsexception"], &[("throttled", LIKELY)]),
    row(&["rate exceeded"], &[("throttled", LIKELY)]),
    // What functions and their runtimes say of their own end.
    row(&["task timed out after"], LATE),
    row(&["report requestid", "status: timeout"], LATE),
    row(&["\"status\":\"timeout\""], LATE),
    row(&["\"status\": \"timeout\""], LATE),
    row(&["sandbox.timedout"], LATE),
    row(&["runtime exited"], CRASH),
    row(&["process exited before completing request"], CRASH),
    row(&["runtime.importmoduleerror"], CRASH),
    row(&["runtime.usercodesyntaxerror"], CRASH),
    row(&["runtime.handlernotfound"], CRASH),
    row(&["runtime.unhandledpromiserejection"], CRASH),
    row(&["runtime.invalidentrypoint"], CRASH),
    row(&["runtime.exiterror"], CRASH),
    row(&["runtime.outofmemory"], CRASH),
    row(&["extension.crash"], CRASH),
    row(&["function.responsesizetoolarge"], CRASH),
    row(&["unable to import module"], CRASH),
    row(&["uncaught exception", "errortype"], CRASH),
    row(&["\"errortype\"", "\"errormessage\""], CRASH),
    row(&["errortype:", "errormessage:"], CRASH),
    row(&["invoke error"], CRASH),
    row(&["customer function error"], CRASH),
    row(&["traceback (most recent call last)", "/var/"], CRASH),
    row(&["/var/task/", "error"], CRASH),
    row(&["/var/runtime/", "error"], CRASH),
    row(&["report requestid", "status: error"], CRASH),
    row(&["x-amz-function-error"], CRASH),
    row(&["functionerror", "unhandled"], CRASH),
    // Bodies and types of answers, from here on little is said.
    row(&["missingauthenticationtoken"], NOT_FOUND),
    row(&["missing authentication token"], NOT_FOUND),
    row(&["unauthorizedexception"], NO_IDENTITY),
    row(&["\"message\":\"unauthorized\""], NO_IDENTITY),
    row(&["\"message\": \"unauthorized\""], NO_IDENTITY),
    row(&["unauthorized request:"], NO_IDENTITY),
    row(&["\"message\":null"], NO_POLICY),
    row(&["\"message\": null"], NO_POLICY),
    row(&["forbiddenexception"], FORBIDDEN),
    row(&["\"message\":\"forbidden\""], FORBIDDEN),
    row(&["\"message\": \"forbidden\""], FORBIDDEN),
    row(&["\"message\":\"internal server error\""], INSIDE),
    row(&["\"message\": \"internal server error\""], INSIDE),
    row(&["\"message\":\"service unavailable\""], UNAVAILABLE),
    row(&["\"message\": \"service unavailable\""], UNAVAILABLE),
    row(&["\"message\":\"not found\""], NOT_HERE),
    row(&["\"message\": \"not found\""], NOT_HERE),
    row(&["accessdeniedexception", "x-amzn-errortype"], &[("authorizer-denied", POSSIBLE), ("iam-denied", POSSIBLE)]),
];

/// What the first row that fits speaks of, with where its first words stand.
pub(super) fn hints(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    ROWS.iter().find_map(|row| {
        let at = text.lower.find(row.words.first()?)?;
        row.words.iter().all(|words| text.lower.contains(words)).then(|| (row.hints.to_vec(), at))
    })
}
