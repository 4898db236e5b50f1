//! Rules about stages: what they serve, what they let through, what they are set to. What they log is `logs`' business.

use super::look::{Found, Look, Need, Rule, breaks, guide, on};
use super::{Severity, fixable};
use crate::api::RouteSettings;
use crate::redact::{is_secret_name, redact};
use crate::verdict::Action;

const NEEDS: &[Need] = &[Need::Stages];
/// Days of a certificate from which on it is said that it ends.
const SOON: i64 = 30;
const DAY_MS: i64 = 86_400_000;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "stage-not-deployed",
        severity: Severity::Connect,
        asks: "Each stage serves a deployment",
        reason: "A stage that nothing was deployed to answers 403 to every handshake.",
        fix: "Deploy to it.",
        source: guide!("apigateway-set-up-websocket-deployment"),
        needs: NEEDS,
        find: not_deployed,
    },
    Rule {
        id: "deployment-failed",
        severity: Severity::Connect,
        asks: "The deployments that stages serve came about",
        reason: "The stage has nothing, or something old, to serve.",
        fix: "Do what the message says, then deploy again.",
        source: guide!("apigateway-set-up-websocket-deployment"),
        needs: &[Need::Stages, Need::Deployments],
        find: failed,
    },
    Rule {
        id: "undeployed-changes",
        severity: Severity::Messages,
        asks: "Stages serve the API as it stands",
        reason: "Changes of routes, integrations, models and authorizers act only after a deployment.",
        fix: "Deploy, or undo what is not meant.",
        source: guide!("apigateway-set-up-websocket-deployment"),
        needs: &[Need::Stages, Need::Waiting],
        find: undeployed,
    },
    Rule {
        id: "auto-deploy-mixed",
        severity: Severity::Advice,
        asks: "Stages that deploy by themselves serve what they deployed",
        reason: "The stage deploys each change by itself, yet it serves a deployment that somebody made by hand: the next change replaces it.",
        fix: "Switch auto-deploy off, or leave deploying to it.",
        source: guide!("apigateway-set-up-websocket-deployment"),
        needs: &[Need::Stages, Need::Deployments],
        find: mixed,
    },
    Rule {
        id: "stage-named-default",
        severity: Severity::Risk,
        asks: "No stage is called $default",
        reason: "On WebSocket APIs a stage called $default was seen to answer 429 and to write no log.",
        fix: "Make a stage with another name, and let clients dial that.",
        source: "https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/issues/7",
        needs: NEEDS,
        find: |look| {
            let named = look.stages.iter().filter(|s| s.stage_name == "$default");
            named
                .map(|_| Found::new("A stage is called $default", on(&["Stages", "$default"], "the stage’s name")))
                .collect()
        },
    },
    Rule {
        id: "throttle-zero",
        severity: Severity::Connect,
        asks: "No throttle is 0",
        reason: "A rate or burst of 0 refuses every request with 429. Infrastructure code that sets only logging writes such zeros.",
        fix: "Take the zeros away, or write real limits. It acts without a deployment.",
        source: "https://github.com/hashicorp/terraform-provider-aws/issues/14742",
        needs: NEEDS,
        find: zeros,
    },
    Rule {
        id: "plan-limit-zero",
        severity: Severity::Connect,
        asks: "No usage plan of a stage has a rate, burst or quota of 0",
        reason: "Every client that connects with a key of this plan is answered 429.",
        fix: "Give the plan a real rate, burst and quota.",
        source: guide!("api-gateway-api-usage-plans"),
        needs: &[Need::Stages, Need::UsagePlans],
        find: plan_zeros,
    },
    Rule {
        id: "route-settings-orphaned",
        severity: Severity::Advice,
        asks: "Stages have settings for routes that are there",
        reason: "The route is gone or called otherwise: its throttle and its logging act on nothing.",
        fix: "Delete the settings.",
        source: "https://github.com/terraform-aws-modules/terraform-aws-apigateway-v2/issues/80",
        needs: &[Need::Stages, Need::Routes],
        find: |look| {
            let named = look.stages.iter().flat_map(|s| s.route_settings.keys().map(move |key| (s, key)));
            named
                .filter(|(_, key)| look.snapshot.route(key).is_none())
                .map(|(s, key)| {
                    Found::new(
                        format!("{} has settings for {key}, which is no route", s.stage_name),
                        on(&["Stages", &s.stage_name, "Limits"], key.as_str()),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "secret-in-variable",
        severity: Severity::Risk,
        asks: "No stage variable holds a secret",
        reason: "Everybody who may read the API can read it, and it stands in the log where it is used.",
        fix: "Let the backend have the secret, or take it from AWS Secrets Manager there; and change it, it is known.",
        source: guide!("stage-variables"),
        needs: NEEDS,
        find: |look| {
            let set =
                look.stages.iter().flat_map(|s| s.stage_variables.iter().map(move |(name, value)| (s, name, value)));
            set.filter(|(_, name, value)| {
                !value.is_empty() && (is_secret_name(name) || redact(value) != value.as_str())
            })
            .map(|(s, name, _)| {
                Found::new(
                    format!("{}: the variable {name} seems to hold a secret", s.stage_name),
                    on(&["Stages", &s.stage_name, "Variables"], name.as_str()),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "client-certificate-ending",
        severity: Severity::Risk,
        asks: "Client certificates of stages are there, and hold for a month yet",
        reason: "Backends that check the certificate refuse API Gateway’s calls when it has ended.",
        fix: "Generate a new one on Access, let the backend trust it, then choose it on the stage.",
        source: guide!("getting-started-client-side-ssl-authentication"),
        needs: &[Need::Stages, Need::ClientCertificates, Need::Today],
        find: certificates,
    },
];

fn not_deployed(look: &Look) -> Vec<Found> {
    if look.snapshot.stages.is_empty() {
        let found = Found::new("The API has no stage", on(&["Stages"], "none"));
        return vec![
            found.because("Clients dial a stage: without one nobody connects.").mend("Make a stage, and deploy to it."),
        ];
    }
    let bare = look.stages.iter().filter(|s| s.deployment_id.as_deref().is_none_or(str::is_empty));
    bare.map(|s| {
        Found::new(format!("Nothing was deployed to {}", s.stage_name), on(&["Stages", &s.stage_name], "no deployment"))
            .act(Action::Deploy)
    })
    .collect()
}

fn failed(look: &Look) -> Vec<Found> {
    let mut found = Vec::new();
    for stage in &look.stages {
        let name = stage.stage_name.as_str();
        let said = stage.last_deployment_status_message.as_deref().unwrap_or_default();
        let served = stage.deployment_id.as_deref().filter(|id| !id.is_empty());
        let deployment = look.snapshot.deployments.iter().find(|d| Some(d.deployment_id.as_str()) == served);
        let text = match deployment {
            Some(d) if d.deployment_status.as_deref() == Some("FAILED") => {
                let why =
                    d.other.get("deploymentStatusMessage").and_then(|m| m.as_str()).unwrap_or("no reason is given");
                format!("{} failed: {why}", d.deployment_id)
            }
            _ if said.to_ascii_lowercase().contains("failed") => said.to_owned(),
            _ => continue,
        };
        // What an automatic deployment could not replace is served on.
        let severity = if deployment.is_some_and(|d| d.deployment_status.as_deref() != Some("FAILED")) {
            Severity::Messages
        } else {
            Severity::Connect
        };
        found.push(
            Found::new(format!("The last deployment to {name} failed"), on(&["Stages", name], text)).severe(severity),
        );
    }
    found
}

fn undeployed(look: &Look) -> Vec<Found> {
    let served = |name: &str| look.stages.iter().any(|s| s.stage_name == name && s.deployment_id.is_some());
    let waiting = look.waiting.iter().filter(|w| !w.changes.is_empty() && served(&w.stage));
    waiting
        .map(|w| {
            let count =
                if w.changes.len() == 1 { "1 change".to_owned() } else { format!("{} changes", w.changes.len()) };
            let mut found = Found::new(
                format!("{} does not serve {count} yet", w.stage),
                on(&["Deployments"], w.changes[0].as_str()),
            );
            found.evidence.extend(w.changes.iter().skip(1).take(4).map(|change| on(&["Deployments"], change.as_str())));
            found.act(Action::Deploy)
        })
        .collect()
}

fn mixed(look: &Look) -> Vec<Found> {
    let auto = look.stages.iter().filter(|s| s.auto_deploy == Some(true));
    auto.filter_map(|s| {
        let id = s.deployment_id.as_deref()?;
        let by_hand =
            look.snapshot.deployments.iter().find(|d| d.deployment_id == id && d.auto_deployed != Some(true))?;
        let text = format!("auto-deploy, and deployment {}", by_hand.deployment_id);
        Some(Found::new(
            format!("{} deploys by itself and serves what was deployed by hand", s.stage_name),
            on(&["Stages", &s.stage_name], text),
        ))
    })
    .collect()
}

/// What is 0 of a stage's or a route's throttle.
fn zero(settings: &RouteSettings) -> Option<String> {
    let rate = settings.throttling_rate_limit == Some(0.0);
    let burst = settings.throttling_burst_limit == Some(0);
    match (rate, burst) {
        (true, true) => Some("rate 0, burst 0".to_owned()),
        (true, false) => Some("rate 0".to_owned()),
        (false, true) => Some("burst 0".to_owned()),
        (false, false) => None,
    }
}

fn zeros(look: &Look) -> Vec<Found> {
    let mut found = Vec::new();
    for stage in &look.stages {
        let name = stage.stage_name.as_str();
        if let Some(text) = zero(&stage.default_route_settings) {
            let mut one = Found::new(format!("{name} lets nothing through"), on(&["Stages", name, "Limits"], text));
            // The draft takes the zeros that are in force for a route away.
            let route = look.routes.first().map(|route| route.route_key.as_str()).unwrap_or_default();
            one.action =
                fixable(look, "throttle-zero", route).then(|| Action::Fix { route_key: route.to_owned(), about: None });
            found.push(one);
        }
        for (key, settings) in &stage.route_settings {
            if let Some(text) = zero(settings) {
                let place = on(&["Stages", name, "Limits"], format!("{key}: {text}"));
                found.push(Found::new(format!("{name} lets nothing through on {key}"), place).severe(breaks(key)));
            }
        }
    }
    found
}

fn plan_zeros(look: &Look) -> Vec<Found> {
    let id = look.snapshot.api.api_id.as_str();
    let required = look.snapshot.route("$connect").is_some_and(|r| r.api_key_required);
    let ours = look.around().usage_plans.iter().filter(|p| {
        p.api_stages.iter().any(|s| s.api_id == id && look.stages.iter().any(|stage| stage.stage_name == s.stage))
    });
    ours.filter_map(|plan| {
        let text = match (&plan.throttle, &plan.quota) {
            (Some(t), _) if t.rate_limit == 0.0 => "rate 0",
            (Some(t), _) if t.burst_limit == 0 => "burst 0",
            (_, Some(q)) if q.limit == 0 => "quota 0",
            _ => return None,
        };
        let severity = if required { Severity::Connect } else { Severity::Risk };
        Some(
            Found::new(
                format!("The usage plan {} lets nothing through", plan.name),
                on(&["Access", "Usage plans", &plan.name], text),
            )
            .severe(severity),
        )
    })
    .collect()
}

fn certificates(look: &Look) -> Vec<Found> {
    let named =
        look.stages.iter().filter_map(|s| Some((s, s.client_certificate_id.as_deref().filter(|id| !id.is_empty())?)));
    named
        .filter_map(|(stage, id)| {
            let name = stage.stage_name.as_str();
            let Some(certificate) = look.around().client_certificates.iter().find(|c| c.client_certificate_id == id)
            else {
                let place = on(&["Stages", name, "Settings"], format!("there is no client certificate {id}"));
                return Some(Found::new(format!("{name}’s client certificate is not there"), place));
            };
            let ends = milliseconds(certificate.expiration_date.as_deref()?)?;
            let days = (ends - look.now_ms).div_euclid(DAY_MS);
            let title = match days {
                ..0 => format!("{name}’s client certificate has ended"),
                0..SOON => format!("{name}’s client certificate ends in {days} days"),
                _ => return None,
            };
            Some(Found::new(
                title,
                on(&["Stages", name, "Settings"], certificate.expiration_date.clone().unwrap_or_default()),
            ))
        })
        .collect()
}

/// `2026-11-21T09:20:29Z` as milliseconds since 1970; a zone other than Z is off by its hours, which matters to nobody here.
pub(super) fn milliseconds(iso: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| iso.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    // Days since 1970 of the proleptic Gregorian calendar, years beginning in March.
    let y = if month <= 2 { year - 1 } else { year };
    let days =
        365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + (153 * ((month + 9) % 12) + 2) / 5 + day
            - 719_469;
    let seconds = number(11..13).unwrap_or(0) * 3600 + number(14..16).unwrap_or(0) * 60 + number(17..19).unwrap_or(0);
    Some(days * DAY_MS + seconds * 1000)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_date_becomes_milliseconds() {
        for (iso, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-21T09:20:29Z", 1_795_252_829_000),
            ("2024-02-29", 1_709_164_800_000),
            ("2000-03-01T00:00:00+00:00", 951_868_800_000),
        ] {
            assert_eq!(super::milliseconds(iso), Some(ms), "{iso}");
        }
        assert_eq!(super::milliseconds("soon"), None);
    }
}
