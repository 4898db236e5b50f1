//! `duplicate-authorization-header`: two headers Authorization, which the load balancer before API Gateway refuses.
//!
//! Facts 2, section 2.1: 400, HTML, `server: awselb/2.0`, no id, nothing logged; also when one of them is empty.

use super::case::{Case, Found};
use super::{Cause, Confidence};
use crate::verdict::{Evidence, Place};

pub(super) const CAUSE: Cause = Cause { id: "duplicate-authorization-header", rule };

fn rule(case: &Case) -> Option<Found> {
    let refusal = case.refusal.filter(|r| r.status == 400 && r.header("x-amz-apigw-id").is_none())?;
    let server = refusal.header("server").filter(|server| server.starts_with("awselb/"))?;
    let sent = case.sent("authorization");
    let confidence = match sent {
        Some(n) if n > 1 => Confidence::Certain,
        // Whatever is malformed ends like this (facts 2, section 10 row 60).
        Some(_) => return None,
        None => Confidence::Likely,
    };
    let header = |name: &str, text: String| Evidence { place: Place::Header { name: name.to_owned() }, text };
    let mut evidence = vec![header("server", format!("{server}: the load balancer answered, not API Gateway"))];
    evidence
        .extend(sent.map(|n| Evidence { place: Place::Phase, text: format!("{n} headers Authorization were sent") }));
    Some(Found {
        confidence,
        title: "The handshake carried two Authorization headers".to_owned(),
        reason: "The load balancer in front of API Gateway refuses that, even when one of them is empty. The request reached no \
                 API, so no log of it will come."
            .to_owned(),
        fix: "Send Authorization once.".to_owned(),
        evidence,
        action: None,
    })
}
