//! The doctor: an API read whole, and what [`gatescope_model::doctor`] says of it.
//!
//! It reads by the same ways as the screens, each thing once, and writes nothing at AWS. It may not know a rule.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::doctor::{Asked, Checkup, Waiting, check};
use gatescope_model::domain::list::Proven;
use gatescope_model::surroundings::{CustomDomain, Surroundings};
use gatescope_socket::Network;

use crate::App;
use crate::calls::*;
use crate::domains::records_stand;
use crate::error::{Code, Error};
use crate::{copies, now};

impl App {
    pub(crate) async fn check_api(&self, ask: CheckApi) -> Result<Checkup, Error> {
        let access = self.access(&ask.scope).await?;
        let mut snapshot = access.snapshot(&ask.api_id).await?;
        knows(&snapshot, ask.stage.as_deref())?;
        let (around, role) = tokio::join!(access.surroundings(&snapshot), access.log_role());
        let mut around = around?;
        let network = self.network(&ask.scope);
        let certificates = certificates(&access, &*network, &mut around, &ask.api_id).await;
        snapshot.surroundings = Some(around);
        let waiting = self.undeployed(&ask.scope, &snapshot)?;
        let stages = snapshot.stages.iter().zip(waiting);
        let waiting: Vec<Waiting> = stages
            .filter(|(stage, _)| ask.stage.as_ref().is_none_or(|only| *only == stage.stage_name))
            .map(|(stage, (changes, _))| Waiting {
                stage: stage.stage_name.clone(),
                changes: changes.into_iter().map(|change| change.text).collect(),
            })
            .collect();
        Ok(check(&Asked {
            snapshot: &snapshot,
            stage: ask.stage.as_deref(),
            waiting: Some(&waiting),
            // Who may not read the account's settings may ask all the rest.
            log_role: role.ok().map(|role| role.arn.is_some()),
            certificates: certificates.as_deref(),
            now_ms: Some(self.clock_of(&ask.scope)),
        }))
    }

    pub(crate) async fn check_snapshot(&self, ask: CheckSnapshot) -> Result<Checkup, Error> {
        let mut snapshot = copies::parse(&ask.text)?;
        knows(&snapshot, ask.stage.as_deref())?;
        // A file holds of an account only what belongs to the API alone.
        if let Some(around) = &mut snapshot.surroundings {
            for list in ["apiKeys", "usagePlans", "vpcLinks", "clientCertificates", "domains", "certificates"] {
                let words = || "a snapshot file does not hold what other APIs share".to_owned();
                around.unread.entry(list.to_owned()).or_insert_with(words);
            }
        }
        Ok(check(&Asked { stage: ask.stage.as_deref(), now_ms: Some(now()), ..Asked::of(&snapshot) }))
    }
}

/// The certificates of the domains that lead to an API; why they could not be read is told among what is around it.
async fn certificates(
    access: &Access,
    network: &dyn Network,
    around: &mut Surroundings,
    api_id: &str,
) -> Option<Vec<Proven>> {
    let leads_here = |domain: &&CustomDomain| domain.mappings.iter().any(|mapping| mapping.api_id == api_id);
    let domains = around.domains.iter().filter(leads_here);
    let arns: BTreeSet<&str> = domains.filter_map(|domain| domain.certificate_arn.as_deref()).collect();
    match access.certificates_by_arn(&arns).await {
        Ok(found) => Some(
            join_all(found.into_iter().map(|certificate| async {
                let records_stand = records_stand(network, &certificate).await;
                Proven { certificate, records_stand }
            }))
            .await,
        ),
        Err(e) => {
            around.unread.insert("certificates".to_owned(), format!("acm:DescribeCertificate: {}", e.message));
            None
        }
    }
}

/// A stage that is not there would pass every rule.
fn knows(snapshot: &Snapshot, stage: Option<&str>) -> Result<(), Error> {
    match stage {
        Some(stage) if snapshot.stage(stage).is_none() => {
            let mut error = Error::new(Code::NotFound, format!("the API has no stage {stage}"));
            let names: Vec<&str> = snapshot.stages.iter().map(|s| s.stage_name.as_str()).collect();
            error.hint = (!names.is_empty()).then(|| format!("It has {}.", names.join(", ")));
            Err(error)
        }
        _ => Ok(()),
    }
}
