//! Small pieces that reading from the SDK needs everywhere.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use crate::{Access, Error};

impl Access {
    /// The SDK's error as ours, with this account's remedy.
    pub(crate) fn failed<E>(&self, error: SdkError<E, HttpResponse>) -> Error
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let request_id = error.request_id().map(str::to_owned);
        let mut said = Error::from_sdk(&error, request_id, self.profile_name());
        if let (None, Some(raw)) = (&said.code, error.raw_response()) {
            // A proxy, a stand-in or a page: the parser's complaint alone would not say so.
            let (status, operation) = (raw.status().as_u16(), operation::<E>());
            said.message = format!("HTTP {status} to {operation} with a body that is no AWS answer ({})", said.message);
        }
        said
    }
}

/// The SDK names an operation's error after the operation.
fn operation<E>() -> &'static str {
    let path = std::any::type_name::<E>();
    path.rsplit("::").next().unwrap_or(path).trim_end_matches("Error")
}

/// An ISO 8601 moment as milliseconds since 1970.
#[must_use]
pub fn milliseconds(iso: &str) -> Option<i64> {
    DateTime::from_str(iso, Format::DateTimeWithOffset).ok()?.to_millis().ok()
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(e) = next {
        text.push_str(": ");
        text.push_str(&e.to_string());
        next = e.source();
    }
    text
}
