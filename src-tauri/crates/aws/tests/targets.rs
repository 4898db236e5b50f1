//! Who is behind a VPC link: what AWS tells, and that whatever it does not tell is an answer with its reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bytes::Bytes;
use gatescope_aws::in_process::{Body, InProcess};
use gatescope_aws::{Access, Guards};
use gatescope_model::probe::Targets;
use http_body_util::{BodyExt, Full};

const NLB: &str = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my-nlb/50dc6c495c0c9188";
const LINK: &str = r#"{"id":"abc123","name":"link","targetArns":["arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my-nlb/50dc6c495c0c9188"],"status":"AVAILABLE"}"#;

/// Status and body of an answer.
type Said = (u16, &'static str);

const DENIED: Said = (
    403,
    "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: x is not authorized to perform: elasticloadbalancing:DescribeTargetHealth</Message></Error><RequestId>r</RequestId></ErrorResponse>",
);
const THROTTLED: Said = (
    400,
    "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>r</RequestId></ErrorResponse>",
);
const GROUPS: Said = (
    200,
    "<DescribeTargetGroupsResponse><DescribeTargetGroupsResult><TargetGroups><member><TargetGroupArn>arn:g</TargetGroupArn><TargetGroupName>web</TargetGroupName><Port>80</Port></member></TargetGroups></DescribeTargetGroupsResult></DescribeTargetGroupsResponse>",
);
const HEALTH: Said = (
    200,
    "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions><member><Target><Id>10.0.0.1</Id><Port>80</Port></Target><TargetHealth><State>unhealthy</State><Reason>Target.Timeout</Reason><Description>Request timed out</Description></TargetHealth></member><member><Target><Id>10.0.0.2</Id></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>",
);

/// What is learnt of an AWS that says this of the link, its target groups and their health.
async fn asked(link: Said, groups: Said, health: Said) -> Targets {
    let aws = InProcess::new(move |request| {
        let form = String::from_utf8_lossy(request.body()).into_owned();
        let (status, body) = match () {
            () if form.contains("Action=DescribeTargetGroups") => groups,
            () if form.contains("Action=DescribeTargetHealth") => health,
            () => link,
        };
        Box::pin(async move {
            let body: Body = Full::new(Bytes::from_static(body.as_bytes())).map_err(|never| match never {}).boxed();
            http::Response::builder().status(status).body(body).unwrap()
        })
    });
    Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), Guards::default()).targets("abc123").await
}

#[tokio::test]
async fn a_links_load_balancer_tells_how_its_targets_are() {
    let targets = asked((200, LINK), GROUPS, HEALTH).await;
    assert_eq!(targets.link.as_ref().map(|link| link.status.as_str()), Some("AVAILABLE"));
    let [balancer] = targets.load_balancers.as_slice() else { panic!("{targets:#?}") };
    assert_eq!((balancer.arn.as_str(), balancer.name(), &balancer.error), (NLB, "my-nlb", &None));
    let ill = &balancer.targets[0];
    assert_eq!((ill.group.as_str(), ill.id.as_str(), ill.port), ("web", "10.0.0.1", Some(80)));
    assert_eq!((ill.state.as_str(), ill.reason.as_str()), ("unhealthy", "Target.Timeout"));
    assert_eq!(balancer.words(), "1 of 2 targets of my-nlb is unhealthy: Target.Timeout");
    assert!(!targets.none_is_healthy());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_asked_is_an_answer_with_its_reason_and_what_was_learnt_stays() {
    let page = (200, "<html>proxy says hello</html>");
    let nobody = (404, r#"{"message":"Invalid Vpc Link identifier specified"}"#);
    let table = [
        ((403, r#"{"__type":"AccessDeniedException","message":"no"}"#), GROUPS, HEALTH, "no"),
        (nobody, GROUPS, HEALTH, "Invalid Vpc Link identifier specified"),
        ((200, "nonsense"), GROUPS, HEALTH, "HTTP 200"),
        ((200, "{}"), GROUPS, HEALTH, ""),
        ((200, LINK), DENIED, HEALTH, "AccessDenied: User: x is not authorized"),
        ((200, LINK), THROTTLED, HEALTH, "Throttling: Rate exceeded"),
        ((200, LINK), page, HEALTH, "DescribeTargetGroups"),
        ((200, LINK), (200, ""), HEALTH, ""),
        ((200, LINK), GROUPS, DENIED, "AccessDenied: User: x is not authorized"),
        ((200, LINK), GROUPS, THROTTLED, "Throttling: Rate exceeded"),
        ((200, LINK), GROUPS, (500, "\u{0}\u{1}"), "HTTP 500"),
        ((200, LINK), GROUPS, (200, "<DescribeTargetHealthResponse><Descr"), ""),
    ];
    for (link, groups, health, words) in table {
        let targets = asked(link, groups, health).await;
        let errors = targets.error.iter().chain(targets.load_balancers.iter().filter_map(|b| b.error.as_ref()));
        let errors: Vec<&String> = errors.collect();
        assert!(words.is_empty() || errors.iter().any(|error| error.contains(words)), "{words}: {targets:#?}");
        assert!(!targets.none_is_healthy(), "nothing is concluded from it: {targets:#?}");
        let said = gatescope_model::probe::Probe::Targets(targets).words();
        assert!(words.is_empty() || said.contains("could not ask"), "{said}");
    }
}
