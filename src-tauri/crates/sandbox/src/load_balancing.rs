//! Elastic Load Balancing as far as somebody asks who is behind a VPC link: target groups and the health of their targets.
//! Query protocol, XML answers; shapes, codes and statuses: botocore's model of 2015-12-01. Texts are assumed.
//!
//! Load balancers are made by seeds only, and a target's health is what the seed says: nothing is checked.

use http::Response;
use serde::{Deserialize, Serialize};

use crate::answer::{Refusal, query_response, xml_text};
use crate::front::Form;
use crate::state::State;
use crate::{Body, World};

/// Of every answer, and the version that a request names.
const NAMESPACE: &str = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";
pub(crate) const VERSION: &str = "2015-12-01";

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    balancers: Vec<Balancer>,
}

/// A network load balancer with one target group.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Balancer {
    arn: String,
    group: Group,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Group {
    arn: String,
    name: String,
    port: u16,
    targets: Vec<Target>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Target {
    id: String,
    port: u16,
    /// Empty: it is healthy.
    reason: String,
    description: String,
}

/// Makes a network load balancer whose one target is an address that fails its health checks; its ARN.
pub(crate) fn make_unhealthy(world: &World, name: &str, address: &str, port: u16) -> String {
    let arn = |kind: &str| {
        let id = world.ids.hex::<8>();
        world.arn("elasticloadbalancing", &format!("{kind}/{id}"))
    };
    let balancer = Balancer {
        arn: arn(&format!("loadbalancer/net/{name}")),
        group: Group {
            arn: arn(&format!("targetgroup/{name}-targets")),
            name: format!("{name}-targets"),
            port,
            targets: vec![Target {
                id: address.to_owned(),
                port,
                reason: "Target.FailedHealthChecks".to_owned(),
                description: "Health checks failed".to_owned(),
            }],
        },
    };
    let made = balancer.arn.clone();
    world.state.lock().load_balancing.balancers.push(balancer);
    made
}

/// Whether this load balancer is known here and none of its targets is healthy.
pub(crate) fn has_nobody(state: &State, arn: &str) -> bool {
    let balancer = state.load_balancing.balancers.iter().find(|balancer| balancer.arn == arn);
    balancer.is_some_and(|balancer| balancer.group.targets.iter().all(|target| !target.reason.is_empty()))
}

/// Answers one action.
pub(crate) fn answer(world: &World, form: &Form) -> Response<Body> {
    let state = world.state.lock();
    let kept = &state.load_balancing;
    let outcome = match form.get("Action") {
        "DescribeTargetGroups" => target_groups(kept, form),
        "DescribeTargetHealth" => target_health(kept, form),
        action => {
            let message = format!("Could not find operation {action} for version {}", form.get("Version"));
            Err(Refusal::new(400, "InvalidAction", message))
        }
    };
    match outcome {
        Ok(result) => query_response(form.get("Action"), NAMESPACE, &result),
        Err(refusal) => refusal.query(),
    }
}

fn target_groups(kept: &Kept, form: &Form) -> Result<String, Refusal> {
    let (balancer, arns, names) = (form.get("LoadBalancerArn"), form.members("TargetGroupArns"), form.members("Names"));
    if !balancer.is_empty() && !kept.balancers.iter().any(|b| b.arn == balancer) {
        let message = format!("Load balancers '[{balancer}]' not found");
        return Err(Refusal::new(400, "LoadBalancerNotFound", message));
    }
    let groups = || kept.balancers.iter().map(|b| &b.group);
    let missing = |wanted: &[&str], of: fn(&Group) -> &str| {
        wanted.iter().any(|wanted| !groups().any(|group| of(group) == *wanted))
    };
    if missing(&arns, |group| &group.arn) || missing(&names, |group| &group.name) {
        return Err(no_group());
    }
    let wanted = |b: &&Balancer| {
        (balancer.is_empty() || b.arn == balancer)
            && (arns.is_empty() || arns.contains(&b.group.arn.as_str()))
            && (names.is_empty() || names.contains(&b.group.name.as_str()))
    };
    let members: String = kept.balancers.iter().filter(wanted).map(shown).collect();
    Ok(format!("<TargetGroups>{members}</TargetGroups>"))
}

fn shown(balancer: &Balancer) -> String {
    let Balancer { arn, group } = balancer;
    format!(
        "<member><TargetGroupArn>{}</TargetGroupArn><TargetGroupName>{}</TargetGroupName><Protocol>TCP</Protocol>\
         <Port>{}</Port><HealthCheckProtocol>TCP</HealthCheckProtocol><HealthCheckPort>traffic-port</HealthCheckPort>\
         <HealthCheckEnabled>true</HealthCheckEnabled><TargetType>ip</TargetType>\
         <LoadBalancerArns><member>{}</member></LoadBalancerArns></member>",
        xml_text(&group.arn),
        xml_text(&group.name),
        group.port,
        xml_text(arn)
    )
}

fn target_health(kept: &Kept, form: &Form) -> Result<String, Refusal> {
    let arn = form.get("TargetGroupArn");
    if arn.is_empty() {
        let message = "1 validation error detected: Value null at 'targetGroupArn' failed to satisfy constraint: Member \
                       must not be null";
        return Err(Refusal::new(400, "ValidationError", message));
    }
    let group = kept.balancers.iter().map(|b| &b.group).find(|group| group.arn == arn).ok_or_else(no_group)?;
    let member = |target: &Target| {
        let health = match target.reason.as_str() {
            "" => "<State>healthy</State>".to_owned(),
            reason => format!(
                "<State>unhealthy</State><Reason>{}</Reason><Description>{}</Description>",
                xml_text(reason),
                xml_text(&target.description)
            ),
        };
        format!(
            "<member><Target><Id>{}</Id><Port>{port}</Port></Target><HealthCheckPort>{port}</HealthCheckPort>\
             <TargetHealth>{health}</TargetHealth></member>",
            xml_text(&target.id),
            port = target.port
        )
    };
    let members: String = group.targets.iter().map(member).collect();
    Ok(format!("<TargetHealthDescriptions>{members}</TargetHealthDescriptions>"))
}

fn no_group() -> Refusal {
    Refusal::new(400, "TargetGroupNotFound", "One or more target groups not found")
}
