//! What a change is, in a diff and as calls.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use gatescope_model::api::{Api, Integration, IntegrationResponse, Route, RouteSettings, Snapshot, Stage, Texts};
use gatescope_model::diff::{Resource, diff};
use gatescope_model::plan;
use proptest::prelude::*;
use serde_json::{Value, json};

fn mock(id: &str, templates: Texts, selection: Option<String>, responses: Vec<IntegrationResponse>) -> Integration {
    Integration {
        integration_id: id.to_owned(),
        integration_type: "MOCK".to_owned(),
        request_templates: templates,
        template_selection_expression: selection,
        responses,
        ..Integration::default()
    }
}

fn api(integrations: Vec<Integration>, level: Option<String>) -> Snapshot {
    let route = |key: &str, id: &str| Route {
        route_key: key.to_owned(),
        target: Some(format!("integrations/{id}")),
        ..Route::default()
    };
    Snapshot {
        api: Api { api_id: "3fmvso4h96".to_owned(), ..Api::default() },
        routes: vec![route("$connect", "one"), route("joinroom", "two")],
        integrations,
        stages: vec![Stage {
            stage_name: "prod".to_owned(),
            default_route_settings: RouteSettings {
                logging_level: level,
                throttling_rate_limit: Some(100.0),
                ..RouteSettings::default()
            },
            ..Stage::default()
        }],
        ..Snapshot::default()
    }
}

fn texts() -> impl Strategy<Value = Texts> {
    prop::collection::btree_map("[$a-z]{1,6}", "[ -~]{0,12}", 0..3)
}

fn responses(new: bool) -> impl Strategy<Value = Vec<IntegrationResponse>> {
    prop::collection::vec(texts(), 0..3).prop_map(move |all| {
        all.into_iter()
            .enumerate()
            .map(|(n, response_templates)| IntegrationResponse {
                integration_response_id: if new { String::new() } else { format!("r{n}") },
                integration_response_key: format!("/{n}/"),
                response_templates,
                ..IntegrationResponse::default()
            })
            .collect()
    })
}

/// An API and a draft of it: everything that a draft may change, changed.
fn pair() -> impl Strategy<Value = (Snapshot, Snapshot)> {
    let integration = |id: &'static str| {
        (
            texts(),
            texts(),
            prop::option::of("[ -~]{1,9}"),
            prop::option::of("[ -~]{1,9}"),
            responses(false),
            responses(true),
            texts(),
        )
            .prop_map(move |(t1, t2, s1, s2, kept, added, changed)| {
                let mut after = kept.clone();
                if let Some(first) = after.first_mut() {
                    first.response_templates = changed;
                }
                after.extend(added);
                (mock(id, t1, s1, kept), mock(id, t2, s2, after))
            })
    };
    let level = || prop::option::of(prop::sample::select(vec!["OFF".to_owned(), "INFO".to_owned()]));
    (integration("one"), integration("two"), level(), level())
        .prop_map(|((a1, b1), (a2, b2), l1, l2)| (api(vec![a1, a2], l1), api(vec![b1, b2], l2)))
}

/// What AWS does with the steps: creates add, updates replace the members that are sent (an empty text takes one away),
/// settings are merged.
fn carried_out(steps: &[gatescope_model::review::Step], on: &Snapshot) -> Snapshot {
    let mut world = serde_json::to_value(on).unwrap();
    for step in steps {
        let input = step.input.as_object().unwrap();
        let members = input
            .iter()
            .filter(|(k, _)| !matches!(k.as_str(), "apiId" | "integrationId" | "integrationResponseId" | "stageName"));
        let find = |list: &Value, id: &str, value: &Value| {
            list.as_array().unwrap().iter().position(|r| &r[id] == value).unwrap()
        };
        let target = match step.operation.as_str() {
            "UpdateStage" => {
                let at = find(&world["stages"], "stageName", &input["stageName"]);
                &mut world["stages"][at]
            }
            operation => {
                let at = find(&world["integrations"], "integrationId", &input["integrationId"]);
                let integration = &mut world["integrations"][at];
                match operation {
                    "UpdateIntegration" => integration,
                    "CreateIntegrationResponse" => {
                        let new = serde_json::to_value(IntegrationResponse::default()).unwrap();
                        let list = integration["responses"].as_array_mut().unwrap();
                        list.push(new);
                        list.last_mut().unwrap()
                    }
                    "UpdateIntegrationResponse" => {
                        let at =
                            find(&integration["responses"], "integrationResponseId", &input["integrationResponseId"]);
                        &mut integration["responses"][at]
                    }
                    other => panic!("{other}"),
                }
            }
        };
        for (name, value) in members {
            if name == "defaultRouteSettings" {
                for (k, v) in value.as_object().unwrap() {
                    target[name][k] = v.clone();
                }
            } else if value == &json!("") {
                target.as_object_mut().unwrap().remove(name);
            } else {
                target[name] = value.clone();
            }
        }
    }
    serde_json::from_value(world).unwrap()
}

/// AWS has no call for that.
fn unsets_the_level(from: &Snapshot, to: &Snapshot) -> bool {
    let level = |s: &Snapshot| s.stages[0].default_route_settings.logging_level.clone();
    level(from).is_some() && level(to).is_none()
}

proptest! {
    #[test]
    fn carrying_a_plan_out_gives_the_draft((from, to) in pair()) {
        prop_assume!(!unsets_the_level(&from, &to));
        let changes = diff(&from, &to).unwrap();
        let steps = plan::plan("3fmvso4h96", &changes, &to);
        prop_assert_eq!(carried_out(&steps, &from), to);
    }

    #[test]
    fn nothing_differs_from_itself((from, _) in pair()) {
        prop_assert!(diff(&from, &from).unwrap().is_empty());
    }

    #[test]
    fn every_prefix_of_a_plan_leaves_a_loadable_api((from, to) in pair()) {
        prop_assume!(!unsets_the_level(&from, &to));
        let changes = diff(&from, &to).unwrap();
        let steps = plan::plan("3fmvso4h96", &changes, &to);
        for n in 0..=steps.len() {
            carried_out(&steps[..n], &from);
        }
    }
}

#[test]
fn turning_logs_on_sends_the_logging_members_only() {
    let from = api(Vec::new(), Some("OFF".to_owned()));
    let mut to = from.clone();
    to.stages[0].default_route_settings.logging_level = Some("INFO".to_owned());
    let steps = plan::plan("3fmvso4h96", &diff(&from, &to).unwrap(), &to);
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].input["defaultRouteSettings"], json!({"loggingLevel": "INFO"}));
}

#[test]
fn a_map_is_sent_whole_because_aws_replaces_it() {
    let before = Texts::from([("kept".to_owned(), "1".to_owned())]);
    let after = Texts::from([("kept".to_owned(), "1".to_owned()), ("$default".to_owned(), "2".to_owned())]);
    let from = api(vec![mock("one", before, None, Vec::new())], None);
    let to = api(vec![mock("one", after, None, Vec::new())], None);
    let changes = diff(&from, &to).unwrap();
    assert_eq!(changes[0].resource, Resource::Integration("one".to_owned()));
    assert_eq!(changes[0].fields.len(), 1, "only the new entry differs");
    let steps = plan::plan("3fmvso4h96", &changes, &to);
    assert_eq!(steps[0].input["requestTemplates"], json!({"kept": "1", "$default": "2"}));
}

#[test]
fn a_difference_that_no_draft_can_hold_is_never_dropped() {
    let from = api(vec![mock("one", Texts::new(), None, Vec::new())], None);
    let mut to = from.clone();
    to.routes[0].api_key_required = true;
    assert!(diff(&from, &to).unwrap_err().to_string().contains("routes"));
    let mut to = from.clone();
    to.integrations.clear();
    assert!(diff(&from, &to).is_err());
    let logged = api(Vec::new(), Some("INFO".to_owned()));
    assert!(diff(&logged, &api(Vec::new(), None)).is_err());
}

#[test]
fn a_step_reads_as_the_aws_command_that_does_the_same() {
    let templates = Texts::from([("$default".to_owned(), r#"{"statusCode": 200, "it's": 1}"#.to_owned())]);
    let from = api(vec![mock("one", Texts::new(), None, Vec::new())], None);
    let to = api(vec![mock("one", templates, Some(r"\$default".to_owned()), Vec::new())], None);
    let steps = plan::plan("3fmvso4h96", &diff(&from, &to).unwrap(), &to);
    assert!(
        steps[0]
            .command
            .starts_with("aws apigatewayv2 update-integration \\\n  --api-id 3fmvso4h96 \\\n  --integration-id one")
    );
    assert!(steps[0].command.contains(r"--template-selection-expression '\$default'"));
    assert!(
        steps[0].command.contains(r#"'\''s"#),
        "a quote in a text stays inside the shell's quotes: {}",
        steps[0].command
    );
}
