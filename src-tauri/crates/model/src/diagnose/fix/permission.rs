//! `lambda-permission-missing` and `authorizer-permission-missing`: a statement that lets API Gateway call the function from this
//! route, or as this authorizer. Nothing is added to permissions that were not read.

use super::super::config::{access, integration, reach};
use super::FixAt;
use crate::api::Snapshot;
use crate::surroundings::Permission;

pub(super) fn of_function(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let (function, _) = integration::not_permitted(draft, at.route_key, draft.stage(at.stage))?;
    // Every stage, as AWS's own console does it: the next stage would lack it else.
    let place = format!("{}/*/{}", draft.api.api_id, at.route_key);
    permit(draft, at, function, &place, at.route_key)
}

pub(super) fn of_authorizer(draft: &mut Snapshot, at: &FixAt) -> Option<()> {
    let (function, _) = access::authorizer_not_permitted(draft, at.route_key, draft.stage(at.stage))?;
    let id = access::authorizer(draft, at.route_key)?.authorizer_id.clone();
    let place = format!("{}/authorizers/{id}", draft.api.api_id);
    permit(draft, at, function, &place, &format!("authorizer-{id}"))
}

fn permit(draft: &mut Snapshot, at: &FixAt, function: String, place: &str, what: &str) -> Option<()> {
    let parts: Vec<&str> = function.splitn(6, ':').collect();
    let [_, partition, _, of_function, its_account, _] = parts[..] else { return None };
    let region =
        [at.region, reach::region(draft).unwrap_or_default(), of_function].into_iter().find(|r| !r.is_empty())?;
    // A function of another account is possible; then only the caller knows the API's.
    let account = [at.account_id, its_account].into_iter().find(|account| !account.is_empty())?;
    let source_arn = format!("arn:{partition}:execute-api:{region}:{account}:{place}");
    // 100 letters, digits, hyphens and underscores (Lambda's model).
    let mut stem = format!("gatescope-{}-{what}", draft.api.api_id);
    stem.retain(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    stem.truncate(96);
    let all = &mut draft.surroundings.as_mut()?.permissions;
    let taken = |id: &str| all.iter().any(|p| p.function_arn == function && p.statement_id == id);
    let mut statement_id = stem.clone();
    let mut n = 1;
    while taken(&statement_id) {
        n += 1;
        statement_id = format!("{stem}-{n}");
    }
    all.push(Permission { function_arn: function, statement_id, source_arn: Some(source_arn) });
    Some(())
}
