//! Custom domains from nothing to a working `wss://`, and every way in which they don't work.

use std::time::Duration;

use bytes::Bytes;
use gatescope_sandbox::{Duplex, Options};
use http::{Method, Request};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;

use super::acm::{Foreign, acm, issued, requested};
use super::client::{Answer, CHAT, Client, handshake, host, read_answer};
use super::network::connector;
use super::route53::{changed, zone};
use super::signed::Keys;

const DOMAIN: &str = "api-ws.example.com";

fn configured(domain: &str, certificate: &str) -> Value {
    json!({ "domainName": domain, "domainNameConfigurations": [{ "certificateArn": certificate, "endpointType": "REGIONAL",
        "securityPolicy": "TLS_1_2" }] })
}

/// The chat API, deployed and working, with a domain, a zone and an ALIAS.
struct Built {
    client: Client,
    zone: String,
    certificate: String,
    target: String,
}

impl Built {
    async fn new() -> Self {
        Self::with(Client::chat()).await
    }

    async fn with(client: Client) -> Self {
        super::broken_chat::fix(&client).await;
        client.create(&format!("/v2/apis/{CHAT}/deployments"), json!({ "stageName": "prod" })).await;
        let zone = zone(&client, "example.com").await;
        let certificate = issued(&client, DOMAIN, &[], &zone).await;
        let domain = client.create("/v2/domainnames", configured(DOMAIN, &certificate)).await;
        let own = &domain["domainNameConfigurations"][0];
        let target = own["apiGatewayDomainName"].as_str().unwrap().to_owned();
        assert_eq!(own["hostedZoneId"], "Z1UJRXOUMOOFQ8");
        let built = Self { client, zone, certificate, target };
        built.point(DOMAIN, &format!("alias {} Z1UJRXOUMOOFQ8", built.target)).await;
        built
    }

    /// An A record.
    async fn point(&self, name: &str, to: &str) {
        changed(&self.client, &self.zone, &[&format!("UPSERT A {name} {to}")]).await;
    }

    async fn map(&self, key: &str) -> Value {
        let body = json!({ "apiId": CHAT, "stage": "prod", "apiMappingKey": key });
        self.client.create(&format!("/v2/domainnames/{DOMAIN}/apimappings"), body).await
    }

    async fn tls(&self, name: &str) -> std::io::Result<TlsStream<Duplex>> {
        let stream = self.client.sandbox.connect(name, 443).unwrap();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        connector(&[self.client.sandbox.ca_der()]).connect(name, stream).await
    }

    /// The answer to a handshake over TLS.
    async fn shake(&self, name: &str, path: &str) -> Answer {
        let mut stream = self.tls(name).await.unwrap();
        stream.write_all(handshake(name, path, "").as_bytes()).await.unwrap();
        read_answer(&mut stream).await
    }

    async fn push(&self, name: &str, path: &str) -> Answer {
        let request = Request::builder().method(Method::POST).uri(path.replace('=', "%3D")).header("host", name);
        let request = request.body(Bytes::from_static(b"hello")).unwrap();
        self.client.send(Keys::demo().sign(request)).await
    }

    async fn last_connection(&self) -> String {
        let line = self.client.messages(&format!("/aws/apigateway/{CHAT}/prod")).await;
        let line = line.iter().rfind(|line| line.contains("[Connection Id: ")).unwrap();
        line.split_once("[Connection Id: ").unwrap().1.split_once(']').unwrap().0.to_owned()
    }
}

#[tokio::test]
async fn a_domain_leads_to_the_stage_behind_its_key_and_back_by_the_same_path() {
    let built = Built::new().await;
    built.map("chat").await;
    let stream = built.tls(DOMAIN).await.unwrap();
    let url = format!("wss://{DOMAIN}/chat");
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    let id = built.last_connection().await;
    assert_eq!(built.push(DOMAIN, &format!("/chat/@connections/{id}")).await.status, 200);
    let said = futures_util::StreamExt::next(&mut socket).await.unwrap().unwrap();
    assert_eq!(said, Message::Text("hello".into()));
    // The tutorials' bug: the stage is no part of the path of a custom domain.
    let wrong = built.push(DOMAIN, &format!("/chat/prod/@connections/{id}")).await;
    assert_eq!((wrong.status, wrong.header("x-amzn-errortype")), (404, "NotFoundException"));
    assert_eq!(
        wrong.json()["message"],
        format!("No method found matching route prod/@connections/{id} for http method POST.")
    );
    assert_eq!(built.push(&host(CHAT), &format!("/prod/@connections/{id}")).await.status, 200);
}

#[tokio::test]
async fn an_empty_key_is_the_root_and_no_key_is_403_without_a_line() {
    let built = Built::new().await;
    let group = format!("/aws/apigateway/{CHAT}/prod");
    let none = built.shake(DOMAIN, "/").await;
    assert_eq!((none.status, none.json()), (403, json!({ "message": "Forbidden" })));
    assert_eq!(built.push(DOMAIN, "/prod/@connections/x").await.status, 403);
    assert!(built.client.messages(&group).await.is_empty());
    assert_eq!(built.map("").await["apiMappingKey"], "");
    assert_eq!(built.shake(DOMAIN, "/").await.status, 101);
    let id = built.last_connection().await;
    assert_eq!(built.push(DOMAIN, &format!("/@connections/{id}")).await.status, 410, "the client left without a word");
    let before = built.client.messages(&group).await.len();
    let stage = built.shake(DOMAIN, "/prod").await;
    assert_eq!((stage.status, stage.json()), (403, json!({ "message": "Forbidden" })));
    assert_eq!(built.client.messages(&group).await.len(), before);
    let wrong = built.push(DOMAIN, &format!("/prod/@connections/{id}")).await;
    assert_eq!(wrong.status, 404);
}

#[tokio::test]
async fn the_generated_endpoint_closes_with_the_next_deployment_and_the_domain_stays() {
    let built = Built::new().await;
    built.map("").await;
    let api = format!("/v2/apis/{CHAT}");
    let answer = built.client.gateway(Method::PATCH, &api, json!({ "disableExecuteApiEndpoint": true })).await;
    assert_eq!(answer.status, 200);
    assert_eq!(built.shake(&host(CHAT), "/prod").await.status, 101, "not before it is deployed");
    built.client.create(&format!("{api}/deployments"), json!({ "stageName": "prod" })).await;
    let closed = built.shake(&host(CHAT), "/prod").await;
    assert_eq!((closed.status, closed.json()), (403, json!({ "message": "Forbidden" })));
    assert_eq!(built.shake(DOMAIN, "/").await.status, 101);
    let id = built.last_connection().await;
    assert_eq!(built.push(&host(CHAT), &format!("/prod/@connections/{id}")).await.status, 403);
    assert_eq!(built.push(DOMAIN, &format!("/@connections/{id}")).await.status, 410);
}

#[tokio::test]
async fn a_record_that_points_elsewhere_meets_the_wrong_certificate_or_nobody() {
    let built = Built::new().await;
    built.map("").await;
    let wrong_name = |error: std::io::Error| error.to_string().contains("not valid for name");
    changed(&built.client, &built.zone, &[&format!("CREATE CNAME cname.example.com 60 {}", host(CHAT))]).await;
    assert!(wrong_name(built.tls("cname.example.com").await.err().unwrap()), "the generated endpoint's certificate");
    built.point("other.example.com", &format!("alias {} Z1UJRXOUMOOFQ8", built.target)).await;
    assert!(wrong_name(built.tls("other.example.com").await.err().unwrap()), "the domain's own certificate");
    built.point(DOMAIN, &format!("alias {} Z1UJRXOUMOOFQ8", host(CHAT))).await;
    assert!(wrong_name(built.tls(DOMAIN).await.err().unwrap()), "though the domain is there");
    built.point("far.example.com", "60 192.0.2.1").await;
    assert!(built.tls("far.example.com").await.is_err());
    assert!(built.client.sandbox.connect("nobody.example.com", 443).is_none());
    let answer = built.client.sandbox.lookup("cname.example.com", "A");
    assert_eq!((answer[0].kind.as_str(), answer[1].value.as_str()), ("CNAME", "127.0.0.1"));
    assert!(built.client.sandbox.lookup(DOMAIN, "AAAA").is_empty());
}

#[tokio::test]
async fn an_imported_certificate_is_the_one_that_clients_see() {
    let built = Built::new().await;
    let foreign = Foreign::new();
    let imported = acm(&built.client, "ImportCertificate", foreign.import("own.example.com", |_| {})).await.json();
    let arn = imported["CertificateArn"].as_str().unwrap();
    let domain = built.client.create("/v2/domainnames", configured("own.example.com", arn)).await;
    let target = domain["domainNameConfigurations"][0]["apiGatewayDomainName"].as_str().unwrap();
    built.point("own.example.com", &format!("alias {target} Z1UJRXOUMOOFQ8")).await;
    let stream = built.client.sandbox.connect("own.example.com", 443).unwrap();
    let name = ServerName::try_from("own.example.com").unwrap();
    connector(&[foreign.der()]).connect(name, stream).await.unwrap();
    assert!(built.tls("own.example.com").await.is_err(), "the sandbox's root did not sign it");
    let wild = acm(&built.client, "ImportCertificate", foreign.import("*.example.com", |_| {})).await.json();
    let wild = configured("*.example.com", wild["CertificateArn"].as_str().unwrap());
    let refused = built.client.gateway(Method::POST, "/v2/domainnames", wild).await;
    assert_eq!(refused.status, 400, "{}", refused.body);
}

#[tokio::test]
async fn a_wildcard_domain_answers_for_every_label_below_it() {
    let built = Built::new().await;
    let arn = issued(&built.client, "*.example.com", &[], &built.zone).await;
    let wild = built.client.create("/v2/domainnames", configured("*.example.com", &arn)).await;
    let target = wild["domainNameConfigurations"][0]["apiGatewayDomainName"].as_str().unwrap();
    built.point("*.example.com", &format!("alias {target} Z1UJRXOUMOOFQ8")).await;
    let body = json!({ "apiId": CHAT, "stage": "prod" });
    built.client.create("/v2/domainnames/*.example.com/apimappings", body).await;
    assert_eq!(built.shake("one.example.com", "/").await.status, 101);
    assert_eq!(built.shake(DOMAIN, "/").await.status, 403, "a domain of its own goes before the wildcard");
}

#[tokio::test]
async fn a_domain_is_refused_in_awss_words() {
    let built = Built::new().await;
    let client = &built.client;
    let arn = &built.certificate;
    let pending = requested(client, "late.example.com", &[]).await;
    let with = |domain: &str, member: &str, value: &str| {
        let mut body = configured(domain, arn);
        body["domainNameConfigurations"][0][member] = json!(value);
        body
    };
    let mutual = json!({ "domainName": DOMAIN, "mutualTlsAuthentication": { "truststoreUri": "s3://b/k" },
        "domainNameConfigurations": [{ "certificateArn": arn }] });
    for (body, words) in [
        (json!({ "domainName": DOMAIN }), "Invalid input. Expected one domain name configuration"),
        (configured(DOMAIN, arn), "The domain name you provided already exists."),
        (
            with(DOMAIN, "endpointType", "EDGE"),
            "Only REGIONAL domain names can be managed through the API Gateway V2 API.",
        ),
        (
            with(DOMAIN, "securityPolicy", "TLS_1_0"),
            "Only REGIONAL domain names with a security policy of TLS 1.2 can be",
        ),
        (
            with(DOMAIN, "certificateArn", "arn:aws:acm:eu-west-1:123456789012:certificate/x"),
            "Invalid certificate ARN: arn:aws:acm:eu-west-1:123456789012:certificate/x. Certificate must be in 'us-east-1'.",
        ),
        (configured("late.example.com", &pending), "must be ISSUED, but is PENDING_VALIDATION"),
        (configured("other.example.com", arn), "does not cover the domain name other.example.com"),
        (configured("Api.example.com", arn), "lower-case"),
        (json!({ "domainName": DOMAIN, "domainNameConfigurations": [{}] }), "A certificate was not provided"),
        (mutual, "Mutual TLS is not supported"),
    ] {
        let answer = client.gateway(Method::POST, "/v2/domainnames", body).await;
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (400, "BadRequestException"), "{words}");
        assert!(answer.json()["message"].as_str().unwrap().contains(words), "{}", answer.body);
    }
    let unknown = client.gateway(Method::GET, "/v2/domainnames/nope.example.com", json!(null)).await;
    assert_eq!(
        (unknown.status, unknown.json()),
        (404, json!({ "message": "Invalid domain name identifier specified" }))
    );
    let used = acm(client, "DeleteCertificate", json!({ "CertificateArn": arn })).await;
    assert_eq!(used.json()["__type"], "ResourceInUseException");
    let own = format!("/v2/domainnames/{DOMAIN}");
    assert_eq!(client.gateway(Method::DELETE, &own, json!(null)).await.status, 204);
    assert_eq!(acm(client, "DeleteCertificate", json!({ "CertificateArn": arn })).await.status, 200);
    assert!(!client.sandbox.resolves(DOMAIN), "its target is gone");
}

#[tokio::test]
async fn a_domain_has_the_recorded_members_and_tags() {
    let built = Built::new().await;
    let path = format!("/v2/domainnames/{DOMAIN}");
    let domain = built.client.gateway(Method::GET, &path, json!(null)).await.json();
    assert_eq!(
        domain,
        json!({ "apiMappingSelectionExpression": "$request.basepath", "domainName": DOMAIN,
            "domainNameArn": format!("arn:aws:apigateway:us-east-1::/domainnames/{DOMAIN}"),
            "domainNameConfigurations": [{ "apiGatewayDomainName": built.target, "certificateArn": built.certificate,
                "domainNameStatus": "AVAILABLE", "endpointType": "REGIONAL", "hostedZoneId": "Z1UJRXOUMOOFQ8",
                "ipAddressType": "ipv4", "securityPolicy": "TLS_1_2" }],
            "routingMode": "API_MAPPING_ONLY" })
    );
    assert!(built.target.starts_with("d-") && built.target.ends_with(".execute-api.us-east-1.amazonaws.com"));
    let tags = format!("/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fdomainnames%2F{DOMAIN}");
    assert_eq!(built.client.gateway(Method::POST, &tags, json!({ "tags": { "a": "b" } })).await.status, 201);
    let tagged = built.client.gateway(Method::GET, &tags, json!(null)).await.json();
    assert_eq!(tagged, json!({ "tags": { "a": "b" } }));
    let dual =
        json!({ "domainNameConfigurations": [{ "certificateArn": built.certificate, "ipAddressType": "dualstack" }] });
    let changed = built.client.gateway(Method::PATCH, &path, dual).await;
    let own = &changed.json()["domainNameConfigurations"][0];
    assert_eq!(
        (changed.status, &own["apiGatewayDomainName"], &own["ipAddressType"]),
        (200, &json!(built.target), &json!("dualstack"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_domain_takes_its_time_and_calls_are_paced_when_asked_for() {
    let options = Options { domain_delay: Duration::from_secs(60), slow_domains: true, ..Options::default() };
    let built = Built::with(Client::with(options)).await;
    let path = format!("/v2/domainnames/{DOMAIN}");
    let again = built.client.gateway(Method::POST, "/v2/domainnames", configured(DOMAIN, &built.certificate)).await;
    assert_eq!((again.status, again.json()), (429, json!({ "message": "Too Many Requests" })));
    let body = json!({ "domainNameConfigurations": [{ "certificateArn": built.certificate }] });
    let changed = built.client.gateway(Method::PATCH, &path, body).await;
    assert_eq!(changed.json()["domainNameConfigurations"][0]["domainNameStatus"], "UPDATING");
    tokio::time::advance(Duration::from_secs(59)).await;
    assert_eq!(built.client.gateway(Method::DELETE, &path, json!(null)).await.status, 409);
    tokio::time::advance(Duration::from_secs(31)).await;
    let after = built.client.gateway(Method::GET, &path, json!(null)).await.json();
    assert_eq!(after["domainNameConfigurations"][0]["domainNameStatus"], "AVAILABLE");
    assert_eq!(built.client.gateway(Method::DELETE, &path, json!(null)).await.status, 204);
}

#[tokio::test]
async fn mappings_are_refused_in_awss_words() {
    let built = Built::new().await;
    let client = &built.client;
    let path = format!("/v2/domainnames/{DOMAIN}/apimappings");
    let first = built.map("chat").await;
    let id = first["apiMappingId"].as_str().unwrap();
    assert_eq!(first, json!({ "apiId": CHAT, "apiMappingId": id, "apiMappingKey": "chat", "stage": "prod" }));
    let key = "An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),";
    for (body, status, words) in [
        (json!({ "apiId": CHAT, "stage": "nope" }), 400, "Invalid stage identifier specified"),
        (json!({ "apiId": CHAT, "stage": "prod", "apiMappingKey": "/" }), 400, key),
        (json!({ "apiId": CHAT, "stage": "prod", "apiMappingKey": "a/b" }), 400, key),
        (
            json!({ "apiId": CHAT, "stage": "prod", "apiMappingKey": "chat" }),
            409,
            "ApiMapping key already exists for this domain name",
        ),
        (json!({ "apiId": "nope", "stage": "prod" }), 404, "Invalid API identifier specified 123456789012:nope"),
    ] {
        let answer = client.gateway(Method::POST, &path, body).await;
        assert_eq!((answer.status, answer.json()), (status, json!({ "message": words })));
    }
    let api = client.gateway(Method::DELETE, &format!("/v2/apis/{CHAT}"), json!(null)).await;
    assert_eq!(api.status, 400);
    assert_eq!(
        api.json()["message"],
        format!(
            "Deleting API {CHAT} failed. Please remove all API mappings for the API from your custom domain names."
        )
    );
    let moved =
        client.gateway(Method::PATCH, &format!("{path}/{id}"), json!({ "apiId": CHAT, "apiMappingKey": "" })).await;
    assert_eq!((moved.status, &moved.json()["apiMappingKey"]), (200, &json!("")));
    let list = client.gateway(Method::GET, &path, json!(null)).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    assert_eq!(client.gateway(Method::DELETE, &format!("{path}/{id}"), json!(null)).await.status, 204);
    assert_eq!(client.gateway(Method::DELETE, &format!("/v2/apis/{CHAT}"), json!(null)).await.status, 204);
}
