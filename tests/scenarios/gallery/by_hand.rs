//! What a person does where the fix is told in words: edits in the window, functions and roles outside, another dial.

use gatescope_model::api::{Integration, Snapshot};
use gatescope_model::conversation::{Connection, RowKind};
use gatescope_model::surroundings::Surroundings;
use gatescope_tests::{Talk, elsewhere};
use serde_json::{Value, json};

use super::stories::Hand;
use super::{Room, outside};

/// What lets a role of an integration in.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const PUT_ITEM: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}]}"#;

/// What has to be so before anybody dials.
pub async fn before(room: &mut Room<'_>) {
    if room.exhibit.cause == "not-a-websocket" {
        room.dial["url"] = json!(format!("ws://{}/", elsewhere::web_page().await));
    }
    if room.exhibit.cause == "api-key-not-in-plan" {
        // As it is chosen in the window: by its name, and Rust puts its value in.
        let around: Surroundings = room.desk.call("read_surroundings", room.desk.of(&room.exhibit.api_id)).await;
        let key = around.api_keys.iter().find(|key| key.name == "gallery-key-without-a-plan").unwrap();
        room.dial["headers"] = json!([]);
        room.dial["keyId"] = json!(key.id);
    }
}

/// Two hours, with a message now and then.
pub async fn stay(room: &Room<'_>, talk: &mut Talk<'_>) {
    if room.exhibit.cause != "max-duration" {
        return;
    }
    while matches!(talk.connection, Connection::Open { .. }) {
        let _: Value = room.desk.call("set_clock", json!({ "advanceMs": 300_000 })).await;
        let heard = talk.received().len();
        talk.say("still here").await;
        let over = |t: &Talk| t.received().len() > heard || t.rows.values().any(|r| r.kind == RowKind::Closed);
        talk.until("it is answered or over", over).await;
    }
}

/// Changes the API in the window and deploys it.
pub async fn edit(room: &Room<'_>, change: impl FnOnce(&mut Snapshot)) {
    let base = room.desk.snapshot(&room.exhibit.api_id).await;
    let mut draft = base.clone();
    change(&mut draft);
    let review = room.desk.preview(&room.exhibit.api_id, &base, &draft, room.exhibit.stage).await;
    room.desk.done(&review).await;
}

/// Does it.
pub async fn lend(room: &mut Room<'_>, hand: &Hand) {
    match hand {
        Hand::Again => {}
        Hand::Edit(change) => edit(room, change).await,
        Hand::Integration(change) => {
            edit(room, |api| api.integrations.iter_mut().for_each(|integration: &mut Integration| change(integration)))
                .await;
        }
        Hand::Function(name, behaviour) => {
            let arn = format!("arn:aws:execute-api:us-east-1:123456789012:{}/prod/$connect", room.exhibit.api_id);
            let behaviour: Value = serde_json::from_str(&behaviour.replace("METHOD_ARN", &arn)).unwrap();
            let _: Value = room.desk.call("set_function", json!({"name": name, "behaviour": behaviour})).await;
        }
        Hand::Headers(headers) => room.dial["headers"] = json!(headers),
        Hand::Signed => {
            room.dial["headers"] = json!([]);
            room.dial["sign"] = json!(true);
        }
        Hand::Url(url) => room.dial["url"] = json!(url),
        Hand::Say(text) => room.message = Some((*text).to_owned()),
        Hand::NoFaults => {
            let _: Value = room.desk.call("clear_faults", Value::Null).await;
        }
        Hand::Time(ms) => {
            let _: Value = room.desk.call("set_clock", json!({ "advanceMs": ms })).await;
        }
        Hand::Quota(limit) => {
            let mut base = room.desk.snapshot(&room.exhibit.api_id).await;
            base.surroundings = Some(room.desk.call("read_surroundings", room.desk.of(&room.exhibit.api_id)).await);
            let mut draft = base.clone();
            let plans = draft.surroundings.as_mut().unwrap().usage_plans.iter_mut();
            let here = |p: &&mut gatescope_model::surroundings::UsagePlan| {
                p.api_stages.iter().any(|s| s.api_id == room.exhibit.api_id)
            };
            plans.filter(here).for_each(|plan| plan.quota.as_mut().unwrap().limit = *limit);
            let review = room.desk.preview(&room.exhibit.api_id, &base, &draft, "").await;
            room.desk.done(&review).await;
        }
        Hand::Role(name) => {
            let trust = [("Action", "UpdateAssumeRolePolicy"), ("RoleName", name), ("PolicyDocument", TRUST)];
            outside(room, &trust).await;
            let policy = [
                ("Action", "PutRolePolicy"),
                ("RoleName", name),
                ("PolicyName", "may-store"),
                ("PolicyDocument", PUT_ITEM),
            ];
            outside(room, &policy).await;
            let table = json!({"TableName": "gallery", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]});
            elsewhere::dynamodb(room.desk.app.sandbox(), "CreateTable", &table).await;
        }
    }
}
