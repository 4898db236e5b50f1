//! Carrying out the steps of a plan, one call each.
//!
//! A step that this crate does not know is refused before anything is sent. AWS's transient refusals right after a role was
//! made (IAM takes seconds to be known everywhere, facts 7.1) are told apart from real ones, so that the caller can wait.

use std::collections::HashMap;

use aws_sdk_apigateway::types::{Op, PatchOperation};
use aws_sdk_apigatewayv2::types as sdk;
use gatescope_model::review::Step;
use serde_json::Value;

use crate::{Access, Error, Kind};

/// The account's log role, and whether it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRole {
    /// `cloudwatchRoleArn` of the region's account settings.
    pub arn: Option<String>,
}

/// What a step made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The deployment's id, or the role's ARN.
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
    /// Whatever AWS says; [`Kind::Refused`] for a step that is not known here.
    pub async fn carry_out(&self, step: &Step) -> Result<Made, Error> {
        let input = Input(&step.input);
        let gateway = &self.inner.gateway;
        let mut made = Made::default();
        match step.operation.as_str() {
            "UpdateIntegration" => {
                let call = gateway
                    .update_integration()
                    .set_api_id(input.text("apiId"))
                    .set_integration_id(input.text("integrationId"))
                    .set_template_selection_expression(input.text("templateSelectionExpression"))
                    .set_request_templates(input.texts("requestTemplates"))
                    .set_request_parameters(input.texts("requestParameters"))
                    .set_passthrough_behavior(input.text("passthroughBehavior").map(|p| p.as_str().into()));
                input.only(&[
                    "apiId",
                    "integrationId",
                    "templateSelectionExpression",
                    "requestTemplates",
                    "requestParameters",
                    "passthroughBehavior",
                ])?;
                call.send().await.map_err(|e| self.failed(e))?;
            }
            "CreateIntegrationResponse" => {
                input.only(&[
                    "apiId",
                    "integrationId",
                    "integrationResponseKey",
                    "responseTemplates",
                    "responseParameters",
                    "templateSelectionExpression",
                ])?;
                gateway
                    .create_integration_response()
                    .set_api_id(input.text("apiId"))
                    .set_integration_id(input.text("integrationId"))
                    .set_integration_response_key(input.text("integrationResponseKey"))
                    .set_response_templates(input.texts("responseTemplates"))
                    .set_response_parameters(input.texts("responseParameters"))
                    .set_template_selection_expression(input.text("templateSelectionExpression"))
                    .send()
                    .await
                    .map_err(|e| self.failed(e))?;
            }
            "UpdateStage" => {
                input.only(&["apiId", "stageName", "defaultRouteSettings"])?;
                let settings = input.0.get("defaultRouteSettings").map(log_settings).transpose()?;
                gateway
                    .update_stage()
                    .set_api_id(input.text("apiId"))
                    .set_stage_name(input.text("stageName"))
                    .set_default_route_settings(settings)
                    .send()
                    .await
                    .map_err(|e| self.failed(e))?;
            }
            "CreateDeployment" => {
                input.only(&["apiId", "stageName"])?;
                let call =
                    gateway.create_deployment().set_api_id(input.text("apiId")).set_stage_name(input.text("stageName"));
                made.id = call.send().await.map_err(|e| self.failed(e))?.deployment_id;
            }
            "CreateRole" => {
                input.only(&["roleName", "assumeRolePolicyDocument", "description"])?;
                let call = self
                    .inner
                    .iam
                    .create_role()
                    .set_role_name(input.text("roleName"))
                    .set_assume_role_policy_document(input.text("assumeRolePolicyDocument"))
                    .set_description(input.text("description"));
                made.id = call.send().await.map_err(|e| self.failed(e))?.role.map(|r| r.arn);
            }
            "AttachRolePolicy" => {
                input.only(&["roleName", "policyArn"])?;
                self.inner
                    .iam
                    .attach_role_policy()
                    .set_role_name(input.text("roleName"))
                    .set_policy_arn(input.text("policyArn"))
                    .send()
                    .await
                    .map_err(|e| self.failed(e))?;
            }
            "UpdateAccount" => {
                input.only(&["patchOperations"])?;
                let role = input.0.pointer("/patchOperations/0/value").and_then(Value::as_str).unwrap_or_default();
                self.inner
                    .gateway_v1
                    .update_account()
                    .patch_operations(
                        PatchOperation::builder().op(Op::Replace).path("/cloudwatchRoleArn").value(role).build(),
                    )
                    .send()
                    .await
                    .map_err(|e| self.failed(e))?;
            }
            other => return Err(Error::new(Kind::Refused, format!("{other} can't be carried out by this version"))),
        }
        Ok(made)
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

/// Only the logging members: throttling is never written here (facts-2 10).
fn log_settings(value: &Value) -> Result<sdk::RouteSettings, Error> {
    Input(value).only(&["loggingLevel", "dataTraceEnabled"])?;
    Ok(sdk::RouteSettings::builder()
        .set_logging_level(Input(value).text("loggingLevel").map(|l| l.as_str().into()))
        .set_data_trace_enabled(value.get("dataTraceEnabled").and_then(Value::as_bool))
        .build())
}

/// A step's input, member by member.
struct Input<'a>(&'a Value);

impl Input<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    fn texts(&self, name: &str) -> Option<HashMap<String, String>> {
        let map = self.0.get(name)?.as_object()?;
        Some(map.iter().filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect())
    }

    /// Refuses members that the call would leave out: a change is made whole or not at all.
    fn only(&self, known: &[&str]) -> Result<(), Error> {
        match self.0.as_object().and_then(|m| m.keys().find(|k| !known.contains(&k.as_str()))) {
            Some(other) => Err(Error::new(Kind::Refused, format!("{other} can't be changed by this version"))),
            None => Ok(()),
        }
    }
}
