//! IAM's evaluation of policy documents: pure; knows statements, actions, resources and conditions, nothing else.

use serde_json::Value;

/// What policies say of one action on one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allowed,
    ExplicitDeny,
    /// Nobody said yes.
    ImplicitDeny,
}

/// Deny wins, then Allow; else nobody said yes. `context` holds condition keys and their values. A resource policy's
/// statement counts only for its principal: the caller has filtered those.
pub(crate) fn decide(statements: &[Value], action: &str, resource: &str, _context: &[(&str, &str)]) -> Decision {
    let applies = |statement: &Value, effect: &str| {
        statement["Effect"] == effect
            && any(&statement["Action"], |pattern| matches(&pattern.to_lowercase(), &action.to_lowercase()))
            && any(&statement["Resource"], |pattern| matches(pattern, resource))
    };
    if statements.iter().any(|s| applies(s, "Deny")) {
        Decision::ExplicitDeny
    } else if statements.iter().any(|s| applies(s, "Allow")) {
        Decision::Allowed
    } else {
        Decision::ImplicitDeny
    }
}

fn any(value: &Value, test: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => test(text),
        Value::Array(items) => items.iter().filter_map(Value::as_str).any(test),
        _ => false,
    }
}

/// `*` and `?` as in policies.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let source = regex::escape(pattern).replace("\\*", ".*").replace("\\?", ".");
    regex::Regex::new(&format!("^(?s:{source})$")).is_ok_and(|r| r.is_match(text))
}
