//! Tags of what can have them, addressed by ARN: `arn:aws:apigateway:{region}::/apis/{id}/stages/{name}` (facts 8.1; the
//! ARN forms are assumed).

use http::Method;
use serde_json::{Value, json};

use super::{Desk, Reply};
use crate::answer::Refusal;
use crate::front::Call;

/// Tags of a resource (facts 5.1).
const MOST: usize = 50;

/// GET, POST and DELETE on `/v2/tags/{arn}`.
pub(super) fn answer(desk: &mut Desk<'_>, method: &Method, arn: &str, call: &Call) -> Result<Reply, Refusal> {
    let path = arn.split_once("::/").map(|(_, path)| path.to_owned()).unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    if !matches!(parts[..], ["apis" | "vpclinks" | "domainnames", _] | ["apis", _, "stages", _]) {
        return Err(Refusal::bad_request("Invalid resource ARN specified")); // assumed
    }
    desk.find(&parts)?;
    let resource = desk.state.resources.get_mut(&path).ok_or_else(Refusal::unknown_operation)?;
    let mut tags = resource.get("tags").and_then(Value::as_object).cloned().unwrap_or_default();
    let status = match *method {
        Method::GET => return Ok((200, Some(json!({ "tags": tags })))),
        Method::POST => {
            let sent = call.json_object().map_err(|e| Refusal::bad_request(e.to_string()))?;
            tags.extend(sent.get("tags").and_then(Value::as_object).cloned().unwrap_or_default());
            check(tags.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default())), MOST)?;
            if tags.values().any(|value| !value.is_string()) {
                return Err(Refusal::bad_request("Tag values must be strings")); // assumed
            }
            201
        }
        Method::DELETE => {
            tags.retain(|key, _| !call.query_all("tagKeys").any(|gone| gone == key));
            204
        }
        _ => return Err(Refusal::unknown_operation()),
    };
    resource.insert("tags".into(), Value::Object(tags));
    Ok((status, (status == 201).then(|| json!({}))))
}

/// What a resource's tags can be: how many, and their lengths (the developer guide); the words are assumed.
pub(crate) fn check<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>, most: usize) -> Result<(), Refusal> {
    for (count, (key, value)) in tags.enumerate() {
        if count >= most {
            return Err(Refusal::bad_request(format!("A resource can have at most {most} tags")));
        }
        if key.is_empty() || key.chars().count() > 128 || key.starts_with("aws:") {
            return Err(Refusal::bad_request(format!("Invalid tag key: {key}")));
        }
        if value.chars().count() > 256 {
            return Err(Refusal::bad_request(format!("Invalid tag value: {value}")));
        }
    }
    Ok(())
}
