//! Secrets that a person types stay between them and the server.

use axum::body::Bytes;
use axum::http::Request;
use gatescope_tests::{Desk, has};
use serde_json::{Value, json};

const SECRET: &str = "hunter2-planted-secret";

/// Asks CloudWatch Logs directly, as another program would.
async fn logs(desk: &Desk, operation: &str, input: Value) {
    let request = Request::post("https://logs.us-east-1.amazonaws.com/")
        .header("x-amz-target", format!("Logs_20140328.{operation}"))
        .header("content-type", "application/x-amz-json-1.1")
        .body(Bytes::from(input.to_string()))
        .unwrap();
    let answer = desk.app.sandbox().handle(request).await;
    assert_eq!(answer.status(), 200, "{operation}");
}

#[tokio::test]
async fn a_secret_in_headers_and_query_is_nowhere_in_what_the_window_gets() {
    let desk = Desk::new();
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    let row = talk
        .connect_with(json!({
            "headers": [["Authorization", format!("Bearer {SECRET}")], ["x-api-key", SECRET], ["Cookie", format!("session={SECRET}")]],
            "query": [["token", SECRET]],
        }))
        .await;
    assert_eq!(row.status, Some(101));
    talk.until("the log is there", |t| t.rows[&row.id].request.as_ref().is_some_and(|r| r.complete)).await;

    // A data trace prints the client's headers as they came (facts 1.3 #12); a mock's does not, so the line is written here.
    let request = talk.rows[&row.id].request.clone().unwrap();
    let headers = json!({"headers": {"Authorization": format!("Bearer {SECRET}"), "x-api-key": SECRET}});
    let line = format!("({}) Endpoint request body after transformations: {headers}", request.request_id);
    let group = talk.tail.clone().unwrap().log_group;
    let at = talk.rows[&row.id].at;
    logs(&desk, "CreateLogStream", json!({"logGroupName": group, "logStreamName": "planted"})).await;
    let events = json!([{"timestamp": at, "message": line}]);
    logs(&desk, "PutLogEvents", json!({"logGroupName": group, "logStreamName": "planted", "logEvents": events})).await;
    talk.until("the planted line is there", |t| t.rows[&row.id].request.as_ref().unwrap().lines > request.lines).await;
    has(&talk.lines(row.id).await, "Authorization");

    let rows = serde_json::to_string(&talk.rows).unwrap();
    let detail = serde_json::to_string(&talk.detail(row.id).await).unwrap();
    assert!(
        detail.contains("authorization") || detail.contains("Authorization"),
        "the header itself is shown: {detail}"
    );
    for (what, text) in [("the rows", rows), ("the detail", detail)] {
        assert!(!text.contains(SECRET), "{what} hold the secret: {text}");
    }
}
