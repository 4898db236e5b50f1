//! Who stands behind a VPC link: the link itself, its network load balancers, and how healthy their targets are.
//!
//! It only reads, and whatever cannot be read is an answer with its reason. Where to look next: `model::probe::Targets`.

use gatescope_model::probe::{LoadBalancer, Target, Targets};
use gatescope_model::surroundings::VpcLink;

use crate::gateway::ask;
use crate::{Access, Error, Kind, wire};

/// Target groups of a load balancer that are asked about: each is a call. A network load balancer has at most 50 listeners.
const GROUPS: usize = 50;

impl Access {
    /// Asks about a link and what is behind it: `GetVpcLink`, then `DescribeTargetGroups` and `DescribeTargetHealth`.
    pub async fn targets(&self, vpc_link_id: &str) -> Targets {
        let link = match self.vpc_link(vpc_link_id).await {
            Ok(link) => link,
            Err(e) => {
                let error = Some(words(&e));
                return Targets { vpc_link_id: vpc_link_id.to_owned(), error, ..Targets::default() };
            }
        };
        let mut load_balancers = Vec::new();
        for arn in &link.target_arns {
            let mut balancer = LoadBalancer { arn: arn.clone(), ..LoadBalancer::default() };
            balancer.error = self.fill(&mut balancer).await.err().map(|e| words(&e));
            load_balancers.push(balancer);
        }
        Targets { vpc_link_id: vpc_link_id.to_owned(), link: Some(link), load_balancers, error: None }
    }

    /// One VPC link of the V1 kind.
    async fn vpc_link(&self, id: &str) -> Result<VpcLink, Error> {
        let (_, answer) = ask!(self, "GetVpcLink", self.inner.gateway_v1.get_vpc_link().vpc_link_id(id));
        wire::noun(answer, "GetVpcLink")
    }

    /// What was read before something failed stays.
    async fn fill(&self, balancer: &mut LoadBalancer) -> Result<(), Error> {
        let mut groups = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let request = self.inner.load_balancers.describe_target_groups().load_balancer_arn(&balancer.arn);
            let page = request.set_marker(marker).send().await.map_err(|e| self.failed(e))?;
            groups.extend(page.target_groups.unwrap_or_default());
            marker = page.next_marker.filter(|m| !m.is_empty());
            if marker.is_none() || groups.len() > GROUPS {
                break;
            }
        }
        if groups.len() > GROUPS {
            return Err(Error::new(Kind::Failed, format!("it has more than {GROUPS} target groups")));
        }
        for group in groups {
            let Some(arn) = group.target_group_arn else {
                return Err(Error::new(Kind::Failed, "AWS named a target group without an ARN"));
            };
            let request = self.inner.load_balancers.describe_target_health().target_group_arn(arn);
            let said = request.send().await.map_err(|e| self.failed(e))?;
            let name = group.target_group_name.unwrap_or_default();
            balancer.targets.extend(said.target_health_descriptions.unwrap_or_default().into_iter().map(|said| {
                let (target, health) = (said.target, said.target_health);
                let reason = health.as_ref().and_then(|h| h.reason.as_ref()).map(|r| r.as_str().to_owned());
                Target {
                    group: name.clone(),
                    port: target.as_ref().and_then(|t| t.port),
                    id: target.and_then(|t| t.id).unwrap_or_default(),
                    state: health
                        .as_ref()
                        .and_then(|h| h.state.as_ref())
                        .map(|s| s.as_str().to_owned())
                        .unwrap_or_default(),
                    reason: reason.unwrap_or_default(),
                    description: health.and_then(|h| h.description).unwrap_or_default(),
                }
            }));
        }
        Ok(())
    }
}

/// AWS's code and words.
fn words(error: &Error) -> String {
    match &error.code {
        Some(code) => format!("{code}: {}", error.message),
        None => error.message.clone(),
    }
}
