//! What stands in the way of a custom domain: planted, told in AWS's words, and weeded out again.

use gatescope_sandbox::{DnsRecord, DnsSaid, Options, Plant, Sandbox};
use http::Method;
use serde_json::{Value, json};

use super::client::{CHAT, Client};
use super::route53::{changed, zone};

const DOMAIN: &str = "api-ws.example.com";

fn old(kind: &str, policy: &str) -> Plant {
    Plant::OldDomain { domain_name: DOMAIN.into(), endpoint_type: kind.into(), security_policy: policy.into() }
}

#[tokio::test]
async fn what_v2_does_not_manage_it_refuses_in_recorded_words_and_v1_shows() {
    let client = Client::chat();
    for (kind, policy, words) in [
        (
            "EDGE",
            "TLS_1_2",
            "Only REGIONAL domain names can be managed through the API Gateway V2 API. For EDGE domain",
        ),
        ("REGIONAL", "TLS_1_0", "Only REGIONAL domain names with a security policy of TLS 1.2 can be managed through"),
    ] {
        client.sandbox.plant(old(kind, policy));
        let path = format!("/v2/domainnames/{DOMAIN}");
        for (method, path) in
            [(Method::GET, path.clone()), (Method::GET, format!("{path}/apimappings")), (Method::DELETE, path)]
        {
            let refused = client.gateway(method, &path, Value::Null).await;
            assert_eq!(refused.status, 400);
            assert!(refused.json()["message"].as_str().unwrap().starts_with(words), "{}", refused.json());
        }
        let shown = client.gateway(Method::GET, &format!("/domainnames/{DOMAIN}"), Value::Null).await;
        assert_eq!(shown.status, 200);
        let shown = shown.json();
        assert_eq!(
            (&shown["endpointConfiguration"]["types"], &shown["securityPolicy"]),
            (&json!([kind]), &json!(policy))
        );
    }
    let none = client.gateway(Method::GET, "/domainnames/none.example.com", Value::Null).await;
    assert_eq!((none.status, none.json()["message"].as_str()), (404, Some("Invalid domain name identifier specified")));
}

#[tokio::test]
async fn an_api_of_another_kind_on_a_domain_keeps_websocket_apis_off_it() {
    let client = Client::chat();
    client.sandbox.plant(old("REGIONAL", "TLS_1_2"));
    client.sandbox.plant(Plant::Api { api_id: "web".into(), protocol: "HTTP".into() });
    let mapping = |key: &str| Plant::Mapping {
        domain_name: DOMAIN.into(),
        key: key.into(),
        api_id: "web".into(),
        stage: "$default".into(),
    };
    client.sandbox.plant(mapping("web"));
    let api = client.gateway(Method::GET, "/v2/apis/web", Value::Null).await.json();
    assert_eq!(api["protocolType"], "HTTP");
    let mapping = json!({ "apiId": CHAT, "stage": "prod", "apiMappingKey": "chat" });
    let refused = client.gateway(Method::POST, &format!("/v2/domainnames/{DOMAIN}/apimappings"), mapping).await;
    assert_eq!(refused.status, 400);
    let words = "Currently, WebSocket APIs can only be attached to a domain name with other WebSocket APIs.";
    assert!(refused.json()["message"].as_str().unwrap().contains(words), "{}", refused.json());
}

#[tokio::test]
async fn dns_says_what_is_planted_in_turn_and_the_truth_again_afterwards() {
    let client = Client::chat();
    let id = zone(&client, "example.com").await;
    changed(&client, &id, &[&format!("UPSERT A {DOMAIN} 300 10.0.0.1")]).await;
    let sandbox = &client.sandbox;
    let line = |value: &str| DnsRecord { name: format!("{DOMAIN}."), kind: "A".into(), ttl: 300, value: value.into() };
    let truth = sandbox.dns(DOMAIN, "A");
    assert!(matches!(&truth, DnsSaid::Records(records) if records[0].value == "10.0.0.1"), "{truth:?}");
    let says = vec![DnsSaid::NoName, DnsSaid::TimedOut, DnsSaid::Records(vec![line("10.6.6.6")])];
    sandbox.plant(Plant::Dns { name: DOMAIN.into(), kind: Some("A".into()), says: says.clone() });
    for turn in 0..6 {
        assert_eq!(sandbox.dns(DOMAIN, "A"), says[turn % 3]);
    }
    assert_eq!(sandbox.dns(DOMAIN, "AAAA"), DnsSaid::Records(Vec::new()), "of other types the zone tells");
    sandbox.weed();
    assert_eq!(sandbox.dns(DOMAIN, "A"), truth);
    assert_eq!(sandbox.dns("none.example.com", "A"), DnsSaid::NoName);
    assert_eq!(sandbox.dns("example.org", "A"), DnsSaid::NotHere);
}

#[tokio::test]
async fn a_zone_that_its_registrar_does_not_name_answers_nobody() {
    let client = Client::chat();
    let id = zone(&client, "example.com").await;
    changed(&client, &id, &[&format!("UPSERT A {DOMAIN} 300 10.0.0.1")]).await;
    client.sandbox.plant(Plant::Delegation { zone: "example.com".into(), name_servers: vec!["ns1.other.net".into()] });
    assert_eq!(client.sandbox.dns(DOMAIN, "A"), DnsSaid::NoName);
    assert!(client.sandbox.has_authority(DOMAIN), "nobody is asked outside of this process");
    let DnsSaid::Records(servers) = client.sandbox.dns("example.com", "NS") else { panic!("no servers") };
    assert_eq!(servers.iter().map(|s| s.value.as_str()).collect::<Vec<_>>(), ["ns1.other.net"]);
}

#[tokio::test]
async fn calls_are_throttled_from_one_on_and_so_often() {
    let client = Client::chat();
    client.sandbox.plant(Plant::Throttle { after: 1, times: 2 });
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(client.gateway(Method::GET, "/v2/apis", Value::Null).await.status);
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
}

#[tokio::test]
async fn the_chat_seed_has_a_zone_to_try_a_domain_in() {
    let sandbox = Sandbox::new(Options::default()).unwrap();
    assert!(matches!(sandbox.dns("example.com", "NS"), DnsSaid::Records(servers) if servers.len() == 4));
    assert_eq!(sandbox.dns("chat.example.com", "A"), DnsSaid::NoName);
}
