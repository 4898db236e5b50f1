//! What AWS, the network or the credentials said when a call did not work, with AWS's own code, words and request id kept.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::lock::Locked;

/// A call that did not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What the reader can do about it.
    pub kind: Kind,
    /// AWS's code, when AWS answered: `BadRequestException`.
    pub code: Option<String>,
    /// AWS's words, or the system's.
    pub message: String,
    /// AWS's request id.
    pub request_id: Option<String>,
    /// A command or a step that mends it.
    pub hint: Option<String>,
}

/// What the reader can do about a call that did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Renew the credentials; the hint says how.
    Expired,
    /// Get credentials; the hint says how.
    NoCredentials,
    /// Ask for the permission that the message names.
    Denied,
    /// Look whether it was deleted, or is in another region.
    NotFound,
    /// Change what was asked: AWS's words say what is wrong.
    Refused,
    /// Read again: somebody else changed it meanwhile.
    Conflict,
    /// Wait and try again.
    Throttled,
    /// Look at the network, the endpoint and the region.
    Unreachable,
    /// Unlock the account: nothing was sent.
    Locked,
    /// Try again: AWS failed on its side, or answered something that is no AWS answer.
    Failed,
}

impl Kind {
    /// What a code of AWS's means.
    #[must_use]
    pub fn of(code: &str) -> Self {
        kind_of(code)
    }
}

impl Error {
    /// An error that did not come from a call.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, code: None, message: message.into(), request_id: None, hint: None }
    }

    /// Reads the SDK's error, of a call or of a stream. `profile` is for the remedy.
    pub(crate) fn from_sdk<E, R>(error: &SdkError<E, R>, request_id: Option<String>, profile: Option<&str>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        if let Some(locked) = locked(error) {
            return Self::new(Kind::Locked, locked.to_string());
        }
        if let Some(service) = error.as_service_error() {
            let code = service.code().map(str::to_owned);
            let kind = kind_of(code.as_deref().unwrap_or_default());
            let message = service.message().map_or_else(|| words(error), str::to_owned);
            return Self { kind, hint: hint(kind, profile), code, message, request_id };
        }
        let all = words(error);
        let kind = match error {
            SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) if is_expired(&all) => Kind::Expired,
            SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) if lacks_credentials(&all) => {
                Kind::NoCredentials
            }
            SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => Kind::Unreachable,
            _ => Kind::Failed,
        };
        Self { kind, code: None, hint: hint(kind, profile), message: all, request_id }
    }
}

/// The lock's refusal, somewhere among the causes.
fn locked<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Locked> {
    std::iter::successors(Some(error), |e| e.source()).find_map(|e| e.downcast_ref())
}

/// The whole chain of causes in one line, without the `(Debug { … })` tail that the SDK adds.
fn words(error: &dyn std::error::Error) -> String {
    let mut said = Vec::new();
    let mut next = Some(error);
    while let Some(e) = next {
        let text = e.to_string();
        if said.last() != Some(&text) {
            said.push(text);
        }
        next = e.source();
    }
    if said.is_empty() { DisplayErrorContext(error).to_string() } else { said.join(": ") }
}

fn is_expired(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("expired") || text.contains("token not found") || text.contains("sso") && text.contains("token")
}

fn lacks_credentials(text: &str) -> bool {
    text.contains("credential")
}

fn kind_of(code: &str) -> Kind {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Kind::Expired,
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => Kind::NoCredentials,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "ForbiddenException" => Kind::Denied,
        "NotFoundException" | "ResourceNotFoundException" | "NoSuchEntity" | "NoSuchHostedZone" => Kind::NotFound,
        "ConflictException"
        | "EntityAlreadyExists"
        | "ConcurrentModificationException"
        | "OperationAbortedException" => Kind::Conflict,
        "TooManyRequestsException"
        | "ThrottlingException"
        | "Throttling"
        | "LimitExceededException"
        | "PriorRequestNotComplete"
        | "RequestLimitExceeded" => Kind::Throttled,
        "InternalServerErrorException" | "InternalFailure" | "ServiceUnavailableException" | "ServiceFailure" | "" => {
            Kind::Failed
        }
        _ => Kind::Refused,
    }
}

fn hint(kind: Kind, profile: Option<&str>) -> Option<String> {
    let profile = profile?;
    match kind {
        Kind::Expired => Some(format!("aws sso login --profile {profile}")),
        Kind::NoCredentials => Some(format!("aws configure --profile {profile}")),
        _ => None,
    }
}
