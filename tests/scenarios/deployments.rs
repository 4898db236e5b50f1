//! What is deployed and what is not, whoever changed it, and the way back to an older deployment.

use gatescope_app::Code;
use gatescope_model::review::Review;
use gatescope_tests::{Desk, elsewhere, has};
use serde_json::{Value, json};

async fn undeployed(desk: &Desk, api: &str) -> (Vec<String>, Option<String>) {
    let view: Value = desk.call("read_api", desk.of(api)).await;
    let stage = &view["stages"][0];
    let labels = stage["undeployed"].as_array().unwrap().iter().map(|u| u["label"].as_str().unwrap().to_owned());
    (labels.collect(), stage["undeployedSince"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn what_was_changed_elsewhere_waits_for_a_deployment_too_and_is_known_after_a_restart() {
    let folder = std::env::temp_dir().join(format!("gatescope-undeployed-{}", std::process::id()));
    let database = Some(folder.join("gatescope.db"));
    let desk = Desk::on(Desk::new().app.sandbox().clone(), database.clone());
    let api = desk.api().await;
    let (waiting, since) = undeployed(&desk, &api).await;
    assert!(waiting.is_empty(), "{waiting:?}");
    assert!(since.unwrap().contains("first saw it"), "the deployment was made elsewhere");
    let _: Review = desk.call("preview_deploy", desk.stage("prod").await).await;
    desk.done(&desk.call("preview_deploy", desk.stage("prod").await).await).await;
    assert_eq!(undeployed(&desk, &api).await, (Vec::new(), None), "now it is known whole");

    let base = desk.snapshot(&api).await;
    let id = &base.route("joinroom").unwrap().route_id;
    let path = format!("/v2/apis/{api}/routes/{id}");
    elsewhere::call(desk.app.sandbox(), "PATCH", &path, json!({"operationName": "Join"})).await;
    elsewhere::call(desk.app.sandbox(), "PATCH", &format!("/v2/apis/{api}/stages/prod"), json!({"description": "x"}))
        .await;
    let waits = (vec!["route joinroom".to_owned()], None);
    assert_eq!(undeployed(&desk, &api).await, waits, "a stage's settings act at once");
    let sandbox = desk.app.sandbox().clone();
    drop(desk);
    let desk = Desk::on(sandbox, database);
    assert_eq!(undeployed(&desk, &api).await, waits);
    let review: Review = desk.call("preview_deploy", desk.stage("prod").await).await;
    has(&review.notices, "1 earlier change goes live");
    desk.done(&review).await;
    assert_eq!(undeployed(&desk, &api).await, (Vec::new(), None));
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_stage_that_deploys_by_itself_has_nothing_undeployed_and_says_so() {
    let desk = Desk::new();
    let api = desk.api().await;
    let base = desk.snapshot(&api).await;
    let mut draft = base.clone();
    draft.stages[0].auto_deploy = Some(true);
    draft.routes[0].operation_name = Some("Edited".to_owned());
    let review = desk.preview(&api, &base, &draft, "prod").await;
    assert!(review.steps.iter().all(|s| !s.deploys), "{:#?}", review.steps);
    let change = desk.done(&review).await;
    let (waiting, since) = undeployed(&desk, &api).await;
    assert!(waiting.is_empty() && since.unwrap().contains("by itself"));
    let error = desk
        .refused(
            "preview_stage_back",
            json!({"of": desk.of(&api), "stage": "prod", "deploymentId": base.deployments[0].deployment_id}),
        )
        .await;
    assert_eq!(error.code, Code::Refused);
    desk.done(&desk.way("preview_undo", change).await).await;
    let now = desk.snapshot(&api).await;
    assert_ne!(now.stages[0].auto_deploy, Some(true));
    assert_eq!(now.routes[0].operation_name, None);
}

#[tokio::test]
async fn a_stage_goes_back_to_an_older_deployment_and_serves_as_it_did() {
    let desk = Desk::new();
    let api = desk.api().await;
    desk.fix().await;
    let fixed = desk.snapshot(&api).await.stages[0].deployment_id.clone().unwrap();
    let base = desk.snapshot(&api).await;
    let mut broken = base.clone();
    let connect = broken.integration_of("$connect").unwrap().integration_id.clone();
    for integration in broken.integrations.iter_mut().filter(|i| i.integration_id == connect) {
        integration.request_templates.clear();
    }
    desk.done(&desk.preview(&api, &base, &broken, "prod").await).await;
    let mut talk = desk.open("prod").await;
    assert_eq!(talk.connect().await.status, Some(500));

    let history: Vec<Value> = desk.call("list_deployments", desk.of(&api)).await;
    assert_eq!(history.len(), 3);
    assert_eq!(history[0]["stages"], json!(["prod"]));
    assert!(history[0]["changed"].to_string().contains("requestTemplates"), "{history:#?}");
    assert!(history[1]["unknown"].as_str().unwrap().contains("one before"), "{history:#?}");
    assert!(history[2]["unknown"].as_str().unwrap().contains("made elsewhere"), "{history:#?}");

    let ask = json!({"of": desk.of(&api), "stage": "prod", "deploymentId": fixed});
    let review: Review = desk.call("preview_stage_back", ask).await;
    assert!(review.words.iter().any(|w| w.text.contains("request template")), "{:#?}", review.words);
    let change = desk.done(&review).await;
    assert_eq!(talk.connect().await.status, Some(101));
    let (waiting, _) = undeployed(&desk, &api).await;
    assert_eq!(waiting.len(), 1, "the template stays taken away, and waits: {waiting:?}");
    talk.close(1000, "").await;
    desk.done(&desk.way("preview_undo", change).await).await;
    assert_eq!(talk.connect().await.status, Some(500));
}

#[tokio::test]
async fn undoing_a_deployed_change_serves_what_was_served_before() {
    let desk = Desk::new();
    let api = desk.api().await;
    let before = desk.snapshot(&api).await;
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    assert_eq!(talk.connect().await.status, Some(101));
    talk.close(1000, "").await;
    let past: Vec<Value> = desk.call("list_changes", desk.of(&api)).await;
    let undo = desk.way("preview_undo", past[0]["id"].as_i64().unwrap()).await;
    desk.done(&undo).await;
    assert_eq!(talk.connect().await.status, Some(500));
    let now = desk.snapshot(&api).await;
    assert_eq!(now.stages[0].deployment_id, before.stages[0].deployment_id);
    gatescope_tests::plain::same(&now, &before, "undone");
}
