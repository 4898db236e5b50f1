//! `integration-network`: the backend could not be reached, or its certificate was not accepted.

use super::case::{Case, Found};
use super::{Cause, Confidence, vpc_link_unavailable};
use crate::log::Kind;

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
    let network = case.find(|kind| matches!(kind, Kind::NetworkError { .. }));
    let (line, words) = match network {
        Some(line) => (line, "a network error communicating with endpoint"),
        None => case.configuration_error(&WORDS)?,
    };
    let certificate = words.contains("certificate") || words.contains("SSL") || words.contains("PKIX");
    // A link that can't be used is why nobody is there.
    let linked = !vpc_link_unavailable::leads_nowhere(case);
    let mut evidence = case.line(line, format!("says it in AWS’s words: {words}"));
    evidence.extend(vpc_link_unavailable::health(case));
    Some(Found {
        confidence: if linked { case.by_log() } else { case.by_log().min(Confidence::Likely) },
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
    })
}
