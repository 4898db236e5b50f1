//! The client's side of a failure, as people keep it: an HTTP answer with headers and body, or a frame.

use crate::handshake::{GatewayMessage, Handshake, Outcome, Refusal};

/// What the client saw.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub handshake: Option<Handshake>,
    pub frame: Option<String>,
    told: Option<GatewayMessage>,
}

impl Answer {
    /// Reads `HTTP 403` or `HTTP/1.1 403 Forbidden`, headers, a blank line and the body; or a line that is the gateway's
    /// frame; or what wscat prints of a refusal. Lines that begin with `# ` are notes. `None` when it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        // curl marks what it received with `< ` and its own words with `* `.
        let marks = |line: &'_ str| line.starts_with("# ") || line.starts_with("* ");
        let lines = text.lines().map(|l| l.trim_end_matches('\r')).filter(|l| !marks(l));
        let lines: Vec<_> = lines.map(|line| line.strip_prefix('<').map_or(line, str::trim_start)).collect();
        let head = |line: &str| line.starts_with("HTTP") && status(line).is_some();
        let first = |wanted: &dyn Fn(&str) -> bool| lines.iter().position(|line| wanted(line));
        let refused = first(&|line| head(line) && status(line) != Some(101));
        let start = refused.or_else(|| first(&|line| head(line) || frame(line).is_some() || wscat(line).is_some()))?;
        if let Some(frame) = frame(lines[start]) {
            return Some(Self { told: GatewayMessage::parse(frame), frame: Some(frame.to_owned()), handshake: None });
        }
        let mut refusal =
            Refusal { status: wscat(lines[start]).or_else(|| status(lines[start]))?, ..Refusal::default() };
        let mut rest = lines[start + 1..].iter();
        for line in rest.by_ref().take_while(|line| !line.trim().is_empty()) {
            if let Some((name, value)) = line.split_once(':').filter(|(name, _)| is_token(name)) {
                refusal.headers.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        refusal.body = rest.copied().collect::<Vec<_>>().join("\n").trim().to_owned();
        let told = GatewayMessage::parse(&refusal.body);
        let outcome = match refusal.status {
            101 => Outcome::Opened { headers: refusal.headers, subprotocol: None },
            _ => Outcome::Refused(refusal),
        };
        Some(Self { told, frame: None, handshake: Some(Handshake { outcome, ..Handshake::default() }) })
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

fn status(head: &str) -> Option<u16> {
    head.split_whitespace().nth(1)?.parse().ok()
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// A frame of the gateway's own, bare or behind the mark of a client.
fn frame(line: &str) -> Option<&str> {
    let text = line.trim();
    GatewayMessage::parse(text).map(|_| text)
}

/// `error: Unexpected server response: 502`.
fn wscat(line: &str) -> Option<u16> {
    line.split_once("Unexpected server response: ")?.1.split_whitespace().next()?.parse().ok()
}
