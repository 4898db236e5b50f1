//! `authorizer-unauthorized`: the authorizer was asked and raised "Unauthorized".

use super::case::{Case, Found};
use super::{Cause, Confidence, authorizer_denied, authorizer_identity_missing};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "authorizer-unauthorized", rule };

fn rule(case: &Case) -> Option<Found> {
    let line = case.find(|kind| matches!(kind, Kind::Unauthorized { .. }));
    let told = case.told.as_ref().is_some_and(|told| told.message == "Unauthorized") && case.status() == Some(401);
    let (confidence, evidence) = match line {
        Some(line) if authorizer_identity_missing::asked(case) => (
            case.by_log().min(Confidence::Likely),
            case.line(line, "refuses the request after the authorizer was asked"),
        ),
        Some(_) => return None,
        None if told => (Confidence::Possible, case.words().into_iter().collect()),
        None => return None,
    };
    Some(Found {
        confidence,
        title: "The authorizer did not accept the token".to_owned(),
        reason: "The authorizer got what it needs and answered “Unauthorized”: the token is wrong, or no longer valid."
            .to_owned(),
        fix: "Send a valid token; the authorizer’s own log says what it did not like.".to_owned(),
        evidence,
        action: authorizer_denied::authorizer_log(case),
    })
}
