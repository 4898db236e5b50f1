//! Names in Route 53: which hosted zone a name is in, and what stands at it.
//!
//! Route 53 is one service for all regions. Only public zones count: clients are outside. Writing goes through steps, like
//! every change ([`crate::change`]).

use aws_sdk_route53::types::{HostedZone, ResourceRecordSet};
use gatescope_model::alias::{Record, Zone};

use crate::{Access, Error};

impl Access {
    /// The public hosted zones that a name may be in, the closest first.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn zones_of(&self, name: &str) -> Result<Vec<Zone>, Error> {
        let mut zones = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let page = self.inner.route53.list_hosted_zones().set_marker(marker).send().await;
            let page = page.map_err(|e| self.failed(e))?;
            zones.extend(page.hosted_zones.iter().filter(|zone| holds(zone, name)).map(|zone| Zone {
                id: zone.id.trim_start_matches("/hostedzone/").to_owned(),
                name: bare(&zone.name),
            }));
            marker = page.next_marker.filter(|next| page.is_truncated && !next.is_empty());
            if marker.is_none() {
                zones.sort_by_key(|zone| std::cmp::Reverse(zone.name.len()));
                return Ok(zones);
            }
        }
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
    let own = bare(&zone.name).to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    let is_private = zone.config.as_ref().is_some_and(|config| config.private_zone);
    !is_private && (name == own || name.strip_suffix(&own).is_some_and(|rest| rest.ends_with('.')))
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
