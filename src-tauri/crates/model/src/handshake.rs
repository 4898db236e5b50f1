//! What happened between `wss://` and the first frame, as a value: a refusal is what the user came to see, not an error.
//!
//! The `socket` crate fills it, `diagnose` reads it, the window draws it. Times are microseconds from the start of the attempt.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One attempt to open a connection, whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Handshake {
    /// As dialled, with its query.
    pub url: String,
    /// As sent, in order. Secrets are masked before they get here.
    pub request_headers: Vec<(String, String)>,
    /// In the order in which they began; the last one may have failed.
    pub phases: Vec<Phase>,
    /// How it ended.
    pub outcome: Outcome,
    /// What is wrong with the certificate or the versions, where TLS is what failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tls_trouble: Option<TlsTrouble>,
}

/// What the TLS stack had against a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TlsTrouble {
    /// The certificate is for other names.
    Name {
        /// Those that it covers; empty where the system's verifier does not tell them.
        names: Vec<String>,
    },
    /// Its time is over, or has not come.
    Expired,
    /// Nobody who is trusted here has signed it.
    Untrusted,
    /// There is no version of TLS, or no cipher, that both sides speak.
    Version,
}

/// A timed part of the handshake.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Phase {
    /// Which part.
    pub name: PhaseName,
    /// Microseconds since the attempt began.
    pub start_us: u64,
    /// Microseconds since the attempt began.
    pub end_us: u64,
    /// The address, `TLS 1.3`, the status: what a person reads beside the bar.
    pub detail: String,
    /// Whether the attempt ended here.
    pub failed: bool,
}

/// The parts of a handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PhaseName {
    #[default]
    /// Name to addresses.
    Dns,
    /// Address to stream.
    Tcp,
    /// Certificates and keys.
    Tls,
    /// The HTTP request and its answer.
    Upgrade,
}

/// How an attempt ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Outcome {
    /// Not over yet.
    #[default]
    Pending,
    /// 101.
    Opened {
        /// Of the answer.
        headers: Vec<(String, String)>,
        /// What the server chose, if anything.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        subprotocol: Option<String>,
    },
    /// An HTTP answer other than 101, kept whole.
    Refused(Refusal),
    /// No HTTP answer at all.
    Failed {
        /// Where it stopped.
        phase: PhaseName,
        /// Which kind of failure.
        reason: FailureKind,
        /// The words of the system, the TLS stack or the resolver.
        message: String,
    },
}

/// An HTTP answer that is not 101.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// In the order received, names as sent.
    pub headers: Vec<(String, String)>,
    /// The whole body as text, up to 64 KiB; bytes that are no UTF-8 become U+FFFD.
    pub body: String,
    /// Whether the body was longer than what is kept.
    pub body_truncated: bool,
}

impl Refusal {
    /// The first header with this name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

/// Why no HTTP answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// The name does not resolve.
    NameNotFound,
    /// Nobody listens there.
    ConnectionRefused,
    /// The peer did not answer in time.
    TimedOut,
    /// The user stopped it.
    Cancelled,
    /// The certificate does not cover the name, is not trusted, or the versions do not meet.
    Tls,
    /// The stream ended or broke before the answer was whole.
    Broken,
    /// The answer is no HTTP, or the URL is no WebSocket URL.
    Protocol,
}

/// `{"message": …, "connectionId":…, "requestId":…}`: what API Gateway itself says in a refused handshake or in a frame.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayMessage {
    /// For example `Internal server error`; empty when an authorizer answered something unusable.
    pub message: String,
    /// The connection, also when it never came to be.
    pub connection_id: String,
    /// Equal to `x-amz-apigw-id` and to the prefix of the log lines.
    pub request_id: String,
}

impl GatewayMessage {
    /// Reads the gateway's own words; `None` means that somebody else wrote this text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Cheap refusal first: this runs for every frame received.
        if text.len() > 4096 || !text.contains("\"requestId\"") {
            return None;
        }
        serde_json::from_str(text).ok()
    }
}
