//! The tutorial's chat backend as a function: rooms, who is in them, and messages to all of a room.
//!
//! It is invoked by proxy integrations of `$connect`, `$disconnect`, `$default`, `joinroom` and `sendmessage`, and
//! pushes as a backend does with `@connections`, but inside the process. It skips connections that are gone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::World;
use crate::connect::push_text;

/// Members that are remembered; of more, nobody joins.
const MOST: usize = 20_000;
/// Characters of a room's name.
const LONGEST: usize = 256;
/// Members that one message goes to.
const AUDIENCE: usize = 1000;

/// Connection id → room; an empty room's name stands for none yet.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Rooms(BTreeMap<String, String>);

/// One event of the API.
pub(super) async fn run(world: &World, event: &Value) -> Value {
    let context = &event["requestContext"];
    let id = context["connectionId"].as_str().unwrap_or_default();
    let body: Value = event["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    match context["routeKey"].as_str().unwrap_or_default() {
        "$connect" => enter(world, id, ""),
        "$disconnect" => {
            world.state.lock().lambda.chat.0.remove(id);
            said(200, &json!({ "left": true }))
        }
        "joinroom" => match body["roomname"].as_str().filter(|room| !room.is_empty() && room.len() <= LONGEST) {
            Some(room) => enter(world, id, room),
            None => said(400, &json!({ "error": "roomname is missing" })),
        },
        "sendmessage" => match body["message"].as_str() {
            Some(message) => send(world, id, message).await,
            None => said(400, &json!({ "error": "message is missing" })),
        },
        _ => said(
            200,
            &json!({ "help": "send {\"action\":\"joinroom\",\"roomname\":\"developers\"} or \
                {\"action\":\"sendmessage\",\"message\":\"hello!!!!\"}" }),
        ),
    }
}

fn said(status: u16, body: &Value) -> Value {
    json!({ "statusCode": status, "body": body.to_string() })
}

fn enter(world: &World, id: &str, room: &str) -> Value {
    let rooms = &mut world.state.lock().lambda.chat.0;
    if rooms.len() >= MOST && !rooms.contains_key(id) {
        return said(503, &json!({ "error": "the chat is full" }));
    }
    rooms.insert(id.to_owned(), room.to_owned());
    said(200, &json!({ "joined": room }))
}

/// To the other members of the sender's room, then back to the sender.
async fn send(world: &World, sender: &str, message: &str) -> Value {
    let members: Vec<String> = {
        let rooms = &world.state.lock().lambda.chat.0;
        let room = rooms.get(sender).filter(|room| !room.is_empty());
        let others = rooms.iter().filter(|(id, theirs)| Some(*theirs) == room && *id != sender);
        others.map(|(id, _)| id.clone()).take(AUDIENCE).collect()
    };
    let pushes = members.iter().map(|id| async move { (id, push_text(world, id, message).await) });
    let told = futures_util::future::join_all(pushes).await;
    let reached = told.iter().filter(|(_, there)| *there).count();
    {
        let rooms = &mut world.state.lock().lambda.chat.0;
        for (id, _) in told.iter().filter(|(_, there)| !there) {
            rooms.remove(*id);
        }
    }
    push_text(world, sender, message).await;
    said(200, &json!({ "sent": reached }))
}
