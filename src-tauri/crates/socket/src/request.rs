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
    pub port: u16,
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
        append(&mut url, &request.query);
        let login = take_login(&mut url);
        let headers = headers(request, &url, login)?;
        Ok(Self { url, host, port, tls, headers })
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
