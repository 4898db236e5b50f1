//! Changes in API Gateway V1's form: `{"patchOperations": [{"op", "path", "value"}]}`, where every value is a text.

use std::str::FromStr;

use serde::Deserialize;

use super::Desk;
use crate::answer::Refusal;

/// One change.
#[derive(Debug, Default)]
pub(super) struct Operation {
    pub op: String,
    pub path: String,
    /// Empty when it was not sent.
    pub value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Sent {
    patch_operations: Option<Vec<SentOperation>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SentOperation {
    op: Option<String>,
    path: Option<String>,
    value: Option<String>,
}

/// What the body asks for. An unknown `op` is refused with the words recorded for another one; assumed.
pub(super) fn operations(desk: &Desk<'_>) -> Result<Vec<Operation>, Refusal> {
    let sent: Sent = desk.body()?;
    let operations = sent.patch_operations.unwrap_or_default().into_iter().map(|sent| Operation {
        op: sent.op.unwrap_or_default(),
        path: sent.path.unwrap_or_default(),
        value: sent.value.unwrap_or_default(),
    });
    Ok(operations.collect())
}

impl Operation {
    /// The path is not among the ones that this `op` may have (LocalStack's recordings, two blanks included).
    pub(super) fn refused(&self, allowed: &[&str]) -> Refusal {
        let (path, op) = (&self.path, &self.op);
        if allowed.is_empty() {
            let message =
                format!("Invalid patch path  '{path}' specified for op '{op}'. Please choose supported operations");
            return Refusal::bad_request(message);
        }
        let allowed = allowed.join(", ");
        Refusal::bad_request(format!(
            "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{allowed}]"
        ))
    }

    /// The value as a number; the words are assumed.
    pub(super) fn number<N: FromStr>(&self) -> Result<N, Refusal> {
        let (path, value) = (&self.path, &self.value);
        value
            .parse()
            .map_err(|_| Refusal::bad_request(format!("Invalid patch value '{value}' specified for path '{path}'")))
    }
}
