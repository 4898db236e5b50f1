//! `route-not-found`, `no-route-response` and `route-selection-wrong`: which route takes a message, and what goes back.

use super::super::config::integration::DEFAULT;
use super::super::route_selection_wrong::{corrected, is_static};
use super::{FixAt, mock};
use crate::api::{Integration, Route, RouteResponse, Snapshot};

/// A `$default` route that takes what no other does: a mock that answers 200.
pub(super) fn default_route(draft: &mut Snapshot, _: &FixAt) -> Option<()> {
    if draft.route(DEFAULT).is_some() {
        return None;
    }
    let taken = |id: &String| draft.integrations.iter().any(|i| i.integration_id == *id);
    let id = (1..).map(|n| format!("new-integration-{n}")).find(|id| !taken(id))?;
    let taken = |id: &String| draft.routes.iter().any(|r| r.route_id == *id);
    let route_id = (1..).map(|n| format!("new-route-{n}")).find(|id| !taken(id))?;
    let mut integration = Integration {
        integration_id: id.clone(),
        integration_type: "MOCK".to_owned(),
        template_selection_expression: Some(format!("\\{DEFAULT}")),
        request_templates: [(DEFAULT.to_owned(), mock::MOCK_TEMPLATE.to_owned())].into(),
        ..Integration::default()
    };
    mock::take_over(&mut integration);
    draft.integrations.push(integration);
    draft.routes.push(Route {
        route_id,
        route_key: DEFAULT.to_owned(),
        target: Some(format!("integrations/{id}")),
        authorization_type: "NONE".to_owned(),
        ..Route::default()
    });
    Some(())
}

/// The route answers, with what its integration answers.
pub(super) fn two_way(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    if matches!(at.route_key, "$connect" | "$disconnect") {
        return None;
    }
    let route = draft.routes.iter_mut().find(|r| r.route_key == at.route_key)?;
    route.route_response_selection_expression = Some(DEFAULT.to_owned());
    if !route.responses.iter().any(|r| r.route_response_key == DEFAULT) {
        let response = RouteResponse { route_response_key: DEFAULT.to_owned(), ..RouteResponse::default() };
        route.responses.push(response);
    }
    if let Some(integration) = mock::integration(draft, at).filter(|i| i.responses.is_empty()) {
        mock::take_over(integration);
    }
    Some(())
}

/// The expression that was meant; `at.about` is the member in which messages name their route, where one was seen.
pub(super) fn expression(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let stands = &draft.api.route_selection_expression;
    let common = || is_static(stands).then_some("action");
    draft.api.route_selection_expression = corrected(stands, at.about).or_else(|| corrected(stands, common()))?;
    Some(())
}
