//! Keys, plans, links, certificates, log groups.

use gatescope_model::resource::Kind;
use serde_json::json;

use super::{BALANCER, holds, problems};

#[test]
fn rules_of_what_is_around_an_api() {
    use Kind::{ApiKey, ClientCertificate, LogGroup, PlanKey, UsagePlan, VpcLink};
    let plan = |name: &str| format!("/surroundings/usagePlans/0/{name}");
    let key = json!({"id": "k2", "name": "two", "enabled": true});
    let other = |stage: &str| json!({"id": "p2", "name": "silver", "apiStages": [{"apiId": "3fmvso4h96", "stage": stage}], "keys": [{"id": "k1"}]});
    let (limit, offset, period) = (plan("quota/limit"), plan("quota/offset"), plan("quota/period"));
    let (rate, burst, name, stages, keys) =
        (plan("throttle/rateLimit"), plan("throttle/burstLimit"), plan("name"), plan("apiStages"), plan("keys"));
    holds(vec![
        ("/surroundings/apiKeys/0/name", json!("x".repeat(1025)), ApiKey, "name", "at most 1024", true, json!("x")),
        (&name, json!(""), UsagePlan, "name", "needs a name", true, json!("x")),
        (&rate, json!(-1.0), UsagePlan, "throttle/rateLimit", "from 0 on", true, json!(5.0)),
        (&rate, json!(0.0), UsagePlan, "throttle/rateLimit", "refuses every", false, json!(5.0)),
        (&burst, json!(-1), UsagePlan, "throttle/burstLimit", "from 0 on", true, json!(5)),
        (&burst, json!(0), UsagePlan, "throttle/burstLimit", "refuses every", false, json!(5)),
        (&limit, json!(-1), UsagePlan, "quota/limit", "from 0 on", true, json!(1)),
        (&limit, json!(0), UsagePlan, "quota/limit", "refuses every", false, json!(1)),
        (&offset, json!(501), UsagePlan, "quota/offset", "between 0 and", true, json!(500)),
        (&period, json!("YEAR"), UsagePlan, "quota/period", "none of", true, json!("DAY")),
        (&period, json!(""), UsagePlan, "quota/period", "needs a period", true, json!("WEEK")),
        (
            &stages,
            json!([{"apiId": "3fmvso4h96", "stage": "gone"}]),
            UsagePlan,
            "apiStages/3fmvso4h96:gone",
            "API Stage not found",
            true,
            json!([{"apiId": "other", "stage": "gone"}]),
        ),
        (&keys, json!([{"id": "gone"}]), PlanKey, "id", "Invalid API Key", true, json!([{"id": "k1"}])),
        ("/surroundings/usagePlans/1", other("prod"), PlanKey, "id", "covers the same stage", true, other("gone")),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!([BALANCER, BALANCER]),
            VpcLink,
            "targetArns",
            "exactly one",
            true,
            json!([BALANCER]),
        ),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!([]),
            VpcLink,
            "targetArns",
            "exactly one",
            true,
            json!([BALANCER]),
        ),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!([BALANCER.replace("/net/", "/app/")]),
            VpcLink,
            "targetArns",
            "application load balancer",
            true,
            json!([BALANCER]),
        ),
        (
            "/surroundings/vpcLinks/0/targetArns",
            json!(["arn:aws:s3:::x"]),
            VpcLink,
            "targetArns",
            "Invalid ARN",
            true,
            json!([BALANCER]),
        ),
        ("/surroundings/vpcLinks/0/name", json!(""), VpcLink, "name", "needs a name", true, json!("x")),
        (
            "/surroundings/clientCertificates/0/description",
            json!("x".repeat(1025)),
            ClientCertificate,
            "description",
            "at most 1024",
            true,
            json!("x"),
        ),
        (
            "/surroundings/logGroups/0/retentionInDays",
            json!(2),
            LogGroup,
            "retentionInDays",
            "one of 1, 3, 5",
            true,
            json!(3653),
        ),
        (
            "/surroundings/logGroups/0/retentionInDays",
            json!(2),
            LogGroup,
            "retentionInDays",
            "one of 1, 3, 5",
            true,
            json!(null),
        ),
    ]);
    assert!(
        problems(&[("/surroundings/apiKeys/1", key.clone())])
            .iter()
            .any(|p| p.text.contains("opens nothing") && !p.refused)
    );
    let attached = [("/surroundings/apiKeys/1", key), (keys.as_str(), json!([{"id": "k1"}, {"id": "k2"}]))];
    assert_eq!(problems(&attached), []);
}

#[test]
fn rules_of_mappings_of_custom_domains() {
    let domains = |mapping: serde_json::Value| {
        let there = json!({"apiMappingId": "m1", "apiMappingKey": "v1", "apiId": "other12345", "stage": "live"});
        json!([{ "domainName": "chat.example.com", "mappings": [there, mapping] }])
    };
    let mapped = |key: &str, stage: &str| {
        domains(json!({"apiMappingId": "m2", "apiMappingKey": key, "apiId": "3fmvso4h96", "stage": stage}))
    };
    let key = |bad: &str, words: &'static str| {
        (
            "/surroundings/domains",
            mapped(bad, "prod"),
            Kind::Mapping,
            "apiMappingKey",
            words,
            true,
            mapped("chat", "prod"),
        )
    };
    let good = mapped("chat", "prod");
    holds(vec![
        key(&"x".repeat(301), "at most 300"),
        key("chat/v1", "one level"),
        key("chät", "not 'ä'"),
        key("ping", "API Gateway's own"),
        key("v1", "leads somewhere already"),
        ("/surroundings/domains", mapped("chat", "gone"), Kind::Mapping, "stage", "no such stage", true, good),
    ]);
    assert_eq!(problems(&[("/surroundings/domains", mapped("", "prod"))]), [], "the empty key is the root");
}
