//! What a change is: in a diff, merged with other people's, and as calls.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use gatescope_model::api::{IntegrationResponse, Snapshot};
use gatescope_model::diff::{deployable, diff, words};
use gatescope_model::merge::{Side, merge, passing};
use gatescope_model::plan::{self, Place, plan};
use gatescope_model::resource::{Id, Kind, Table, rename};
use gatescope_model::review::Step;
use gatescope_model::surroundings::{CustomDomain, Mapping};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn chat() -> Snapshot {
    serde_json::from_str(include_str!("snapshot.json")).unwrap()
}

const HERE: Place<'static> = Place { account: "123456789012", region: "us-east-1", stage: "" };

/// What AWS does with the steps, on a table: creates add (with AWS's own ids), updates replace the members that are sent
/// but merge a stage's; an empty text takes away; keys are there once.
fn carried_out(steps: &[Step], on: &Snapshot) -> Snapshot {
    carried_out_with(steps, on).0
}

fn carried_out_with(steps: &[Step], on: &Snapshot) -> (Snapshot, BTreeMap<String, String>) {
    let mut table = Table::of(on);
    let mut made: BTreeMap<String, String> = BTreeMap::new();
    for (n, step) in steps.iter().enumerate() {
        let step = plan::fill(step, &made);
        let mut input = step.input.as_object().unwrap().clone();
        input.remove("apiId");
        let mut take = |name: &str| input.remove(name).and_then(|v| v.as_str().map(str::to_owned));
        let operation = step.operation.as_str();
        let noun = operation.trim_start_matches("Create").trim_start_matches("Update").trim_start_matches("Delete");
        let (kind, parent, member) = match noun {
            "Api" => (Kind::Api, None, ""),
            "Route" => (Kind::Route, None, "routeId"),
            "RouteResponse" => (Kind::RouteResponse, take("routeId"), "routeResponseId"),
            "Integration" => (Kind::Integration, None, "integrationId"),
            "IntegrationResponse" => (Kind::IntegrationResponse, take("integrationId"), "integrationResponseId"),
            "Model" => (Kind::Model, None, "modelId"),
            "Stage" | "RouteSettings" | "AccessLogSettings" => (Kind::Stage, None, "stageName"),
            "RouteRequestParameter" => (Kind::Route, None, "routeId"),
            other => panic!("{other}"),
        };
        let sent = take(member);
        let is_new = operation.starts_with("Create");
        let id = match (kind, &step.makes) {
            (Kind::Api, _) => on.api.api_id.clone(),
            (_, Some(draft)) => {
                // AWS never gives an id twice.
                let own = (n..).map(|n| format!("aws{n}")).find(|own| table.0.keys().all(|id| &id.id != own)).unwrap();
                made.insert(draft.clone(), own.clone());
                own
            }
            _ => sent.unwrap(),
        };
        let id = Id { kind, parent: parent.unwrap_or_default(), id };
        match operation {
            "DeleteRouteSettings" => {
                let key = input["routeKey"].as_str().unwrap();
                table.0.get_mut(&id).unwrap()["routeSettings"].as_object_mut().unwrap().remove(key).unwrap();
            }
            "DeleteAccessLogSettings" => drop(table.0.get_mut(&id).unwrap().remove("accessLogSettings").unwrap()),
            "DeleteRouteRequestParameter" => {
                let key = input["requestParameterKey"].as_str().unwrap();
                table.0.get_mut(&id).unwrap()["requestParameters"].as_object_mut().unwrap().remove(key).unwrap();
            }
            o if o.starts_with("Delete") => {
                assert!(table.0.remove(&id).is_some(), "{o} of something that is not there: {id:?}");
                if kind == Kind::Integration {
                    let target = json!(format!("integrations/{}", id.id));
                    assert!(!table.0.values().any(|m| m.get("target") == Some(&target)), "a route still uses it");
                }
                table.0.retain(|child, _| child.parent != id.id || child.parent.is_empty());
            }
            _ => {
                assert_eq!(is_new, !table.0.contains_key(&id), "{operation} {id:?}");
                let members = table.0.entry(id.clone()).or_default();
                update(kind, members, input);
            }
        }
        let mut keys = BTreeSet::new();
        for (id, members) in &table.0 {
            let member = match id.kind {
                Kind::Route => "routeKey",
                Kind::IntegrationResponse => "integrationResponseKey",
                _ => continue,
            };
            assert!(keys.insert((id.kind, id.parent.clone(), members[member].to_string())), "twice: {members:?}");
        }
    }
    (Table::snapshot(&table, &[on]), made)
}

fn update(kind: Kind, members: &mut Map<String, Value>, sent: Map<String, Value>) {
    for (name, value) in sent {
        let merged = matches!(
            (kind, name.as_str()),
            (Kind::Stage, "stageVariables" | "routeSettings" | "defaultRouteSettings")
                | (Kind::Integration | Kind::Route, "requestParameters")
        );
        match value {
            Value::Object(entries) if merged => {
                let map = members.entry(name).or_insert_with(|| json!({})).as_object_mut().unwrap();
                for (key, value) in entries {
                    match (value, map.get_mut(&key)) {
                        (Value::String(text), _) if text.is_empty() => drop(map.remove(&key)),
                        (Value::Object(new), Some(Value::Object(old))) => old.extend(new),
                        (value, _) => drop(map.insert(key, value)),
                    }
                }
            }
            Value::String(text) if text.is_empty() => drop(members.remove(&name)),
            value => drop(members.insert(name, value)),
        }
    }
}

/// Ids aside: what differs once AWS's ids are the draft's.
fn same(done: &Snapshot, wanted: &Snapshot) {
    let by_name = |s: &Snapshot| {
        let names: BTreeMap<String, String> = s
            .routes
            .iter()
            .map(|r| (r.route_id.clone(), format!("route-{}", r.route_key)))
            .chain(s.integrations.iter().map(|i| {
                (i.integration_id.clone(), format!("integration-{}", i.description.clone().unwrap_or_default()))
            }))
            .chain(s.models.iter().map(|m| (m.model_id.clone(), format!("model-{}", m.name))))
            .chain(s.integrations.iter().flat_map(|i| {
                let named = |r: &IntegrationResponse| {
                    (r.integration_response_id.clone(), format!("response-{}", r.integration_response_key))
                };
                i.responses.iter().map(named).collect::<Vec<_>>()
            }))
            .collect();
        Table::of(&rename(s, &names))
    };
    assert_eq!(by_name(done), by_name(wanted));
}

fn texts(values: &'static str) -> impl Strategy<Value = BTreeMap<String, String>> {
    prop::collection::btree_map("[a-c]", values, 0..3)
}

/// A whole API of a few resources, whose ids and keys come from small sets, so that two of them overlap.
fn api() -> impl Strategy<Value = Snapshot> {
    let integration = (
        prop::sample::subsequence(vec!["i1", "i2", "i3"], 1..=3),
        prop::collection::vec(
            (texts("[ -~]{0,9}"), texts("[a-z]{1,4}"), prop::option::of(50_u32..29_000), any::<[bool; 2]>()),
            3,
        ),
    );
    let routes = (
        prop::sample::subsequence(vec!["r1", "r2", "r3", "r4"], 1..=4),
        Just(vec!["$connect", "join", "send", "leave"]).prop_shuffle(),
        prop::collection::vec((0_usize..3, any::<bool>(), texts("[a-z]{1,3}")), 4),
    );
    let stage = (
        texts("[a-z]{1,5}"),
        prop::collection::btree_map(prop::sample::select(vec!["join", "send"]), prop::option::of(1_i64..9), 0..2),
        any::<bool>(),
        prop::option::of("[a-z]{1,5}"),
    );
    let models = prop::collection::btree_map(prop::sample::select(vec!["m1", "m2"]), "[a-z]{1,5}", 0..2);
    (integration, routes, stage, models, prop::option::of("[a-z]{1,9}")).prop_map(
        |((ids, settings), (route_ids, keys, route_settings), (variables, by_route, logs, format), models, description)| {
            let integrations: Vec<Value> = ids
                .iter()
                .zip(settings)
                .map(|(id, (templates, parameters, timeout, responses))| {
                    let responses: Vec<Value> = ["/4\\d\\d/", "$default"]
                        .iter()
                        .zip(responses)
                        .enumerate()
                        .filter(|(_, (_, there))| *there)
                        .map(|(n, (key, _))| json!({"integrationResponseId": format!("{id}-{n}"), "integrationResponseKey": key}))
                        .collect();
                    json!({"integrationId": id, "integrationType": "MOCK", "description": id, "requestTemplates": templates,
                        "requestParameters": parameters, "timeoutInMillis": timeout.unwrap_or(29_000), "responses": responses})
                })
                .collect();
            let routes: Vec<Value> = route_ids
                .iter()
                .zip(keys)
                .zip(route_settings)
                .map(|((id, key), (target, key_required, parameters))| {
                    let parameters: BTreeMap<String, Value> =
                        parameters.into_keys().map(|k| (k, json!({"required": true}))).collect();
                    json!({"routeId": id, "routeKey": key, "target": format!("integrations/{}", ids[target % ids.len()]),
                        "apiKeyRequired": key_required, "authorizationType": "NONE", "requestParameters": parameters})
                })
                .collect();
            let by_route: BTreeMap<&str, Value> = by_route
                .into_iter()
                .map(|(key, burst)| {
                    (key, burst.map_or_else(|| json!({"loggingLevel": "INFO"}), |b| json!({"throttlingBurstLimit": b, "loggingLevel": "OFF"})))
                })
                .collect();
            let mut stage = json!({"stageName": "prod", "stageVariables": variables, "routeSettings": by_route,
                "defaultRouteSettings": {"loggingLevel": if logs { "INFO" } else { "OFF" }}});
            if let Some(format) = format {
                stage["accessLogSettings"] = json!({"destinationArn": "arn", "format": format});
            }
            let models: Vec<Value> =
                models.into_iter().map(|(id, schema)| json!({"modelId": id, "name": id, "schema": schema})).collect();
            let mut api = json!({"apiId": "3fmvso4h96", "name": "chat", "routeSelectionExpression": "$request.body.action"});
            if let Some(description) = description {
                api["description"] = json!(description);
            }
            serde_json::from_value(json!({"api": api, "routes": routes, "integrations": integrations, "models": models, "stages": [stage]}))
                .unwrap()
        },
    )
}

proptest! {
    #[test]
    fn carrying_out_the_plan_of_a_diff_gives_the_other_side(a in api(), b in api()) {
        let plan = plan(&a, &b, HERE);
        same(&carried_out(&plan.steps, &a), &b);
    }

    #[test]
    fn nothing_differs_from_itself_and_nothing_is_planned(a in api()) {
        prop_assert_eq!(diff(&a, &a), Vec::new());
        prop_assert_eq!(plan(&a, &a, HERE).steps, Vec::new());
    }

    #[test]
    fn a_table_gives_its_snapshot_back(a in api()) {
        prop_assert_eq!(Table::of(&Table::of(&a).snapshot(&[&a])), Table::of(&a));
    }

    #[test]
    fn what_only_one_side_changed_is_in_the_merge(base in api(), mine in api()) {
        let none = BTreeMap::new();
        let merged = merge(&base, &mine, &base, &none);
        prop_assert!(merged.conflicts.is_empty());
        prop_assert_eq!(Table::of(&merged.snapshot), Table::of(&mine));
        let merged = merge(&base, &base, &mine, &none);
        prop_assert!(merged.conflicts.is_empty());
        prop_assert_eq!(Table::of(&merged.snapshot), Table::of(&mine));
        let merged = merge(&base, &mine, &mine, &none);
        prop_assert!(merged.conflicts.is_empty());
    }

    /// No field that they changed is written by the plan without a choice.
    #[test]
    fn nobodys_change_is_overwritten_silently(base in api(), mine in api(), theirs in api()) {
        let merged = merge(&base, &mine, &theirs, &BTreeMap::new());
        let ours = Table::of(&merged.snapshot);
        for change in diff(&base, &theirs) {
            let was_mine_too = |member: &str| diff(&base, &mine).iter().any(|c| c.id == change.id && c.fields.iter().any(|f| f.name() == member));
            let conflicts = |member: &str| merged.conflicts.iter().any(|c| c.path == change.id.path() || c.path == format!("{}#{member}", change.id.path()));
            let Some(now) = ours.0.get(&change.id) else { continue };
            for field in &change.fields {
                let value = match &field.key { Some(key) => now.get(&field.member).and_then(|m| m.get(key)), None => now.get(&field.member) };
                let name = field.name();
                prop_assert!(value == field.to.as_ref() || (was_mine_too(&name) && conflicts(&name)), "{} {name}", change.label);
            }
        }
        // Every choice gives one of the two sides, and then nothing is open.
        let all: BTreeMap<String, Side> = merged.conflicts.iter().map(|c| (c.path.clone(), Side::Mine)).collect();
        prop_assert!(!merge(&base, &mine, &theirs, &all).is_open());
    }

    /// Of a change that broke off after any call, the rest finishes it, and the way back takes it away.
    #[test]
    fn a_change_that_broke_off_can_be_finished_or_rolled_back(a in api(), b in api(), at in 0_usize..40) {
        let plan = plan(&a, &b, HERE);
        let at = at.min(plan.steps.len());
        let (now, made) = carried_out_with(&plan.steps[..at], &a);
        let to = rename(&b, &made);
        let passing = passing(&plan.steps[..at], &now);
        let finish = merge(&a, &to, &now, &passing).snapshot;
        let rest = gatescope_model::plan::plan(&now, &finish, HERE);
        same(&carried_out(&rest.steps, &now), &b);
        let back = merge(&to, &a, &now, &passing).snapshot;
        let way = gatescope_model::plan::plan(&now, &back, HERE);
        same(&carried_out(&way.steps, &now), &a);
    }
}

#[test]
fn a_new_api_is_made_from_the_inside_out_and_its_ids_are_variables() {
    let mut to = chat();
    to.api.api_id = "new-api".to_owned();
    to.api.version = Some("1.0".to_owned());
    to.surroundings = None;
    let plan = plan(&Snapshot::default(), &to, HERE);
    let order: Vec<&str> = plan.steps.iter().map(|s| s.operation.as_str()).collect();
    let expected = [
        "CreateApi",
        "CreateModel",
        "CreateAuthorizer",
        "CreateIntegration",
        "CreateIntegration",
        "CreateIntegrationResponse",
        "CreateRoute",
        "CreateRoute",
        "CreateRouteResponse",
        "CreateDeployment",
        "CreateStage",
    ];
    assert_eq!(order, expected);
    let script = plan::script(&plan.steps);
    assert!(script.contains("NEW_API=$(aws apigatewayv2 create-api"), "{script}");
    assert!(script.contains("--target integrations/\"$IIIIIII\""), "{script}");
    assert!(script.contains(r#"--cli-input-json '{"ApiId":"'"$NEW_API"'","IntegrationType":"HTTP_PROXY""#), "{script}");
    assert!(script.contains("--default-route-settings '{\"LoggingLevel\":\"INFO\""), "{script}");
    assert!(
        script.contains("--request-parameters '{\"route.request.querystring.token\":{\"Required\":true}}'"),
        "{script}"
    );
    // The tool's own `--version` does nothing, and a stage's name is nobody's id.
    assert!(!script.contains("--version"), "{script}");
    assert!(script.contains("--stage-name prod"), "{script}");
    // Members that Gatescope has no name for go along.
    assert!(plan.steps[0].input["memberOfTomorrow"].is_object());
}

#[test]
fn deleting_an_api_is_one_call_and_says_what_goes() {
    let from = chat();
    let to = Snapshot { surroundings: from.surroundings.clone(), ..Snapshot::default() };
    let plan = plan(&from, &to, HERE);
    assert_eq!(plan.steps.len(), 1, "{:?}", plan.steps);
    assert_eq!(plan.steps[0].operation, "DeleteApi");
    let said = words::dependants(&from, &diff(&from, &to));
    assert!(said[0].contains("2 routes, 2 integrations, 1 model and 1 stage"), "{said:?}");
}

#[test]
fn throttling_that_was_set_goes_back_to_the_accounts_with_a_word() {
    let from = chat();
    let mut to = from.clone();
    to.stages[0].default_route_settings.throttling_rate_limit = None;
    let plan = plan(&from, &to, HERE);
    assert_eq!(plan.steps[0].input["defaultRouteSettings"], json!({"throttlingRateLimit": 10000.0}));
    assert!(plan.notices[0].contains("can't unset"), "{:?}", plan.notices);
}

#[test]
fn keys_and_plans_change_by_patches() {
    let from = chat();
    let mut to = from.clone();
    let around = to.surroundings.as_mut().unwrap();
    around.api_keys[0].enabled = false;
    around.usage_plans[0].quota.as_mut().unwrap().limit = 900;
    around.usage_plans[0].api_stages.clear();
    around.usage_plans[0].keys.clear();
    let steps = plan(&from, &to, HERE).steps;
    let all: Vec<(&str, &Value)> = steps.iter().map(|s| (s.operation.as_str(), &s.input)).collect();
    assert_eq!(
        all[0].1["patchOperations"],
        json!([{"op": "replace", "path": "/enabled", "value": "false"}]),
        "{all:#?}"
    );
    let patches = all[1].1["patchOperations"].as_array().unwrap();
    assert!(patches.contains(&json!({"op": "replace", "path": "/quota/limit", "value": "900"})), "{patches:?}");
    assert!(
        patches.contains(&json!({"op": "remove", "path": "/apiStages", "value": "3fmvso4h96:prod"})),
        "{patches:?}"
    );
    assert_eq!(all[2].0, "DeleteUsagePlanKey");
    assert_eq!(all[2].1, &json!({"usagePlanId": "llllll", "keyId": "kkkkkkkkkk"}));
}

#[test]
fn a_mapping_comes_after_the_stage_that_it_names_and_every_update_names_its_api() {
    let mut from = chat();
    let mapping = |id: &str, key: &str, stage: &str| Mapping {
        api_mapping_id: id.to_owned(),
        api_mapping_key: key.to_owned(),
        api_id: "3fmvso4h96".to_owned(),
        stage: stage.to_owned(),
    };
    let domain = CustomDomain {
        domain_name: "chat.example.com".to_owned(),
        mappings: vec![mapping("a", "chat", "prod"), mapping("b", "old", "prod")],
        ..CustomDomain::default()
    };
    from.surroundings.as_mut().unwrap().domains.push(domain);
    assert_eq!(Table::of(&from).snapshot(&[&from]), from);

    let mut to = from.clone();
    let mut stage = to.stages[0].clone();
    stage.stage_name = "dev".to_owned();
    to.stages.push(stage);
    let mappings = &mut to.surroundings.as_mut().unwrap().domains[0].mappings;
    *mappings = vec![mapping("a", "", "prod"), mapping("new-mapping", "old", "dev")];
    let steps = plan(&from, &to, HERE).steps;
    let all: Vec<(&str, &Value)> = steps.iter().map(|s| (s.operation.as_str(), &s.input)).collect();
    let last = &all[all.len() - 3..];
    assert_eq!(
        last,
        [
            ("DeleteApiMapping", &json!({"domainName": "chat.example.com", "apiMappingId": "b"})),
            (
                "UpdateApiMapping",
                &json!({"domainName": "chat.example.com", "apiMappingId": "a", "apiMappingKey": "", "apiId": "3fmvso4h96"})
            ),
            (
                "CreateApiMapping",
                &json!({"domainName": "chat.example.com", "apiMappingKey": "old", "apiId": "3fmvso4h96", "stage": "dev"})
            ),
        ]
    );
    assert!(all[..all.len() - 3].iter().any(|(o, _)| *o == "CreateStage"), "{all:#?}");
}

#[test]
fn only_what_a_deployment_takes_waits_for_one() {
    let from = chat();
    let mut to = from.clone();
    to.stages[0].stage_variables.insert("region".to_owned(), "eu-west-1".to_owned());
    to.models[0].schema = Some("{}".to_owned());
    to.api.description = Some("chat".to_owned());
    let changes = diff(&from, &to);
    let waits: Vec<&str> = deployable(&changes).map(|c| c.label.as_str()).collect();
    assert_eq!(waits, ["model ChatAppMessage"]);
}

#[test]
fn a_change_reads_as_a_sentence() {
    let from = chat();
    let mut to = from.clone();
    to.integrations[1].timeout_in_millis = Some(3000);
    to.routes.remove(0);
    let said: Vec<String> = words::words(&diff(&from, &to)).into_iter().map(|w| w.text).collect();
    assert_eq!(
        said,
        ["Integration jjjjjjj of joinroom: the timeout in milliseconds becomes 3000", "Route $connect is deleted"]
    );
}

#[test]
fn ids_are_put_in_where_something_is_named_and_never_into_the_users_own_texts() {
    let mut to = chat();
    to.integrations[0].request_templates.insert("value".to_owned(), "iiiiiii".to_owned());
    to.models[0].description = Some("iiiiiii".to_owned());
    to.stages[0].stage_variables.insert("vpcLinkId".to_owned(), "vvvvvv".to_owned());
    let made = [("iiiiiii".to_owned(), "abc1234".to_owned()), ("vvvvvv".to_owned(), "link42".to_owned())].into();
    let named = rename(&to, &made);
    assert_eq!(named.routes[0].target.as_deref(), Some("integrations/abc1234"));
    assert_eq!(named.integrations[0].request_templates["value"], "iiiiiii");
    assert_eq!(named.models[0].description.as_deref(), Some("iiiiiii"));
    assert_eq!(named.stages[0].stage_variables["vpcLinkId"], "link42");
    let step = plan(&Snapshot::default(), &to, HERE).steps.into_iter().find(|s| s.operation == "CreateStage").unwrap();
    assert_eq!(plan::fill(&step, &made).input["stageVariables"]["vpcLinkId"], "link42");
    let nameless = [(String::new(), "abc1234".to_owned())].into();
    assert_eq!(rename(&to, &nameless).routes, to.routes);
}
