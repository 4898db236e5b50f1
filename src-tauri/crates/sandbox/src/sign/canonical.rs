//! What was signed: the parts of a signature, the canonical request, and the string to sign.
//!
//! Our own and not the SDK's signer, which signs but tells nobody its canonical request: a refusal has to print it.

use http::header::HeaderName;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest;
use time::{Date, Month, Time};

use super::{ALGORITHM, Unsigned, refused};
use crate::front::Call;
use crate::ids;

/// What RFC 3986 calls unreserved stays as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The value of the payload's hash when the body was not signed.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The parts of a signature, from the header or from the query.
#[derive(Debug)]
pub(super) struct Signature {
    pub key: String,
    /// Date, region, service, terminator.
    pub scope: [String; 4],
    /// Names of the signed headers, as they were sent.
    pub signed: Vec<String>,
    pub signature: String,
    /// `20150830T123600Z`.
    pub date: String,
    /// Seconds; there for a presigned URL only.
    pub expires: Option<i64>,
    pub token: String,
}

impl Signature {
    /// `Ok(None)` when there is none at all.
    pub(super) fn of(call: &Call) -> Result<Option<Self>, Unsigned> {
        match call.header("authorization") {
            "" if call.query("X-Amz-Signature").is_some() || call.query("X-Amz-Credential").is_some() => {
                Self::of_query(call).map(Some)
            }
            "" => Ok(None),
            header => Self::of_header(call, header).map(Some),
        }
    }

    fn of_header(call: &Call, header: &str) -> Result<Self, Unsigned> {
        let (algorithm, rest) = header.split_once(' ').unwrap_or((header, ""));
        if algorithm != ALGORITHM {
            let message = format!(
                "'{header}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'."
            );
            return Err(refused("IncompleteSignatureException", message));
        }
        let part = |name: &str| {
            let mut parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
            parts.find(|(n, _)| *n == name).map(|(_, value)| value)
        };
        let date = match call.header("x-amz-date") {
            "" => call.header("date"),
            date => date,
        };
        let mut missing: Vec<String> = ["Credential", "Signature", "SignedHeaders"]
            .iter()
            .filter(|name| part(name).is_none_or(str::is_empty))
            .map(|name| format!("Authorization header requires '{name}' parameter."))
            .collect();
        if date.is_empty() {
            missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.".into());
        }
        if !missing.is_empty() {
            let message = format!("{} Authorization={algorithm}", missing.join(" "));
            return Err(refused("IncompleteSignatureException", message));
        }
        let text = |name| part(name).unwrap_or_default();
        let (key, scope) = credential(text("Credential"))?;
        Ok(Self {
            key,
            scope,
            signed: text("SignedHeaders").split(';').map(str::to_owned).collect(),
            signature: text("Signature").to_owned(),
            date: date.to_owned(),
            expires: None,
            token: call.header("x-amz-security-token").to_owned(),
        })
    }

    fn of_query(call: &Call) -> Result<Self, Unsigned> {
        let text = |name: &str| call.query(name).unwrap_or_default().to_owned();
        let needed = [
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Signature",
            "X-Amz-SignedHeaders",
            "X-Amz-Date",
            "X-Amz-Expires",
        ];
        let missing: Vec<_> = needed.iter().filter(|name| text(name).is_empty()).collect();
        let expires = text("X-Amz-Expires").parse().ok();
        if !missing.is_empty() || text("X-Amz-Algorithm") != ALGORITHM || expires.is_none() {
            let message = format!(
                "AWS query-string parameters must include '{}'. Re-examine the query-string parameters.",
                missing.first().copied().unwrap_or(&"X-Amz-Algorithm")
            );
            return Err(refused("IncompleteSignatureException", message));
        }
        let (key, scope) = credential(&text("X-Amz-Credential"))?;
        Ok(Self {
            key,
            scope,
            signed: text("X-Amz-SignedHeaders").split(';').map(str::to_owned).collect(),
            signature: text("X-Amz-Signature"),
            date: text("X-Amz-Date"),
            expires,
            token: text("X-Amz-Security-Token"),
        })
    }
}

/// `{key}/{date}/{region}/{service}/aws4_request`.
fn credential(text: &str) -> Result<(String, [String; 4]), Unsigned> {
    let parts: Vec<String> = text.split('/').map(str::to_owned).collect();
    let Ok([key, scope @ ..]) = <[String; 5]>::try_from(parts) else {
        let message = format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
        );
        return Err(refused("IncompleteSignatureException", message));
    };
    Ok((key, scope))
}

/// The canonical request.
pub(super) fn canonical(call: &Call, signature: &Signature) -> String {
    let headers: String = signature.signed.iter().map(|name| format!("{name}:{}\n", header(call, name))).collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        call.method,
        path(&call.path),
        query(call),
        signature.signed.join(";"),
        payload(call, signature)
    )
}

/// Algorithm, date, scope, and the canonical request's hash.
pub(super) fn string_to_sign(signature: &Signature, canonical: &str) -> String {
    format!("{ALGORITHM}\n{}\n{}\n{}", signature.date, signature.scope.join("/"), hash(canonical.as_bytes()))
}

/// Each segment of the path as it was sent, encoded once more; `.`, `..` and empty segments resolved.
fn path(sent: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in sent.split('/') {
        match segment {
            "" | "." => {}
            ".." => _ = segments.pop(),
            segment => segments.push(segment),
        }
    }
    let encoded: String = segments.iter().map(|s| format!("/{}", utf8_percent_encode(s, ENCODED))).collect();
    let end = if sent.ends_with('/') || encoded.is_empty() { "/" } else { "" };
    encoded + end
}

/// All parameters but the signature, sorted by their encoded names, then values.
fn query(call: &Call) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let mut pairs: Vec<(String, String)> = call
        .query
        .iter()
        .filter(|(name, _)| name != "X-Amz-Signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// All values of a header, blanks folded.
fn header(call: &Call, name: &str) -> String {
    let Ok(wanted) = HeaderName::from_bytes(name.as_bytes()) else { return String::new() };
    let values: Vec<String> = call
        .headers
        .get_all(&wanted)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    if values.is_empty() && wanted == http::header::HOST { call.host.clone() } else { values.join(",") }
}

/// The body's hash, or what the signer says that it left out.
fn payload(call: &Call, signature: &Signature) -> String {
    let declared = match signature.expires {
        Some(_) => call.query("X-Amz-Content-Sha256").unwrap_or_default(),
        None => call.header("x-amz-content-sha256"),
    };
    if declared == UNSIGNED_PAYLOAD { declared.to_owned() } else { hash(&call.body) }
}

fn hash(bytes: &[u8]) -> String {
    ids::hex_of(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Lower-case hexadecimal.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: &u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    text.as_bytes().chunks(2).map(|pair| Some((digit(pair.first()?)? << 4) | digit(pair.get(1)?)?)).collect()
}

/// `20150830T123600Z` as milliseconds since 1970.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if shape != "00000000T000000Z" {
        return None;
    }
    let number = |from: usize, to: usize| digits[from..to].parse::<u8>().ok();
    let month = Month::try_from(number(4, 6)?).ok()?;
    let date = Date::from_calendar_date(digits[..4].parse().ok()?, month, number(6, 8)?).ok()?;
    let at = Time::from_hms(number(8, 10)?, number(10, 12)?, number(12, 14)?).ok()?;
    Some(date.with_time(at).assume_utc().unix_timestamp() * 1000)
}
