//! What the user wants to dial, and the exact request head that follows from it. Pure: no socket, no clock.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use url::Url;

/// RFC 3986 2.3: everything but the unreserved. A space becomes `%20`, not `+`: a backend that is no form parser reads `+` as itself.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How long an attempt may take when nobody says otherwise. The gateway itself answers a slow `$connect` integration after
/// 29 s (facts 5.1), but a person who looks at a screen wants to be told sooner.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// What to dial.
#[derive(Clone)]
pub struct Request {
    /// `ws`, `wss` (or `http`, `https`, which mean the same), with its query. `user:password@` becomes an `Authorization` header.
    pub url: String,
    /// Appended to the URL's own query, encoded.
    pub query: Vec<(String, String)>,
    /// Sent in this order, spelled like this, duplicates included. One that the client sends by itself is replaced by them.
    pub headers: Vec<(String, String)>,
    /// Offered in this order.
    pub subprotocols: Vec<String>,
    /// Where to dial instead of where the URL's name leads: a host or an address, with a port or without. `Host`, the name
    /// asked for in TLS and the certificate's names stay the URL's: so a domain is tried before DNS knows it.
    pub connect_to: Option<String>,
    /// For the whole attempt, from the name to the last byte of the answer.
    pub timeout: Duration,
}

impl Request {
    /// The plain request for `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            query: Vec::new(),
            headers: Vec::new(),
            subprotocols: Vec::new(),
            connect_to: None,
            timeout: DEFAULT_TIMEOUT,
        }
    }
}

/// A [`Request`] made exact.
pub(crate) struct Target {
    /// With the whole query and without the password.
    pub url: Url,
    /// Without brackets around IPv6.
    pub host: String,
    /// Where it is dialled: the URL's host and port, unless the request says otherwise.
    pub at: (String, u16),
    pub tls: bool,
    /// Everything after the request line, in order.
    pub headers: Vec<(String, String)>,
}

impl Target {
    /// Reads the URL and writes the headers; the error is a sentence for the user.
    pub fn of(request: &Request) -> Result<Self, String> {
        let mut url =
            Url::parse(request.url.trim()).map_err(|why| format!("`{}` is no URL: {why}", request.url.trim()))?;
        let tls = match url.scheme() {
            "ws" | "http" => false,
            "wss" | "https" => true,
            other => return Err(format!("`{other}` is no WebSocket scheme: the URL begins with wss:// or ws://")),
        };
        if url.fragment().is_some() {
            return Err("a WebSocket URL has no #fragment (RFC 6455 3); write %23 for a `#` in the path".into());
        }
        let host = match url.host() {
            Some(url::Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => return Err("the URL names no host".into()),
        };
        let port = url.port_or_known_default().unwrap_or(if tls { 443 } else { 80 });
        let at = match request.connect_to.as_deref().map(str::trim).filter(|to| !to.is_empty()) {
            Some(to) => place(to, port)?,
            None => (host.clone(), port),
        };
        append(&mut url, &request.query);
        let login = take_login(&mut url);
        let headers = headers(request, &url, login)?;
        Ok(Self { url, host, at, tls, headers })
    }

    /// The request line's path with its query.
    pub fn path(&self) -> &str {
        &self.url[url::Position::BeforePath..]
    }

    /// The first header with this name, as it will be sent.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The head as it goes on the wire.
    pub fn head(&self) -> String {
        let mut head = format!("GET {} HTTP/1.1\r\n", self.path());
        for (name, value) in &self.headers {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        head
    }
}

/// `203.0.113.7`, `[2001:db8::1]:8443`, `d-abc.execute-api.us-east-1.amazonaws.com:443`: a host without brackets, and a port.
pub(crate) fn place(text: &str, port: u16) -> Result<(String, u16), String> {
    let wrong = || format!("`{text}` is no place to dial: it is a host or an address, and a port if it is not {port}");
    let (host, given) = match text.strip_prefix('[').map(|rest| rest.split_once(']').ok_or_else(wrong)).transpose()? {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or_else(wrong)?)),
        None if text.matches(':').count() > 1 => (text, None),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = given.map_or(Ok(port), |given| given.parse::<u16>().map_err(|_| wrong()))?;
    let address = host.parse::<std::net::IpAddr>().is_ok();
    let name = || !host.contains(':') && url::Host::parse(host).is_ok();
    if port == 0 || host.is_empty() || !(address || name()) {
        return Err(wrong());
    }
    Ok((host.to_owned(), port))
}

fn append(url: &mut Url, pairs: &[(String, String)]) {
    if pairs.is_empty() {
        return;
    }
    let own = url.query().filter(|query| !query.is_empty()).map(str::to_owned);
    let query: Vec<String> = own.into_iter().chain([encoded(pairs)]).collect();
    url.set_query(Some(&query.join("&")));
}

/// Pairs as they stand in a URL's query.
#[must_use]
pub fn encoded(pairs: &[(String, String)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", utf8_percent_encode(name, ENCODED), utf8_percent_encode(value, ENCODED)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Moves `user:password@` out of the URL, so that it is neither shown nor sent there.
fn take_login(url: &mut Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let login = format!("{}:{}", plain(url.username()), plain(url.password().unwrap_or_default()));
    // Both succeed: the URL has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Some(format!("Basic {}", BASE64.encode(login)))
}

/// The client's own headers first, in the order of browsers, then the user's.
fn headers(request: &Request, url: &Url, login: Option<String>) -> Result<Vec<(String, String)>, String> {
    for (name, value) in &request.headers {
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no header name"))?;
        HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| format!("the value of `{name}` has a line break or a control character"))?;
    }
    for name in &request.subprotocols {
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("`{name}` is no subprotocol name"))?;
    }
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let own = [
        ("Host", Some(authority.to_owned())),
        ("Connection", Some("Upgrade".to_owned())),
        ("Upgrade", Some("websocket".to_owned())),
        ("Sec-WebSocket-Version", Some("13".to_owned())),
        ("Sec-WebSocket-Key", Some(generate_key())),
        ("Sec-WebSocket-Protocol", (!request.subprotocols.is_empty()).then(|| request.subprotocols.join(", "))),
        ("Authorization", login),
    ];
    let theirs = |name: &str| request.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
    Ok(own
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .filter(|(name, _)| !theirs(name))
        .chain(request.headers.iter().cloned())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_to_dial_is_a_host_or_an_address_and_maybe_a_port() {
        let table = [
            ("203.0.113.7", Some(("203.0.113.7", 443))),
            ("203.0.113.7:8443", Some(("203.0.113.7", 8443))),
            ("2001:db8::1", Some(("2001:db8::1", 443))),
            ("[2001:db8::1]:8443", Some(("2001:db8::1", 8443))),
            ("[::1]", Some(("::1", 443))),
            ("d-abc.execute-api.us-east-1.amazonaws.com", Some(("d-abc.execute-api.us-east-1.amazonaws.com", 443))),
            ("localhost:9", Some(("localhost", 9))),
            ("", None),
            (":443", None),
            ("a b", None),
            ("[::1", None),
            ("[::1]443", None),
            ("host:", None),
            ("host:0", None),
            ("host:70000", None),
            ("https://host", None),
            ("a:b:c", None),
        ];
        for (text, wanted) in table {
            let got = place(text, 443);
            assert_eq!(got.as_ref().ok().map(|(host, port)| (host.as_str(), *port)), wanted, "{text}: {got:?}");
        }
    }
}
