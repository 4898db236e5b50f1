//! Who may connect: Lambda REQUEST authorizers, signatures, API keys. Only `$connect` is ever authorised.
//!
//! Outcomes, statuses and messages: the recorded handshakes (facts 2, 2.1 and 3); order of lines: facts 2 section 1.
//! `custom` is the Lambda authorizer, `keys` the usage plan, here is IAM; what policies say is `policy.rs`'s.

mod custom;
mod keys;

use std::sync::Arc;

use gatescope_model::authorizer::INVOKE;
use serde_json::{Map, Value, json};

use super::execution::{Execution, Failure};
use crate::World;
use crate::front::Call;
use crate::sign::{self, Caller, Unsigned};

/// Lets the request pass, or says what the client sees. Writes lines 2 to 6 too: what an authorizer answered can
/// hold the key.
pub(super) async fn authorize(execution: &mut Execution, call: &Call) -> Result<(), Failure> {
    let api = execution.place.api.clone();
    let mut key = None;
    if let Some(route) = api.route("$connect") {
        match route.authorization_type.as_str() {
            "AWS_IAM" => signed(execution, call)?,
            "CUSTOM" => {
                let id = route.authorizer_id.as_deref().unwrap_or_default();
                key = match api.authorizers.iter().find(|a| a.authorizer_id == id) {
                    Some(authorizer) => custom::ask(execution, authorizer).await?,
                    None => return Err(custom::unusable(execution, "Authorizer error", "Internal server error")),
                };
            }
            _ => {}
        }
    }
    keys::admit(execution, call, key)
}

/// AWS_IAM: that an unsigned handshake gets 403 is reported; all words are assumed to be those of `@connections`
/// (facts 2 section 12.1). Nothing of it is logged (assumed).
fn signed(execution: &mut Execution, call: &Call) -> Result<(), Failure> {
    let caller = match sign::caller(&execution.world, call) {
        Ok(caller) => caller,
        Err(unsigned) => {
            let (kind, message) = match unsigned {
                Unsigned::Missing => ("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token".to_owned()),
                Unsigned::Refused { message, .. } => ("INVALID_SIGNATURE", message),
            };
            execution.access.insert("authenticate".into(), json!({ "status": 403, "error": message }));
            return Err(execution.refuse(kind, Failure::new(403, &message)));
        }
    };
    execution.access.insert("authenticate".into(), json!({ "status": 200 }));
    let arn = execution.arn("$connect");
    match verdict(&caller, &execution.world, call, INVOKE, &arn) {
        None => {
            execution.access.insert("authorize".into(), json!({ "status": 200 }));
            if let Some(peer) = Arc::get_mut(&mut execution.peer) {
                peer.identity = identity(&caller);
            }
            Ok(())
        }
        Some(message) => {
            execution.access.insert("authorize".into(), json!({ "status": 403, "error": message }));
            Err(execution.refuse("ACCESS_DENIED", Failure::new(403, &message)))
        }
    }
}

/// Who called, as `$context.identity` names it (recorded in the access log of `@connections`).
pub(super) fn identity(caller: &Caller) -> Map<String, Value> {
    let mut identity = Map::new();
    identity.insert("accountId".into(), json!(caller.account));
    identity.insert("caller".into(), json!(caller.user_id));
    identity.insert("user".into(), json!(caller.user_id));
    identity.insert("userArn".into(), json!(caller.arn));
    identity
}

/// Nothing when the caller may, else AWS's sentence. The resource's account is masked but for its last four digits
/// (recorded for `@connections`).
pub(super) fn verdict(caller: &Caller, world: &World, call: &Call, action: &str, resource: &str) -> Option<String> {
    let context = [("aws:SourceIp", call.origin.source_ip.as_str()), ("aws:UserAgent", call.header("user-agent"))];
    let why = caller.may(action, resource, &context).err()?;
    let account = &world.options.account;
    let shown = format!("{}{}", "*".repeat(8), account.get(8..).unwrap_or_default());
    let resource = resource.replacen(&format!(":{account}:"), &format!(":{shown}:"), 1);
    Some(format!("User: {} is not authorized to perform: {action} on resource: {resource} {why}", caller.arn))
}

/// Stars but for the last six characters, as AWS masks (facts 1.3 #30).
fn mask(text: &str) -> String {
    let n = text.chars().count().saturating_sub(6);
    "*".repeat(n) + &text.chars().skip(n).collect::<String>()
}
