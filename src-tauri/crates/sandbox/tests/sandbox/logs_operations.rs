//! CloudWatch Logs: groups, streams, tags, retention, tokens, queries, the end of a live tail.

use std::time::Duration;

use gatescope_sandbox::{Options, Seed};
use serde_json::{Value, json};

use super::client::{Answer, Client};
use super::logs::Tail;

const ARN: &str = "arn:aws:logs:us-east-1:123456789012:log-group:g";
const DAY_MS: i64 = 86_400_000;

pub async fn make(client: &Client, group: &str) {
    assert_eq!(client.logs("CreateLogGroup", json!({ "logGroupName": group })).await.status, 200);
    let answer = client.logs("CreateLogStream", json!({ "logGroupName": group, "logStreamName": "s" })).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

pub async fn put(client: &Client, group: &str, at: i64, messages: &[&str]) -> Answer {
    let events: Vec<Value> = messages.iter().map(|m| json!({ "timestamp": at, "message": m })).collect();
    client.logs("PutLogEvents", json!({ "logGroupName": group, "logStreamName": "s", "logEvents": events })).await
}

async fn refused(client: &Client, operation: &str, asked: Value) -> (String, String) {
    let answer = client.logs(operation, asked.clone()).await;
    assert_eq!(answer.status, 400, "{operation} {asked}: {}", answer.body);
    let body = answer.json();
    (body["__type"].as_str().unwrap().to_owned(), body["message"].as_str().unwrap().to_owned())
}

fn names(listing: &Value, list: &str, member: &str) -> Vec<String> {
    listing[list].as_array().unwrap().iter().map(|i| i[member].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn groups_are_listed_by_prefix_pattern_identifier_and_page() {
    let client = Client::empty();
    for n in 0..60 {
        make(&client, &format!("/aws/apigateway/api{n:02}")).await;
    }
    make(&client, "DataLogs").await;
    let first = client.logs("DescribeLogGroups", json!({})).await.json();
    assert_eq!(first["logGroups"].as_array().unwrap().len(), 50);
    let second = client.logs("DescribeLogGroups", json!({ "nextToken": first["nextToken"] })).await.json();
    assert_eq!(second["logGroups"].as_array().unwrap().len(), 11);
    assert!(second["nextToken"].is_null());
    let by = |asked: Value| async {
        names(&client.logs("DescribeLogGroups", asked).await.json(), "logGroups", "logGroupName")
    };
    assert_eq!(by(json!({ "logGroupNamePrefix": "/aws/apigateway/api1" })).await.len(), 10);
    assert_eq!(by(json!({ "logGroupNamePattern": "Logs" })).await, ["DataLogs"]);
    assert!(by(json!({ "logGroupNamePattern": "logs" })).await.is_empty());
    assert_eq!(by(json!({ "logGroupIdentifiers": ["DataLogs", "nope"] })).await, ["DataLogs"]);
    let listed = client.logs("ListLogGroups", json!({ "logGroupNamePattern": "^Data|api07" })).await.json();
    assert_eq!(names(&listed, "logGroups", "logGroupName"), ["/aws/apigateway/api07", "DataLogs"]);
    let both = json!({ "logGroupNamePrefix": "a", "logGroupNamePattern": "b" });
    assert!(refused(&client, "DescribeLogGroups", both).await.1.contains("mutually exclusive"));
    assert_eq!(
        refused(&client, "DescribeLogGroups", json!({ "nextToken": "%" })).await.1,
        "The specified nextToken is invalid."
    );
}

#[tokio::test]
async fn names_that_aws_refuses_are_refused_in_its_words() {
    let client = Client::empty();
    let failed = |value: &str, member: &str, what: &str| {
        format!(
            "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must {what}"
        )
    };
    let long = "x".repeat(513);
    let pattern = r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+";
    for (name, what) in [
        ("a b", pattern),
        ("ü", pattern),
        ("", "have length greater than or equal to 1"),
        (&long, "have length less than or equal to 512"),
    ] {
        let expected = ("InvalidParameterException".to_owned(), failed(name, "logGroupName", what));
        assert_eq!(refused(&client, "CreateLogGroup", json!({ "logGroupName": name })).await, expected);
    }
    make(&client, "g").await;
    let stream = refused(&client, "CreateLogStream", json!({ "logGroupName": "g", "logStreamName": "a:b" })).await;
    assert_eq!(stream.1, failed("a:b", "logStreamName", "satisfy regular expression pattern: [^:*]*"));
    let class = json!({ "logGroupName": "h", "logGroupClass": "GOLD" });
    let values = "satisfy enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS]";
    assert_eq!(refused(&client, "CreateLogGroup", class).await.1, failed("GOLD", "logGroupClass", values));
    let key = json!({ "logGroupName": "h", "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/k" });
    assert_eq!(refused(&client, "CreateLogGroup", key).await.0, "InvalidParameterException");
    assert_eq!(refused(&client, "CreateLogGroup", json!({ "logGroupName": 5 })).await.0, "SerializationException");
    assert!(refused(&client, "CreateLogGroup", json!({})).await.1.contains("Value null at 'logGroupName'"));
}

#[tokio::test]
async fn tags_are_set_by_arn_and_by_name() {
    let client = Client::empty();
    let asked = json!({ "logGroupName": "g", "tags": { "a": "1" }, "logGroupClass": "INFREQUENT_ACCESS" });
    assert_eq!(client.logs("CreateLogGroup", asked).await.status, 200);
    client.logs("TagResource", json!({ "resourceArn": ARN, "tags": { "b": "2", "c": "3" } })).await;
    client.logs("TagLogGroup", json!({ "logGroupName": "g", "tags": { "d": "4" } })).await;
    client.logs("UntagResource", json!({ "resourceArn": ARN, "tagKeys": ["a"] })).await;
    client.logs("UntagLogGroup", json!({ "logGroupName": "g", "tags": ["b"] })).await;
    let expected = json!({ "tags": { "c": "3", "d": "4" } });
    assert_eq!(client.logs("ListTagsForResource", json!({ "resourceArn": ARN })).await.json(), expected);
    assert_eq!(client.logs("ListTagsLogGroup", json!({ "logGroupName": "g" })).await.json(), expected);
    let many: serde_json::Map<String, Value> = (0..49).map(|n| (format!("k{n}"), json!("v"))).collect();
    let too_many = refused(&client, "TagResource", json!({ "resourceArn": ARN, "tags": many })).await;
    assert_eq!(too_many.0, "TooManyTagsException");
    let missing = json!({ "resourceArn": format!("{ARN}x") });
    assert_eq!(refused(&client, "ListTagsForResource", missing).await.0, "ResourceNotFoundException");
    let class = client.logs("DescribeLogGroups", json!({ "logGroupClass": "INFREQUENT_ACCESS" })).await.json();
    assert_eq!(class["logGroups"][0]["logGroupClass"], "INFREQUENT_ACCESS");
}

#[tokio::test]
async fn a_protected_group_can_not_be_deleted() {
    let client = Client::empty();
    client.logs("CreateLogGroup", json!({ "logGroupName": "g", "deletionProtectionEnabled": true })).await;
    assert_eq!(refused(&client, "DeleteLogGroup", json!({ "logGroupName": "g" })).await.0, "ValidationException");
    let off = json!({ "logGroupIdentifier": ARN, "deletionProtectionEnabled": false });
    assert_eq!(client.logs("PutLogGroupDeletionProtection", off).await.status, 200);
    assert_eq!(client.logs("DeleteLogGroup", json!({ "logGroupName": "g" })).await.status, 200);
    assert_eq!(refused(&client, "DeleteLogGroup", json!({ "logGroupName": "g" })).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn retention_takes_awss_values_and_events_are_gone_when_it_is_over() {
    let client = Client::empty();
    make(&client, "g").await;
    let now = client.sandbox.view().now;
    put(&client, "g", now, &["old"]).await;
    for days in [0, 2, 4000, -1] {
        let (code, message) =
            refused(&client, "PutRetentionPolicy", json!({ "logGroupName": "g", "retentionInDays": days })).await;
        assert!(code == "InvalidParameterException" && message.contains(&format!("Value '{days}'")), "{message}");
    }
    let policy = json!({ "logGroupName": "g", "retentionInDays": 3 });
    assert_eq!(client.logs("PutRetentionPolicy", policy).await.status, 200);
    client.sandbox.advance(Duration::from_hours(71));
    assert_eq!(client.messages("g").await, ["old"]);
    client.sandbox.advance(Duration::from_hours(2));
    put(&client, "g", client.sandbox.view().now, &["new"]).await;
    assert_eq!(client.messages("g").await, ["new"]);
    let got = client.logs("GetLogEvents", json!({ "logGroupName": "g", "logStreamName": "s" })).await.json();
    assert_eq!(got["events"].as_array().unwrap().len(), 1);
    assert_eq!(client.sandbox.view().log_groups[0].events, 1);
    let rejected = put(&client, "g", now, &["late"]).await.json();
    assert_eq!(rejected["rejectedLogEventsInfo"], json!({ "expiredLogEventEndIndex": 1 }));
    client.logs("DeleteRetentionPolicy", json!({ "logGroupName": "g" })).await;
    let group = client.logs("DescribeLogGroups", json!({})).await.json()["logGroups"][0].clone();
    assert!(group.get("retentionInDays").is_none());
}

#[tokio::test]
async fn put_log_events_keeps_its_recorded_rules() {
    let client = Client::empty();
    make(&client, "g").await;
    let now = client.sandbox.view().now;
    let event = |at: i64| json!({ "timestamp": at, "message": "m" });
    let asked = |events: Vec<Value>| json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": events, "sequenceToken": "not-a-valid-sequence-token" });
    let day = client.logs("PutLogEvents", asked(vec![event(now - DAY_MS), event(now)])).await;
    assert_eq!(day.status, 200);
    let more = refused(&client, "PutLogEvents", asked(vec![event(now - DAY_MS - 1), event(now)])).await;
    let span = "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.";
    assert_eq!(more, ("InvalidParameterException".into(), span.into()));
    let old = client.logs("PutLogEvents", asked(vec![event(now - 15 * DAY_MS)])).await.json();
    assert_eq!(old["rejectedLogEventsInfo"], json!({ "tooOldLogEventEndIndex": 1 }));
    let new = client.logs("PutLogEvents", asked(vec![event(now), event(now + 3 * 3_600_000)])).await.json();
    assert_eq!(new["rejectedLogEventsInfo"], json!({ "tooNewLogEventStartIndex": 1 }));
    assert_eq!(client.messages("g").await.len(), 3);
    for bad in [json!([]), json!([{ "message": "m" }]), json!([{ "timestamp": 1, "message": "" }]), json!([5])] {
        let asked = json!({ "logGroupName": "g", "logStreamName": "s", "logEvents": bad });
        assert_eq!(refused(&client, "PutLogEvents", asked).await.0, "InvalidParameterException");
    }
}

#[tokio::test]
async fn streams_are_ordered_paged_and_deleted_with_their_events() {
    let client = Client::chat();
    client.refused(super::client::CHAT, "/prod", "").await;
    client.refused(super::client::CHAT, "/prod", "").await;
    let group = "/aws/apigateway/chat5gw1ws/prod";
    let by_time = json!({ "logGroupName": group, "orderBy": "LastEventTime", "descending": true, "limit": 1 });
    let newest = client.logs("DescribeLogStreams", by_time).await.json();
    assert!(newest["nextToken"].is_string());
    let name = newest["logStreams"][0]["logStreamName"].as_str().unwrap();
    assert_eq!(name.len(), 32);
    let asked = json!({ "logGroupName": group, "logStreamName": name, "startFromHead": true });
    let lines = client.logs("GetLogEvents", asked.clone()).await.json()["events"].as_array().unwrap().len();
    assert_eq!(client.events(group).await.len(), 2 * lines);
    let filtered = json!({ "logGroupName": group, "logStreamNames": [name] });
    assert_eq!(client.logs("FilterLogEvents", filtered).await.json()["events"].as_array().unwrap().len(), lines);
    let prefixed = json!({ "logGroupName": group, "logStreamNamePrefix": name[..8] });
    assert_eq!(client.logs("FilterLogEvents", prefixed).await.json()["events"].as_array().unwrap().len(), lines);
    let delete = json!({ "logGroupName": group, "logStreamName": name });
    assert_eq!(client.logs("DeleteLogStream", delete.clone()).await.status, 200);
    assert_eq!(refused(&client, "DeleteLogStream", delete).await.1, "The specified log stream does not exist.");
    assert_eq!(client.events(group).await.len(), lines);
    let streams = client.logs("DescribeLogStreams", json!({ "logGroupName": group })).await.json();
    assert_eq!(streams["logStreams"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn events_come_newest_first_when_reading_does_not_start_at_the_head() {
    let client = Client::empty();
    make(&client, "g").await;
    put(&client, "g", client.sandbox.view().now, &["a", "b", "c"]).await;
    let mut asked = json!({ "logGroupName": "g", "startFromHead": false, "limit": 2 });
    let first = client.logs("FilterLogEvents", asked.clone()).await.json();
    assert_eq!(names(&first, "events", "message"), ["c", "b"]);
    asked["nextToken"] = first["nextToken"].clone();
    assert_eq!(names(&client.logs("FilterLogEvents", asked).await.json(), "events", "message"), ["a"]);
    let tried = json!({ "filterPattern": "{ $.n > 1 }", "logEventMessages": ["{\"n\":1}", "{\"n\":2}"] });
    let matches = client.logs("TestMetricFilter", tried).await.json();
    let expected = json!([{ "eventNumber": 2, "eventMessage": "{\"n\":2}", "extractedValues": { "$.n": "2" } }]);
    assert_eq!(matches["matches"], expected);
}

#[tokio::test]
async fn a_query_runs_to_its_end_and_can_be_read_stopped_and_listed() {
    let client = Client::empty();
    make(&client, "g").await;
    let now = client.sandbox.view().now;
    put(&client, "g", now, &["latency 12 ERROR", "latency 30", "latency 18 ERROR"]).await;
    let text =
        "filter @message like /ERROR/ | parse @message 'latency * ERROR' as ms | stats count(*) as n, avg(ms) as mean";
    let asked = json!({ "logGroupNames": ["g"], "startTime": now / 1000 - 60, "endTime": now / 1000 + 60, "queryString": text });
    let id = client.logs("StartQuery", asked.clone()).await.json()["queryId"].clone();
    let answer = loop {
        let answer = client.logs("GetQueryResults", json!({ "queryId": id })).await.json();
        match answer["status"].as_str().unwrap() {
            "Scheduled" | "Running" => tokio::task::yield_now().await,
            _ => break answer,
        }
    };
    assert_eq!(answer["status"], "Complete");
    assert_eq!(answer["results"], json!([[{ "field": "n", "value": "2" }, { "field": "mean", "value": "15" }]]));
    assert_eq!(
        (&answer["statistics"]["recordsMatched"], &answer["statistics"]["recordsScanned"]),
        (&json!(2.0), &json!(3.0))
    );
    let listed = client.logs("DescribeQueries", json!({ "logGroupName": "g", "status": "Complete" })).await.json();
    assert_eq!((&listed["queries"][0]["queryId"], &listed["queries"][0]["queryString"]), (&id, &json!(text)));
    assert_eq!(refused(&client, "StopQuery", json!({ "queryId": id })).await.0, "InvalidParameterException");
    assert_eq!(refused(&client, "GetQueryResults", json!({ "queryId": "x" })).await.0, "ResourceNotFoundException");
    let mut bad = asked;
    bad["queryString"] = json!("fields @message | cuont(*)");
    let answer = client.logs("StartQuery", bad.clone()).await.json();
    assert_eq!(answer["__type"], "MalformedQueryException");
    assert_eq!(answer["queryCompileError"]["location"], json!({ "startCharOffset": 18, "endCharOffset": 23 }));
    bad["logGroupNames"] = json!(["nope"]);
    let missing = refused(&client, "StartQuery", bad).await;
    assert_eq!(missing.1, "Log group 'nope' does not exist for account ID '123456789012'");
}

#[tokio::test(start_paused = true)]
async fn a_live_tail_ends_after_three_hours_and_says_so() {
    let client = Client::with(Options { seed: Seed::Empty, ..Options::default() });
    make(&client, "g").await;
    let mut tail = Tail::open(&client, "g").await;
    for _ in 0..3 {
        tail.next().await;
    }
    client.sandbox.advance(Duration::from_hours(3));
    let last = loop {
        match tail.next().await {
            (name, _) if name == "sessionUpdate" => {}
            last => break last,
        }
    };
    assert_eq!(last.0, "SessionTimeoutException");
    assert!(last.1["message"].is_string());
}
