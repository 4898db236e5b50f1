//! An API as the rules see it: what they can ask, what can be missing, and how they answer.

use super::{Asked, Severity, Waiting};
use crate::api::{Integration, Route, Snapshot, Stage};
use crate::diagnose::{RouteProblem, route_problems, route_problems_at};
use crate::domain::list::Proven;
use crate::surroundings::Surroundings;
use crate::verdict::{Action, Evidence, Place};

/// A rule.
pub(super) struct Rule {
    /// Its public id.
    pub id: &'static str,
    /// What a flaw of it breaks, unless the flaw says otherwise.
    pub severity: Severity,
    /// What it asks, said as what is right.
    pub asks: &'static str,
    /// What a flaw breaks, unless the flaw says otherwise.
    pub reason: &'static str,
    /// What to do, unless the flaw says otherwise.
    pub fix: &'static str,
    /// AWS's page, or the recorded case.
    pub source: &'static str,
    /// What must have been read.
    pub needs: &'static [Need],
    pub find: fn(&Look) -> Vec<Found>,
}

/// Something that may not have been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Routes,
    RouteResponses,
    Integrations,
    IntegrationResponses,
    Models,
    Authorizers,
    Stages,
    Deployments,
    ApiKeys,
    UsagePlans,
    VpcLinks,
    ClientCertificates,
    LogGroups,
    Permissions,
    Domains,
    Certificates,
    Waiting,
    LogRole,
    Today,
}

/// What a rule found wrong, once.
#[derive(Default)]
pub(super) struct Found {
    pub severity: Option<Severity>,
    pub title: String,
    pub reason: Option<String>,
    pub fix: Option<String>,
    pub evidence: Vec<Evidence>,
    pub action: Option<Action>,
}

impl Found {
    pub fn new(title: impl Into<String>, evidence: Evidence) -> Self {
        Self { title: title.into(), evidence: vec![evidence], ..Self::default() }
    }

    pub fn severe(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    pub fn mend(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    pub fn act(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }
}

/// The API, prepared.
pub(super) struct Look<'a> {
    pub snapshot: &'a Snapshot,
    pub now_ms: i64,
    pub waiting: &'a [Waiting],
    /// Its routes: `$connect` first, then by key.
    pub routes: Vec<&'a Route>,
    /// The same, with the causes that `diagnose` sees in their configuration.
    pub problems: Vec<(&'a Route, Vec<RouteProblem>)>,
    /// The stages that are asked about.
    pub stages: Vec<&'a Stage>,
    asked: &'a Asked<'a>,
}

impl<'a> Look<'a> {
    pub fn new(asked: &'a Asked<'a>) -> Self {
        let snapshot = asked.snapshot;
        let mut routes: Vec<&Route> = snapshot.routes.iter().collect();
        routes.sort_by(|a, b| rank(&a.route_key).cmp(&rank(&b.route_key)));
        let mut stages: Vec<&Stage> =
            snapshot.stages.iter().filter(|s| asked.stage.is_none_or(|only| s.stage_name == only)).collect();
        stages.sort_by(|a, b| a.stage_name.cmp(&b.stage_name));
        let causes = |route: &Route| match asked.stage {
            Some(stage) => route_problems_at(snapshot, &route.route_key, stage),
            None => route_problems(snapshot, &route.route_key),
        };
        let problems = routes.iter().map(|route| (*route, causes(route))).collect();
        let (now_ms, waiting) = (asked.now_ms.unwrap_or_default(), asked.waiting.unwrap_or_default());
        Self { snapshot, now_ms, waiting, routes, problems, stages, asked }
    }

    /// What is missing for a rule that needs this, in words.
    pub fn lacks(&self, need: Need) -> Option<String> {
        let list = match need {
            Need::Routes => "routes",
            Need::RouteResponses => "routeResponses",
            Need::Integrations => "integrations",
            Need::IntegrationResponses => "integrationResponses",
            Need::Models => "models",
            Need::Authorizers => "authorizers",
            Need::Stages => "stages",
            Need::Deployments => "deployments",
            Need::Waiting => {
                return self.asked.waiting.is_none().then(|| "what is deployed is not known here".to_owned());
            }
            Need::LogRole => {
                return self.asked.log_role.is_none().then(|| "the account's settings were not read".to_owned());
            }
            Need::Today => return self.asked.now_ms.is_none().then(|| "the date is not known".to_owned()),
            Need::Certificates if self.asked.certificates.is_none() => {
                let words = || "the certificates of the custom domains were not read".to_owned();
                return Some(self.lacks_around(need).unwrap_or_else(words));
            }
            around => return self.lacks_around(around),
        };
        self.snapshot.unread.get(list).cloned()
    }

    fn lacks_around(&self, need: Need) -> Option<String> {
        let list = match need {
            Need::ApiKeys => "apiKeys",
            Need::UsagePlans => "usagePlans",
            Need::VpcLinks => "vpcLinks",
            Need::ClientCertificates => "clientCertificates",
            Need::LogGroups => "logGroups",
            Need::Permissions => "permissions",
            Need::Certificates => "certificates",
            _ => "domains",
        };
        let Some(around) = &self.snapshot.surroundings else {
            return Some("what the account has around the API was not read".to_owned());
        };
        around.unread.get(list).cloned()
    }

    /// What is around the API. Rules that need a part of it have said so.
    pub fn around(&self) -> &'a Surroundings {
        static NONE: std::sync::LazyLock<Surroundings> = std::sync::LazyLock::new(Surroundings::default);
        self.snapshot.surroundings.as_ref().unwrap_or(&NONE)
    }

    /// The certificate with this ARN, where it is in this region.
    pub fn certificate(&self, arn: &str) -> Option<&'a Proven> {
        self.asked.certificates.unwrap_or_default().iter().find(|proven| proven.certificate.arn == arn)
    }

    pub fn has_log_role(&self) -> bool {
        self.asked.log_role.unwrap_or_default()
    }

    pub fn integration_of(&self, route: &Route) -> Option<&'a Integration> {
        let id = route.integration_id()?;
        self.snapshot.integrations.iter().find(|i| i.integration_id == id)
    }

    /// Each route that has an integration, with it.
    pub fn ways(&self) -> impl Iterator<Item = (&'a Route, &'a Integration)> + '_ {
        self.routes.iter().filter_map(|route| Some((*route, self.integration_of(route)?)))
    }

    /// Each integration that a route uses, once, with the first such route.
    pub fn integrations(&self) -> Vec<(&'a Route, &'a Integration)> {
        let mut seen = std::collections::HashSet::new();
        self.ways().filter(|(_, integration)| seen.insert(integration.integration_id.as_str())).collect()
    }

    /// The account's number, as far as an ARN tells it.
    pub fn account(&self) -> Option<&'a str> {
        let uris = self.snapshot.integrations.iter().filter_map(|i| i.integration_uri.as_deref());
        let more = self.snapshot.authorizers.iter().filter_map(|a| a.authorizer_uri.as_deref());
        uris.chain(more).find_map(|uri| uri.split_once(":lambda:")?.1.split_once(":lambda:")?.1.split(':').nth(1))
    }

    /// The region of the API, from its endpoint.
    pub fn region(&self) -> Option<&'a str> {
        let (_, rest) = self.snapshot.api.api_endpoint.split_once(".execute-api.")?;
        rest.split(['.', '/', ':']).next().filter(|region| !region.is_empty())
    }
}

/// `$connect` first, as on the screens.
fn rank(key: &str) -> (usize, &str) {
    (["$connect", "$disconnect", "$default"].iter().position(|k| *k == key).unwrap_or(3), key)
}

/// What fails when this route does.
pub(super) fn breaks(route_key: &str) -> Severity {
    if route_key == "$connect" { Severity::Connect } else { Severity::Messages }
}

/// Whether messages come on a route.
pub(super) fn carries_messages(route: &Route) -> bool {
    !matches!(route.route_key.as_str(), "$connect" | "$disconnect")
}

/// A setting of a route.
pub(super) fn on_route(route_key: &str, station: &str, text: impl Into<String>) -> Evidence {
    let path = format!("Routes › {route_key} › {station}");
    Evidence { place: Place::Config { path, route_key: Some(route_key.to_owned()) }, text: text.into() }
}

/// A setting elsewhere: `Stages › prod › Logs`.
pub(super) fn on(path: &[&str], text: impl Into<String>) -> Evidence {
    Evidence { place: Place::Config { path: path.join(" › "), route_key: None }, text: text.into() }
}

/// A page of the developer guide.
macro_rules! guide {
    ($page:literal) => {
        concat!("https://docs.aws.amazon.com/apigateway/latest/developerguide/", $page, ".html")
    };
}
pub(super) use guide;
