//! Backends that build the address of `@connections` from the domain and the stage, which fits the generated host only.
//!
//! Behind a custom domain the path is the mapping's key, or nothing (facts 6 end). What the API hands on shows who may do
//! it; what a function's code does with its event only the code can tell. The change: a stage variable with the right
//! address, and templates and headers that hand it on.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::Goal;
use crate::api::{Integration, Snapshot};

/// The stage variable.
pub const VARIABLE: &str = "callbackUrl";
/// The member or header by which a backend gets it.
const MEMBER: &str = "callback";

/// An integration whose backend may push to an address that is wrong behind the domain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct WrongCallback {
    /// `$connect`, `sendmessage` …: all of one integration.
    pub routes: Vec<String>,
    /// Which integration.
    pub integration_id: String,
    /// What it does, in words.
    pub says: String,
    /// The API itself joins or hands on the parts, so a change of the API mends it; else only the code can.
    pub can_fix: bool,
    /// What the code has to say.
    pub snippets: Vec<CodeSnippet>,
}

/// A piece of code to copy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct CodeSnippet {
    /// `Node.js`, `Python`.
    pub language: String,
    /// The code.
    pub text: String,
}

/// What makes the address.
enum Hands {
    /// Both parts, in a template: the backend joins them.
    Parts,
    /// Both parts, in headers.
    Headers,
    /// The address, joined here.
    Joined,
    /// A function's whole event.
    Event,
}

/// All integrations that hand on what makes a wrong address. None where the key is the stage's name: then it fits.
#[must_use]
pub fn wrong_callbacks(goal: &Goal, snapshot: &Snapshot) -> Vec<WrongCallback> {
    if goal.key == goal.stage {
        return Vec::new();
    }
    let told = snapshot.stage(&goal.stage).and_then(|stage| stage.stage_variables.get(VARIABLE));
    // Another mapping's address of this stage is as good; the joined one is what is wrong.
    let told = told.is_some_and(|url| url.starts_with("https://") && *url != joined_for(goal));
    let found = snapshot.integrations.iter().filter_map(|integration| {
        let hands = hands(integration)?;
        // Whoever gets the right address beside the parts may use it; a function sees the variable in its event.
        if told && (is_told(integration) || matches!(hands, Hands::Event)) {
            return None;
        }
        let target = format!("integrations/{}", integration.integration_id);
        let routes = snapshot.routes.iter().filter(|route| route.target.as_deref() == Some(&target));
        let routes: Vec<String> = routes.map(|route| route.route_key.clone()).collect();
        // What pushes is a message's backend, or `$connect`'s for others; one that no route uses is nobody's.
        (!routes.is_empty()).then(|| WrongCallback {
            routes,
            integration_id: integration.integration_id.clone(),
            says: says(goal, &hands),
            can_fix: true,
            snippets: snippets(&hands),
        })
    });
    found.collect()
}

/// The API with the right address in a stage variable, handed on wherever the wrong one was made.
#[must_use]
pub fn fix_callbacks(goal: &Goal, snapshot: &Snapshot) -> Snapshot {
    let mut fixed = snapshot.clone();
    let wrong = wrong_callbacks(goal, snapshot);
    for integration in &mut fixed.integrations {
        if wrong.iter().any(|found| found.integration_id == integration.integration_id) {
            mend(integration);
        }
    }
    if let Some(stage) = fixed.stages.iter_mut().find(|stage| stage.stage_name == goal.stage && !wrong.is_empty()) {
        stage.stage_variables.insert(VARIABLE.to_owned(), goal.callback());
    }
    fixed
}

fn hands(integration: &Integration) -> Option<Hands> {
    let texts = || {
        let uri = integration.integration_uri.iter();
        integration.request_templates.values().chain(integration.request_parameters.values()).chain(uri)
    };
    if texts().any(|text| joined(text).is_some()) {
        return Some(Hands::Joined);
    }
    let both = |texts: &[&String]| {
        let any = |word: &str| texts.iter().any(|text| text.contains(word));
        any("context.domainName") && any("context.stage")
    };
    let parameters: Vec<&String> = integration.request_parameters.values().collect();
    if integration.request_templates.values().any(|template| both(&[template])) {
        return Some(Hands::Parts);
    }
    if both(&parameters) {
        return Some(Hands::Headers);
    }
    (integration.integration_type == "AWS_PROXY").then_some(Hands::Event)
}

/// Where domain and stage stand as an address, in each way that templates and URIs write it.
fn joined(text: &str) -> Option<std::ops::Range<usize>> {
    const DOMAIN: [&str; 3] = ["${context.domainName}", "$context.domainName", "$!context.domainName"];
    const STAGE: [&str; 3] = ["${context.stage}", "$context.stage", "$!context.stage"];
    DOMAIN.iter().find_map(|domain| {
        let at = text.find(domain)?;
        let rest = text[at + domain.len()..].strip_prefix('/')?;
        let stage = STAGE.iter().find(|stage| rest.starts_with(**stage))?;
        let scheme = text[..at].strip_suffix("https://").map_or(at, str::len);
        Some(scheme..at + domain.len() + 1 + stage.len())
    })
}

fn is_told(integration: &Integration) -> bool {
    let named = format!("stageVariables.{VARIABLE}");
    let texts = integration.request_templates.values().chain(integration.request_parameters.values());
    texts.chain(&integration.integration_uri).any(|text| text.contains(&named))
}

fn mend(integration: &mut Integration) {
    let variable = format!("${{stageVariables.{VARIABLE}}}");
    let texts = integration.request_templates.values_mut().chain(integration.request_parameters.values_mut());
    for text in texts.chain(&mut integration.integration_uri) {
        while let Some(range) = joined(text) {
            text.replace_range(range, &variable);
        }
    }
    for template in integration.request_templates.values_mut() {
        let both = template.contains("context.domainName") && template.contains("context.stage");
        if both && let Some(with) = with_member(template, &variable) {
            *template = with;
        }
    }
    let handed = |word: &str| integration.request_parameters.values().any(|from| from == word);
    if handed("context.domainName") && handed("context.stage") {
        let name = format!("integration.request.header.{MEMBER}");
        integration.request_parameters.insert(name, format!("stageVariables.{VARIABLE}"));
    }
}

/// A template that writes an object, with one member more. `None`: it writes something else.
fn with_member(template: &str, value: &str) -> Option<String> {
    let at = template.find('{').filter(|at| !template[..*at].ends_with(['$', '!']))?;
    let (before, after) = template.split_at(at + 1);
    let empty = after.trim_start().starts_with('}');
    let member = Value::from(MEMBER);
    Some(format!("{before}{member}: \"{value}\"{}{after}", if empty { "" } else { ", " }))
}

/// What a backend makes of the domain and the stage.
fn joined_for(goal: &Goal) -> String {
    format!("https://{}/{}", goal.dialled(), goal.stage)
}

fn says(goal: &Goal, hands: &Hands) -> String {
    let made = joined_for(goal);
    let right = goal.callback();
    match hands {
        Hands::Joined => {
            format!("It joins the domain and the stage to {made}; behind this domain it has to be {right}.")
        }
        Hands::Parts | Hands::Headers => format!(
            "It hands the domain and the stage on; a backend that joins them pushes to {made}, where nothing is. It has to be {right}."
        ),
        Hands::Event => format!(
            "The function’s event carries the domain and the stage; code that joins them pushes to {made}, where nothing is. \
             It has to be {right}."
        ),
    }
}

fn snippets(hands: &Hands) -> Vec<CodeSnippet> {
    let snippet = |language: &str, text: String| CodeSnippet { language: language.to_owned(), text };
    let (node, python) = match hands {
        Hands::Event => (
            format!("event.stageVariables?.{VARIABLE}"),
            format!("(event.get(\"stageVariables\") or {{}}).get(\"{VARIABLE}\")"),
        ),
        Hands::Parts => (format!("request.{MEMBER}"), format!("request[\"{MEMBER}\"]")),
        Hands::Headers => (format!("headers.{MEMBER}"), format!("headers[\"{MEMBER}\"]")),
        // The API hands the whole address on, at the place where the code takes it from already.
        Hands::Joined => return Vec::new(),
    };
    vec![
        snippet(
            "Node.js",
            format!(
                "import {{ ApiGatewayManagementApiClient, PostToConnectionCommand }} from \"@aws-sdk/client-apigatewaymanagementapi\";\n\n\
                 const client = new ApiGatewayManagementApiClient({{ endpoint: {node} }});\n\
                 await client.send(new PostToConnectionCommand({{ ConnectionId: connectionId, Data: data }}));\n"
            ),
        ),
        snippet(
            "Python",
            format!(
                "import boto3\n\n\
                 client = boto3.client(\"apigatewaymanagementapi\", endpoint_url={python})\n\
                 client.post_to_connection(ConnectionId=connection_id, Data=data)\n"
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Route, Stage};

    fn goal(key: &str) -> Goal {
        Goal {
            api_id: "a1".into(),
            stage: "prod".into(),
            domain_name: "chat.example.com".into(),
            key: key.into(),
            ..Goal::default()
        }
    }

    fn api(integration: Integration) -> Snapshot {
        let target = Some("integrations/i1".to_owned());
        Snapshot {
            routes: vec![Route { route_key: "sendmessage".into(), target, ..Route::default() }],
            integrations: vec![Integration { integration_id: "i1".into(), ..integration }],
            stages: vec![Stage { stage_name: "prod".into(), ..Stage::default() }],
            ..Snapshot::default()
        }
    }

    fn template(text: &str) -> Snapshot {
        let mut integration = Integration { integration_type: "HTTP".into(), ..Integration::default() };
        integration.request_templates.insert("$default".into(), text.into());
        api(integration)
    }

    fn fixed(goal: &Goal, snapshot: &Snapshot) -> Snapshot {
        let fixed = fix_callbacks(goal, snapshot);
        assert_eq!(wrong_callbacks(goal, &fixed), [], "what is fixed is found no more");
        assert_eq!(fix_callbacks(goal, &fixed), fixed);
        fixed
    }

    #[test]
    fn an_address_that_is_joined_here_becomes_the_stage_variable() {
        for text in [
            r#"{"url": "https://$context.domainName/$context.stage/@connections/x"}"#,
            r#"{"url": "https://${context.domainName}/${context.stage}/@connections/x"}"#,
        ] {
            let snapshot = template(text);
            assert_eq!(wrong_callbacks(&goal("chat"), &snapshot)[0].routes, ["sendmessage"]);
            let fixed = fixed(&goal("chat"), &snapshot);
            let now = &fixed.integrations[0].request_templates["$default"];
            assert_eq!(now, r#"{"url": "${stageVariables.callbackUrl}/@connections/x"}"#);
            assert_eq!(fixed.stages[0].stage_variables[VARIABLE], "https://chat.example.com/chat");
        }
    }

    #[test]
    fn parts_that_are_handed_on_get_the_address_beside_them() {
        let snapshot = template(r#"{"domainName": "$context.domainName", "stage": "$context.stage"}"#);
        let now = fixed(&goal(""), &snapshot);
        let written = &now.integrations[0].request_templates["$default"];
        assert!(written.starts_with(r#"{"callback": "${stageVariables.callbackUrl}", "domainName""#), "{written}");
        assert_eq!(now.stages[0].stage_variables[VARIABLE], "https://chat.example.com");
        let mut integration = Integration { integration_type: "HTTP_PROXY".into(), ..Integration::default() };
        for (name, from) in [("domainName", "context.domainName"), ("stage", "context.stage")] {
            integration.request_parameters.insert(format!("integration.request.header.{name}"), from.into());
        }
        let now = fixed(&goal("chat"), &api(integration));
        let header = &now.integrations[0].request_parameters["integration.request.header.callback"];
        assert_eq!(header, "stageVariables.callbackUrl");
    }

    #[test]
    fn a_functions_code_is_told_by_a_snippet_and_the_variable() {
        let snapshot = api(Integration { integration_type: "AWS_PROXY".into(), ..Integration::default() });
        let found = wrong_callbacks(&goal("chat"), &snapshot);
        assert!(found[0].snippets[0].text.contains("event.stageVariables?.callbackUrl"), "{found:?}");
        let _ = fixed(&goal("chat"), &snapshot);
    }

    #[test]
    fn an_address_of_another_mapping_is_as_good_and_the_joined_one_is_not() {
        let mut snapshot =
            fixed(&goal("chat"), &template(r#"{"domainName": "$context.domainName", "stage": "$context.stage"}"#));
        assert_eq!(wrong_callbacks(&goal("other"), &snapshot), []);
        snapshot.stages[0].stage_variables.insert(VARIABLE.into(), "https://chat.example.com/prod".into());
        assert_eq!(wrong_callbacks(&goal("chat"), &snapshot).len(), 1);
    }

    #[test]
    fn a_key_that_is_the_stages_name_fits_as_it_is() {
        let snapshot = template(r#"{"url": "https://$context.domainName/$context.stage"}"#);
        assert_eq!(wrong_callbacks(&goal("prod"), &snapshot), []);
        let plain = template(r#"{"id": "$context.connectionId"}"#);
        assert_eq!(wrong_callbacks(&goal("chat"), &plain), []);
    }
}
