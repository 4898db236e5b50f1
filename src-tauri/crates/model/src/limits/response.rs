//! Integration responses: their keys, and the templates of answers (facts 5.3).

use std::collections::HashSet;

use super::expression::{self, Field};
use super::integration::check_template;
use super::{Place, Problem};
use crate::api::Integration;
use crate::resource::Kind;
use crate::selection::{key_pattern, key_regex};

pub(super) fn check(integration: &Integration, found: &mut Vec<Problem>) {
    let id = integration.integration_id.as_str();
    let mut at = Place::new(found, Kind::Integration, id);
    if let Some(text) = integration.integration_response_selection_expression.as_deref().filter(|t| !t.is_empty()) {
        expression::check(&mut at, "integrationResponseSelectionExpression", text, Field::Response);
    }
    let mut keys = HashSet::new();
    for response in &integration.responses {
        let mut at = Place::of(found, Kind::IntegrationResponse, id, &response.integration_response_id);
        let key = response.integration_response_key.as_str();
        match key_pattern(key).map(key_regex) {
            Some(Err(why)) => {
                at.refuse("integrationResponseKey", format!("{key} is no regular expression: {why}"));
            }
            None if key.is_empty() => {
                at.refuse("integrationResponseKey", "a response needs a key: $default or /regex/")
            }
            // Others are stored and never match (facts 5.3; the second half is assumed).
            None if key != "$default" => {
                at.warn("integrationResponseKey", format!("it never matches: write $default or /{key}/"));
            }
            _ => {}
        }
        if !keys.insert(key) {
            at.refuse("integrationResponseKey", format!("Integration response with key {key} already exists"));
        }
        if integration.is_proxy() {
            at.warn("integrationResponseKey", "a proxy integration passes the answer whole: this response is not used");
        }
        let handling = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];
        at.one_of("contentHandlingStrategy", response.content_handling_strategy.as_deref(), &handling);
        let expression = response.template_selection_expression.as_deref();
        if let Some(text) = expression.filter(|text| !text.is_empty()) {
            if text == "$default" {
                at.warn(
                    "templateSelectionExpression",
                    "write \\$default: without the backslash it is read as a variable",
                );
            }
            expression::check(&mut at, "templateSelectionExpression", text, Field::Response);
        }
        let selection = ("responseTemplates", "templateSelectionExpression");
        expression::check_keys(&mut at, selection, expression, response.response_templates.keys());
        for (key, text) in &response.response_templates {
            check_template(&mut at, &format!("responseTemplates/{key}"), text, "response");
        }
        for (target, source) in &response.response_parameters {
            let member = format!("responseParameters/{target}");
            let named = ["route.response.header.", "method.response.header."]
                .iter()
                .any(|root| target.strip_prefix(root).is_some_and(|name| !name.is_empty()));
            if !named {
                at.refuse(&member, "it is named route.response.header.X"); // botocore
            }
            if source.is_empty() {
                at.refuse(
                    &member,
                    "it comes from integration.response.header.X, context.X, or is a text in single quotes",
                );
            }
        }
    }
}
