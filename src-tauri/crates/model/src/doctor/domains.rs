//! Rules about addresses: custom domains, the generated endpoint, and the URL that backends push to.

use super::look::{Found, Look, Need, Rule, guide, on, on_route};
use super::{Evidence, Severity};
use crate::domain::list::{Attention, Proven, health_at};
use crate::surroundings::{CustomDomain, Mapping};

const NEEDS: &[Need] = &[Need::Domains];
const CALLBACKS: &str = guide!("apigateway-how-to-call-websocket-api-connections");

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "execute-api-disabled",
        severity: Severity::Connect,
        asks: "Some address leads to the API",
        reason: "The generated endpoint is disabled and no custom domain maps to the API: nobody can connect.",
        fix: "Map a custom domain to a stage, or enable the endpoint and deploy.",
        source: guide!("websocket-api-disable-default-endpoint"),
        needs: NEEDS,
        find: |look| {
            if !look.snapshot.api.disable_execute_api_endpoint || !mapped(look).is_empty() {
                return Vec::new();
            }
            vec![Found::new(
                "No address leads to the API",
                on(&["API", "Default endpoint"], "disabled, and no custom domain maps to the API"),
            )]
        },
    },
    Rule {
        id: "mapping-stage-missing",
        severity: Severity::Connect,
        asks: "Custom domains map to stages that are there",
        reason: "Whoever dials the domain with this key is answered 403, and nothing is logged.",
        fix: "Map the key to a stage of the API.",
        source: guide!("websocket-api-mappings"),
        needs: &[Need::Domains, Need::Stages],
        find: |look| {
            let lost = mapped(look).into_iter().filter(|(_, m)| look.snapshot.stage(&m.stage).is_none());
            lost.map(|(d, m)| {
                Found::new(
                    format!("{} leads to the stage {}, which is not there", address(d, m), m.stage),
                    on(&["Domains", &d.domain_name], m.stage.as_str()),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "domain-not-available",
        severity: Severity::Connect,
        asks: "Custom domains are AVAILABLE",
        reason: "API Gateway does not serve a domain in this state, or serves it as it was before.",
        fix: "Wait while it says UPDATING; else do what the state asks for: import the certificate again, or prove that the name is yours.",
        source: guide!("websocket-api-custom-domain-names"),
        needs: NEEDS,
        find: |look| {
            let not = domains(look).into_iter().filter(|d| !matches!(d.status.as_str(), "" | "AVAILABLE"));
            not.map(|d| {
                Found::new(
                    format!("{} is {}", d.domain_name, d.status),
                    on(&["Domains", &d.domain_name], d.status.as_str()),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "domain-certificate",
        severity: Severity::Risk,
        asks: "Certificates of custom domains hold for 30 days and more, and can be renewed",
        reason: "With a certificate that has ended, or does not cover the name, no client gets past TLS: nobody connects, and nothing is logged.",
        fix: "Ask ACM for a new certificate, or import the next one, and give it to the domain.",
        source: "https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html",
        needs: &[Need::Domains, Need::Certificates, Need::Today],
        find: certificates,
    },
    Rule {
        id: "domain-tls-old",
        severity: Severity::Risk,
        asks: "Custom domains ask for TLS 1.2",
        reason: "WebSocket APIs are served with TLS 1.2 and later only; a domain with the policy TLS_1_0 can’t have them.",
        fix: "Set the domain’s security policy to TLS_1_2.",
        source: guide!("websocket-api-custom-domain-names"),
        needs: NEEDS,
        find: |look| {
            let old = domains(look).into_iter().filter(|d| d.security_policy == "TLS_1_0");
            old.map(|d| {
                Found::new(
                    format!("{} has the policy TLS_1_0", d.domain_name),
                    on(&["Domains", &d.domain_name], "TLS_1_0"),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "domain-rules-only",
        severity: Severity::Connect,
        asks: "Custom domains route by API mappings",
        reason: "The domain routes by routing rules only, which WebSocket APIs can’t use: its API mappings are never looked at.",
        fix: "Set the domain’s routing mode to API_MAPPING_ONLY.",
        source: guide!("set-routing-mode"),
        needs: NEEDS,
        find: |look| {
            let rules = domains(look).into_iter().filter(|d| d.routing_mode.as_deref() == Some("ROUTING_RULE_ONLY"));
            rules
                .map(|d| {
                    let place = on(&["Domains", &d.domain_name], "ROUTING_RULE_ONLY");
                    Found::new(format!("{} does not look at its API mappings", d.domain_name), place)
                })
                .collect()
        },
    },
    Rule {
        id: "domain-shared",
        severity: Severity::Advice,
        asks: "Custom domains are this API’s alone",
        reason: "A domain that WebSocket APIs use can’t have HTTP or REST APIs beside them: whoever adds one is refused, whatever a tutorial says.",
        fix: "Give HTTP and REST APIs a name of their own.",
        source: guide!("websocket-api-custom-domain-names"),
        needs: NEEDS,
        find: shared,
    },
    Rule {
        id: "callback-url-wrong",
        severity: Severity::Messages,
        asks: "Callback URLs fit the custom domain",
        reason: "On a custom domain the path begins with the mapping’s key, not with the stage: a URL built from domainName and stage is answered 403 or 404, so messages never come back.",
        fix: "Post to https://DOMAIN/KEY/@connections/…, or to the execute-api address with the stage.",
        source: "https://github.com/aws-samples/simple-websockets-chat-app/issues/40",
        needs: &[Need::Domains, Need::Integrations, Need::IntegrationResponses, Need::Routes],
        find: wrong_callback,
    },
    Rule {
        id: "callback-endpoint-disabled",
        severity: Severity::Messages,
        asks: "Nothing posts to an endpoint that is disabled",
        reason: "The generated endpoint is disabled, for @connections as well: what is posted there is answered 403.",
        fix: "Post to the custom domain.",
        source: guide!("websocket-api-disable-default-endpoint"),
        needs: &[Need::Integrations, Need::IntegrationResponses, Need::Routes, Need::Stages],
        find: disabled_callback,
    },
    Rule {
        id: "url-scheme-wrong",
        severity: Severity::Risk,
        asks: "wss:// is for clients, https:// for @connections",
        reason: "Clients connect to wss://; https:// is right for @connections only. With the other one a tutorial’s line fails.",
        fix: "Write the other scheme.",
        source: CALLBACKS,
        needs: &[Need::Integrations, Need::IntegrationResponses, Need::Routes, Need::Stages],
        find: schemes,
    },
    Rule {
        id: "waf-claimed",
        severity: Severity::Advice,
        asks: "Nothing says that AWS WAF or a Cognito authorizer protects the API",
        reason: "AWS WAF does not attach to WebSocket APIs, and they have no Cognito or JWT authorizer: what says so protects nothing.",
        fix: "Check tokens in a Lambda authorizer on $connect, and correct the text.",
        source: guide!("apigateway-control-access-aws-waf"),
        needs: &[Need::Stages],
        find: claims,
    },
];

/// The mappings that lead to this API at a stage that is asked about.
fn mapped<'a>(look: &Look<'a>) -> Vec<(&'a CustomDomain, &'a Mapping)> {
    let id = look.snapshot.api.api_id.as_str();
    let asked =
        |m: &Mapping| look.snapshot.stage(&m.stage).is_none() || look.stages.iter().any(|s| s.stage_name == m.stage);
    let all = look.around().domains.iter().flat_map(|d| d.mappings.iter().map(move |m| (d, m)));
    all.filter(|(_, m)| m.api_id == id && asked(m)).collect()
}

/// The domains that lead to this API, once each.
fn domains<'a>(look: &Look<'a>) -> Vec<&'a CustomDomain> {
    let mut all: Vec<&CustomDomain> = mapped(look).into_iter().map(|(d, _)| d).collect();
    all.dedup_by_key(|d| d.domain_name.as_str());
    all
}

fn address(domain: &CustomDomain, mapping: &Mapping) -> String {
    match mapping.api_mapping_key.as_str() {
        "" => domain.domain_name.clone(),
        key => format!("{}/{key}", domain.domain_name),
    }
}

fn certificates(look: &Look) -> Vec<Found> {
    let mut found = Vec::new();
    for domain in domains(look) {
        let Some(arn) = domain.certificate_arn.as_deref() else { continue };
        let Some(Proven { certificate, records_stand }) = look.certificate(arn) else { continue };
        for Attention { broken, says } in health_at(certificate, &domain.domain_name, *records_stand, look.now_ms) {
            let (what, then) = says.split_once(". ").unwrap_or((says.trim_end_matches('.'), ""));
            let what = match what.strip_prefix("It ") {
                Some(what) => format!(" {what}"),
                None => {
                    format!(": {}", what.strip_prefix("Its ").map_or(what.to_owned(), |what| format!("its {what}")))
                }
            };
            let place = on(&["Domains", &domain.domain_name, "Certificate"], arn);
            let mut one = Found::new(format!("The certificate of {}{what}", domain.domain_name), place);
            one.fix = (!then.is_empty()).then(|| then.to_owned());
            found.push(if broken { one.severe(Severity::Connect) } else { one });
        }
    }
    found
}

fn shared(look: &Look) -> Vec<Found> {
    let id = look.snapshot.api.api_id.as_str();
    let others = |d: &CustomDomain| d.mappings.iter().filter(|m| m.api_id != id).count();
    let shared = domains(look).into_iter().filter(|d| others(d) > 0);
    shared
        .map(|d| {
            let n = others(d);
            let text =
                if n == 1 { "1 mapping to another API".to_owned() } else { format!("{n} mappings to other APIs") };
            Found::new(format!("{} leads to other APIs as well", d.domain_name), on(&["Domains", &d.domain_name], text))
        })
        .collect()
}

/// Every text that may hold an address: where it stands, and what it says.
fn texts<'a>(look: &Look<'a>) -> Vec<(Evidence, &'a str)> {
    let mut all: Vec<(Evidence, &str)> = Vec::new();
    for (route, integration) in look.integrations() {
        let key = route.route_key.as_str();
        let requests = integration.integration_uri.iter().chain(integration.request_parameters.values());
        all.extend(requests.map(|text| (on_route(key, "Integration", ""), text.as_str())));
        all.extend(
            integration.request_templates.values().map(|text| (on_route(key, "Request template", ""), text.as_str())),
        );
        let answers = integration.responses.iter().flat_map(|r| r.response_templates.values());
        all.extend(answers.map(|text| (on_route(key, "Integration response", ""), text.as_str())));
    }
    for stage in &look.stages {
        let path = ["Stages", stage.stage_name.as_str(), "Variables"];
        all.extend(stage.stage_variables.iter().map(|(name, text)| (on(&path, name.as_str()), text.as_str())));
    }
    all
}

fn shown(mut at: Evidence, text: &str) -> Evidence {
    let text: String = text.chars().take(80).collect();
    at.text = if at.text.is_empty() { text } else { format!("{} = {text}", at.text) };
    at
}

/// A host and a stage in one address, both from the context, while a mapping's key is not the stage's name.
fn wrong_callback(look: &Look) -> Vec<Found> {
    let odd = mapped(look).into_iter().find(|(_, m)| m.api_mapping_key != m.stage);
    let Some((domain, mapping)) = odd else { return Vec::new() };
    let bare = |text: &str| text.replace(['{', '}', '$'], "");
    let built = texts(look).into_iter().filter(|(_, text)| {
        let text = bare(text);
        let of_domain = text.contains(&format!("{}/{}/@connections", domain.domain_name, mapping.stage))
            && mapping.api_mapping_key != mapping.stage;
        text.contains("context.domainName/context.stage") || of_domain
    });
    built
        .map(|(at, text)| {
            Found::new(format!("Callback URLs don’t fit {}", address(domain, mapping)), shown(at, text)).mend(format!(
                "Post to https://{}/@connections/…, or to the execute-api address with the stage.",
                address(domain, mapping)
            ))
        })
        .collect()
}

fn disabled_callback(look: &Look) -> Vec<Found> {
    if !look.snapshot.api.disable_execute_api_endpoint {
        return Vec::new();
    }
    let host = format!("{}.execute-api.", look.snapshot.api.api_id);
    let posts = texts(look).into_iter().filter(|(_, text)| text.contains(&host));
    posts.map(|(at, text)| Found::new("Callbacks go to the endpoint that is disabled", shown(at, text))).collect()
}

fn schemes(look: &Look) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, text) in texts(look) {
        let for_clients = ["ws_url", "wsurl", "websocket", "socket_url", "socketurl", "wss"];
        let name = at.text.to_ascii_lowercase();
        if text.contains("wss://") && text.contains("@connections") {
            found.push(Found::new("A callback URL begins with wss://", shown(at, text)));
        } else if text.starts_with("https://")
            && for_clients.iter().any(|word| name.contains(word))
            && !text.contains("@connections")
        {
            found.push(Found::new("A client’s URL begins with https://", shown(at, text)));
        }
    }
    found
}

/// Words about protection that WebSocket APIs don't have.
fn claims(look: &Look) -> Vec<Found> {
    let word = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        ["waf", "webacl"].iter().any(|w| words.contains(w))
            || lower.contains("cognito authorizer")
            || lower.contains("jwt authorizer")
    };
    let api = &look.snapshot.api;
    let mut found = Vec::new();
    let mut say = |path: &[&str], text: &str| {
        found.push(Found::new("Something says that AWS WAF or a Cognito authorizer protects the API", on(path, text)))
    };
    if let Some(text) = api.description.as_deref().filter(|text| word(text)) {
        say(&["API", "Description"], text);
    }
    for (key, value) in api.tags.iter().filter(|(key, value)| word(key) || word(value)) {
        say(&["API", "Tags"], &format!("{key}={value}"));
    }
    for stage in &look.stages {
        let name = stage.stage_name.as_str();
        if stage.other.contains_key("webAclArn") || stage.description.as_deref().is_some_and(word) {
            say(&["Stages", name, "Settings"], stage.description.as_deref().unwrap_or("webAclArn"));
        }
        for (key, value) in stage.tags.iter().filter(|(key, value)| word(key) || word(value)) {
            say(&["Stages", name, "Tags"], &format!("{key}={value}"));
        }
    }
    found
}
