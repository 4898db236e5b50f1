//! What a person wants of the wizard: which stage shall answer at which address.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What shall be there in the end: `wss://{host}/{key}` leads to a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Goal {
    /// Which API.
    pub api_id: String,
    /// Which stage.
    pub stage: String,
    /// The custom domain, `chat.example.com` or `*.example.com`; lower case, no dot at the end.
    pub domain_name: String,
    /// What is dialled below a wildcard, `chat.example.com`; empty: the domain itself.
    pub host: String,
    /// The mapping's key; empty: the root.
    pub key: String,
    /// Where the name's zone is.
    pub dns: DnsHost,
    /// IPv6 too.
    pub dual_stack: bool,
    /// Records at the name that lead elsewhere may be replaced: a person read which ones, and said so.
    pub replace_records: bool,
    /// Certificates that can't serve here (failed, of another region, imported for a wildcard), by ARN: a person read
    /// why, and wants a new one in their place.
    #[ts(as = "Option<Vec<String>>", optional)]
    pub in_place_of: Vec<String>,
    /// The DNS host lets an apex lead to a name (ALIAS, ANAME, CNAME flattening): a person said so.
    #[ts(as = "Option<bool>", optional)]
    pub has_alias: bool,
}

impl Goal {
    /// What is wanted, without what a person allowed on the way: by this a wizard is known.
    #[must_use]
    pub fn wanted(&self) -> Self {
        Self { replace_records: false, in_place_of: Vec::new(), has_alias: false, ..self.clone() }
    }

    /// What clients dial.
    #[must_use]
    pub fn dialled(&self) -> &str {
        if self.host.is_empty() { &self.domain_name } else { &self.host }
    }

    /// `wss://chat.example.com/chat`.
    #[must_use]
    pub fn url(&self) -> String {
        let key = if self.key.is_empty() { String::new() } else { format!("/{}", self.key) };
        format!("wss://{}{key}", self.dialled())
    }

    /// `https://chat.example.com/chat`, to which a backend adds `/@connections/{id}`.
    #[must_use]
    pub fn callback(&self) -> String {
        self.url().replacen("wss://", "https://", 1)
    }
}

/// Where the zone of a name is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DnsHost {
    /// In Route 53 of this account: records are written here.
    #[default]
    Route53,
    /// Elsewhere: records are shown for copying, and watched in public DNS.
    Manual,
}
