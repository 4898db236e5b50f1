//! The client's side of a failure, as people keep it: an HTTP answer with headers and body, or a frame.
//!
//! Answers are cut in many ways; what is there is read, and `status.rs` says what it leaves open.

use serde_json::Value;

use super::client;
use super::hint::Hint;
use super::pasted::Pasted;
use super::sentences;
use super::status::{self, Told};
use crate::handshake::{GatewayMessage, Handshake, Outcome, Refusal};

/// What the client saw.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub handshake: Option<Handshake>,
    pub frame: Option<String>,
    told: Option<GatewayMessage>,
    /// A client told no more than the status.
    bare: bool,
    /// What was dialled, where the text has it.
    url: String,
}

impl Answer {
    /// Reads `HTTP 403` or `HTTP/1.1 403 Forbidden`, headers, a blank line and the body, or as much of them as was kept; an answer
    /// written as JSON; a line that is the gateway's frame; what a client prints of a refusal. Lines that begin with `# ` are
    /// notes. `None` when it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(answer) = Self::of_json(text) {
            return Some(answer);
        }
        // curl marks what it sent with `> `, what it received with `< ` and its own words with `* `.
        let curl = text.lines().any(|line| line.trim_start().starts_with("< "));
        let note = |line: &str| {
            ["# ", "* ", "```"].iter().any(|mark| line.starts_with(mark)) || (curl && line.starts_with('>'))
        };
        let lines = text.lines().map(str::trim).filter(|line| !note(line));
        let lines: Vec<_> =
            lines.map(|line| line.strip_prefix('<').filter(|l| !is_markup(l)).map_or(line, str::trim_start)).collect();
        let head = |line: &str| status(line);
        let refused = lines.iter().position(|line| head(line).is_some_and(|status| status >= 400));
        let other = || lines.iter().position(|line| head(line).is_some_and(|status| status != 101));
        let framed = || lines.iter().position(|line| frame(line).is_some());
        let last = |line: &str| head(line).is_some() || client::status_of(line).is_some() || kind(line).is_some();
        let start = refused.or_else(other).or_else(framed).or_else(|| lines.iter().position(|line| last(line)))?;
        if let Some(frame) = frame(lines[start]).filter(|_| head(lines[start]).is_none()) {
            return Some(Self { told: GatewayMessage::parse(frame), frame: Some(frame.to_owned()), ..Self::default() });
        }
        let bare = head(lines[start]).is_none() && kind(lines[start]).is_none();
        let told = head(lines[start]).or_else(|| client::status_of(lines[start]));
        let mut refusal =
            Refusal { status: told.or_else(|| status::of_type(kind(lines[start])?))?, ..Refusal::default() };
        // Of an answer without its first line the other headers may stand above its type.
        let from = if kind(lines[start]).is_some() { 0 } else { start + 1 };
        let glued = lines[start].find(['{', '<']).filter(|_| !bare && head(lines[start]).is_some());
        let mut rest = lines[from..].iter().peekable();
        while let Some(line) = rest.next_if(|line| !line.is_empty() && glued.is_none()) {
            match line.split_once(':').filter(|(name, _)| is_token(name)) {
                Some((name, value))
                    if name.eq_ignore_ascii_case("body") || name.eq_ignore_ascii_case("response body") =>
                {
                    refusal.body.push_str(value.trim());
                    break;
                }
                Some((name, value)) => refusal.headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
                // No blank line before the body.
                None if line.starts_with(['{', '[', '"', '<']) => {
                    refusal.body.push_str(line);
                    break;
                }
                None => {}
            }
        }
        refusal.body.push_str(glued.map_or("", |at| &lines[start][at..]));
        let more = rest.copied().collect::<Vec<_>>().join("\n");
        refusal.body = format!("{}\n{more}", refusal.body).trim().to_owned();
        if let Some(end) = ["* Connection #", "* Closing connection"].iter().find_map(|words| refusal.body.find(words))
        {
            refusal.body.truncate(refusal.body[..end].trim_end().len());
        }
        // An answer of success refuses a handshake, but is right for anything else, which has REST's header (facts 2, 2.1).
        let has = |name| refusal.header(name).is_some();
        if refusal.status < 400 && refusal.status != 101 && !bare && (!has("x-amz-apigw-id") || has("x-amzn-requestid"))
        {
            return None;
        }
        let url = client::url(text).unwrap_or_default().to_owned();
        Some(Self { bare: bare && refusal.body.is_empty(), url, ..Self::refused(refusal) })
    }

    /// An answer as SDKs and proxies keep it: an object with its status, its headers and its body.
    fn of_json(text: &str) -> Option<Self> {
        let text = text.trim();
        let Value::Object(object) = serde_json::from_str(text.starts_with('{').then_some(text)?).ok()? else {
            return None;
        };
        let response = match object.get("response") {
            Some(Value::Object(response)) => response,
            _ => &object,
        };
        let number = |name| {
            let value: &Value = response.get(name)?;
            value.as_u64().or_else(|| value.as_str()?.parse().ok()).and_then(|n| u16::try_from(n).ok())
        };
        let status = ["statusCode", "status_code", "status", "StatusCode"].into_iter().find_map(number)?;
        let parts = ["headers", "body", "data", "Headers", "Body"];
        if !(400..600).contains(&status) || !parts.iter().any(|part| response.contains_key(*part)) {
            return None;
        }
        let mut refusal = Refusal { status, ..Refusal::default() };
        if let Some(Value::Object(headers)) = response.get("headers").or_else(|| response.get("Headers")) {
            for (name, value) in headers {
                let value = value.as_str().or_else(|| value.get(0)?.as_str()).unwrap_or_default();
                refusal.headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
        }
        refusal.body = match ["body", "data", "Body"].into_iter().find_map(|name| response.get(name)) {
            Some(Value::String(body)) => body.clone(),
            Some(Value::Null) | None => String::new(),
            Some(body) => body.to_string(),
        };
        Some(Self::refused(refusal))
    }

    fn refused(refusal: Refusal) -> Self {
        let told = GatewayMessage::parse(&refusal.body);
        let outcome = match refusal.status {
            101 => Outcome::Opened { headers: refusal.headers, subprotocol: None },
            _ => Outcome::Refused(refusal),
        };
        Self { told, handshake: Some(Handshake { outcome, ..Handshake::default() }), ..Self::default() }
    }

    /// What the answer alone leaves open.
    pub fn hints(&self) -> Vec<Hint> {
        if let (Some(told), None) = (&self.told, &self.handshake) {
            return status::of_frame(&told.message);
        }
        let Some(refusal) = self.refusal().filter(|r| r.status >= 400 || self.bare) else { return Vec::new() };
        let json = serde_json::from_str::<Value>(&refusal.body).ok();
        let message = json.as_ref().and_then(|body| body.get("message").or_else(|| body.get("Message"))?.as_str());
        let open = status::hints(&Told {
            status: refusal.status,
            kind: refusal.header("x-amzn-errortype").unwrap_or_default(),
            message,
            body: &refusal.body,
            reached: refusal.header("x-amz-apigw-id").is_some(),
            socket: self.told.is_some(),
            bare: self.bare,
            url: &self.url,
        });
        // AWS's sentence says more than a status.
        let mut body = Pasted::default();
        body.push(&refusal.body, 0);
        match sentences::hints(&body) {
            Some((said, _)) if said.first().map(|h| h.1) > open.first().map(|h| h.1) => said,
            _ => open,
        }
    }

    /// What can name the request in the log, best first: `x-amz-apigw-id`, the gateway's own words, and REST's header.
    pub fn request_ids(&self) -> impl Iterator<Item = &str> {
        let header = |name| self.refusal().and_then(|r| r.header(name));
        let told = self.told.as_ref().map(|told| told.request_id.as_str());
        [header("x-amz-apigw-id"), told, header("x-amzn-requestid")].into_iter().flatten().filter(|id| !id.is_empty())
    }

    pub fn connection_id(&self) -> Option<&str> {
        self.told.as_ref().map(|told| told.connection_id.as_str()).filter(|id| !id.is_empty())
    }

    pub fn status(&self) -> Option<u16> {
        match &self.handshake.as_ref()?.outcome {
            Outcome::Refused(refusal) => Some(refusal.status),
            Outcome::Opened { .. } => Some(101),
            _ => None,
        }
    }

    fn refusal(&self) -> Option<&Refusal> {
        match &self.handshake.as_ref()?.outcome {
            Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// `HTTP/2 403`, `HTTP 403`, `HTTP/1.1 403 Forbidden`, at the beginning of a line.
fn status(head: &str) -> Option<u16> {
    // Tools print the status on a line of its own.
    let named =
        ["Status: ", "Status Code: ", "status: ", "status code: "].iter().find_map(|name| head.strip_prefix(name));
    if let Some(rest) = named {
        return rest.get(..3)?.parse().ok().filter(|status| (100..600).contains(status));
    }
    let rest = head.strip_prefix("HTTP")?;
    let rest =
        rest.strip_prefix('/').map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'));
    let digits = rest.strip_prefix(' ')?.trim_start();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok().filter(|status| (100..600).contains(status))
}

/// The error type that a header names.
fn kind(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    name.trim_matches(['"', '\''])
        .eq_ignore_ascii_case("x-amzn-errortype")
        .then(|| value.trim_matches([' ', '"', '\'', ',']))
}

/// Whether what follows a `<` makes it a tag of HTML or XML.
fn is_markup(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!' || c == '?') && rest.contains('>')
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A frame of the gateway's own, bare or behind the mark of a client.
fn frame(line: &str) -> Option<&str> {
    let text = line.trim();
    GatewayMessage::parse(text).map(|_| text)
}
