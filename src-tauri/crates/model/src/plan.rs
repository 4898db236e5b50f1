//! A diff as AWS calls, in an order of which every prefix leaves a loadable API.
//!
//! What is referred to is made first and deleted last; routes that take over a key wait until it is free. Updates send only
//! the members that change. Each [`Step`] carries what the call sends, with the draft's ids where AWS has not given its own
//! yet ([`fill`] puts them in), and the same as an `aws` command. The `aws` crate carries steps out.

mod account;
mod command;
mod keys;
mod parts;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::api::Snapshot;
use crate::diff::{Action, Change, diff};
use crate::resource::{Id, Kind, Table, rename_in};
use crate::review::Step;

pub use command::script;
pub(crate) use keys::is_between;

/// Where a plan is carried out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// Twelve digits; empty: not known, and then no ARN that needs it is written.
    pub account: &'a str,
    /// For example `us-east-1`.
    pub region: &'a str,
    /// The stage that the last step deploys to; empty: none.
    pub stage: &'a str,
}

/// The calls, and what has to be known of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// In this order, nothing else.
    pub steps: Vec<Step>,
    /// What AWS can't do as it was asked, in words.
    pub notices: Vec<String>,
}

/// The calls that make `from` become `to`.
#[must_use]
pub fn plan(from: &Snapshot, to: &Snapshot, place: Place) -> Plan {
    let changes = diff(from, to);
    let id = if to.api.api_id.is_empty() { &from.api.api_id } else { &to.api.api_id };
    let mut planning = Planning {
        api_id: if id.is_empty() { crate::resource::NEW_API } else { id },
        from: Table::of(from),
        to: Table::of(to),
        place,
        plan: Plan::default(),
    };
    planning.all(&changes);
    let mut plan = planning.plan;
    if !place.stage.is_empty() && !to.stage(place.stage).and_then(|s| s.auto_deploy).unwrap_or_default() {
        plan.steps.push(deployment(id, place.stage));
    }
    // A name that somebody chose is no variable, even where AWS takes it for an id.
    let made: BTreeSet<String> = plan.steps.iter().filter_map(|s| s.makes.clone()).collect();
    for step in &mut plan.steps {
        step.command = command::of(step, &made);
    }
    plan
}

/// The call that deploys what stands now to a stage.
#[must_use]
pub fn deployment(api_id: &str, stage: &str) -> Step {
    let input = object(json!({"apiId": api_id, "stageName": stage}));
    let effect = "old and new may take turns for 85 s on AWS".to_owned();
    Step { deploys: true, ..call("apigatewayv2", "CreateDeployment", format!("stage {stage}"), effect, input) }
}

/// One call as a step; the `aws` command follows from its name and input.
#[must_use]
pub fn call(service: &str, operation: &str, target: String, effect: String, input: Map<String, Value>) -> Step {
    let mut step = Step {
        service: service.to_owned(),
        operation: operation.to_owned(),
        target,
        effect,
        command: String::new(),
        deploys: false,
        makes: None,
        input: Value::Object(input),
    };
    step.command = command::of(&step, &BTreeSet::new());
    step
}

/// A step with AWS's ids in place of the draft's.
#[must_use]
pub fn fill(step: &Step, made: &BTreeMap<String, String>) -> Step {
    let mut step = step.clone();
    rename_in(&mut step.input, "", made);
    step
}

struct Planning<'a> {
    api_id: &'a str,
    from: Table,
    to: Table,
    place: Place<'a>,
    plan: Plan,
}

impl Planning<'_> {
    fn all(&mut self, changes: &[Change]) {
        let some = |kind: Kind, action: Action| changes.iter().filter(move |c| c.id.kind == kind && c.action == action);
        use Action::{Create, Delete, Update};
        if let Some(api) = some(Kind::Api, Delete).next() {
            self.delete(api);
        } else {
            for kind in
                [Kind::Api, Kind::LogGroup, Kind::ClientCertificate, Kind::VpcLink, Kind::Model, Kind::Authorizer]
            {
                self.make(some(kind, Create).chain(some(kind, Update)));
            }
            // Settings of routes that go, or of keys that change, would name nothing.
            self.make(some(Kind::Integration, Create).chain(some(Kind::Integration, Update)));
            some(Kind::IntegrationResponse, Delete)
                .filter(|c| self.to.0.contains_key(&Id::new(Kind::Integration, &c.id.parent)))
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|c| self.delete(c));
            self.keyed(changes, Kind::IntegrationResponse, "integrationResponseKey");
            self.free_route_keys(changes);
            self.keyed(changes, Kind::Route, "routeKey");
            some(Kind::RouteResponse, Delete)
                .filter(|c| self.to.0.contains_key(&Id::new(Kind::Route, &c.id.parent)))
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|c| self.delete(c));
            self.make(some(Kind::RouteResponse, Create).chain(some(Kind::RouteResponse, Update)));
            for change in some(Kind::Route, Delete) {
                if !self.is_freed_early(changes, change) {
                    self.delete(change);
                }
            }
            for kind in [Kind::Integration, Kind::Authorizer, Kind::Model] {
                some(kind, Delete).for_each(|c| self.delete(c));
            }
            self.make(some(Kind::Permission, Create).chain(some(Kind::Permission, Update)));
            self.make(some(Kind::Deployment, Create).chain(some(Kind::Deployment, Update)));
            self.make(some(Kind::Stage, Create).chain(some(Kind::Stage, Update)));
        }
        for kind in [Kind::ApiKey, Kind::UsagePlan] {
            self.make(some(kind, Create).chain(some(kind, Update)));
        }
        some(Kind::PlanKey, Delete)
            .filter(|c| self.to.0.contains_key(&Id::new(Kind::UsagePlan, &c.id.parent)))
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|c| self.delete(c));
        self.make(some(Kind::PlanKey, Create));
        // A key is free before another mapping takes it; the stage that one names is there by now.
        some(Kind::Mapping, Delete).for_each(|c| self.delete(c));
        self.make(some(Kind::Mapping, Update).chain(some(Kind::Mapping, Create)));
        let api_goes = some(Kind::Api, Delete).next().is_some();
        for kind in [
            Kind::UsagePlan,
            Kind::ApiKey,
            Kind::Stage,
            Kind::Deployment,
            Kind::Permission,
            Kind::VpcLink,
            Kind::ClientCertificate,
            Kind::LogGroup,
        ] {
            if !(api_goes && matches!(kind, Kind::Stage | Kind::Deployment)) {
                some(kind, Delete).for_each(|c| self.delete(c));
            }
        }
    }

    fn make<'c>(&mut self, changes: impl Iterator<Item = &'c Change>) {
        for change in changes {
            match change.action {
                Action::Create => self.create(change),
                Action::Update => self.update(change),
                Action::Delete => {}
            }
        }
    }

    /// Adds a call on a resource: its path members first, then what it sends.
    fn push(&mut self, change: &Change, operation: &str, effect: String, more: Map<String, Value>) {
        let row = change.id.kind.row();
        let mut input = Map::new();
        let is_below_the_api = match change.id.kind {
            Kind::Api => !operation.starts_with("Create"),
            kind => row.service == "apigatewayv2" && kind != Kind::Mapping,
        };
        if is_below_the_api {
            input.insert("apiId".to_owned(), json!(self.api_id));
        }
        if !row.parent.is_empty() {
            input.insert(row.parent.to_owned(), json!(change.id.parent));
        }
        let creates = operation.starts_with("Create") || operation.starts_with("Generate");
        if !creates && change.id.kind != Kind::Api && row.service != "lambda" {
            input.insert(path_member(change.id.kind).to_owned(), json!(change.id.id));
        }
        input.extend(more);
        let mut step = call(row.service, operation, change.label.clone(), effect, input);
        if creates && !matches!(change.id.kind, Kind::Stage | Kind::LogGroup | Kind::PlanKey) {
            step.makes = Some(change.id.id.clone());
        }
        self.plan.steps.push(step);
    }
}

/// How the path of a call names the resource.
fn path_member(kind: Kind) -> &'static str {
    match kind {
        Kind::VpcLink => "vpcLinkId",
        Kind::ApiKey => "apiKey",
        Kind::UsagePlan => "usagePlanId",
        Kind::PlanKey => "keyId",
        other => other.row().id,
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// "changes 2 fields".
fn effect(change: &Change) -> String {
    match change.fields.len() {
        1 => "changes 1 field".to_owned(),
        n => format!("changes {n} fields"),
    }
}
