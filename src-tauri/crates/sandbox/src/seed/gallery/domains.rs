//! Causes in a custom domain: its mappings, its name in DNS, and its certificate. Each exhibit has a hosted zone of its
//! own, `{cause}.example.net`, with a certificate proven in it.

use http::Method;
use serde_json::{Value, json};

use super::{Row, Sower, callbacks, connect};
use crate::Error;
use crate::seed::ZONES;

/// The name that an exhibit's clients dial.
pub(super) fn name(cause: &str) -> String {
    format!("api.{cause}.example.net")
}

pub(super) const ROWS: &[Row] = &[
    Row {
        tries: "Connect to wss://api.mapping-missing.example.net/chat: nothing is mapped there.",
        path: "/chat",
        ..connect("mapping-missing", |s, api| {
            s.echo(api)?;
            Domain::make(s, "mapping-missing")?.alias(s)
        })
    },
    Row {
        tries: "Connect to wss://api.stage-in-domain-path.example.net/prod: the mapping's key is chat, prod is the stage.",
        path: "/prod",
        ..connect("stage-in-domain-path", |s, api| {
            s.echo(api)?;
            let domain = Domain::make(s, "stage-in-domain-path")?;
            domain.map(s, api, "chat")?;
            domain.alias(s)
        })
    },
    Row {
        tries: "Connect to wss://api.dns-not-found.example.net: domain and mapping are there, the record is not.",
        path: "/",
        ..connect("dns-not-found", |s, api| {
            s.echo(api)?;
            Domain::make(s, "dns-not-found")?.map(s, api, "")
        })
    },
    Row {
        tries: "Connect to wss://api.dns-wrong-target.example.net: the record points at the generated endpoint.",
        path: "/",
        ..connect("dns-wrong-target", |s, api| {
            s.echo(api)?;
            let domain = Domain::make(s, "dns-wrong-target")?;
            domain.map(s, api, "")?;
            let generated = format!("{api}.execute-api.{}.amazonaws.com", s.0.options.region);
            domain.record(s, "CNAME", &domain.name, &plain(&generated))
        })
    },
    Row {
        tries: "Connect to wss://api.callback-url-wrong.example.net, and send {\"action\": \"go\"}: the backend pushes to the domain with the stage in its path.",
        path: "/",
        send: Some(r#"{"action": "go"}"#),
        ..connect("callback-url-wrong", |s, api| {
            s.go_route(api, callbacks::pushing("/sendmessage", "$context.connectionId", None))?;
            let domain = Domain::make(s, "callback-url-wrong")?;
            domain.map(s, api, "")?;
            domain.alias(s)
        })
    },
    Row {
        tries: "Connect to wss://api.tls-name-mismatch.example.net: its record leads to the domain chat.tls-name-mismatch.example.net.",
        path: "/",
        ..connect("tls-name-mismatch", |s, api| {
            s.echo(api)?;
            let domain = Domain::named(s, "tls-name-mismatch", "chat.tls-name-mismatch.example.net")?;
            domain.map(s, api, "")?;
            domain.alias(s)?;
            domain.alias_at(s, &name("tls-name-mismatch"))
        })
    },
];

/// A zone, a certificate that is proven in it, and a custom domain that has it.
struct Domain {
    name: String,
    zone: String,
    /// The regional name that an ALIAS points at, and its zone.
    target: (String, String),
}

impl Domain {
    fn make(s: &Sower<'_>, cause: &str) -> Result<Self, Error> {
        Self::named(s, cause, &name(cause))
    }

    fn named(s: &Sower<'_>, cause: &str, name: &str) -> Result<Self, Error> {
        let zone = s.zone(&format!("{cause}.example.net"), cause)?;
        let zone = between(&zone, "<Id>/hostedzone/", "</Id>")?;
        let mut domain = Self { name: name.to_owned(), zone, target: <_>::default() };
        let asked = json!({ "DomainName": domain.name, "ValidationMethod": "DNS" });
        let certificate = acm(s, "RequestCertificate", &asked)?["CertificateArn"].clone();
        let described = acm(s, "DescribeCertificate", &json!({ "CertificateArn": certificate }))?;
        let proof = &described["Certificate"]["DomainValidationOptions"][0]["ResourceRecord"];
        let text = |member: &str| proof[member].as_str().unwrap_or_default();
        domain.record(s, "CNAME", text("Name"), &plain(text("Value")))?;
        let made = json!({ "domainName": domain.name, "domainNameConfigurations": [{ "certificateArn": certificate,
            "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2" }] });
        let made = s.v2(Method::POST, "/v2/domainnames", &made)?;
        let own = |member: &str| made["domainNameConfigurations"][0][member].as_str().unwrap_or_default().to_owned();
        domain.target = (own("apiGatewayDomainName"), own("hostedZoneId"));
        Ok(domain)
    }

    fn map(&self, s: &Sower<'_>, api: &str, key: &str) -> Result<(), Error> {
        let mapping = json!({ "apiId": api, "stage": "prod", "apiMappingKey": key });
        s.v2(Method::POST, &format!("/v2/domainnames/{}/apimappings", self.name), &mapping).map(drop)
    }

    fn alias(&self, s: &Sower<'_>) -> Result<(), Error> {
        self.alias_at(s, &self.name)
    }

    /// A name that leads to the domain.
    fn alias_at(&self, s: &Sower<'_>, name: &str) -> Result<(), Error> {
        let (target, zone) = &self.target;
        let alias = format!(
            "<AliasTarget><HostedZoneId>{zone}</HostedZoneId><DNSName>{target}</DNSName>\
             <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>"
        );
        self.record(s, "A", name, &alias)
    }

    fn record(&self, s: &Sower<'_>, kind: &str, name: &str, value: &str) -> Result<(), Error> {
        let batch = format!(
            "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet>\
             <Name>{name}</Name><Type>{kind}</Type>{value}</ResourceRecordSet></Change></Changes></ChangeBatch>\
             </ChangeResourceRecordSetsRequest>"
        );
        s.ask("route53", Method::POST, &format!("{ZONES}/{}/rrset/", self.zone), "", batch).map(drop)
    }
}

fn plain(value: &str) -> String {
    format!("<TTL>300</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value></ResourceRecord></ResourceRecords>")
}

fn acm(s: &Sower<'_>, operation: &str, body: &Value) -> Result<Value, Error> {
    let target = format!("CertificateManager.{operation}");
    let text = s.ask("acm", Method::POST, "/", &target, body.to_string())?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

fn between(text: &str, start: &str, end: &str) -> Result<String, Error> {
    let found = text.split_once(start).and_then(|(_, rest)| rest.split_once(end));
    found.map(|(inside, _)| inside.to_owned()).ok_or_else(|| Error::Seed(format!("no {start} in {text}")))
}
