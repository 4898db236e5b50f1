//! Integration responses: keys and templates.

use gatescope_model::resource::Kind;
use serde_json::json;

use super::{holds};

#[test]
fn rules_of_integration_responses() {
    use Kind::IntegrationResponse;
    holds(vec![
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!("/2(/"),
            IntegrationResponse,
            "integrationResponseKey",
            "no regular expression: unclosed group",
            true,
            json!("/4\\d\\d/"),
        ),
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!(""),
            IntegrationResponse,
            "integrationResponseKey",
            "needs a key",
            true,
            json!("/4\\d\\d/"),
        ),
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!("200"),
            IntegrationResponse,
            "integrationResponseKey",
            "write $default or /200/",
            false,
            json!("/200/"),
        ),
        (
            "/integrations/0/responses/1/integrationResponseKey",
            json!("$default"),
            IntegrationResponse,
            "integrationResponseKey",
            "already exists",
            true,
            json!("/5../"),
        ),
        (
            "/integrations/0/responses/1/contentHandlingStrategy",
            json!("TEXT"),
            IntegrationResponse,
            "contentHandlingStrategy",
            "none of",
            true,
            json!("CONVERT_TO_BINARY"),
        ),
        (
            "/integrations/0/responses/1/templateSelectionExpression",
            json!("$default"),
            IntegrationResponse,
            "templateSelectionExpression",
            "write \\$default",
            false,
            json!("\\$default"),
        ),
        (
            "/integrations/0/responses/1/responseTemplates/$default",
            json!("#foreach"),
            IntegrationResponse,
            "responseTemplates/$default",
            "Unable to transform response",
            false,
            json!("ok"),
        ),
        (
            "/integrations/0/responses/1/responseParameters",
            json!({"header.x": "'a'"}),
            IntegrationResponse,
            "responseParameters/header.x",
            "route.response.header.X",
            true,
            json!({"route.response.header.x": "'a'"}),
        ),
        (
            "/integrations/0/responses/1/responseParameters",
            json!({"route.response.header.x": ""}),
            IntegrationResponse,
            "responseParameters/route.response.header.x",
            "it comes from",
            true,
            json!({"route.response.header.x": "'a'"}),
        ),
        (
            "/integrations/0/integrationType",
            json!("HTTP_PROXY"),
            IntegrationResponse,
            "integrationResponseKey",
            "not used",
            false,
            json!("HTTP"),
        ),
    ]);
}

