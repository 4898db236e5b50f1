//! `iam-denied`: the signature holds, and its owner may not connect.
//!
//! The sentence `User: … is not authorized to perform: execute-api:Invoke on resource: …` is IAM's; recorded for `@connections`
//! (facts 2, section 2.3), there with ManageConnections. The resource of a handshake is `{api}/{stage}/$connect` (facts 3, IAM).

use super::ask::{copy_policy, denied, execute_api};
use super::case::{Case, Found, config};
use super::{Cause, Confidence};

pub(super) const CAUSE: Cause = Cause { id: "iam-denied", rule };

fn rule(case: &Case) -> Option<Found> {
    case.refusal.filter(|refusal| refusal.status == 403)?;
    let words = case.gateway_words()?;
    let denied = denied(&words).filter(|d| d.action == "execute-api:Invoke")?;
    let iam = case.route().map(|route| route.authorization_type == "AWS_IAM");
    // A callback with the stage twice in its path is refused in the same words (facts 2.3 #48).
    if iam == Some(false) || denied.resource.contains("@connections") {
        return None;
    }
    let of_connect = denied.resource.ends_with("/$connect");
    let path = denied.resource.splitn(6, ':').nth(5).unwrap_or_default();
    // AWS masks the account in the resource; the caller's own is in its ARN.
    let region = denied.resource.split(':').nth(3).unwrap_or_default();
    let account = denied.who.split(':').nth(4).filter(|account| !account.is_empty()).unwrap_or("*");
    let resource = execute_api(region, account, path);
    let mut evidence =
        vec![case.body_says(format!("says it in AWS’s words: {} may not {}", denied.who, denied.action))];
    evidence.extend(iam.map(|_| config(case.name(), "Authorization", "AWS_IAM")));
    Some(Found {
        confidence: if of_connect { Confidence::Certain } else { Confidence::Likely },
        title: "The one who signed may not connect".to_owned(),
        reason: match denied.explicit {
            true => format!("{} is known, and a policy denies it execute-api:Invoke on {resource}.", denied.who),
            false => {
                format!("{} is known, but none of its policies allows execute-api:Invoke on {resource}.", denied.who)
            }
        },
        fix: match denied.explicit {
            true => "Take the Deny away, or sign as somebody else.",
            false => "Attach a policy that allows it, or sign as somebody else.",
        }
        .to_owned(),
        evidence,
        action: (!denied.explicit).then(|| copy_policy("execute-api:Invoke", &resource)),
    })
}
