//! What can be known to fail before anything is written (facts 6, feature row 10.09).

use super::look::{Fact, Look, Turn, blocked};
use super::name::{bought, is_in, key_trouble, plain, trouble};
use super::next::{Reason, Stage};
use super::{Asked, DnsHost, DomainHere, alias_record, mapping, zone};

const HERE: Stage = Stage::PreFlight;

pub(super) fn turn(look: Look<'_>) -> Turn {
    wish(look)?;
    api(look)?;
    if let Some(domain) = look.ask(HERE, Fact::Domain, &look.world.domain)? {
        fits(look, domain)?;
    }
    match look.goal.dns {
        DnsHost::Route53 => zone::writable(look, HERE, &look.goal.domain_name).map(drop),
        DnsHost::Manual => apex(look),
    }
}

/// What is wrong with the wish itself.
fn wish(look: Look<'_>) -> Turn {
    let goal = look.goal;
    let bad = |words: String, way_out: &str| blocked(HERE, Reason::BadName, words, way_out.to_owned());
    if let Some(words) = trouble(&goal.domain_name) {
        return bad(words, "Write a name like chat.example.com, or *.example.com for all names below.");
    }
    if let Some(above) = goal.domain_name.strip_prefix('*') {
        if goal.host.is_empty() {
            return bad(
                format!("Nobody can dial {}: which name below it shall be tried?", goal.domain_name),
                "Give a host, for example chat in front of it.",
            );
        }
        let first = goal.host.strip_suffix(above).unwrap_or_default();
        if first.is_empty() || first.contains(['.', '*']) || trouble(&goal.host).is_some() {
            return bad(
                format!(
                    "{} is not one label below {}: the wildcard does not answer for it.",
                    goal.host, goal.domain_name
                ),
                "A wildcard stands for one label: write one name in place of the asterisk.",
            );
        }
    } else if !goal.host.is_empty() && goal.host != goal.domain_name {
        return bad(
            format!("{} is dialled, but the custom domain is {}.", goal.host, goal.domain_name),
            "Only a wildcard domain has hosts of its own: leave the host empty.",
        );
    }
    match key_trouble(&goal.key) {
        Some(words) => {
            blocked(HERE, Reason::BadKey, words, "Choose another key, or leave it empty for the root.".to_owned())
        }
        None => Ok(()),
    }
}

fn api(look: Look<'_>) -> Turn {
    let (goal, region) = (look.goal, &look.world.region);
    let Some(api) = look.ask(HERE, Fact::Api, &look.world.api)? else {
        return blocked(
            HERE,
            Reason::NoApi,
            format!("There is no API {} in {region}.", goal.api_id),
            "Choose an API of this region: a custom domain leads to its own region's APIs only.".to_owned(),
        );
    };
    if api.protocol != "WEBSOCKET" {
        return blocked(
            HERE,
            Reason::NoApi,
            format!("{} ({}) is an API of protocol {}.", api.name, goal.api_id, api.protocol),
            "Choose a WebSocket API.".to_owned(),
        );
    }
    match api.stages.get(&goal.stage) {
        Some(true) => Ok(()),
        Some(false) => blocked(
            HERE,
            Reason::NotDeployed,
            format!("The stage {} has no deployment: whoever dials it is refused.", goal.stage),
            format!("Deploy {} to {} first.", api.name, goal.stage),
        ),
        None => {
            let stages: Vec<&str> = api.stages.keys().map(String::as_str).collect();
            let there = if stages.is_empty() { "none".to_owned() } else { stages.join(", ") };
            blocked(
                HERE,
                Reason::NoStage,
                format!("{} has no stage \"{}\".", api.name, goal.stage),
                format!("Choose a stage that is there ({there}), or make it and deploy."),
            )
        }
    }
}

/// Whether a domain that stands can be taken in as it is; it is never changed.
fn fits(look: Look<'_>, domain: &DomainHere) -> Turn {
    let name = &look.goal.domain_name;
    let other = domain.mappings.iter().find(|m| !matches!(m.protocol.as_str(), "" | "WEBSOCKET"));
    if let Some(other) = other {
        return blocked(
            HERE,
            Reason::MixedProtocols,
            format!(
                "{name} leads to the {} API {} (key \"{}\"): a domain with one of those can't have a WebSocket API \
                 beside it.",
                other.protocol, other.api_id, other.key
            ),
            "Take another name for the WebSocket API, or remove those mappings.".to_owned(),
        );
    }
    if !matches!(domain.endpoint_type.as_str(), "" | "REGIONAL") {
        return blocked(
            HERE,
            Reason::NotRegional,
            format!("{name} exists as {}: only REGIONAL domains lead to WebSocket APIs.", domain.endpoint_type),
            "Take another name, or move the domain to REGIONAL in API Gateway.".to_owned(),
        );
    }
    if domain.security_policy == "TLS_1_0" {
        return blocked(
            HERE,
            Reason::OldTls,
            format!("{name} has the security policy TLS_1_0: WebSocket APIs are served with TLS 1.2 and later only."),
            format!(
                "Raise it: aws apigateway update-domain-name --domain-name '{name}' --patch-operations \
                 op=replace,path=/securityPolicy,value=TLS_1_2"
            ),
        );
    }
    if domain.routing_mode == "ROUTING_RULE_ONLY" {
        return blocked(
            HERE,
            Reason::RoutingRulesOnly,
            format!(
                "{name} goes by routing rules only, which WebSocket APIs can't use: its mappings are never looked at."
            ),
            format!(
                "Change it: aws apigatewayv2 update-domain-name --domain-name '{name}' --routing-mode API_MAPPING_ONLY"
            ),
        );
    }
    if !matches!(domain.status.as_str(), "" | "AVAILABLE" | "UPDATING") {
        let why =
            if domain.status_message.is_empty() { String::new() } else { format!(" AWS: {}", domain.status_message) };
        return blocked(
            HERE,
            Reason::DomainPending,
            format!("{name} is {}.{why}", domain.status),
            match domain.status.as_str() {
                "PENDING_OWNERSHIP_VERIFICATION" => {
                    "Give the domain an ownership certificate of ACM for the same name; it goes on when that is \
                     validated."
                }
                "PENDING_CERTIFICATE_REIMPORT" => {
                    "Import the domain's certificate into ACM again, or give it another \
                     one."
                }
                _ => "See to the domain in API Gateway's console.",
            }
            .to_owned(),
        );
    }
    mapping::is_free(look, domain)
}

/// A CNAME can't stand beside the zone's own records.
fn apex(look: Look<'_>) -> Turn {
    let name = look.goal.domain_name.as_str();
    if look.goal.has_alias || !is_apex(look, name) || alias_record::leads_here(look) == Some(true) {
        return Ok(());
    }
    blocked(
        HERE,
        Reason::ApexWithoutAlias,
        format!("{name} is the top of its zone, and a CNAME can't stand there."),
        "If the DNS host has ALIAS, ANAME or CNAME flattening, say so and use that; else take a name below it, or \
         have the zone in Route 53."
            .to_owned(),
    )
}

/// By the zones that are known, else by its letters.
fn is_apex(look: Look<'_>, name: &str) -> bool {
    look.world.zones.is().is_some_and(|zones| zones.iter().any(|zone| !zone.private && plain(&zone.name) == name))
        || (!name.starts_with('*') && bought(name) == name)
}

/// The zone that a name is in, for providers that add it: one of the account's, or the name that was bought.
pub(super) fn zone_name(look: Look<'_>, name: &str) -> String {
    let zones = look.world.zones.is().into_iter().flatten();
    let known =
        zones.filter(|zone| !zone.private && is_in(name, &plain(&zone.name))).max_by_key(|zone| zone.name.len());
    known.map_or_else(|| bought(&look.goal.domain_name).to_owned(), |zone| plain(&zone.name))
}

/// What is well, and what may become a trouble.
pub(super) fn says(look: Look<'_>) -> String {
    let goal = look.goal;
    let api = look.world.api.is().and_then(Option::as_ref).map_or(goal.api_id.as_str(), |api| api.name.as_str());
    let mut says = format!("{} will lead to {api}, stage {}.", goal.url(), goal.stage);
    if let Some(domain) = look.domain() {
        says.push_str(if domain.ours {
            " The domain stands."
        } else {
            " The domain stands already: it is taken in as it is."
        });
        if goal.dual_stack && domain.ip_address_type != "dualstack" {
            says.push_str(" It has IPv4 only, so it gets no AAAA record.");
        }
        return says;
    }
    let dns = look.world.dns.get(&plain(goal.dialled())).and_then(Asked::is);
    let foreign = dns.and_then(|dns| dns.cnames.iter().find(|name| name.contains(".execute-api.")));
    if let Some(foreign) = foreign {
        says.push_str(&format!(
            " Careful: DNS leads the name to {foreign}, and there is no such domain here: another account or region \
             may have it, and then AWS refuses it here."
        ));
    }
    says
}
