//! `lambda-error`: the function raised, could not be loaded or ended early.

use super::case::{Case, Found, Seen};
use super::{Cause, Confidence};
use crate::function_log::is_crash;
use crate::log::Kind;
use crate::redact::redact;
use crate::verdict::{Action, Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "lambda-error", rule };

/// What the function said, and under which id its own log has it.
pub(super) struct Crash<'a> {
    pub line: Seen<'a>,
    pub error: &'a str,
    pub request_id: Option<&'a str>,
}

/// The line that tells of the function's failure.
pub(super) fn crash<'a>(case: &Case<'a>) -> Option<Crash<'a>> {
    case.lines.iter().find_map(|&line| match line.kind {
        Kind::LambdaFailed { error, lambda_request_id, .. } => {
            Some(Crash { line, error, request_id: Some(lambda_request_id) })
        }
        Kind::LambdaFailedUnnamed { error, .. } => Some(Crash { line, error, request_id: None }),
        _ => None,
    })
}

/// Where no line names the run.
pub(super) const LOOK: &str = "Open the function’s own log at this time.";

/// How the function's own log is found.
pub(super) fn where_to_look(crash: &Crash) -> String {
    crash
        .request_id
        .map_or_else(|| LOOK.to_owned(), |id| format!("Open the function’s own log at the request id {id}."))
}

fn rule(case: &Case) -> Option<Found> {
    let Some(crash) = crash(case) else { return by_header(case).or_else(|| by_the_functions_log(case)) };
    if crash.error.contains("Task timed out after") {
        return None;
    }
    let first = crash.error.lines().next().unwrap_or_default();
    let mut evidence = case.line(crash.line, format!("says it in AWS’s words: {}", redact(first)));
    if let Some(header) = function_error(case) {
        evidence.splice(1..1, header);
    }
    // A push that was refused made it fail: that is told too, and is the cause.
    let push = case.push_refused();
    let confidence = if push.is_some() { case.by_log().min(Confidence::Likely) } else { case.by_log() };
    evidence.extend(push.filter(|push| !evidence.iter().any(|e| e.place == push.place)));
    Some(found(case, confidence, evidence, where_to_look(&crash), case.open_log(crash.request_id)))
}

/// With the sentence missing, Lambda's own header still tells of the crash.
fn by_header(case: &Case) -> Option<Found> {
    let evidence: Vec<_> = function_error(case)?.into_iter().chain(case.tie()).collect();
    Some(found(case, Confidence::Likely, evidence, LOOK.to_owned(), case.open_log(None)))
}

/// The function’s own log, where nothing else tells.
fn by_the_functions_log(case: &Case) -> Option<Found> {
    let beside = case.alone_beside(|line| is_crash(&line.text))?;
    let place = Place::Beside { log_group: beside.log_group.clone(), at: beside.at };
    let first = beside.text.lines().next().unwrap_or_default();
    let evidence = vec![Evidence { place, text: format!("is the function’s crash: {}", redact(first)) }];
    Some(found(case, Confidence::Likely, evidence, LOOK.to_owned(), None))
}

fn function_error(case: &Case) -> Option<Vec<Evidence>> {
    let marked = |kind: &Kind| match kind {
        Kind::EndpointResponseHeaders { headers } => headers.to_ascii_lowercase().contains("x-amz-function-error="),
        _ => false,
    };
    case.find(marked)
        .map(|line| case.line(line, "has X-Amz-Function-Error: the function failed").into_iter().take(1).collect())
}

fn found(case: &Case, confidence: Confidence, evidence: Vec<Evidence>, fix: String, action: Option<Action>) -> Found {
    let function = case.function().map(|name| format!(" {name}")).unwrap_or_default();
    Found {
        confidence,
        title: format!("{} function{function} failed", case.whose()),
        reason: format!("Lambda ran the function and it ended with an error instead of an answer, {}.", case.so()),
        fix,
        evidence,
        action,
    }
}
