//! What a person may let Gatescope ask the world: the certificate of who answers at a name, and the targets behind a VPC link.

use gatescope_model::conversation::Row;
use gatescope_model::probe::{Probe, Targets, Tls};
use gatescope_model::verdict::{Action, Confidence, Finding};
use gatescope_sandbox::{Options, Sandbox, Seed};
use gatescope_tests::{Desk, Talk, elsewhere, has};
use serde_json::{Value, json};

fn gallery() -> Desk {
    Desk::with(Options { seed: Seed::Gallery, ..Options::default() })
}

async fn at<'d>(desk: &'d Desk, cause: &str) -> Talk<'d> {
    let exhibit = Sandbox::gallery().into_iter().find(|e| e.cause == cause).unwrap();
    let of = json!({"scope": desk.scope, "apiId": exhibit.api_id, "stage": exhibit.stage});
    let mut talk = desk.open_stage(of).await;
    talk.until("the configuration is read", |t| t.tail.as_ref().is_some_and(|tail| !tail.level.is_empty())).await;
    talk
}

/// Presses the button of a row, and waits until its verdict tells what was asked.
async fn look(desk: &Desk, talk: &mut Talk<'_>, row: u32) -> (Vec<Probe>, Row) {
    let probed: Value = desk.call("probe_row", json!({"session": talk.session, "row": row})).await;
    let probes: Vec<Probe> = serde_json::from_value(probed["probes"].clone()).unwrap();
    let words: Vec<String> = probes.iter().map(Probe::words).collect();
    let shows = |t: &Talk| t.rows.get(&row).and_then(|r| r.verdict.as_ref()).is_some_and(|v| v.asked == words);
    talk.until("the verdict tells what was asked", shows).await;
    (probes, talk.rows[&row].clone())
}

fn best(row: &Row) -> &Finding {
    &row.verdict.as_ref().unwrap().findings[0]
}

fn evidence(row: &Row) -> Vec<String> {
    best(row).evidence.iter().map(|e| e.text.clone()).collect()
}

fn tls(probes: &[Probe]) -> &Tls {
    probes.iter().find_map(|p| if let Probe::Tls(tls) = p { Some(tls) } else { None }).expect("TLS was asked")
}

fn targets(probes: &[Probe]) -> &Targets {
    probes.iter().find_map(|p| if let Probe::Targets(targets) = p { Some(targets) } else { None }).expect("targets")
}

#[tokio::test]
async fn a_500_without_a_log_is_told_by_the_targets_behind_the_vpc_link() {
    let desk = gallery();
    let mut talk = at(&desk, "vpc-link-unavailable").await;
    let refused = talk.connect().await;
    assert_eq!(refused.status, Some(500));
    let before = talk.explained(refused.id, "vpc-link-unavailable").await;
    assert_eq!((best(&before).confidence, &best(&before).action), (Confidence::Possible, &Some(Action::Probe)));
    assert!(before.verdict.as_ref().unwrap().asked.is_empty());

    let (probes, row) = look(&desk, &mut talk, refused.id).await;
    assert!(targets(&probes).none_is_healthy() && !probes.iter().any(|p| matches!(p, Probe::Tls(_))), "{probes:#?}");
    let found = best(&row);
    assert_eq!((found.cause.as_str(), found.confidence), ("vpc-link-unavailable", Confidence::Likely), "{row:#?}");
    assert_eq!(found.title, "No target behind the VPC link of $connect’s integration is healthy");
    has(&evidence(&row), "1 of 1 target of gallery-nlb is unhealthy: Target.FailedHealthChecks");
    assert_ne!(found.action, Some(Action::Probe), "asked once");
    let looked = &row.verdict.as_ref().unwrap().looked_at;
    assert!(looked.iter().any(|l| l.contains("gallery-nlb")), "{looked:#?}");
}

#[tokio::test]
async fn a_link_that_went_away_meanwhile_could_not_be_asked_and_the_call_works_nonetheless() {
    let desk = gallery();
    let mut talk = at(&desk, "vpc-link-unavailable").await;
    let refused = talk.connect().await;
    talk.explained(refused.id, "vpc-link-unavailable").await;
    let sandbox = desk.app.sandbox();
    let links = elsewhere::call(sandbox, "GET", "/vpclinks", Value::Null).await;
    let id = links["item"][0]["id"].as_str().unwrap().to_owned();
    elsewhere::call(sandbox, "DELETE", &format!("/vpclinks/{id}"), Value::Null).await;
    let (probes, row) = look(&desk, &mut talk, refused.id).await;
    assert!(!targets(&probes).none_is_healthy());
    let words = format!("could not ask the VPC link {id}: NotFoundException: Invalid Vpc Link identifier specified");
    let verdict = row.verdict.as_ref().unwrap();
    assert!(verdict.asked.contains(&words) && verdict.looked_at.contains(&words), "{verdict:#?}");
}

#[tokio::test]
async fn an_api_that_went_away_meanwhile_is_a_question_that_could_not_be_asked() {
    let desk = gallery();
    let mut talk = at(&desk, "lambda-malformed-response").await;
    let refused = talk.connect().await;
    talk.explained(refused.id, "lambda-malformed-response").await;
    let api = Sandbox::gallery().into_iter().find(|e| e.cause == "lambda-malformed-response").unwrap().api_id;
    elsewhere::call(desk.app.sandbox(), "DELETE", &format!("/v2/apis/{api}"), Value::Null).await;
    let (probes, _) = look(&desk, &mut talk, refused.id).await;
    assert!(probes.iter().any(|p| p.words().starts_with("could not ask what the route calls: ")), "{probes:#?}");
}

#[tokio::test]
async fn a_certificate_for_other_names_is_shown_with_its_names_and_its_end() {
    let desk = gallery();
    let mut talk = at(&desk, "tls-name-mismatch").await;
    let url = "wss://api.tls-name-mismatch.example.net/";
    let lost = talk.connect_with(json!({"url": url})).await;
    talk.explained(lost.id, "tls-name-mismatch").await;
    let (probes, row) = look(&desk, &mut talk, lost.id).await;
    let tls = tls(&probes);
    assert_eq!(
        (tls.version.as_deref(), tls.trusted, tls.covers_its_name()),
        (Some("TLS 1.3"), true, false),
        "{tls:#?}"
    );
    assert_eq!(best(&row).confidence, Confidence::Certain);
    has(&evidence(&row), "shows a certificate for chat.tls-name-mismatch.example.net");
    has(&evidence(&row), ", valid until 20");
    assert!(best(&row).action.is_none(), "asked once");
}

#[tokio::test]
async fn a_name_without_a_record_is_dialled_at_its_endpoint_before_dns_knows_it() {
    let desk = gallery();
    let mut talk = at(&desk, "dns-not-found").await;
    let url = "wss://api.dns-not-found.example.net/";
    let lost = talk.connect_with(json!({"url": url})).await;
    assert_eq!(lost.status, None);
    let domains = elsewhere::call(desk.app.sandbox(), "GET", "/v2/domainnames", Value::Null).await;
    let domains = domains["items"].as_array().unwrap();
    let own = domains.iter().find(|d| d["domainName"] == "api.dns-not-found.example.net").unwrap();
    let target = own["domainNameConfigurations"][0]["apiGatewayDomainName"].as_str().unwrap();
    let opened = talk.connect_with(json!({"url": url, "connectTo": target})).await;
    assert_eq!(opened.status, Some(101), "{opened:#?}");
}
