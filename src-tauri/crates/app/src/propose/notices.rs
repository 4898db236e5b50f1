//! What a review says besides the change itself: whom it affects, what comes along, what is lost, what it needs.

use gatescope_model::api::Snapshot;
use gatescope_model::diff::{Action, Change, deployable};
use gatescope_model::resource::Kind;
use gatescope_model::review::Step;

use crate::calls::Undeployed;

/// Whose requests it changes, and when.
pub(super) fn affects(changes: &[Change], deploys_to: &str, to: &Snapshot) -> String {
    if !deploys_to.is_empty() {
        return format!("Every new connection to {deploys_to}, and the next message of each open one.");
    }
    let stages: Vec<&str> = changes.iter().filter(|c| c.id.kind == Kind::Stage).map(|c| c.id.id.as_str()).collect();
    let automatic: Vec<&str> =
        to.stages.iter().filter(|s| s.auto_deploy == Some(true)).map(|s| s.stage_name.as_str()).collect();
    let waits = deployable(changes).next().is_some();
    match (stages.is_empty(), waits, automatic.is_empty()) {
        (_, true, false) => format!("Requests to {} at once: it deploys by itself.", automatic.join(", ")),
        (true, true, true) => "No request before the next deployment.".to_owned(),
        (false, true, true) => {
            format!("Requests to {} from now on; the rest acts with the next deployment.", stages.join(", "))
        }
        (false, false, _) => format!("Requests to {} from now on.", stages.join(", ")),
        (true, false, _) => "What uses it, from now on. No deployment is needed.".to_owned(),
    }
}

/// Earlier changes that a deployment takes along.
pub(super) fn comes_along(earlier: &[Undeployed]) -> Option<String> {
    let changes = match earlier.len() {
        0 => return None,
        1 => "1 earlier change goes".to_owned(),
        n => format!("{n} earlier changes go"),
    };
    let named: Vec<&str> = earlier.iter().map(|u| u.text.as_str()).collect();
    Some(format!("A deployment takes the whole API. {changes} live with it: {}.", named.join("; ")))
}

/// What can't be brought back by undoing it.
pub(crate) fn lost(changes: &[Change]) -> Vec<String> {
    let deleted = |kind: Kind| changes.iter().filter(move |c| c.action == Action::Delete && c.id.kind == kind);
    let mut lost = Vec::new();
    for change in deleted(Kind::Api) {
        lost.push(format!("the id and the address of {}, its deployments, and its domains' mappings", change.label));
    }
    let whole = !lost.is_empty();
    if whole {
        return lost;
    }
    for change in deleted(Kind::ApiKey) {
        lost.push(format!("the value of {}", change.label));
    }
    for change in deleted(Kind::ClientCertificate) {
        lost.push(format!("the private key of {}: a new certificate takes its place", change.label));
    }
    for change in deleted(Kind::Deployment) {
        lost.push(format!("what {} held", change.label));
    }
    for change in deleted(Kind::LogGroup) {
        lost.push(format!("the lines of {}", change.label));
    }
    for change in deleted(Kind::VpcLink) {
        lost.push(format!("the id of {}: what names it has to name the new one", change.label));
    }
    lost
}

/// The IAM actions that the steps need: API Gateway's are named after the HTTP method (its IAM reference).
pub(super) fn needs(steps: &[Step]) -> Vec<String> {
    let mut needs: Vec<String> = Vec::new();
    for step in steps {
        let actions: &[&str] = match (step.service.as_str(), step.operation.as_str()) {
            ("apigateway", "UpdateAccount") => &["apigateway:PATCH", "iam:PassRole"],
            ("apigateway" | "apigatewayv2", o) if o.starts_with("Create") || o.starts_with("Generate") => {
                &["apigateway:POST"]
            }
            ("apigateway" | "apigatewayv2", o) if o.starts_with("Delete") => &["apigateway:DELETE"],
            ("apigatewayv2", "TagResource") => &["apigateway:POST"],
            ("apigateway", "TagResource") => &["apigateway:PUT"],
            ("apigateway" | "apigatewayv2", "UntagResource") => &["apigateway:DELETE"],
            ("apigateway" | "apigatewayv2", _) => &["apigateway:PATCH"],
            (service, operation) => {
                let action = format!("{service}:{operation}");
                if !needs.contains(&action) {
                    needs.push(action);
                }
                continue;
            }
        };
        for action in actions {
            if !needs.iter().any(|n| n == action) {
                needs.push((*action).to_owned());
            }
        }
    }
    needs
}

/// Of an API that is made here: what it names that is of another region or account. It is copied as it stands.
pub(super) fn elsewhere(to: &Snapshot, region: &str, account: &str) -> Vec<String> {
    let Ok(value) = serde_json::to_value(to) else { return Vec::new() };
    let mut texts = Vec::new();
    collect(&value, &mut texts);
    let mut found: Vec<String> = Vec::new();
    for arn in texts.iter().flat_map(|text| arns(text)) {
        let mut parts = arn.split(':').skip(3);
        let (r, a) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let other_region = !r.is_empty() && r != region;
        let digits = a.len() == 12 && a.bytes().all(|b| b.is_ascii_digit());
        let other_account = digits && !account.is_empty() && a != account;
        if (other_region || other_account) && !found.contains(&arn) {
            found.push(arn);
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    vec![format!("These are of another region or account, and are taken over as they stand: {}.", found.join(", "))]
}

fn collect(value: &serde_json::Value, into: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if text.contains("arn:") => into.push(text.clone()),
        serde_json::Value::Array(list) => list.iter().for_each(|v| collect(v, into)),
        serde_json::Value::Object(map) => map.values().for_each(|v| collect(v, into)),
        _ => {}
    }
}

/// Each ARN in a text; one may stand in another (`arn:aws:apigateway:…:lambda:path/…/arn:aws:lambda:…`).
fn arns(text: &str) -> Vec<String> {
    let ends = |c: char| c.is_whitespace() || "\"'`,;<>(){}/".contains(c);
    text.match_indices("arn:aws")
        .map(|(at, _)| text[at..].split(ends).next().unwrap_or_default().to_owned())
        .filter(|arn| arn.split(':').count() >= 6)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_inside_an_arn_is_found_too() {
        let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:chat/invocations";
        assert_eq!(
            arns(uri),
            ["arn:aws:apigateway:eu-west-1:lambda:path", "arn:aws:lambda:eu-west-1:123456789012:function:chat"]
        );
    }
}
