//! What a function or a backend tells of its own calls of `@connections`, in its answer or in its log.
//!
//! These are somebody else's words: they make a cause `Likely`; only what the configuration or an id confirms makes it more.

use std::borrow::Cow;

use super::case::Case;
use crate::log::Kind;
use crate::redact::redact;
use crate::verdict::{Evidence, Place};

/// Characters of a text that are shown.
const SHOWN: usize = 240;
/// Answers of `@connections` that are no success (facts 2, 2.3).
const STATUSES: [u16; 6] = [400, 403, 404, 410, 413, 429];

/// One call of `@connections`, as it was told.
pub(super) struct Push<'a> {
    pub text: &'a str,
    pub evidence: Vec<Evidence>,
    /// The status that the text names.
    pub status: Option<u16>,
    /// The address, where the text has it.
    pub url: Option<Cow<'a, str>>,
    /// It was told to the backend in parts: that it joined them is a guess.
    pub joined: bool,
    /// Whether the text itself comes with an exact line of the failing request.
    pub traced: bool,
}

/// All that was told, in the order of the log.
pub(super) fn pushes<'a>(case: &Case<'a>) -> Vec<Push<'a>> {
    let mut found = Vec::new();
    for &line in &case.lines {
        let text = match line.kind {
            Kind::EndpointResponseBody { body } => body,
            Kind::LambdaFailed { error, .. } | Kind::LambdaFailedUnnamed { error, .. } => error,
            _ => continue,
        };
        found.extend(push(text, true, |said| case.line(line, said)));
    }
    for beside in case.facts.beside {
        let place = Place::Beside { log_group: beside.log_group.clone(), at: beside.at };
        found.extend(push(&beside.text, false, |text| vec![Evidence { place, text }]));
    }
    // What the backend was told to call, where its answer does not say what it called.
    let bodies = || {
        case.lines.iter().filter_map(|line| match line.kind {
            Kind::EndpointRequestBody { body } => Some(body),
            _ => None,
        })
    };
    let sent = bodies().find_map(|body| first_url(body).filter(|url| url.contains(".execute-api.")));
    let parts = bodies().find_map(parts);
    for push in found.iter_mut().filter(|p: &&mut Push<'a>| p.traced && p.url.is_none()) {
        push.url = sent.map(Cow::Borrowed);
        if let (None, Some(parts)) = (&push.url, &parts) {
            (push.url, push.joined) = (Some(Cow::Owned(parts.clone())), true);
        }
    }
    // An integration's own words reach the client as they are.
    if let Some(refusal) = case.refusal.filter(|r| case.in_foreign_words(r)) {
        found.extend(push(&refusal.body, false, |text| vec![Evidence { place: Place::Body, text }]));
    }
    found
}

fn push<'a>(text: &'a str, traced: bool, evidence: impl FnOnce(String) -> Vec<Evidence>) -> Option<Push<'a>> {
    let lower = text.to_ascii_lowercase();
    let about = [
        "@connections",
        "%40connections",
        "posttoconnection",
        "deleteconnection",
        "manageconnections",
        "goneexception",
        "invalid connectionid",
        "payloadtoolargeexception",
        "pushanswered",
        "\"push",
    ];
    if !about.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let url = address(text);
    let rest = url.map_or_else(|| text.to_owned(), |url| text.replacen(url, " ", 1));
    let shown: String = redact(text).chars().take(SHOWN).collect();
    let url = url.map(Cow::Borrowed);
    Some(Push {
        text,
        evidence: evidence(format!("tells: {shown}")),
        status: status(&rest),
        url,
        traced,
        joined: false,
    })
}

/// The first of the known statuses that stands there as a number of its own.
fn status(text: &str) -> Option<u16> {
    let numbers = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    numbers.filter_map(|word| word.parse().ok()).find(|n| STATUSES.contains(n))
}

/// `https://…/@connections/{id}`.
fn address(text: &str) -> Option<&str> {
    first_url(text).filter(|url| url.contains("@connections") || url.contains("%40connections"))
}

fn first_url(text: &str) -> Option<&str> {
    let at = text.find("https://").or_else(|| text.find("http://"))?;
    let url = &text[at..];
    let end = url.find(|c: char| c.is_whitespace() || "\"'`,)>\\".contains(c)).unwrap_or(url.len());
    Some(&url[..end])
}

/// What a backend makes of the domain and the stage that it is given, as the tutorials do; not where it is given an address.
fn parts(body: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    let given = |name: &str| body.get(name)?.as_str().filter(|text| !text.is_empty());
    match given("callback") {
        Some(_) => None,
        None => Some(format!("https://{}/{}/@connections/", given("domainName")?, given("stage")?)),
    }
}

impl Push<'_> {
    pub fn says(&self, word: &str) -> bool {
        self.text.contains(word)
    }

    /// Host and path before `@connections`.
    pub fn endpoint(&self) -> Option<(&str, &str)> {
        let (_, rest) = self.url.as_deref()?.split_once("://")?;
        let at = rest.find("/@connections").or_else(|| rest.find("/%40connections"));
        let before = rest[..at.unwrap_or(rest.len())].trim_end_matches('/');
        Some(before.split_once('/').unwrap_or((before, "")))
    }

    /// The connection that was called, decoded.
    pub fn connection_id(&self) -> Option<String> {
        let (_, id) = self.url.as_deref()?.split_once("connections/")?;
        let id = id.split(['/', '?']).next().filter(|id| !id.is_empty())?;
        Some(percent_encoding::percent_decode_str(id).decode_utf8_lossy().into_owned())
    }
}

/// Where `@connections` of this API is reached from a backend: by the generated host, or by the domain that was dialled.
pub(super) fn right_callback(case: &Case) -> Option<String> {
    let snapshot = case.facts.snapshot?;
    let generated = || {
        let stage = case.facts.stage?;
        let host = snapshot.api.api_endpoint.split_once("://")?.1;
        Some(format!("https://{host}/{stage}"))
    };
    if snapshot.api.disable_execute_api_endpoint {
        return super::address::by_domain(case).map(|domain| format!("https://{domain}"));
    }
    generated()
}
