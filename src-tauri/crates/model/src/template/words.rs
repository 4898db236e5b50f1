//! The words that a mapping template can use: what the editor completes, and what it finds misspelt.
//!
//! Names: developer guide, apigateway-websocket-api-mapping-template-reference (facts 4.1, 5.5). What a word means for a
//! running request is `eval`'s business.

use super::parse::{self, Expression, Node, Reference, Step};
use super::{Error, Fault};

/// A word, and what it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// `$context.connectionId`; `{name}` stands for any name.
    pub text: &'static str,
    /// What it gives.
    pub says: &'static str,
    /// Where it can be used.
    pub place: Place,
}

/// Where a word can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In request and response templates.
    Both,
    /// In request and response templates of `$connect`.
    Connect,
    /// In request and response templates of `$disconnect`.
    Disconnect,
    /// In request and response templates of message routes.
    Message,
}

const fn word(text: &'static str, says: &'static str) -> Word {
    Word { text, says, place: Place::Both }
}

const fn only(place: Place, text: &'static str, says: &'static str) -> Word {
    Word { text, says, place }
}

/// All words, those that are used most first.
pub const WORDS: &[Word] = &[
    word("$input.body", "the message, or the backend's answer, as it came"),
    word("$input.json('$')", "a part of it as JSON: $input.json('$.message') with its quotes"),
    word("$input.path('$')", "a part of it as a value, to go on with: $input.path('$.list').size()"),
    only(Place::Connect, "$input.params()", "headers and query of the handshake"),
    only(Place::Connect, "$input.params('{name}')", "one header or query parameter of the handshake"),
    word("$context.connectionId", "the connection's id; needed to push to it"),
    word("$context.routeKey", "the route: $connect, joinroom …"),
    word("$context.stage", "the stage's name"),
    word("$context.domainName", "the host that the client dialled; with the stage it makes the callback address"),
    word("$context.apiId", "the API's id"),
    word("$context.eventType", "CONNECT, MESSAGE or DISCONNECT"),
    word("$context.messageDirection", "IN"),
    word("$context.connectedAt", "when the connection opened, in milliseconds since 1970"),
    word("$context.requestId", "the request's id: the first thing in each of its log lines"),
    word("$context.extendedRequestId", "the same id"),
    word("$context.requestTime", "when it came: 21/Nov/2026:09:20:29 +0000"),
    word("$context.requestTimeEpoch", "when it came, in milliseconds since 1970"),
    word("$context.status", "the answer's status"),
    only(Place::Message, "$context.messageId", "the message's id"),
    only(Place::Disconnect, "$context.disconnectStatusCode", "the close code"),
    only(Place::Disconnect, "$context.disconnectReason", "the close reason"),
    word("$context.authorizer.principalId", "who the authorizer says it is"),
    word("$context.authorizer.{name}", "a value of the authorizer's context, always a text"),
    only(Place::Connect, "$context.authorizer.integrationLatency", "how long the authorizer took, in milliseconds"),
    word("$context.identity.sourceIp", "the client's address"),
    word("$context.identity.userAgent", "the client's User-Agent"),
    word("$context.identity.apiKey", "the API key that was sent"),
    word("$context.identity.apiKeyId", "its id"),
    word("$context.identity.accountId", "the account of a signed handshake"),
    word("$context.identity.caller", "who signed the handshake"),
    word("$context.identity.user", "who signed the handshake"),
    word("$context.identity.userArn", "the ARN of who signed the handshake"),
    word("$context.identity.principalOrgId", "the organisation of who signed the handshake"),
    word("$context.identity.cognitoIdentityId", "the Cognito identity of who signed the handshake"),
    word("$context.identity.cognitoIdentityPoolId", "its pool"),
    word("$context.identity.cognitoAuthenticationType", "authenticated or unauthenticated"),
    word("$context.identity.cognitoAuthenticationProvider", "its providers"),
    word("$context.integrationLatency", "how long the backend took, in milliseconds"),
    word("$context.error.message", "the gateway's error message"),
    word("$context.error.messageString", "the same in quotes"),
    word("$context.error.responseType", "the kind of error: BAD_REQUEST_BODY"),
    word("$context.error.validationErrorString", "what the model had against the message"),
    word("$stageVariables.{name}", "a stage variable; ${stageVariables.name} next to letters"),
    word("$util.escapeJavaScript({text})", "the text with its quotes escaped, to stand inside a JSON string"),
    word("$util.parseJson({text})", "JSON in a text as a value"),
    word("$util.urlEncode({text})", "the text for a URL"),
    word("$util.urlDecode({text})", "the text of a URL"),
    word("$util.base64Encode({text})", "the text as base64"),
    word("$util.base64Decode({text})", "the text that base64 stands for"),
];

/// A word as a template uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// `context.connectionId`, `input.json`, `stageVariables.region`, or a variable's own name.
    pub name: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
}

impl Used {
    /// Why the word gives nothing; `None` when it is known. Whether a stage has a variable is not known here.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        let (root, rest) = self.name.split_once('.').unwrap_or((&self.name, ""));
        let fits = match root {
            "context" if rest.is_empty() || rest.starts_with("authorizer.") => true,
            "context" => WORDS.iter().any(|w| {
                let known = w.text.trim_start_matches("$context.");
                // A group such as `$context.identity` is the start of a word.
                known == rest || known.strip_prefix(rest).is_some_and(|more| more.starts_with('.'))
            }),
            "input" | "util" => WORDS.iter().any(|w| {
                let known = w.text.trim_start_matches('$');
                known.split('(').next() == Some(self.name.as_str())
            }),
            "stageVariables" => true,
            _ => return Some(format!("${} is never set: it stays as it is written", self.name)),
        };
        if fits {
            return None;
        }
        let near = nearest(&self.name).map(|near| format!("; ${near}?")).unwrap_or_default();
        Some(match root {
            "context" => format!("there is no ${}: it gives nothing{near}", self.name),
            _ => format!("there is no ${}: the gateway can't transform the message{near}", self.name),
        })
    }
}

/// The known word that is spelt most alike, if one is.
fn nearest(name: &str) -> Option<&'static str> {
    let known = WORDS.iter().filter(|w| !w.text.contains(".{")).map(|w| {
        let text = w.text.trim_start_matches('$');
        text.split('(').next().unwrap_or(text)
    });
    let near = known.map(|word| (distance(&word.to_lowercase(), &name.to_lowercase()), word)).min()?;
    (near.0 <= 3).then_some(near.1)
}

/// How many letters have to be put in, left out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

/// Every word of a template that can be looked up, in order. Variables that the template sets are left out.
///
/// # Errors
/// As [`super::check`].
pub fn used(source: &str) -> Result<Vec<Used>, Error> {
    let nodes = parse::parse(source).map_err(|fault| fault.place(source))?;
    let mut walk = Walk { found: Vec::new(), set: vec!["foreach".to_owned(), "velocityCount".to_owned()] };
    walk.nodes(&nodes);
    let known = |name: &str| walk.set.iter().any(|set| set == name);
    let found = walk.found.iter().filter(|(name, _)| !known(name));
    let mut used: Vec<_> = found.collect();
    used.sort_by_key(|(_, at)| *at);
    let placed = used.into_iter().map(|(name, at)| {
        let place = Fault::new(*at, "").place(source);
        Used { name: name.clone(), line: place.line, column: place.column }
    });
    Ok(placed.collect())
}

struct Walk {
    found: Vec<(String, usize)>,
    set: Vec<String>,
}

impl Walk {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Reference(reference) => self.reference(reference),
                Node::Set(target, value) => {
                    self.set.push(target.name.clone());
                    self.expression(value);
                }
                Node::If(branches, otherwise) => {
                    for (test, body) in branches {
                        self.expression(test);
                        self.nodes(body);
                    }
                    self.nodes(otherwise);
                }
                Node::Foreach(name, list, body) => {
                    self.set.push(name.clone());
                    self.expression(list);
                    self.nodes(body);
                }
            }
        }
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Literal(_) => {}
            Expression::Interpolated(nodes) => self.nodes(nodes),
            Expression::List(items) => items.iter().for_each(|item| self.expression(item)),
            Expression::Map(members) => members.iter().for_each(|(key, value)| {
                self.expression(key);
                self.expression(value);
            }),
            Expression::Range(from, to) => {
                self.expression(from);
                self.expression(to);
            }
            Expression::Reference(reference) => self.reference(reference),
            Expression::Not(inner) => self.expression(inner),
            Expression::Binary(_, _, left, right) => {
                self.expression(left);
                self.expression(right);
            }
        }
    }

    fn reference(&mut self, reference: &Reference) {
        let mut name = reference.name.clone();
        let rooted = ["context", "input", "util", "stageVariables"].contains(&name.as_str());
        // Of `$input.path('$').size()` only the first step is a word of the language.
        let steps = if name == "context" { usize::MAX } else { usize::from(rooted) };
        let mut open = true;
        for (at, step) in reference.steps.iter().enumerate() {
            match step {
                Step::Member(member) if open && at < steps => name = format!("{name}.{member}"),
                Step::Call(called, _) if open && at < steps && reference.name != "context" => {
                    name = format!("{name}.{called}");
                }
                Step::Index(Expression::Literal(index)) if open && at < steps && index.is_string() => {
                    name = format!("{name}.{}", index.as_str().unwrap_or_default());
                }
                _ => open = false,
            }
            match step {
                Step::Call(_, arguments) => arguments.iter().for_each(|argument| self.expression(argument)),
                Step::Index(index) => self.expression(index),
                Step::Member(_) => {}
            }
        }
        self.found.push((name, reference.at));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn problems(source: &str) -> Vec<String> {
        used(source).unwrap().iter().filter_map(Used::problem).collect()
    }

    #[test]
    fn every_word_is_known_where_it_is_used() {
        for word in WORDS {
            let text = word.text.replace("'{name}'", "'a'").replace("{name}", "a").replace("{text}", "'a'");
            assert_eq!(problems(&text), Vec::<String>::new(), "{text}");
        }
        assert!(problems("#set($a = $input.path('$'))$a.b #foreach($x in $a.list)$x $foreach.index#end").is_empty());
        assert!(problems("$context.identity $context.authorizer.anything ${stageVariables['region']}").is_empty());
    }

    #[test]
    fn a_misspelt_word_is_found_with_its_place_and_its_neighbour() {
        let found = used("{\n  \"id\": \"$context.conectionId\"\n}").unwrap();
        assert_eq!((found[0].line, found[0].column), (2, 10));
        assert_eq!(
            found[0].problem().unwrap(),
            "there is no $context.conectionId: it gives nothing; $context.connectionId?"
        );
        assert!(problems("#if($input.jsn('$.a'))x#end")[0].contains("$input.json?"));
        assert!(problems("$context.nothingLikeIt")[0].ends_with("it gives nothing"));
        assert!(problems("\"$roomname\"")[0].contains("never set"));
        assert!(problems("$input.path('$.x').size()").is_empty());
        assert!(problems("$util.urlEncode($context.foo.bar)")[0].contains("$context.foo.bar"));
    }

    #[test]
    fn stage_variables_are_named_whatever_way_they_are_written() {
        let names: Vec<String> =
            used("$stageVariables.a ${stageVariables.b} $stageVariables['c'] $stageVariables.get('d')")
                .unwrap()
                .into_iter()
                .map(|u| u.name)
                .collect();
        assert_eq!(names, ["stageVariables.a", "stageVariables.b", "stageVariables.c", "stageVariables.get"]);
    }
}
