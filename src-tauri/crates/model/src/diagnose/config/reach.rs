//! Who may call whom: what a URI names once a stage's variables stand in it, and whether a function's policy lets API Gateway
//! call it from one place of the API.
//!
//! It knows what was read of the account and says `Unknown` for the rest. Where to look next: `surroundings.rs`, what is read.

use crate::api::{Snapshot, Stage};
use crate::authorizer::function_arn;
use crate::policy;
use crate::surroundings::Permission;

const VARIABLE: &str = "${stageVariables.";

/// The first stage variable in a text that the stage does not set. One that is set but empty is as good as none (facts 2.2).
pub(in crate::diagnose) fn unset<'a>(text: &'a str, stage: &Stage) -> Option<&'a str> {
    let names = text.split(VARIABLE).skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let mut names = names.filter(|name| stage.stage_variables.get(*name).is_none_or(String::is_empty));
    names.next()
}

/// The text with the stage's variables in it; `None` where one is not known.
pub(in crate::diagnose) fn filled(text: &str, stage: Option<&Stage>) -> Option<String> {
    if !text.contains(VARIABLE) {
        return Some(text.to_owned());
    }
    let stage = stage.filter(|stage| unset(text, stage).is_none())?;
    let with = |text: String, (name, value): (&String, &String)| text.replace(&format!("{VARIABLE}{name}}}"), value);
    Some(stage.stage_variables.iter().fold(text.to_owned(), with))
}

/// The function behind an invocation URI, with its alias or version if the URI names one.
pub(in crate::diagnose) fn function(uri: &str, stage: Option<&Stage>) -> Option<String> {
    function_arn(&filled(uri, stage)?).filter(|arn| arn.contains(":function:")).map(str::to_owned)
}

/// The function's name, alone.
pub(in crate::diagnose) fn name(arn: &str) -> Option<&str> {
    arn.split_once(":function:")?.1.split([':', '/']).next().filter(|name| !name.is_empty())
}

/// `wss://{apiId}.execute-api.{region}.amazonaws.com`.
pub(in crate::diagnose) fn region(snapshot: &Snapshot) -> Option<&str> {
    snapshot.api.api_endpoint.split_once(".execute-api.")?.1.split('.').next().filter(|region| !region.is_empty())
}

/// Whether API Gateway may call a function.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::diagnose) enum Permitted {
    /// A statement says so.
    Yes,
    /// None does; in words, the statement that comes nearest.
    No(String),
    /// What there is was not read, or can't be.
    Unknown,
}

/// Whether a statement lets API Gateway call this function from `place`: `{apiId}/{stage or *}/{routeKey}`, or
/// `{apiId}/authorizers/{id}` (facts 2.3 #1, #3, #16). Functions of other regions are not read.
pub(in crate::diagnose) fn permitted(snapshot: &Snapshot, function: &str, place: &str) -> Permitted {
    let Some(around) = snapshot.surroundings.as_ref().filter(|a| !a.unread.contains_key("permissions")) else {
        return Permitted::Unknown;
    };
    let region = region(snapshot);
    if region.is_some_and(|region| !function.contains(&format!(":lambda:{region}:"))) {
        return Permitted::Unknown;
    }
    let covering = |p: &&Permission| p.source_arn.as_deref().is_none_or(|source| covers(source, place, region));
    let own: Vec<&Permission> = around.permissions.iter().filter(|p| p.function_arn == function).collect();
    if own.iter().any(covering) {
        return Permitted::Yes;
    }
    // A policy belongs to the function, or to one alias or version of it: what is called needs its own.
    let (bare, qualifier) = split(function);
    let other = around.permissions.iter().filter(|p| p.function_arn != function && split(&p.function_arn).0 == bare);
    let api = place.split('/').next().unwrap_or_default();
    let near = own.iter().find(|p| p.source_arn.as_deref().is_some_and(|s| s.contains(api)));
    let shown = name(function).unwrap_or(function);
    Permitted::No(match (other.filter(covering).count() > 0, near.and_then(|p| p.source_arn.as_deref())) {
        (true, _) => match qualifier {
            Some(alias) => {
                format!("the permission is on {shown} or another alias of it, and {shown}:{alias} is called")
            }
            None => format!("the permission is on an alias of {shown}, and {shown} itself is called"),
        },
        (false, Some(source)) => format!("the permission is for {source}, which is not …:{place}"),
        (false, None) => format!("{} statements of {shown} for API Gateway, none for …:{place}", own.len()),
    })
}

/// `ArnLike`, part by part; the account is the API's own and known to AWS only.
fn covers(source: &str, place: &str, region: Option<&str>) -> bool {
    let parts: Vec<&str> = source.splitn(6, ':').collect();
    match parts[..] {
        ["*"] => true,
        [_, _, service, of, _, path] => {
            policy::matches(service, "execute-api")
                && region.is_none_or(|region| policy::matches(of, region))
                && policy::matches(path, place)
        }
        _ => false,
    }
}

/// `arn:aws:lambda:{region}:{account}:function:{name}` and what may stand after it.
fn split(arn: &str) -> (&str, Option<&str>) {
    match arn.match_indices(':').nth(6) {
        Some((at, _)) => (&arn[..at], Some(&arn[at + 1..])),
        None => (arn, None),
    }
}
