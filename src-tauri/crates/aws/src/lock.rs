//! The read-only lock: nothing that writes leaves this crate while it is closed, whoever asks.
//!
//! What reads is listed; every other operation counts as writing, so that a forgotten one is refused and not sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The lock of one account, shared by all its regions. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Lock(Arc<AtomicBool>);

impl Lock {
    /// Closes or opens it, for calls that begin from now on.
    pub fn set(&self, closed: bool) {
        self.0.store(closed, Ordering::SeqCst);
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Why an operation was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account is locked: {0} was not sent")]
pub(crate) struct Locked(pub(crate) String);

/// Whether an operation leaves everything as it is.
#[must_use]
pub fn reads(operation: &str) -> bool {
    const VERBS: [&str; 7] = ["Get", "List", "Describe", "Filter", "Search", "Simulate", "TestInvoke"];
    // Queries and tails make nothing that outlives them.
    const NAMES: [&str; 3] = ["StartLiveTail", "StartQuery", "StopQuery"];
    NAMES.contains(&operation)
        || VERBS.iter().any(|verb| {
            operation.strip_prefix(verb).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_uppercase))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_reads() {
        for operation in
            ["GetApi", "ListFunctions", "DescribeLogGroups", "FilterLogEvents", "StartLiveTail", "TestInvokeAuthorizer"]
        {
            assert!(reads(operation), "{operation}");
        }
        for operation in [
            "CreateApi",
            "CreateDomainName",
            "RequestCertificate",
            "DeleteCertificate",
            "AddTagsToCertificate",
            "ChangeResourceRecordSets",
            "UpdateStage",
            "DeleteRoute",
            "TagResource",
            "PutRetentionPolicy",
            "AddPermission",
            "Invoke",
            "GenerateClientCertificate",
            "AttachRolePolicy",
            "GettyImages",
            "ResetAuthorizersCache",
            "ImportApi",
            "",
        ] {
            assert!(!reads(operation), "{operation}");
        }
    }
}
