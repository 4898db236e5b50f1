//! Calling a function as its authorizer's tester does.

use aws_sdk_lambda::primitives::Blob;

use crate::{Access, Error};

/// What a function answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invoked {
    /// Its answer, or what it raised.
    pub body: String,
    /// Whether it raised.
    pub is_error: bool,
}

impl Access {
    /// Calls a function and waits for its answer.
    ///
    /// # Errors
    /// Whatever AWS says; a function that raised is no error.
    pub async fn invoke_lambda(&self, arn: &str, payload: &str) -> Result<Invoked, Error> {
        let call = self.inner.lambda.invoke().function_name(arn).payload(Blob::new(payload));
        let answer = call.send().await.map_err(|e| self.failed(e))?;
        let body = answer.payload.map(Blob::into_inner).unwrap_or_default();
        Ok(Invoked {
            body: String::from_utf8_lossy(&body).into_owned(),
            is_error: answer.function_error.is_some_and(|kind| !kind.is_empty()),
        })
    }
}
