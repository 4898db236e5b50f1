//! Two editors at once: the app, and somebody behind its back. Whatever the order, nobody's change is overwritten silently.

use std::collections::BTreeMap;

use gatescope_model::api::Snapshot;
use gatescope_model::review::{ApplyItem, Review};
use gatescope_sandbox::{Options, Sandbox, Seed};
use gatescope_tests::dice::Dice;
use gatescope_tests::{Desk, elsewhere};
use serde_json::{Value, json};

/// A field that both may edit, by the path of its conflict without the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Description,
    Timeout,
    Template(usize),
    Operation(usize),
    Variable(usize),
    Schema,
}

const SPOTS: [Spot; 9] = [
    Spot::Description,
    Spot::Timeout,
    Spot::Template(0),
    Spot::Template(1),
    Spot::Operation(0),
    Spot::Operation(1),
    Spot::Variable(0),
    Spot::Variable(1),
    Spot::Schema,
];
const NAMES: [&str; 2] = ["one", "two"];

impl Spot {
    fn read(self, of: &Snapshot) -> Option<String> {
        match self {
            Self::Description => of.api.description.clone(),
            Self::Timeout => of.integrations[0].timeout_in_millis.map(|t| t.to_string()),
            Self::Template(n) => of.integrations[0].request_templates.get(NAMES[n]).cloned(),
            Self::Operation(n) => of.routes[n].operation_name.clone(),
            Self::Variable(n) => of.stages[0].stage_variables.get(NAMES[n]).cloned(),
            Self::Schema => of.models[0].schema.clone(),
        }
    }

    /// As the field has it.
    fn text(self, value: u64) -> String {
        if self == Self::Schema { format!("{{\"title\": \"{value}\"}}") } else { value.to_string() }
    }

    fn write(self, of: &mut Snapshot, value: u64) {
        let text = self.text(value);
        match self {
            Self::Description => of.api.description = Some(text),
            Self::Timeout => of.integrations[0].timeout_in_millis = u32::try_from(value).ok(),
            Self::Template(n) => drop(of.integrations[0].request_templates.insert(NAMES[n].to_owned(), text)),
            Self::Operation(n) => of.routes[n].operation_name = Some(text),
            Self::Variable(n) => drop(of.stages[0].stage_variables.insert(NAMES[n].to_owned(), text)),
            Self::Schema => of.models[0].schema = Some(text),
        }
    }

    /// As boto3 would, knowing what stands at this moment.
    async fn write_elsewhere(self, sandbox: &Sandbox, now: &Snapshot, value: u64) {
        let api = format!("/v2/apis/{}", now.api.api_id);
        let mut to = now.clone();
        self.write(&mut to, value);
        let integration = format!("{api}/integrations/{}", now.integrations[0].integration_id);
        let (path, body) = match self {
            Self::Description => (api, json!({"description": to.api.description})),
            Self::Timeout => (integration, json!({"timeoutInMillis": to.integrations[0].timeout_in_millis})),
            Self::Template(_) => (integration, json!({"requestTemplates": to.integrations[0].request_templates})),
            Self::Operation(n) => (
                format!("{api}/routes/{}", now.routes[n].route_id),
                json!({"operationName": to.routes[n].operation_name}),
            ),
            Self::Variable(n) => {
                (format!("{api}/stages/prod"), json!({"stageVariables": {NAMES[n]: value.to_string()}}))
            }
            Self::Schema => {
                (format!("{api}/models/{}", now.models[0].model_id), json!({"schema": to.models[0].schema}))
            }
        };
        elsewhere::call(sandbox, "PATCH", &path, body).await;
    }

    /// As the conflict names it.
    fn is(self, path: &str) -> bool {
        let end = match self {
            Self::Description => "#description".to_owned(),
            Self::Timeout => "#timeoutInMillis".to_owned(),
            Self::Template(n) => format!("#requestTemplates/{}", NAMES[n]),
            Self::Operation(_) => "#operationName".to_owned(),
            Self::Variable(n) => format!("#stageVariables/{}", NAMES[n]),
            Self::Schema => "#schema".to_owned(),
        };
        path.ends_with(&end)
    }
}

/// Read straight from the other side, so that the app's own reading is not what is believed.
async fn stands(sandbox: &Sandbox, api: &str) -> Snapshot {
    let list = async |what: &str| {
        let said = elsewhere::call(sandbox, "GET", &format!("/v2/apis/{api}/{what}"), Value::Null).await;
        said["items"].clone()
    };
    let whole = json!({
        "api": elsewhere::call(sandbox, "GET", &format!("/v2/apis/{api}"), Value::Null).await,
        "routes": list("routes").await, "integrations": list("integrations").await, "models": list("models").await,
        "stages": list("stages").await,
    });
    serde_json::from_value(whole).unwrap()
}

async fn small(desk: &Desk) -> String {
    let draft = json!({
        "api": {"name": "two editors", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"},
        "models": [{"modelId": "new-m", "name": "M", "schema": "{}"}],
        "integrations": [{"integrationId": "new-i", "integrationType": "HTTP_PROXY", "integrationMethod": "POST",
            "integrationUri": "http://127.0.0.1:8080/"}],
        "routes": [{"routeId": "new-1", "routeKey": "a", "target": "integrations/new-i"}, {"routeId": "new-2", "routeKey": "b"}],
        "stages": [{"stageName": "prod"}],
    });
    let draft: Snapshot = serde_json::from_value(draft).unwrap();
    let review = desk.preview("", &Snapshot::default(), &draft, "").await;
    let told = desk.apply(&review, true).await;
    let Some(ApplyItem::Finished { api_id: Some(api), .. }) = told.last() else { panic!("{told:#?}") };
    api.clone()
}

async fn interleave(seeds: std::ops::Range<u64>) {
    let desk = Desk::with(Options { seed: Seed::Empty, ..Options::default() });
    let sandbox = desk.app.sandbox().clone();
    let api = small(&desk).await;
    let (mut applied, mut collided, mut refused) = (0, 0, 0);
    for seed in seeds {
        let dice = &mut Dice::new(seed);
        let mut value = 1_000 + (seed % 1_000) * 20;
        let mut next = || {
            value += 1;
            value
        };
        // Who changes what, and when: before the review is made, between review and apply.
        let base = desk.snapshot(&api).await;
        let mut draft = base.clone();
        let mut mine = BTreeMap::new();
        for _ in 0..=dice.below(3) {
            let (spot, value) = (*dice.one(&SPOTS), next());
            spot.write(&mut draft, value);
            mine.insert(spot, spot.text(value));
        }
        let mut theirs = BTreeMap::new();
        let mut others = async |dice: &mut Dice, chance: usize, theirs: &mut BTreeMap<Spot, String>| {
            while dice.percent(chance) {
                let (spot, value) = (*dice.one(&SPOTS), next());
                let now = stands(&sandbox, &api).await;
                spot.write_elsewhere(&sandbox, &now, value).await;
                theirs.insert(spot, spot.text(value));
            }
        };
        others(dice, 50, &mut theirs).await;
        let mut review = desk.preview(&api, &base, &draft, "").await;
        let mut chosen = Vec::new();
        if !review.conflicts.is_empty() {
            collided += 1;
            assert!(review.steps.is_empty(), "seed {seed}: nothing is sent while it is open");
            let mut question = json!({"scope": desk.scope, "apiId": api, "draft": {"base": base, "draft": draft}});
            for conflict in &review.conflicts {
                let wins = if dice.percent(50) { "mine" } else { "theirs" };
                question["choices"][&conflict.path] = json!(wins);
                chosen.push((conflict.path.clone(), wins));
            }
            review = desk.call::<Review>("preview_draft", question).await;
        }
        others(dice, 30, &mut theirs).await;
        let told = desk.apply(&review, true).await;
        let finished = matches!(told.last(), Some(ApplyItem::Finished { .. }));
        if finished {
            applied += 1
        } else {
            refused += 1
        }
        let now = stands(&sandbox, &api).await;
        let choice = |spot: Spot| chosen.iter().find(|(path, _)| spot.is(path)).map(|(_, wins)| *wins);
        for (spot, value) in &theirs {
            let overwritten = spot.read(&now).as_ref() != Some(value);
            let asked = finished && mine.contains_key(spot) && choice(*spot) == Some("mine");
            assert!(!overwritten || asked, "seed {seed}: {spot:?} was {value} and is {:?}\n{told:?}", spot.read(&now));
        }
        for (spot, value) in mine.iter().filter(|(spot, _)| finished && !theirs.contains_key(spot)) {
            assert_eq!(spot.read(&now).as_ref(), Some(value), "seed {seed}: {spot:?} is mine alone");
        }
    }
    assert!(applied > 20 && collided > 5 && refused > 5, "{applied} applied, {collided} collided, {refused} refused");
}

#[tokio::test]
async fn in_the_first_250_interleavings_nothing_is_overwritten_silently() {
    interleave(0..250).await;
}

#[tokio::test]
async fn in_the_second_250_interleavings_nothing_is_overwritten_silently() {
    interleave(250..500).await;
}

#[tokio::test]
async fn in_the_third_250_interleavings_nothing_is_overwritten_silently() {
    interleave(500..750).await;
}

#[tokio::test]
async fn in_the_fourth_250_interleavings_nothing_is_overwritten_silently() {
    interleave(750..1_000).await;
}
