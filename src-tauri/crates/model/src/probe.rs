//! Questions to the world beyond the API that a person allows, and what came back: names, certificates, policies, targets.
//!
//! Values only: the `app` crate asks, [`crate::diagnose`] reads.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::surroundings::Permission;

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
    Tls {
        /// The name.
        host: String,
        /// `TLS 1.3`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        version: Option<String>,
        /// Names that its certificate covers.
        names: Vec<String>,
        /// Who signed it.
        issuer: String,
        /// Milliseconds since 1970.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        not_after: Option<i64>,
        /// The TLS stack's words when the handshake failed.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        error: Option<String>,
    },
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
    /// The load balancer behind a VPC link.
    Target {
        /// The link.
        vpc_link_id: String,
        /// Targets that answer their health checks.
        healthy: u32,
        /// The others.
        unhealthy: u32,
        /// The first reason given, or AWS's words when it could not be asked.
        reason: String,
    },
}
