//! API keys. Behaviour and words: LocalStack's recordings, unless a line says otherwise.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Desk, Kept, Reply, Tags, full, page, patch, shown};
use crate::answer::Refusal;

/// Characters of a value.
const VALUE: std::ops::RangeInclusive<usize> = 20..=128;
/// Characters of a name.
const NAME: usize = 1024;
/// Characters of a description.
const DESCRIPTION: usize = 125_000;
/// Keys of an account.
const QUOTA: usize = 10_000;
/// Words of the 404.
pub(super) const UNKNOWN: &str = "Invalid API Key identifier specified";

/// An API key, as it is kept and as it is shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ApiKey {
    pub id: String,
    pub value: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub customer_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub enabled: bool,
    pub created_date: i64,
    pub last_updated_date: i64,
    /// `{apiId}/{stage}`.
    pub stage_keys: Vec<String>,
    pub tags: Tags,
}

/// What a create call sends.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Sent {
    pub name: Option<String>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
    pub value: Option<String>,
    pub stage_keys: Option<Vec<StageKey>>,
    pub customer_id: Option<String>,
    pub tags: Option<Tags>,
}

/// A stage, as a create call names it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct StageKey {
    rest_api_id: Option<String>,
    stage_name: Option<String>,
}

/// Everything on `/apikeys` and `/apikeys/{id}`.
pub(super) fn answer(desk: &mut Desk<'_>, method: &Method, id: Option<&str>) -> Result<Reply, Refusal> {
    match (method, id) {
        (&Method::POST, None) => {
            let sent = desk.body()?;
            let key = create(desk, sent)?;
            Ok((201, Some(shown(key, &[], false))))
        }
        (&Method::GET, None) => list(desk),
        (&Method::GET, Some(id)) => {
            let hidden: &[&str] = if desk.call.query("includeValue") == Some("true") { &[] } else { &["value"] };
            Ok((200, Some(shown(find(&desk.state.gateway_v1, id)?, hidden, true))))
        }
        (&Method::PATCH, Some(id)) => update(desk, id),
        (&Method::DELETE, Some(id)) => {
            find(&desk.state.gateway_v1, id)?;
            let kept = &mut desk.state.gateway_v1;
            kept.api_keys.retain(|key| key.id != id);
            for plan in &mut kept.usage_plans {
                plan.keys.retain(|key| key != id);
            }
            for tallies in kept.usage.values_mut() {
                tallies.remove(id);
            }
            kept.buckets.forget(|_, key| key == id);
            Ok((202, None))
        }
        _ => Err(Refusal::unknown_operation()),
    }
}

pub(super) fn find<'a>(kept: &'a Kept, id: &str) -> Result<&'a ApiKey, Refusal> {
    kept.api_keys.iter().find(|key| key.id == id).ok_or_else(|| Refusal::not_found(UNKNOWN))
}

/// A new key; without a value it gets one. A name is no name when it is empty.
pub(super) fn create<'a>(desk: &'a mut Desk<'_>, sent: Sent) -> Result<&'a ApiKey, Refusal> {
    let mut key = ApiKey {
        id: desk.world.ids.alphanumeric(10),
        value: sent.value.unwrap_or_default(),
        name: sent.name.unwrap_or_default(),
        customer_id: sent.customer_id.unwrap_or_default(),
        description: sent.description.unwrap_or_default(),
        enabled: sent.enabled.unwrap_or_default(),
        created_date: desk.now(),
        last_updated_date: desk.now(),
        stage_keys: Vec::new(),
        tags: super::tags::checked(sent.tags)?,
    };
    check(&key)?;
    match key.value.chars().count() {
        0 => key.value = desk.world.ids.alphanumeric(40),
        n if n < *VALUE.start() => return Err(Refusal::bad_request("API Key value should be at least 20 characters")),
        n if n > *VALUE.end() => {
            return Err(Refusal::bad_request("API Key value exceeds maximum size of 128 characters"));
        }
        _ => {}
    }
    if desk.state.gateway_v1.api_keys.iter().any(|other| other.value == key.value) {
        // rrahul963/serverless-add-api-key#27, terraform-provider-aws#17130.
        return Err(Refusal::conflict("API Key already exists"));
    }
    full("API keys", desk.state.gateway_v1.api_keys.len(), QUOTA)?;
    for stage in sent.stage_keys.unwrap_or_default() {
        let name = format!("{}/{}", stage.rest_api_id.unwrap_or_default(), stage.stage_name.unwrap_or_default());
        add_stage(desk, &mut key, name)?;
    }
    let keys = &mut desk.state.gateway_v1.api_keys;
    keys.push(key);
    keys.last().ok_or_else(Refusal::unknown_operation)
}

/// A stage that a key is for, which has had no effect since there are usage plans. The 400 is assumed.
fn add_stage(desk: &Desk<'_>, key: &mut ApiKey, stage: String) -> Result<(), Refusal> {
    if !stage.split_once('/').is_some_and(|(api, name)| desk.has_stage(api, name)) {
        return Err(Refusal::bad_request("Invalid stage identifier specified"));
    }
    if !key.stage_keys.contains(&stage) {
        key.stage_keys.push(stage);
    }
    Ok(())
}

fn check(key: &ApiKey) -> Result<(), Refusal> {
    if key.name.chars().count() > NAME {
        return Err(Refusal::bad_request("Invalid API Key name, can be at most 1024 characters."));
    }
    if key.description.chars().count() > DESCRIPTION {
        return Err(Refusal::bad_request("Invalid API Key description specified."));
    }
    Ok(())
}

/// Newest first; a name is asked for by its beginning.
fn list(desk: &Desk<'_>) -> Result<Reply, Refusal> {
    let call = desk.call;
    let name = call.query("name").unwrap_or_default();
    let customer = call.query("customerId").unwrap_or_default();
    let hidden: &[&str] = if call.query("includeValues") == Some("true") { &[] } else { &["value"] };
    let keys = desk.state.gateway_v1.api_keys.iter().rev();
    let asked = keys.filter(|k| k.name.starts_with(name) && (customer.is_empty() || k.customer_id == customer));
    page::of(call, asked.map(|key| (key.id.as_str(), shown(key, hidden, false))))
}

fn update(desk: &mut Desk<'_>, id: &str) -> Result<Reply, Refusal> {
    let mut key = find(&desk.state.gateway_v1, id)?.clone();
    for operation in patch::operations(desk)? {
        let value = operation.value.clone();
        match (operation.op.as_str(), operation.path.as_str()) {
            ("replace", "/name") => key.name = value,
            ("replace", "/description") => key.description = value,
            ("replace", "/customerId") => key.customer_id = value,
            // What is no boolean is false.
            ("replace", "/enabled") => key.enabled = value.eq_ignore_ascii_case("true"),
            ("add", "/stages") => add_stage(desk, &mut key, value)?,
            ("remove", "/stages") => key.stage_keys.retain(|stage| *stage != value),
            ("replace", _) => return Err(operation.refused(&["/description", "/enabled", "/name", "/customerId"])),
            ("add" | "remove", _) => return Err(operation.refused(&["/stages"])),
            _ => return Err(operation.refused(&[])),
        }
    }
    check(&key)?;
    key.last_updated_date = desk.now();
    let answer: Value = shown(&key, &["value"], true);
    if let Some(kept) = desk.state.gateway_v1.api_keys.iter_mut().find(|k| k.id == id) {
        *kept = key;
    }
    Ok((200, Some(answer)))
}
