//! Whether a policy lets a client connect, statement by statement in words.
//!
//! Reads an IAM policy or an authorizer's whole answer, as people have them at hand. It decides with [`crate::policy`] and
//! may not have an opinion of its own.

use serde_json::Value;

use super::{INVOKE, read};
use crate::policy::{self, Decision, texts};

/// What a policy says of one ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Whether the client may connect.
    pub allows: bool,
    /// The whole verdict.
    pub verdict: String,
    /// Of each statement: why it counts, or never can.
    pub statements: Vec<String>,
}

impl Explained {
    fn no(verdict: impl Into<String>) -> Self {
        Self { allows: false, verdict: verdict.into(), statements: Vec::new() }
    }
}

/// Explains a text: a policy, or an authorizer's answer with its `policyDocument`.
#[must_use]
pub fn explain(text: &str, method_arn: &str) -> Explained {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(why) => return Explained::no(format!("This is no JSON: {why}.")),
    };
    let is_answer = ["policyDocument", "principalId", "isAuthorized"].iter().any(|name| value.get(name).is_some());
    let list = if is_answer {
        match read(text) {
            Ok(said) => said.statements,
            Err(why) => return Explained::no(unusable(&value, &why)),
        }
    } else {
        match &value["Statement"] {
            Value::Array(statements) => statements.clone(),
            statement @ Value::Object(_) => vec![statement.clone()],
            _ => return Explained::no("There is no Statement in it, so it allows nothing."),
        }
    };
    let statements = list.iter().enumerate().map(|(at, s)| statement(at + 1, s, method_arn)).collect();
    let (decision, by) = policy::judge(&list, INVOKE, method_arn, &[]);
    let by = by.iter().map(|at| (at + 1).to_string()).collect::<Vec<_>>().join(" and ");
    let verdict = match decision {
        Decision::Allowed => format!("101: statement {by} allows {INVOKE} on {method_arn}, and none denies it."),
        Decision::ExplicitDeny => format!("403: statement {by} denies it, and a Deny wins over every Allow."),
        Decision::ImplicitDeny => format!("403: no statement allows {INVOKE} on {method_arn}."),
    };
    Explained { allows: decision == Decision::Allowed, verdict, statements }
}

/// An answer that the gateway can't use, with the reason where it is a known mistake.
fn unusable(answer: &Value, why: &str) -> String {
    let known = if answer.get("isAuthorized").is_some() {
        "isAuthorized is the simple response of HTTP APIs; a WebSocket API needs principalId and policyDocument"
    } else if answer["context"].as_object().is_some_and(|c| c.values().any(|v| v.is_object() || v.is_array())) {
        "values of context can't be objects or arrays: write them as text"
    } else if answer["policyDocument"].is_string() {
        "policyDocument is a text; it has to be an object"
    } else {
        ""
    };
    let known = if known.is_empty() { String::new() } else { format!(" ({known})") };
    format!("500 with an empty message: the gateway can't use this answer: {why}{known}.")
}

/// One statement in words.
fn statement(number: usize, statement: &Value, method_arn: &str) -> String {
    let effect = statement["Effect"].as_str().unwrap_or_default();
    if effect != "Allow" && effect != "Deny" {
        return format!(
            "Statement {number} counts for nothing: its Effect is {}, not Allow or Deny.",
            shown(&statement["Effect"])
        );
    }
    let covers = policy::coverage(statement, INVOKE, method_arn, &[]);
    let why_not = if !covers.action {
        Some(match statement.get("Action") {
            Some(listed) => format!("its Action is {}, not {INVOKE}", shown(listed)),
            None => "it names no Action that covers execute-api:Invoke".to_owned(),
        })
    } else if !covers.resource {
        Some(match statement.get("Resource") {
            Some(listed) => {
                let reasons: Vec<String> = texts(listed).map(|pattern| mismatch(pattern, method_arn)).collect();
                if reasons.is_empty() { "its Resource is no text".to_owned() } else { reasons.join("; ") }
            }
            None => "it names no Resource that covers it".to_owned(),
        })
    } else if !covers.condition {
        Some("its Condition asks for something that this test does not know, so it was taken as not met".to_owned())
    } else {
        None
    };
    match (effect, why_not) {
        ("Allow", None) => format!("Statement {number} allows it."),
        (_, None) => format!("Statement {number} denies it."),
        ("Allow", Some(why)) => format!("Statement {number} does not allow it: {why}."),
        (_, Some(why)) => format!("Statement {number} does not deny it: {why}."),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "missing".to_owned(),
        other => other.to_string(),
    }
}

/// Why a resource pattern does not match the ARN of a handshake.
fn mismatch(pattern: &str, arn: &str) -> String {
    const NAMES: [&str; 5] = ["prefix", "partition", "service", "region", "account"];
    let wanted: Vec<&str> = pattern.splitn(6, ':').collect();
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (Some(wanted_place), Some(place)) = (wanted.get(5), parts.get(5)) else {
        return format!("{pattern} is no ARN of an API (arn:aws:execute-api:region:account:api/stage/$connect)");
    };
    // `api/stage/GET/path`: the shape of REST and HTTP APIs (facts 2 section 3).
    let segments: Vec<&str> = wanted_place.split('/').collect();
    if segments.len() > 3 {
        return format!(
            "{pattern} has the shape of a REST API, with a method and a path; {} has one part after the stage, so it never \
             matches (…/{{stage}}/* does)",
            place
        );
    }
    let differing = (0..5).find(|at| !policy::matches(wanted[*at], parts[*at]));
    if let Some(at) = differing {
        return format!("its {} is {}, not {}", NAMES[at], wanted[at], parts[at]);
    }
    let names = ["API", "stage", "route key"];
    let here: Vec<&str> = place.split('/').collect();
    for (at, name) in names.iter().enumerate() {
        match (segments.get(at), here.get(at)) {
            (Some(wanted), Some(here)) if !policy::matches(wanted, here) => {
                return format!("its {name} is {wanted}, not {here}");
            }
            (None, Some(here)) => return format!("{pattern} ends before the {name} {here}"),
            _ => {}
        }
    }
    format!("{pattern} does not match {arn}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/$connect";

    fn of(resource: Value, effect: &str) -> Explained {
        let s = json!({ "Statement": [{ "Effect": effect, "Action": "execute-api:Invoke", "Resource": resource }] });
        explain(&s.to_string(), ARN)
    }

    #[test]
    fn a_rest_shaped_resource_never_matches_and_says_so() {
        let said = of(json!("arn:aws:execute-api:us-east-1:123456789012:abc/prod/*/*"), "Allow");
        assert!(!said.allows);
        assert!(said.statements[0].contains("shape of a REST API"), "{:?}", said.statements);
        assert!(said.verdict.starts_with("403"), "{}", said.verdict);
    }

    #[test]
    fn the_exact_arn_and_its_wildcards_allow() {
        for resource in
            [ARN, "*", "arn:aws:execute-api:*:*:abc/*", "arn:aws:execute-api:us-east-1:123456789012:abc/prod/*"]
        {
            let said = of(json!([resource]), "Allow");
            assert!(said.allows && said.verdict.starts_with("101"), "{resource}: {said:?}");
        }
    }

    #[test]
    fn what_differs_is_named() {
        let table = [
            ("arn:aws:execute-api:us-east-1:123456789012:abc/dev/$connect", "its stage is dev, not prod"),
            ("arn:aws:execute-api:us-east-1:123456789012:xyz/prod/$connect", "its API is xyz, not abc"),
            ("arn:aws:execute-api:us-east-1:123456789012:abc/prod/joinroom", "its route key is joinroom, not $connect"),
            ("arn:aws:execute-api:eu-west-1:123456789012:abc/prod/$connect", "its region is eu-west-1, not us-east-1"),
            ("arn:aws:execute-api:us-east-1:123456789012:abc", "ends before the stage prod"),
            ("abc/prod/$connect", "is no ARN of an API"),
        ];
        for (resource, why) in table {
            let said = of(json!(resource), "Allow");
            assert!(!said.allows && said.statements[0].contains(why), "{resource}: {said:?}");
        }
    }

    #[test]
    fn a_deny_wins_and_other_actions_count_for_nothing() {
        let both = json!({ "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "execute-api:*", "Resource": ARN },
            { "Effect": "Deny", "Action": "s3:GetObject", "Resource": "*" },
        ] });
        let said = explain(&both.to_string(), ARN);
        assert!(!said.allows && said.verdict.contains("statement 2 denies it"), "{said:?}");
        assert!(said.statements[2].contains("its Action is s3:GetObject"), "{said:?}");
    }

    #[test]
    fn an_answer_that_the_gateway_cannot_use_is_a_500() {
        let policy = json!({ "Statement": [{ "Effect": "Allow", "Action": INVOKE, "Resource": ARN }] });
        let table = [
            (json!({ "isAuthorized": true }), "simple response of HTTP APIs"),
            (
                json!({ "principalId": "u", "policyDocument": policy, "context": { "a": [1] } }),
                "can't be objects or arrays",
            ),
            (json!({ "principalId": "u", "policyDocument": policy.to_string() }), "has to be an object"),
            (json!({ "principalId": "u" }), "policyDocument"),
        ];
        for (answer, why) in table {
            let said = explain(&answer.to_string(), ARN);
            assert!(
                !said.allows && said.verdict.starts_with("500") && said.verdict.contains(why),
                "{answer}: {said:?}"
            );
        }
        assert!(explain(&json!({ "principalId": "u", "policyDocument": policy }).to_string(), ARN).allows);
        assert!(explain("{", ARN).verdict.contains("no JSON"));
        assert!(explain("{}", ARN).verdict.contains("no Statement"));
    }
}
