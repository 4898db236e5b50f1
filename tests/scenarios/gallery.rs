//! The gallery from end to end: each cause is reached as a person reaches it, explained, removed by the one click that is
//! offered (or by hand where the fix is told in words), and then it connects.
//!
//! What is to be done for which cause: `gallery/stories.rs`; how a thing is done by hand: `gallery/by_hand.rs`.

mod by_hand;
mod stories;

use gatescope_model::conversation::{Connection, Row};
use gatescope_model::diagnose;
use gatescope_model::review::Review;
use gatescope_model::surroundings::Surroundings;
use gatescope_model::verdict::{Action, Confidence, Finding};
use gatescope_sandbox::{Exhibit, Options, Sandbox, Seed};
use gatescope_tests::{Desk, Talk, elsewhere};
use serde_json::{Value, json};
use stories::{By, OPEN, STORIES, Story, Then};

const FAMILIES: [&str; 6] = [
    "Integrations",
    "Authorisation and limits",
    "Address and stage",
    "Messages and endings",
    "@connections",
    "Custom domains",
];

#[test]
fn every_exhibit_has_its_story_and_none_is_left_out_that_has_a_rule() {
    let mut wrong = Vec::new();
    for exhibit in Sandbox::gallery() {
        let open = OPEN.iter().find(|(cause, _)| *cause == exhibit.cause);
        if open.is_none() && !STORIES.iter().any(|story| story.cause == exhibit.cause) {
            wrong.push(format!("{} has no story", exhibit.cause));
        }
        if open.is_none() && !diagnose::knows(exhibit.cause) {
            wrong.push(format!("{} has no rule, and no reason says why", exhibit.cause));
        }
    }
    let exhibited = |cause: &str| Sandbox::gallery().iter().any(|exhibit| exhibit.cause == cause);
    let causes = STORIES.iter().map(|story| story.cause).chain(OPEN.iter().map(|(cause, _)| *cause));
    wrong.extend(causes.filter(|cause| !exhibited(cause)).map(|cause| format!("{cause} has no exhibit")));
    let families = Sandbox::gallery().into_iter().filter(|exhibit| !FAMILIES.contains(&exhibit.family));
    wrong.extend(families.map(|exhibit| format!("nobody visits {}", exhibit.family)));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

macro_rules! families {
    ($($name:ident: $at:literal;)*) => { $(
        #[tokio::test]
        async fn $name() {
            visit(FAMILIES[$at]).await;
        }
    )* };
}

families! {
    integrations_are_explained_and_fixed: 0;
    authorisation_is_explained_and_fixed: 1;
    addresses_are_explained_and_fixed: 2;
    messages_and_endings_are_explained_and_fixed: 3;
    callbacks_are_explained_and_fixed: 4;
    custom_domains_are_explained_and_fixed: 5;
}

fn family(name: &str) -> impl Iterator<Item = (Exhibit, &'static Story)> {
    let is_told = |e: &Exhibit| !OPEN.iter().any(|(cause, _)| *cause == e.cause);
    let of = Sandbox::gallery().into_iter().filter(move |exhibit| exhibit.family == name && is_told(exhibit));
    of.filter_map(|exhibit| STORIES.iter().find(|story| story.cause == exhibit.cause).map(|story| (exhibit, story)))
}

async fn visit(name: &str) {
    let only = std::env::var("GATESCOPE_EXHIBIT").ok();
    let desk = gallery();
    let (mut table, mut wrong) = (Vec::new(), Vec::new());
    for (exhibit, story) in family(name).filter(|(e, _)| only.as_deref().is_none_or(|only| only == e.cause)) {
        match tell(&desk, &exhibit, story).await {
            Ok(line) => table.push(line),
            Err(why) => wrong.push(format!("{}: {why}", exhibit.cause)),
        }
    }
    println!("cause · first · confidence · fixed by · after\n{}", table.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn gallery() -> Desk {
    Desk::with(Options { seed: Seed::Gallery, ..Options::default() })
}

/// One exhibit, seen as a person sees it.
pub(crate) struct Room<'a> {
    pub desk: &'a Desk,
    pub exhibit: &'a Exhibit,
    /// How it is dialled: changed by fixes that are in the dial.
    pub dial: Value,
    /// What is sent once connected.
    pub message: Option<String>,
}

/// The whole story of one exhibit, as a line of the table.
async fn tell(desk: &Desk, exhibit: &Exhibit, story: &Story) -> Result<String, String> {
    let own = exhibit.domain.is_none() && exhibit.path == "/prod";
    let host = exhibit.domain.clone().unwrap_or_else(|| format!("{}.execute-api.us-east-1.localhost", exhibit.api_id));
    let url = if own { String::new() } else { format!("wss://{host}{}", exhibit.path) };
    let mut room = Room {
        desk,
        exhibit,
        dial: json!({ "url": url, "headers": exhibit.headers }),
        message: exhibit.send.map(str::to_owned),
    };
    let mut talk = desk.open_stage(of(&room)).await;
    talk.until("the configuration is read", |t| t.tail.as_ref().is_some_and(|tail| !tail.level.is_empty())).await;
    by_hand::before(&mut room).await;
    reach(&mut room, &mut talk).await;

    let wanted = if story.sure { Confidence::Certain } else { Confidence::Possible };
    let is_it = |f: &Finding| f.cause == exhibit.cause && f.confidence >= wanted;
    // Without logs the configuration tells a likely cause, and that logs are off stands beside it.
    let places = if matches!(story.by, By::Logs) { usize::MAX } else { 1 };
    let explains = |row: &Row| row.verdict.iter().any(|v| v.findings.iter().take(places).any(is_it));
    if !talk.comes(|t| t.rows.values().any(explains)).await {
        return Err(format!("is not explained: {:#?}", seen(&talk)));
    }
    let row = talk.rows.values().find(|row| explains(row)).cloned().ok_or("gone again")?;
    let findings = row.verdict.clone().unwrap_or_default().findings;
    let certain = findings.iter().filter(|f| f.confidence == Confidence::Certain && f.cause != exhibit.cause);
    if let Some(other) = certain.map(|f| &f.cause).next() {
        return Err(format!("{other} is certain too"));
    }
    let found = findings.iter().find(|f| is_it(f)).ok_or("gone again")?;
    let after = fix_it(&mut room, &mut talk, story, found).await?;
    let (confidence, by) = (found.confidence, story.by.words());
    Ok(format!("{} · {} · {confidence:?} · {by} · {after}", exhibit.cause, findings[0].cause))
}

fn of(room: &Room) -> Value {
    json!({"scope": room.desk.scope, "apiId": room.exhibit.api_id, "stage": room.exhibit.stage})
}

/// What stands there instead, for whoever reads the failure.
fn seen(talk: &Talk) -> Vec<String> {
    let words = |row: &Row| {
        let found = row.verdict.iter().flat_map(|v| &v.findings);
        let causes: Vec<String> = found.map(|f| format!("{} {:?}", f.cause, f.confidence)).collect();
        format!("{:?} {} {:?} {:?} {causes:?} {:?}", row.kind, row.text, row.status, row.detail, row.note)
    };
    talk.rows.values().map(words).collect()
}

/// Does what the exhibit says.
async fn reach(room: &mut Room<'_>, talk: &mut Talk<'_>) {
    for _ in 0..room.exhibit.dials.max(1) {
        talk.hang_up().await;
        talk.connect_with(room.dial.clone()).await;
    }
    if !matches!(talk.connection, Connection::Open { .. }) {
        return;
    }
    if let Some(message) = &room.message {
        talk.say(message).await;
    }
    if let Some(ms) = room.exhibit.skip_ms {
        let _: Value = room.desk.call("set_clock", json!({ "advanceMs": ms })).await;
    }
    by_hand::stay(room, talk).await;
}

/// Removes the cause as the story says, and tries again.
async fn fix_it(room: &mut Room<'_>, talk: &mut Talk<'_>, story: &Story, found: &Finding) -> Result<String, String> {
    let offered = || format!("its one click is {:?}", found.action);
    match (&story.by, found.action.clone()) {
        (By::Fix, Some(Action::Fix { route_key, about })) => {
            let mut ask = of(room);
            ask["cause"] = json!(found.cause);
            ask["routeKey"] = json!(route_key);
            ask["about"] = json!(about);
            let review: Review = room.desk.call("preview_fix", ask).await;
            room.desk.done(&review).await;
        }
        (By::Deploy, Some(Action::Deploy)) => {
            let review: Review = room.desk.call("preview_deploy", of(room)).await;
            room.desk.done(&review).await;
        }
        (By::Variable(value), Some(Action::SetVariable { name })) => {
            let stage = room.exhibit.stage;
            by_hand::edit(room, |api| {
                let stage = api.stages.iter_mut().find(|s| s.stage_name == stage).unwrap();
                stage.stage_variables.insert(name, (*value).to_owned());
            })
            .await;
        }
        (By::Key, Some(Action::SendKey)) => room.dial["keyId"] = json!(usable_key(room).await),
        (By::Sign, Some(Action::Sign)) => room.dial["sign"] = json!(true),
        (By::Dial, Some(Action::Dial { url })) => room.dial["url"] = json!(url),
        (By::Logs, Some(Action::TurnOnLogs)) => {
            let mut ask = of(room);
            ask["level"] = json!("INFO");
            ask["dataTrace"] = json!(true);
            let review: Review = room.desk.call("preview_logs", ask).await;
            room.desk.done(&review).await;
        }
        (By::Hand(hand), _) => by_hand::lend(room, hand).await,
        _ => return Err(offered()),
    }
    again(room, talk, story).await
}

/// The key that the page would send without asking: the only one that is in a plan of the stage.
async fn usable_key(room: &Room<'_>) -> String {
    let around: Surroundings = room.desk.call("read_surroundings", room.desk.of(&room.exhibit.api_id)).await;
    let plans = around.usage_plans.iter();
    let here = plans.filter(|p| p.api_stages.iter().any(|s| s.api_id == room.exhibit.api_id && s.stage == "prod"));
    here.flat_map(|plan| &plan.keys).map(|key| key.id.clone()).next().expect("a key in a plan of the stage")
}

async fn again(room: &Room<'_>, talk: &mut Talk<'_>, story: &Story) -> Result<String, String> {
    talk.hang_up().await;
    let before = talk.received().len();
    let row = talk.connect_with(room.dial.clone()).await;
    if let Then::IsExplainedBy(cause) = story.then {
        talk.explained(row.id, cause).await;
        return Ok(format!("explained by {cause}"));
    }
    if row.status != Some(101) {
        return Err(format!("is not gone after the fix: {:?} {:#?}", row.status, seen(talk)));
    }
    let Then::Hears(part) = story.then else { return Ok("101".to_owned()) };
    talk.say(room.message.as_deref().unwrap_or_default()).await;
    let heard = |t: &Talk| t.received()[before..].iter().any(|text| text.contains(part));
    if talk.comes(heard).await {
        return Ok(format!("101 and {part}"));
    }
    Err(format!("{part} never came back: {:#?}", &talk.received()[before..]))
}

/// What only somebody outside of Gatescope can do.
pub(crate) async fn outside(room: &Room<'_>, form: &[(&str, &str)]) {
    elsewhere::iam(room.desk.app.sandbox(), form).await;
}
