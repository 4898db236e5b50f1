//! Lists: sorted by id, no `nextToken` when complete (facts 2, 8).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Desk, Reply};
use crate::answer::Refusal;
use crate::front::Call;

/// Resources on a page when the caller does not say (assumed; 500 is what the model allows at most).
const PAGE: usize = 500;

/// GET on a collection.
pub(super) fn page(desk: &Desk<'_>, collection: &[&str], call: &Call) -> Result<Reply, Refusal> {
    Desk::kind(collection)?;
    if collection.len() > 1 {
        desk.find(&collection[..collection.len() - 1])?;
    }
    let size = match call.query("maxResults") {
        None => PAGE,
        Some(n) => match n.parse() {
            Ok(n @ 1..=PAGE) => n,
            _ => return Err(Refusal::bad_request("Invalid maxResults specified")),
        },
    };
    let after = match call.query("nextToken") {
        None => String::new(),
        Some(token) => URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|id| String::from_utf8(id).ok())
            .ok_or_else(|| Refusal::bad_request("Invalid nextToken specified"))?,
    };
    let collection = collection.join("/");
    let mut rest = desk.state.resources.list(&collection).filter(|(id, _)| *id > after.as_str()).peekable();
    let mut last = String::new();
    let items: Vec<Value> = rest
        .by_ref()
        .take(size)
        .map(|(id, resource)| {
            id.clone_into(&mut last);
            Value::Object(desk.shown(resource))
        })
        .collect();
    let mut answer = json!({ "items": items });
    if rest.peek().is_some() {
        answer["nextToken"] = json!(URL_SAFE_NO_PAD.encode(last));
    }
    Ok((200, Some(answer)))
}
