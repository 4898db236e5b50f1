//! An API with names for ids, so that two of them can be compared, and the way back.

use std::collections::BTreeMap;

use gatescope_model::api::Snapshot;
use gatescope_model::resource::rename;

/// What every name begins and ends with, so that no text of an API is mistaken for one, nor one name for another.
const BEGINS: char = '\u{2}';
const ENDS: char = '\u{3}';

/// An API with names for ids.
pub(super) struct Named {
    pub snapshot: Snapshot,
    /// AWS's id by name.
    ids: BTreeMap<String, String>,
}

/// Whether it stands for an id.
pub(super) fn is_name(id: &str) -> bool {
    id.starts_with(BEGINS)
}

/// A text for people. `integration ID of $connect`, where the ID is a name that says so itself: only the name.
pub(super) fn plain(text: &str) -> String {
    let text = match (text.find(BEGINS), text.find(ENDS)) {
        (Some(begins), Some(ends)) if text.starts_with("integration ") => &text[begins..ends],
        _ => text,
    };
    text.replace([BEGINS, ENDS], "")
}

impl Named {
    /// Routes go by their key, models and authorizers by their name, integrations by the routes that use them.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut names = Names::default();
        names.give(&snapshot.api.api_id, "api");
        for model in &snapshot.models {
            names.give(&model.model_id, &format!("model {}", model.name));
        }
        for authorizer in &snapshot.authorizers {
            names.give(&authorizer.authorizer_id, &format!("authorizer {}", authorizer.name));
        }
        for integration in &snapshot.integrations {
            let mut users: Vec<&str> = snapshot
                .routes
                .iter()
                .filter(|r| r.integration_id() == Some(&integration.integration_id))
                .map(|r| r.route_key.as_str())
                .collect();
            users.sort_unstable();
            let uri = integration.integration_uri.as_deref().unwrap_or_default();
            let name = match users.first() {
                Some(first) => format!("integration of {first}"),
                None => format!("integration {} {uri} of no route", integration.integration_type),
            };
            let name = names.give(&integration.integration_id, &name);
            for response in &integration.responses {
                let key = &response.integration_response_key;
                names.give(&response.integration_response_id, &format!("response {key} of {name}"));
            }
        }
        for route in &snapshot.routes {
            names.give(&route.route_id, &format!("route {}", route.route_key));
            for response in &route.responses {
                let key = &response.route_response_key;
                names.give(&response.route_response_id, &format!("response {key} of route {}", route.route_key));
            }
        }
        let mut bare = snapshot.clone();
        bare.deployments.clear();
        bare.surroundings = None;
        for stage in &mut bare.stages {
            stage.deployment_id = None;
        }
        let ids = names.by_id.iter().map(|(id, name)| (name.clone(), id.clone())).collect();
        Self { snapshot: rename(&bare, &names.by_id), ids }
    }

    /// Something that has no ids.
    pub(super) fn only(snapshot: Snapshot) -> Self {
        Self { snapshot, ids: BTreeMap::new() }
    }

    /// `taken` with AWS's ids again, and with what was left out of `whole`. What is new gets draft ids.
    pub(super) fn back(&self, taken: &Snapshot, whole: &Snapshot) -> Snapshot {
        let mut ids = self.ids.clone();
        let models = taken.models.iter().map(|m| &m.model_id);
        let authorizers = taken.authorizers.iter().map(|a| &a.authorizer_id);
        let integrations = taken.integrations.iter().flat_map(|i| {
            std::iter::once(&i.integration_id).chain(i.responses.iter().map(|r| &r.integration_response_id))
        });
        let routes = taken
            .routes
            .iter()
            .flat_map(|r| std::iter::once(&r.route_id).chain(r.responses.iter().map(|r| &r.route_response_id)));
        for name in models.chain(authorizers).chain(integrations).chain(routes) {
            let number = ids.len();
            ids.entry(name.clone()).or_insert_with(|| format!("new-taken-{number}"));
        }
        let mut back = rename(taken, &ids);
        back.deployments.clone_from(&whole.deployments);
        back.surroundings.clone_from(&whole.surroundings);
        for stage in &mut back.stages {
            stage.deployment_id = whole.stage(&stage.stage_name).and_then(|s| s.deployment_id.clone());
        }
        back
    }
}

/// Names that are given only once.
#[derive(Default)]
struct Names {
    by_id: BTreeMap<String, String>,
}

impl Names {
    fn give(&mut self, id: &str, name: &str) -> String {
        let mut free = format!("{BEGINS}{name}{ENDS}");
        let mut more = 2;
        while self.by_id.values().any(|taken| *taken == free) {
            free = format!("{BEGINS}{name} ({more}){ENDS}");
            more += 1;
        }
        if !id.is_empty() {
            self.by_id.insert(id.to_owned(), free);
        }
        name.to_owned()
    }
}
