//! What was dialled, taken apart, and whose address it is: the API's own host, another API's, or a custom domain.
//!
//! It knows no rule. A bare host with the API's id in its path (a stand-in for AWS on a port) counts as the API's own.

use super::case::Case;
pub(super) use crate::probe::covers;
use crate::probe::{Probe, Tls};
use crate::surroundings::{CustomDomain, Mapping};
use crate::verdict::{Action, Evidence, Place};

/// What every generated host has in it.
const GENERATED: &str = ".execute-api.";

/// An address.
pub(super) struct Address<'a> {
    pub scheme: &'a str,
    pub host: String,
    /// What stands before the stage or the mapping's key: scheme, host, port, and of a bare host the API's id.
    pub base: String,
    /// The parts of the path after that.
    pub segments: Vec<&'a str>,
    pub whose: Whose<'a>,
}

/// Who should answer there.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    /// The generated endpoint of this API, or the one that another region would give it.
    Own,
    /// The generated endpoint of another API.
    Other,
    /// A custom domain that is known here.
    Domain(&'a CustomDomain),
    /// Any other name, which may be a custom domain that maps elsewhere.
    Name,
}

impl<'a> Address<'a> {
    pub fn of(case: &Case<'a>) -> Option<Self> {
        let url = case.facts.handshake?.url.as_str();
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host_of(authority);
        let mut segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
        let secure = if matches!(scheme, "http" | "ws") { "ws" } else { "wss" };
        let mut base = format!("{secure}://{authority}");
        let snapshot = case.facts.snapshot;
        let api_id = snapshot.map(|s| s.api.api_id.as_str()).filter(|id| !id.is_empty());
        let domains = snapshot.and_then(|s| s.surroundings.as_ref()).map(|s| s.domains.as_slice()).unwrap_or_default();
        let whose = if let Some((id, _)) = host.split_once(GENERATED) {
            if api_id == Some(id) { Whose::Own } else { Whose::Other }
        } else if let Some(domain) = domains.iter().find(|d| covers(&d.domain_name, &host)) {
            Whose::Domain(domain)
        } else if let (Some(id), Some(first)) = (api_id, segments.first())
            && id == *first
        {
            base.push_str(&format!("/{first}"));
            segments.remove(0);
            Whose::Own
        } else {
            Whose::Name
        };
        Some(Self { scheme, host, base, segments, whose })
    }

    /// Whether the host is API Gateway's own naming.
    pub fn is_generated(&self) -> bool {
        matches!(self.whose, Whose::Own | Whose::Other)
    }

    /// The same host with another path.
    pub fn at(&self, path: &str) -> Action {
        let url = if path.is_empty() { self.base.clone() } else { format!("{}/{path}", self.base) };
        Action::Dial { url }
    }

    /// The mapping that the path chooses: by its first part, else the one with the empty key.
    pub fn mapping(&self, domain: &'a CustomDomain) -> Option<&'a Mapping> {
        let by_key = |key: &str| domain.mappings.iter().find(|m| m.api_mapping_key == key);
        self.segments.first().and_then(|key| by_key(key)).or_else(|| by_key(""))
    }

    /// What a probe of DNS told of this host.
    pub fn looked_up<'p>(&self, case: &Case<'p>) -> Option<&'p Probe> {
        case.facts.probes.iter().find(|p| matches!(p, Probe::Dns { host, .. } if host.eq_ignore_ascii_case(&self.host)))
    }

    /// What a probe of TLS told of this host.
    pub fn shook<'p>(&self, case: &Case<'p>) -> Option<&'p Tls> {
        case.facts.probes.iter().find_map(|probe| match probe {
            Probe::Tls(tls) if tls.host.eq_ignore_ascii_case(&self.host) => Some(tls),
            _ => None,
        })
    }
}

/// Whether the resolver is known to work: it found another name. Without it, being offline looks like a missing record.
pub(super) fn resolver_works(case: &Case, but: &str) -> bool {
    case.facts.probes.iter().any(|probe| match probe {
        Probe::Dns { host, addresses, error, .. } => {
            !host.eq_ignore_ascii_case(but) && error.is_none() && !addresses.is_empty()
        }
        _ => false,
    })
}

/// The API's own address at a stage.
pub(super) fn own(case: &Case, stage: &str) -> Option<Action> {
    let endpoint = case.facts.snapshot.map(|s| s.api.api_endpoint.as_str()).filter(|e| !e.is_empty())?;
    Some(Action::Dial { url: format!("{endpoint}/{stage}") })
}

/// A custom domain's address of a stage of this API, where there is one.
pub(super) fn by_domain(case: &Case) -> Option<String> {
    let snapshot = case.facts.snapshot?;
    let fits = |m: &&Mapping| m.api_id == snapshot.api.api_id && case.facts.stage.is_none_or(|stage| m.stage == stage);
    snapshot.surroundings.as_ref()?.domains.iter().find_map(|domain| {
        let mapping = domain.mappings.iter().find(fits)?;
        (!domain.domain_name.starts_with("*.")).then(|| joined(&domain.domain_name, &mapping.api_mapping_key))
    })
}

/// Host and path, without a slash at the end.
pub(super) fn joined(host: &str, path: &str) -> String {
    if path.is_empty() { host.to_owned() } else { format!("{host}/{path}") }
}

/// A probe's answer as evidence.
pub(super) fn probed(name: &str, text: impl Into<String>) -> Evidence {
    Evidence { place: Place::Probe { name: name.to_owned() }, text: text.into() }
}

/// The host of `host:port`, lower case, without the dot of the root.
fn host_of(authority: &str) -> String {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    host.trim_end_matches('.').to_ascii_lowercase()
}
