//! Drafts that change one integration, or make one.

use super::super::config::integration::{self, DEFAULT, VERSION};
use super::super::config::reach;
use super::FixAt;
use super::mock;
use crate::api::{Integration, Snapshot};

/// `integration-uri-invalid`: from a function's name or ARN to its invocation URI.
pub(super) fn uri(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let bare = integration::bare_function(draft.integration_of(at.route_key)?)?.to_owned();
    let (region, account) = home(draft, at);
    let arn = if bare.starts_with("arn:") {
        bare
    } else {
        // `chat`, `chat:live`, `function:chat`, `123456789012:function:chat`.
        let (of, name) = bare.split_once("function:").unwrap_or(("", &bare));
        let account = Some(of.trim_end_matches(':').to_owned()).filter(|of| !of.is_empty()).or(account)?;
        let region = region.clone()?;
        format!("arn:{}:lambda:{region}:{account}:function:{name}", crate::permission::partition(&region))
    };
    let parts: Vec<&str> = arn.splitn(5, ':').collect();
    let [_, partition, _, of_function, _] = parts[..] else { return None };
    let region = region.unwrap_or_else(|| of_function.to_owned());
    let uri = format!("arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations");
    mock::integration(draft, at)?.integration_uri = Some(uri);
    Some(())
}

/// The API's region and account: as said, else as its own endpoint and the ARNs around it say, if they say one thing.
fn home(draft: &Snapshot, at: &FixAt) -> (Option<String>, Option<String>) {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let uris = draft.integrations.iter().filter_map(|i| i.integration_uri.as_deref());
    let uris = uris.chain(draft.authorizers.iter().filter_map(|a| a.authorizer_uri.as_deref()));
    let functions: Vec<String> = uris.filter_map(|uri| reach::function(uri, draft.stage(at.stage))).collect();
    let one = |part: usize| {
        let mut all = functions.iter().filter_map(|arn| arn.split(':').nth(part));
        let first = all.next()?;
        all.all(|other| other == first).then(|| first.to_owned())
    };
    let region = said(at.region).or_else(|| reach::region(draft).map(str::to_owned)).or_else(|| one(3));
    (region, said(at.account_id).or_else(|| one(4)))
}

/// `backend-rejects-websocket-version` (facts 2.3 #9).
pub(super) fn version(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let found = mock::integration(draft, at)?;
    if at.route_key != "$connect" || !integration::forwards_version(found) {
        return None;
    }
    found.request_parameters.insert(VERSION.to_owned(), "'0'".to_owned());
    Some(())
}

/// `get-drops-body`.
pub(super) fn post(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let found = mock::integration(draft, at)?;
    integration::drops_body(found, at.route_key)?;
    found.integration_method = Some("POST".to_owned());
    Some(())
}

/// `mapped-header-forbidden`.
pub(super) fn mappings(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let found = mock::integration(draft, at)?;
    let forbidden: Vec<String> = integration::forbidden_headers(found).into_iter().map(str::to_owned).collect();
    found.request_parameters.retain(|target, _| !forbidden.contains(target));
    Some(())
}

/// `route-without-integration`: a mock that answers 200. A two-way route gets what the mock was asked with.
pub(super) fn mock(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    if !integration::calls_nothing(draft, at.route_key) {
        return None;
    }
    let mut n = draft.integrations.len() + 1;
    let mut id = format!("new-integration-{n}");
    while draft.integrations.iter().any(|i| i.integration_id == id) {
        n += 1;
        id = format!("new-integration-{n}");
    }
    let mut made =
        Integration { integration_id: id.clone(), integration_type: "MOCK".to_owned(), ..Integration::default() };
    mock::answer(&mut made);
    mock::take_over(&mut made);
    let route = draft.routes.iter_mut().find(|route| route.route_key == at.route_key)?;
    if route.is_two_way()
        && let Some(response) = made.responses.first_mut()
    {
        response.template_selection_expression = Some(format!("\\{DEFAULT}"));
        response.response_templates.insert(DEFAULT.to_owned(), "$input.body".to_owned());
    }
    route.target = Some(format!("integrations/{id}"));
    draft.integrations.push(made);
    Some(())
}
