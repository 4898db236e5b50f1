//! What stands in the way of a custom domain: each with its own reason, its words and its way out, and nothing is written
//! over what was there.

use gatescope_model::domain::{Goal, Reason};
use gatescope_sandbox::{Options, Plant};
use gatescope_tests::elsewhere;
use serde_json::json;

use super::bench::{Bench, NAME, private_zone};

/// It is refused at once, for this reason, in words of its own, and nothing is written.
async fn refused_at_once(bench: &Bench, reason: Reason, says: &str) {
    let before = bench.there().await;
    let line = bench.until_halt().await;
    assert_eq!(line.blocked(), reason, "{:#?}", line.next);
    assert!(line.words().contains(says), "{says}: {}", line.words());
    assert_eq!(bench.there().await, before, "{reason:?}: nothing was written");
    assert!(line.made.is_empty());
}

fn old(endpoint_type: &str, security_policy: &str) -> Plant {
    Plant::OldDomain {
        domain_name: NAME.into(),
        endpoint_type: endpoint_type.into(),
        security_policy: security_policy.into(),
    }
}

#[tokio::test(start_paused = true)]
async fn http_and_rest_apis_on_the_name_are_told_by_their_kind() {
    for protocol in ["HTTP", "REST"] {
        let bench = Bench::new().await;
        bench.sandbox().plant(old("REGIONAL", "TLS_1_2"));
        bench.sandbox().plant(Plant::Api { api_id: "otherapi01".into(), protocol: protocol.into() });
        bench.sandbox().plant(Plant::Mapping {
            domain_name: NAME.into(),
            key: "web".into(),
            api_id: "otherapi01".into(),
            stage: "prod".into(),
        });
        refused_at_once(&bench, Reason::MixedProtocols, &format!("{protocol} API otherapi01")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_domain_that_no_websocket_api_can_have_is_told_by_what_is_wrong_with_it() {
    for (plant, reason, says) in [
        (old("EDGE", "TLS_1_2"), Reason::NotRegional, "EDGE"),
        (old("PRIVATE", "TLS_1_2"), Reason::NotRegional, "PRIVATE"),
        (old("REGIONAL", "TLS_1_0"), Reason::OldTls, "TLS_1_0"),
    ] {
        let bench = Bench::new().await;
        bench.sandbox().plant(plant);
        refused_at_once(&bench, reason, says).await;
    }
    let bench = Bench::new().await;
    bench.domain(NAME, "ROUTING_RULE_ONLY").await;
    refused_at_once(&bench, Reason::RoutingRulesOnly, "routing rules only").await;
}

#[tokio::test(start_paused = true)]
async fn a_key_that_leads_elsewhere_is_told_and_another_one_goes() {
    let mut bench = Bench::new().await;
    bench.domain(NAME, "API_MAPPING_ONLY").await;
    bench.sandbox().plant(Plant::Mapping {
        domain_name: NAME.into(),
        key: "chat".into(),
        api_id: bench.goal.api_id.clone(),
        stage: "test".into(),
    });
    refused_at_once(&bench, Reason::KeyTaken, "stage test of this API").await;
    bench.goal.key = "talk".into();
    bench.finish().await.holds();
    assert_eq!(bench.count("mapping").await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_or_a_name_that_is_none_and_a_stage_without_a_deployment_are_refused_before_any_call() {
    let mut bench = Bench::new().await;
    let stage = json!({"stageName": "empty"});
    let path = format!("/v2/apis/{}/stages", bench.goal.api_id);
    assert_eq!(elsewhere::send(&bench.sandbox(), "POST", &path, &stage).await.0, 201);
    let good = bench.goal.clone();
    for (goal, reason, says) in [
        (Goal { stage: "empty".into(), ..good.clone() }, Reason::NotDeployed, "no deployment"),
        (Goal { stage: "gone".into(), ..good.clone() }, Reason::NoStage, "gone"),
        (Goal { api_id: "none123456".into(), ..good.clone() }, Reason::NoApi, "none123456"),
        (Goal { key: "a/b".into(), ..good.clone() }, Reason::BadKey, "level"),
        (Goal { domain_name: "Chat.example.com".into(), ..good.clone() }, Reason::BadName, ""),
    ] {
        bench.goal = goal;
        refused_at_once(&bench, reason, says).await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_public_zone_it_says_which_zone_there_is_and_offers_the_records_to_copy() {
    let bench = Bench::with(Options { seed_zone: false, ..Options::default() }).await;
    refused_at_once(&bench, Reason::NoZone, "example.com").await;
    private_zone(&bench.sandbox(), "example.com").await;
    refused_at_once(&bench, Reason::PrivateZone, "private").await;
    let line = bench.look().await;
    let consent = line.stations.iter().find_map(|station| station.consent.as_ref()).unwrap();
    assert_eq!(consent.title, "Write the records by hand");
}

#[tokio::test(start_paused = true)]
async fn a_zone_that_nobody_asks_is_told_before_a_record_is_written_into_it() {
    let bench = Bench::new().await;
    bench
        .sandbox()
        .plant(Plant::Delegation { zone: "example.com".into(), name_servers: vec!["ns1.elsewhere.net".into()] });
    refused_at_once(&bench, Reason::ZoneNotDelegated, "ns1.elsewhere.net").await;
    bench.sandbox().weed();
    bench.finish().await.holds();
}

#[tokio::test(start_paused = true)]
async fn a_certificate_in_us_east_1_serves_no_domain_of_another_region() {
    let mut bench = Bench::with(Options { region: "eu-west-1".into(), ..Options::default() }).await;
    let arn = bench.certificate("*.example.com", "us-east-1").await;
    refused_at_once(&bench, Reason::CertificateElsewhere, &arn).await;
    let line = bench.look().await;
    let consent = line.stations.iter().find_map(|station| station.consent.clone()).unwrap();
    assert_eq!(consent.title, "Ask for a new certificate");
    bench.goal = consent.goal;
    bench.finish().await.holds();
}

#[tokio::test(start_paused = true)]
async fn a_name_that_another_account_has_is_refused_by_aws_and_the_certificate_is_kept_for_later() {
    let bench = Bench::new().await;
    bench.sandbox().plant(Plant::NameTaken { domain_name: NAME.into() });
    let (line, done) = bench.steps(2).await;
    assert_eq!(done, 2, "nobody can know before");
    bench.click(line.offered()).await.expect_err("it is somebody else's");
    let line = bench.until_halt().await;
    assert_eq!(line.blocked(), Reason::OwnedElsewhere);
    assert_eq!((bench.count("domain").await, bench.count("certificate").await), (0, 1));
    // The other account gives it away; a person tries again.
    bench.sandbox().weed();
    let _: serde_json::Value = bench.desk.call("verify_domain", bench.question()).await;
    bench.finish().await.holds();
    assert_eq!((bench.count("domain").await, bench.count("certificate").await), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_somebody_else_wrote_is_replaced_only_when_a_person_says_so_and_comes_back() {
    let mut bench = Bench::new().await;
    bench.record("UPSERT", "A", NAME, "203.0.113.7").await;
    let before = bench.there().await;
    let line = bench.finish().await;
    assert_eq!(line.blocked(), Reason::RecordTaken);
    assert!(line.words().contains("203.0.113.7"), "{}", line.words());
    assert_eq!(bench.count("domain").await, 1);
    let now = bench.there().await;
    assert!(before.iter().all(|old| now.contains(old)), "the foreign record stands: {now:#?}");
    let station = line.stations.iter().find(|station| station.consent.is_some()).unwrap();
    assert!(station.making.as_ref().unwrap().replaces[0].contains("203.0.113.7"), "what it will do is shown before");
    bench.goal = station.consent.clone().unwrap().goal;
    assert!(bench.goal.replace_records);
    bench.finish().await.holds();
    let keeps = bench.roll_back().await;
    assert_eq!(bench.there().await, before, "{keeps:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_caa_record_that_keeps_amazon_out_is_told_and_a_new_certificate_goes_once_it_is_mended() {
    let mut bench = Bench::new().await;
    bench.record("UPSERT", "CAA", "example.com", "0 issue \"letsencrypt.org\"").await;
    let line = bench.finish().await;
    assert_eq!(line.blocked(), Reason::CertificateFailed);
    assert!(line.words().contains("CAA_ERROR"), "{}", line.words());
    assert_eq!(bench.count("domain").await, 0);
    bench.record("UPSERT", "CAA", "example.com", "0 issue \"amazon.com\"").await;
    assert_eq!(bench.until_halt().await.blocked(), Reason::CertificateFailed, "a failed one does not come back");
    let line = bench.look().await;
    bench.goal = line.stations.iter().find_map(|station| station.consent.clone()).unwrap().goal;
    bench.finish().await.holds();
    assert_eq!(bench.count("certificate").await, 2, "the failed one stays until somebody deletes it");
}

#[tokio::test(start_paused = true)]
async fn each_way_a_certificate_fails_has_its_own_words() {
    let mut said = std::collections::BTreeSet::new();
    for reason in ["ADDITIONAL_VERIFICATION_REQUIRED", "DOMAIN_NOT_ALLOWED", "INVALID_PUBLIC_DOMAIN", "OTHER"] {
        let bench = Bench::new().await;
        bench.sandbox().plant(Plant::CertificateFails { domain_name: NAME.into(), reason: reason.into() });
        let line = bench.finish().await;
        assert_eq!(line.blocked(), Reason::CertificateFailed);
        let (_, words) = line.words().split_once(reason).unwrap_or_else(|| panic!("{reason}: {}", line.words()));
        assert!(said.insert(words.to_owned()), "{reason}: {words}");
        assert_eq!(bench.count("domain").await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_locked_account_is_sent_no_step() {
    let bench = Bench::new().await;
    let line = bench.until_halt().await;
    let before = bench.there().await;
    let _: serde_json::Value = bench.desk.call("set_lock", json!({"account": "sandbox", "locked": true})).await;
    let refused = bench.click(line.offered()).await.expect_err("it is locked");
    assert!(refused.message.contains("the account is locked"), "{refused:?}");
    assert_eq!(bench.there().await, before);
    let line = bench.look().await;
    assert!(line.made.is_empty(), "{:#?}", line.made);
    let _: serde_json::Value = bench.desk.call("set_lock", json!({"account": "sandbox", "locked": false})).await;
    // What was refused stays said until somebody tries again, and trying again is enough.
    let line = bench.until_halt().await;
    assert_eq!(line.blocked(), Reason::Refused);
    assert!(line.words().contains("locked"), "{}", line.words());
    let _: serde_json::Value = bench.desk.call("verify_domain", bench.question()).await;
    bench.finish().await.holds();
}
