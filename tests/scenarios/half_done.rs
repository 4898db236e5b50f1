//! Changes that don't come to their end: a call that is refused, an answer that is lost, an app that is killed, at every
//! step. Nothing is lost, the report is true, and both ways from there lead where they say.

use std::path::PathBuf;

use futures_util::StreamExt;
use gatescope_app::rpc;
use gatescope_model::api::Snapshot;
use gatescope_model::review::{ApplyItem, Review};
use gatescope_sandbox::{Outage, Sandbox};
use gatescope_tests::{Desk, plain};
use serde_json::{Value, json};

/// A change of many calls, of every sort.
fn edited(base: &Snapshot) -> Snapshot {
    let mut to = base.clone();
    to.api.description = Some("edited".to_owned());
    let model = json!({"modelId": "new-m", "name": "Message", "contentType": "application/json", "schema": "{}"});
    to.models.push(serde_json::from_value(model).unwrap());
    for n in 0..2 {
        let new = json!({
            "integrationId": format!("new-i{n}"), "integrationType": "MOCK", "description": "new",
            "requestTemplates": {"$default": "{\"statusCode\": 200}"},
            "responses": [{"integrationResponseId": format!("new-ir{n}"), "integrationResponseKey": "$default"}]
        });
        to.integrations.push(serde_json::from_value(new).unwrap());
    }
    let new = json!({
        "routeId": "new-r", "routeKey": "dance", "target": "integrations/new-i0", "authorizationType": "NONE",
        "routeResponseSelectionExpression": "$default",
        "responses": [{"routeResponseId": "new-rr", "routeResponseKey": "$default"}]
    });
    to.routes.push(serde_json::from_value(new).unwrap());
    let gone = to.routes.iter().position(|r| r.route_key == "joinroom").unwrap();
    let gone = to.routes.remove(gone);
    to.integrations.retain(|i| Some(i.integration_id.as_str()) != gone.integration_id());
    let send = to.routes.iter_mut().find(|r| r.route_key == "sendmessage").unwrap();
    send.target = Some("integrations/new-i1".to_owned());
    to.stages[0].stage_variables.insert("region".to_owned(), "eu".to_owned());
    to
}

struct Story {
    desk: Desk,
    api: String,
    before: Snapshot,
    goal: Snapshot,
    review: Review,
}

impl Story {
    async fn begin(desk: Desk) -> Self {
        let api = desk.api().await;
        let before = desk.snapshot(&api).await;
        let goal = edited(&before);
        let review = desk.preview(&api, &before, &goal, "prod").await;
        assert!(review.steps.len() >= 13, "12 steps and the deployment: {:#?}", review.steps);
        Self { desk, api, before, goal, review }
    }
}

/// What the start screen offers: the one change that is half done.
async fn unfinished(desk: &Desk) -> Value {
    let mut open: Vec<Value> = desk.call("list_unfinished", json!({})).await;
    assert_eq!(open.len(), 1, "{open:#?}");
    open.remove(0)
}

/// Goes one of the two ways, and looks whether it leads where it says.
async fn go(desk: &Desk, story: (&str, &Snapshot, &Snapshot), change: i64, back: bool, what: &str) {
    let (api, before, goal) = story;
    let review = desk.way(if back { "preview_roll_back" } else { "preview_finish" }, change).await;
    desk.done(&review).await;
    let now = desk.snapshot(api).await;
    plain::same(&now, if back { before } else { goal }, what);
    if back {
        assert_eq!(now.stages[0].deployment_id, before.stages[0].deployment_id, "{what}");
    } else {
        assert_ne!(now.stages[0].deployment_id, before.stages[0].deployment_id, "{what}: deployed at last");
    }
    let open: Vec<Value> = desk.call("list_unfinished", json!({})).await;
    assert!(open.is_empty(), "{what}: {open:#?}");
    let past: Vec<Value> = desk.call("list_changes", desk.of(api)).await;
    let found = past.iter().find(|c| c["id"] == change).unwrap();
    assert_eq!(found["state"], if back { "rolledBack" } else { "finished" }, "{what}");
}

async fn at_every_step(outage: Outage, back: bool) {
    let steps = Story::begin(Desk::new()).await.review.steps.len();
    for k in 0..steps {
        let story = Story::begin(Desk::new()).await;
        let desk = &story.desk;
        let what = format!("{outage:?} at step {k} ({}), back {back}", story.review.steps[k].operation);
        desk.app.sandbox().set_outage(u32::try_from(k).unwrap(), Some(outage));
        let told = desk.apply(&story.review, true).await;
        desk.app.sandbox().set_outage(0, None);
        let Some(ApplyItem::Failed { step, change: Some(change), .. }) = told.last() else {
            panic!("{what}: {told:#?}")
        };
        assert_eq!(*step as usize, k, "{what}");
        let done = told.iter().filter(|t| matches!(t, ApplyItem::Done { .. })).count();
        assert_eq!(done, k, "{what}");
        let past: Vec<Value> = desk.call("list_changes", desk.of(&story.api)).await;
        assert_eq!((past[0]["state"].as_str(), past[0]["done"].as_u64()), (Some("stopped"), Some(k as u64)), "{what}");
        go(desk, (&story.api, &story.before, &story.goal), *change, back, &what).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_at_any_step_is_rolled_back_whole() {
    at_every_step(Outage::Refused, true).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_refused_at_any_step_is_finished_later() {
    at_every_step(Outage::Refused, false).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_at_any_step_is_rolled_back_whole() {
    at_every_step(Outage::Lost, true).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_at_any_step_is_finished_later() {
    at_every_step(Outage::Lost, false).await;
}

/// One life of the app: everything in it ends with the runtime, in the middle of whatever it does.
fn life<T>(live: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(live);
    runtime.shutdown_background();
    answer
}

fn killed_at_every_step(outage: Outage, back: bool) {
    let folder = std::env::temp_dir().join(format!("gatescope-killed-{}-{outage:?}-{back}", std::process::id()));
    let steps = life(async { Story::begin(Desk::new()).await.review.steps.len() });
    for k in 0..steps {
        let what = format!("killed at step {k}, {outage:?}, back {back}");
        let _ = std::fs::remove_dir_all(&folder);
        let database: PathBuf = folder.join("gatescope.db");
        let sandbox: Sandbox = life(async { Desk::new().app.sandbox().clone() });
        let (api, before, goal) = life(async {
            let story = Story::begin(Desk::on(sandbox.clone(), Some(database.clone()))).await;
            sandbox.set_outage(u32::try_from(k).unwrap(), Some(outage));
            let question = json!({"review": story.review.id, "deploy": true});
            let mut told = rpc::stream(&story.desk.app, "open_apply", question).await.unwrap();
            // Whoever listens hears of the step that never ends.
            let begun = format!("\"kind\":\"started\",\"step\":{k}}}");
            while !told.next().await.expect("it goes on").contains(&begun) {}
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            (story.api, story.before, story.goal)
        });
        sandbox.set_outage(0, None);
        life(async {
            let desk = Desk::on(sandbox.clone(), Some(database.clone()));
            let found = unfinished(&desk).await;
            assert_eq!((found["state"].as_str(), found["done"].as_u64()), (Some("broken"), Some(k as u64)), "{what}");
            go(&desk, (&api, &before, &goal), found["id"].as_i64().unwrap(), back, &what).await;
        });
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_app_that_is_killed_before_a_call_arrives_rolls_back_at_the_next_start() {
    killed_at_every_step(Outage::Deaf, true);
}

#[test]
fn an_app_that_is_killed_before_a_call_arrives_finishes_at_the_next_start() {
    killed_at_every_step(Outage::Deaf, false);
}

#[test]
fn an_app_that_is_killed_before_an_answer_arrives_rolls_back_at_the_next_start() {
    killed_at_every_step(Outage::Silent, true);
}

#[test]
fn an_app_that_is_killed_before_an_answer_arrives_finishes_at_the_next_start() {
    killed_at_every_step(Outage::Silent, false);
}

#[tokio::test(start_paused = true)]
async fn an_api_whose_making_breaks_off_goes_again_or_is_made_to_the_end() {
    for outage in [Outage::Refused, Outage::Lost] {
        for back in [true, false] {
            for k in 0..8 {
                let desk = Desk::new();
                let draft = gatescope_tests::dice::api(&mut gatescope_tests::dice::Dice::new(7));
                let what = format!("{outage:?} at step {k}, back {back}");
                let review = desk.preview("", &Snapshot::default(), &draft, "").await;
                assert!(review.steps.len() > 8, "{:#?}", review.steps);
                desk.app.sandbox().set_outage(k, Some(outage));
                let told = desk.apply(&review, true).await;
                desk.app.sandbox().set_outage(0, None);
                let Some(ApplyItem::Failed { change: Some(change), .. }) = told.last() else { panic!("{told:#?}") };
                let way = desk.way(if back { "preview_roll_back" } else { "preview_finish" }, *change).await;
                let told = desk.apply(&way, true).await;
                assert!(matches!(told.last(), Some(ApplyItem::Finished { .. })), "{what}: {told:#?}\n{:#?}", way.steps);
                let apis: Vec<Value> = desk.call("list_apis", desk.scope.clone()).await;
                assert_eq!(apis.len(), 1 + usize::from(!back), "{what}: the chat API, and this one");
                if !back {
                    let made = apis.iter().find(|a| a["name"] == draft.api.name.as_str()).unwrap();
                    plain::same(&desk.snapshot(made["apiId"].as_str().unwrap()).await, &draft, &what);
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_half_done_change_can_stay_as_it_is() {
    let story = Story::begin(Desk::new()).await;
    let desk = &story.desk;
    desk.app.sandbox().set_outage(3, Some(Outage::Refused));
    desk.apply(&story.review, true).await;
    desk.app.sandbox().set_outage(0, None);
    let change = unfinished(desk).await["id"].clone();
    let _: Value = desk.call("settle_change", json!({"id": change})).await;
    let open: Vec<Value> = desk.call("list_unfinished", json!({})).await;
    assert!(open.is_empty());
    assert!(desk.refused("preview_undo", json!({"id": change})).await.message.contains("was stopped"));
}
