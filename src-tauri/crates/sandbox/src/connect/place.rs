//! What a stage serves at this moment, made ready to be served: settings, deployment, and their parsed parts.
//!
//! It is made when something asks for it after a change and kept until the next one, so that a message costs one look
//! at a number. Open sockets follow new settings and new deployments with their next message (facts 2, section 4).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use gatescope_model::api::{Snapshot, Stage};
use gatescope_model::selection::{key_pattern, key_regex};
use gatescope_model::template::{self, Template};
use jsonschema::Validator;
use serde_json::Value;

use super::faults::Misbehaviour;
use super::journal::Level;
use super::throttle::Throttle;
use crate::logs::GroupRef;
use crate::resources::{Resource, text};
use crate::{Fault, World};

/// Stages that are kept ready; far more than anybody serves at once.
const KEPT: usize = 1024;

/// A stage and what it serves now: its settings as they are, its deployment as it was frozen.
pub(super) struct Place {
    pub api_id: String,
    pub stage: Arc<Stage>,
    pub api: Arc<Snapshot>,
    /// Whether the account lets API Gateway write logs.
    pub may_log: bool,
    /// What its log lines say of it.
    pub label: Arc<Label>,
    parsed: Arc<Parsed>,
    rules: HashMap<Arc<str>, Arc<Rules>>,
    connect: Arc<Rules>,
    disconnect: Arc<Rules>,
    other: Arc<Rules>,
    /// The stage as it was read.
    settings: Resource,
    faults: Vec<Fault>,
    /// The state's generation in which all this was last seen to be so.
    generation: AtomicU64,
}

/// A place's names, as log records keep them.
pub(super) struct Label {
    pub api_id: String,
    /// `{apiId}/{stage}`.
    pub api_stage: String,
    /// `/aws/apigateway/{apiId}/{stage}`.
    pub group: GroupRef,
}

/// What the stage's settings mean for one route.
pub(super) struct Rules {
    pub route_key: Arc<str>,
    pub level: Level,
    pub data_trace: bool,
    pub throttle: Option<Throttle>,
    /// Faults on purpose.
    pub misbehaviour: Option<Misbehaviour>,
}

/// The parts of a deployment that have a syntax, each read when it is first used.
struct Parsed {
    templates: HashMap<String, OnceLock<Result<Template, template::Error>>>,
    patterns: HashMap<String, OnceLock<Option<regex::Regex>>>,
    /// A model's schema; `None` when it is no JSON.
    schemas: HashMap<String, OnceLock<Option<Result<Validator, String>>>>,
}

/// All places that have been served, by API and stage.
#[derive(Default)]
pub(crate) struct Places(Mutex<HashMap<String, HashMap<String, Arc<Place>>>>);

impl Places {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, HashMap<String, Arc<Place>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, api_id: &str, stage: &str) -> Option<Arc<Place>> {
        self.lock().get(api_id)?.get(stage).cloned()
    }

    fn put(&self, place: &Arc<Place>) {
        let mut places = self.lock();
        if places.values().map(HashMap::len).sum::<usize>() >= KEPT {
            places.clear();
        }
        places.entry(place.api_id.clone()).or_default().insert(place.stage.stage_name.clone(), place.clone());
    }

    fn forget(&self, api_id: &str, stage: &str) {
        let mut places = self.lock();
        if let Some(stages) = places.get_mut(api_id) {
            stages.remove(stage);
            if stages.is_empty() {
                places.remove(api_id);
            }
        }
    }
}

impl Place {
    /// `None`: no such stage, or never deployed.
    pub(super) fn find(world: &World, api_id: &str, stage: &str) -> Option<Arc<Self>> {
        let known = world.places.get(api_id, stage);
        if known.as_ref().is_some_and(|place| place.is_of(world.state.generation())) {
            return known;
        }
        let found = Self::read(world, known, api_id, stage);
        match &found {
            Some(place) => world.places.put(place),
            None => world.places.forget(api_id, stage),
        }
        found
    }

    /// The same stage as it is now.
    pub(super) fn now(self: &Arc<Self>, world: &World) -> Option<Arc<Self>> {
        if self.is_of(world.state.generation()) {
            return Some(self.clone());
        }
        Self::find(world, &self.api_id, &self.stage.stage_name)
    }

    /// Whether nothing has changed since it was read.
    fn is_of(&self, generation: u64) -> bool {
        self.generation.load(Ordering::Acquire) == generation
    }

    /// Reads the state; what was known stays when it is still true.
    fn read(world: &World, known: Option<Arc<Self>>, api_id: &str, stage_name: &str) -> Option<Arc<Self>> {
        let state = world.state.lock();
        let generation = world.state.generation();
        let settings = state.resources.get(&format!("apis/{api_id}/stages/{stage_name}"))?;
        let deployment = text(settings, "deploymentId");
        let api = state.deployed.get(&format!("apis/{api_id}/deployments/{deployment}"))?;
        let may_log = state.log_role.is_some();
        let here = |fault: &&Fault| fault.api_id == api_id && fault.stage == stage_name;
        let faults: Vec<Fault> = state.faults.iter().filter(here).cloned().collect();
        let same_api = |place: &&Arc<Self>| Arc::ptr_eq(&place.api, api);
        if let Some(place) = known.as_ref().filter(same_api)
            && (place.may_log, &place.settings, &place.faults) == (may_log, settings, &faults)
        {
            place.generation.store(generation, Ordering::Release);
            return known;
        }
        let parsed = known.as_ref().filter(same_api).map(|place| place.parsed.clone());
        let stage: Stage = serde_json::from_value(Value::Object(settings.clone())).ok()?;
        let rules = |key: &str| {
            let route_key: Arc<str> = key.into();
            let before = known.as_ref().map(|place| place.rules(key));
            let rules = Rules {
                level: Level::of(stage.logging_level(key), may_log),
                data_trace: stage.data_trace(key),
                throttle: Throttle::of(&stage, key, before.and_then(|b| b.throttle.as_ref())),
                misbehaviour: Misbehaviour::of(&faults, key, before.and_then(|b| b.misbehaviour.as_ref())),
                route_key: route_key.clone(),
            };
            (route_key, Arc::new(rules))
        };
        Some(Arc::new(Self {
            api_id: api_id.to_owned(),
            may_log,
            label: Arc::new(Label {
                api_id: api_id.to_owned(),
                api_stage: format!("{api_id}/{stage_name}"),
                group: world.logs.group(&format!("/aws/apigateway/{api_id}/{stage_name}")),
            }),
            parsed: parsed.unwrap_or_else(|| Arc::new(Parsed::of(api))),
            rules: api.routes.iter().map(|route| rules(&route.route_key)).collect(),
            // A route that is not deployed has its settings and faults all the same: `$connect` needs no route.
            connect: rules("$connect").1,
            disconnect: rules("$disconnect").1,
            other: rules("").1,
            api: api.clone(),
            settings: settings.clone(),
            faults,
            generation: AtomicU64::new(generation),
            stage: Arc::new(stage),
        }))
    }

    /// What the stage's settings mean for a route.
    pub(super) fn rules(&self, route_key: &str) -> &Arc<Rules> {
        match (self.rules.get(route_key), route_key) {
            (Some(rules), _) => rules,
            (None, "$connect") => &self.connect,
            (None, "$disconnect") => &self.disconnect,
            (None, _) => &self.other,
        }
    }

    /// A template of this deployment, read once.
    pub(super) fn template(&self, source: &str) -> Option<&Result<Template, template::Error>> {
        Some(self.parsed.templates.get(source)?.get_or_init(|| Template::parse(source)))
    }

    /// A model's JSON schema, draft 4, read once.
    pub(super) fn schema(&self, source: &str) -> Option<&Result<Validator, String>> {
        let read = || {
            let schema: Value = serde_json::from_str(source).ok()?;
            Some(jsonschema::draft4::new(&schema).map_err(|e| e.to_string()))
        };
        self.parsed.schemas.get(source)?.get_or_init(read).as_ref()
    }

    /// Whether a text matches a regex of this deployment's integration responses, over its whole length.
    pub(super) fn matches(&self, pattern: &str, text: &str) -> bool {
        let read = || key_regex(pattern).ok();
        let pattern = self.parsed.patterns.get(pattern).map(|slot| slot.get_or_init(read));
        pattern.is_some_and(|pattern| pattern.as_ref().is_some_and(|p| p.is_match(text)))
    }
}

impl Parsed {
    fn of(api: &Snapshot) -> Self {
        let responses = || api.integrations.iter().flat_map(|i| &i.responses);
        let requested = api.integrations.iter().flat_map(|i| i.request_templates.values());
        let answered = responses().flat_map(|r| r.response_templates.values());
        let slashed = responses().map(|r| r.integration_response_key.as_str());
        let schemas = api.models.iter().filter_map(|model| model.schema.clone());
        let patterns = slashed.filter_map(key_pattern);
        Self {
            templates: requested.chain(answered).map(|source| (source.clone(), OnceLock::new())).collect(),
            schemas: schemas.map(|source| (source, OnceLock::new())).collect(),
            patterns: patterns.map(|source| (source.to_owned(), OnceLock::new())).collect(),
        }
    }
}
