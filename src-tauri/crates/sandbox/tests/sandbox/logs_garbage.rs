//! Garbage at every operation of CloudWatch Logs: an answer, never a panic.

use serde_json::{Value, json};

use super::client::Client;
use super::logs_operations::{make, put};

/// A small generator with a seed, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.roll(from.len())]
    }
}

#[tokio::test]
async fn a_thousand_requests_of_garbage_are_refused_or_harmless() {
    let client = Client::empty();
    make(&client, "g").await;
    put(&client, "g", client.sandbox.view().now, &["a", "{\"a\":[1,{\"b\":null}]}", "x y [z] \"q"]).await;
    let operations = [
        "CreateLogGroup",
        "DeleteLogGroup",
        "DescribeLogGroups",
        "ListLogGroups",
        "CreateLogStream",
        "DeleteLogStream",
        "DescribeLogStreams",
        "PutLogEvents",
        "GetLogEvents",
        "FilterLogEvents",
        "PutRetentionPolicy",
        "TestMetricFilter",
        "DeleteRetentionPolicy",
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
        "TagLogGroup",
        "UntagLogGroup",
        "ListTagsLogGroup",
        "StartLiveTail",
        "StartQuery",
        "GetQueryResults",
        "StopQuery",
        "DescribeQueries",
        "Nope",
        "",
        "PutLogGroupDeletionProtection",
    ];
    let members = [
        "logGroupName",
        "logGroupIdentifier",
        "logGroupIdentifiers",
        "logGroupNames",
        "logStreamName",
        "logStreamNames",
        "logStreamNamePrefix",
        "logGroupNamePrefix",
        "logGroupNamePattern",
        "nextToken",
        "limit",
        "startTime",
        "endTime",
        "filterPattern",
        "logEvents",
        "tags",
        "tagKeys",
        "resourceArn",
        "retentionInDays",
        "queryString",
        "queryId",
        "orderBy",
        "descending",
        "startFromHead",
        "logEventMessages",
        "logEventFilterPattern",
        "maxItems",
        "maxResults",
        "deletionProtectionEnabled",
        "status",
    ];
    let deep = "(".repeat(900);
    let patterns = [
        "",
        "g",
        "s",
        "{",
        "[",
        "{ $.a",
        "{ $.a[*].b IS NULL }",
        "[a, ...]",
        "[a=1||(",
        "%",
        "%a{1000}{1000}%",
        "\"",
        "-",
        "?",
        "é\u{0}\u{ffff}",
        "f//s",
        "b/\u{e9}/s",
        "arn:aws:logs:us-east-1:123456789012:log-group:g",
        "fields @message | sort",
        "parse '*' as a",
        "stats pct(a,b)",
        "filter a like /(/",
        "stats count(*) by bin(99999999999999999999d)",
        "fields replace(@message, 'a', 'aaaaaaaa')",
        "*:*",
        &deep,
    ];
    let mut dice = Dice(0x5eed_1095);
    for n in 0..1000 {
        let operation = *dice.pick(&operations);
        let mut asked = json!({});
        if dice.roll(2) == 0 {
            asked = json!({ "logGroupName": "g", "logStreamName": "s", "startTime": 0, "endTime": i64::MAX });
        }
        for _ in 0..dice.roll(5) {
            let value = match dice.roll(8) {
                0 => Value::Null,
                1 => json!(*dice.pick(&[i64::MIN, -1, 0, 1, 10_001, i64::MAX])),
                2 => json!(dice.roll(2) == 0),
                3 => json!([*dice.pick(&patterns), *dice.pick(&patterns)]),
                4 => json!([{ "timestamp": *dice.pick(&[i64::MIN, 0, i64::MAX]), "message": *dice.pick(&patterns) }]),
                5 => json!({ "k": *dice.pick(&patterns) }),
                _ => json!(*dice.pick(&patterns)),
            };
            asked[*dice.pick(&members)] = value;
        }
        let answer = if operation == "StartLiveTail" && asked["logGroupIdentifiers"].is_array() {
            continue;
        } else {
            client.logs(operation, asked.clone()).await
        };
        assert!(
            answer.status == 200 || answer.status == 400,
            "{n} {operation} {asked}: {} {}",
            answer.status,
            answer.body
        );
        if answer.status == 400 {
            assert!(answer.json()["__type"].is_string(), "{operation} {asked}: {}", answer.body);
        }
    }
    client.logs("CreateLogGroup", json!({ "logGroupName": "alive" })).await;
    assert_eq!(
        client.logs("CreateLogStream", json!({ "logGroupName": "alive", "logStreamName": "s" })).await.status,
        200
    );
}
