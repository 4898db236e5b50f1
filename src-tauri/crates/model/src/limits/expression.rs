//! Selection expressions: which variables a field's expression may use, and what is only fixed text (facts 5.4).

use super::Place;

/// Whose expression.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// `routeSelectionExpression`.
    Route,
    /// `modelSelectionExpression`.
    Model,
    /// `templateSelectionExpression` of an integration.
    RequestTemplate,
    /// `templateSelectionExpression` of an integration response, and `integrationResponseSelectionExpression`.
    Response,
}

impl Field {
    /// Variables that it may use.
    fn roots(self) -> &'static [&'static str] {
        match self {
            // That routes and templates may look at the rest of a request is assumed.
            Self::Route | Self::Model | Self::RequestTemplate => {
                &["request.body", "request.", "context.", "stageVariables."]
            }
            // `response.statuscode` is how AWS itself shows the default of a MOCK (facts 5.3).
            Self::Response => {
                &["request.body", "request.", "context.", "stageVariables.", "integration.response.", "response."]
            }
        }
    }

    fn usual(self) -> &'static str {
        match self {
            Self::Route => "$request.body.action",
            Self::Model => "$default",
            Self::RequestTemplate => "\\$default",
            Self::Response => "${integration.response.statuscode}",
        }
    }
}

/// Looks at an expression. Fixed text is allowed everywhere, so what is wrong is mostly not refused.
pub(super) fn check(at: &mut Place<'_>, member: &str, text: &str, field: Field) {
    let bare = text.trim();
    if bare != text {
        return at.warn(member, "it begins or ends with a blank, which becomes part of the result");
    }
    // The tutorials' slip: without the dollar it is fixed text.
    if ["request.body", "request.header", "integration.response", "context.", "stageVariables."]
        .iter()
        .any(|root| text.starts_with(root))
    {
        return at.warn(member, format!("without a dollar this is fixed text: write ${text}"));
    }
    if text.matches("${").count() > text.matches('}').count() {
        return at.refuse(member, "a ${ is not closed with }");
    }
    for name in variables(text) {
        if name == "default" && field == Field::RequestTemplate {
            // facts 5.4 and walkthrough step 4.
            at.warn(member, "write \\$default: without the backslash it is read as a variable");
        } else if name != "default" && !field.roots().iter().any(|root| name.starts_with(root)) {
            at.warn(member, format!("${name} is no variable that this expression knows; usual is {}", field.usual()));
        }
    }
}

/// The names behind dollars that no backslash precedes.
pub(super) fn variables(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let literal = rest[..at].ends_with('\\');
        rest = &rest[at + 1..];
        let (name, after) = match rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(both) => both,
            None => {
                let end =
                    rest.find(|c: char| !(c.is_ascii_alphanumeric() || "._-[]".contains(c))).unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        if !literal {
            names.push(name);
            rest = after;
        }
    }
    names
}

/// What an expression gives whatever the message: `None` when it has variables.
pub(crate) fn fixed(text: &str) -> Option<String> {
    let has_variable = variables(text).iter().any(|name| *name != "default");
    (!has_variable).then(|| crate::selection::evaluate(text, |_| None))
}

/// Which template is chosen by an expression out of these keys, as far as it is known without a message.
pub(super) fn check_keys<'k>(
    at: &mut Place<'_>,
    (member, selection): (&str, &str),
    expression: Option<&str>,
    keys: impl Iterator<Item = &'k String> + Clone,
) {
    for key in keys.clone().filter(|key| key.contains("\\$")) {
        let bare = key.replace("\\$", "$");
        at.warn(
            &format!("{member}/{key}"),
            format!("the key is {bare}, without a backslash: that belongs to the expression"),
        );
    }
    let mut keys = keys.map(String::as_str);
    let expression = expression.unwrap_or_default();
    if expression.is_empty() {
        if keys.next().is_some() {
            at.warn(selection, "without a template selection expression no template is chosen; usual is \\$default");
        }
        return;
    }
    let Some(key) = fixed(expression) else { return };
    let keys: Vec<&str> = keys.collect();
    if !keys.is_empty() && !keys.contains(&key.as_str()) && !keys.contains(&"$default") {
        at.warn(selection, format!("it gives {key}, and no template has that key (there is {})", keys.join(", ")));
    }
}
