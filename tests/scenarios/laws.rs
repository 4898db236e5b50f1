//! Laws on generated APIs, read back from the sandbox through the rpc table.

use gatescope_model::api::Snapshot;
use gatescope_model::review::ApplyItem;
use gatescope_tests::dice::{self, Dice};
use gatescope_tests::{Desk, elsewhere, plain};
use serde_json::{Value, json};

/// Makes a generated API, and answers its id.
async fn made(desk: &Desk, draft: &Snapshot) -> String {
    let review = desk.preview("", &Snapshot::default(), draft, "").await;
    let told = desk.apply(&review, true).await;
    match told.last() {
        Some(ApplyItem::Finished { api_id: Some(id), .. }) => id.clone(),
        _ => panic!("{told:#?}\n{:#?}", review.steps),
    }
}

#[tokio::test]
async fn what_is_applied_reads_back_as_the_draft_and_undone_as_before() {
    let desk = Desk::new();
    for seed in 0..40 {
        let dice = &mut Dice::new(seed);
        let first = dice::api(dice);
        let api = made(&desk, &first).await;
        let before = desk.snapshot(&api).await;
        plain::same(&before, &first, &format!("seed {seed}: made"));
        let draft = dice::edit(dice, &before, seed);
        let review = desk.preview(&api, &before, &draft, "").await;
        if review.steps.is_empty() {
            continue;
        }
        let change = desk.done(&review).await;
        plain::same(&desk.snapshot(&api).await, &draft, &format!("seed {seed}: edited"));
        let undo = desk.way("preview_undo", change).await;
        desk.done(&undo).await;
        plain::same(&desk.snapshot(&api).await, &before, &format!("seed {seed}: undone"));
        let past: Vec<Value> = desk.call("list_changes", desk.of(&api)).await;
        let redo = desk.way("preview_undo", past[0]["id"].as_i64().unwrap()).await;
        desk.done(&redo).await;
        plain::same(&desk.snapshot(&api).await, &draft, &format!("seed {seed}: redone"));
        let gone = desk.snapshot(&api).await;
        desk.done(&desk.preview(&api, &gone, &Snapshot::default(), "").await).await;
    }
}

#[tokio::test]
async fn members_that_gatescope_has_no_name_for_survive_every_edit() {
    let desk = Desk::new();
    for seed in 100..112 {
        let dice = &mut Dice::new(seed);
        let api = made(&desk, &dice::api(dice)).await;
        let before = desk.snapshot(&api).await;
        let route = &before.route("$default").unwrap().route_id;
        let integration = &before.integrations[0].integration_id;
        let sandbox = desk.app.sandbox();
        let strange = json!({"authorizationScopes": ["a", "b"]});
        elsewhere::call(sandbox, "PATCH", &format!("/v2/apis/{api}/routes/{route}"), strange).await;
        let strange = json!({"tlsConfig": {"serverNameToVerify": "example.com"}});
        elsewhere::call(sandbox, "PATCH", &format!("/v2/apis/{api}/integrations/{integration}"), strange).await;

        let before = desk.snapshot(&api).await;
        let mut draft = dice::edit(dice, &before, seed);
        if draft.route("$default").is_none() || draft.integrations.iter().all(|i| i.integration_id != *integration) {
            continue;
        }
        draft.routes.iter_mut().find(|r| r.route_key == "$default").unwrap().operation_name = Some(format!("Op{seed}"));
        let change = desk.done(&desk.preview(&api, &before, &draft, "").await).await;
        let kept = |now: &Snapshot| {
            let i = now.integrations.iter().find(|i| i.integration_id == *integration).unwrap();
            (now.route("$default").unwrap().other.clone(), i.other.clone())
        };
        let after = desk.snapshot(&api).await;
        assert_eq!(kept(&after), kept(&before), "seed {seed}");
        assert_eq!(kept(&after).0["authorizationScopes"], json!(["a", "b"]));
        assert!(kept(&after).1.contains_key("tlsConfig"));
        desk.done(&desk.way("preview_undo", change).await).await;
        assert_eq!(kept(&desk.snapshot(&api).await), kept(&before), "seed {seed}");

        let file: Value = desk.call("write_snapshot", desk.of(&api)).await;
        let copy: Value = desk.call("open_snapshot", json!({"text": file["text"]})).await;
        let copy: Snapshot = serde_json::from_value(copy["draft"].clone()).unwrap();
        let again = made(&desk, &copy).await;
        plain::same(&desk.snapshot(&again).await, &before, &format!("seed {seed}: through a file"));
    }
}
