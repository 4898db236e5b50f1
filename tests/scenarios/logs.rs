//! The log of a stage as one book: every group that belongs to it, followed, filtered, exported, and asked at AWS.

use gatescope_app::calls::{LogQuery, LogQueryResult, Source};
use gatescope_model::book::{BookRow, ConnectionLife, SourceKind};
use gatescope_model::conversation::{Row, RowKind, TailState};
use gatescope_model::verdict::{Action, Confidence, Evidence, Finding, Place};
use gatescope_tests::Desk;
use serde_json::{Value, json};

const FORMAT: &str = r#"{"requestId":"$context.requestId","routeKey":"$context.routeKey","status":"$context.status","integrationLatency":"$context.integrationLatency","ip":"$context.identity.sourceIp","connectionId":"$context.connectionId"}"#;

fn function(name: &str) -> String {
    format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:{name}/invocations"
    )
}

/// The chat API with an access log, a function behind `joinroom` and one that authorizes.
async fn with_functions() -> Desk {
    let desk = Desk::new();
    desk.fix().await;
    desk.logs("CreateLogGroup", json!({"logGroupName": "chat-access"})).await;
    let api = desk.api().await;
    let mut base = desk.snapshot(&api).await;
    base.surroundings = Some(desk.call("read_surroundings", desk.of(&api)).await);
    let mut draft = base.clone();
    let lambda = json!({
        "integrationId": "new-1", "integrationType": "AWS_PROXY", "integrationMethod": "POST",
        "integrationUri": function("echo"),
    });
    draft.integrations.push(serde_json::from_value(lambda).unwrap());
    let authorizer = json!({
        "authorizerId": "new-2", "name": "tokens", "authorizerType": "REQUEST", "authorizerUri": function("authorizer"),
        "identitySource": ["route.request.header.authorization"],
    });
    draft.authorizers.push(serde_json::from_value(authorizer).unwrap());
    for route in &mut draft.routes {
        if route.route_key == "joinroom" {
            route.target = Some("integrations/new-1".to_owned());
        }
        if route.route_key == "$connect" {
            route.authorization_type = "CUSTOM".to_owned();
            route.authorizer_id = Some("new-2".to_owned());
        }
    }
    draft.stages[0].access_log_settings = serde_json::from_value(json!({
        "destinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:chat-access", "format": FORMAT,
    }))
    .unwrap();
    let review = desk.preview(&api, &base, &draft, "prod").await;
    desk.done(&review).await;
    desk
}

#[tokio::test]
async fn four_groups_stand_interleaved_by_time_and_a_request_has_the_numbers_of_its_function() {
    let desk = with_functions().await;
    let mut book = desk.open_log("prod").await;
    book.until("the groups are known", |b| b.sources.len() == 4).await;
    let names: Vec<(&str, SourceKind)> = book.sources.iter().map(|s| (s.log_group.as_str(), s.kind)).collect();
    assert_eq!(names[1], ("chat-access", SourceKind::Access));
    assert_eq!(names[2], ("/aws/lambda/authorizer", SourceKind::Authorizer));
    assert_eq!(names[3], ("/aws/lambda/echo", SourceKind::Function));
    assert_eq!(book.sources[3].of, ["joinroom"]);
    assert!(book.sources.iter().all(|s| s.on && s.live && s.cost.contains("Free")), "{:#?}", book.sources);

    let mut talk = desk.open("prod").await;
    let row = talk.connect_with(json!({"headers": [["Authorization", "secret-token"]]})).await;
    assert_eq!(row.status, Some(101), "{row:#?}");
    let sent = talk.send(r#"{"action":"joinroom","roomname":"developers"}"#).await;
    let id = sent.request.clone().unwrap().request_id;
    book.until("both requests are there", |b| b.counts.requests >= 2).await;
    book.until("all groups are live", |b| b.sources.iter().all(|s| s.state == Some(TailState::Live))).await;

    // The function's REPORT and the access record come when they come.
    let mut whole = book.request(&id).await;
    for _ in 0..200 {
        if whole.runs.first().is_some_and(|r| r.duration_ms.is_some()) && whole.access.is_some() {
            break;
        }
        tokio::task::yield_now().await;
        let lines = book.counts.lines;
        let _ =
            tokio::time::timeout(std::time::Duration::from_millis(100), book.until("more", |b| b.counts.lines > lines))
                .await;
        whole = book.request(&id).await;
    }
    let run = &whole.runs[0];
    assert!(run.duration_ms.is_some() && run.memory_mb == Some(128), "{run:#?}");
    let access = whole.access.unwrap();
    let field = |name: &str| access.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    assert_eq!((field("routeKey").as_deref(), field("status").as_deref()), (Some("joinroom"), Some("200")));
    let sources: std::collections::BTreeSet<u16> = whole.lines.iter().map(|l| l.source).collect();
    assert!(sources.contains(&0) && sources.contains(&3), "{:#?}", whole.lines);

    let lines = book.lines().await;
    assert!(lines.windows(2).all(|two| two[0].at <= two[1].at), "by time");
    let groups: std::collections::BTreeSet<u16> = lines.iter().map(|l| l.source).collect();
    assert_eq!(groups, [0, 1, 2, 3].into());

    // Whose they are: this window's own client.
    let rows = book.show("requests", json!({"own": true})).await;
    assert!(rows.len() >= 2 && rows.iter().all(|r| matches!(r, BookRow::Request { own: true, .. })), "{rows:#?}");
    let connection = sent.request.unwrap().connection_id.unwrap();
    let life: ConnectionLife = book.ask("read_logged_connection", json!({"connectionId": connection})).await;
    assert!(life.connection.own && life.events.iter().any(|e| e.what == "connect"), "{life:#?}");
}

#[tokio::test]
async fn a_failed_request_of_the_log_is_explained_and_found_again() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let row = talk.connect().await;
    assert_eq!(row.status, Some(500));
    let mut book = desk.open_log("prod").await;
    book.until("the failure is there", |b| b.counts.failures == 1).await;
    let rows = book.show("requests", json!({"failures": true})).await;
    let [BookRow::Request { request, failed: true, own: true, .. }] = &rows[..] else { panic!("{rows:#?}") };
    let found: Value = book.ask("find_in_book", json!({"back": true})).await;
    assert_eq!(found["row"], 0);
    let whole = book.request(&request.request_id).await;
    let verdict = whole.verdict.unwrap();
    assert_eq!(verdict.findings[0].cause, "mock-status-missing");
    let gone = json!({"book": book.name, "requestId": "nobody="});
    assert_eq!(desk.refused("read_logged_request", gone).await.code.as_str(), "not_found");
}

#[tokio::test]
async fn one_reader_serves_a_conversation_and_two_books() {
    let desk = Desk::new();
    desk.fix().await;
    let mut first = desk.open_log("prod").await;
    let mut second = desk.open_log("prod").await;
    let mut talk = desk.open("prod").await;
    let row = talk.connect().await;
    assert_eq!(row.status, Some(101));
    first.until("it is there", |b| b.counts.requests == 1).await;
    second.until("it is there too", |b| b.counts.requests == 1).await;
    let calls: Vec<Value> = {
        use futures_util::StreamExt;
        let mut calls = gatescope_app::rpc::stream(&desk.app, "watch_calls", Value::Null).await.unwrap();
        serde_json::from_str(&calls.next().await.unwrap()).unwrap()
    };
    let tails = calls.iter().filter(|c| c["call"]["operation"] == "StartLiveTail" || c["operation"] == "StartLiveTail");
    assert_eq!(tails.count(), 1, "{calls:#?}");
    drop((first, second));
    let closed = json!({"book": "book-none"});
    assert_eq!(desk.refused("read_book_now", closed).await.code.as_str(), "bad_question");
}

#[tokio::test]
async fn a_group_that_is_missing_is_said_to_be_and_read_once_it_is_there() {
    let desk = Desk::new();
    desk.fix().await;
    let mut book = desk.open_log("prod").await;
    let missing = |s: &Source| s.problem.as_ref().is_some_and(|p| p.code == "not_found");
    let group = book.sources.first().map(|s| s.log_group.clone());
    book.until("it is said", |b| b.sources.iter().any(missing)).await;
    assert!(group.is_none() || group.unwrap().starts_with("/aws/apigateway/"));
    let mut talk = desk.open("prod").await;
    assert_eq!(talk.connect().await.status, Some(101));
    book.until("it is read", |b| b.counts.requests == 1 && b.sources.iter().all(|s| s.problem.is_none())).await;
    book.until("it is live, with its clock", |b| {
        b.sources[0].state == Some(TailState::Live) && b.sources[0].complete_to.is_some()
    })
    .await;
}

#[tokio::test]
async fn switched_from_live_to_polling_and_back_every_line_stands_in_the_book_once() {
    let desk = Desk::new();
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    assert_eq!(talk.connect().await.status, Some(101));
    let mut book = desk.open_log("prod").await;
    book.until("it is live", |b| b.sources.first().is_some_and(|s| s.state == Some(TailState::Live))).await;
    let group = book.source(SourceKind::Execution).log_group.clone();
    let at = talk.rows.values().next().unwrap().at;
    let mut written = 0;
    for live in [false, true, false, true] {
        let mut write = async |n: usize| {
            let lines: Vec<_> = (0..n).map(|k| (at, format!("(planted{written}=) line {k}"))).collect();
            written += 1;
            desk.write_log(&group, &lines).await;
        };
        write(5).await;
        book.set(0, true, live).await;
        write(5).await;
        let wanted = if live { TailState::Live } else { TailState::Polling };
        book.until("it is switched", |b| b.sources[0].state == Some(wanted) && b.sources[0].live == live).await;
        write(5).await;
    }
    let expected = 4 * 15;
    book.until("all lines are there", |b| b.counts.lines >= expected).await;
    let mut planted: Vec<String> = book
        .lines()
        .await
        .into_iter()
        .filter(|l| l.request_id.starts_with("planted"))
        .map(|l| format!("{} {}", l.request_id, l.text))
        .collect();
    planted.sort();
    let all = planted.len();
    planted.dedup();
    assert_eq!((planted.len(), all), (60, 60));
}

#[tokio::test]
async fn a_past_window_is_read_whole_and_a_file_never_asks_aws() {
    let desk = Desk::new();
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    let row = talk.connect().await;
    talk.close(1000, "done").await;
    let of = desk.stage("prod").await;
    let mut past = desk.open_book(of.clone(), json!({"kind": "past", "from": "10m", "to": ""})).await;
    past.until("it is read whole", |b| b.sources.first().is_some_and(|s| s.state == Some(TailState::Idle))).await;
    past.until("two requests", |b| b.counts.requests == 2).await;
    let id = row.request.map(|r| r.request_id);
    let text: Vec<String> = past.lines().await.iter().map(|l| format!("({}) {}", l.request_id, l.text)).collect();
    assert!(text.len() > 5 && id.is_none_or(|id| text[0].contains(&id)));

    let nowhere = json!({"scope": {"account": "profile:nobody", "region": "eu-west-1"}, "apiId": "x", "stage": "y"});
    let window = json!({"kind": "file", "name": "saved.log", "text": text.join("\n")});
    let mut file = desk.open_book(nowhere.clone(), window).await;
    file.until("the file is read", |b| b.counts.requests == 2).await;
    assert_eq!(file.sources[0].kind, SourceKind::File);
    assert_eq!(file.lines().await.len(), text.len());

    for (text, words) in [("", "is empty"), (" \n", "is empty")] {
        let ask = json!({"of": nowhere, "window": {"kind": "file", "name": "x.log", "text": text}});
        let refused = gatescope_app::rpc::stream(&desk.app, "open_book", ask).await.err().unwrap();
        assert!(refused.message.contains(words), "{refused:?}");
    }
    let long = format!("(EP5wqGe9oAMEUJQ=) {}\u{0} end", "x".repeat(5 << 20));
    let mut file = desk.open_book(nowhere, json!({"kind": "file", "name": "long.log", "text": long})).await;
    file.until("the long line is there", |b| b.counts.lines == 1).await;
    let bad = json!({"of": of, "window": {"kind": "past", "from": "yesterday", "to": ""}});
    assert!(gatescope_app::rpc::stream(&desk.app, "open_book", bad).await.err().unwrap().message.contains("1d2h"));
}

#[tokio::test]
async fn every_ready_query_runs_in_insights_and_answers_rows() {
    let desk = with_functions().await;
    let of = desk.stage("prod").await;
    let mut book = desk.open_log("prod").await;
    book.until("the groups are known", |b| b.sources.len() == 4).await;
    let execution = book.source(SourceKind::Execution).log_group.clone();
    let mut talk = desk.open("prod").await;
    let row = talk.connect_with(json!({"headers": [["Authorization", "secret-token"]]})).await;
    assert_eq!(row.status, Some(101));
    talk.send(r#"{"action":"joinroom","roomname":"developers"}"#).await;
    talk.close(1000, "done").await;
    book.until("it is all there", |b| b.counts.requests >= 3).await;
    // What this conversation has not seen: AWS's own sentences (facts 1.3), records of failures, a cold start.
    let at = row.at;
    let said = [
        "Execution failed due to configuration error: Invalid permissions on Lambda function",
        "Execution failed due to a timeout error",
        "Received response. Status: 200, Integration latency: 44 ms",
        "Unauthorized request: x=",
        "Key throttle limit exceeded for RestApi a, Stage b, Resource c, HttpMethod d. Limit: 1.00 Burst: 1",
    ];
    let lines: Vec<_> = said.iter().map(|said| (at, format!("(EP5wqGe9oAMEUJQ=) {said}"))).collect();
    desk.write_log(&execution, &lines).await;
    let record = |route: &str, status: u16| {
        json!({"requestId": "a", "routeKey": route, "status": status.to_string(), "integrationLatency": "44", "ip": "203.0.113.9"})
            .to_string()
    };
    let push = "POST /@connections/{connectionId}";
    desk.write_log("chat-access", &[(at, record("joinroom", 403)), (at, record(push, 410))]).await;
    let report = "REPORT RequestId: 1\tDuration: 3.10 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\tInit Duration: 150.20 ms\t";
    desk.write_log("/aws/lambda/echo", &[(at, report.to_owned()), (at, "ERROR no room".to_owned())]).await;

    let queries: Vec<LogQuery> = desk.call("list_log_queries", of.clone()).await;
    assert!(queries.len() >= 15, "{}", queries.len());
    for query in queries {
        let group = match query.kind {
            SourceKind::Execution => execution.as_str(),
            SourceKind::Access => "chat-access",
            _ => "/aws/lambda/echo",
        };
        let ask = json!({"of": of, "logGroups": [group], "query": query.query, "from": "1h", "to": ""});
        let result: LogQueryResult = desk.call("run_log_query", ask).await;
        assert!(!result.rows.is_empty() && !result.columns.is_empty(), "{}: {}\n{result:#?}", query.title, query.query);
        assert!(result.scanned > 0.0 && result.bytes > 0.0, "{}", query.title);
        assert!(result.rows.iter().flatten().any(|cell| !cell.is_empty()), "{}: {result:#?}", query.title);
    }
    let ask =
        json!({"of": of, "logGroups": [execution], "query": "fields @message\n| count()", "from": "1h", "to": ""});
    let refused = desk.refused("run_log_query", ask).await;
    assert_eq!(refused.code.as_str(), "refused");
    assert!(refused.hint.unwrap().contains("line 2, column 3"), "the place is told: {}", refused.message);
}

#[tokio::test]
async fn a_pattern_is_tried_on_lines_as_aws_would() {
    let desk = Desk::new();
    let ask =
        json!({"pattern": "\"EP5wqGe9oAMEUJQ=\" -ok", "lines": ["(EP5wqGe9oAMEUJQ=) failed", "(EP5wqGe9oAMEUJQ=) ok"]});
    let tried: Value = desk.call("try_pattern", ask).await;
    assert_eq!(tried["matches"], json!([true, false]));
    let tried: Value = desk.call("try_pattern", json!({"pattern": "{ $.a = ", "lines": ["x"]})).await;
    assert!(tried["problem"].as_str().is_some_and(|p| p.contains("pattern")), "{tried}");
    let lines = json!([r#"{"status":"502"}"#, r#"{"status":"200"}"#, "(EP5wqGe9oAMEUJQ=) 502"]);
    let ask = json!({"pattern": "status == '502'", "jmespath": true, "lines": lines});
    let tried: Value = desk.call("try_pattern", ask).await;
    assert_eq!(tried["matches"], json!([true, false, false]));
    let tried: Value = desk.call("try_pattern", json!({"pattern": "a = b", "jmespath": true, "lines": ["{}"]})).await;
    assert!(tried["problem"].as_str().is_some_and(|p| p.contains("at character 3")), "{tried}");
}

#[tokio::test]
async fn a_failure_from_before_the_last_deployment_is_not_explained_by_what_stands_now() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let row = talk.connect().await;
    let row = talk.explained(row.id, "mock-status-missing").await;
    let _: Value = desk.call("set_clock", json!({"advanceMs": 5_000})).await;
    desk.fix().await;
    let mut book = desk.open_log("prod").await;
    book.until("its lines are read", |b| b.counts.lines > 0).await;
    let request = book.request(&row.request.unwrap().request_id).await;
    let causes: Vec<String> = request.verdict.unwrap().findings.into_iter().map(|f| f.cause).collect();
    assert_eq!(causes[0], "mock-status-missing", "{causes:?}");
    assert!(causes.iter().all(|cause| cause != "undeployed-changes"), "{causes:?}");
}

#[tokio::test]
async fn logs_are_as_sure_of_a_cause_as_the_conversation_is() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let row = talk.connect().await;
    let row = talk.explained(row.id, "mock-status-missing").await;
    let told = row.verdict.unwrap().findings.remove(0);
    assert_eq!(told.confidence, Confidence::Certain);
    let mut book = desk.open_log("prod").await;
    book.until("the failure is there", |b| b.counts.failures == 1).await;
    let request = book.request(&row.request.unwrap().request_id).await;
    let read = request.verdict.unwrap().findings.remove(0);
    assert_eq!((read.cause, read.confidence, read.action), (told.cause, told.confidence, told.action));
}

#[tokio::test]
async fn a_cause_that_is_gone_is_said_to_be_and_its_fix_is_not_offered_again() {
    let desk = Desk::new();
    let mut talk = desk.open("prod").await;
    let row = talk.connect().await;
    let row = talk.explained(row.id, "mock-status-missing").await;
    let offered = row.verdict.clone().unwrap().findings[0].action.clone();
    assert!(matches!(offered, Some(Action::Fix { .. })), "{offered:?}");
    let _: Value = desk.call("set_clock", json!({"advanceMs": 5_000})).await;

    // By hand, as an edit of one's own: nobody told that it was meant for this failure.
    let api = desk.api().await;
    let base = desk.snapshot(&api).await;
    let mut draft = base.clone();
    let id = base.integration_of("$connect").unwrap().integration_id.clone();
    let mock = draft.integrations.iter_mut().find(|i| i.integration_id == id).unwrap();
    mock.template_selection_expression = Some("\\$default".to_owned());
    mock.request_templates.insert("$default".to_owned(), r#"{"statusCode": 200}"#.to_owned());
    mock.responses.push(serde_json::from_value(json!({"integrationResponseKey": "$default"})).unwrap());
    let review = desk.preview(&api, &base, &draft, "prod").await;
    desk.done(&review).await;

    let gone = |f: &Finding| f.action.is_none() && f.since.as_ref().is_some_and(|s| s.starts_with("Fixed since"));
    let best = |row: &Row| row.verdict.as_ref().is_some_and(|v| gone(&v.findings[0]));
    talk.until("the conversation says it", |t| best(&t.rows[&row.id])).await;
    let mut book = desk.open_log("prod").await;
    book.until("its lines are read", |b| b.counts.lines > 0).await;
    let found = book.request(&row.request.unwrap().request_id).await.verdict.unwrap();
    assert!(gone(&found.findings[0]), "{found:#?}");
    assert_eq!(
        (found.findings[0].cause.as_str(), found.findings[0].confidence),
        ("mock-status-missing", Confidence::Certain)
    );
}

#[tokio::test]
async fn what_a_functions_own_log_says_of_a_failure_is_heard_in_the_conversation_too() {
    let desk = with_functions().await;
    let set = json!({"name": "echo", "behaviour": {"kind": "answers", "payload": "{\"statusCode\": 500}"}});
    let _: Value = desk.call("set_function", set).await;
    // Whoever looks too shares the readers.
    let mut book = desk.open_log("prod").await;
    book.until("the groups are known", |b| b.sources.len() == 4).await;
    let mut talk = desk.open("prod").await;
    let row = talk.connect_with(json!({"headers": [["Authorization", "secret-token"]]})).await;
    assert_eq!(row.status, Some(101), "{row:#?}");
    talk.say(r#"{"action":"joinroom","roomname":"developers"}"#).await;
    let failed = |row: &Row| row.kind == RowKind::Sent && row.verdict.is_some();
    talk.until("it failed, and has its verdict", |t| t.rows.values().any(failed)).await;
    let row = talk.rows.values().find(|row| failed(row)).unwrap().clone();
    let about = |row: &Row| {
        row.verdict.iter().flat_map(|v| v.findings.clone()).find(|f| f.cause == "connection-gone").map(|f| f.evidence)
    };
    assert_eq!(about(&row), None, "nobody can know it yet: {row:#?}");

    let detail = talk.detail(row.id).await;
    let named = |text: &str| text.split_once("AWS Integration Endpoint RequestId : ").map(|(_, id)| id.to_owned());
    let run = detail.lines.iter().find_map(|line| named(&line.text)).unwrap_or_else(|| panic!("{detail:#?}"));
    let said = format!(
        "2026-01-01T00:00:00.000Z\t{run}\tERROR\tGoneException: 410 at POST https://abc.execute-api.us-east-1.amazonaws.com/prod/@connections/x="
    );
    desk.write_log("/aws/lambda/echo", &[(row.at + 1, said)]).await;
    talk.until("its own log is heard", |t| about(&t.rows[&row.id]).is_some()).await;
    let evidence = about(&talk.rows[&row.id]).unwrap();
    let of_function =
        |e: &Evidence| matches!(&e.place, Place::Beside { log_group, .. } if log_group == "/aws/lambda/echo");
    assert!(evidence.iter().any(of_function), "{evidence:#?}");

    let calls: Vec<Value> = {
        use futures_util::StreamExt;
        let mut calls = gatescope_app::rpc::stream(&desk.app, "watch_calls", Value::Null).await.unwrap();
        serde_json::from_str(&calls.next().await.unwrap()).unwrap()
    };
    let tails: Vec<&Value> = calls.iter().filter(|c| c.to_string().contains("StartLiveTail")).collect();
    assert!(tails.len() <= 4, "a group has one reader: {tails:#?}");
}
