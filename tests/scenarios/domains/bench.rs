//! What the stories of custom domains stand on: somebody who follows the wizard and clicks what it offers, and somebody
//! else who looks at what there really is, past Gatescope.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_app::{Error, rpc};
use gatescope_model::domain::{CheckState, DnsHost, Goal, Making, Next, Reason, Station, Verification};
use gatescope_sandbox::{Options, Sandbox};
use gatescope_tests::Desk;
use gatescope_tests::elsewhere;
use serde::Deserialize;
use serde_json::{Value, json};

pub const NAME: &str = "chat.example.com";
/// Longer than all waits of a wizard together, by the test's own clock.
const PATIENCE: Duration = Duration::from_secs(600);

/// What the screen shows.
#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    pub next: Next,
    pub stations: Vec<Station>,
    pub verification: Option<Verification>,
    pub made: Vec<String>,
    #[serde(rename = "lookedAt")]
    pub looked_at: i64,
}

impl Line {
    /// The break, which has to be told in full.
    pub fn blocked(&self) -> Reason {
        let Next::Blocked { reason, words, way_out, .. } = &self.next else { panic!("not blocked: {self:#?}") };
        assert!(words.len() > 15 && way_out.len() > 15, "{words} {way_out}");
        *reason
    }

    pub fn words(&self) -> &str {
        let Next::Blocked { words, .. } = &self.next else { panic!("not blocked: {self:#?}") };
        words
    }

    pub fn offered(&self) -> &Making {
        let Next::Do { making, .. } = &self.next else { panic!("nothing to do: {self:#?}") };
        making
    }

    /// All hold, in public too.
    pub fn holds(&self) {
        assert_eq!(self.next, Next::Done);
        holds(self.verification.as_ref().expect("it was tried"));
    }
}

pub fn holds(verification: &Verification) {
    for checks in [&verification.direct, &verification.public] {
        assert!(checks.len() == 5 && checks.iter().all(|c| c.state == CheckState::Holds), "{verification:#?}");
    }
}

/// Somebody with a wish, before the screen.
pub struct Bench {
    pub desk: Desk,
    pub goal: Goal,
}

impl Bench {
    /// A chat API that connects, a public zone `example.com`, and nothing else.
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let region = options.region.clone();
        let mut desk = Desk::with(options);
        desk.scope = json!({"account": "sandbox", "region": region});
        desk.fix().await;
        let goal = Goal {
            api_id: desk.api().await,
            stage: "prod".into(),
            domain_name: NAME.into(),
            key: "chat".into(),
            dns: DnsHost::Route53,
            ..Goal::default()
        };
        Self { desk, goal }
    }

    pub fn sandbox(&self) -> Sandbox {
        self.desk.app.sandbox().clone()
    }

    /// The app is killed, and started anew on an empty disk.
    pub fn killed(self) -> Self {
        self.beside()
    }

    /// Another app on the same sandbox, which knows nothing.
    pub fn beside(&self) -> Self {
        let mut desk = self.desk.beside();
        desk.scope = self.desk.scope.clone();
        Self { desk, goal: self.goal.clone() }
    }

    pub fn question(&self) -> Value {
        json!({"scope": self.desk.scope, "goal": self.goal})
    }

    pub async fn watch(&self) -> BoxStream<'static, String> {
        rpc::stream(&self.desk.app, "watch_domain", self.question()).await.unwrap()
    }

    pub async fn look(&self) -> Line {
        self.desk.call("read_domain", self.question()).await
    }

    pub async fn click(&self, making: &Making) -> Result<Value, Error> {
        let mut question = self.question();
        question["making"] = json!(making.id);
        rpc::call(&self.desk.app, "do_domain_step", question).await
    }

    /// Follows what the screen shows up to where a person has to act: a step, records by hand, a break, or the end.
    pub async fn until_halt(&self) -> Line {
        let mut watch = self.watch().await;
        until(&mut watch, "it waits for a person", |line| {
            matches!(line.next, Next::Do { .. } | Next::ByHand { .. } | Next::Blocked { .. } | Next::Done)
        })
        .await
    }

    /// Does at most so many steps, each once; where that leads, and how many there were.
    pub async fn steps(&self, most: usize) -> (Line, usize) {
        let mut done = 0;
        loop {
            let line = self.until_halt().await;
            if done == most || !matches!(line.next, Next::Do { .. }) {
                return (line, done);
            }
            self.click(line.offered()).await.unwrap_or_else(|e| panic!("{}: {e:?}", line.offered().title));
            done += 1;
        }
    }

    /// To where no step is left.
    pub async fn finish(&self) -> Line {
        self.steps(usize::MAX).await.0
    }

    /// Takes back what the wizard made; what it says that it keeps.
    pub async fn roll_back(&self) -> Vec<String> {
        let back: Value = self.desk.call("preview_domain_undo", self.question()).await;
        let mut question = self.question();
        question["undo"] = back["id"].clone();
        let _: Value = self.desk.call("undo_domain", question).await;
        serde_json::from_value(back["keeps"].clone()).unwrap()
    }

    /// Everything that a wizard could make, line by line, as AWS has it.
    pub async fn there(&self) -> Vec<String> {
        let sandbox = self.sandbox();
        let mut all = Vec::new();
        let list = acm(&sandbox, self.region(), "ListCertificates", json!({})).await;
        for one in list["CertificateSummaryList"].as_array().unwrap() {
            all.push(format!("certificate {} {}", text(&one["DomainName"]), text(&one["CertificateArn"])));
        }
        let (_, domains) = elsewhere::send(&sandbox, "GET", "/v2/domainnames", &Value::Null).await;
        for domain in domains["items"].as_array().into_iter().flatten() {
            let name = text(&domain["domainName"]);
            let own = &domain["domainNameConfigurations"][0];
            all.push(format!("domain {name} at {}", text(&own["apiGatewayDomainName"])));
            let path = format!("/v2/domainnames/{name}/apimappings");
            let (_, mappings) = elsewhere::send(&sandbox, "GET", &path, &Value::Null).await;
            for one in mappings["items"].as_array().into_iter().flatten() {
                let to = (text(&one["apiMappingKey"]), text(&one["apiId"]), text(&one["stage"]));
                all.push(format!("mapping {name} {to:?} {}", text(&one["apiMappingId"])));
            }
        }
        for zone in zones(&sandbox).await {
            let (_, list) = route53(&sandbox, "GET", &format!("{zone}/rrset"), "").await;
            let records = list.split("<ResourceRecordSet>").skip(1);
            all.extend(
                records.map(|record| format!("record {}", record.split("</ResourceRecordSet>").next().unwrap())),
            );
        }
        all.sort();
        all
    }

    /// How many lines begin so.
    pub async fn count(&self, what: &str) -> usize {
        self.there().await.iter().filter(|line| line.starts_with(what)).count()
    }

    /// One certificate, one domain, one mapping, one validation record and one alias more than there were.
    pub async fn made_once(&self, before: &[String], what: &str) {
        let now = self.there().await;
        assert!(before.iter().all(|line| now.contains(line)), "{what}: {before:#?}\n{now:#?}");
        let new: Vec<&String> = now.iter().filter(|line| !before.contains(line)).collect();
        let kinds: Vec<&str> = new.iter().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(kinds, ["certificate", "domain", "mapping", "record", "record"], "{what}: {new:#?}");
    }

    fn region(&self) -> &str {
        self.desk.scope["region"].as_str().unwrap()
    }

    /// Somebody else writes a record into the first zone.
    pub async fn record(&self, action: &str, kind: &str, name: &str, value: &str) {
        let zone = zones(&self.sandbox()).await.remove(0);
        let body = format!(
            "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>{action}</Action>\
             <ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type><TTL>60</TTL><ResourceRecords><ResourceRecord>\
             <Value>{value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes>\
             </ChangeBatch></ChangeResourceRecordSetsRequest>"
        );
        let (status, said) = route53(&self.sandbox(), "POST", &format!("{zone}/rrset/"), &body).await;
        assert_eq!(status, 200, "{said}");
    }

    /// Somebody else's certificate, proven where a zone of this account has its name; its ARN.
    pub async fn certificate(&self, name: &str, region: &str) -> String {
        let sandbox = self.sandbox();
        let asked = json!({"DomainName": name, "ValidationMethod": "DNS"});
        let arn = text(&acm(&sandbox, region, "RequestCertificate", asked).await["CertificateArn"]);
        let found = acm(&sandbox, region, "DescribeCertificate", json!({"CertificateArn": arn})).await;
        let record = &found["Certificate"]["DomainValidationOptions"][0]["ResourceRecord"];
        self.record("UPSERT", "CNAME", &text(&record["Name"]), &text(&record["Value"])).await;
        arn
    }

    /// Somebody else deletes a mapping of the domain.
    pub async fn remove_mapping(&self, key: &str) {
        let path = format!("/v2/domainnames/{NAME}/apimappings");
        let (_, mappings) = elsewhere::send(&self.sandbox(), "GET", &path, &Value::Null).await;
        let found = mappings["items"].as_array().into_iter().flatten().find(|one| one["apiMappingKey"] == key);
        let path = format!("{path}/{}", text(&found.unwrap()["apiMappingId"]));
        assert_eq!(elsewhere::send(&self.sandbox(), "DELETE", &path, &Value::Null).await.0, 204);
    }

    /// Somebody else's domain, with its certificate.
    pub async fn domain(&self, name: &str, routing_mode: &str) {
        let own = json!({"certificateArn": self.certificate(name, self.region()).await, "endpointType": "REGIONAL",
            "securityPolicy": "TLS_1_2"});
        let body = json!({"domainName": name, "domainNameConfigurations": [own], "routingMode": routing_mode});
        let (status, said) = elsewhere::send(&self.sandbox(), "POST", "/v2/domainnames", &body).await;
        assert_eq!(status, 201, "{said}");
    }

    /// Somebody else's mapping.
    pub async fn mapping(&self, name: &str, key: &str) {
        let body = json!({"apiId": self.goal.api_id, "stage": "prod", "apiMappingKey": key});
        let path = format!("/v2/domainnames/{name}/apimappings");
        let (status, said) = elsewhere::send(&self.sandbox(), "POST", &path, &body).await;
        assert_eq!(status, 201, "{said}");
    }
}

/// Takes what the screen shows until it shows this.
pub async fn until(watch: &mut BoxStream<'static, String>, what: &str, shows: impl Fn(&Line) -> bool) -> Line {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut last = String::new();
    loop {
        let next = tokio::time::timeout_at(deadline, watch.next()).await;
        let batch = next.unwrap_or_else(|_| panic!("never came: {what}\n{last}")).expect("a watch has no end");
        let lines: Vec<Line> = serde_json::from_str(&batch).unwrap();
        last = batch;
        if let Some(line) = lines.into_iter().find(&shows) {
            return line;
        }
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The paths of all zones.
pub async fn zones(sandbox: &Sandbox) -> Vec<String> {
    let (_, list) = route53(sandbox, "GET", "/2013-04-01/hostedzone", "").await;
    let ids = list.split("<Id>").skip(1).map(|rest| rest.split('<').next().unwrap());
    ids.map(|id| format!("/2013-04-01/hostedzone/{}", id.trim_start_matches("/hostedzone/"))).collect()
}

/// A zone that only a VPC sees.
pub async fn private_zone(sandbox: &Sandbox, name: &str) {
    let body = format!(
        "<CreateHostedZoneRequest><Name>{name}</Name><VPC><VPCRegion>us-east-1</VPCRegion><VPCId>vpc-0a1b2c3d</VPCId>\
         </VPC><CallerReference>{name}</CallerReference></CreateHostedZoneRequest>"
    );
    let (status, said) = route53(sandbox, "POST", "/2013-04-01/hostedzone", &body).await;
    assert_eq!(status, 201, "{said}");
}

async fn acm(sandbox: &Sandbox, region: &str, operation: &str, body: Value) -> Value {
    let host = format!("acm.{region}.amazonaws.com");
    let scope = format!("AWS4-HMAC-SHA256 Credential=AK/20260925/{region}/acm/aws4_request");
    let request = Request::post(format!("https://{host}/"))
        .header("host", host)
        .header("authorization", scope)
        .header("x-amz-target", format!("CertificateManager.{operation}"))
        .body(Bytes::from(body.to_string()));
    let (status, said) = send(sandbox, request.unwrap()).await;
    assert_eq!(status, 200, "{operation}: {said}");
    serde_json::from_str(&said).unwrap()
}

async fn route53(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> (u16, String) {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://route53.amazonaws.com{path}"))
        .header("host", "route53.amazonaws.com")
        .body(Bytes::from(body.to_owned()));
    send(sandbox, request.unwrap()).await
}

async fn send(sandbox: &Sandbox, request: Request<Bytes>) -> (u16, String) {
    let answer = sandbox.handle(request).await;
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}
