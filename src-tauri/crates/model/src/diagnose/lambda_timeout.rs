//! `lambda-timeout`: Lambda stopped the function at its own timeout.

use super::Cause;
use super::case::{Case, Found};
use super::lambda_error::{crash, where_to_look};

pub(super) const CAUSE: Cause = Cause { id: "lambda-timeout", rule };

fn rule(case: &Case) -> Option<Found> {
    let crash = crash(case)?;
    let (_, after) = crash.error.split_once("Task timed out after")?;
    let after = after.trim().trim_end_matches('.');
    Some(Found {
        confidence: case.by_log(),
        title: format!("{} function timed out after {after}", case.whose()),
        reason: format!("Lambda stopped the function at its own timeout before it had answered, {}.", case.so()),
        fix: format!(
            "Make it answer sooner or raise the function’s timeout, up to the 29 s that API Gateway waits. {}",
            where_to_look(&crash)
        ),
        evidence: case.line(crash.line, format!("says it in AWS’s words: Task timed out after {after}")),
        action: case.open_log(crash.request_id),
    })
}
