//! `mock-status-missing` and `integration-response-missing`: whoever lacks the template usually lacks the response too, and one
//! draft removes both, so that the next attempt holds.

use super::super::config::integration::{DEFAULT, missing_status};
use super::FixAt;
use crate::api::{Integration, IntegrationResponse, Snapshot};

/// What a mock integration needs to answer at all.
const MOCK_TEMPLATE: &str = r#"{"statusCode": 200}"#;

pub(super) fn status(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let integration = integration(draft, at)?;
    missing_status(integration)?;
    answer(integration);
    take_over(integration);
    Some(())
}

pub(super) fn response(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let integration = integration(draft, at)?;
    if missing_status(integration).is_some() {
        answer(integration);
    }
    take_over(integration);
    Some(())
}

/// The integration of the route, to be changed.
pub(super) fn integration<'a>(draft: &'a mut Snapshot, at: &FixAt) -> Option<&'a mut Integration> {
    let id = draft.integration_of(at.route_key)?.integration_id.clone();
    draft.integrations.iter_mut().find(|i| i.integration_id == id)
}

pub(super) fn answer(integration: &mut Integration) {
    integration.template_selection_expression = Some(format!("\\{DEFAULT}"));
    integration.request_templates.insert(DEFAULT.to_owned(), MOCK_TEMPLATE.to_owned());
}

pub(super) fn take_over(integration: &mut Integration) {
    if !integration.is_proxy() && !integration.responses.iter().any(|r| r.integration_response_key == DEFAULT) {
        let response = IntegrationResponse { integration_response_key: DEFAULT.to_owned(), ..Default::default() };
        integration.responses.push(response);
    }
}
