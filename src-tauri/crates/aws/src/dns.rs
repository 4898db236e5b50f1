//! Names in Route 53: which hosted zone a name is in, and what stands at it.
//!
//! Route 53 is one service for all regions. For records that clients find, only public zones count. Writing goes through steps, like
//! every change ([`crate::change`]).

use aws_sdk_route53::types::{HostedZone, ResourceRecordSet};
use gatescope_model::alias::{Record, Zone};
use gatescope_model::domain::ZoneHere;

use crate::{Access, Error};

impl Access {
    /// The public hosted zones that a name may be in, the closest first.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn zones_of(&self, name: &str) -> Result<Vec<Zone>, Error> {
        let zones = self.listed_zones().await?;
        let held = zones.iter().filter(|zone| holds(zone, name));
        let mut zones: Vec<Zone> = held.map(|zone| Zone { id: id(zone).to_owned(), name: bare(&zone.name) }).collect();
        zones.sort_by_key(|zone| std::cmp::Reverse(zone.name.len()));
        Ok(zones)
    }

    async fn listed_zones(&self) -> Result<Vec<HostedZone>, Error> {
        let mut zones = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let page = self.inner.route53.list_hosted_zones().set_marker(marker).send().await;
            let page = page.map_err(|e| self.failed(e))?;
            zones.extend(page.hosted_zones);
            marker = page.next_marker.filter(|next| page.is_truncated && !next.is_empty());
            if marker.is_none() {
                return Ok(zones);
            }
        }
    }

    /// The hosted zones that a name may be in, public and private, the closest first; without their name servers.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn zones_above(&self, name: &str) -> Result<Vec<ZoneHere>, Error> {
        let mut zones = self.hosted_zones().await?;
        zones.retain(|zone| is_in(name, &zone.name));
        Ok(zones)
    }

    /// All hosted zones, those with the longest names first; without their name servers.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn hosted_zones(&self) -> Result<Vec<ZoneHere>, Error> {
        let mut zones: Vec<ZoneHere> = self.listed_zones().await?.iter().map(here).collect();
        zones.sort_by(|a, b| b.name.len().cmp(&a.name.len()).then_with(|| (a.private, &a.id).cmp(&(b.private, &b.id))));
        Ok(zones)
    }

    /// The name servers that AWS gave a zone; a private one has none.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn name_servers(&self, zone: &str) -> Result<Vec<String>, Error> {
        let said = self.inner.route53.get_hosted_zone().id(zone).send().await.map_err(|e| self.failed(e))?;
        let servers = said.delegation_set.map(|set| set.name_servers).unwrap_or_default();
        Ok(servers.iter().map(|server| bare(server).to_ascii_lowercase()).collect())
    }

    /// What stands at a name in a zone.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn records_at(&self, zone: &str, name: &str) -> Result<Vec<Record>, Error> {
        // Records are sorted by name and come from this name on; no name has more types than fit on a page.
        let request = self.inner.route53.list_resource_record_sets().hosted_zone_id(zone).start_record_name(name);
        let page = request.send().await.map_err(|e| self.failed(e))?;
        let own = page.resource_record_sets.iter().filter(|set| bare(&set.name).eq_ignore_ascii_case(name));
        Ok(own.map(record).collect())
    }
}

/// Whether a name belongs into a zone by its letters.
fn holds(zone: &HostedZone, name: &str) -> bool {
    !is_private(zone) && is_in(name, &bare(&zone.name))
}

fn is_private(zone: &HostedZone) -> bool {
    zone.config.as_ref().is_some_and(|config| config.private_zone)
}

fn is_in(name: &str, zone: &str) -> bool {
    let (name, zone) = (name.to_ascii_lowercase(), zone.to_ascii_lowercase());
    name == zone || name.strip_suffix(&zone).is_some_and(|rest| rest.ends_with('.'))
}

fn id(zone: &HostedZone) -> &str {
    zone.id.trim_start_matches("/hostedzone/")
}

fn here(zone: &HostedZone) -> ZoneHere {
    let name = bare(&zone.name).to_ascii_lowercase();
    ZoneHere { id: id(zone).to_owned(), name, private: is_private(zone), name_servers: Vec::new() }
}

fn record(set: &ResourceRecordSet) -> Record {
    Record {
        kind: set.r#type.as_str().to_owned(),
        ttl: set.ttl,
        values: set.resource_records().iter().map(|record| record.value.clone()).collect(),
        alias: set.alias_target.as_ref().map(|alias| bare(&alias.dns_name)),
        alias_zone: set.alias_target.as_ref().map(|alias| (alias.hosted_zone_id.clone(), alias.evaluate_target_health)),
        is_one_of_several: set.set_identifier.is_some(),
    }
}

/// Without the dot at the end.
fn bare(name: &str) -> String {
    name.trim_end_matches('.').to_owned()
}
