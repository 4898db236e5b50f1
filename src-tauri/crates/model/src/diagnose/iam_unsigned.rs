//! `iam-unsigned`: `$connect` wants a signature, and the handshake carried none.
//!
//! Facts 2.3 #17: 403. That the words are those of `@connections` (`Missing Authentication Token`, facts 2 section 2.3) is assumed
//! (facts 2, 12.1), so it is never certain.

use super::case::{Case, Found, config};
use super::{Cause, Confidence};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "iam-unsigned", rule };

fn rule(case: &Case) -> Option<Found> {
    case.refusal.filter(|refusal| refusal.status == 403)?;
    let iam = case.route().map(|route| route.authorization_type == "AWS_IAM");
    if iam == Some(false) || case.signed() == Some(true) || !case.reached_the_gateway() {
        return None;
    }
    let words = case.gateway_words();
    let missing = words.as_deref() == Some("Missing Authentication Token");
    let forbidden = words.as_deref() == Some("Forbidden");
    let confidence = match (missing, iam) {
        (true, Some(true)) => Confidence::Likely,
        (true, _) if case.told.is_some() => Confidence::Likely,
        // The front door says the same of a path that is no API's.
        (true, _) => Confidence::Possible,
        (false, Some(true)) if forbidden && case.signed() == Some(false) => Confidence::Likely,
        _ => return None,
    };
    let setting = iam.map(|_| config(case.name(), "Authorization", "AWS_IAM"));
    let said = words.map(|words| case.body_says(format!("says “{words}”")));
    let evidence = setting.into_iter().chain(said).collect();
    Some(Found {
        confidence,
        title: format!("{} needs a signature, and none was sent", case.name()),
        reason: "With AWS_IAM only a handshake that is signed (Signature Version 4, service execute-api) gets in.".to_owned(),
        fix: "Sign the handshake with credentials that may execute-api:Invoke it; browsers put the signature in the query string."
            .to_owned(),
        evidence,
        action: Some(Action::Sign),
    })
}
