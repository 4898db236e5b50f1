//! What a statement may name as its resource, and the sentence for what it may not.

use super::legacy;
use crate::answer::Refusal;

/// What an IAM resource may be.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// The sentence for the first resource that is wrong. Until one is, each must also pass the older parser, whose refusal
/// goes before every other.
pub(super) fn first_wrong<'a>(resources: impl Iterator<Item = &'a str>) -> Result<Option<String>, Refusal> {
    let mut wrong = None;
    for resource in resources.filter(|resource| *resource != "*") {
        if wrong.is_none() {
            wrong = fault(resource);
        }
        if wrong.is_none() && !legacy::takes_resource(resource) {
            return Err(legacy::refused());
        }
    }
    Ok(wrong)
}

fn fault(resource: &str) -> Option<String> {
    let parts: Vec<&str> = resource.splitn(6, ':').collect();
    let Some(partition) = parts.get(1) else {
        return Some(format!("Resource {resource} must be in ARN format or \"*\"."));
    };
    if *partition != "*" && *partition != "aws" && !partition.starts_with("aws-") {
        // A short ARN is named as the long one that it stands for, and always as an ARN.
        let mut whole = vec!["arn"];
        whole.extend(&parts[1..]);
        if whole.len() == 3 && whole[2].is_empty() {
            whole[2] = "*";
        }
        whole.resize(whole.len().max(6), "*");
        return Some(format!("Partition \"{partition}\" is not valid for resource \"{}\".", whole.join(":")));
    }
    let (vendor, region) = (parts.get(2).copied(), parts.get(3).copied().unwrap_or_default());
    let Some(vendor) = vendor.filter(|vendor| *vendor == "*" || !vendor.contains(['*', '?'])) else {
        return Some("Resource vendor must be fully qualified and cannot contain regexes.".to_owned());
    };
    let path = parts.get(5).copied().unwrap_or_default();
    let somewhere = !region.is_empty() && region != "*";
    match vendor {
        "s3" if somewhere && !path.starts_with("accesspoint/") => {
            Some(format!("Resource {resource} can not contain region information."))
        }
        "iam" if somewhere => Some(format!("IAM resource {resource} cannot contain region information.")),
        "iam" if !path.starts_with('*') && !IAM_PATHS.iter().any(|known| path.starts_with(known)) => {
            let known = IAM_PATHS.join(", ");
            Some(format!("IAM resource path must either be \"*\" or start with {known}."))
        }
        _ => None,
    }
}
