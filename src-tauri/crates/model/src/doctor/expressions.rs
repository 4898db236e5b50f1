//! Selection expressions, by the rules that the fields are checked with.

use super::look::Look;
use crate::limits::{self, Problem};

/// What an expression gives whatever the message.
pub(super) use crate::limits::fixed;

/// What the fields' own rules say against a member, in words; what AWS would refuse as well.
pub(super) fn said<'a>(look: &Look, which: impl Fn(&Problem) -> bool + 'a) -> impl Iterator<Item = String> + 'a {
    problems(look).into_iter().filter(move |problem| which(problem)).map(|problem| problem.text)
}

/// All that the fields' own rules say.
pub(super) fn problems(look: &Look) -> Vec<Problem> {
    limits::everything(look.snapshot)
}

/// Whether an expression can give this text: its fixed parts stand there in order, and its variables give the rest.
pub(super) fn can_give(expression: &str, text: &str) -> bool {
    let mut parts: Vec<String> = vec![String::new()];
    let mut rest = expression;
    while let Some(at) = rest.find(['$', '\\']) {
        push(&mut parts, &rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("\\$") {
            push(&mut parts, "$");
            rest = after;
        } else if let Some((_, after)) = variable(rest) {
            parts.push(String::new());
            rest = after;
        } else {
            let step = rest.chars().next().map_or(1, char::len_utf8);
            push(&mut parts, &rest[..step]);
            rest = &rest[step..];
        }
    }
    push(&mut parts, rest);
    let [first, .., last] = parts.as_slice() else { return parts.first().is_some_and(|only| only == text) };
    let Some(middle) = text.strip_prefix(first.as_str()).and_then(|rest| rest.strip_suffix(last.as_str())) else {
        return false;
    };
    let mut left = middle;
    parts[1..parts.len() - 1].iter().all(|part| match left.find(part.as_str()) {
        Some(at) => {
            left = &left[at + part.len()..];
            true
        }
        None => false,
    })
}

fn push(parts: &mut [String], text: &str) {
    if let Some(last) = parts.last_mut() {
        last.push_str(text);
    }
}

/// A variable at the start of the text, and what follows it.
fn variable(text: &str) -> Option<(&str, &str)> {
    let (name, after) = match text.strip_prefix("${") {
        Some(inside) => inside.split_once('}')?,
        None => {
            let bare = text.strip_prefix('$')?;
            let end = bare.find(|c: char| !(c.is_ascii_alphanumeric() || "._-[]".contains(c))).unwrap_or(bare.len());
            bare.split_at(end)
        }
    };
    ["request.", "context.", "stageVariables."].iter().any(|root| name.starts_with(root)).then_some((name, after))
}

#[cfg(test)]
mod tests {
    use super::can_give;

    #[test]
    fn an_expression_gives_its_fixed_parts_in_order_and_anything_between() {
        for (expression, text, can) in [
            ("$request.body.action", "join", true),
            ("${request.body.a}-${request.body.b}", "join-1", true),
            ("${request.body.a}-${request.body.b}", "join", false),
            ("room-${request.body.a}", "room-7", true),
            ("room-${request.body.a}", "lobby", false),
            ("request.body.action", "join", false),
            ("join", "join", true),
            ("\\$x", "$x", true),
        ] {
            assert_eq!(can_give(expression, text), can, "{expression} → {text}");
        }
    }
}
