//! CloudWatch Logs: pages, patterns, delays, levels, live tail.

use std::time::Duration;

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream::Message;
use bytes::{Bytes, BytesMut};
use gatescope_sandbox::{Options, Seed};
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::client::{CHAT, Client, scope};

const GROUP: &str = "/aws/apigateway/chat5gw1ws/prod";

async fn put(client: &Client, group: &str, messages: &[&str]) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    client.logs("CreateLogGroup", json!({ "logGroupName": group })).await;
    client.logs("CreateLogStream", json!({ "logGroupName": group, "logStreamName": "s" })).await;
    let events: Vec<Value> = messages.iter().map(|m| json!({ "timestamp": now, "message": m })).collect();
    let body = json!({ "logGroupName": group, "logStreamName": "s", "logEvents": events });
    let answer = client.logs("PutLogEvents", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// The next message of an open live tail.
pub struct Tail(gatescope_sandbox::Body, BytesMut);

impl Tail {
    pub async fn open(client: &Client, group: &str) -> Self {
        let body = json!({ "logGroupIdentifiers": [format!("arn:aws:logs:us-east-1:123456789012:log-group:{group}")] });
        let request = Request::builder()
            .method(Method::POST)
            .uri("https://stream-logs.us-east-1.amazonaws.com/")
            .header("authorization", scope("logs"))
            .header("x-amz-target", "Logs_20140328.StartLiveTail")
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let response = client.sandbox.handle(request).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/vnd.amazon.eventstream");
        Self(response.into_body(), BytesMut::new())
    }

    pub async fn next(&mut self) -> (String, Value) {
        loop {
            if self.1.len() >= 4 {
                let length = u32::from_be_bytes(self.1[..4].try_into().unwrap()) as usize;
                if self.1.len() >= length {
                    let message: Message = read_message_from(&mut self.1.split_to(length)).unwrap();
                    let header = message
                        .headers()
                        .iter()
                        .find(|h| [":event-type", ":exception-type"].contains(&h.name().as_str()))
                        .unwrap();
                    let name = header.value().as_string().unwrap().as_str().to_owned();
                    return (name, serde_json::from_slice(message.payload()).unwrap());
                }
            }
            let frame = self.0.frame().await.unwrap().unwrap().into_data().unwrap();
            self.1.extend_from_slice(&frame);
        }
    }

    /// The messages of the next update that has some.
    async fn lines(&mut self) -> Vec<String> {
        loop {
            let (name, update) = self.next().await;
            let results = update["sessionResults"].as_array().cloned().unwrap_or_default();
            if name == "sessionUpdate" && !results.is_empty() {
                return results.iter().map(|r| r["message"].as_str().unwrap().to_owned()).collect();
            }
        }
    }
}

#[tokio::test]
async fn a_result_that_fits_one_page_still_has_a_token_and_an_empty_page_behind_it() {
    let client = Client::empty();
    put(&client, "g", &["a", "b"]).await;
    let first = client.logs("FilterLogEvents", json!({ "logGroupName": "g" })).await.json();
    assert_eq!(first["events"].as_array().unwrap().len(), 2);
    assert_eq!(first["searchedLogStreams"], json!([]));
    assert_eq!(first["events"][0]["eventId"].as_str().unwrap().len(), 56);
    let next = json!({ "logGroupName": "g", "nextToken": first["nextToken"] });
    let second = client.logs("FilterLogEvents", next).await.json();
    assert_eq!(second, json!({ "events": [], "searchedLogStreams": [] }));
}

#[tokio::test]
async fn filters_pages_and_time_ranges_hold() {
    let client = Client::empty();
    put(&client, "g", &["alpha ERROR", "beta", "gamma ERROR"]).await;
    let found = client.logs("FilterLogEvents", json!({ "logGroupName": "g", "filterPattern": "ERROR -alpha" })).await;
    assert_eq!(found.json()["events"][0]["message"], "gamma ERROR");
    let one = client.logs("FilterLogEvents", json!({ "logGroupName": "g", "limit": 1 })).await.json();
    assert_eq!(one["events"].as_array().unwrap().len(), 1);
    let asked = json!({ "logGroupName": "g", "limit": 5, "nextToken": one["nextToken"] });
    assert_eq!(client.logs("FilterLogEvents", asked).await.json()["events"].as_array().unwrap().len(), 2);
    let past = client.logs("FilterLogEvents", json!({ "logGroupName": "g", "endTime": 1 })).await.json();
    assert_eq!(past["events"], json!([]));
    let bad = client.logs("FilterLogEvents", json!({ "logGroupName": "g", "filterPattern": "{ $.v == 1 }" })).await;
    assert_eq!((bad.status, &bad.json()["message"]), (400, &json!("Invalid filter pattern")));
}

#[tokio::test]
async fn get_log_events_walks_a_stream_both_ways_and_repeats_its_token_at_the_end() {
    let client = Client::empty();
    put(&client, "g", &["a", "b", "c"]).await;
    let mut asked = json!({ "logGroupName": "g", "logStreamName": "s", "startFromHead": true, "limit": 2 });
    let first = client.logs("GetLogEvents", asked.clone()).await.json();
    assert_eq!(first["events"][1]["message"], "b");
    asked["nextToken"] = first["nextForwardToken"].clone();
    let second = client.logs("GetLogEvents", asked.clone()).await.json();
    assert_eq!(second["events"][0]["message"], "c");
    asked["nextToken"] = second["nextForwardToken"].clone();
    let third = client.logs("GetLogEvents", asked.clone()).await.json();
    assert_eq!(third["events"], json!([]));
    assert_eq!(third["nextForwardToken"], second["nextForwardToken"]);
    asked["nextToken"] = second["nextBackwardToken"].clone();
    let back = client.logs("GetLogEvents", asked).await.json();
    assert_eq!(back["events"][0]["message"], "a");
}

#[tokio::test]
async fn missing_groups_and_streams_have_awss_words() {
    let client = Client::empty();
    let no_group = client.logs("FilterLogEvents", json!({ "logGroupName": "nope" })).await;
    let expected =
        json!({ "__type": "ResourceNotFoundException", "message": "The specified log group does not exist." });
    assert_eq!((no_group.status, no_group.json()), (400, expected));
    put(&client, "g", &["a"]).await;
    let twice = client.logs("CreateLogGroup", json!({ "logGroupName": "g" })).await;
    assert_eq!(twice.json()["__type"], "ResourceAlreadyExistsException");
    let asked = json!({ "logGroupName": "g", "logStreamName": "x",
        "logEvents": [{ "timestamp": 1, "message": "a" }] });
    let no_stream = client.logs("PutLogEvents", asked).await;
    assert_eq!(no_stream.json()["message"], "The specified log stream does not exist.");
    let unordered = json!({ "logGroupName": "g", "logStreamName": "s",
        "logEvents": [{ "timestamp": 2, "message": "b" }, { "timestamp": 1, "message": "a" }] });
    assert_eq!(
        client.logs("PutLogEvents", unordered).await.json()["message"],
        "Log events in a single PutLogEvents request must be in chronological order."
    );
    let described = client.logs("DescribeLogGroups", json!({ "logGroupNamePrefix": "g" })).await.json();
    let group = &described["logGroups"][0];
    assert_eq!(group["arn"], "arn:aws:logs:us-east-1:123456789012:log-group:g:*");
    assert_eq!(group["logGroupArn"], "arn:aws:logs:us-east-1:123456789012:log-group:g");
    let streams = client.logs("DescribeLogStreams", json!({ "logGroupName": "g" })).await.json();
    assert_eq!(streams["logStreams"][0]["logStreamName"], "s");
}

#[tokio::test(start_paused = true)]
async fn lines_can_be_read_when_the_log_delay_is_over_and_not_before() {
    let options = Options { log_delay: Duration::from_secs(20), ..Options::default() };
    let client = Client::with(options);
    client.refused(CHAT, "/prod", "").await;
    tokio::time::sleep(Duration::from_millis(19_900)).await;
    assert!(client.events(GROUP).await.is_empty());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let events = client.events(GROUP).await;
    assert_eq!(events.len(), 8);
    let late = events[0]["ingestionTime"].as_i64().unwrap() - events[0]["timestamp"].as_i64().unwrap();
    assert!((20_000..20_100).contains(&late), "{late}");
}

#[tokio::test]
async fn live_tail_opens_with_its_session_and_sends_a_batch_at_once() {
    let client = Client::chat();
    client.refused(CHAT, "/prod", "").await;
    let mut tail = Tail::open(&client, GROUP).await;
    assert_eq!(tail.next().await.0, "initial-response");
    let (name, session) = tail.next().await;
    assert_eq!(name, "sessionStart");
    assert_eq!(session["sessionId"].as_str().unwrap().len(), 36);
    let answer = client.refused(CHAT, "/prod", "").await;
    let started = std::time::Instant::now();
    let lines = tail.lines().await;
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
    assert_eq!(lines.len(), 8);
    assert!(lines[0].contains(answer.header("x-amz-apigw-id")));
}

#[tokio::test(start_paused = true)]
async fn an_idle_live_tail_sends_an_empty_update_every_second() {
    let client = Client::empty();
    put(&client, "g", &["old"]).await;
    let mut tail = Tail::open(&client, "g").await;
    tail.next().await;
    tail.next().await;
    let started = tokio::time::Instant::now();
    for _ in 0..5 {
        assert_eq!(tail.next().await.1, json!({ "sessionMetadata": { "sampled": false }, "sessionResults": [] }));
    }
    assert!((4..7).contains(&started.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn more_than_500_lines_a_second_are_sampled_and_it_says_so() {
    let client = Client::empty();
    put(&client, "g", &["old"]).await;
    let mut tail = Tail::open(&client, "g").await;
    tail.next().await;
    tail.next().await;
    put(&client, "g", &vec!["line"; 1200]).await;
    let (_, update) = tail.next().await;
    assert_eq!(update["sessionMetadata"]["sampled"], true);
    assert_eq!(update["sessionResults"].as_array().unwrap().len(), 500);
}

#[tokio::test]
async fn live_tail_of_a_missing_group_is_refused() {
    let client = Client::with(Options { seed: Seed::Empty, ..Options::default() });
    let answer = client.logs("StartLiveTail", json!({ "logGroupIdentifiers": ["nope"] })).await;
    assert_eq!((answer.status, answer.json()["__type"].clone()), (400, json!("ResourceNotFoundException")));
}

#[tokio::test]
async fn level_off_writes_nothing_and_error_only_failing_requests() {
    let client = Client::with(Options { seed_logging: false, ..Options::default() });
    client.refused(CHAT, "/prod", "").await;
    assert!(client.events(GROUP).await.is_empty());

    let client = Client::chat();
    let level = json!({ "defaultRouteSettings": { "loggingLevel": "ERROR" } });
    client.gateway(Method::PATCH, "/v2/apis/chat5gw1ws/stages/prod", level).await;
    client.refused(CHAT, "/prod", "").await;
    assert_eq!(client.requests(GROUP).await.len(), 1);
    super::broken_chat::fix(&client).await;
    client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
    client.connect(CHAT, "/prod").await;
    assert_eq!(client.requests(GROUP).await.len(), 1);
}

#[tokio::test]
async fn a_group_keeps_a_bounded_number_of_events() {
    let client = Client::empty();
    put(&client, "g", &vec!["x"; 9_000]).await;
    for _ in 0..23 {
        put(&client, "g", &vec!["y"; 9_000]).await;
    }
    let mut kept = 0;
    let mut asked = json!({ "logGroupName": "g" });
    loop {
        let page = client.logs("FilterLogEvents", asked.clone()).await.json();
        kept += page["events"].as_array().unwrap().len();
        match page["nextToken"].as_str() {
            Some(token) => asked["nextToken"] = json!(token),
            None => break,
        }
    }
    assert_eq!(kept, gatescope_sandbox::EVENTS_KEPT_PER_GROUP);
}

#[tokio::test]
async fn an_arn_with_an_asterisk_is_no_identifier() {
    let client = Client::empty();
    put(&client, "g", &["a"]).await;
    let group = client.logs("DescribeLogGroups", json!({})).await.json()["logGroups"][0].clone();
    let good = client.logs("FilterLogEvents", json!({ "logGroupIdentifier": group["logGroupArn"] })).await;
    assert_eq!(good.status, 200);
    for (operation, asked) in [
        ("FilterLogEvents", json!({ "logGroupIdentifier": group["arn"] })),
        ("StartLiveTail", json!({ "logGroupIdentifiers": [group["arn"]] })),
    ] {
        let bad = client.logs(operation, asked).await;
        assert_eq!((bad.status, &bad.json()["__type"]), (400, &json!("InvalidParameterException")), "{operation}");
    }
}
