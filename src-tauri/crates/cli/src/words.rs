//! Handshakes and verdicts as a terminal shows them. Knows no rule: it lays out what `model` says.

use std::borrow::Cow;
use std::fmt::Write;

use gatescope_model::conversation::Problem;
use gatescope_model::handshake::{GatewayMessage, Handshake, Outcome, PhaseName, Refusal};
use gatescope_model::verdict::{Confidence, Finding, Verdict};

/// An attempt in one line.
pub(crate) fn attempt(handshake: &Handshake) -> String {
    match &handshake.outcome {
        Outcome::Opened { subprotocol, .. } => {
            let offered =
                handshake.request_headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-protocol"));
            let protocol = match subprotocol {
                Some(name) => format!(", subprotocol {name}"),
                None if offered => ", none of the subprotocols was chosen: a browser would fail here".to_owned(),
                None => String::new(),
            };
            format!("connected to {}{protocol} ({})", handshake.url, timing(handshake))
        }
        Outcome::Refused(refusal) => format!("refused: {} {}", refusal.status, handshake.url),
        Outcome::Failed { phase, message, .. } => {
            format!("no connection to {}: {} failed: {message} ({})", handshake.url, name(*phase), timing(handshake))
        }
        Outcome::Pending => format!("not over: {}", handshake.url),
    }
}

/// Everything about a refusal.
pub(crate) fn refusal(handshake: &Handshake, refusal: &Refusal) -> String {
    let status = handshake.phases.last().map_or_else(String::new, |phase| phase.detail.clone());
    let mut out = format!("refused: {status}\n{} ({})\n\n", handshake.url, timing(handshake));
    for (name, value) in &refusal.headers {
        let _ = writeln!(out, "{}: {}", printable(name), printable(value));
    }
    let _ = writeln!(out, "\n{}{}", printable(&refusal.body), if refusal.body_truncated { " … (cut)" } else { "" });
    let gateway = GatewayMessage::parse(&refusal.body);
    let ids = [
        ("connection id", gateway.as_ref().map(|it| it.connection_id.as_str())),
        (
            "request id in the log",
            gateway.as_ref().map(|it| it.request_id.as_str()).or(refusal.header("x-amz-apigw-id")),
        ),
        ("AWS request id", refusal.header("x-amzn-requestid")),
    ];
    for (name, id) in ids {
        if let Some(id) = id {
            let _ = writeln!(out, "{name}: {}", printable(id));
        }
    }
    out
}

/// Every finding, best first; what was looked for when there is none.
pub(crate) fn verdict(verdict: &Verdict) -> String {
    let mut out = String::new();
    for finding in &verdict.findings {
        self::finding(&mut out, finding);
    }
    if verdict.findings.is_empty() && !verdict.looked_at.is_empty() {
        let _ = writeln!(out, "\nnot explained; looked at:\n  {}", verdict.looked_at.join("\n  "));
    }
    if !verdict.would_help.is_empty() {
        let _ = writeln!(out, "would settle it:\n  {}", verdict.would_help.join("\n  "));
    }
    out
}

fn finding(out: &mut String, finding: &Finding) {
    let _ = writeln!(out, "\n{}: {}\n  {}", confidence(finding.confidence), finding.cause, finding.title);
    for line in finding.reason.lines() {
        let _ = writeln!(out, "  {line}");
    }
    for (at, evidence) in finding.evidence.iter().enumerate() {
        let _ = writeln!(out, "  [{}] {}", at + 1, printable(&evidence.text));
    }
    let _ = writeln!(out, "  fix: {}", finding.since.as_ref().unwrap_or(&finding.fix));
}

/// AWS's words and the remedy.
pub(crate) fn problem(problem: &Problem) -> String {
    let hint = problem.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("the log: {}{hint}", printable(&problem.message))
}

/// The word for it, as in the JSON.
pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

/// Text of strangers without what a terminal would obey.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Cow::Borrowed(text);
    }
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\0'..='\x1f' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect::<String>()
        .into()
}

fn timing(handshake: &Handshake) -> String {
    let millis = |us: u64| format!("{:.1}", us as f64 / 1000.0);
    let phases: Vec<String> = handshake
        .phases
        .iter()
        .map(|phase| format!("{} {}", name(phase.name), millis(phase.end_us - phase.start_us)))
        .collect();
    format!("{} ms: {}", millis(handshake.phases.last().map_or(0, |phase| phase.end_us)), phases.join(", "))
}

fn name(phase: PhaseName) -> &'static str {
    match phase {
        PhaseName::Dns => "dns",
        PhaseName::Tcp => "tcp",
        PhaseName::Tls => "tls",
        PhaseName::Upgrade => "upgrade",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(printable("a\x1b[2Jb\n\u{9b}c\u{7f}"), "a␛[2Jb\n\u{fffd}c\u{fffd}");
        assert!(matches!(printable("grüße\t1"), Cow::Borrowed(_)));
    }
}
