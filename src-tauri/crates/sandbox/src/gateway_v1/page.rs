//! Pages of lists: `{"item": […], "position": …}`, by `limit` and `position` (botocore's model: 25, at most 500).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Reply;
use crate::answer::Refusal;
use crate::front::Call;

/// Ids and what is shown.
type Items<'a> = Vec<(&'a str, Value)>;

const DEFAULT: usize = 25;
const MOST: usize = 500;

/// How many a page has. A limit that is no number from 1 on counts as not sent (LocalStack's recording of -1).
pub(super) fn size(call: &Call) -> usize {
    call.query("limit").and_then(|n| n.parse().ok()).filter(|n| *n > 0).unwrap_or(DEFAULT).min(MOST)
}

/// The part of `items` (id and what is shown) that the call asks for.
pub(super) fn of<'a>(call: &Call, items: impl Iterator<Item = (&'a str, Value)>) -> Result<Reply, Refusal> {
    let (items, position) = cut(call, items)?;
    let mut answer = json!({ "item": items.into_iter().map(|(_, item)| item).collect::<Vec<_>>() });
    if let Some(position) = position {
        answer["position"] = json!(position);
    }
    Ok((200, Some(answer)))
}

/// The same before it is put in an answer: the items, and where the next page begins.
pub(super) fn cut<'a>(
    call: &Call,
    items: impl Iterator<Item = (&'a str, Value)>,
) -> Result<(Items<'a>, Option<String>), Refusal> {
    let mut items = items.peekable();
    if let Some(position) = call.query("position").filter(|p| !p.is_empty()) {
        let last = URL_SAFE_NO_PAD.decode(position).ok().and_then(|id| String::from_utf8(id).ok());
        let found = last.is_some_and(|last| items.by_ref().any(|(id, _)| id == last));
        if !found {
            return Err(Refusal::bad_request("Invalid position parameter")); // assumed
        }
    }
    let page: Items<'a> = items.by_ref().take(size(call)).collect();
    let next = items.peek().and(page.last()).map(|(id, _)| URL_SAFE_NO_PAD.encode(id));
    Ok((page, next))
}
