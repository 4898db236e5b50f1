//! Certificates: how they are asked for, proven, issued, refused, brought, used and lost.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use gatescope_sandbox::{Options, Seed};
use http::{Method, Request};
use rcgen::{CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::{Value, json};

use super::client::{Answer, Client, scope};
use super::route53::{changed, zone};

const DAY: Duration = Duration::from_secs(24 * 3600);

pub async fn acm(client: &Client, operation: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/")
        .header("authorization", scope("acm"))
        .header("x-amz-target", format!("CertificateManager.{operation}"))
        .body(Bytes::from(body.to_string()))
        .unwrap();
    client.send(request).await
}

pub async fn requested(client: &Client, domain: &str, others: &[&str]) -> String {
    let mut body = json!({ "DomainName": domain, "ValidationMethod": "DNS" });
    if !others.is_empty() {
        body["SubjectAlternativeNames"] = json!(others);
    }
    let answer = acm(client, "RequestCertificate", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["CertificateArn"].as_str().unwrap().to_owned()
}

pub async fn describe(client: &Client, arn: &str) -> Value {
    acm(client, "DescribeCertificate", json!({ "CertificateArn": arn })).await.json()["Certificate"].clone()
}

/// Writes the validation records into a zone.
pub async fn prove(client: &Client, arn: &str, zone: &str) {
    let certificate = describe(client, arn).await;
    for option in certificate["DomainValidationOptions"].as_array().unwrap() {
        let record = &option["ResourceRecord"];
        let (name, value) = (record["Name"].as_str().unwrap(), record["Value"].as_str().unwrap());
        changed(client, zone, &[&format!("UPSERT CNAME {name} 300 {value}")]).await;
    }
}

/// A zone, and an issued certificate for names in it.
pub async fn issued(client: &Client, domain: &str, others: &[&str], zone: &str) -> String {
    let arn = requested(client, domain, others).await;
    prove(client, &arn, zone).await;
    assert_eq!(describe(client, &arn).await["Status"], "ISSUED");
    arn
}

#[tokio::test(start_paused = true)]
async fn a_certificate_is_issued_when_its_records_stand_and_not_before() {
    let options = Options {
        seed: Seed::Empty,
        dns_delay: Duration::from_secs(60),
        certificate_delay: Duration::from_secs(120),
        ..Options::default()
    };
    let client = Client::with(options);
    let zone = zone(&client, "example.com").await;
    let arn = requested(&client, "api.example.com", &["*.api.example.com", "example.com"]).await;
    let fresh = describe(&client, &arn).await;
    assert_eq!(fresh["Status"], "PENDING_VALIDATION");
    assert_eq!(fresh["KeyAlgorithm"], "RSA-2048");
    assert_eq!((&fresh["Issuer"], &fresh["RenewalEligibility"]), (&json!("Amazon"), &json!("INELIGIBLE")));
    assert_eq!(
        (&fresh["KeyUsages"], &fresh["ExtendedKeyUsages"], &fresh["InUseBy"]),
        (&json!([]), &json!([]), &json!([]))
    );
    assert_eq!(fresh["Subject"], "CN=api.example.com");
    let options = fresh["DomainValidationOptions"].as_array().unwrap();
    assert_eq!(options[0]["ResourceRecord"], options[1]["ResourceRecord"], "a name and its wildcard share a record");
    assert_eq!(options[0]["ResourceRecord"]["Type"], "CNAME");
    let early = acm(&client, "GetCertificate", json!({ "CertificateArn": arn })).await;
    assert_eq!((early.status, &early.json()["__type"]), (400, &json!("RequestInProgressException")));
    prove(&client, &arn, &zone).await;
    tokio::time::advance(Duration::from_secs(60)).await;
    let proven = describe(&client, &arn).await;
    assert_eq!(proven["Status"], "PENDING_VALIDATION");
    assert_eq!(proven["DomainValidationOptions"][0]["ValidationStatus"], "SUCCESS");
    tokio::time::advance(Duration::from_secs(120)).await;
    let issued = describe(&client, &arn).await;
    assert_eq!(issued["Status"], "ISSUED");
    assert_eq!(issued["KeyUsages"], json!([{ "Name": "DIGITAL_SIGNATURE" }, { "Name": "KEY_ENCIPHERMENT" }]));
    let (from, to) = (issued["NotBefore"].as_f64().unwrap(), issued["NotAfter"].as_f64().unwrap());
    assert!((395.0..396.0).contains(&((to - from) / 86_400.0)));
    let pem = acm(&client, "GetCertificate", json!({ "CertificateArn": arn })).await.json();
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem["Certificate"].as_str().unwrap().as_bytes()).unwrap();
    let certificate = pem.parse_x509().unwrap();
    let ca = client.sandbox.ca_der();
    let (_, ca) = x509_parser::parse_x509_certificate(&ca).unwrap();
    certificate.verify_signature(Some(ca.public_key())).unwrap();
    assert_eq!(issued["Serial"], certificate.raw_serial_as_string());
    tokio::time::advance(DAY * 396).await;
    assert_eq!(describe(&client, &arn).await["Status"], "EXPIRED");
}

#[tokio::test]
async fn the_moment_of_issue_does_not_depend_on_who_looks() {
    let client = Client::empty();
    let zone = zone(&client, "example.com").await;
    let arn = requested(&client, "api.example.com", &[]).await;
    let record = describe(&client, &arn).await["DomainValidationOptions"][0]["ResourceRecord"].clone();
    let (name, value) = (record["Name"].as_str().unwrap(), record["Value"].as_str().unwrap());
    changed(&client, &zone, &[&format!("CREATE CNAME {name} 300 {value}")]).await;
    changed(&client, &zone, &[&format!("DELETE CNAME {name} 300 {value}")]).await;
    assert_eq!(describe(&client, &arn).await["Status"], "ISSUED");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_proven_in_72_hours_times_out_and_mail_never_comes() {
    let client = Client::empty();
    let arn = requested(&client, "api.example.com", &[]).await;
    let mail = acm(&client, "RequestCertificate", json!({ "DomainName": "example.com" })).await.json();
    let mail = mail["CertificateArn"].as_str().unwrap();
    let shown = describe(&client, mail).await;
    assert_eq!(shown["DomainValidationOptions"][0]["ValidationMethod"], "EMAIL");
    let resend = json!({ "CertificateArn": mail, "Domain": "example.com", "ValidationDomain": "example.com" });
    assert_eq!(acm(&client, "ResendValidationEmail", resend.clone()).await.status, 200);
    tokio::time::advance(DAY * 3 - Duration::from_secs(1)).await;
    assert_eq!(describe(&client, &arn).await["Status"], "PENDING_VALIDATION");
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(describe(&client, &arn).await["Status"], "VALIDATION_TIMED_OUT");
    assert_eq!(describe(&client, mail).await["Status"], "VALIDATION_TIMED_OUT");
    let late = acm(&client, "ResendValidationEmail", resend).await;
    assert_eq!(late.json()["__type"], "InvalidStateException");
    let zone = zone(&client, "example.com").await;
    prove(&client, &arn, &zone).await;
    assert_eq!(describe(&client, &arn).await["Status"], "VALIDATION_TIMED_OUT");
}

#[tokio::test]
async fn a_caa_record_for_somebody_else_and_a_name_that_nobody_can_own_fail() {
    let client = Client::empty();
    let zone = zone(&client, "example.com").await;
    let caa = |issuer: &str| format!("0 issue \"{issuer}\"");
    let set = async |issuer: &str| {
        let values = format!("<ResourceRecord><Value>{}</Value></ResourceRecord>", caa(issuer));
        let body = format!(
            "<X><ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>example.com</Name>\
             <Type>CAA</Type><TTL>60</TTL><ResourceRecords>{values}</ResourceRecords></ResourceRecordSet></Change>\
             </Changes></ChangeBatch></X>"
        );
        let path = format!("/2013-04-01/hostedzone/{zone}/rrset");
        assert_eq!(super::route53::ask(&client, Method::POST, &path, &body).await.status, 200);
    };
    set("letsencrypt.org").await;
    let refused = requested(&client, "api.example.com", &[]).await;
    prove(&client, &refused, &zone).await;
    let shown = describe(&client, &refused).await;
    assert_eq!((&shown["Status"], &shown["FailureReason"]), (&json!("FAILED"), &json!("CAA_ERROR")));
    assert_eq!(shown["DomainValidationOptions"][0]["ValidationStatus"], "FAILED");
    set("amazon.com").await;
    let allowed = requested(&client, "two.example.com", &[]).await;
    prove(&client, &allowed, &zone).await;
    assert_eq!(describe(&client, &allowed).await["Status"], "ISSUED");
    let nobody = requested(&client, "chat.invalid", &[]).await;
    assert_eq!(describe(&client, &nobody).await["FailureReason"], "INVALID_PUBLIC_DOMAIN");
}

#[tokio::test]
async fn requests_are_checked_and_repeated_by_token() {
    let client = Client::empty();
    let many: Vec<String> = (0..11).map(|n| format!("{n}.a.com")).collect();
    let foreign = json!({ "DomainName": "a.com", "ValidationDomain": "b.com" });
    for (body, code) in [
        (json!({}), "ValidationException"),
        (json!({ "DomainName": "localhost" }), "ValidationException"),
        (json!({ "DomainName": "-a.com" }), "ValidationException"),
        (json!({ "DomainName": "a.com", "ValidationMethod": "FAX" }), "ValidationException"),
        (json!({ "DomainName": "a.com", "SubjectAlternativeNames": many }), "LimitExceededException"),
        (json!({ "DomainName": "a.com", "Tags": [{ "Key": "aws:x" }] }), "InvalidTagException"),
        (
            json!({ "DomainName": "a.com", "DomainValidationOptions": [foreign] }),
            "InvalidDomainValidationOptionsException",
        ),
    ] {
        let answer = acm(&client, "RequestCertificate", body.clone()).await;
        assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!(code)), "{body}");
    }
    let body = json!({ "DomainName": "a.com", "ValidationMethod": "DNS", "IdempotencyToken": "t1" });
    let first = acm(&client, "RequestCertificate", body.clone()).await.json();
    assert_eq!(acm(&client, "RequestCertificate", body.clone()).await.json(), first);
    let mut other = body;
    other["IdempotencyToken"] = json!("t2");
    assert_ne!(acm(&client, "RequestCertificate", other).await.json(), first);
    for (arn, code) in [
        ("nonsense", "ValidationException"),
        ("arn:aws:acm:us-east-1:123456789012:certificate/none", "ResourceNotFoundException"),
    ] {
        let answer = acm(&client, "DescribeCertificate", json!({ "CertificateArn": arn })).await;
        assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!(code)));
    }
    let missing =
        acm(&client, "DeleteCertificate", json!({ "CertificateArn": "arn:aws:acm:us-east-1:1:certificate/x" })).await;
    assert_eq!(missing.json()["message"], "Could not find certificate arn:aws:acm:us-east-1:1:certificate/x.");
    let page = acm(&client, "ListCertificates", json!({ "MaxItems": 1 })).await.json();
    assert_eq!(page["CertificateSummaryList"].as_array().unwrap().len(), 1);
    let rest = acm(&client, "ListCertificates", json!({ "NextToken": page["NextToken"] })).await.json();
    assert_eq!(rest["CertificateSummaryList"].as_array().unwrap().len(), 1);
    let none = acm(&client, "ListCertificates", json!({ "CertificateStatuses": ["ISSUED"] })).await.json();
    assert_eq!(none, json!({ "CertificateSummaryList": [] }));
    let arn = first["CertificateArn"].as_str().unwrap();
    let tag = |value: &str| json!({ "CertificateArn": arn, "Tags": [{ "Key": "k", "Value": value }] });
    assert_eq!(acm(&client, "AddTagsToCertificate", tag("v")).await.body, "");
    acm(&client, "RemoveTagsFromCertificate", tag("other")).await;
    let tags = acm(&client, "ListTagsForCertificate", json!({ "CertificateArn": arn })).await.json();
    assert_eq!(tags, json!({ "Tags": [{ "Key": "k", "Value": "v" }] }));
}

/// A certificate authority of somebody else, with leaves.
pub struct Foreign(CertifiedIssuer<'static, KeyPair>);

impl Foreign {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::OrganizationName, "Foreign");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    pub fn import(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Value {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        let leaf = params.signed_by(&key, &self.0).unwrap();
        json!({ "Certificate": STANDARD.encode(leaf.pem()), "PrivateKey": STANDARD.encode(key.serialize_pem()),
            "CertificateChain": STANDARD.encode(self.0.pem()) })
    }
}

#[tokio::test]
async fn an_imported_certificate_is_read_and_one_that_can_not_serve_is_refused() {
    let client = Client::empty();
    let foreign = Foreign::new();
    let good = foreign.import("api.example.com", |_| {});
    let answer = acm(&client, "ImportCertificate", good.clone()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let arn = answer.json()["CertificateArn"].as_str().unwrap().to_owned();
    let shown = describe(&client, &arn).await;
    assert_eq!((&shown["Status"], &shown["Type"]), (&json!("ISSUED"), &json!("IMPORTED")));
    assert_eq!((&shown["Issuer"], &shown["KeyAlgorithm"]), (&json!("Foreign"), &json!("EC-prime256v1")));
    assert_eq!(shown["SubjectAlternativeNames"], json!(["api.example.com"]));
    let pem = acm(&client, "GetCertificate", json!({ "CertificateArn": arn })).await.json();
    assert_eq!(STANDARD.encode(pem["Certificate"].as_str().unwrap()), good["Certificate"]);
    let mut again = foreign.import("two.example.com", |_| {});
    again["CertificateArn"] = json!(arn);
    assert_eq!(acm(&client, "ImportCertificate", again).await.json()["CertificateArn"], arn);
    assert_eq!(describe(&client, &arn).await["DomainName"], "two.example.com");
    let expired = foreign.import("a.com", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let mut mismatched = good.clone();
    mismatched["PrivateKey"] = foreign.import("a.com", |_| {})["PrivateKey"].clone();
    let mut alone = good.clone();
    alone.as_object_mut().unwrap().remove("CertificateChain");
    let mut unrelated = good.clone();
    unrelated["CertificateChain"] = json!(STANDARD.encode(Foreign::new().0.pem()));
    let mut garbage = good.clone();
    garbage["Certificate"] = json!(STANDARD.encode("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"));
    let mut keyless = good;
    keyless["PrivateKey"] = json!("!");
    for (body, words) in [
        (expired, "expired"),
        (mismatched, "does not match"),
        (alone, "Provided certificate is not a valid self signed."),
        (unrelated, "The index within the chain of the invalid certificate is: 0"),
        (garbage, "not valid"),
        (keyless, "base64"),
    ] {
        let answer = acm(&client, "ImportCertificate", body).await;
        assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!("ValidationException")), "{words}");
        assert!(answer.body.contains(words), "{}", answer.body);
    }
}

#[tokio::test]
async fn keys_that_the_sandboxs_tls_can_not_serve_are_imported_and_told_as_acm_writes_them() {
    let client = Client::empty();
    let (p521, rsa1024) = (include_str!("certificates/p521.pem"), include_str!("certificates/rsa1024.pem"));
    let import = |certificate: &str, key: &str| {
        let certificate = certificate.split("-----BEGIN PRIVATE").next().unwrap();
        let key = &key[key.find("-----BEGIN PRIVATE").unwrap()..];
        json!({ "Certificate": STANDARD.encode(certificate), "PrivateKey": STANDARD.encode(key) })
    };
    for (pem, name, asked, told) in [
        (p521, "p521.example.com", "EC_secp521r1", "EC-secp521r1"),
        (rsa1024, "rsa1024.example.com", "RSA_1024", "RSA-1024"),
    ] {
        let answer = acm(&client, "ImportCertificate", import(pem, pem)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let arn = answer.json()["CertificateArn"].clone();
        let shown = describe(&client, arn.as_str().unwrap()).await;
        assert_eq!((&shown["KeyAlgorithm"], &shown["DomainName"]), (&json!(told), &json!(name)));
        assert_eq!(shown["KeyUsages"], json!([{ "Name": "ANY" }]));
        let listed = acm(&client, "ListCertificates", json!({ "Includes": { "keyTypes": [asked] } })).await.json();
        assert_eq!(listed["CertificateSummaryList"][0]["CertificateArn"], arn);
        assert_eq!(listed["CertificateSummaryList"][0]["Exported"], false);
        let pem = acm(&client, "GetCertificate", json!({ "CertificateArn": arn })).await;
        assert_eq!(pem.status, 200, "{}", pem.body);
    }
    let mixed = acm(&client, "ImportCertificate", import(p521, rsa1024)).await;
    assert!(mixed.body.contains("does not match"), "{}", mixed.body);
}

#[tokio::test]
async fn a_tag_has_letters_that_aws_takes_and_a_certificate_is_not_for_export() {
    let client = Client::empty();
    let arn = requested(&client, "example.com", &[]).await;
    assert_eq!(describe(&client, &arn).await["Options"]["Export"], "DISABLED");
    let exportable = json!({ "DomainName": "example.com", "Options": { "Export": "ENABLED" } });
    assert_eq!(acm(&client, "RequestCertificate", exportable).await.status, 400);
    for (operation, key, kind) in [
        ("AddTagsToCertificate", "no!", "ValidationException"),
        ("AddTagsToCertificate", "", "ValidationException"),
        ("AddTagsToCertificate", "aws:a", "InvalidTagException"),
        ("RemoveTagsFromCertificate", "aws:a", "InvalidTagException"),
    ] {
        let body = json!({ "CertificateArn": arn, "Tags": [{ "Key": key, "Value": "v" }] });
        let answer = acm(&client, operation, body).await;
        assert_eq!((answer.status, &answer.json()["__type"]), (400, &json!(kind)), "{operation} {key}");
    }
}
