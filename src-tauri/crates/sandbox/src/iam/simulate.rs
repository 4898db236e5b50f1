//! `SimulatePrincipalPolicy` and `SimulateCustomPolicy`: what the evaluation would say, with nothing done.

use serde_json::Value;

use super::{Act, Outcome, document, managed, missing, xml};
use crate::answer::Refusal;
use gatescope_model::policy::{self, Decision};

/// Actions times resources of one call.
const MOST: usize = 1000;

/// A statement and the document that it is in.
struct Source {
    id: String,
    kind: &'static str,
    statement: Value,
}

impl Act<'_> {
    pub(super) fn simulate(&mut self, action: &str) -> Option<Outcome> {
        let sources = match action {
            "SimulatePrincipalPolicy" => self.principal_sources(),
            "SimulateCustomPolicy" => Ok(Vec::new()),
            _ => return None,
        };
        Some(sources.and_then(|sources| self.simulated(sources)))
    }

    /// All statements of a role or a user.
    fn principal_sources(&self) -> Result<Vec<Source>, Refusal> {
        let arn = self.form.get("PolicySourceArn");
        let name = arn.rsplit('/').next().unwrap_or_default();
        let kept = &self.state.iam;
        let role = self.state.roles.get(name).filter(|role| role.arn == arn);
        let user = kept.users.get(name).filter(|user| user.arn == arn);
        let (kind, attached, inline) = match (role, user) {
            (Some(role), _) => ("role", &role.attached, &role.inline),
            (None, Some(user)) => ("user", &user.attached, &user.inline),
            _ if !arn.contains(":role/") && !arn.contains(":user/") => {
                return Err(Refusal::new(
                    400,
                    "InvalidInput",
                    format!("Invalid Entity Arn: {arn} does not clearly define entity type and name."),
                ));
            }
            _ => return Err(missing(if arn.contains(":role/") { "role" } else { "user" }, name)),
        };
        let managed = attached.iter().filter_map(|arn| {
            let kind = if arn.starts_with("arn:aws:iam::aws:") { "AWS Managed" } else { "IAM Policy" };
            let id = arn.rsplit('/').next().unwrap_or_default().to_owned();
            Some((id, kind, managed::default_document(kept, arn)?))
        });
        let inline = inline.iter().map(|(id, text)| (format!("{kind}_{name}_{id}"), "IAM Policy", text.clone()));
        let all = managed.chain(inline).flat_map(|(id, kind, text)| {
            policy::statements(&text).into_iter().map(move |statement| Source { id: id.clone(), kind, statement })
        });
        Ok(all.collect())
    }

    fn simulated(&self, mut sources: Vec<Source>) -> Outcome {
        let form = self.form;
        for (n, text) in form.members("PolicyInputList").into_iter().enumerate() {
            document::identity(text)?;
            let id = format!("PolicyInputList.{}", n + 1);
            let statements = policy::statements(text).into_iter();
            sources.extend(statements.map(|statement| Source { id: id.clone(), kind: "IAM Policy", statement }));
        }
        let actions = form.members("ActionNames");
        if let Some(action) = actions.iter().find(|action| !action.contains(':')) {
            return Err(Refusal::new(400, "InvalidInput", format!("Invalid Action Name: {action}")));
        }
        let mut resources = form.members("ResourceArns");
        if resources.is_empty() {
            resources.push("*");
        }
        if actions.is_empty() || actions.len().saturating_mul(resources.len()) > MOST {
            return Err(Refusal::new(400, "InvalidInput", "ActionNames must hold 1 to 1000 actions"));
        }
        let context = context(form);
        let context: Vec<(&str, &str)> = context.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let statements: Vec<Value> = sources.iter().map(|source| source.statement.clone()).collect();
        let results = actions.iter().flat_map(|action| resources.iter().map(move |resource| (action, resource)));
        let results: Vec<String> = results
            .map(|(action, resource)| {
                let (decision, matched) = policy::judge(&statements, action, resource, &context);
                result(action, resource, decision, matched.iter().filter_map(|at| sources.get(*at)))
            })
            .collect();
        xml::page(form, "EvaluationResults", results)
    }
}

fn result<'a>(action: &str, resource: &str, said: Decision, matched: impl Iterator<Item = &'a Source>) -> String {
    let said = match said {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicitDeny",
        Decision::ImplicitDeny => "implicitDeny",
    };
    let matched = matched.map(|s| xml::element("SourcePolicyId", &s.id) + &xml::element("SourcePolicyType", s.kind));
    xml::element("EvalActionName", action)
        + &xml::element("EvalResourceName", resource)
        + &xml::element("EvalDecision", said)
        + &xml::list("MatchedStatements", matched)
        + "<MissingContextValues/>"
}

/// `ContextEntries.member.N.ContextKeyName` and its `ContextKeyValues`.
fn context(form: &crate::front::Form) -> Vec<(String, &str)> {
    let mut all = Vec::new();
    for n in 1..=MOST {
        let key = form.get(&format!("ContextEntries.member.{n}.ContextKeyName"));
        if key.is_empty() {
            break;
        }
        let values = form.members(&format!("ContextEntries.member.{n}.ContextKeyValues"));
        all.extend(values.into_iter().map(|value| (key.to_owned(), value)));
    }
    all
}
