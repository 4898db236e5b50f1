//! Tags of what API Gateway V1 has here, addressed by ARN: `arn:aws:apigateway:{region}::/apikeys/{id}`.
//! Paths and statuses: botocore's model; words are assumed.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::{Desk, Kept, Reply, Tags};
use crate::answer::Refusal;

/// Tags of a resource (the developer guide's quota).
const MOST: usize = 50;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sent {
    tags: Option<Tags>,
}

/// GET, PUT and DELETE on `/tags/{arn}`.
pub(super) fn answer(desk: &mut Desk<'_>, method: &Method, arn: &str) -> Result<Reply, Refusal> {
    let sent = if method == Method::PUT { desk.body::<Sent>()?.tags } else { None };
    let call = desk.call;
    let prefix = format!("arn:aws:apigateway:{}::/", desk.world.options.region);
    let path = arn.strip_prefix(&prefix).ok_or_else(|| Refusal::bad_request("Invalid ARN specified in the request"))?;
    let tags = of(&mut desk.state.gateway_v1, path).ok_or_else(|| Refusal::not_found("Resource not found"))?;
    match *method {
        Method::GET => Ok((200, Some(json!({ "tags": tags })))),
        Method::PUT => {
            let mut all = tags.clone();
            all.extend(sent.unwrap_or_default());
            *tags = checked(Some(all))?;
            Ok((204, None))
        }
        Method::DELETE => {
            for key in call.query_all("tagKeys") {
                tags.remove(key);
            }
            Ok((204, None))
        }
        _ => Err(Refusal::unknown_operation()),
    }
}

fn of<'a>(kept: &'a mut Kept, path: &str) -> Option<&'a mut Tags> {
    let (kind, id) = path.split_once('/')?;
    match kind {
        "apikeys" => kept.api_keys.iter_mut().find(|r| r.id == id).map(|r| &mut r.tags),
        "usageplans" => kept.usage_plans.iter_mut().find(|r| r.id == id).map(|r| &mut r.tags),
        "vpclinks" => kept.vpc_links.iter_mut().find(|r| r.id == id).map(|r| &mut r.tags),
        "clientcertificates" => {
            kept.client_certificates.iter_mut().find(|r| r.client_certificate_id == id).map(|r| &mut r.tags)
        }
        _ => None,
    }
}

/// Tags that a resource can have.
pub(super) fn checked(tags: Option<Tags>) -> Result<Tags, Refusal> {
    let tags = tags.unwrap_or_default();
    crate::gateway_v2::check_tags(tags.iter().map(|(key, value)| (key.as_str(), value.as_str())), MOST)?;
    Ok(tags)
}
