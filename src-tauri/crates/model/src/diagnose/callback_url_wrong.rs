//! `callback-url-wrong`: the backend builds the address of `@connections` from parts that don't belong together.

use super::address::joined;
use super::case::{Case, Found, setting};
use super::pushes::{Push, pushes, right_callback};
use super::{Cause, Confidence};
use crate::surroundings::CustomDomain;
use crate::verdict::Action;

pub(super) const CAUSE: Cause = Cause { id: "callback-url-wrong", rule };

fn rule(case: &Case) -> Option<Found> {
    let told = pushes(case);
    let push = told.into_iter().find(|push| is_so(case, push))?;
    let mut evidence = push.evidence.clone();
    let behind = domain(case, &push);
    let mapped = behind.and_then(|(domain, path)| Some((domain, path, mapping(case, domain)?)));
    let proven = mapped.is_some_and(|(_, path, key)| path != key);
    let right = match mapped {
        Some((domain, path, key)) if path != key => {
            let text = match key {
                "" => format!("{} maps its root to this API: there is no {path} in its path", domain.domain_name),
                key => format!("the mapping’s key is {key}, not {path}"),
            };
            evidence.push(setting(format!("Custom domains › {}", domain.domain_name), text));
            Some(format!("https://{}", joined(&domain.domain_name, key)))
        }
        _ => right_callback(case),
    };
    Some(Found {
        // The address itself is wrong by the configuration, whatever else the backend does.
        confidence: if proven && push.traced && !push.joined { case.by_log() } else { Confidence::Likely },
        title: match push.endpoint() {
            Some((host, path)) => format!("The backend pushes to https://{}, where this API is not", joined(host, path)),
            None => "The backend pushes to an address where this API is not".to_owned(),
        },
        reason: "Behind a custom domain the path is the mapping’s key, or nothing for the empty key; the stage stands in it on the \
                 generated host only. requestContext.domainName with requestContext.stage fits only there."
            .to_owned(),
        fix: match &right {
            Some(url) => format!("Let the backend push to {url}/@connections/{{connectionId}}."),
            None => "Let the backend push to the generated endpoint with its stage.".to_owned(),
        },
        evidence,
        action: right.map(|text| Action::Copy { what: "Copy the callback URL".to_owned(), text }),
    })
}

fn is_so(case: &Case, push: &Push) -> bool {
    let refused = matches!(push.status, Some(403 | 404));
    let wrong_path =
        || domain(case, push).is_some_and(|(domain, path)| mapping(case, domain).is_some_and(|key| key != path));
    // 404 is what a path gets that leads to no @connections (facts 2, 2.3).
    push.says("No method found matching route") || push.status == Some(404) || (refused && wrong_path())
}

/// The custom domain that was called, and the path before `@connections`.
fn domain<'a, 'p>(case: &Case<'a>, push: &'p Push) -> Option<(&'a CustomDomain, &'p str)> {
    let (host, path) = push.endpoint()?;
    let domains = &case.facts.snapshot?.surroundings.as_ref()?.domains;
    Some((domains.iter().find(|d| super::address::covers(&d.domain_name, host))?, path))
}

/// The key by which a domain has this API's stage.
fn mapping<'a>(case: &Case, domain: &'a CustomDomain) -> Option<&'a str> {
    let api_id = case.facts.snapshot.map(|s| s.api.api_id.as_str())?;
    let ours = || domain.mappings.iter().filter(|m| m.api_id == api_id);
    let by_stage = ours().find(|m| case.facts.stage.is_none_or(|stage| m.stage == stage));
    by_stage.or_else(|| ours().next()).map(|m| m.api_mapping_key.as_str())
}
