//! Snippets: what tutorials do to one route in many steps, each as one change of a snapshot (walkthrough steps 6 to 9).
//!
//! A snippet does the escaping (`\$default` in the expression, `$default` as key) and whatever else makes it work at once.

use crate::api::{Integration, IntegrationResponse, Snapshot};
use crate::starter::{DEFAULT, PUSH_BACK, SELECT_DEFAULT};

/// A change that a route can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Names it.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// What it sets, in a sentence.
    pub says: &'static str,
}

/// All of them, in the walkthrough's order.
pub const SNIPPETS: [Snippet; 6] = [
    Snippet {
        id: "mockStatus",
        name: "Mock that answers 200",
        says: "Template {\"statusCode\": 200} under the key $default, chosen by \\$default, and an integration response $default.",
    },
    Snippet {
        id: "connectionIdInBody",
        name: "Connection id in the body",
        says: "Proxy off; the backend gets {\"connectionId\": …, \"payload\": the message}, and its answer passes through $default.",
    },
    Snippet {
        id: "connectionIdInHeader",
        name: "Connection id in a header",
        says: "The backend gets the header connectionid; the body stays as it is.",
    },
    Snippet {
        id: "stageVariableInUrl",
        name: "Stage variable in the URL",
        says: "The address ends with ?region=${stageVariables.region}; the variable is set in every stage that lacks it.",
    },
    Snippet {
        id: "stageVariableInBody",
        name: "Stage variable in the body",
        says: "Proxy off; the backend gets {\"region\": the variable, \"payload\": the message}.",
    },
    Snippet {
        id: "pushBack",
        name: "What a backend needs to push back",
        says: "Proxy off; the backend gets connection id, domain name and stage, for https://{domainName}/{stage}/@connections/{connectionId}.",
    },
];

/// The value of a stage variable that a snippet needs and a stage lacks.
const REGION: (&str, &str) = ("region", "us-east-1");

/// The snapshot with the snippet on a route.
///
/// # Errors
/// Why it can't be done, in words.
pub fn apply(snippet: &str, snapshot: &Snapshot, route_key: &str, region: &str) -> Result<Snapshot, String> {
    let route = snapshot.route(route_key).ok_or_else(|| format!("there is no route {route_key}"))?;
    let id = route.integration_id().ok_or_else(|| format!("{route_key} has no integration yet"))?.to_owned();
    let mut draft = snapshot.clone();
    let integration = draft.integrations.iter_mut().find(|i| i.integration_id == id);
    let integration = integration.ok_or_else(|| format!("there is no integration {id}"))?;
    // The handshake and its end bring no message.
    let payload = if matches!(route_key, "$connect" | "$disconnect") { "" } else { r#", "payload": $input.body"# };
    match snippet {
        "mockStatus" => {
            if integration.integration_type != "MOCK" {
                integration.integration_type = "MOCK".to_owned();
                integration.integration_uri = None;
                integration.integration_method = None;
                integration.connection_type = None;
                integration.connection_id = None;
                integration.credentials_arn = None;
                integration.request_parameters.clear();
            }
            template(integration, r#"{"statusCode": 200}"#);
        }
        "connectionIdInBody" => {
            called(integration, route_key)?;
            template(integration, &format!(r#"{{"connectionId": "$context.connectionId"{payload}}}"#));
        }
        "connectionIdInHeader" => {
            called(integration, route_key)?;
            let target = "integration.request.header.connectionid".to_owned();
            integration.request_parameters.insert(target, "context.connectionId".to_owned());
        }
        "stageVariableInUrl" => {
            called(integration, route_key)?;
            let uri = integration.integration_uri.clone().unwrap_or_default();
            if !integration.integration_type.starts_with("HTTP") {
                return Err("only the address of an HTTP integration can have a query".to_owned());
            }
            if !uri.contains("${stageVariables.region}") {
                let joint = if uri.contains('?') { '&' } else { '?' };
                integration.integration_uri = Some(format!("{uri}{joint}region=${{stageVariables.region}}"));
            }
            set_region(&mut draft, region);
        }
        "stageVariableInBody" => {
            called(integration, route_key)?;
            template(integration, &format!(r#"{{"region": "${{stageVariables.region}}"{payload}}}"#));
            set_region(&mut draft, region);
        }
        "pushBack" => {
            called(integration, route_key)?;
            let bare = PUSH_BACK.replace(r#", "payload": $input.body"#, payload);
            template(integration, &bare);
        }
        other => return Err(format!("there is no snippet {other}")),
    }
    Ok(draft)
}

/// A mock passes nothing on.
fn called(integration: &Integration, route_key: &str) -> Result<(), String> {
    if integration.integration_type == "MOCK" {
        return Err(format!("the integration of {route_key} is a mock, which calls nobody: give it a backend first"));
    }
    Ok(())
}

/// One template that is always chosen, which takes proxying off, and a response that takes every answer.
fn template(integration: &mut Integration, text: &str) {
    if let Some(plain) = integration.integration_type.strip_suffix("_PROXY") {
        integration.integration_type = plain.to_owned();
    }
    integration.template_selection_expression = Some(SELECT_DEFAULT.to_owned());
    integration.request_templates.retain(|key, _| key != "\\$default");
    integration.request_templates.insert(DEFAULT.to_owned(), text.to_owned());
    if !integration.responses.iter().any(|response| response.integration_response_key == DEFAULT) {
        integration.responses.push(IntegrationResponse {
            integration_response_id: format!("new-{}-default", integration.integration_id.trim_start_matches("new-")),
            integration_response_key: DEFAULT.to_owned(),
            ..IntegrationResponse::default()
        });
    }
}

fn set_region(draft: &mut Snapshot, region: &str) {
    let (name, usual) = REGION;
    let value = if region.is_empty() { usual } else { region };
    for stage in &mut draft.stages {
        stage.stage_variables.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;
    use crate::limits;
    use crate::starter::{BACKEND, begin};

    /// The chat with its joinroom as a proxy, as walkthrough step 6 leaves it.
    fn proxied() -> Snapshot {
        let fields = BTreeMap::from([(BACKEND.to_owned(), "http://backend.sandbox:8080".to_owned())]);
        let mut api = begin("chat", "chat", &fields, "").unwrap();
        for integration in api.integrations.iter_mut().filter(|i| i.integration_type == "HTTP") {
            integration.integration_type = "HTTP_PROXY".to_owned();
            integration.request_templates.clear();
            integration.template_selection_expression = None;
            integration.responses.clear();
        }
        api
    }

    #[test]
    fn every_snippet_leaves_an_api_without_problems_and_is_the_same_done_twice() {
        let api = proxied();
        for snippet in SNIPPETS {
            for route in ["$connect", "joinroom"] {
                let once = apply(snippet.id, &api, route, "eu-west-1").unwrap();
                assert_ne!(once, api, "{} on {route}", snippet.id);
                assert_eq!(limits::check(&api, &once), [], "{} on {route}", snippet.id);
                assert_eq!(apply(snippet.id, &once, route, "eu-west-1").unwrap(), once, "{} on {route}", snippet.id);
            }
        }
    }

    #[test]
    fn the_walkthroughs_forms_come_out() {
        let api = proxied();
        let of = |snippet: &str| apply(snippet, &api, "joinroom", "eu-west-1").unwrap();
        let body = of("connectionIdInBody");
        let integration = body.integration_of("joinroom").unwrap();
        assert_eq!(integration.integration_type, "HTTP");
        assert_eq!(integration.template_selection_expression.as_deref(), Some("\\$default"));
        assert_eq!(
            integration.request_templates["$default"],
            r#"{"connectionId": "$context.connectionId", "payload": $input.body}"#
        );
        assert_eq!(integration.responses[0].integration_response_key, "$default");
        let header = of("connectionIdInHeader");
        let integration = header.integration_of("joinroom").unwrap();
        assert_eq!(integration.integration_type, "HTTP_PROXY");
        assert_eq!(integration.request_parameters["integration.request.header.connectionid"], "context.connectionId");
        let url = of("stageVariableInUrl");
        let integration = url.integration_of("joinroom").unwrap();
        assert!(integration.integration_uri.as_deref().unwrap().ends_with("/joinroom?region=${stageVariables.region}"));
        assert_eq!(url.stages[0].stage_variables["region"], "eu-west-1");
        assert!(
            of("pushBack").integration_of("joinroom").unwrap().request_templates["$default"]
                .contains("$context.domainName")
        );
    }

    #[test]
    fn what_can_not_be_done_is_said() {
        let api = proxied();
        assert!(apply("connectionIdInBody", &api, "$default", "").unwrap_err().contains("is a mock"));
        assert!(apply("pushBack", &api, "gone", "").unwrap_err().contains("no route gone"));
        assert!(apply("other", &api, "joinroom", "").unwrap_err().contains("no snippet other"));
    }
}
