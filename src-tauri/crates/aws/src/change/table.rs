//! The table of operations: what each takes out of the step's input for its URL, and where its answer has the new id.
//!
//! All else of the input is the body, as it stands. Labels and methods: botocore's models, which the SDK is made from too.

use super::parts::{Input, Protocol, refused};
use super::{Made, wire};
use crate::{Access, Error};

/// One operation: the client's call, its labels (accepted names, the first one is ours), its queries, its protocol, and the
/// member of the answer that is the new id.
macro_rules! send {
    ($access:ident, $input:ident, $call:expr
        $(, label $label:ident = [$($name:literal),+])*
        $(, query $query:ident = $member:literal)*
        $(, list $list:ident = $members:literal)*
        ; $protocol:ident $(-> $id:literal)?) => {{
        let call = $call
            $(.$label($input.label(&[$($name),+])?))*
            $(.$query($input.query($member)))*
            $(.$list($input.list($members)))*;
        let slot = wire::Slot::default();
        let _operation = $input.operation();
        let body = $input.body(Protocol::$protocol)?;
        call.customize().interceptor(body).interceptor(slot.clone()).send().await.map_err(|e| $access.failed(e))?;
        #[allow(unused_mut)]
        let mut made = Made::default();
        $(made.id = slot.json(_operation)?.pointer($id).and_then(serde_json::Value::as_str).map(str::to_owned);)?
        Ok(made)
    }};
}

impl Access {
    /// API Gateway V2.
    pub(super) async fn carry_out_v2(&self, operation: &str, mut input: Input<'_>) -> Result<Made, Error> {
        let c = &self.inner.gateway;
        match operation {
            "CreateApi" => send!(self, input, c.create_api(); Json -> "/apiId"),
            "UpdateApi" => send!(self, input, c.update_api(), label api_id = ["apiId"]; Json),
            "DeleteApi" => send!(self, input, c.delete_api(), label api_id = ["apiId"]; Nothing),
            "CreateRoute" => {
                send!(self, input, c.create_route(), label api_id = ["apiId"]; Json -> "/routeId")
            }
            "UpdateRoute" => {
                send!(self, input, c.update_route(), label api_id = ["apiId"], label route_id = ["routeId"]; Json)
            }
            "DeleteRoute" => {
                send!(self, input, c.delete_route(), label api_id = ["apiId"], label route_id = ["routeId"]; Nothing)
            }
            "DeleteRouteRequestParameter" => send!(self, input, c.delete_route_request_parameter(),
                label api_id = ["apiId"], label route_id = ["routeId"],
                label request_parameter_key = ["requestParameterKey"]; Nothing),
            "CreateRouteResponse" => send!(self, input, c.create_route_response(),
                label api_id = ["apiId"], label route_id = ["routeId"]; Json -> "/routeResponseId"),
            "UpdateRouteResponse" => send!(self, input, c.update_route_response(),
                label api_id = ["apiId"], label route_id = ["routeId"],
                label route_response_id = ["routeResponseId"]; Json),
            "DeleteRouteResponse" => send!(self, input, c.delete_route_response(),
                label api_id = ["apiId"], label route_id = ["routeId"],
                label route_response_id = ["routeResponseId"]; Nothing),
            "CreateIntegration" => {
                send!(self, input, c.create_integration(), label api_id = ["apiId"]; Json -> "/integrationId")
            }
            "UpdateIntegration" => send!(self, input, c.update_integration(),
                label api_id = ["apiId"], label integration_id = ["integrationId"]; Json),
            "DeleteIntegration" => send!(self, input, c.delete_integration(),
                label api_id = ["apiId"], label integration_id = ["integrationId"]; Nothing),
            "CreateIntegrationResponse" => send!(self, input, c.create_integration_response(),
                label api_id = ["apiId"], label integration_id = ["integrationId"]; Json -> "/integrationResponseId"),
            "UpdateIntegrationResponse" => send!(self, input, c.update_integration_response(),
                label api_id = ["apiId"], label integration_id = ["integrationId"],
                label integration_response_id = ["integrationResponseId"]; Json),
            "DeleteIntegrationResponse" => send!(self, input, c.delete_integration_response(),
                label api_id = ["apiId"], label integration_id = ["integrationId"],
                label integration_response_id = ["integrationResponseId"]; Nothing),
            "CreateModel" => send!(self, input, c.create_model(), label api_id = ["apiId"]; Json -> "/modelId"),
            "UpdateModel" => {
                send!(self, input, c.update_model(), label api_id = ["apiId"], label model_id = ["modelId"]; Json)
            }
            "DeleteModel" => {
                send!(self, input, c.delete_model(), label api_id = ["apiId"], label model_id = ["modelId"]; Nothing)
            }
            "CreateAuthorizer" => {
                send!(self, input, c.create_authorizer(), label api_id = ["apiId"]; Json -> "/authorizerId")
            }
            "UpdateAuthorizer" => send!(self, input, c.update_authorizer(),
                label api_id = ["apiId"], label authorizer_id = ["authorizerId"]; Json),
            "DeleteAuthorizer" => send!(self, input, c.delete_authorizer(),
                label api_id = ["apiId"], label authorizer_id = ["authorizerId"]; Nothing),
            "CreateDeployment" => {
                send!(self, input, c.create_deployment(), label api_id = ["apiId"]; Json -> "/deploymentId")
            }
            "UpdateDeployment" => send!(self, input, c.update_deployment(),
                label api_id = ["apiId"], label deployment_id = ["deploymentId"]; Json),
            "DeleteDeployment" => send!(self, input, c.delete_deployment(),
                label api_id = ["apiId"], label deployment_id = ["deploymentId"]; Nothing),
            "CreateStage" => send!(self, input, c.create_stage(), label api_id = ["apiId"]; Json -> "/stageName"),
            "UpdateStage" => {
                send!(self, input, c.update_stage(), label api_id = ["apiId"], label stage_name = ["stageName"]; Json)
            }
            "DeleteStage" => send!(self, input, c.delete_stage(),
                label api_id = ["apiId"], label stage_name = ["stageName"]; Nothing),
            "DeleteAccessLogSettings" => send!(self, input, c.delete_access_log_settings(),
                label api_id = ["apiId"], label stage_name = ["stageName"]; Nothing),
            "DeleteRouteSettings" => send!(self, input, c.delete_route_settings(),
                label api_id = ["apiId"], label stage_name = ["stageName"], label route_key = ["routeKey"]; Nothing),
            "CreateDomainName" => send!(self, input, c.create_domain_name(); Json -> "/domainName"),
            "UpdateDomainName" => {
                send!(self, input, c.update_domain_name(), label domain_name = ["domainName"]; Json)
            }
            "DeleteDomainName" => {
                send!(self, input, c.delete_domain_name(), label domain_name = ["domainName"]; Nothing)
            }
            "CreateApiMapping" => {
                send!(self, input, c.create_api_mapping(), label domain_name = ["domainName"]; Json -> "/apiMappingId")
            }
            "UpdateApiMapping" => send!(self, input, c.update_api_mapping(),
                label domain_name = ["domainName"], label api_mapping_id = ["apiMappingId"]; Json),
            "DeleteApiMapping" => send!(self, input, c.delete_api_mapping(),
                label domain_name = ["domainName"], label api_mapping_id = ["apiMappingId"]; Nothing),
            "TagResource" => {
                send!(self, input, c.tag_resource(), label resource_arn = ["resourceArn"]; Json)
            }
            "UntagResource" => send!(self, input, c.untag_resource(),
                label resource_arn = ["resourceArn"], list set_tag_keys = "tagKeys"; Nothing),
            other => unknown(other),
        }
    }

    /// API Gateway V1: what is around an API.
    pub(super) async fn carry_out_v1(&self, operation: &str, mut input: Input<'_>) -> Result<Made, Error> {
        let c = &self.inner.gateway_v1;
        match operation {
            "CreateApiKey" => send!(self, input, c.create_api_key(); Json -> "/id"),
            "UpdateApiKey" => send!(self, input, c.update_api_key(), label api_key = ["apiKey", "id"]; Json),
            "DeleteApiKey" => send!(self, input, c.delete_api_key(), label api_key = ["apiKey", "id"]; Nothing),
            "CreateUsagePlan" => send!(self, input, c.create_usage_plan(); Json -> "/id"),
            "UpdateUsagePlan" => send!(self, input, c.update_usage_plan(),
                label usage_plan_id = ["usagePlanId", "usageplanId", "id"]; Json),
            "DeleteUsagePlan" => send!(self, input, c.delete_usage_plan(),
                label usage_plan_id = ["usagePlanId", "usageplanId", "id"]; Nothing),
            "CreateUsagePlanKey" => send!(self, input, c.create_usage_plan_key(),
                label usage_plan_id = ["usagePlanId", "usageplanId"]; Json -> "/id"),
            "DeleteUsagePlanKey" => send!(self, input, c.delete_usage_plan_key(),
                label usage_plan_id = ["usagePlanId", "usageplanId"], label key_id = ["keyId"]; Nothing),
            "CreateVpcLink" => send!(self, input, c.create_vpc_link(); Json -> "/id"),
            "UpdateVpcLink" => send!(self, input, c.update_vpc_link(), label vpc_link_id = ["vpcLinkId", "id"]; Json),
            "DeleteVpcLink" => {
                send!(self, input, c.delete_vpc_link(), label vpc_link_id = ["vpcLinkId", "id"]; Nothing)
            }
            "GenerateClientCertificate" => {
                send!(self, input, c.generate_client_certificate(); Json -> "/clientCertificateId")
            }
            "UpdateClientCertificate" => send!(self, input, c.update_client_certificate(),
                label client_certificate_id = ["clientCertificateId"]; Json),
            "DeleteClientCertificate" => send!(self, input, c.delete_client_certificate(),
                label client_certificate_id = ["clientCertificateId"]; Nothing),
            "UpdateAccount" => send!(self, input, c.update_account(); Json),
            "TagResource" => send!(self, input, c.tag_resource(), label resource_arn = ["resourceArn"]; Json),
            "UntagResource" => send!(self, input, c.untag_resource(),
                label resource_arn = ["resourceArn"], list set_tag_keys = "tagKeys"; Nothing),
            other => unknown(other),
        }
    }

    /// CloudWatch Logs, Lambda and IAM.
    pub(super) async fn carry_out_elsewhere(&self, operation: &str, mut input: Input<'_>) -> Result<Made, Error> {
        let (logs, lambda, iam) = (&self.inner.logs, &self.inner.lambda, &self.inner.iam);
        match operation {
            "CreateLogGroup" => send!(self, input, logs.create_log_group(); Json),
            "DeleteLogGroup" => send!(self, input, logs.delete_log_group(); Json),
            "PutRetentionPolicy" => send!(self, input, logs.put_retention_policy(); Json),
            "DeleteRetentionPolicy" => send!(self, input, logs.delete_retention_policy(); Json),
            "AddPermission" => send!(self, input, lambda.add_permission(),
                label function_name = ["functionName"], query set_qualifier = "qualifier"; Capitals),
            "RemovePermission" => send!(self, input, lambda.remove_permission(),
                label function_name = ["functionName"], label statement_id = ["statementId"],
                query set_qualifier = "qualifier"; Nothing),
            "CreateRole" => {
                let said = iam.create_role().customize().interceptor(input.body(Protocol::Form)?).send().await;
                Ok(Made { id: said.map_err(|e| self.failed(e))?.role.map(|role| role.arn) })
            }
            "AttachRolePolicy" => send!(self, input, iam.attach_role_policy(); Form),
            "UpdateAssumeRolePolicy" => send!(self, input, iam.update_assume_role_policy(); Form),
            other => unknown(other),
        }
    }
}

fn unknown(operation: &str) -> Result<Made, Error> {
    Err(refused(format!("{operation} can't be carried out by this version")))
}
