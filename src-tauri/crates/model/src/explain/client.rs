//! What WebSocket and HTTP clients print: why a handshake failed, and with which code a connection ended.
//!
//! The words are those of the clients themselves (wscat, websocat, browsers, the `ws` package, Python, Go, .NET, Java, Rust,
//! curl, OpenSSL), so they tell what happened on the client's side and never more than a likely cause.

use super::hint::{Hint, LIKELY, POSSIBLE};
use super::pasted::Pasted;
use super::status::{self, Told};

/// What stands before the status of a refused handshake, in lower case.
const STATUS: [&str; 25] = [
    "unexpected server response",
    "unexpected response code",
    "unexpected response status",
    "unexpected status code",
    "unexpected response",
    "rejected websocket connection: http",
    "handshake status",
    "invalid status code",
    "invalid handshake response",
    "handshake error: status",
    "handshake response code",
    "invalid response status",
    "received unexpected status",
    "expected http 101 response but was",
    "the server returned status code",
    "status code of the opening handshake response is not",
    "websocketbadstatusexception",
    "wsserverhandshakeerror",
    "expected handshake response status code 101 but got",
    "handshake response status code",
    "expected status code 101 but got",
    "http error:",
    "returned error:",
    "request failed with status code",
    "response status code",
];

/// What stands before the code of a close frame.
const CLOSE: [&str; 20] = [
    "disconnected (code",
    "disconnectstatuscode",
    "disconnected with code",
    "connection closed",
    "connectionclosed",
    "connection was closed",
    "socket closed",
    "websocket closed",
    "websocket is closed",
    "websocket close",
    "closed with code",
    "close code",
    "closecode",
    "closing code",
    "close frame",
    "closeevent",
    "close with code",
    "onclose",
    "websocket: close",
    "received 10",
];

const UNRESOLVED: [&str; 18] = [
    "getaddrinfo failed",
    "getaddrinfo enotfound",
    "enotfound",
    "could not resolve host",
    "couldn't resolve host",
    "name or service not known",
    "nodename nor servname provided",
    "err_name_not_resolved",
    "no such host",
    "failed to lookup address",
    "unknownhostexception",
    "no address associated with hostname",
    "nxdomain",
    "remote name could not be resolved",
    "name does not resolve",
    "dns_probe_finished",
    "can't find host",
    "a server with the specified hostname could not be found",
];
const UNSURE: [&str; 3] = ["eai_again", "temporary failure in name resolution", "servfail"];
const NO_ENDPOINT: [&str; 3] = ["inaccessible host", "could not connect to the endpoint url", "unknownendpoint"];

const OTHER_NAME: [&str; 20] = [
    "no alternative certificate subject name",
    "does not match certificate's altnames",
    "err_cert_common_name_invalid",
    "err_tls_cert_altname_invalid",
    "certificate is valid for",
    "notvalidforname",
    "certificate is not valid for",
    "certificate not valid for name",
    "hostname mismatch",
    "no subject alternative dns name matching",
    "no subject alternative names",
    "does not match target host name",
    "certificateerror(\"hostname",
    "certificateerror: hostname",
    "remotecertificatenamemismatch",
    "ssl_error_bad_cert_domain",
    "certificate subject name",
    "the certificate for this server is invalid",
    "not verified: certificate",
    "doesn't match '*.execute-api",
];
const UNTRUSTED: [&str; 22] = [
    "certificate has expired",
    "cert_has_expired",
    "certificate is expired",
    "certificate expired",
    "certificate has expired or is not yet valid",
    "self signed certificate",
    "self-signed certificate",
    "depth_zero_self_signed_cert",
    "self_signed_cert_in_chain",
    "unable to get local issuer certificate",
    "unable_to_get_issuer_cert",
    "unable_to_verify_leaf_signature",
    "unable to verify the first certificate",
    "certificate_verify_failed",
    "certificate verify failed",
    "signed by unknown authority",
    "unknownissuer",
    "unknown issuer",
    "err_cert_authority_invalid",
    "err_cert_date_invalid",
    "pkix path building failed",
    "invalid peer certificate",
];
const OLD_TLS: [&str; 8] = [
    "protocol version",
    "unsupported protocol",
    "unsupported_protocol",
    "err_ssl_version_or_cipher_mismatch",
    "ssl_error_unsupported_version",
    "no protocols available",
    "protocol is disabled or cipher suites are inappropriate",
    "protocol not supported",
];
const NO_TLS: [&str; 7] = [
    "sslv3 alert handshake failure",
    "alert handshake failure",
    "tls: handshake failure",
    "handshake_failure",
    "ssl_error_syscall",
    "unrecognized name",
    "unrecognized_name",
];
const PLAIN: [&str; 3] =
    ["wrong version number", "first record does not look like a tls handshake", "packet length too long"];

/// The first thing that a client says, with where it stands.
pub(super) fn hints(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    name(text).or_else(|| certificate(text)).or_else(|| refused(text)).or_else(|| ended(text)).or_else(|| silent(text))
}

/// A browser says no more than that it failed: of a generated address, the API and the stage are the first to look at.
fn silent(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    let at = text.lower.find("websocket connection to 'wss://").or_else(|| text.lower.find("connection to wss://"))?;
    let address = &text.lower[at..];
    let near = &address[..address.floor_char_boundary(300)];
    let fits = near.contains("failed") && near.contains(".execute-api.");
    fits.then(|| (vec![("api-not-found", POSSIBLE), ("stage-not-found", POSSIBLE), ("connection-lost", POSSIBLE)], at))
}

fn first(text: &Pasted, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| text.lower.find(word))
}

/// A name that did not resolve, or a host that is nobody's.
fn name(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    let (at, unsure) = match (first(text, &UNRESOLVED), first(text, &NO_ENDPOINT)) {
        (Some(at), _) => (at, false),
        (None, Some(at)) => (at, false),
        (None, None) => (first(text, &UNSURE)?, true),
    };
    // The name stands near: after the words, or in a host, a URL or a call before them.
    let from = text.lower.floor_char_boundary(at.saturating_sub(400));
    let near = &text.lower[from..text.lower.floor_char_boundary(at + 400)];
    let generated = near.match_indices("execute-api.").next().map(|(at, _)| {
        // Without an id before it the endpoint was left out (facts 2.3, #47).
        let before = near[..at].chars().next_back();
        before == Some('.')
    });
    let pushing = near.contains("@connections") || near.contains("%40connections");
    let confidence = if unsure { POSSIBLE } else { LIKELY };
    let causes: Vec<Hint> = match generated {
        Some(false) => {
            vec![("callback-url-wrong", confidence), ("dns-not-found", POSSIBLE), ("api-not-found", POSSIBLE)]
        }
        Some(true) if pushing => {
            vec![("api-not-found", POSSIBLE), ("callback-url-wrong", POSSIBLE), ("dns-not-found", POSSIBLE)]
        }
        Some(true) if unsure => vec![("dns-not-found", POSSIBLE), ("api-not-found", POSSIBLE)],
        Some(true) => vec![("api-not-found", LIKELY), ("dns-not-found", POSSIBLE)],
        None if pushing => vec![("callback-url-wrong", POSSIBLE), ("dns-not-found", POSSIBLE)],
        None if NO_ENDPOINT.iter().any(|word| near.contains(word)) => return None,
        None => vec![("dns-not-found", confidence)],
    };
    Some((causes, at))
}

fn certificate(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    if let Some(at) = first(text, &OTHER_NAME).or_else(|| unlike(text)) {
        let causes = match text.lower.contains("*.execute-api") {
            // The answer of an API's own host to another name: a record that points there.
            true => vec![("dns-wrong-target", LIKELY), ("tls-name-mismatch", LIKELY)],
            false => vec![("tls-name-mismatch", LIKELY), ("dns-wrong-target", POSSIBLE)],
        };
        return Some((causes, at));
    }
    if let Some(at) = first(text, &UNTRUSTED) {
        return Some((vec![("tls-untrusted", LIKELY)], at));
    }
    if let Some(at) = first(text, &OLD_TLS).filter(|_| has_tls(text)) {
        return Some((vec![("tls-version", LIKELY)], at));
    }
    if let Some(at) = first(text, &NO_TLS) {
        return Some((
            vec![("tls-version", POSSIBLE), ("dns-wrong-target", POSSIBLE), ("tls-name-mismatch", POSSIBLE)],
            at,
        ));
    }
    let at = first(text, &PLAIN).or_else(|| text.lower.find("curl: (35)"))?;
    let plain = first(text, &PLAIN).is_some();
    Some((vec![(if plain { "not-a-websocket" } else { "tls-version" }, POSSIBLE)], at))
}

fn has_tls(text: &Pasted) -> bool {
    ["ssl", "tls"].iter().any(|word| text.lower.contains(word))
}

/// `hostname 'a' doesn't match 'b'`, with names between the words.
fn unlike(text: &Pasted) -> Option<usize> {
    let at = text.lower.find("doesn't match").or_else(|| text.lower.find("does not match the certificate"))?;
    let from = text.lower.floor_char_boundary(at.saturating_sub(160));
    text.lower[from..at].contains("host").then_some(at)
}

/// A handshake that was answered with another status.
fn refused(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    let (status, at) = text.number_after(&STATUS, |n| (200..600).contains(&n) && n != 101)?;
    let told = Told { status, bare: true, url: url(&text.text).unwrap_or_default(), ..Told::default() };
    Some((status::hints(&told), at))
}

/// The status that a client names for a handshake.
pub(super) fn status_of(line: &str) -> Option<u16> {
    let mut pasted = Pasted::default();
    pasted.push(line, 0);
    pasted.number_after(&STATUS, |n| (200..600).contains(&n)).map(|(status, _)| status)
}

/// The address of a WebSocket in a text.
pub(super) fn url(text: &str) -> Option<&str> {
    let at = text.find("wss://").or_else(|| text.find("ws://"))?;
    let rest = &text[at..];
    Some(&rest[..rest.find(|c: char| c.is_whitespace() || "'\"`),>".contains(c)).unwrap_or(rest.len())])
}

/// What a client is told when the backend deletes its connection (facts 2, 2.3).
const NORMALLY: &str = "connection closed normally";

/// A connection that ended.
pub(super) fn ended(text: &Pasted) -> Option<(Vec<Hint>, usize)> {
    let going = || text.lower.find("going away").map(|at| (1001, at));
    let named = || text.lower.find(NORMALLY).map(|at| (1000, at));
    let is_code = |n: u16| (1000..1016).contains(&n);
    let lost =
        || ["abnormal closure", "closed abnormally"].iter().find_map(|word| text.lower.find(word)).map(|at| (1006, at));
    let code = code(text, is_code).or_else(named).or_else(going).or_else(lost);
    let (code, at) = code?;
    let causes = match code {
        // In an event of `$disconnect` the words have not been recorded for other ends.
        1000 if text.lower.contains("disconnectreason") && text.lower.contains(NORMALLY) => {
            vec![("closed-by-backend", POSSIBLE)]
        }
        1000 if text.lower.contains(NORMALLY) => vec![("closed-by-backend", LIKELY)],
        1001 => vec![("idle-timeout", POSSIBLE), ("max-duration", POSSIBLE)],
        1003 => vec![("binary-not-supported", LIKELY)],
        1006 => vec![("connection-lost", POSSIBLE), ("idle-timeout", POSSIBLE)],
        1009 => vec![("frame-too-large", LIKELY)],
        _ => return None,
    };
    Some((causes, at))
}

fn code(text: &Pasted, is_code: impl Fn(u16) -> bool) -> Option<(u16, usize)> {
    for words in CLOSE {
        for (at, _) in text.lower.match_indices(words) {
            let rest = &text.lower[at..];
            let rest = &rest[..rest.floor_char_boundary(words.len() + 48)];
            let numbers = rest.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|word| word.parse().ok());
            if let Some(code) = numbers.into_iter().find(|n| is_code(*n)) {
                return Some((code, at));
            }
        }
    }
    // `code: 1001`, `code=1006`: a number that only closes have.
    let (code, at) = text.number_after(&["code", "code:", "status code"], |n| (1001..1016).contains(&n))?;
    ["clos", "disconnect", "websocket", "wss:"].iter().any(|word| text.lower.contains(word)).then_some((code, at))
}
