//! Drafts that Gatescope makes: new APIs to begin with, snippets on a route, a key on `$connect`.

use futures_util::StreamExt;
use gatescope_app::calls::{Draft, DraftView, MatrixItem, Snippet, Starter};
use gatescope_app::rpc;
use gatescope_model::review::{ApplyItem, Review};
use gatescope_tests::{Desk, Talk};
use serde_json::{Map, Value, json};

/// What a person gets who takes every field as it is offered.
async fn begun(desk: &Desk, starter: &Starter) -> Draft {
    let fields: Map<String, Value> = starter.asks.iter().map(|f| (f.id.clone(), json!(f.value))).collect();
    let question = json!({"scope": desk.scope, "starter": starter.id, "name": "mine", "fields": fields});
    desk.call("begin_api", question).await
}

#[tokio::test]
async fn every_starter_of_the_sandbox_knows_its_fields_and_is_a_draft_without_problems() {
    let desk = Desk::new();
    let starters: Vec<Starter> = desk.call("list_starters", desk.scope.clone()).await;
    assert_eq!(starters.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["empty", "echo", "ping", "chat", "authorizer"]);
    for starter in &starters {
        assert!(starter.asks.iter().all(|field| !field.value.is_empty()), "{starter:?}");
        let draft = begun(&desk, starter).await;
        assert_eq!(gatescope_model::limits::check(&draft.base, &draft.draft), [], "{}", starter.id);
        assert_eq!((draft.base.api.api_id.as_str(), draft.draft.api.name.as_str()), ("", "mine"));
    }
}

/// Reviews a draft and carries it out; the id of the API that was made, if one was.
async fn applied(desk: &Desk, api_id: &str, draft: &Draft, stage: &str) -> Option<String> {
    let question = json!({"scope": desk.scope, "apiId": api_id, "stage": stage, "draft": draft});
    let review: Review = desk.call("preview_draft", question).await;
    assert!(!review.steps.is_empty(), "{review:#?}");
    let told = desk.apply(&review, true).await;
    let Some(ApplyItem::Finished { api_id, .. }) = told.last() else { panic!("{told:#?}") };
    api_id.clone()
}

/// The starter's API, made with every field as it is offered, and its stage.
async fn live(desk: &Desk, id: &str) -> (String, Value) {
    let starters: Vec<Starter> = desk.call("list_starters", desk.scope.clone()).await;
    let draft = begun(desk, starters.iter().find(|s| s.id == id).unwrap()).await;
    let api = applied(desk, "", &draft, "").await.unwrap();
    let stage = json!({"scope": desk.scope, "apiId": api, "stage": "prod"});
    (api, stage)
}

async fn say(desk: &Desk, talk: &Talk<'_>, text: &str) {
    let _: Value = desk.call("send_message", json!({"session": talk.session, "text": text})).await;
}

/// Sends, and waits for this answer.
async fn told(desk: &Desk, talk: &mut Talk<'_>, text: &str, answer: &str) {
    say(desk, talk, text).await;
    talk.until(&format!("{text} is answered {answer}"), |t| t.received().iter().any(|got| got.contains(answer))).await;
}

#[tokio::test]
async fn the_echo_starter_gives_back_whatever_is_sent_once_it_is_applied() {
    let desk = Desk::new();
    let (_, stage) = live(&desk, "echo").await;
    let mut talk = desk.open_stage(stage).await;
    assert_eq!(talk.connect().await.status, Some(101));
    for text in ["hello", r#"{"action":"it's","n":[1,"two"]}"#, "a \"quoted\" \\ path/é 🦀"] {
        say(&desk, &talk, text).await;
        talk.until(&format!("{text:?} comes back"), |t| t.received().contains(&text)).await;
    }
}

#[tokio::test]
async fn the_ping_starter_tells_the_time_once_it_is_applied() {
    let desk = Desk::new();
    let (_, stage) = live(&desk, "ping").await;
    let mut talk = desk.open_stage(stage).await;
    assert_eq!(talk.connect().await.status, Some(101));
    told(&desk, &mut talk, r#"{"action":"ping"}"#, r#"{"pong": 1"#).await;
    told(&desk, &mut talk, "garbage", r#"send {\"action\":\"ping\"}"#).await;
}

#[tokio::test]
async fn the_chat_starter_joins_a_room_and_gets_its_message_pushed_once_it_is_applied() {
    let desk = Desk::new();
    let (_, stage) = live(&desk, "chat").await;
    let mut talk = desk.open_stage(stage).await;
    assert_eq!(talk.connect().await.status, Some(101));
    told(&desk, &mut talk, "garbage", "joinroom").await;
    told(&desk, &mut talk, r#"{"action":"joinroom","roomname":"developers"}"#, r#"{"joined":"developers"}"#).await;
    say(&desk, &talk, r#"{"action":"sendmessage","message":"hello!!!!"}"#).await;
    talk.until("the message is pushed", |t| t.received().contains(&"hello!!!!")).await;
    talk.until("the backend tells whom it reached", |t| t.received().contains(&r#"{"reached":1}"#)).await;
}

#[tokio::test]
async fn the_authorizer_starter_lets_in_who_has_the_token_once_it_is_applied() {
    let desk = Desk::new();
    let (_, stage) = live(&desk, "authorizer").await;
    let mut talk = desk.open_stage(stage).await;
    assert_eq!(talk.connect().await.status, Some(401));
    let wrong = talk.connect_with(json!({"headers": [["Authorization", "other"]]})).await;
    assert_eq!(wrong.status, Some(403));
    let right = talk.connect_with(json!({"headers": [["Authorization", "secret-token"]]})).await;
    assert_eq!(right.status, Some(101));
    told(&desk, &mut talk, "who am I", r#"{"youAre": "sandbox-user"}"#).await;
}

#[tokio::test]
async fn a_key_and_a_plan_made_in_one_draft_are_asked_for_by_every_new_connection() {
    let desk = Desk::new();
    let (api, stage) = live(&desk, "echo").await;
    let of = json!({"scope": desk.scope, "apiId": api});
    let question = json!({"kind": "requireKey", "of": of, "stage": "prod", "rate": 5.0, "burst": 10, "quota": 500, "period": "MONTH"});
    let made: Draft = desk.call("guide_draft", question).await;
    let view: DraftView = desk.call("describe_draft", serde_json::to_value(&made).unwrap()).await;
    assert_eq!(view.problems, [], "{view:#?}");
    applied(&desk, &api, &made, "prod").await;
    let around: Value = desk.call("read_surroundings", of).await;
    let key = around["apiKeys"].as_array().unwrap().iter().find(|k| k["name"] == "mine prod").unwrap()["id"].clone();
    let header = format!("{{{{apiKey:{}}}}}", key.as_str().unwrap());
    let rows = json!([{"name": "without"}, {"name": "with", "headers": [["x-api-key", header]]}]);
    let stream = rpc::stream(&desk.app, "open_matrix", json!({"of": stage, "rows": rows})).await.unwrap();
    let batches: Vec<String> = stream.collect().await;
    let items = batches.iter().flat_map(|b| serde_json::from_str::<Vec<MatrixItem>>(b).unwrap());
    assert_eq!(items.map(|item| item.status).collect::<Vec<_>>(), [403, 101]);
}

#[tokio::test]
async fn the_connection_id_in_a_header_is_one_snippet_and_the_backend_gets_it() {
    let desk = Desk::new();
    let (api, stage) = live(&desk, "chat").await;
    let of = json!({"scope": desk.scope, "apiId": api});
    let read: Value = desk.call("read_api", of.clone()).await;
    let draft = |snapshot: &Value, snippet: &str| {
        json!({"kind": "snippet", "of": of, "draft": snapshot, "routeKey": "joinroom", "snippet": snippet})
    };
    let header: Draft = desk.call("guide_draft", draft(&read["snapshot"], "connectionIdInHeader")).await;
    let with_url = draft(&serde_json::to_value(&header.draft).unwrap(), "stageVariableInUrl");
    let both: Draft = desk.call("guide_draft", with_url).await;
    let change = Draft { base: header.base, draft: both.draft };
    applied(&desk, &api, &change, "prod").await;
    let now: Value = desk.call("read_api", of.clone()).await;
    let integrations = now["snapshot"]["integrations"].as_array().unwrap();
    let joined = integrations.iter().find(|i| i["integrationUri"].as_str().is_some_and(|uri| uri.contains("/joinroom"))).unwrap();
    assert_eq!(joined["requestParameters"]["integration.request.header.connectionid"], "context.connectionId");
    assert_eq!(joined["integrationUri"], "http://backend.sandbox:8080/joinroom?region=${stageVariables.region}");
    assert_eq!(now["snapshot"]["stages"][0]["stageVariables"]["region"], "us-east-1");
    let mut talk = desk.open_stage(stage).await;
    assert_eq!(talk.connect().await.status, Some(101));
    told(&desk, &mut talk, r#"{"action":"joinroom","roomname":"developers"}"#, r#"{"joined":"developers"}"#).await;
}

#[tokio::test]
async fn a_draft_says_at_the_field_what_aws_would_refuse() {
    let desk = Desk::new();
    let of = json!({"scope": desk.scope, "apiId": desk.api().await});
    let read: Value = desk.call("read_api", of).await;
    let mut draft = read["snapshot"].clone();
    draft["integrations"][0]["timeoutInMillis"] = json!(7);
    draft["stages"][0]["stageVariables"]["region"] = json!("us east");
    let view: DraftView = desk.call("describe_draft", json!({"base": read["snapshot"], "draft": draft})).await;
    let said: Vec<(&str, &str, bool)> =
        view.problems.iter().map(|p| (p.member.as_str(), p.text.as_str(), p.refused)).collect();
    assert!(said.contains(&("timeoutInMillis", "between 50 and 29000", true)), "{said:?}");
    assert!(said.iter().any(|(member, _, refused)| *member == "stageVariables/region" && *refused), "{said:?}");
    assert!(said.contains(&("stageVariables/region", "nothing uses it", false)), "{said:?}");
}

#[tokio::test]
async fn what_a_starter_needs_and_lacks_is_said() {
    let desk = Desk::new();
    let ask = |starter: &str, name: &str, fields: Value| json!({"scope": desk.scope, "starter": starter, "name": name, "fields": fields});
    for (question, words) in [
        (ask("echo", " ", json!({})), "needs a name"),
        (ask("gone", "x", json!({})), "no starter gone"),
        (ask("chat", "x", json!({"backendUrl": "localhost:8080"})), "begins with http://"),
        (ask("authorizer", "x", json!({"functionArn": "authorizer"})), "arn:aws:lambda:"),
    ] {
        let refused = desk.refused("begin_api", question).await;
        assert!(refused.message.contains(words), "{refused:?}");
    }
}

#[tokio::test]
async fn a_snippet_changes_the_draft_as_it_stands_and_says_why_it_can_not() {
    let desk = Desk::new();
    let starters: Vec<Starter> = desk.call("list_starters", desk.scope.clone()).await;
    let chat = begun(&desk, starters.iter().find(|s| s.id == "chat").unwrap()).await;
    let snippets: Vec<Snippet> = desk.call("list_snippets", Value::Null).await;
    let of = json!({"scope": desk.scope, "apiId": ""});
    let ask = |id: &str, route: &str| {
        json!({"kind": "snippet", "of": of, "draft": chat.draft, "routeKey": route, "snippet": id})
    };
    for snippet in &snippets {
        let made: Draft = desk.call("guide_draft", ask(&snippet.id, "joinroom")).await;
        assert_eq!(made.base, chat.draft);
        assert!(made.draft != chat.draft || snippet.id == "connectionIdInBody", "{}", snippet.id);
    }
    let refused = desk.refused("guide_draft", ask("connectionIdInBody", "$default")).await;
    assert!(refused.message.contains("is a mock"), "{refused:?}");
}

#[tokio::test]
async fn a_key_on_connect_is_one_draft_on_what_the_account_has_already() {
    let desk = Desk::new();
    let of = json!({"scope": desk.scope, "apiId": desk.api().await});
    let question = json!({"kind": "requireKey", "of": of, "stage": "prod", "rate": 5.0, "burst": 10, "quota": 500, "period": "MONTH"});
    let made: Draft = desk.call("guide_draft", question.clone()).await;
    let (before, after) = (made.base.surroundings.unwrap(), made.draft.surroundings.clone().unwrap());
    assert_eq!((after.api_keys.len(), after.usage_plans.len()), (before.api_keys.len() + 1, before.usage_plans.len() + 1));
    let connect = made.draft.route("$connect").unwrap();
    assert!(connect.api_key_required);
    let mut gone = question;
    gone["stage"] = json!("gone");
    assert!(desk.refused("guide_draft", gone).await.message.contains("no stage gone"));
}
