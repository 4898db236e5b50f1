//! Edit, review, apply, deploy, undo: what a person does with a draft, and what AWS then has.

use gatescope_app::Code;
use gatescope_model::api::Snapshot;
use gatescope_model::resource::Kind;
use gatescope_model::review::{ApplyItem, Review};
use gatescope_tests::{Desk, elsewhere, plain};
use serde_json::{Value, json};

/// Applies a draft, sees it in force, undoes it, and sees what was before.
async fn there_and_back(desk: &Desk, what: &str, edit: impl FnOnce(&mut Snapshot)) {
    let api = desk.api().await;
    let before = desk.snapshot(&api).await;
    let mut draft = before.clone();
    edit(&mut draft);
    let review = desk.preview(&api, &before, &draft, "").await;
    assert!(!review.steps.is_empty() && !review.words.is_empty() && !review.diff.is_empty(), "{what}: {review:#?}");
    assert!(review.script.contains("aws apigatewayv2"), "{what}");
    let change = desk.done(&review).await;
    plain::same(&desk.snapshot(&api).await, &draft, what);

    let undo = desk.way("preview_undo", change).await;
    desk.done(&undo).await;
    plain::same(&desk.snapshot(&api).await, &before, &format!("{what}, undone"));
    let past: Vec<Value> = desk.call("list_changes", desk.of(&api)).await;
    assert_eq!((past[0]["state"].as_str(), past[1]["state"].as_str()), (Some("done"), Some("undone")), "{what}");
}

#[tokio::test]
async fn every_kind_of_resource_is_edited_applied_and_undone() {
    let desk = Desk::new();
    there_and_back(&desk, "the API's own settings", |api| {
        api.api.description = Some("it's a chat".to_owned());
        api.api.disable_execute_api_endpoint = true;
        api.api.tags.insert("team".to_owned(), "blue".to_owned());
    })
    .await;
    there_and_back(&desk, "a template of an integration", |api| {
        let integration = api.integrations.first_mut().unwrap();
        integration.request_templates.insert("$default".to_owned(), "{\"statusCode\": 201}".to_owned());
        integration.timeout_in_millis = Some(3_000);
    })
    .await;
    there_and_back(&desk, "a new route with its integration and responses", |api| {
        let new = json!({
            "integrationId": "new-1", "integrationType": "MOCK", "requestTemplates": {"$default": "{\"statusCode\": 200}"},
            "responses": [{"integrationResponseId": "new-2", "integrationResponseKey": "$default"}]
        });
        api.integrations.push(serde_json::from_value(new).unwrap());
        let new = json!({
            "routeId": "new-3", "routeKey": "dance", "target": "integrations/new-1", "authorizationType": "NONE",
            "routeResponseSelectionExpression": "$default",
            "responses": [{"routeResponseId": "new-4", "routeResponseKey": "$default"}]
        });
        api.routes.push(serde_json::from_value(new).unwrap());
    })
    .await;
    there_and_back(&desk, "a route that goes, with its integration", |api| {
        let gone = api.routes.iter().position(|r| r.route_key == "joinroom").unwrap();
        let gone = api.routes.remove(gone);
        api.integrations.retain(|i| Some(i.integration_id.as_str()) != gone.integration_id());
    })
    .await;
    there_and_back(&desk, "a model, and a route that uses it", |api| {
        let new = json!({"modelId": "new-1", "name": "Message", "contentType": "application/json", "schema": "{\"type\": \"object\"}"});
        api.models.push(serde_json::from_value(new).unwrap());
        let route = api.routes.iter_mut().find(|r| r.route_key == "sendmessage").unwrap();
        route.model_selection_expression = Some("$default".to_owned());
        route.request_models.insert("$default".to_owned(), "Message".to_owned());
    })
    .await;
    there_and_back(&desk, "an authorizer for $connect", |api| {
        let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:allow/invocations";
        let new = json!({
            "authorizerId": "new-1", "name": "token", "authorizerType": "REQUEST", "authorizerUri": uri,
            "identitySource": ["route.request.header.authorization"]
        });
        api.authorizers.push(serde_json::from_value(new).unwrap());
        let route = api.routes.iter_mut().find(|r| r.route_key == "$connect").unwrap();
        route.authorization_type = "CUSTOM".to_owned();
        route.authorizer_id = Some("new-1".to_owned());
    })
    .await;
    there_and_back(&desk, "a stage's settings", |api| {
        let stage = &mut api.stages[0];
        stage.stage_variables.insert("region".to_owned(), "us-east-1".to_owned());
        stage.route_settings.entry("joinroom".to_owned()).or_default().logging_level = Some("ERROR".to_owned());
        stage.description = Some("live".to_owned());
    })
    .await;
    there_and_back(&desk, "a new stage", |api| {
        let new = json!({"stageName": "dev", "stageVariables": {"a": "b"}});
        api.stages.push(serde_json::from_value(new).unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_is_around_an_api_is_edited_and_undone_with_it() {
    let desk = Desk::new();
    let api = desk.api().await;
    let mut before = desk.snapshot(&api).await;
    before.surroundings = Some(desk.call("read_surroundings", desk.of(&api)).await);
    let mut draft = before.clone();
    let around = draft.surroundings.as_mut().unwrap();
    around.api_keys.push(serde_json::from_value(json!({"id": "new-key", "name": "kim", "enabled": true})).unwrap());
    let plan = json!({
        "id": "new-plan", "name": "basic", "apiStages": [{"apiId": api, "stage": "prod"}],
        "throttle": {"burstLimit": 10, "rateLimit": 5.0}, "quota": {"limit": 500, "offset": 0, "period": "MONTH"},
        "keys": [{"id": "new-key", "type": "API_KEY", "name": "kim"}]
    });
    around.usage_plans.push(serde_json::from_value(plan).unwrap());
    let route = draft.routes.iter_mut().find(|r| r.route_key == "$connect").unwrap();
    route.api_key_required = true;

    let review = desk.preview(&api, &before, &draft, "prod").await;
    let change = desk.done(&review).await;
    let around: Value = desk.call("read_surroundings", desk.of(&api)).await;
    assert_eq!(around["usagePlans"][0]["quota"]["limit"], 500);
    assert_eq!(around["usagePlans"][0]["keys"][0]["id"], around["apiKeys"][0]["id"]);

    let undo = desk.way("preview_undo", change).await;
    assert!(undo.notices.iter().any(|n| n.contains("value")), "the key's value is lost: {:?}", undo.notices);
    desk.done(&undo).await;
    let around: Value = desk.call("read_surroundings", desk.of(&api)).await;
    assert_eq!((&around["usagePlans"], &around["apiKeys"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn an_undone_deletion_comes_back_under_a_new_id_and_older_changes_still_find_it() {
    let desk = Desk::new();
    let api = desk.api().await;
    let first = desk.snapshot(&api).await;
    let mut edited = first.clone();
    edited.routes.iter_mut().find(|r| r.route_key == "joinroom").unwrap().operation_name = Some("Join".to_owned());
    let naming = desk.done(&desk.preview(&api, &first, &edited, "").await).await;
    let before = desk.snapshot(&api).await;
    let mut without = before.clone();
    without.routes.retain(|r| r.route_key != "joinroom");
    let deleting = desk.done(&desk.preview(&api, &before, &without, "").await).await;

    let undone = desk.done(&desk.way("preview_undo", deleting).await).await;
    plain::same(&desk.snapshot(&api).await, &edited, "the route is back");
    desk.done(&desk.way("preview_undo", naming).await).await;
    plain::same(&desk.snapshot(&api).await, &first, "its older change is undone at the new route");

    // Redo is the undoing of the undoing. The route is not as it was when it came back, so that is asked first.
    let asked: Review = desk.call("preview_undo", json!({"id": undone})).await;
    assert!(asked.steps.is_empty() && asked.conflicts[0].mine == "deleted", "{asked:#?}");
    let mut choices = json!({});
    choices[&asked.conflicts[0].path] = json!("mine");
    desk.done(&desk.call("preview_undo", json!({"id": undone, "choices": choices})).await).await;
    assert!(desk.snapshot(&api).await.route("joinroom").is_none());
    let past: Vec<Value> = desk.call("list_changes", desk.of(&api)).await;
    let state = |id: i64| past.iter().find(|c| c["id"] == id).unwrap()["state"].clone();
    assert_eq!((state(deleting), state(undone)), (json!("done"), json!("undone")));
}

#[tokio::test]
async fn a_deleted_api_comes_back_and_its_history_with_it() {
    let desk = Desk::new();
    let api = desk.api().await;
    let before = desk.snapshot(&api).await;
    let review = desk.preview(&api, &before, &Snapshot::default(), "").await;
    assert!(review.offers_snapshot && !review.dependants.is_empty(), "{review:#?}");
    assert!(review.notices.iter().any(|n| n.contains("address")), "{:?}", review.notices);
    let change = desk.done(&review).await;
    let apis: Vec<Value> = desk.call("list_apis", desk.scope.clone()).await;
    assert!(apis.is_empty());

    let undo: Review = desk.call("preview_undo", json!({"id": change})).await;
    let told = desk.apply(&undo, true).await;
    let Some(ApplyItem::Finished { api_id: Some(again), .. }) = told.last() else { panic!("{told:#?}") };
    plain::same(&desk.snapshot(again).await, &before, "the API is back");
    let past: Vec<Value> = desk.call("list_changes", desk.of(again)).await;
    assert_eq!(past.len(), 2, "{past:#?}");
    let mut talk = desk.open_stage(json!({"scope": desk.scope, "apiId": again, "stage": "prod"})).await;
    talk.until("the log is known", |t| t.tail.as_ref().is_some_and(|tail| !tail.level.is_empty())).await;
    assert_eq!(talk.connect().await.status, Some(500), "deployed as before: its $connect is broken again");
}

#[tokio::test]
async fn a_draft_is_described_kept_over_a_restart_and_forgotten_once_applied() {
    let folder = std::env::temp_dir().join(format!("gatescope-drafts-{}", std::process::id()));
    let desk = Desk::new();
    let database = Some(folder.join("gatescope.db"));
    let desk = Desk::on(desk.app.sandbox().clone(), database.clone());
    let api = desk.api().await;
    let base = desk.snapshot(&api).await;
    let mut draft = base.clone();
    draft.integrations[0].timeout_in_millis = Some(30);
    let both = json!({"base": base, "draft": draft});
    let view: Value = desk.call("describe_draft", both.clone()).await;
    assert_eq!(view["changes"][0]["members"], json!(["timeoutInMillis"]));
    assert_eq!(view["changes"][0]["kind"], json!(Kind::Integration));
    assert_eq!(view["problems"][0]["member"], "timeoutInMillis", "{view:#}");

    let _: Value = desk.call("keep_draft", json!({"of": desk.of(&api), "draft": both})).await;
    let desk = Desk::on(desk.app.sandbox().clone(), database);
    let kept: Value = desk.call("read_draft", desk.of(&api)).await;
    assert_eq!(kept["draft"], both);
    draft.integrations[0].timeout_in_millis = Some(3_000);
    desk.done(&desk.preview(&api, &base, &draft, "").await).await;
    let kept: Value = desk.call("read_draft", desk.of(&api)).await;
    assert_eq!(kept.get("draft"), None, "what is in force is no draft any more");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_somebody_else_changed_is_kept_or_asked_about() {
    let desk = Desk::new();
    let api = desk.api().await;
    let base = desk.snapshot(&api).await;
    let id = base.integrations[0].integration_id.clone();
    let path = format!("/v2/apis/{api}/integrations/{id}");
    elsewhere::call(desk.app.sandbox(), "PATCH", &path, json!({"timeoutInMillis": 1_000, "description": "theirs"}))
        .await;
    let mut draft = base.clone();
    draft.integrations[0].timeout_in_millis = Some(2_000);
    draft.integrations[0].template_selection_expression = Some("mine".to_owned());

    let mut review = desk.preview(&api, &base, &draft, "").await;
    assert!(review.steps.is_empty() && review.conflicts.len() == 1, "{review:#?}");
    let conflict = &review.conflicts[0];
    assert_eq!((conflict.mine.as_str(), conflict.theirs.as_str()), ("2000", "1000"));
    let error = desk.app.clone();
    let refused = gatescope_app::rpc::stream(&error, "open_apply", json!({"review": review.id, "deploy": true})).await;
    assert_eq!(refused.err().unwrap().code, Code::Conflict);

    let mut question = json!({"scope": desk.scope, "apiId": api, "draft": {"base": base, "draft": draft}});
    question["choices"][&conflict.path] = json!("mine");
    review = desk.call("preview_draft", question).await;
    desk.done(&review).await;
    let now = desk.snapshot(&api).await;
    let found = now.integrations.iter().find(|i| i.integration_id == id).unwrap();
    assert_eq!(found.timeout_in_millis, Some(2_000));
    assert_eq!(
        (found.description.as_deref(), found.template_selection_expression.as_deref()),
        (Some("theirs"), Some("mine"))
    );
}

#[tokio::test]
async fn a_map_that_aws_takes_whole_is_not_sent_over_somebody_elses_new_entry() {
    let desk = Desk::new();
    let api = desk.api().await;
    let base = desk.snapshot(&api).await;
    let id = base.integrations[0].integration_id.clone();
    let mut draft = base.clone();
    draft.integrations[0].request_templates.insert("mine".to_owned(), "1".to_owned());
    let review = desk.preview(&api, &base, &draft, "").await;
    let path = format!("/v2/apis/{api}/integrations/{id}");
    elsewhere::call(desk.app.sandbox(), "PATCH", &path, json!({"requestTemplates": {"theirs": "2"}})).await;
    let told = desk.apply(&review, true).await;
    assert!(matches!(told.last(), Some(ApplyItem::Failed { step: 0, change: None, .. })), "{told:?}");
    desk.done(&desk.preview(&api, &base, &draft, "").await).await;
    let now = desk.snapshot(&api).await;
    let found = now.integrations.iter().find(|i| i.integration_id == id).unwrap();
    assert_eq!(found.request_templates.keys().collect::<Vec<_>>(), ["mine", "theirs"]);
}
