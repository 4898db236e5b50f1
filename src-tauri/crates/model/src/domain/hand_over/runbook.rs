//! The result in words: what stands, how to check each link, how to take it back.

use super::super::look::Look;
use super::super::{DnsHost, Goal, World};

/// One word for a shell, whatever stands in it.
fn word(text: &str) -> String {
    format!("'{}'", super::one_line(text).replace('\'', "'\\''"))
}

pub(super) fn runbook(goal: &Goal, world: &World) -> String {
    let host = goal.dialled();
    let region = &world.region;
    let domain = world.domain.is().and_then(Option::as_ref);
    let target = domain.map_or("(no target yet)", |domain| domain.target.as_str());
    let mapping = domain.and_then(|d| d.mappings.iter().find(|m| m.key == goal.key && m.api_id == goal.api_id));
    let zone = super::super::zone::served(Look { goal, world }, &goal.domain_name);
    let zone = zone.filter(|_| goal.dns == DnsHost::Route53);
    let mut out = format!(
        "# {}\n\nLeads to stage `{}` of API `{}` in {region}.\n\n## What stands\n\n",
        goal.url(),
        goal.stage,
        goal.api_id
    );
    let mut row = |what: &str, value: String| out.push_str(&format!("- {what}: {value}\n"));
    if let Some(domain) = domain {
        row("certificate", format!("`{}`", domain.certificate_arn));
        let facts =
            format!("`{}`, {}, {}, {}", goal.domain_name, domain.endpoint_type, domain.security_policy, domain.status);
        row("custom domain", facts);
        row("target", format!("`{}` (hosted zone for an ALIAS: `{}`)", domain.target, domain.hosted_zone_id));
    }
    if let Some(mapping) = mapping {
        let key = if goal.key.is_empty() { "the empty key".to_owned() } else { format!("key `{}`", goal.key) };
        row("mapping", format!("`{}`, {key}", mapping.id));
    }
    match zone {
        Some(zone) => row("record", format!("`{}` in zone `{}` ({})", goal.domain_name, zone.name, zone.id)),
        None => row("record", format!("`{}` CNAME `{target}`, where the zone is", goal.domain_name)),
    }
    let key = if goal.key.is_empty() { String::new() } else { format!("/{}", goal.key) };
    let (url, https) = (word(&format!("wss://{host}{key}")), word(&format!("https://{host}{key}")));
    out.push_str(&format!(
        "\n## How to check it\n\nEach line tells one link; the first that fails is the one to mend.\n\n```sh\n\
         dig +short {host}\n\
         openssl s_client -connect {host}:443 -servername {host} </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName -enddate\n\
         wscat -c {url}\n```\n\n\
         Before DNS knows the name, straight to the target:\n\n```sh\n\
         curl --http1.1 --connect-to {host}:443:{target}:443 -i -N -H 'Connection: Upgrade' -H 'Upgrade: websocket' \\\n  \
         -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' {https}\n```\n\n\
         `403` with `{{\"message\":\"Forbidden\"}}` and no log line: the path leads to no mapping. `500`: the API; its execution log says why.\n\n\
         ## Where backends push\n\n`{}/@connections/{{connectionId}}`.{}\n\n\
         ## How to take it back\n\nIn this order: the record, the mapping, the domain, the certificate.\n\n```sh\n",
        goal.callback(),
        if goal.key == goal.stage { "" } else { " The stage does not stand in it." }
    ));
    if let Some(zone) = zone {
        out.push_str(&format!(
            "# delete the record {} of type A{} in zone {}\n",
            goal.domain_name,
            if goal.dual_stack { " and AAAA" } else { "" },
            zone.id
        ));
    }
    if let Some(mapping) = mapping {
        out.push_str(&format!(
            "aws apigatewayv2 delete-api-mapping --region {region} --domain-name {} --api-mapping-id {}\n",
            word(&goal.domain_name),
            word(&mapping.id)
        ));
    }
    if let Some(domain) = domain {
        let name = word(&goal.domain_name);
        out.push_str(&if domain.ours {
            format!("aws apigatewayv2 delete-domain-name --region {region} --domain-name {name}\n")
        } else {
            format!("# the domain {} was there before: it stays\n", super::one_line(&goal.domain_name))
        });
        let arn = &domain.certificate_arn;
        let certificates = world.certificates.is().map(Vec::as_slice).unwrap_or_default();
        out.push_str(&if certificates.iter().any(|it| &it.arn == arn && it.ours) {
            format!("aws acm delete-certificate --region {region} --certificate-arn {}\n", word(arn))
        } else {
            format!("# the certificate {} was there before: it stays\n", super::one_line(arn))
        });
    }
    out.push_str("```\n");
    out
}
