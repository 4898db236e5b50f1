//! `explain` on what is pasted without a log of the gateway: answers, clients' words, stack traces, refusals of changes, rows of
//! access logs, and logs whose form was lost. Shapes are those of public reports; ids are made up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use gatescope_model::explain::explain;
use gatescope_model::verdict::Confidence::{self, Certain, Likely, Possible};

const RUN: &str = "11111111-2222-4333-8444-555555555555";

/// All causes of a paste, as log and as the client's side.
fn causes(log: &str, seen: Option<&str>) -> Vec<(String, Confidence)> {
    let found = explain(log.as_bytes(), seen).requests;
    found.into_iter().flat_map(|r| r.causes).map(|c| (c.cause, c.confidence)).collect()
}

/// Tries each paste where a log belongs and where an answer does; an empty id stands for nothing.
fn each(tries: &[(&str, Confidence, &str)]) {
    for (cause, confidence, paste) in tries {
        for (log, seen) in [(*paste, None), ("", Some(*paste))] {
            let found = causes(log, seen);
            let first = found.first().map_or(("", *confidence), |(c, how)| (c.as_str(), *how));
            assert_eq!(first, (*cause, *confidence), "{paste}\n{found:?}");
            assert!(found.iter().all(|(_, how)| *how < Certain), "hearsay is never certain: {paste}");
        }
    }
}

#[test]
fn an_answer_alone_names_what_its_sentence_says_and_else_what_it_leaves_open() {
    each(&[
        (
            "authorizer-identity-missing",
            Likely,
            "HTTP/2 401\nx-amzn-errortype: UnauthorizedException\n\n{\"message\":\"Unauthorized\"}",
        ),
        (
            "authorizer-denied",
            Likely,
            "HTTP/2 403\nx-amzn-errortype: AccessDeniedException\n\n{\"Message\":\"User is not authorized to access this resource with an explicit deny\"}",
        ),
        (
            "authorizer-wrong-resource",
            Possible,
            "< HTTP/1.1 403 Forbidden\n< x-amzn-ErrorType: AccessDeniedException\n<\n{\"message\": \"User is not authorized to access this resource\"}",
        ),
        (
            "api-key-missing",
            Possible,
            "< HTTP/2 403\n< x-amzn-errortype: ForbiddenException\n{\"message\":\"Forbidden\"}",
        ),
        ("stage-not-found", Possible, "HTTP/2 403\nx-amzn-errortype: ForbiddenException"),
        ("stage-not-found", Possible, "x-amzn-errortype: MissingAuthenticationTokenException"),
        ("api-key-missing", Possible, "{\"message\":\"Forbidden\"}"),
        ("connection-gone", Likely, "HTTP/1.1 410 Gone\nx-amzn-ErrorType: GoneException"),
        (
            "connection-id-invalid",
            Likely,
            "HTTP 400\nx-amzn-errortype: BadRequestException\nx-amz-apigw-id: AAAAAAAAAAA=\n\n{\"message\":\"Invalid connectionId: x=y\"}",
        ),
        (
            "payload-too-large",
            Likely,
            "HTTP/1.1 413 Request Entity Too Large\n\n{\"message\":\"Request Entity Too Large\"}",
        ),
        ("quota-exceeded", Likely, "HTTP/1.1 429 Too Many Requests\nx-amzn-ErrorType: LimitExceededException"),
        ("lambda-error", Possible, "HTTP/1.1 502 Bad Gateway\n\n{\"message\": \"Internal server error\"}"),
        ("integration-timeout", Likely, "HTTP 504\n\n{\"message\": \"Endpoint request timed out\"}"),
        (
            "api-key-missing",
            Possible,
            r#"{"statusCode":403,"headers":{"X-Amzn-ErrorType":"ForbiddenException"},"body":"{\"message\":\"Forbidden\"}"}"#,
        ),
        (
            "lambda-error",
            Possible,
            r#"< {"message": "Internal server error", "connectionId":"AAAAAAAAAAA=", "requestId":"BBBBBBBBBBB="}"#,
        ),
        ("", Possible, "HTTP/1.1 200 OK\nx-amzn-RequestId: 1\nx-amz-apigw-id: AAAAAAAAAAA=\n\n{\"ok\":true}"),
    ]);
}

#[test]
fn sentences_of_other_services_and_of_http_apis_find_the_cause_that_they_share() {
    each(&[
        (
            "authorizer-malformed",
            Likely,
            "{\"requestId\": \"A=\", \"status\": \"500\", \"authError\": \"The response from the Lambda Authorizer function doesn't match the format that API Gateway expects.\"}",
        ),
        (
            "integration-role-not-assumable",
            Likely,
            "\"POST /x HTTP/1.1\" 500 35 A= API Gateway doesn’t have permissions to assume the IAM role configured on the integration.",
        ),
        (
            "log-role-refused",
            Likely,
            "CREATE_FAILED The role ARN does not have required permissions set to API Gateway",
        ),
        (
            "integration-role-denied",
            Likely,
            "{\"Error\":{\"Code\":\"AccessDenied\",\"Message\":\"Access to the resource https://sqs.eu-west-1.amazonaws.com/x/q is denied.\"}}",
        ),
        (
            "request-template-failed",
            Likely,
            "{ \"message\": \"Could not parse request body into json: Unexpected character ('}' (code 125))\" }",
        ),
        (
            "api-not-found",
            Possible,
            "WebSocket connection to 'wss://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/dev' failed",
        ),
    ]);
}

#[test]
fn what_clients_print_is_heard_wherever_it_is_pasted() {
    each(&[
        ("stage-not-found", Possible, "error: Unexpected server response: 403"),
        (
            "mapping-missing",
            Possible,
            "WebSocket connection to 'wss://ws.example.com/' failed: Error during WebSocket handshake: Unexpected response code: 403",
        ),
        ("stage-not-found", Possible, "WSServerHandshakeError: 403, message='Invalid response status'"),
        ("lambda-error", Possible, "server rejected WebSocket connection: HTTP 502"),
        ("not-a-websocket", Likely, "error: Unexpected server response: 200"),
        ("idle-timeout", Possible, "> hi\n< hi\nDisconnected (code: 1001, reason: \"Going away\")"),
        ("connection-lost", Possible, "disconnected (code: 1006)"),
        ("frame-too-large", Likely, "websocket: close 1009 (message too big)"),
        ("closed-by-backend", Likely, "Disconnected (code: 1000, reason: \"Connection Closed Normally\")"),
        ("", Possible, "Disconnected (code: 1000, reason: \"\")"),
        ("", Possible, "Connected (press CTRL+C to quit)\n> hello\n< {\"echo\":\"hello\"}"),
        ("dns-not-found", Likely, "Error: getaddrinfo ENOTFOUND ws.example.com"),
        ("api-not-found", Likely, "curl: (6) Could not resolve host: abcdefghij.execute-api.eu-west-1.amazonaws.com"),
        (
            "callback-url-wrong",
            Likely,
            "Inaccessible host: `execute-api.eu-west-1.amazonaws.com'. This service may not be available in the `eu-west-1' region.",
        ),
        (
            "tls-name-mismatch",
            Likely,
            "Hostname/IP does not match certificate's altnames: Host: ws.example.com. is not in the cert's altnames: DNS:www.example.com",
        ),
        (
            "dns-wrong-target",
            Likely,
            "SSLError(CertificateError(\"hostname 'ws.example.com' doesn't match '*.execute-api.eu-west-1.amazonaws.com'\",))",
        ),
        ("tls-untrusted", Likely, "error: certificate has expired"),
        ("tls-version", Likely, "curl: (35) error: SSL routines: tlsv1 alert protocol version"),
    ]);
}

#[test]
fn what_sdks_and_functions_say_is_heard_in_traces_wrappers_and_broken_lines() {
    let late = format!("{{\"level\":\"info\",\"message\":\"{RUN} Task timed out after 3.02 seconds\"}}");
    each(&[
        (
            "connection-gone",
            Likely,
            "{\n  \"errorMessage\": \"An error occurred (GoneException) when calling the PostToConnection operation: \",\n  \"errorType\": \"GoneException\"\n}",
        ),
        (
            "connection-gone",
            Likely,
            "Error executing \"PostToConnection\" on \"https://abcdefghij.execute-api.eu-west-1.amazonaws.com/prod/@connections/AAAAAAAAAAA%3D\"; resulted in a `410 Gone` response",
        ),
        (
            "manage-connections-denied",
            Likely,
            "An error occurred (AccessDeniedException) when calling the PostToConnection operation:\nUser: arn:aws:sts::000000000000:assumed-role/r/f\nis not authorized to perform: execute-api:ManageConnections on resource:\narn:aws:execute-api:eu-west-1:********0000:abcdefghij/prod/POST/@connections/{connectionId}",
        ),
        (
            "callback-url-wrong",
            Likely,
            "User: arn:aws:sts::000000000000:assumed-role/r/f is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********0000:abcdefghij/prod/POST/@connections/@connections/AAAAAAAAAAA%3D",
        ),
        (
            "callback-url-wrong",
            Likely,
            "No method found matching route prod/@connections/AAAAAAAAAAA= for http method POST.",
        ),
        (
            "callback-url-wrong",
            Possible,
            "ForbiddenException: Forbidden when calling PostToConnection, statusCode: 403",
        ),
        ("lambda-timeout", Likely, &late),
        (
            "lambda-error",
            Likely,
            "{\"errorType\":\"Runtime.ImportModuleError\",\"errorMessage\":\"Error: Cannot find module 'index'\",\"trace\":[]}",
        ),
    ]);
}

#[test]
fn refused_changes_name_the_role_or_the_address() {
    each(&[
        (
            "log-role-missing",
            Likely,
            "| CREATE_FAILED | Resource handler returned message: \"CloudWatch Logs role ARN must be set in account settings to enable logging (Service: ApiGateway, Status Code: 400)\" |",
        ),
        (
            "log-role-missing",
            Likely,
            "│ Error: updating stage: BadRequestException: CloudWatch Logs role ARN must be set in\n│ account settings to enable logging",
        ),
        (
            "log-role-refused",
            Likely,
            "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway",
        ),
        (
            "stage-variable-missing",
            Possible,
            "{\"message\": \"1 validation error detected: Value 'arn:aws:lambda:eu-west-1:000000000000:function:chat:' at 'functionName' failed to satisfy constraint\"}",
        ),
        ("integration-uri-invalid", Likely, "BadRequestException: Invalid ARN specified in the request"),
    ]);
}

#[test]
fn rows_of_access_logs_tell_by_type_and_else_by_status() {
    each(&[
        (
            "integration-timeout",
            Likely,
            "| 2024-05-21 19:48:44.709 | {\"apiId\": \"abcdefghij\", \"error_messageString\": \" \"x\"\", \"error_responseType\": \"INTEGRATION_TIMEOUT\", \"httpMeth",
        ),
        (
            "integration-network",
            Possible,
            "{\"requestId\":\"a\",\"errorResponseType\":\"INTEGRATION_FAILURE\",\"status\":\"504\"}",
        ),
        ("throttled", Likely, "{\"requestId\":\"a\",\"responseType\":\"THROTTLED\",\"status\":\"429\"}"),
        (
            "lambda-error",
            Possible,
            "192.0.2.1 - - [01/Jan/2024:00:00:00 +0000] \"GET /prod HTTP/1.1\" 502 36 AAAAAAAAAAA=",
        ),
        (
            "",
            Possible,
            "{\"requestId\":\"a\",\"routeKey\":\"$default\",\"responseType\":\"-\",\"status\":\"200\",\"error\":\"-\"}",
        ),
    ]);
}

#[test]
fn logs_whose_form_was_lost_are_still_logs() {
    let time = "Thu Apr 01 21:58:32 UTC 2021 : ";
    let run = format!(
        "Execution log for request {RUN} {time}Starting execution for request: {RUN} {time}Execution failed due to configuration error: Malformed Lambda proxy response {time}Method completed with status: 502"
    );
    assert_eq!(causes(&run, None), [("lambda-malformed-response".to_owned(), Certain)]);
    assert_eq!(explain(run.as_bytes(), None).requests[0].lines, 1, "one line of the input");
    let row = format!(
        "| 2024-05-21 19:48:44.709 | ({RUN}) Execution failed due to configuration error: Unable to transform request |"
    );
    assert_eq!(causes(&row, None), [("request-template-failed".to_owned(), Certain)]);
    let told = "The log says \"Execution failed due to configuration error: Invalid permissions on Lambda function\" each time.";
    let found = causes(told, None);
    assert_eq!(found, [("lambda-permission-missing".to_owned(), Likely)], "whose line it is nobody knows");
}

#[test]
fn sentences_without_a_cause_of_their_own_go_to_the_nearest_and_are_not_certain() {
    for (error, cause, confidence) in [
        ("Output mapping refers to an invalid method response: 200", "integration-response-missing", Likely),
        ("Request body validation failed due to an unexpected error", "model-validation-failed", Likely),
        ("There was an internal error while executing your request", "vpc-link-unavailable", Possible),
        ("Host name may not be null", "integration-uri-invalid", Likely),
        ("General SSLEngine problem", "integration-network", Certain),
    ] {
        let log = format!(
            "({RUN}) Execution failed due to configuration error: {error}\n({RUN}) Method completed with status: 500"
        );
        let found = causes(&log, None);
        assert_eq!(found.first().map(|(c, how)| (c.as_str(), *how)), Some((cause, confidence)), "{error}");
    }
    let get = format!(
        "({RUN}) Endpoint response body before transformations: <AccessDeniedException>\n<Message>Unable to determine service/operation name to be authorized</Message>\n({RUN}) Lambda invocation failed with status: 403. Lambda request id: {RUN}\n({RUN}) Execution failed due to configuration error:\n({RUN}) Method completed with status: 500"
    );
    assert_eq!(causes(&get, None)[0], ("integration-uri-invalid".to_owned(), Likely));
}

#[test]
fn what_a_client_wrote_is_not_taken_for_the_gateways_words() {
    let forged = format!(
        "({RUN}) Method request body before transformations: {{\"a\":\"Execution failed due to configuration error: Invalid permissions on Lambda function\"}}\n({RUN}) Method completed with status: 200"
    );
    assert_eq!(causes(&forged, None), []);
}

proptest::proptest! {
    #[test]
    fn no_paste_breaks_it_and_hearsay_is_never_certain(
        words in proptest::collection::vec("(HTTP/2 403|\n|: |x-amzn-errortype|GoneException|\\{|\\}|\"message\"|@connections|code 1001| UTC 2021 : |\\||é|execute-api\\.|ENOTFOUND|status|\\(A=\\) |[ -~]{0,8})", 0..24)
    ) {
        let text = words.concat();
        for (log, seen) in [(text.as_str(), None), ("", Some(text.as_str()))] {
            proptest::prop_assert!(causes(log, seen).iter().all(|(_, how)| *how < Certain));
        }
    }
}
