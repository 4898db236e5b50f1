//! Each link broken by itself, in the sandbox, with true TLS.
#![allow(clippy::unwrap_used)]

use gatescope_sandbox::{DnsRecord as Line, DnsSaid, Options, Plant, Seed};
use serde_json::json;

use super::*;
use crate::domains::world::tests::{API, Bench, NAME};

/// State by link, and the cause of the one that broke.
fn told(checks: &[Check]) -> (String, Option<&str>) {
    let sign = |check: &Check| match check.state {
        CheckState::Holds => 'y',
        CheckState::Failed => 'n',
        CheckState::NotTried => '-',
    };
    let broke = checks.iter().find(|check| check.state == CheckState::Failed);
    (checks.iter().map(sign).collect(), broke.and_then(|check| check.cause.as_deref()))
}

async fn bench() -> Bench {
    let bench = Bench::with(Options { seed: Seed::Chat, ..Options::default() });
    // The tutorial's $connect answers 500: here it lets in.
    bench.repair().await;
    bench
}

impl Bench {
    async fn repair(&self) {
        let access = self.access().await;
        let snapshot = access.snapshot(API).await.unwrap();
        let integration = snapshot.integration_of("$connect").unwrap().integration_id.clone();
        let mock = json!({ "apiId": API, "integrationId": integration, "templateSelectionExpression": "\\$default",
            "requestTemplates": { "$default": "{\"statusCode\": 200}" } });
        self.make("apigatewayv2", "UpdateIntegration", mock).await;
        let response = json!({ "apiId": API, "integrationId": integration, "integrationResponseKey": "$default" });
        self.make("apigatewayv2", "CreateIntegrationResponse", response).await;
        self.deploy().await;
    }

    async fn deploy(&self) {
        self.make("apigatewayv2", "CreateDeployment", json!({ "apiId": API, "stageName": "prod" })).await;
    }

    async fn tried(&self, message: Option<&str>) -> Verification {
        let world = self.world().await;
        verify(&*self.app.network(&self.scope), &self.goal, &world, Wish { message, ..Wish::default() }).await
    }
}

#[tokio::test]
async fn before_dns_knows_the_name_the_target_answers_and_then_the_name_does() {
    let bench = bench().await;
    bench.domain().await;
    let tried = bench.tried(None).await;
    assert_eq!(told(&tried.direct), ("yyyyy".into(), None), "{:#?}", tried.direct);
    assert_eq!(told(&tried.public), ("n----".into(), Some("dns-not-found")));
    assert!(!tried.holds());
    bench.alias(NAME).await;
    let tried = bench.tried(Some(r#"{"action": "sendmessage", "message": "hi"}"#)).await;
    assert_eq!(told(&tried.public), ("yyyyy".into(), None), "{:#?}", tried.public);
    assert!(tried.holds());
    assert_eq!(tried.public[4].says, r#"Answered: {"message":"hi"}"#);
    assert!(
        tried.public[1].says.contains("TLS 1.3 with a certificate for chat.example.com"),
        "{}",
        tried.public[1].says
    );
}

#[tokio::test]
async fn a_record_that_leads_to_the_generated_host_is_wrong_before_tls_is_asked() {
    let bench = bench().await;
    bench.domain().await;
    bench.record("CNAME", NAME, &format!("{API}.execute-api.us-east-1.amazonaws.com")).await;
    let tried = bench.tried(None).await;
    assert_eq!(told(&tried.public), ("n----".into(), Some("dns-wrong-target")));
    assert!(tried.public[0].says.contains("d-"), "it says where to: {}", tried.public[0].says);
}

#[tokio::test]
async fn a_certificate_for_another_name_breaks_tls() {
    let mut bench = bench().await;
    bench.domain().await;
    bench.alias("other.example.com").await;
    bench.goal.host = "other.example.com".into();
    let tried = bench.tried(None).await;
    assert_eq!(told(&tried.public), ("yn---".into(), Some("tls-name-mismatch")), "{:#?}", tried.public);
}

#[tokio::test]
async fn a_key_that_is_not_mapped_and_a_stages_name_in_its_place_are_two_causes() {
    let mut bench = bench().await;
    bench.domain().await;
    bench.alias(NAME).await;
    for (key, cause) in [("other", "mapping-missing"), ("prod", "stage-in-domain-path")] {
        bench.goal.key = key.into();
        let tried = bench.tried(None).await;
        assert_eq!(told(&tried.public), ("yyn--".into(), Some(cause)), "{:#?}", tried.public);
    }
}

#[tokio::test]
async fn an_upgrade_that_connect_refuses_breaks_at_the_upgrade() {
    let bench = Bench::new();
    bench.domain().await;
    bench.alias(NAME).await;
    let tried = bench.tried(None).await;
    assert_eq!(told(&tried.public).0, "yyyn-", "{:#?}", tried.public);
    assert!(tried.public[3].says.contains("500"), "{}", tried.public[3].says);
}

#[tokio::test]
async fn a_connect_that_asks_for_credentials_shows_that_the_address_leads_there_and_closes_no_endpoint() {
    let bench = bench().await;
    bench.domain().await;
    bench.alias(NAME).await;
    let route = bench.access().await.snapshot(API).await.unwrap().route("$connect").unwrap().route_id.clone();
    for (asks, words) in
        [(json!({ "apiKeyRequired": true }), "403 (Forbidden)"), (json!({ "authorizationType": "AWS_IAM" }), "403 (")]
    {
        let mut change = asks.as_object().unwrap().clone();
        change.insert("apiId".into(), json!(API));
        change.insert("routeId".into(), json!(route));
        bench.make("apigatewayv2", "UpdateRoute", change.into()).await;
        bench.deploy().await;
        let tried = bench.tried(None).await;
        for checks in [&tried.direct, &tried.public] {
            assert_eq!(told(checks).0, "yyyy-", "{checks:#?}");
            assert!(checks[3].says.contains(words) && checks[4].says.contains("$connect asks for"), "{checks:#?}");
        }
        assert!(tried.holds());
        let url = format!("wss://{API}.execute-api.us-east-1.amazonaws.com/prod");
        let open = generated_endpoint(&*bench.app.network(&bench.scope), &url).await;
        assert_eq!(open.state, CheckState::Failed, "it is reached: {}", open.says);
    }
}

#[tokio::test]
async fn a_mapping_that_the_endpoint_does_not_serve_yet_breaks_at_the_mapping() {
    let bench = bench().await;
    bench.domain().await;
    bench.alias(NAME).await;
    let before = bench.world().await;
    let id = before.domain.is().unwrap().as_ref().unwrap().mappings[0].id.clone();
    bench.make("apigatewayv2", "DeleteApiMapping", json!({ "domainName": NAME, "apiMappingId": id })).await;
    let tried = verify(&*bench.app.network(&bench.scope), &bench.goal, &before, Wish::default()).await;
    assert_eq!(told(&tried.public).0, "yyn--", "{:#?}", tried.public);
}

#[tokio::test]
async fn while_dns_is_silent_connect_is_run_once_and_not_with_every_look() {
    let bench = bench().await;
    bench.domain().await;
    let network = bench.app.network(&bench.scope);
    let world = bench.world().await;
    let first = Wish { direct_only: true, ..Wish::default() };
    let tried = verify(&*network, &bench.goal, &world, first).await;
    assert_eq!((told(&tried.direct).0.as_str(), tried.public.len()), ("yyyyy", 0));
    let known = Wish { direct: Some(tried.direct.clone()), ..Wish::default() };
    let again = verify(&*network, &bench.goal, &world, known).await;
    assert_eq!(again.direct, tried.direct, "as it was, times and all");
    assert_eq!(told(&again.public).0, "n----");
}

#[tokio::test]
async fn dns_that_is_silent_proves_nothing_and_dns_that_lies_is_caught_by_what_answers() {
    let bench = bench().await;
    bench.domain().await;
    bench.alias(NAME).await;
    let plant = |says| bench.sandbox.plant(Plant::Dns { name: NAME.into(), kind: None, says: vec![says] });
    plant(DnsSaid::TimedOut);
    let tried = bench.tried(None).await;
    assert_eq!(told(&tried.public), ("n----".into(), None));
    assert!(tried.public[0].says.contains("tells nothing of the record"), "{}", tried.public[0].says);
    assert_eq!(told(&tried.direct).0, "yyyyy", "the target is asked by its own name");
    plant(DnsSaid::Records(vec![Line { name: NAME.into(), kind: "A".into(), ttl: 1, value: "203.0.113.9".into() }]));
    let tried = bench.tried(None).await;
    assert_eq!(told(&tried.public).0, "yn---", "{:#?}", tried.public);
}

#[tokio::test]
async fn the_generated_endpoint_is_proven_closed_only_when_it_is() {
    let bench = bench().await;
    let url = format!("wss://{API}.execute-api.us-east-1.amazonaws.com/prod");
    let network = bench.app.network(&bench.scope);
    assert_eq!(generated_endpoint(&*network, &url).await.state, CheckState::Failed);
    bench.make("apigatewayv2", "UpdateApi", json!({ "apiId": API, "disableExecuteApiEndpoint": true })).await;
    assert_eq!(generated_endpoint(&*network, &url).await.state, CheckState::Failed, "not before it is deployed");
    bench.deploy().await;
    let check = generated_endpoint(&*network, &url).await;
    assert_eq!(check.state, CheckState::Holds, "{}", check.says);
}
