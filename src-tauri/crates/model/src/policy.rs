//! IAM's evaluation of policy documents: pure; knows statements, actions, resources, principals and conditions.
//!
//! Grammar and rules are IAM's documented ones. It may not know who asks, nor where a document is kept, and it never
//! fails: what it can't read does not apply. The sandbox decides with it, and authorizers' policies are explained with it.
//! Where to look next: `policy/pattern.rs` (wildcards and variables), `policy/condition.rs` (operators).

mod condition;
mod pattern;

use serde_json::Value;

pub use condition::is_operator;
pub use pattern::matches;

/// What policies say of one action on one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Somebody said yes, nobody no.
    Allowed,
    /// Somebody said no.
    ExplicitDeny,
    /// Nobody said yes.
    ImplicitDeny,
}

/// Who asks, as far as a statement of a resource policy can name them.
#[derive(Clone, Copy, Debug)]
pub enum Principal<'a> {
    /// `apigateway.amazonaws.com`.
    Service(&'a str),
    /// A user, or an assumed role and its session; and the account.
    Aws {
        /// All names that a statement may use for who asks.
        arns: &'a [&'a str],
        /// Twelve digits.
        account: &'a str,
    },
}

/// Deny wins, then Allow; else nobody said yes. `context` holds condition keys and their values, a key of many values
/// once for each. A resource policy's statement counts only for its principal: the caller has filtered those.
#[must_use]
pub fn decide(statements: &[Value], action: &str, resource: &str, context: &[(&str, &str)]) -> Decision {
    judge(statements, action, resource, context).0
}

/// [`decide`], and which statements made it so.
#[must_use]
pub fn judge(statements: &[Value], action: &str, resource: &str, context: &[(&str, &str)]) -> (Decision, Vec<usize>) {
    let applying = |effect: &str| -> Vec<usize> {
        let applies = |s: &Value| s["Effect"] == effect && applies(s, action, Some(resource), context);
        statements.iter().enumerate().filter(|(_, s)| applies(s)).map(|(at, _)| at).collect()
    };
    let denied = applying("Deny");
    if !denied.is_empty() {
        return (Decision::ExplicitDeny, denied);
    }
    let allowed = applying("Allow");
    let decision = if allowed.is_empty() { Decision::ImplicitDeny } else { Decision::Allowed };
    (decision, allowed)
}

/// [`decide`] for a document that names principals: a function's policy, or a role's trust, which has no resource.
#[must_use]
pub fn decide_for(
    statements: &[Value],
    who: Principal<'_>,
    action: &str,
    resource: Option<&str>,
    context: &[(&str, &str)],
) -> Decision {
    let any = |effect: &str| {
        statements.iter().any(|s| s["Effect"] == effect && names(s, who) && applies(s, action, resource, context))
    };
    if any("Deny") {
        Decision::ExplicitDeny
    } else if any("Allow") {
        Decision::Allowed
    } else {
        Decision::ImplicitDeny
    }
}

/// The statements of a document, one or many; none when it is no document.
#[must_use]
pub fn statements(document: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(document).ok().and_then(|mut d| d.get_mut("Statement").map(Value::take)) {
        Some(Value::Array(statements)) => statements,
        Some(statement @ Value::Object(_)) => vec![statement],
        _ => Vec::new(),
    }
}

/// Which parts of a statement cover a request, whatever its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Its `Action` or `NotAction` does.
    pub action: bool,
    /// Its `Resource` or `NotResource` does.
    pub resource: bool,
    /// Its `Condition` holds.
    pub condition: bool,
}

/// Looks at the parts of one statement.
#[must_use]
pub fn coverage(statement: &Value, action: &str, resource: &str, context: &[(&str, &str)]) -> Coverage {
    Coverage {
        action: covers_action(statement, action),
        resource: covers_resource(statement, Some(resource), context),
        condition: condition::hold(&statement["Condition"], context),
    }
}

/// Action, resource and conditions, whatever the effect.
fn applies(statement: &Value, action: &str, resource: Option<&str>, context: &[(&str, &str)]) -> bool {
    covers_action(statement, action)
        && covers_resource(statement, resource, context)
        && condition::hold(&statement["Condition"], context)
}

fn covers_action(statement: &Value, action: &str) -> bool {
    let folded = action.to_lowercase();
    one_of(statement, "Action", "NotAction", |pattern| matches(&pattern.to_lowercase(), &folded))
}

fn covers_resource(statement: &Value, resource: Option<&str>, context: &[(&str, &str)]) -> bool {
    let resource = |pattern: &str| resource.is_none_or(|r| pattern::Pattern::new(pattern, context).matches(r));
    one_of(statement, "Resource", "NotResource", resource) || statement_has_no_resource(statement)
}

/// A trust policy's.
fn statement_has_no_resource(statement: &Value) -> bool {
    statement.get("Resource").is_none()
        && statement.get("NotResource").is_none()
        && statement.get("Principal").is_some()
}

fn one_of(statement: &Value, yes: &str, no: &str, test: impl Fn(&str) -> bool) -> bool {
    match (statement.get(yes), statement.get(no)) {
        (Some(listed), None) => texts(listed).any(test),
        (None, Some(listed)) => !texts(listed).any(test),
        _ => false,
    }
}

fn names(statement: &Value, who: Principal<'_>) -> bool {
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(listed), None) => listed_in(listed, who),
        (None, Some(listed)) => !listed_in(listed, who),
        _ => false,
    }
}

fn listed_in(listed: &Value, who: Principal<'_>) -> bool {
    if listed == "*" {
        return true;
    }
    match who {
        Principal::Service(name) => texts(&listed["Service"]).any(|listed| listed == name || listed == "*"),
        Principal::Aws { arns, account } => texts(&listed["AWS"]).any(|listed| {
            let root = listed.strip_prefix("arn:aws:iam::").and_then(|rest| rest.strip_suffix(":root"));
            listed == "*" || arns.contains(&listed) || listed == account || root == Some(account)
        }),
    }
}

/// A text, or all texts of a list.
pub fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    value.as_str().into_iter().chain(list.iter().filter_map(Value::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(statement: Value, action: &str, resource: &str, context: &[(&str, &str)]) -> Decision {
        decide(&[statement], action, resource, context)
    }

    #[test]
    fn a_deny_wins_over_every_allow_and_silence_is_no() {
        let allow = json!({ "Effect": "Allow", "Action": "execute-api:*", "Resource": "*" });
        let deny = json!({ "Effect": "Deny", "Action": ["Execute-API:manageConnections"], "Resource": ["*"] });
        let ask = |all: &[Value], action| decide(all, action, "arn:aws:execute-api:x:1:a/b", &[]);
        let both = [allow.clone(), deny];
        assert_eq!(ask(&both, "execute-api:ManageConnections"), Decision::ExplicitDeny);
        assert_eq!(ask(&both, "execute-api:Invoke"), Decision::Allowed);
        assert_eq!(ask(&[allow], "lambda:InvokeFunction"), Decision::ImplicitDeny);
        assert_eq!(judge(&both, "execute-api:ManageConnections", "x", &[]).1, [1]);
    }

    #[test]
    fn not_action_and_not_resource_cover_everything_else() {
        let s = json!({ "Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret*" });
        assert_eq!(said(s.clone(), "s3:GetObject", "arn:aws:s3:::open", &[]), Decision::Allowed);
        assert_eq!(said(s.clone(), "IAM:GetRole", "arn:aws:s3:::open", &[]), Decision::ImplicitDeny);
        assert_eq!(said(s, "s3:GetObject", "arn:aws:s3:::secrets", &[]), Decision::ImplicitDeny);
    }

    #[test]
    fn the_literal_connection_template_is_what_policies_must_match() {
        let arn = "arn:aws:execute-api:us-east-1:1:a/dev/POST/@connections/{connectionId}";
        let may = |resource: &str| {
            let resource = format!("arn:aws:execute-api:us-east-1:1:a/dev/POST/@connections{resource}");
            let s = json!({ "Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": resource });
            said(s, "execute-api:ManageConnections", arn, &[]) == Decision::Allowed
        };
        assert!(may("/{connectionId}") && may("/*"));
        assert!(!may("") && !may("/gbgHN0-zjQAYKEjhgA=="));
    }

    #[test]
    fn variables_are_the_callers_and_never_wildcards() {
        let s = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*" });
        assert_eq!(said(s.clone(), "s3:Get", "arn:aws:s3:::home/ann/x", &[("aws:username", "ann")]), Decision::Allowed);
        assert_eq!(
            said(s.clone(), "s3:Get", "arn:aws:s3:::home/ann/x", &[("aws:username", "*")]),
            Decision::ImplicitDeny
        );
        assert_eq!(said(s, "s3:Get", "arn:aws:s3:::home/ann/x", &[]), Decision::ImplicitDeny);
    }

    #[test]
    fn a_resource_policy_counts_for_its_principals_only() {
        let s = |principal: Value| {
            [json!({ "Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", "Resource": "*" })]
        };
        let gateway = Principal::Service("apigateway.amazonaws.com");
        let ask = |principal, who| decide_for(&s(principal), who, "lambda:InvokeFunction", Some("f"), &[]);
        assert_eq!(ask(json!("*"), gateway), Decision::Allowed);
        assert_eq!(
            ask(json!({ "Service": ["s3.amazonaws.com", "apigateway.amazonaws.com"] }), gateway),
            Decision::Allowed
        );
        assert_eq!(ask(json!({ "Service": "s3.amazonaws.com" }), gateway), Decision::ImplicitDeny);
        let ann = Principal::Aws { arns: &["arn:aws:iam::1:user/ann"], account: "1" };
        assert_eq!(ask(json!({ "AWS": "arn:aws:iam::1:root" }), ann), Decision::Allowed);
        assert_eq!(ask(json!({ "AWS": "arn:aws:iam::1:user/bob" }), ann), Decision::ImplicitDeny);
        assert_eq!(ask(json!({ "AWS": "2" }), ann), Decision::ImplicitDeny);
    }

    #[test]
    fn what_is_no_statement_allows_nothing() {
        for s in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "Effect": "Allow", "Action": "*" }),
            json!({ "Effect": "Allow", "Action": 1, "Resource": {} }),
        ] {
            assert_eq!(said(s, "a:B", "c", &[]), Decision::ImplicitDeny);
        }
    }
}
