//! `lambda-timeout`: Lambda stopped the function at its own timeout.

use super::case::{Case, Found};
use super::lambda_error::{LOOK, crash, where_to_look};
use super::{Cause, Confidence};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "lambda-timeout", rule };

fn rule(case: &Case) -> Option<Found> {
    let Some(crash) = crash(case) else { return by_answer(case).or_else(|| by_the_functions_log(case)) };
    let after = seconds(crash.error)?;
    let evidence = case.line(crash.line, format!("says it in AWS’s words: Task timed out after {after}"));
    Some(found(case, case.by_log(), after, &where_to_look(&crash), evidence, crash.request_id))
}

/// Lambda answers with its words alone, which data trace shows; a function could say the same, so it is no more than likely.
fn by_answer(case: &Case) -> Option<Found> {
    let answers = case.lines.iter().filter_map(|&line| match line.kind {
        Kind::EndpointResponseBody { body } if body.trim_start().starts_with("{\"errorMessage\"") => Some((line, body)),
        _ => None,
    });
    let (line, after) = answers.filter_map(|(line, words)| Some((line, seconds(words)?.to_owned()))).next()?;
    let evidence = case.line(line, format!("is Lambda’s answer: Task timed out after {after}"));
    Some(found(case, Confidence::Likely, &after, LOOK, evidence, None))
}

/// The function’s own log, where nothing else tells.
fn by_the_functions_log(case: &Case) -> Option<Found> {
    let beside = case.alone_beside(|line| seconds(&line.text).is_some())?;
    let after = seconds(&beside.text)?;
    let place = Place::Beside { log_group: beside.log_group.clone(), at: beside.at };
    let evidence = vec![Evidence { place, text: format!("says it in Lambda’s words: Task timed out after {after}") }];
    Some(found(case, Confidence::Likely, after, LOOK, evidence, None))
}

/// `3.00 seconds`.
fn seconds(words: &str) -> Option<&str> {
    let (_, after) = words.split_once("Task timed out after ")?;
    let end = after.find(" seconds")?;
    after[..end].parse::<f64>().ok()?;
    after.get(..end + " seconds".len())
}

fn found(
    case: &Case,
    confidence: Confidence,
    after: &str,
    look: &str,
    evidence: Vec<Evidence>,
    run: Option<&str>,
) -> Found {
    Found {
        confidence,
        title: format!("{} function timed out after {after}", case.whose()),
        reason: format!("Lambda stopped the function at its own timeout before it had answered, {}.", case.so()),
        fix: format!(
            "Make it answer sooner or raise the function’s timeout, up to the 29 s that API Gateway waits. {look}"
        ),
        evidence,
        action: case.open_log(run),
    }
}
