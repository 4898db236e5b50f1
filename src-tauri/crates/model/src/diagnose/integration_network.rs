//! `integration-network`: the backend could not be reached, or its certificate was not accepted.

use super::case::{Case, Found};
use super::{Cause, Confidence, vpc_link_unavailable};
use crate::log::Kind;
use crate::verdict::Evidence;

pub(super) const CAUSE: Cause = Cause { id: "integration-network", rule };

/// What the gateway's HTTP client says of a connection that never came to be (seen in public logs of REST APIs).
const WORDS: [&str; 7] = [
    "does not match the certificate subject",
    "sslengine problem",
    "pkix path building failed",
    "network error communicating with endpoint",
    "endpoint connection timed out",
    "connection refused",
    "unable to find valid certification path",
];

fn rule(case: &Case) -> Option<Found> {
    if case.is_about_the_authorizer() {
        return None;
    }
    if let Some(found) = by_answer(case) {
        return Some(found);
    }
    let network = case.find(|kind| matches!(kind, Kind::NetworkError { .. }));
    let (line, words) = match network {
        Some(line) => (line, "a network error communicating with endpoint"),
        None => case.configuration_error(&WORDS)?,
    };
    let certificate = words.contains("certificate") || words.contains("SSL") || words.contains("PKIX");
    // A link that can't be used is why nobody is there.
    let linked = !vpc_link_unavailable::leads_nowhere(case);
    let confidence = if linked { case.by_log() } else { case.by_log().min(Confidence::Likely) };
    let mut evidence = case.line(line, format!("says it in AWS’s words: {words}"));
    evidence.extend(vpc_link_unavailable::health(case));
    Some(found(case, confidence, certificate, evidence))
}

/// Without a log the answer may tell: REST APIs say it to the client (seen in public).
fn by_answer(case: &Case) -> Option<Found> {
    let refusal = case.refusal.filter(|refusal| refusal.status == 504 && case.lines.is_empty())?;
    let said = serde_json::from_str::<serde_json::Value>(&refusal.body).ok()?;
    let words = said.get("message")?.as_str()?;
    words.eq_ignore_ascii_case("network error communicating with endpoint").then(|| {
        let evidence = case.body_says(format!("says “{words}”"));
        found(case, Confidence::Likely, false, vec![evidence])
    })
}

fn found(case: &Case, confidence: Confidence, certificate: bool, evidence: Vec<Evidence>) -> Found {
    Found {
        confidence,
        title: match certificate {
            true => format!("The certificate of {} backend was not accepted", case.its()),
            false => format!("{} backend could not be reached", case.whose()),
        },
        reason: format!("The connection from API Gateway to the integration’s endpoint did not come to be, {}.", case.so()),
        fix: match certificate {
            true => "Give the backend a certificate that covers the host in the integration’s URI, from a public authority.",
            false => "Check that the endpoint is reachable from API Gateway: host, port, TLS, and the VPC link if there is one.",
        }
        .to_owned(),
        evidence,
        action: vpc_link_unavailable::ask(case),
    }
}
