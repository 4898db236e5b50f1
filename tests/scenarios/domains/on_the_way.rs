//! What takes longer on the way to a custom domain, DNS that is elsewhere, and what comes after
//! it: where backends push, and the generated endpoint.

use gatescope_model::domain::{CheckState, DnsHost, Next, Reason, StationId, WantedRecord};
use gatescope_model::review::Review;
use gatescope_sandbox::Options;
use gatescope_tests::elsewhere;
use serde_json::{Value, json};

use super::bench::{Bench, Line, NAME, text, until};

#[tokio::test(start_paused = true)]
async fn what_aws_takes_its_time_for_is_waited_for_and_said() {
    let moment = std::time::Duration::from_secs(5);
    let options = Options { dns_delay: moment, certificate_delay: moment, domain_delay: moment, ..Options::default() };
    let bench = Bench::with(options).await;
    let before = bench.there().await;
    let mut watch = bench.watch().await;
    let mut waited = Vec::new();
    let mut line = until(&mut watch, "the first step", |_| true).await;
    while line.next != Next::Done {
        match &line.next {
            Next::Do { making, .. } => drop(bench.click(making).await.unwrap()),
            Next::Wait { what, .. } => waited.push(what.clone()),
            other => panic!("{other:#?}"),
        }
        line = until(&mut watch, "what comes of it", |shown| shown.next != line.next).await;
    }
    line.holds();
    assert!(waited.iter().any(|what| what.contains("issues the certificate")), "{waited:#?}");
    assert!(!waited.iter().any(|what| what.contains("not named")), "the record was named and stands: {waited:#?}");
    assert!(waited.iter().any(|what| what.contains("DNS does not tell")), "{waited:#?}");
    bench.made_once(&before, "slowly").await;
}

#[tokio::test(start_paused = true)]
async fn the_second_create_domain_name_within_30_seconds_waits_and_goes_on_by_itself() {
    let mut bench = Bench::with(Options { slow_domains: true, clock_speed: 10.0, ..Options::default() }).await;
    let first = bench.goal.clone();
    bench.goal.domain_name = "first.example.com".into();
    assert_eq!(bench.steps(3).await.1, 3, "certificate, its record, and the domain");
    bench.goal = first;
    let mut watch = bench.watch().await;
    for _ in 0..2 {
        let line = until(&mut watch, "certificate and record", |line| matches!(line.next, Next::Do { .. })).await;
        assert_ne!(line.next.station(), Some(StationId::Domain), "not yet");
        bench.click(line.offered()).await.unwrap();
        watch = bench.watch().await;
    }
    let line = until(&mut watch, "the wait", |line| line.next.station() == Some(StationId::Domain)).await;
    let Next::Wait { what, since, usual_ms, .. } = &line.next else { panic!("it does not wait: {line:#?}") };
    assert!(what.contains("one CreateDomainName in 30 seconds") && since.is_some() && *usual_ms == 30_000, "{what}");
    let (there, begun) = (bench.there().await, since.unwrap());
    let line = until(&mut watch, "the step", |line| matches!(line.next, Next::Do { .. })).await;
    assert!(line.looked_at - begun >= 30_000, "{} ms", line.looked_at - begun);
    assert_eq!((line.next.station(), bench.there().await), (Some(StationId::Domain), there), "nothing was written");
    bench.click(line.offered()).await.unwrap();
    bench.finish().await.holds();
    assert_eq!(bench.count("domain").await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_create_domain_name_that_comes_too_soon_after_somebody_elses_is_sent_again_until_aws_takes_it() {
    let bench = Bench::with(Options { slow_domains: true, ..Options::default() }).await;
    let (line, _) = bench.steps(2).await;
    bench.domain("other.example.com", "API_MAPPING_ONLY").await;
    let begun = tokio::time::Instant::now();
    bench.click(line.offered()).await.unwrap();
    assert!(begun.elapsed() >= std::time::Duration::from_secs(29), "{:?}", begun.elapsed());
    bench.finish().await.holds();
    assert_eq!(bench.count("domain").await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_domain_that_is_updating_is_waited_for_and_then_led_on_with() {
    let moment = std::time::Duration::from_secs(40);
    let bench = Bench::with(Options { domain_delay: moment, clock_speed: 10.0, ..Options::default() }).await;
    let (line, _) = bench.steps(3).await;
    assert_eq!(line.next.station(), Some(StationId::Mapping));
    let path = format!("/v2/domainnames/{NAME}");
    let (_, now) = elsewhere::send(&bench.sandbox(), "GET", &path, &Value::Null).await;
    let own = &now["domainNameConfigurations"][0];
    let change = json!({"domainNameConfigurations": [{"certificateArn": own["certificateArn"],
        "endpointType": "REGIONAL", "securityPolicy": "TLS_1_2", "ipAddressType": "dualstack"}]});
    let (status, said) = elsewhere::send(&bench.sandbox(), "PATCH", &path, &change).await;
    assert_eq!(status, 200, "{said}");
    let there = bench.there().await;
    let refused = bench.click(line.offered()).await.expect_err("it is no time for it");
    assert!(refused.message.contains("moved on"), "{refused:?}");
    let mut watch = bench.watch().await;
    let line = until(&mut watch, "the wait", |line| line.next.station() == Some(StationId::Domain)).await;
    let Next::Wait { what, .. } = &line.next else { panic!("it does not wait: {line:#?}") };
    assert!(what.contains("UPDATING"), "{what}");
    let begun = line.looked_at;
    let line = until(&mut watch, "the step", |line| matches!(line.next, Next::Do { .. })).await;
    assert!(line.looked_at - begun >= 30_000, "{} ms", line.looked_at - begun);
    assert_eq!((line.next.station(), bench.there().await), (Some(StationId::Mapping), there), "nothing was written");
    bench.click(line.offered()).await.unwrap();
    bench.finish().await.holds();
}

fn by_hand(line: &Line) -> &WantedRecord {
    let Next::ByHand { records, .. } = &line.next else { panic!("nothing by hand: {line:#?}") };
    assert_eq!(records.len(), 1);
    &records[0]
}

#[tokio::test(start_paused = true)]
async fn where_dns_is_elsewhere_the_records_are_shown_and_what_public_dns_says_of_them() {
    let mut bench = Bench::new().await;
    bench.goal.dns = DnsHost::Manual;
    let (line, clicks) = bench.steps(usize::MAX).await;
    assert_eq!(clicks, 1, "the certificate is asked for");
    let mut watch = bench.watch().await;
    let wanted = by_hand(&line).clone();
    assert_eq!((wanted.kind.as_str(), wanted.actual.as_str(), wanted.trouble.as_str()), ("CNAME", "", ""));
    assert!(wanted.name.ends_with(".chat.example.com") && wanted.name_in_zone.ends_with(".chat"), "{wanted:#?}");
    // Somebody writes the zone's name twice, then another value, then what is right.
    bench.record("UPSERT", "CNAME", &format!("{}.example.com", wanted.name), &wanted.value).await;
    let line = until(&mut watch, "the doubled name", |line| !by_hand(line).trouble.is_empty()).await;
    assert!(by_hand(&line).trouble.contains("twice"), "{line:#?}");
    bench.record("UPSERT", "CNAME", &wanted.name, "wrong.acm-validations.aws").await;
    let line = until(&mut watch, "the wrong value", |line| by_hand(line).actual.contains("wrong")).await;
    assert_eq!((by_hand(&line).value.as_str(), by_hand(&line).right), (wanted.value.as_str(), false));
    assert!(!by_hand(&line).trouble.is_empty());
    bench.record("UPSERT", "CNAME", &wanted.name, &wanted.value).await;
    let (line, clicks) = bench.steps(usize::MAX).await;
    assert_eq!(clicks, 2, "domain and mapping");
    let wanted = by_hand(&line).clone();
    assert_eq!((wanted.name.as_str(), wanted.name_in_zone.as_str(), wanted.actual.as_str()), (NAME, "chat", ""));
    let mut watch = bench.watch().await;
    bench.record("UPSERT", "CNAME", NAME, &format!("{}.execute-api.us-east-1.amazonaws.com", bench.goal.api_id)).await;
    let line = until(&mut watch, "the wrong target", |line| !by_hand(line).trouble.is_empty()).await;
    assert!(by_hand(&line).trouble.contains("generated endpoint"), "{line:#?}");
    bench.record("UPSERT", "CNAME", NAME, &wanted.value).await;
    let line = until(&mut watch, "the end", |line| matches!(line.next, Next::Done)).await;
    line.holds();
    assert_eq!(line.made.len(), 3, "no record is Gatescope's: {:#?}", line.made);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_builds_the_wrong_callback_is_found_and_mended_by_a_review() {
    let bench = Bench::new().await;
    bench.finish().await.holds();
    let api = &bench.goal.api_id;
    let template = r#"{"statusCode": 200, "url": "https://$context.domainName/$context.stage/@connections/$context.connectionId"}"#;
    let integration = json!({"integrationType": "MOCK", "templateSelectionExpression": "\\$default",
        "requestTemplates": {"$default": template}});
    let (status, made) =
        elsewhere::send(&bench.sandbox(), "POST", &format!("/v2/apis/{api}/integrations"), &integration).await;
    assert_eq!(status, 201, "{made}");
    let target = format!("integrations/{}", text(&made["integrationId"]));
    let route = json!({"routeKey": "push", "target": target});
    assert_eq!(elsewhere::send(&bench.sandbox(), "POST", &format!("/v2/apis/{api}/routes"), &route).await.0, 201);
    let found = async || -> Value {
        let view: Value = bench.desk.call("read_domain", bench.question()).await;
        view["callbacks"].clone()
    };
    assert_eq!(found().await[0]["routes"], json!(["push"]));
    let review: Review = bench.desk.call("preview_callback_fix", bench.question()).await;
    bench.desk.done(&review).await;
    let now = bench.desk.snapshot(api).await;
    assert_eq!(now.stages[0].stage_variables["callbackUrl"], "https://chat.example.com/chat");
    assert_eq!(found().await, json!([]));
    let again = bench.desk.refused("preview_callback_fix", bench.question()).await;
    assert!(again.message.contains("any more"), "{again:?}");
}

#[tokio::test(start_paused = true)]
async fn the_generated_endpoint_is_switched_off_by_a_review_and_proven_refused_while_the_domain_answers() {
    let bench = Bench::new().await;
    bench.finish().await.holds();
    let proof: Value = bench.desk.call("prove_endpoint_off", bench.question()).await;
    assert_eq!(proof["check"]["state"], json!(CheckState::Failed), "it is on: {proof}");
    let review: Review = bench.desk.call("preview_endpoint_off", bench.question()).await;
    bench.desk.done(&review).await;
    let proof: Value = bench.desk.call("prove_endpoint_off", bench.question()).await;
    assert_eq!(proof["check"]["state"], json!(CheckState::Holds), "{proof}");
    assert!(text(&proof["url"]).contains(".execute-api."), "{proof}");
    let tried = bench.desk.call("verify_domain", bench.question()).await;
    super::bench::holds(&tried);
    bench.desk.refused("preview_endpoint_off", bench.question()).await;
}

#[tokio::test(start_paused = true)]
async fn a_wildcard_over_both_internets_takes_the_place_of_a_record_that_a_person_gave_up_and_gives_it_back() {
    let mut bench = Bench::new().await;
    bench.goal.domain_name = "*.example.com".into();
    bench.goal.host = NAME.into();
    bench.goal.dual_stack = true;
    bench.record("UPSERT", "A", "*.example.com", "203.0.113.7").await;
    let before = bench.there().await;
    let (line, clicks) = bench.steps(usize::MAX).await;
    assert_eq!((line.blocked(), clicks), (Reason::RecordTaken, 4), "{line:#?}");
    assert_eq!(bench.there().await.iter().filter(|line| line.contains("203.0.113.7")).count(), 1, "it stands");
    bench.goal.replace_records = true;
    let (line, clicks) = bench.steps(usize::MAX).await;
    line.holds();
    assert_eq!(clicks, 1, "the two aliases in one batch");
    assert_eq!(bench.count("record").await, before.iter().filter(|line| line.starts_with("record")).count() + 2);
    let keeps = bench.roll_back().await;
    assert_eq!(bench.there().await, before, "{keeps:#?}");
}

#[tokio::test(start_paused = true)]
async fn an_api_that_lets_nobody_in_without_a_signature_has_its_address_all_the_same() {
    let bench = Bench::new().await;
    let api = &bench.goal.api_id;
    let connect = bench.desk.snapshot(api).await.route("$connect").unwrap().route_id.clone();
    let sign = json!({"authorizationType": "AWS_IAM"});
    elsewhere::call(&bench.sandbox(), "PATCH", &format!("/v2/apis/{api}/routes/{connect}"), sign).await;
    elsewhere::call(&bench.sandbox(), "POST", &format!("/v2/apis/{api}/deployments"), json!({"stageName": "prod"}))
        .await;
    let (line, _) = bench.steps(usize::MAX).await;
    assert_eq!(line.next, Next::Done);
    let tried = line.verification.unwrap();
    assert_eq!((tried.public[3].state, tried.public[4].state), (CheckState::Holds, CheckState::NotTried), "{tried:#?}");
    // What keeps everybody out keeps nobody from closing the other door, and is no proof that it is closed.
    let proof: Value = bench.desk.call("prove_endpoint_off", bench.question()).await;
    assert_eq!(proof["check"]["state"], json!(CheckState::Failed), "{proof}");
}
