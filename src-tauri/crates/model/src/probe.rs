//! Questions to the world beyond the API that a person allows, and what came back: names, certificates, policies, targets.
//!
//! Values only: the `app` crate asks, [`crate::diagnose`] reads. What could not be asked is an answer too, with its reason.
//! Where to look next: `probe/words.rs`, each answer as a sentence.

mod words;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::handshake::TlsTrouble;
use crate::surroundings::{Permission, VpcLink};

pub use words::day;

/// One question and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Probe {
    /// What a name resolves to.
    Dns {
        /// The name.
        host: String,
        /// Names on the way (CNAME), in order.
        aliases: Vec<String>,
        /// Where it ends.
        addresses: Vec<String>,
        /// The resolver's words when nothing was found.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        error: Option<String>,
    },
    /// What the server behind a name shows of itself.
    Tls(Tls),
    /// `lambda:GetPolicy`: who may invoke a function.
    Policy {
        /// Which function.
        function_arn: String,
        /// Its statements for API Gateway.
        statements: Vec<Permission>,
        /// AWS's words when it could not be read.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        error: Option<String>,
    },
    /// `iam:SimulatePrincipalPolicy`.
    Simulated {
        /// The role or user.
        principal: String,
        /// For example `execute-api:ManageConnections`.
        action: String,
        /// The ARN.
        resource: String,
        /// `allowed`, `explicitDeny` or `implicitDeny`.
        decision: String,
        /// AWS's words when it could not be asked.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        error: Option<String>,
    },
    /// The load balancers behind a VPC link.
    Targets(Targets),
    /// What had to be known before anything could be asked, and was not.
    Unasked {
        /// What it was: `the configuration`.
        what: String,
        /// AWS's words.
        error: String,
    },
}

/// A TLS handshake with whoever answers at a host, without a request: what was agreed, and which certificates were shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Tls {
    /// The name that was asked for.
    pub host: String,
    /// Where it was asked instead of where the name leads, as the person gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub connect_to: Option<String>,
    /// Who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub address: Option<String>,
    /// `TLS 1.3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub version: Option<String>,
    /// As IANA writes it: `TLS_AES_128_GCM_SHA256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cipher: Option<String>,
    /// As shown: the server's own first, then who signed it.
    pub chain: Vec<Certificate>,
    /// Whether the chain ends at somebody who is trusted here and is valid at this time, whatever its names are.
    pub trusted: bool,
    /// What a client has against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub trouble: Option<TlsTrouble>,
    /// The same in the TLS stack's words; or those of the system, where no handshake came to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
    /// By which time the certificates were judged: milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub at: Option<i64>,
}

impl Tls {
    /// The names that the server's own certificate is for.
    #[must_use]
    pub fn names(&self) -> &[String] {
        self.chain.first().map(|own| own.names.as_slice()).unwrap_or_default()
    }

    /// Whether its certificate is for the name that was asked for.
    #[must_use]
    pub fn covers_its_name(&self) -> bool {
        self.names().iter().any(|name| covers(name, &self.host))
    }

    /// The certificate whose time is over, or has not come.
    #[must_use]
    pub fn out_of_time(&self) -> Option<&Certificate> {
        let at = self.at?;
        self.chain
            .iter()
            .find(|c| c.not_after.is_some_and(|end| end < at) || c.not_before.is_some_and(|from| from > at))
    }
}

/// A certificate, as far as it matters for whose it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Certificate {
    /// `CN=api.example.com`; clients do not look for names here.
    pub subject: String,
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// Who signed it.
    pub issuer: String,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub not_before: Option<i64>,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub not_after: Option<i64>,
    /// Of the whole certificate, hexadecimal.
    pub sha256: String,
}

/// What stands behind a VPC link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Targets {
    /// The link.
    pub vpc_link_id: String,
    /// The link itself, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub link: Option<VpcLink>,
    /// Its load balancers.
    pub load_balancers: Vec<LoadBalancer>,
    /// AWS's words when the link could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

impl Targets {
    /// Whether all that is there was read, there are targets, and not one of them is healthy.
    #[must_use]
    pub fn none_is_healthy(&self) -> bool {
        let all = || self.load_balancers.iter().flat_map(|balancer| &balancer.targets);
        let read = self.error.is_none() && self.load_balancers.iter().all(|balancer| balancer.error.is_none());
        read && all().next().is_some() && all().all(Target::is_unhealthy)
    }
}

/// A load balancer with what it forwards to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancer {
    /// Its ARN.
    pub arn: String,
    /// Of all its target groups.
    pub targets: Vec<Target>,
    /// AWS's words when not all of it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

impl LoadBalancer {
    /// `my-nlb` of `…:loadbalancer/net/my-nlb/50dc6c495c0c9188`.
    #[must_use]
    pub fn name(&self) -> &str {
        let mut parts = self.arn.rsplit('/');
        parts.nth(1).filter(|name| !name.is_empty()).unwrap_or(&self.arn)
    }
}

/// Where a load balancer forwards to: `DescribeTargetHealth`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Target {
    /// The target group's name.
    pub group: String,
    /// An instance, an address or a load balancer.
    pub id: String,
    /// Where it listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub port: Option<i32>,
    /// `initial`, `healthy`, `unhealthy`, `unused`, `draining`, `unavailable`, …
    pub state: String,
    /// `Target.FailedHealthChecks`, …; empty when it is healthy.
    pub reason: String,
    /// The same in a sentence of AWS's.
    pub description: String,
}

impl Target {
    /// Whether it fails its health checks, or gets no traffic for another reason. `unavailable` says that it is not checked.
    #[must_use]
    pub fn is_unhealthy(&self) -> bool {
        !matches!(self.state.as_str(), "healthy" | "unavailable" | "initial" | "")
    }
}

/// Whether a certificate's or a domain's name covers a host: `*.` stands for one label (RFC 6125 6.4.3).
#[must_use]
pub fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(rest) => {
            host.split_once('.').is_some_and(|(label, after)| !label.is_empty() && after.eq_ignore_ascii_case(rest))
        }
        None => name.eq_ignore_ascii_case(host),
    }
}
