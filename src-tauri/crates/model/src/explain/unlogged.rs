//! What a paste tells beyond the lines of a request: causes for requests that the rules leave without one.
//!
//! The rules of [`crate::diagnose`] come first, always. Then, in this order: lines cut out of other text, AWS's sentences,
//! rows of access logs, what clients print, and what an answer alone leaves open. Nothing from here is certain.

use super::hint::{self, Hint, LIKELY};
use super::pasted::Pasted;
use super::read::{self, Entry, Other};
use super::{ExplainedCause, ExplainedRequest, access, build, client, loose, one, sentences};
use crate::conversation::LinkKind;
use crate::correlate::Request;
use crate::log::Kind;
use crate::verdict::Confidence;

/// Causes that say only that a function or a backend failed: what it says of itself goes before them.
const SHALLOW: [&str; 4] = ["lambda-error", "lambda-rejected", "backend-rejected", "throttled"];
/// What a function can say of itself that goes deeper.
const DEEPER: [&str; 9] = [
    "callback-url-wrong",
    "callback-endpoint-disabled",
    "manage-connections-denied",
    "connection-gone",
    "connection-id-invalid",
    "payload-too-large",
    "post-inside-connect",
    "iam-signature-invalid",
    "lambda-timeout",
];

/// A member of the event of a `$disconnect`.
const ENDING: &str = "\"disconnectStatusCode\"";

/// All of a paste that holds no line of an execution log.
pub(super) fn whole(text: &str, unread: Option<&str>) -> Pasted {
    let mut pasted = Pasted::default();
    for (line, number) in text.lines().zip(1..) {
        // Notes are not the paste's own words.
        if !line.trim_start().starts_with("# ") {
            pasted.push(line, number);
        }
    }
    pasted.push(unread.unwrap_or_default(), 0);
    pasted
}

/// What stands beside the lines of an execution log.
pub(super) fn beside(others: &[Other], unread: Option<&str>) -> Pasted {
    let mut pasted = Pasted::default();
    for other in others {
        pasted.push(&other.text, other.number);
    }
    pasted.push(unread.unwrap_or_default(), 0);
    pasted
}

/// Gives causes to the requests that have none.
pub(super) fn add(
    explained: &mut Vec<ExplainedRequest>,
    requests: &[Request],
    entries: &[Entry],
    answered: Option<(usize, Vec<Hint>)>,
    pasted: &Pasted,
) {
    for (request, explained) in requests.iter().zip(explained.iter_mut()) {
        // That a backend answered so is no more than what is seen.
        if speaks(request) && explained.causes.iter().all(|c| c.cause == "backend-rejected" && c.confidence < LIKELY) {
            let mut causes = of_lines(request, entries);
            causes.append(&mut explained.causes);
            explained.causes = causes;
        }
    }
    let settled = |request: &ExplainedRequest| {
        request.causes.first().is_some_and(|c| c.confidence > LIKELY || !SHALLOW.contains(&c.cause.as_str()))
    };
    let at = answered.as_ref().map(|(at, _)| *at).or((explained.len() == 1).then_some(0));
    let mut causes = if explained.iter().any(settled) { Vec::new() } else { told(pasted) };
    // Where both leave it open, the answer itself is nearer to the failure than what stands around it.
    if let Some((_, hints)) = answered
        && hints.first().map(|hint| hint.1) >= causes.first().map(|cause| cause.confidence)
    {
        causes = hints.into_iter().filter_map(|hint| hint::explained(hint, Vec::new())).collect();
    }
    if causes.is_empty() {
        return;
    }
    let Some(request) = at.and_then(|at| explained.get_mut(at)) else {
        if explained.iter().all(|request| request.causes.is_empty()) {
            explained.push(ExplainedRequest { kind: "UNKNOWN", causes, ..ExplainedRequest::default() });
        }
        return;
    };
    let deeper = causes.first().is_some_and(|c| DEEPER.contains(&c.cause.as_str()) && c.confidence == LIKELY);
    if request.causes.is_empty() || (deeper && !settled(request)) {
        request.causes.retain(|old| causes.iter().all(|new| new.cause != old.cause));
        causes.append(&mut request.causes);
        request.causes = causes;
    }
}

/// Whether a request failed, or tells of an end.
fn speaks(request: &Request) -> bool {
    request.suspicious || request.lines.iter().any(|line| line.text.contains(ENDING))
}

/// What a text says, whoever wrote it.
fn told(pasted: &Pasted) -> Vec<ExplainedCause> {
    let cut = loose::lines(pasted);
    if !cut.is_empty() {
        let text: String = cut.iter().map(|(_, line)| format!("{line}\n")).collect();
        let input = read::read(&text, false);
        let mut causes = Vec::new();
        for mut request in build(&input.entries, &input.ids) {
            // Nobody knows whose these lines are.
            (request.link, request.why) = (LinkKind::Likely, "a sentence in other text");
            let found = one(&request, None, &input.entries, &[], 0).causes.into_iter().map(|mut cause| {
                cause.confidence = cause.confidence.min(Confidence::Likely);
                let at = |line: &u32| cut.get(usize::try_from(line.checked_sub(1)?).ok()?).map(|(at, _)| *at);
                cause.evidence = cause.evidence.iter().filter_map(|line| pasted.number(at(line)?)).collect();
                cause
            });
            let found: Vec<_> = found.collect();
            causes.extend(found.into_iter().filter(|c| c.cause != "backend-rejected"));
        }
        if !causes.is_empty() {
            let mut seen = std::collections::BTreeSet::new();
            causes.retain(|cause: &ExplainedCause| seen.insert(cause.cause.clone()));
            return causes;
        }
    }
    let first = sentences::hints(pasted).or_else(|| access::hints(pasted)).or_else(|| client::hints(pasted));
    let Some((hints, at)) = first else { return Vec::new() };
    let line: Vec<u32> = pasted.number(at).into_iter().collect();
    hints.into_iter().filter_map(|hint| hint::explained(hint, line.clone())).collect()
}

/// A failure in AWS's words that no rule knows: its line, and what the endpoint said where AWS leaves its own words out. Or the
/// end that a `$disconnect` tells of.
fn of_lines(request: &Request, entries: &[Entry]) -> Vec<ExplainedCause> {
    let mut pasted = Pasted::default();
    let mut ending = Pasted::default();
    let mut empty = false;
    let entry = |arrival: u32| entries.get(usize::try_from(arrival).ok()?);
    let number = |arrival: u32| entry(arrival).map_or(0, |entry| entry.number);
    for line in &request.lines {
        let number = number(line.arrival);
        match line.kind() {
            Kind::ConfigurationError { error } => {
                empty |= error.trim().is_empty();
                pasted.push(error, number);
            }
            Kind::ExecutionFailed { cause } => {
                empty |= cause.trim_end() == "configuration error:";
                pasted.push(cause, number);
            }
            Kind::Unknown(text) => pasted.push(text, number),
            _ => {}
        }
    }
    for line in &request.lines {
        match line.kind() {
            Kind::EndpointResponseBody { body } if empty => pasted.push(body, number(line.arrival)),
            Kind::EndpointRequestBody { body } if body.contains(ENDING) => {
                ending.push(body, number(line.arrival));
            }
            _ => {}
        }
    }
    let said = sentences::hints(&pasted).map(|(hints, at)| (hints, pasted.number(at)));
    let ended = || client::ended(&ending).map(|(hints, at)| (hints, ending.number(at)));
    let Some((hints, line)) = said.or_else(ended) else { return Vec::new() };
    let line: Vec<u32> = line.into_iter().collect();
    hints.into_iter().filter_map(|hint| hint::explained(hint, line.clone())).collect()
}
