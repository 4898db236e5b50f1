//! Route 53's one writing operation: a batch of changes of records, all or nothing.
//!
//! Its protocol is XML, so the step's members become the SDK's own types instead of a body; what has no place in them is
//! refused, for a change is made whole or not at all.

use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};
use serde::Deserialize;

use super::Made;
use super::parts::{Body, Input, refused};
use crate::{Access, Error};

/// As the `aws` command takes it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Batch {
    changes: Vec<Wanted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Wanted {
    action: String,
    resource_record_set: Set,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Set {
    name: String,
    r#type: String,
    #[serde(rename = "TTL")]
    ttl: Option<i64>,
    #[serde(default)]
    resource_records: Vec<Value>,
    alias_target: Option<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Value {
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Target {
    hosted_zone_id: String,
    #[serde(rename = "DNSName")]
    dns_name: String,
    evaluate_target_health: bool,
}

impl Access {
    pub(super) async fn carry_out_records(&self, operation: &str, mut input: Input<'_>) -> Result<Made, Error> {
        if operation != "ChangeResourceRecordSets" {
            return Err(refused(format!("{operation} can't be carried out by this version")));
        }
        let zone = input.label(&["hostedZoneId"])?;
        let batch: Batch = input.member("changeBatch")?;
        let unfit = |e: aws_smithy_types::error::operation::BuildError| refused(e.to_string());
        let changes = batch.changes.into_iter().map(change).collect::<Result<Vec<_>, _>>().map_err(unfit)?;
        let batch = ChangeBatch::builder().set_changes(Some(changes)).build().map_err(unfit)?;
        let call = self.inner.route53.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch);
        // A batch that deletes is refused the second time: a repetition after a lost answer would hide that it was done.
        let said = call.customize().interceptor(Body::of_the_sdk()).send().await.map_err(|e| self.failed(e))?;
        let id = said.change_info.map(|change| change.id.trim_start_matches("/change/").to_owned());
        Ok(Made { id })
    }
}

fn change(wanted: Wanted) -> Result<Change, aws_smithy_types::error::operation::BuildError> {
    let Set { name, r#type, ttl, resource_records, alias_target } = wanted.resource_record_set;
    let records = resource_records.into_iter().map(|record| ResourceRecord::builder().value(record.value).build());
    let records = records.collect::<Result<Vec<_>, _>>()?;
    let alias = alias_target.map(|alias| {
        AliasTarget::builder()
            .hosted_zone_id(alias.hosted_zone_id)
            .dns_name(alias.dns_name)
            .evaluate_target_health(alias.evaluate_target_health)
            .build()
    });
    let set = ResourceRecordSet::builder()
        .name(name)
        .r#type(RrType::from(r#type.as_str()))
        .set_ttl(ttl)
        .set_resource_records((!records.is_empty()).then_some(records))
        .set_alias_target(alias.transpose()?)
        .build()?;
    Change::builder().action(ChangeAction::from(wanted.action.as_str())).resource_record_set(set).build()
}
