//! Secrets that a person types stay between them and the server.

use gatescope_model::review::{ApplyItem, Review};
use gatescope_tests::Desk;
use serde_json::json;

const SECRET: &str = "hunter2-planted-secret";

#[tokio::test]
async fn a_secret_in_headers_and_query_is_nowhere_in_what_the_window_gets() {
    let desk = Desk::new();
    desk.fix().await;
    // With data trace, the log itself prints the client's headers.
    let ask =
        json!({"scope": desk.scope, "apiId": desk.api().await, "stage": "prod", "level": "INFO", "dataTrace": true});
    let review: Review = desk.call("preview_logs", ask).await;
    let told = desk.apply(&review, true).await;
    assert!(matches!(told.last(), Some(ApplyItem::Finished { .. })), "{told:?}");

    let mut talk = desk.open("prod").await;
    let row = talk
        .connect_with(json!({
            "headers": [["Authorization", format!("Bearer {SECRET}")], ["x-api-key", SECRET], ["Cookie", format!("session={SECRET}")]],
            "query": [["token", SECRET]],
        }))
        .await;
    assert_eq!(row.status, Some(101));
    talk.until("the log is there", |t| t.rows[&row.id].request.as_ref().is_some_and(|r| r.complete)).await;

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
