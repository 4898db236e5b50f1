//! `iam-signature-invalid`: the handshake was signed, and AWS does not take the signature.
//!
//! The sentences are those of AWS's signature check: recorded for `@connections` (corpus `connections-bad-signature-403`, facts
//! 2.3 #49, facts 2 section 7), shared by its services; that `$connect` uses them is assumed (facts 2, 12.1; facts 2.3 #18).

use super::case::{Case, Found, config};
use super::{Cause, Confidence};
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "iam-signature-invalid", rule };

/// How a sentence begins, and what is the matter then.
const SENTENCES: [(&str, &str); 13] = [
    (
        "The request signature we calculated does not match",
        "the secret key is another, or another host, path or query was signed",
    ),
    ("Signature expired", "the clock of the signer is late"),
    ("Signature not yet current", "the clock of the signer is early"),
    ("Credential should be scoped to a valid region", "it was signed for another region"),
    ("Credential should be scoped to correct service", "it was signed for another service than execute-api"),
    ("Credential should be scoped", "what was signed has a wrong scope"),
    ("Date in Credential scope", "the date of the signature and of its scope differ"),
    ("Date must be in ISO-8601", "the date of the signature can’t be read"),
    ("The security token included in the request is invalid", "the access key or its session token is not known"),
    ("The security token included in the request is expired", "the session’s credentials have expired"),
    ("'Host' or ':authority' must be a 'SignedHeader'", "the host was not signed"),
    ("X-Amz-Expires must be between", "the signed URL is valid for too long or too short"),
    (
        "Invalid key=value pair (missing equal-sign) in Authorization header",
        "the header Authorization holds no signature",
    ),
];
/// `x-amzn-ErrorType` of the same.
const TYPES: [&str; 5] = [
    "InvalidSignatureException",
    "IncompleteSignatureException",
    "UnrecognizedClientException",
    "ExpiredTokenException",
    "SignatureDoesNotMatch",
];

fn rule(case: &Case) -> Option<Found> {
    let refusal = case.refusal.filter(|refusal| matches!(refusal.status, 400 | 403))?;
    let iam = case.route().map(|route| route.authorization_type == "AWS_IAM");
    if iam == Some(false) {
        return None;
    }
    let words = case.gateway_words().unwrap_or_default();
    let sentence = SENTENCES.iter().find(|(begin, _)| words.starts_with(begin));
    let typed = refusal.header("x-amzn-errortype").filter(|t| TYPES.iter().any(|known| t.starts_with(known)));
    let confidence = match (sentence, iam) {
        // Nothing but the check of a signature says this, and this route has one.
        (Some(_), Some(true)) => Confidence::Certain,
        (Some(_), _) => Confidence::Likely,
        (None, _) if typed.is_some() => Confidence::Likely,
        _ => return None,
    };
    let matter = sentence.map_or("AWS does not take it", |(_, matter)| matter);
    let first = words.lines().next().unwrap_or_default();
    let first = first.split_once(". ").map_or(first, |(sentence, _)| sentence);
    let mut evidence = vec![case.body_says(format!("says “{first}”"))];
    evidence.extend(iam.map(|_| config(case.name(), "Authorization", "AWS_IAM")));
    Some(Found {
        confidence,
        title: "The signature of the handshake does not hold".to_owned(),
        reason: format!("The handshake was signed, but {matter}."),
        fix: "Sign again: the host that is really dialled, the API’s region, the service execute-api, a clock that is right, and \
              credentials that are still valid."
            .to_owned(),
        evidence,
        action: Some(Action::Sign),
    })
}
