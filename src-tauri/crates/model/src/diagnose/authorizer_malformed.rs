//! `authorizer-malformed`: the authorizer answered something that is no policy.

use super::case::{Case, Found};
use super::{Cause, Confidence, authorizer_denied};
use crate::log::Kind;
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "authorizer-malformed", rule };

fn rule(case: &Case) -> Option<Found> {
    let not_called =
        ["authorizer error", "invalid permissions on lambda function", "does not have permission to assume"];
    if case.any_configuration_error(&not_called).is_some() {
        return None;
    }
    let unreadable = case.any_configuration_error(&["invalid json in response"]);
    let exception = case.find(|kind| matches!(kind, Kind::AuthorizerConfigurationException {}));
    let answer = case.find(|kind| matches!(kind, Kind::AuthorizerResultBody { .. }));
    let empty = case.told.as_ref().is_some_and(|told| told.message.is_empty()) && case.status() == Some(500);
    let (confidence, mut evidence) = match (unreadable, exception) {
        (Some((line, _)), _) => (case.by_log(), case.line(line, "says it in AWS’s words: Invalid JSON in response")),
        (None, Some(line)) if answer.is_some() || empty => {
            (case.by_log(), case.line(line, "says it in AWS’s words: AuthorizerConfigurationException"))
        }
        (None, Some(line)) => {
            (Confidence::Likely, case.line(line, "says it in AWS’s words: AuthorizerConfigurationException"))
        }
        // Only an authorizer that answered something unusable leaves the message empty (facts 2, 2.1).
        (None, None) if empty => (Confidence::Likely, Vec::new()),
        // The answer names the exception where no line has come (seen in public for REST APIs).
        (None, None) => (Confidence::Likely, vec![named(case)?]),
    };
    if let Some(answer) = answer {
        let at = evidence.len().min(1);
        evidence.splice(at..at, case.line(answer, "is what the authorizer answered").into_iter().take(1));
    }
    evidence.extend(case.words().filter(|_| empty));
    Some(Found {
        confidence,
        title: "The authorizer answered something that is no policy".to_owned(),
        reason: "An authorizer must return principalId and policyDocument, and a context of plain values. This one failed, or \
                 returned something else, for example the short form of HTTP APIs."
            .to_owned(),
        fix: "Return {\"principalId\": …, \"policyDocument\": …} from the authorizer.".to_owned(),
        evidence,
        action: authorizer_denied::authorizer_log(case),
    })
}

/// The error type of an answer that no line of the log explains.
fn named(case: &Case) -> Option<Evidence> {
    let refusal = case.refusal.filter(|refusal| refusal.status == 500 && case.lines.is_empty())?;
    let kind =
        refusal.header("x-amzn-errortype").filter(|kind| kind.starts_with("AuthorizerConfigurationException"))?;
    let place = Place::Header { name: "x-amzn-errortype".to_owned() };
    Some(Evidence { place, text: format!("names it: {kind}") })
}
