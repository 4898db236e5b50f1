//! VPC links, the way to a private load balancer (LocalStack's recordings).

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Desk, Kept, Reply, Tags, full, page, patch, shown};
use crate::answer::Refusal;
use crate::resources::text;

/// Links of an account and region.
const QUOTA: usize = 20;
/// How long a new one is PENDING, in seconds. AWS takes minutes; the sandbox's clock can be moved on.
const PENDING: i64 = 10;

/// A link, as it is kept; its status is a matter of time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct VpcLink {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// One load balancer.
    pub target_arns: Vec<String>,
    pub tags: Tags,
    /// Seconds since 1970.
    pub created: i64,
}

impl VpcLink {
    /// Whether requests pass, at a time in milliseconds since 1970.
    pub(crate) fn is_available(&self, now_ms: i64) -> bool {
        now_ms / 1000 >= self.created + PENDING
    }

    /// As if it had been made long ago: a seed does not wait.
    pub(crate) fn ripen(&mut self) {
        self.created -= PENDING;
    }

    fn shown(&self, now_ms: i64, empty_tags: bool) -> Value {
        let mut link = shown(self, &["created"], empty_tags);
        if self.is_available(now_ms) {
            link["status"] = json!("AVAILABLE");
            link["statusMessage"] = json!("Your vpc link is ready for use");
        } else {
            link["status"] = json!("PENDING");
        }
        link
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Sent {
    name: Option<String>,
    description: Option<String>,
    target_arns: Option<Vec<String>>,
    tags: Option<Tags>,
}

/// Everything on `/vpclinks` and `/vpclinks/{id}`.
pub(super) fn answer(desk: &mut Desk<'_>, method: &Method, id: Option<&str>) -> Result<Reply, Refusal> {
    let now = desk.world.clock.now();
    match (method, id) {
        (&Method::POST, None) => create(desk, now),
        (&Method::GET, None) => {
            let links = desk.state.gateway_v1.vpc_links.iter();
            page::of(desk.call, links.map(|link| (link.id.as_str(), link.shown(now, false))))
        }
        (&Method::GET, Some(id)) => Ok((200, Some(find(&desk.state.gateway_v1, id)?.shown(now, true)))),
        (&Method::PATCH, Some(id)) => {
            let mut link = find(&desk.state.gateway_v1, id)?.clone();
            for operation in patch::operations(desk)? {
                match (operation.op.as_str(), operation.path.as_str()) {
                    ("replace", "/name") => link.name.clone_from(&operation.value),
                    ("replace", "/description") => link.description.clone_from(&operation.value),
                    _ => return Err(operation.refused(&["/name", "/description"])),
                }
            }
            check(&link)?;
            let answer = link.shown(now, true);
            if let Some(kept) = desk.state.gateway_v1.vpc_links.iter_mut().find(|l| l.id == id) {
                *kept = link;
            }
            Ok((200, Some(answer)))
        }
        (&Method::DELETE, Some(id)) => {
            find(&desk.state.gateway_v1, id)?;
            if let Some(user) = desk.state.resources.values().find(|(_, r)| text(r, "connectionId") == id) {
                // Assumed: what REST APIs answer, with the integration in the method's place.
                return Err(Refusal::bad_request(format!(
                    "Cannot delete vpc link. Vpc link '{id}', is referenced in [{}]",
                    user.0
                )));
            }
            desk.state.gateway_v1.vpc_links.retain(|link| link.id != id);
            Ok((202, None))
        }
        _ => Err(Refusal::unknown_operation()),
    }
}

fn find<'a>(kept: &'a Kept, id: &str) -> Result<&'a VpcLink, Refusal> {
    let found = kept.vpc_links.iter().find(|link| link.id == id);
    found.ok_or_else(|| Refusal::not_found("Invalid Vpc Link identifier specified"))
}

fn create(desk: &mut Desk<'_>, now: i64) -> Result<Reply, Refusal> {
    let sent: Sent = desk.body()?;
    let link = VpcLink {
        id: desk.world.ids.alphanumeric(6),
        name: sent.name.unwrap_or_default(),
        description: sent.description.unwrap_or_default(),
        target_arns: sent.target_arns.unwrap_or_default(),
        tags: super::tags::checked(sent.tags)?,
        created: now / 1000,
    };
    check(&link)?;
    full("VPC links", desk.state.gateway_v1.vpc_links.len(), QUOTA)?;
    let answer = link.shown(now, false);
    desk.state.gateway_v1.vpc_links.push(link);
    Ok((202, Some(answer)))
}

/// That there is one target is from botocore's model, its words and those of lengths are assumed.
fn check(link: &VpcLink) -> Result<(), Refusal> {
    if link.name.is_empty() {
        return Err(Refusal::bad_request("Name cannot be empty"));
    }
    if link.name.len() > 1024 || link.description.len() > 1024 {
        return Err(Refusal::bad_request("Name and description can be at most 1024 characters"));
    }
    let [arn] = link.target_arns.as_slice() else {
        return Err(Refusal::bad_request("Exactly one target ARN must be specified"));
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    if parts.len() < 6 || parts[0] != "arn" || arn.len() > 1024 {
        return Err(Refusal::bad_request(format!("Invalid ARN. ARN is not well formed {arn}")));
    }
    Ok(())
}
