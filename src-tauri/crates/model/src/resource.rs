//! An API as a flat table of resources, which is what is compared, merged and planned.
//!
//! A row a kind, with what AWS's calls need to know of it. It may not know how a call is sent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a resource is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// The API itself.
    #[default]
    Api,
    /// A log group of one of its stages.
    LogGroup,
    /// A client certificate.
    ClientCertificate,
    /// A VPC link.
    VpcLink,
    /// A model.
    Model,
    /// An authorizer.
    Authorizer,
    /// An integration.
    Integration,
    /// An integration response; its parent is the integration.
    IntegrationResponse,
    /// A route.
    Route,
    /// A route response; its parent is the route.
    RouteResponse,
    /// A function's permission.
    Permission,
    /// A deployment.
    Deployment,
    /// A stage.
    Stage,
    /// An API key.
    ApiKey,
    /// A usage plan.
    UsagePlan,
    /// An API key in a usage plan; its parent is the plan.
    PlanKey,
}
