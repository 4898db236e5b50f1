//! Signatures as the gateway verifies them on `@connections`, made by a signer that shares no code with it.

use bytes::Bytes;
use http::{Method, Request};
use ring::{digest, hmac};

use gatescope_sandbox::{DEMO_KEY, DEMO_SECRET};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// A key pair, with the token of a session.
#[derive(Clone)]
pub struct Pair {
    pub key: String,
    pub secret: String,
    pub token: String,
}

impl Pair {
    pub fn demo() -> Self {
        Self { key: DEMO_KEY.into(), secret: DEMO_SECRET.into(), token: String::new() }
    }

    /// A signed request; `path` is what goes on the wire, `canonical` what stands for it in the signature.
    pub fn request(
        &self,
        method: &Method,
        host: &str,
        (path, canonical): (&str, &str),
        date: &str,
        body: &str,
    ) -> Request<Bytes> {
        let scope = format!("{}/us-east-1/execute-api/aws4_request", &date[..8]);
        let token = if self.token.is_empty() { "" } else { ";x-amz-security-token" };
        let token_line =
            if self.token.is_empty() { String::new() } else { format!("x-amz-security-token:{}\n", self.token) };
        let signed = format!("host;x-amz-date{token}");
        let canonical = format!(
            "{method}\n{canonical}\n\nhost:{host}\nx-amz-date:{date}\n{token_line}\n{signed}\n{}",
            hash(body.as_bytes())
        );
        let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(canonical.as_bytes()));
        let start = format!("AWS4{}", self.secret).into_bytes();
        let key = scope.split('/').fold(start, |key, part| mac(&key, part));
        let signature = hex(&mac(&key, &to_sign));
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("x-amz-date", date)
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}",
                    self.key
                ),
            );
        if !self.token.is_empty() {
            request = request.header("x-amz-security-token", &self.token);
        }
        request.body(Bytes::from(body.to_owned())).unwrap()
    }
}
