//! Rules about templates, and about the expressions that choose them.

use super::causes::by_route;
use super::look::{Found, Look, Need, Rule, breaks, guide, on_route};
use super::{Severity, expressions};
use crate::api::{Integration, Route};
use crate::redact::redact;
use crate::resource::Kind;
use crate::template::{self, words};

const NEEDS: &[Need] = &[Need::Routes, Need::Integrations, Need::IntegrationResponses];
const REFERENCE: &str = guide!("apigateway-websocket-api-mapping-template-reference");

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "request-template-failed",
        severity: Severity::Messages,
        asks: "API Gateway can read each request template",
        reason: "A template that can’t be read is answered 500: Unable to transform request.",
        fix: "Open the template at the place that is named, then deploy.",
        source: REFERENCE,
        needs: NEEDS,
        find: |look| {
            by_route(
                look,
                "request-template-failed",
                |key| format!("{key}: the request template can’t be read"),
                |route, integration| {
                    unreadable(integration.request_templates.iter())
                        .filter(|_| !integration.is_proxy())
                        .map(|text| on_route(&route.route_key, "Request template", text))
                },
            )
        },
    },
    Rule {
        id: "response-template-failed",
        severity: Severity::Messages,
        asks: "API Gateway can read each response template",
        reason: "A template that can’t be read is answered 500: Unable to transform response.",
        fix: "Open the template at the place that is named, then deploy.",
        source: REFERENCE,
        needs: NEEDS,
        find: |look| {
            by_route(
                look,
                "response-template-failed",
                |key| format!("{key}: the response template can’t be read"),
                |route, integration| {
                    let templates = integration.responses.iter().flat_map(|r| r.response_templates.iter());
                    unreadable(templates)
                        .filter(|_| !integration.is_proxy())
                        .map(|text| on_route(&route.route_key, "Integration response", text))
                },
            )
        },
    },
    Rule {
        id: "template-word-unknown",
        severity: Severity::Messages,
        asks: "Templates use words that there are",
        reason: "A word that there is not gives nothing, or stays as it is written.",
        fix: "Correct the word, then deploy.",
        source: REFERENCE,
        needs: NEEDS,
        find: |look| {
            each(look, "uses a word that there is not", |text| {
                words::used(text).ok()?.iter().find_map(|word| Some(format!("line {}: {}", word.line, word.problem()?)))
            })
        },
    },
    Rule {
        id: "template-unescaped",
        severity: Severity::Risk,
        asks: "Templates escape what they put into JSON",
        reason: "A quote or a line break in the message makes what the template writes no JSON any more, or something that the sender chose.",
        fix: "Write $input.json('$.x') without quotes around it, or $util.escapeJavaScript($input.path('$.x')) within them.",
        source: REFERENCE,
        needs: NEEDS,
        find: |look| each(look, "puts text into JSON as it came", unescaped),
    },
    Rule {
        id: "selection-expression-wrong",
        severity: Severity::Messages,
        asks: "Selection expressions choose a template that is there",
        reason: "The expression chooses no template, so the message passes as it is, or is refused.",
        fix: "Correct the expression or the template’s key, then deploy.",
        source: guide!("apigateway-websocket-api-selection-expressions"),
        needs: NEEDS,
        find: selections,
    },
    Rule {
        id: "response-key-never-matches",
        severity: Severity::Messages,
        asks: "Keys of integration responses can match",
        reason: "A key is $default, or a regular expression between slashes that takes the whole status. Another one never matches.",
        fix: "Write $default or /2\\d\\d/, then deploy.",
        source: guide!("apigateway-websocket-api-integration-responses"),
        needs: NEEDS,
        find: response_keys,
    },
    Rule {
        id: "response-default-missing",
        severity: Severity::Risk,
        asks: "Some integration response takes whatever comes",
        reason: "An answer that no key matches is 500: No match for output mapping.",
        fix: "Add an integration response with the key $default, then deploy.",
        source: guide!("apigateway-websocket-api-integration-responses"),
        needs: NEEDS,
        find: |look| {
            let partial = look.integrations().into_iter().filter(|(_, i)| {
                let keys = || i.responses.iter().map(|r| r.integration_response_key.as_str());
                !i.is_proxy()
                    && !i.responses.is_empty()
                    && !keys().any(|key| matches!(key, "$default" | "/.*/" | "/.+/"))
            });
            partial
                .map(|(r, i)| {
                    let keys: Vec<&str> = i.responses.iter().map(|r| r.integration_response_key.as_str()).collect();
                    Found::new(
                        format!("{} has no response for other answers", r.route_key),
                        on_route(&r.route_key, "Integration response", keys.join(", ")),
                    )
                })
                .collect()
        },
    },
    Rule {
        id: "proxy-ignores-templates",
        severity: Severity::Advice,
        asks: "Proxy integrations have no templates",
        reason: "A proxy integration passes messages and answers whole: its templates are never used.",
        fix: "Delete them, or make the integration one that is no proxy.",
        source: guide!("websocket-api-data-transformations"),
        needs: &[Need::Routes, Need::Integrations],
        find: |look| {
            let idle = look.integrations().into_iter().filter(|(_, i)| i.is_proxy() && !i.request_templates.is_empty());
            idle.map(|(r, _)| {
                Found::new(
                    format!("{}’s templates are not used", r.route_key),
                    on_route(&r.route_key, "Request template", "a proxy integration"),
                )
            })
            .collect()
        },
    },
    Rule {
        id: "secret-in-template",
        severity: Severity::Risk,
        asks: "No template or mapping holds a secret",
        reason: "Everybody who may read the API can read it, and data trace writes it into the log.",
        fix: "Let the backend have the secret, or take it from AWS Secrets Manager there; and change it, it is known.",
        source: guide!("security-best-practices"),
        needs: NEEDS,
        find: secrets,
    },
];

fn unreadable<'t>(mut templates: impl Iterator<Item = (&'t String, &'t String)>) -> Option<String> {
    templates.find_map(|(key, text)| template::check(text).err().map(|why| format!("{key}, {why}")))
}

/// Every template of each integration that uses templates: where it stands, and its text.
fn texts<'a>(look: &Look<'a>) -> Vec<(&'a Route, &'static str, &'a str)> {
    let mut all = Vec::new();
    for (route, integration) in look.integrations().into_iter().filter(|(_, i)| !i.is_proxy()) {
        all.extend(integration.request_templates.values().map(|t| (route, "Request template", t.as_str())));
        let answers = integration.responses.iter().flat_map(|r| r.response_templates.values());
        all.extend(answers.map(|t| (route, "Integration response", t.as_str())));
    }
    all
}

fn each(look: &Look, what: &str, wrong: impl Fn(&str) -> Option<String>) -> Vec<Found> {
    let found = texts(look).into_iter().filter_map(|(route, station, text)| Some((route, station, wrong(text)?)));
    found
        .map(|(route, station, said)| {
            let key = route.route_key.as_str();
            Found::new(format!("{key}: the {} {what}", station.to_lowercase()), on_route(key, station, said))
        })
        .collect()
}

/// Text of a message that is put between quotes, or where a JSON value stands, as it came.
fn unescaped(template: &str) -> Option<String> {
    if !template.trim_start().starts_with(['{', '[']) {
        return None;
    }
    template.lines().enumerate().find_map(|(n, line)| {
        ["$input.path(", "$input.body", "${input.body"].iter().find_map(|word| {
            let (at, _) = line.match_indices(word).find(|(at, _)| {
                let before = line[..*at].trim_end();
                let after = line[at + word.len()..].split_once(')').map_or("", |(_, rest)| rest);
                let quoted = before.ends_with('"');
                // A bare path prints a text without its quotes; the whole body is JSON already.
                quoted || (before.ends_with(':') && *word == "$input.path(" && !after.starts_with(".size"))
            })?;
            let shown: String = line[at..].chars().take(40).collect();
            Some(format!("line {}: {shown}", n + 1))
        })
    })
}

fn selections(look: &Look) -> Vec<Found> {
    let problems = expressions::problems(look);
    let mut found = Vec::new();
    for (route, integration) in look.integrations() {
        let id = integration.integration_id.as_str();
        let here = problems.iter().filter(|p| {
            let own = p.kind == Kind::Integration && p.id == id;
            let below = p.kind == Kind::IntegrationResponse && p.parent == id;
            (own || below) && p.member.ends_with("electionExpression") && !integration.is_proxy()
        });
        for problem in here {
            // A mock that gives no status because of it says so itself.
            let told = integration.integration_type == "MOCK" && crate::diagnose::missing_status(integration).is_some();
            if told && problem.kind == Kind::Integration && problem.member == "templateSelectionExpression" {
                continue;
            }
            let key = route.route_key.as_str();
            let request = problem.member == "templateSelectionExpression" && problem.kind == Kind::Integration;
            let station = if request { "Request template" } else { "Integration response" };
            let title = format!("{key}: a selection expression is wrong");
            found.push(Found::new(title, on_route(key, station, problem.text.clone())).severe(breaks(key)));
        }
    }
    found
}

fn response_keys(look: &Look) -> Vec<Found> {
    let ways = look.integrations().into_iter().filter(|(_, i)| !i.is_proxy());
    ways.flat_map(|(route, integration)| {
        let never = integration.responses.iter().filter(|r| {
            let key = r.integration_response_key.as_str();
            key != "$default"
                && crate::selection::key_pattern(key).is_none_or(|p| crate::selection::key_regex(p).is_err())
        });
        never
            .map(|r| {
                let key = route.route_key.as_str();
                let title = format!("{key}: the integration response {} never matches", r.integration_response_key);
                Found::new(title, on_route(key, "Integration response", r.integration_response_key.as_str()))
            })
            .collect::<Vec<_>>()
    })
    .collect()
}

fn secrets(look: &Look) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut say = |route: &Route, station: &str, text: &str| {
        let key = route.route_key.as_str();
        found.push(Found::new(
            format!("{key}: the {} seems to hold a secret", station.to_lowercase()),
            on_route(key, station, text),
        ));
    };
    for (route, station, text) in texts(look) {
        if redact(text) != text {
            say(route, station, "a token or a key, which is not shown here");
        }
    }
    for (route, integration) in look.integrations() {
        if let Some(target) = fixed_secret(integration) {
            say(route, "Integration", &format!("{target} is a fixed text, which is not shown here"));
        }
    }
    found
}

/// A mapping of a fixed text to a header or parameter that is called like a secret.
fn fixed_secret(integration: &Integration) -> Option<&str> {
    let mut fixed =
        integration.request_parameters.iter().filter(|(_, source)| source.starts_with('\'') && source.len() > 4);
    fixed.find_map(|(target, _)| {
        let name = target.rsplit('.').next().unwrap_or_default();
        crate::redact::is_secret_name(name).then_some(target.as_str())
    })
}
