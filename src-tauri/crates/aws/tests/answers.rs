//! What comes out when AWS, or whatever answers in its place, says something unexpected.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use gatescope_aws::calls::{Call, News};
use gatescope_aws::in_process::{Body, InProcess};
use gatescope_aws::{Access, Guards, Kind};
use http_body_util::{BodyExt, Full};
use serde_json::json;

/// An AWS that answers the same to everything.
fn always(status: u16, headers: &'static [(&'static str, &'static str)], body: &'static [u8]) -> Access {
    guarded(Guards::default(), status, headers, body)
}

fn guarded(
    guards: Guards,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static [u8],
) -> Access {
    let aws = InProcess::new(move |_| {
        Box::pin(async move {
            let mut response = http::Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(*name, *value);
            }
            let body: Body = Full::new(Bytes::from_static(body)).map_err(|never| match never {}).boxed();
            response.body(body).unwrap()
        })
    });
    Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), guards)
}

#[tokio::test]
async fn aws_own_words_code_and_request_id_are_kept() {
    let headers = &[("x-amzn-errortype", "BadRequestException"), ("x-amzn-requestid", "c3da47a8-13cf")];
    let aws = always(400, headers, br#"{"message":"Invalid stage identifier specified"}"#);
    let error = aws.stage("3fmvso4h96", "nope").await.unwrap_err();
    assert_eq!(error.kind, Kind::Refused);
    assert_eq!(error.code.as_deref(), Some("BadRequestException"));
    assert_eq!(error.message, "Invalid stage identifier specified");
    assert_eq!(error.request_id.as_deref(), Some("c3da47a8-13cf"));
}

#[tokio::test]
async fn an_expired_token_is_told_from_a_denied_call() {
    let expired =
        br#"{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}"#;
    let error = always(400, &[], expired).log_page("/aws/apigateway/a/b", 0, None, None).await.unwrap_err();
    assert_eq!(error.kind, Kind::Expired);
    let denied =
        br#"{"__type":"AccessDeniedException","Message":"User: x is not authorized to perform: logs:FilterLogEvents"}"#;
    let error = always(400, &[], denied).log_page("/aws/apigateway/a/b", 0, None, None).await.unwrap_err();
    assert_eq!(error.kind, Kind::Denied);
    let missing = br#"{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}"#;
    let error = always(400, &[], missing).log_page("/aws/apigateway/a/b", 0, None, None).await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound);
}

#[tokio::test]
async fn an_answer_that_is_no_aws_answer_is_a_failure_with_words() {
    for (status, body) in
        [(500, &b"<html>proxy says no</html>"[..]), (200, b"{\"items\": [nonsense"), (200, b"\xff\xfe"), (403, b"")]
    {
        let error = always(status, &[], body).apis().await.unwrap_err();
        assert!(error.message.starts_with(&format!("HTTP {status} ")), "{status}: {error:?}");
        assert!(!error.message.contains("Debug"), "words for a person: {error:?}");
    }
}

#[tokio::test]
async fn a_live_tail_of_garbage_is_refused_not_hung() {
    let aws = always(200, &[("content-type", "application/vnd.amazon.eventstream")], b"\x00\x00\x00\x10garbage");
    assert!(aws.live_tail("arn:aws:logs:us-east-1:1:log-group:x").await.is_err());
}

#[tokio::test]
async fn an_answer_of_other_types_names_the_operation_and_breaks_nothing() {
    let bodies: [&[u8]; 5] = [
        br#"{"items": [{"stageName": 5}]}"#,
        br#"{"items": [{"defaultRouteSettings": {"throttlingBurstLimit": "many"}}]}"#,
        br#"{"items": "none"}"#,
        br"[1]",
        b"",
    ];
    for body in bodies {
        let error = always(200, &[], body).outline("abc").await.map(|s| format!("{s:?}")).unwrap_err();
        assert!(error.message.contains("HTTP 200 to Get"), "{}: {error:?}", String::from_utf8_lossy(body));
    }
    // What the SDK takes and a noun does not.
    let timeout = br#"{"items": [{"timeoutInMillis": -1}]}"#;
    let error = always(200, &[], timeout).outline("abc").await.unwrap_err();
    assert!(error.message.starts_with("HTTP 200 to GetIntegrations with a body that is no AWS answer"), "{error:?}");
}

#[tokio::test]
async fn members_that_nobody_here_knows_are_kept_and_null_ones_are_not_set() {
    let body =
        br#"{"items": [{"stageName": "prod", "madeTomorrow": {"deep": [1, 2]}, "description": null, "tags": null,
        "routeSettings": {"a": {"loggingLevel": null, "newSetting": true}}, "createdDate": "2026-09-25T01:16:10Z"}]}"#;
    let outline = always(200, &[], body).outline("abc").await.unwrap();
    let stage = &outline.stages[0];
    assert_eq!(stage.other["madeTomorrow"], json!({"deep": [1, 2]}));
    assert_eq!(stage.other.len(), 1, "{:?}", stage.other);
    assert_eq!(stage.route_settings["a"].other["newSetting"], true);
    assert_eq!((stage.description.as_ref(), stage.tags.len()), (None, 0));
    assert_eq!(stage.created_date.as_deref(), Some("2026-09-25T01:16:10Z"));
}

/// The list of calls as it is now.
async fn listed(guards: &Guards) -> Vec<Call> {
    let news = guards.calls.follow().next().await;
    news.into_iter().filter_map(|n| if let News::Call(call) = n { Some(*call) } else { None }).collect()
}

#[tokio::test]
async fn a_refusal_stands_in_the_list_of_calls_with_aws_own_words() {
    let guards = Guards { account: "profile:dev".to_owned(), ..Guards::default() };
    let headers = &[("x-amzn-errortype", "BadRequestException:http://x"), ("x-amzn-requestid", "c3da47a8-13cf")];
    let body = br#"{"message":"Invalid stage identifier specified, token=SECRET"}"#;
    let aws = guarded(guards.clone(), 400, headers, body);
    assert!(aws.stage("3fmvso4h96", "no\u{202e}pe").await.is_err());
    let xml =
        br"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>There is none</Message></Error></ErrorResponse>";
    assert!(guarded(guards.clone(), 404, &[], xml).role_arn("r").await.is_ok_and(|found| found.is_none()));
    assert!(guarded(guards.clone(), 200, &[], b"nonsense").outline("a").await.is_err());
    let calls = listed(&guards).await;
    let first = &calls[0];
    assert_eq!(first.error.as_deref(), Some("BadRequestException: Invalid stage identifier specified, token=*****"));
    assert_eq!((first.status, first.request_id.as_str(), first.tries), (400, "c3da47a8-13cf", 1));
    assert_eq!((first.service.as_str(), first.account.as_str()), ("apigatewayv2", "profile:dev"));
    assert_eq!(first.target, "3fmvso4h96 · no\u{202e}pe");
    assert!(first.took.is_some() && first.at > 1_700_000_000_000);
    assert_eq!(calls[1].error.as_deref(), Some("NoSuchEntity: There is none"));
    assert!(calls[2..].iter().all(|c| c.status == 200 && c.error.is_some()), "{calls:#?}");
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_any_more_does_not_stay_under_way() {
    let guards = Guards::default();
    let never = InProcess::new(|_| Box::pin(std::future::pending()));
    let aws = Access::in_process(never, "us-east-1", ("AKIDEXAMPLE", "secret"), guards.clone());
    tokio::select! {
        biased;
        _ = aws.caller() => unreachable!("it never answers"),
        // Not before it was sent.
        () = async { while listed(&guards).await.first().is_none_or(|c| c.tries == 0) {} } => {}
    }
    let calls = listed(&guards).await;
    assert_eq!((calls.len(), calls[0].error.as_deref()), (1, Some("cancelled before the answer came")));
    let pace = guards.calls.follow().next().await;
    assert!(pace.contains(&News::Pace { under_way: 0, waiting: 0 }), "{pace:?}");
}

#[tokio::test(start_paused = true)]
async fn a_full_account_is_told_at_once_and_a_throttled_call_is_given_up_after_two_minutes() {
    let guards = Guards::default();
    let began = tokio::time::Instant::now();
    let full = br#"{"message":"Maximum number of Routes for this Api has been reached"}"#;
    let error = guarded(guards.clone(), 429, &[("x-amzn-errortype", "TooManyRequestsException")], full);
    let error = error.stage("a", "b").await.unwrap_err();
    assert_eq!(error.kind, Kind::Throttled);
    assert!(error.message.starts_with("Maximum number"), "{error:?}");
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());

    let began = tokio::time::Instant::now();
    let headers = &[("x-amzn-errortype", "TooManyRequestsException"), ("retry-after", "2")];
    let error = guarded(guards.clone(), 429, headers, br#"{"message":"Too Many Requests"}"#).stage("a", "b").await;
    assert_eq!(error.unwrap_err().kind, Kind::Throttled);
    assert!((100..180).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    let tries = listed(&guards).await.last().unwrap().tries;
    assert!((40..=70).contains(&tries), "every two seconds, as the server asked: {tries}");
}

#[tokio::test]
async fn lists_that_are_refused_are_told_and_the_rest_is_read() {
    let aws = InProcess::new(|request| {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            let target = request.headers().get("x-amz-target").map(|t| t.to_str().unwrap().to_owned());
            let denied = r#"{"message":"User: x is not authorized to perform: apigateway:GET"}"#;
            let (status, body) = match path.as_str() {
                "/usageplans" | "/v2/apis/a/models" => (403, denied),
                "/clientcertificates" => (404, "<html>not here</html>"),
                "/apikeys" => (200, r#"{"item":[{"id":"b"},{"id":"a","value":"SECRET","createdDate":1790000000}]}"#),
                "/v2/apis/a" => (200, r#"{"apiId":"a"}"#),
                _ if path.ends_with("/policy") && path.contains("other") => (403, denied),
                _ if path.ends_with("/policy") => (
                    200,
                    r#"{"Policy":"{\"Statement\":[{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"apigateway.amazonaws.com\"}}]}"}"#,
                ),
                "/v2/apis/a/integrations" => (
                    200,
                    r#"{"items":[
                    {"integrationId":"i","integrationType":"AWS_PROXY","integrationUri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:mine/invocations"},
                    {"integrationId":"j","integrationType":"AWS_PROXY","integrationUri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:2:function:other/invocations"}]}"#,
                ),
                "/v2/apis/a/stages" => (
                    200,
                    r#"{"items":[{"stageName":"prod","accessLogSettings":{"destinationArn":"arn:aws:logs:us-east-1:1:log-group:access:*"}}]}"#,
                ),
                _ if target.is_some_and(|t| t.ends_with("DescribeLogGroups")) => (
                    200,
                    r#"{"logGroups":[
                    {"logGroupName":"/aws/apigateway/a/prod","retentionInDays":7},{"logGroupName":"/aws/apigateway/a/old"},
                    {"logGroupName":"access","storedBytes":5},{"logGroupName":"access-of-others"}]}"#,
                ),
                _ => (200, r#"{"items":[]}"#),
            };
            let code = if status == 403 { "AccessDeniedException" } else { "" };
            let body: Body = Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed();
            http::Response::builder().status(status).header("x-amzn-errortype", code).body(body).unwrap()
        })
    });
    let aws = Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), Guards::default());
    let snapshot = aws.snapshot("a").await.unwrap();
    assert_eq!((snapshot.models.len(), snapshot.integrations.len()), (0, 2));
    assert!(snapshot.unread["models"].starts_with("apigateway:GET on /apis/a/models is not allowed: User: x"));
    assert_eq!(snapshot.unread.len(), 1, "{:?}", snapshot.unread);

    let around = aws.surroundings(&snapshot).await.unwrap();
    let unread: Vec<&str> = around.unread.keys().map(String::as_str).collect();
    assert_eq!(unread, ["clientCertificates", "permissions", "usagePlans"], "{:?}", around.unread);
    assert!(around.unread["permissions"].contains("2:function:other"), "{:?}", around.unread);
    assert_eq!(around.permissions[0].function_arn, "arn:aws:lambda:us-east-1:1:function:mine");
    let keys: Vec<_> = around.api_keys.iter().map(|k| (k.id.as_str(), k.other.len())).collect();
    assert_eq!(keys, [("a", 0), ("b", 0)], "sorted, and without values");
    assert_eq!(around.api_keys[0].created_date.as_deref(), Some("2026-09-21T14:13:20Z"));
    let groups: Vec<_> = around.log_groups.iter().map(|g| (g.log_group_name.as_str(), g.retention_in_days)).collect();
    assert_eq!(groups, [("/aws/apigateway/a/prod", Some(7)), ("access", None)]);
}
