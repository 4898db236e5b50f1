//! Certificates of ACM: which there are for a name, how each is proven, and who asked for it.
//!
//! A custom domain takes one of its own region only (facts 6.1), so [`Access::elsewhere`] looks into others. Asking for a
//! certificate goes through steps, like every change ([`crate::change`]).

use std::collections::BTreeSet;

use aws_sdk_acm::types::{CertificateDetail, CertificateSummary, Filters, KeyAlgorithm};
use futures_util::{StreamExt, TryStreamExt, stream};
use gatescope_model::domain::{CertificateHere, Validation};

use crate::{Access, Error, Kind};

/// The tag by which what the wizard made is known again.
pub const OURS: (&str, &str) = ("gatescope", "domain-wizard");

/// All that the SDK knows by name: without `keyTypes` ACM lists only RSA keys of 1024 and 2048 bits.
fn key_types() -> Vec<KeyAlgorithm> {
    KeyAlgorithm::values().iter().map(|name| KeyAlgorithm::from(*name)).collect()
}

impl Access {
    /// The certificates whose names are of interest, whatever their status; newest first.
    ///
    /// # Errors
    /// Whatever AWS says, from the first call that fails.
    pub async fn certificates(
        &self,
        of_interest: impl Fn(&[String]) -> bool + Send + Sync,
    ) -> Result<Vec<CertificateHere>, Error> {
        let wanted: Vec<String> = self
            .listed_certificates()
            .await?
            .into_iter()
            .filter(|summary| {
                // A list shows the first 100 names only; whether others are of interest is seen when it is described.
                summary.has_additional_subject_alternative_names() == Some(true) || of_interest(&names(summary))
            })
            .filter_map(|summary| summary.certificate_arn)
            .collect();
        let described = wanted.iter().map(|arn| self.certificate(arn));
        let found: Vec<Option<CertificateHere>> =
            stream::iter(described.collect::<Vec<_>>()).buffered(self.inner.at_once).try_collect().await?;
        let mut found: Vec<CertificateHere> = found.into_iter().flatten().filter(|c| of_interest(&c.names)).collect();
        found.sort_by_key(|certificate| std::cmp::Reverse(certificate.created_at));
        Ok(found)
    }

    /// One certificate; `None` when there is none with this ARN (here: it may be another region's).
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn certificate(&self, arn: &str) -> Result<Option<CertificateHere>, Error> {
        let tags = self.inner.acm.list_tags_for_certificate().certificate_arn(arn);
        let (described, tags) = tokio::join!(self.described(arn), tags.send());
        let Some(certificate) = described? else { return Ok(None) };
        let ours = match tags.map_err(|e| self.failed(e)) {
            Ok(said) => said.tags().iter().any(|tag| tag.key() == OURS.0 && tag.value() == Some(OURS.1)),
            // Whose it is decides only about taking it back: what is not known to be ours stays.
            Err(e) if matches!(e.kind, Kind::Denied | Kind::NotFound) => false,
            Err(e) => return Err(e),
        };
        Ok(Some(CertificateHere { ours, ..certificate }))
    }

    /// These certificates, as far as they are there; whose each is is not asked.
    ///
    /// # Errors
    /// Whatever AWS says, from the first call that fails.
    pub async fn certificates_by_arn(&self, arns: &BTreeSet<&str>) -> Result<Vec<CertificateHere>, Error> {
        let described = arns.iter().map(|arn| self.described(arn)).collect::<Vec<_>>();
        let found: Vec<_> = stream::iter(described).buffered(self.inner.at_once).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn described(&self, arn: &str) -> Result<Option<CertificateHere>, Error> {
        let request = self.inner.acm.describe_certificate().certificate_arn(arn);
        match request.send().await.map_err(|e| self.failed(e)) {
            Ok(said) => Ok(said.certificate.map(|detail| certificate(arn, &detail))),
            Err(e) if e.kind == Kind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    async fn listed_certificates(&self) -> Result<Vec<CertificateSummary>, Error> {
        let mut found = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let filters = Filters::builder().set_key_types(Some(key_types())).build();
            let request = self.inner.acm.list_certificates().includes(filters).max_items(1000).set_next_token(token);
            let page = request.send().await.map_err(|e| self.failed(e))?;
            token = page.next_token.clone().filter(|next| !next.is_empty());
            found.extend(page.certificate_summary_list.unwrap_or_default());
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

fn names(summary: &CertificateSummary) -> Vec<String> {
    all_names(summary.domain_name(), summary.subject_alternative_name_summaries())
}

/// Its own name first, each once.
fn all_names(own: Option<&str>, others: &[String]) -> Vec<String> {
    let mut names: Vec<String> = own.map(str::to_ascii_lowercase).into_iter().collect();
    for name in others.iter().map(|name| name.to_ascii_lowercase()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn certificate(arn: &str, detail: &CertificateDetail) -> CertificateHere {
    let at = |when: Option<&aws_smithy_types::DateTime>| when.and_then(|when| when.to_millis().ok());
    let options = detail.domain_validation_options();
    let method = options.iter().find_map(|option| option.validation_method()).map(|m| m.as_str().to_owned());
    CertificateHere {
        arn: detail.certificate_arn().unwrap_or(arn).to_owned(),
        names: all_names(detail.domain_name(), detail.subject_alternative_names()),
        status: detail.status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
        kind: detail.r#type().map(|t| t.as_str().to_owned()).unwrap_or_default(),
        validation_method: method.unwrap_or_default(),
        failure_reason: detail.failure_reason().map(|reason| reason.as_str().to_owned()),
        created_at: at(detail.created_at().or(detail.imported_at())),
        not_after: at(detail.not_after()),
        renewal: detail.renewal_eligibility().map(|r| r.as_str().to_owned()).unwrap_or_default(),
        validations: options
            .iter()
            .map(|option| Validation {
                name: option.domain_name().to_ascii_lowercase(),
                status: option.validation_status().map(|s| s.as_str().to_owned()).unwrap_or_default(),
                record: option.resource_record().map(|record| (bare(record.name()), bare(record.value()))),
            })
            .collect(),
        in_use_by: detail.in_use_by().to_vec(),
        ours: false,
    }
}

fn bare(name: &str) -> String {
    name.trim_end_matches('.').to_owned()
}
