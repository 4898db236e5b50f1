//! What a probe told, in a sentence each: shown beside a verdict, whatever the verdict made of it.
//!
//! Names and words of others stay as they are; whoever shows them makes them visible. It may not know a cause.

use time::OffsetDateTime;

use super::{Certificate, LoadBalancer, Probe, Target, Targets, Tls};

/// Names that are told; the rest is counted.
const TOLD: usize = 8;

impl Probe {
    /// What was asked and what came back.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Dns { host, error: Some(error), .. } => format!("DNS: {host}: {error}"),
            Self::Dns { host, addresses, .. } => format!("DNS: {host} leads to {}", listed(addresses)),
            Self::Tls(tls) => tls.words(),
            Self::Policy { function_arn, error: Some(error), .. } => {
                not_asked(&format!("lambda:GetPolicy of {}", last(function_arn)), error)
            }
            Self::Policy { function_arn, statements, .. } => match statements.len() {
                0 => format!("lambda:GetPolicy: no statement of {} is for API Gateway", last(function_arn)),
                1 => format!("lambda:GetPolicy: 1 statement of {} is for API Gateway", last(function_arn)),
                n => format!("lambda:GetPolicy: {n} statements of {} are for API Gateway", last(function_arn)),
            },
            Self::Simulated { principal, action, error: Some(error), .. } => {
                not_asked(&format!("IAM about {action} by {}", last(principal)), error)
            }
            Self::Simulated { principal, action, resource, decision, .. } => {
                format!("IAM: {action} on {resource} by {}: {decision}", last(principal))
            }
            Self::Targets(targets) => targets.words(),
            Self::Unasked { what, error } => not_asked(what, error),
        }
    }
}

impl Tls {
    fn words(&self) -> String {
        let at = self.connect_to.as_ref().map(|to| format!(" at {to}")).unwrap_or_default();
        let error = self.error.as_deref().unwrap_or_default();
        let Some(version) = &self.version else {
            return match self.trouble {
                Some(_) => format!("TLS: {}{at}: {error}", self.host),
                None => not_asked(&format!("TLS of {}{at}", self.host), error),
            };
        };
        let cipher = self.cipher.as_ref().map(|cipher| format!(" with {cipher}")).unwrap_or_default();
        let own = self.chain.first().map(Certificate::words).unwrap_or_else(|| "no certificate".to_owned());
        let trust = match (self.trusted, self.covers_its_name()) {
            (true, true) => "trusted here".to_owned(),
            (true, false) => format!("trusted here, but not for {}", self.host),
            (false, _) => format!("not trusted here: {error}"),
        };
        format!("TLS: {}{at} speaks {version}{cipher} and shows {own}; {trust}", self.host)
    }
}

impl Certificate {
    /// Whose it is, who says so, and until when.
    #[must_use]
    pub fn words(&self) -> String {
        let names = match self.names.as_slice() {
            [] => "a certificate without names".to_owned(),
            names => format!("a certificate for {}", listed(names)),
        };
        let issuer = if self.issuer.is_empty() { String::new() } else { format!(", signed by {}", self.issuer) };
        let until = self.not_after.map(|end| format!(", valid until {}", day(end))).unwrap_or_default();
        format!("{names}{issuer}{until}")
    }
}

impl Targets {
    fn words(&self) -> String {
        let id = &self.vpc_link_id;
        if let Some(error) = &self.error {
            return not_asked(&format!("the VPC link {id}"), error);
        }
        let mut said: Vec<String> = Vec::new();
        if let Some(link) = &self.link {
            let why = link.status_message.as_deref().filter(|why| !why.is_empty() && link.status != "AVAILABLE");
            said.push(format!("{id} is {}{}", link.status, why.map(|why| format!(": {why}")).unwrap_or_default()));
        }
        said.extend(self.load_balancers.iter().map(LoadBalancer::words));
        format!("VPC link: {}", said.join("; "))
    }
}

impl LoadBalancer {
    /// `1 of 2 targets of my-nlb is unhealthy: Target.FailedHealthChecks`.
    #[must_use]
    pub fn words(&self) -> String {
        let (name, all) = (self.name(), self.targets.len());
        if let Some(error) = &self.error {
            return not_asked(&format!("the targets of {name}"), error);
        }
        let of = format!("{all} {} of {name}", if all == 1 { "target" } else { "targets" });
        let unhealthy: Vec<&Target> = self.targets.iter().filter(|target| target.is_unhealthy()).collect();
        let unsure: Vec<&Target> =
            self.targets.iter().filter(|target| !target.is_unhealthy() && target.state != "healthy").collect();
        match (all, unhealthy.as_slice(), unsure.as_slice()) {
            (0, ..) => format!("{name} has no target"),
            (1, [], []) => format!("the target of {name} is healthy"),
            (_, [], []) => format!("all {of} are healthy"),
            (_, [], unsure) => {
                format!("{} of {of} {}: {}", unsure.len(), be(unsure.len(), "not known to be healthy"), reasons(unsure))
            }
            (_, unhealthy, _) => {
                format!("{} of {of} {}: {}", unhealthy.len(), be(unhealthy.len(), "unhealthy"), reasons(unhealthy))
            }
        }
    }
}

fn be(count: usize, what: &str) -> String {
    format!("{} {what}", if count == 1 { "is" } else { "are" })
}

/// Each reason once; the state where AWS gives none.
fn reasons(targets: &[&Target]) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for target in targets {
        let reason = if target.reason.is_empty() { &target.state } else { &target.reason };
        if !reasons.contains(reason) {
            reasons.push(reason.clone());
        }
    }
    listed(&reasons)
}

fn not_asked(what: &str, error: &str) -> String {
    format!("could not ask {what}: {error}")
}

/// What stands last in an ARN.
fn last(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().filter(|name| !name.is_empty()).unwrap_or(arn)
}

fn listed(names: &[String]) -> String {
    let told = names.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// `2026-11-21`, in UTC.
#[must_use]
pub fn day(at: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).ok();
    time.map_or_else(|| at.to_string(), |t| format!("{:04}-{:02}-{:02}", t.year(), u8::from(t.month()), t.day()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balancer(states: &[(&str, &str)]) -> LoadBalancer {
        let target = |(state, reason): &(&str, &str)| Target {
            state: (*state).to_owned(),
            reason: (*reason).to_owned(),
            ..Target::default()
        };
        LoadBalancer {
            arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my-nlb/50dc".to_owned(),
            targets: states.iter().map(target).collect(),
            error: None,
        }
    }

    #[test]
    fn a_load_balancer_is_told_by_how_many_of_its_targets_are_ill_and_why() {
        let failed = ("unhealthy", "Target.FailedHealthChecks");
        let table = [
            (balancer(&[failed]), "1 of 1 target of my-nlb is unhealthy: Target.FailedHealthChecks"),
            (balancer(&[failed, ("healthy", "")]), "1 of 2 targets of my-nlb is unhealthy: Target.FailedHealthChecks"),
            (
                balancer(&[failed, ("unused", "Target.NotInUse"), ("healthy", "")]),
                "2 of 3 targets of my-nlb are unhealthy: Target.FailedHealthChecks, Target.NotInUse",
            ),
            (balancer(&[("draining", "")]), "1 of 1 target of my-nlb is unhealthy: draining"),
            (
                balancer(&[("initial", "Elb.InitialHealthChecking")]),
                "1 of 1 target of my-nlb is not known to be healthy: Elb.InitialHealthChecking",
            ),
            (balancer(&[("healthy", ""), ("healthy", "")]), "all 2 targets of my-nlb are healthy"),
            (balancer(&[]), "my-nlb has no target"),
        ];
        for (balancer, words) in table {
            assert_eq!(balancer.words(), words);
        }
    }

    #[test]
    fn a_day_is_told_also_before_1970_and_beyond_the_calendar() {
        assert_eq!(day(1_795_305_600_000), "2026-11-22");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn what_could_not_be_asked_says_so() {
        let denied = Probe::Unasked { what: "the configuration".to_owned(), error: "AccessDenied".to_owned() };
        assert_eq!(denied.words(), "could not ask the configuration: AccessDenied");
        let silent =
            Tls { host: "a.test".to_owned(), error: Some("no answer within 10s".to_owned()), ..Tls::default() };
        assert_eq!(Probe::Tls(silent).words(), "could not ask TLS of a.test: no answer within 10s");
    }
}
