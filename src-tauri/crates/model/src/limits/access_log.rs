//! Access logs: where to, and a format of one line that names the request (facts 7.1).

use super::Place;
use crate::api::AccessLogSettings;

/// Characters of a format: the quota's 3 KB (facts 5.1).
const FORMAT: usize = 3 * 1024;

/// What an access log can print of a WebSocket API, without `$context.` (facts 4.1). `authorizer.` takes any name besides.
pub(super) const VARIABLES: [&str; 53] = [
    "apiId",
    "authenticate.error",
    "authenticate.latency",
    "authenticate.status",
    "authorize.error",
    "authorize.latency",
    "authorize.status",
    "authorizer.error",
    "authorizer.integrationLatency",
    "authorizer.integrationStatus",
    "authorizer.latency",
    "authorizer.requestId",
    "authorizer.status",
    "connectedAt",
    "connectionId",
    "domainName",
    "error.message",
    "error.messageString",
    "error.responseType",
    "error.validationErrorString",
    "eventType",
    "extendedRequestId",
    "identity.accountId",
    "identity.apiKey",
    "identity.apiKeyId",
    "identity.caller",
    "identity.cognitoAuthenticationProvider",
    "identity.cognitoAuthenticationType",
    "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId",
    "identity.principalOrgId",
    "identity.sourceIp",
    "identity.user",
    "identity.userAgent",
    "identity.userArn",
    "integration.error",
    "integration.integrationStatus",
    "integration.latency",
    "integration.requestId",
    "integration.status",
    "integrationLatency",
    "messageId",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "routeKey",
    "stage",
    "status",
    "waf.error",
    "waf.latency",
    "waf.status",
    "disconnectStatusCode",
    "disconnectReason",
];

pub(super) fn check(at: &mut Place<'_>, settings: &AccessLogSettings) {
    let destination = settings.destination_arn.as_deref().unwrap_or_default();
    let format = settings.format.as_deref().unwrap_or_default();
    if destination.is_empty() && format.is_empty() {
        return;
    }
    let missing = "Access Log value missing. Expected destinationArn and format.";
    if destination.is_empty() {
        at.refuse("accessLogSettings/destinationArn", missing);
    } else {
        check_destination(at, destination);
    }
    if format.is_empty() {
        return at.refuse("accessLogSettings/format", missing);
    }
    let member = "accessLogSettings/format";
    at.length(member, Some(format), FORMAT);
    if format.trim_end_matches('\n').contains('\n') {
        at.refuse(
            member,
            "Access Log format must be single line, new line character is allowed only at end of the format",
        );
    }
    let names = names(format);
    if !names.iter().any(|name| ["requestId", "extendedRequestId"].contains(name)) {
        at.refuse(member, "it has to hold $context.requestId or $context.extendedRequestId");
    }
    for name in names {
        if !VARIABLES.contains(&name) && !name.starts_with("authorizer.") {
            at.warn(member, format!("$context.{name} is nothing that a WebSocket API logs: it prints -"));
        }
    }
}

/// A log group's ARN, or a delivery stream's (botocore).
fn check_destination(at: &mut Place<'_>, destination: &str) {
    let member = "accessLogSettings/destinationArn";
    let parts: Vec<&str> = destination.splitn(6, ':').collect();
    match (parts.get(2), parts.get(5)) {
        (Some(&"firehose"), Some(stream)) => {
            // The developer guide, set-up-logging.
            if !stream.starts_with("deliverystream/amazon-apigateway-") {
                at.refuse(member, "a delivery stream's name has to begin with amazon-apigateway-");
            }
        }
        (Some(&"logs"), Some(group)) => {
            let name = group.strip_prefix("log-group:").unwrap_or(group);
            let good = |b: u8| b.is_ascii_alphanumeric() || b"_-/.".contains(&b);
            if name.is_empty() || !name.bytes().all(good) {
                let hint = if name.ends_with(":*") { ": leave the :* at the end out" } else { "" };
                at.refuse(
                    member,
                    format!(
                        "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': \
                         '{group}'{hint}"
                    ),
                );
            }
        }
        _ => at.refuse(member, "Invalid ARN specified in the request. ARN vendor should be 'logs'"),
    }
}

/// The names behind `$context.`.
fn names(format: &str) -> Vec<&str> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || ".-_".contains(c));
    let after = format.split("$context.").skip(1);
    after.map(|rest| rest.split(ends).next().unwrap_or_default().trim_end_matches('.')).collect()
}
