//! Copies, files, comparisons and searches of whole APIs.

use gatescope_model::api::Snapshot;
use gatescope_model::review::ApplyItem;
use gatescope_tests::{Desk, has, plain};
use serde_json::{Value, json};

async fn make(desk: &Desk, draft: &Value) -> String {
    let draft: Snapshot = serde_json::from_value(draft["draft"].clone()).unwrap();
    let review = desk.preview("", &Snapshot::default(), &draft, "prod").await;
    let told = desk.apply(&review, true).await;
    let Some(ApplyItem::Finished { api_id: Some(api), .. }) = told.last() else { panic!("{told:#?}") };
    api.clone()
}

#[tokio::test]
async fn a_cloned_api_is_the_same_under_another_id_and_answers_the_same() {
    let desk = Desk::new();
    desk.fix().await;
    let api = desk.api().await;
    let before = desk.snapshot(&api).await;
    let ask = json!({"of": desk.of(&api), "to": desk.scope, "name": before.api.name});
    let copy = make(&desk, &desk.call("clone_api", ask).await).await;
    assert_ne!(copy, api);
    plain::same(&desk.snapshot(&copy).await, &before, "the clone");
    let comparison: Value =
        desk.call("compare", json!({"left": {"of": desk.of(&api)}, "right": {"of": desk.of(&copy)}})).await;
    assert_eq!(comparison["differences"], json!([]), "ids are left aside");
    assert!(comparison["alike"].as_u64().unwrap() > 20);
    let mut talk = desk.open_stage(json!({"scope": desk.scope, "apiId": copy, "stage": "prod"})).await;
    talk.until("the configuration is read", |t| t.tail.as_ref().is_some_and(|tail| !tail.level.is_empty())).await;
    assert_eq!(talk.connect().await.status, Some(101));
}

#[tokio::test]
async fn an_api_is_deleted_and_restored_from_its_file() {
    let desk = Desk::new();
    let api = desk.api().await;
    let before = desk.snapshot(&api).await;
    let file: Value = desk.call("write_snapshot", desk.of(&api)).await;
    assert!(file["name"].as_str().unwrap().ends_with(".gatescope.json"), "{}", file["name"]);
    has(&file["text"].as_str().unwrap().lines().collect::<Vec<_>>(), "\"routeKey\": \"joinroom\"");
    desk.done(&desk.preview(&api, &before, &Snapshot::default(), "").await).await;
    let again = make(&desk, &desk.call("open_snapshot", json!({"text": file["text"]})).await).await;
    plain::same(&desk.snapshot(&again).await, &before, "restored");
    let cut = &file["text"].as_str().unwrap()[..500];
    assert!(desk.refused("open_snapshot", json!({"text": cut})).await.message.contains("ends too early: line"));
}

#[tokio::test]
async fn planted_differences_are_found_none_besides_and_only_the_ticked_ones_are_taken_over() {
    let desk = Desk::new();
    let api = desk.api().await;
    let ask = json!({"of": desk.of(&api), "to": desk.scope, "name": desk.snapshot(&api).await.api.name});
    let copy = make(&desk, &desk.call("clone_api", ask).await).await;
    let base = desk.snapshot(&api).await;
    let mut planted = base.clone();
    planted.api.description = Some("planted".to_owned());
    planted.integrations[0].timeout_in_millis = Some(1_234);
    planted.routes.iter_mut().find(|r| r.route_key == "sendmessage").unwrap().operation_name = Some("Send".to_owned());
    let new = json!({
        "integrationId": "new-1", "integrationType": "MOCK",
        "responses": [{"integrationResponseId": "new-2", "integrationResponseKey": "$default"}]
    });
    planted.integrations.push(serde_json::from_value(new).unwrap());
    let new = json!({"routeId": "new-3", "routeKey": "dance", "target": "integrations/new-1"});
    planted.routes.push(serde_json::from_value(new).unwrap());
    desk.done(&desk.preview(&api, &base, &planted, "").await).await;

    let both = json!({"left": {"of": desk.of(&api)}, "right": {"of": desk.of(&copy)}});
    let found: Value = desk.call("compare", both.clone()).await;
    let differences = found["differences"].as_array().unwrap();
    let of: Vec<&str> = differences.iter().map(|d| d["of"].as_str().unwrap()).collect();
    assert_eq!(differences.len(), 6, "{differences:#?}");
    assert!(of.contains(&"route dance") && of.iter().all(|o| o.is_ascii()), "{of:?}");
    let whole = differences.iter().find(|d| d["of"] == "route dance").unwrap();
    assert_eq!((whole["left"].as_str(), whole.get("right")), (Some("route dance"), None));

    let tick: Vec<&Value> = differences
        .iter()
        .filter(|d| d["field"] == "timeoutInMillis" || d["of"] == "route dance")
        .map(|d| &d["path"])
        .collect();
    let draft: Value = desk.call("promote", json!({"compare": both, "paths": tick})).await;
    let of: (Snapshot, Snapshot) = (
        serde_json::from_value(draft["base"].clone()).unwrap(),
        serde_json::from_value(draft["draft"].clone()).unwrap(),
    );
    desk.done(&desk.preview(&copy, &of.0, &of.1, "").await).await;
    let left: Value = desk.call("compare", both).await;
    let left: Vec<&str> =
        left["differences"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap()).collect();
    assert_eq!(left, ["description", "operationName"], "the route brought its integration along");
}

#[tokio::test]
async fn two_stages_are_compared_and_a_variable_promoted() {
    let desk = Desk::new();
    let api = desk.api().await;
    let base = desk.snapshot(&api).await;
    let mut draft = base.clone();
    let mut dev = draft.stages[0].clone();
    dev.stage_name = "dev".to_owned();
    dev.deployment_id = None;
    dev.stage_variables.insert("region".to_owned(), "eu".to_owned());
    dev.stage_variables.insert("level".to_owned(), "high".to_owned());
    dev.description = Some("for us".to_owned());
    draft.stages.push(dev);
    desk.done(&desk.preview(&api, &base, &draft, "").await).await;
    let both = json!({"left": {"of": desk.of(&api), "stage": "dev"}, "right": {"of": desk.of(&api), "stage": "prod"}});
    let found: Value = desk.call("compare", both.clone()).await;
    let differences = found["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 3, "{differences:#?}");
    let region = differences.iter().find(|d| d["field"] == "stageVariables / region").unwrap();
    let draft: Value = desk.call("promote", json!({"compare": both, "paths": [region["path"]]})).await;
    let (from, to): (Snapshot, Snapshot) = (
        serde_json::from_value(draft["base"].clone()).unwrap(),
        serde_json::from_value(draft["draft"].clone()).unwrap(),
    );
    let review = desk.preview(&api, &from, &to, "").await;
    assert_eq!(review.steps.len(), 1, "{:#?}", review.steps);
    desk.done(&review).await;
    let prod = desk.snapshot(&api).await.stage("prod").cloned().unwrap();
    assert_eq!(prod.stage_variables.into_iter().collect::<Vec<_>>(), [("region".to_owned(), "eu".to_owned())]);
}

#[tokio::test]
async fn all_texts_of_an_api_are_searched() {
    let desk = Desk::new();
    let api = desk.api().await;
    let ask = |pattern: &str, regex: bool| json!({"of": desk.of(&api), "pattern": pattern, "regex": regex});
    let hits: Vec<Value> = desk.call("search_api", ask("JOINROOM", false)).await;
    assert!(hits.iter().any(|h| h["label"] == "route joinroom" && h["field"] == "routeKey"), "{hits:#?}");
    let hits: Vec<Value> = desk.call("search_api", ask("^\\$(connect|default)$", true)).await;
    assert!(hits.len() >= 2 && hits.iter().all(|h| h["line"].as_str().unwrap().starts_with('$')), "{hits:#?}");
    assert!(desk.refused("search_api", ask("(", true)).await.message.contains("no regular expression"));
    assert!(desk.refused("search_api", ask("x{1000}{1000}", true)).await.message.contains("no regular expression"));
    assert!(desk.refused("search_api", ask("", false)).await.message.contains("nothing"));
}
