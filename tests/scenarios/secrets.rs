//! Secrets that a person types stay between them and the server.

use gatescope_app::calls::{LogQueryResult, SavedFile};
use gatescope_sandbox::Sandbox;
use gatescope_tests::book::downloads_of;
use gatescope_tests::{Desk, has};
use serde_json::json;

const SECRET: &str = "hunter2-planted-secret";

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
    desk.logs("CreateLogStream", json!({"logGroupName": group, "logStreamName": "planted"})).await;
    let events = json!([{"timestamp": at, "message": line}]);
    desk.logs("PutLogEvents", json!({"logGroupName": group, "logStreamName": "planted", "logEvents": events})).await;
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

#[tokio::test]
async fn a_secret_in_a_log_is_in_no_row_no_export_no_answer_and_not_in_the_database() {
    let story = "secrets::a_secret_in_a_log_is_in_no_row_no_export_no_answer_and_not_in_the_database";
    let Some(folder) = downloads_of(story) else { return };
    let database = folder.join("gatescope.db");
    let desk = Desk::on(Sandbox::new(gatescope_sandbox::Options::default()).unwrap(), Some(database.clone()));
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    let row = talk
        .connect_with(json!({
            "headers": [["Authorization", format!("Bearer {SECRET}")], ["x-api-key", SECRET]], "query": [["token", SECRET]],
        }))
        .await;
    assert_eq!(row.status, Some(101));
    let sent = talk.send(&json!({"action": "joinroom", "password": SECRET}).to_string()).await;
    let id = sent.request.unwrap().request_id;
    let group = talk.tail.clone().unwrap().log_group;
    // What a data trace prints (facts 1.3 #9, #11, #12), and what a function prints that should not.
    let headers = json!({"headers": {"Authorization": format!("Bearer {SECRET}"), "x-api-key": SECRET},
        "queryStringParameters": {"token": SECRET}, "body": json!({"password": SECRET}).to_string()});
    let lines = [
        format!("({id}) Endpoint request body after transformations: {headers}"),
        format!("({id}) Endpoint request headers: {{X-Amz-Security-Token={SECRET}, Authorization={SECRET}}}"),
        format!("({id}) Execution failed due to configuration error: token={SECRET}"),
    ];
    let lines: Vec<_> = lines.into_iter().map(|line| (sent.at, line)).collect();
    desk.write_log(&group, &lines).await;

    let mut book = desk.open_log("prod").await;
    book.until("the planted failure is there", |b| b.counts.failures == 1).await;
    let mut told = Vec::new();
    for view in ["lines", "connections", "access", "requests"] {
        told.push((view.to_owned(), format!("{:?}", book.show(view, json!({})).await)));
    }
    told.push(("request".to_owned(), format!("{:?}", book.request(&id).await)));
    for format in ["text", "jsonl"] {
        let saved: SavedFile = book.ask("export_book", json!({"format": format})).await;
        assert!(saved.path.starts_with(folder.to_str().unwrap()), "{saved:?}");
        let text = std::fs::read_to_string(&saved.path).unwrap();
        assert!(text.contains("Execution failed due to configuration error"), "{text}");
        // What was written is read again.
        let window = json!({"kind": "file", "name": saved.path, "text": text});
        let mut again = desk.open_book(desk.stage("prod").await, window).await;
        let requests = book.counts.requests;
        again.until("it is read again", |b| b.counts.requests == requests && b.counts.failures == 1).await;
        told.push((saved.path, text));
    }
    let ask = json!({"of": desk.stage("prod").await, "logGroups": [group], "from": "1h", "to": "",
        "query": "parse @message \"token=*\" as token | display @message, token"});
    let found: LogQueryResult = desk.call("run_log_query", ask).await;
    assert!(found.rows.len() > 3, "{found:#?}");
    told.push(("Insights".to_owned(), format!("{found:?}")));
    drop((talk, book));
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        told.push((path.display().to_string(), String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()));
    }
    assert!(told.iter().any(|(what, _)| what.ends_with("gatescope.db")), "the database is looked at");
    for (what, text) in told {
        assert!(!text.contains(SECRET), "{what} holds the secret: {text}");
    }
}
