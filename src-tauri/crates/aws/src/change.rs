//! Carrying out the steps of a plan, one call each.
//!
//! A step that this crate does not know is refused before anything is sent; of one that it knows, every member is sent as
//! it stands. AWS's transient refusals right after a role was made (IAM takes seconds to be known everywhere, facts 7.1)
//! are told apart from real ones, so that the caller can wait. Where to look next: `change/table.rs`.

mod certificates;
mod parts;
mod records;
mod table;

use gatescope_model::review::Step;

use crate::{Access, Error, Kind, wire};
use parts::Input;

/// The account's log role, and whether it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRole {
    /// `cloudwatchRoleArn` of the region's account settings.
    pub arn: Option<String>,
}

/// What a step made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The new resource's id, a stage's or a domain's name, the ARN of a role or a certificate, or the id of a
    /// change of records.
    pub id: Option<String>,
}

impl Access {
    /// `apigateway:GetAccount`: the role by which the gateway writes logs in this region.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn log_role(&self) -> Result<LogRole, Error> {
        let said = self.inner.gateway_v1.get_account().send().await.map_err(|e| self.failed(e))?;
        Ok(LogRole { arn: said.cloudwatch_role_arn.filter(|arn| !arn.is_empty()) })
    }

    /// The ARN of an IAM role; `None` when there is none of that name.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn role_arn(&self, name: &str) -> Result<Option<String>, Error> {
        match self.inner.iam.get_role().role_name(name).send().await.map_err(|e| self.failed(e)) {
            Ok(said) => Ok(said.role.map(|r| r.arn)),
            Err(e) if e.kind == Kind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Carries one step out.
    ///
    /// # Errors
    /// Whatever AWS says; [`Kind::Refused`] for a step that is not known here or lacks what its URL needs,
    /// [`Kind::Locked`] while the account is locked: then nothing was sent.
    pub async fn carry_out(&self, step: &Step) -> Result<Made, Error> {
        let input = Input::new(&step.operation, &step.input)?;
        // Boxed: each holds a call of every operation of its table.
        match step.service.as_str() {
            "apigatewayv2" => Box::pin(self.carry_out_v2(&step.operation, input)).await,
            "apigateway" => Box::pin(self.carry_out_v1(&step.operation, input)).await,
            "logs" | "lambda" | "iam" => Box::pin(self.carry_out_elsewhere(&step.operation, input)).await,
            "acm" => Box::pin(self.carry_out_certificates(&step.operation, input)).await,
            "route53" => Box::pin(self.carry_out_records(&step.operation, input)).await,
            other => Err(parts::refused(format!("{other} is no service that steps go to"))),
        }
    }
}

/// Whether AWS refused only because a role that was just made is not known everywhere yet (facts 7.1).
#[must_use]
pub fn is_role_not_known_yet(error: &Error) -> bool {
    error.kind == Kind::Refused
        && (error.message.contains("does not have required permissions configured")
            || error.message.contains("could not successfully write to CloudWatch Logs")
            || error.message.contains("cannot be assumed"))
}
