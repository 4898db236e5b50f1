//! Drafts that Gatescope makes: new APIs to begin with, snippets on a route, a key on `$connect`.

use gatescope_app::calls::{Draft, Snippet, Starter};
use gatescope_tests::Desk;
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
