//! Requests signed with version 4, as an SDK signs them; written from AWS's manual, not from the sandbox.

use bytes::Bytes;
use gatescope_sandbox::{DEMO_KEY, DEMO_SECRET};
use http::Request;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::{digest, hmac};
use time::OffsetDateTime;
use time::macros::format_description;

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// An access key.
pub struct Keys {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

impl Keys {
    pub fn demo() -> Self {
        Self { id: DEMO_KEY.into(), secret: DEMO_SECRET.into(), token: None }
    }

    /// The request with `x-amz-date`, a token if there is one, and `authorization`.
    pub fn sign(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        let format = format_description!("[year][month][day]T[hour][minute][second]Z");
        let date = OffsetDateTime::now_utc().format(format).unwrap();
        request.headers_mut().insert("x-amz-date", date.parse().unwrap());
        if let Some(token) = &self.token {
            request.headers_mut().insert("x-amz-security-token", token.parse().unwrap());
        }
        let mut names: Vec<&str> = ["host", "x-amz-date", "x-amz-security-token"].to_vec();
        names.retain(|name| request.headers().contains_key(*name));
        let headers: String =
            names.iter().map(|n| format!("{n}:{}\n", request.headers()[*n].to_str().unwrap())).collect();
        let path: Vec<_> =
            request.uri().path().split('/').map(|s| utf8_percent_encode(s, ENCODED).to_string()).collect();
        let query = url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned();
        let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
        let mut query: Vec<String> = query.map(|(n, v)| format!("{}={}", encode(&n), encode(&v))).collect();
        query.sort();
        let canonical = format!(
            "{}\n{}\n{}\n{headers}\n{}\n{}",
            request.method(),
            path.join("/"),
            query.join("&"),
            names.join(";"),
            hash(request.body())
        );
        let scope = format!("{}/us-east-1/execute-api/aws4_request", &date[..8]);
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(canonical.as_bytes()));
        let start = format!("AWS4{}", self.secret).into_bytes();
        let key = scope.split('/').fold(start, |key, part| mac(&key, part));
        let signature: String = mac(&key, &to_sign).iter().map(|b| format!("{b:02x}")).collect();
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
            self.id,
            names.join(";")
        );
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        request
    }

    /// The headers that sign a handshake, as lines.
    pub fn handshake(&self, host: &str, path: &str) -> String {
        let request = Request::builder().uri(path).header("host", host).body(Bytes::new()).unwrap();
        let request = self.sign(request);
        ["x-amz-date", "x-amz-security-token", "authorization"]
            .iter()
            .filter_map(|n| Some(format!("{n}: {}\r\n", request.headers().get(*n)?.to_str().unwrap())))
            .collect()
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hash(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}
