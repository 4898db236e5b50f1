//! The custom domains of a region, side by side with their certificates, what they lead to, and what DNS says of them.
//!
//! What can't be read is said, and the rest is shown. It may not know what is healthy: that is `model::domain::list`'s.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt};
use gatescope_aws::Access;
use gatescope_model::domain::list::{Attention, Proven, Seen, certificate_health, domain_health};
use gatescope_model::domain::{DomainHere, Resolved};
use gatescope_socket::Network;

use super::world::{look_up, records_stand};
use crate::App;
use crate::calls::*;
use crate::error::Error;

/// Domains that are looked at side by side; AWS paces the calls besides.
const AT_ONCE: usize = 8;

impl App {
    pub(crate) async fn list_domains(&self, scope: Scope) -> Result<DomainList, Error> {
        let access = self.access(&scope).await?;
        let network = self.network(&scope);
        let now = self.clock_of(&scope);
        let (names, certificates, zones, apis) = tokio::join!(
            access.domain_names(),
            access.certificates(|_| true),
            access.hosted_zones(),
            self.list_apis(scope.clone())
        );
        // Without the list of domains there is nothing to show; all else may be missing.
        let names = names?;
        let mut unread = Vec::new();
        let certificates = kept(&mut unread, "certificates", certificates.map_err(Error::from));
        let zones = kept(&mut unread, "hosted zones", zones.map_err(Error::from));
        let apis = kept(&mut unread, "names of APIs", apis);
        let certificates: Vec<Proven> = stream::iter(certificates.into_iter().map(|certificate| async {
            // Of what nobody uses nothing runs out.
            let used = !certificate.in_use_by.is_empty();
            let records_stand = if used { records_stand(&*network, &certificate).await } else { None };
            Proven { certificate, records_stand }
        }))
        .buffered(AT_ONCE)
        .collect()
        .await;
        let known = Around { access: &access, network: &*network, certificates: &certificates, apis: &apis, now };
        let rows = names.iter().map(|name| known.row(name)).collect::<Vec<_>>();
        let mut domains = Vec::new();
        for (name, row) in names.iter().zip(stream::iter(rows).buffered(AT_ONCE).collect::<Vec<_>>().await) {
            match row {
                Ok(row) => domains.extend(row),
                Err(e) => unread.push(format!("{name}: {}", e.message)),
            }
        }
        domains.sort_by(|a, b| a.domain_name.cmp(&b.domain_name));
        let mut zones: Vec<String> = zones.into_iter().filter(|zone| !zone.private).map(|zone| zone.name).collect();
        zones.sort();
        zones.dedup();
        let row = |Proven { certificate, records_stand }: Proven| CertificateRow {
            health: certificate_health(&certificate, records_stand, now).into_iter().map(health).collect(),
            certificate,
        };
        let mut certificates: Vec<CertificateRow> = certificates.into_iter().map(row).collect();
        certificates.sort_by(|a, b| a.certificate.names.cmp(&b.certificate.names));
        Ok(DomainList { domains, certificates, zones, unread })
    }
}

/// What was read, or nothing and why.
fn kept<T>(unread: &mut Vec<String>, what: &str, answer: Result<Vec<T>, Error>) -> Vec<T> {
    answer.unwrap_or_else(|e| {
        unread.push(format!("{what}: {}", e.message));
        Vec::new()
    })
}

/// What the domains share.
struct Around<'a> {
    access: &'a Access,
    network: &'a dyn Network,
    certificates: &'a [Proven],
    apis: &'a [ApiSummary],
    now: i64,
}

impl Around<'_> {
    /// `None`: it was deleted a moment ago.
    async fn row(&self, name: &str) -> Result<Option<DomainRow>, Error> {
        let Some(domain) = self.access.domain_here(name).await? else { return Ok(None) };
        let (dns, points_here) = self.dns(name, &domain.target).await;
        let proven = self.certificates.iter().find(|proven| proven.certificate.arn == domain.certificate_arn);
        let certificate = proven.map(|proven| &proven.certificate);
        let stages = self.stages(&domain).await;
        let seen = Seen {
            name,
            domain: &domain,
            certificate,
            records_stand: proven.and_then(|proven| proven.records_stand),
            stages: &stages,
            points_here,
            dns: &dns,
            now: self.now,
        };
        let health = domain_health(&seen).into_iter().map(health).collect();
        let mappings = domain.mappings.iter().map(|mapping| MappingRow {
            id: mapping.id.clone(),
            key: mapping.key.clone(),
            api_id: mapping.api_id.clone(),
            api_name: self
                .apis
                .iter()
                .find(|api| api.api_id == mapping.api_id)
                .map(|api| api.name.clone())
                .unwrap_or_default(),
            stage: mapping.stage.clone(),
            url: format!("wss://{name}{}{}", if mapping.key.is_empty() { "" } else { "/" }, mapping.key),
        });
        Ok(Some(DomainRow {
            domain_name: name.to_owned(),
            mappings: mappings.collect(),
            certificate: certificate.cloned(),
            status: domain.status,
            endpoint_type: domain.endpoint_type,
            security_policy: domain.security_policy,
            routing_mode: domain.routing_mode,
            ip_address_type: domain.ip_address_type,
            target: domain.target,
            hosted_zone_id: domain.hosted_zone_id,
            dns,
            points_here,
            health,
        }))
    }

    /// What public DNS says of a name, and whether that leads here; of a wildcard nobody can ask.
    async fn dns(&self, name: &str, target: &str) -> (String, Option<bool>) {
        if name.starts_with("*.") {
            return ("a wildcard: ask for a name below it".to_owned(), None);
        }
        let (own, there) = tokio::join!(look_up(self.network, name), look_up(self.network, target));
        let Some(own) = own.is() else { return ("could not be asked".to_owned(), None) };
        if own.addresses.is_empty() {
            let words = own
                .cnames
                .first()
                .map_or_else(|| "nothing".to_owned(), |to| format!("CNAME to {to}, which leads nowhere"));
            return (words, Some(false));
        }
        let words = own.cnames.first().map_or_else(|| own.addresses.join(", "), |to| format!("CNAME to {to}"));
        (words, there.is().and_then(|there| leads(own, there, target)))
    }

    /// The stages of the mapped APIs.
    async fn stages(&self, domain: &DomainHere) -> BTreeMap<String, Option<Vec<String>>> {
        let mut stages = BTreeMap::new();
        for mapping in &domain.mappings {
            if !stages.contains_key(&mapping.api_id)
                && let Ok(api) = self.access.api_here(&mapping.api_id).await
            {
                stages.insert(mapping.api_id.clone(), api.map(|api| api.stages.into_keys().collect()));
            }
        }
        stages
    }
}

/// An ALIAS shows the target's addresses alone, of which some change: one in common is enough.
fn leads(own: &Resolved, there: &Resolved, target: &str) -> Option<bool> {
    if own.cnames.iter().any(|name| name.eq_ignore_ascii_case(target)) {
        return Some(true);
    }
    (!there.addresses.is_empty()).then(|| own.addresses.iter().any(|address| there.addresses.contains(address)))
}

fn health(attention: Attention) -> Health {
    Health { broken: attention.broken, says: attention.says }
}
