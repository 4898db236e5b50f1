//! Reading what a role may do: whom it trusts, which policies it has, and what IAM says it would allow.
//!
//! It only reads. Where to look next: `change.rs`, whose steps make roles and repair them.

use crate::{Access, Error, Kind};

/// A role as far as it matters for who may use it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub arn: String,
    /// Whom it trusts: JSON.
    pub trust: String,
}

/// What IAM would say to one action on one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulated {
    /// For example `logs:PutLogEvents`.
    pub action: String,
    /// The ARN, or `*`.
    pub resource: String,
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub decision: String,
}

impl Access {
    /// An IAM role; `None` when there is none of that name.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn role(&self, name: &str) -> Result<Option<Role>, Error> {
        match self.inner.iam.get_role().role_name(name).send().await.map_err(|e| self.failed(e)) {
            Ok(said) => Ok(said.role.map(|role| Role {
                // IAM answers documents percent-encoded (its API reference, GetRole).
                trust: decoded(role.assume_role_policy_document.as_deref().unwrap_or_default()),
                arn: role.arn,
            })),
            Err(e) if e.kind == Kind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The ARNs of the managed policies of a role.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn attached_policies(&self, role: &str) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let request = self.inner.iam.list_attached_role_policies().role_name(role).set_marker(marker);
            let page = request.send().await.map_err(|e| self.failed(e))?;
            found.extend(page.attached_policies.unwrap_or_default().into_iter().filter_map(|p| p.policy_arn));
            marker = page.marker.filter(|m| page.is_truncated && !m.is_empty());
            if marker.is_none() {
                return Ok(found);
            }
        }
    }

    /// `iam:SimulatePrincipalPolicy`: what a role's or user's own policies say. Resource policies are not asked.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn simulate(&self, principal: &str, actions: &[&str], resource: &str) -> Result<Vec<Simulated>, Error> {
        let mut request =
            self.inner.iam.simulate_principal_policy().policy_source_arn(principal).resource_arns(resource);
        for action in actions {
            request = request.action_names(*action);
        }
        let said = request.send().await.map_err(|e| self.failed(e))?;
        let results = said.evaluation_results.unwrap_or_default().into_iter();
        Ok(results
            .map(|r| Simulated {
                action: r.eval_action_name,
                resource: r.eval_resource_name.unwrap_or_default(),
                decision: r.eval_decision.as_str().to_owned(),
            })
            .collect())
    }
}

fn decoded(document: &str) -> String {
    percent_encoding::percent_decode_str(document).decode_utf8_lossy().into_owned()
}
