//! The wizard for a custom domain, from nothing to `wss://chat.example.com/chat` and back: whatever ends the app or loses an
//! answer on the way, the next one goes on, and nothing is made twice.

mod bench;
mod in_the_way;
mod on_the_way;
mod running_out;

use bench::{Bench, holds};
use futures_util::StreamExt;
use gatescope_app::rpc;
use gatescope_model::domain::{Next, Verification};
use gatescope_sandbox::Outage;
use serde_json::{Value, json};

/// Steps from nothing: certificate, its record, domain, mapping, alias.
const STEPS: usize = 5;

/// What stands beside the name before a wizard begins: somebody else's text, certificate, domain and mapping.
async fn others(bench: &Bench) -> Vec<String> {
    bench.record("UPSERT", "TXT", bench::NAME, "\"v=spf1 -all\"").await;
    bench.domain("other.example.com", "API_MAPPING_ONLY").await;
    bench.mapping("other.example.com", "chat").await;
    bench.there().await
}

/// The operations that wrote something, as the list of calls has them.
async fn writes(bench: &Bench) -> Vec<String> {
    let mut stream = rpc::stream(&bench.desk.app, "watch_calls", Value::Null).await.unwrap();
    let items: Vec<Value> = serde_json::from_str(&stream.next().await.unwrap()).unwrap();
    let calls = items.iter().filter(|item| item["kind"] == "call").map(|item| bench::text(&item["call"]["operation"]));
    let mine = ["RequestCertificate", "CreateDomainName", "CreateApiMapping", "ChangeResourceRecordSets"];
    let mut writes: Vec<String> = calls.filter(|operation| mine.contains(&operation.as_str())).collect();
    writes.sort();
    writes
}

#[tokio::test(start_paused = true)]
async fn from_no_certificate_to_an_answer_over_true_tls_in_five_clicks() {
    let bench = Bench::new().await;
    let before = others(&bench).await;
    let (line, clicks) = bench.steps(usize::MAX).await;
    line.holds();
    assert_eq!(clicks, STEPS);
    bench.made_once(&before, "from nothing").await;
    let once = [
        "ChangeResourceRecordSets",
        "ChangeResourceRecordSets",
        "CreateApiMapping",
        "CreateDomainName",
        "RequestCertificate",
    ];
    assert_eq!(writes(&bench).await, once, "each write was sent once");
    assert_eq!(line.made.len(), STEPS, "{:#?}", line.made);
    let mut question = bench.question();
    question["message"] = json!(r#"{"action":"sendmessage","message":"hello over TLS"}"#);
    let tried: Verification = bench.desk.call("verify_domain", question).await;
    holds(&tried);
    assert!(tried.public[4].says.contains("hello over TLS"), "{tried:#?}");
    assert!(tried.public[1].says.contains(bench::NAME), "the certificate is the name's: {tried:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_step_that_is_clicked_twice_is_done_once() {
    let bench = Bench::new().await;
    let before = bench.there().await;
    for _ in 0..STEPS {
        let line = bench.until_halt().await;
        let (first, second) = tokio::join!(bench.click(line.offered()), bench.click(line.offered()));
        let done = usize::from(first.is_ok()) + usize::from(second.is_ok());
        assert_eq!(done, 1, "{first:?} {second:?}");
    }
    bench.until_halt().await.holds();
    bench.made_once(&before, "twice clicked").await;
}

#[tokio::test(start_paused = true)]
async fn an_app_that_is_killed_after_any_step_is_gone_on_with_by_one_that_knows_nothing() {
    for k in 0..=STEPS {
        let bench = Bench::new().await;
        let before = others(&bench).await;
        let what = format!("killed after step {k}");
        assert_eq!(bench.steps(k).await.1, k, "{what}");
        let bench = bench.killed();
        let (line, rest) = bench.steps(usize::MAX).await;
        line.holds();
        assert_eq!(rest, STEPS - k, "{what}: no step is done again");
        bench.made_once(&before, &what).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_app_that_is_killed_at_each_step_gets_there_too() {
    let mut bench = Bench::new().await;
    let before = others(&bench).await;
    for _ in 0..STEPS {
        assert_eq!(bench.steps(1).await.1, 1);
        bench = bench.killed();
    }
    bench.until_halt().await.holds();
    bench.made_once(&before, "killed each time").await;
}

/// The steps whose calls API Gateway answers: CreateDomainName and CreateApiMapping.
const OF_GATEWAY: [usize; 2] = [2, 3];

#[tokio::test(start_paused = true)]
async fn an_app_that_is_killed_before_an_answer_or_a_call_arrives_is_gone_on_with() {
    for outage in [Outage::Silent, Outage::Deaf] {
        for k in OF_GATEWAY {
            let bench = Bench::new().await;
            let before = others(&bench).await;
            let what = format!("{outage:?} at step {k}");
            let (line, done) = bench.steps(k).await;
            assert_eq!(done, k, "{what}");
            bench.sandbox().set_outage(0, Some(outage));
            let answered = tokio::time::timeout(std::time::Duration::from_secs(3), bench.click(line.offered())).await;
            assert!(answered.is_err(), "{what}: nobody answers: {answered:?}");
            let bench = bench.killed();
            bench.sandbox().set_outage(0, None);
            let (line, rest) = bench.steps(usize::MAX).await;
            line.holds();
            assert_eq!(rest, STEPS - k - usize::from(outage == Outage::Silent), "{what}");
            bench.made_once(&before, &what).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_no_reason_to_do_it_again_and_what_was_made_goes_on_the_way_back() {
    for k in OF_GATEWAY {
        let bench = Bench::new().await;
        let before = others(&bench).await;
        let what = format!("lost at step {k}");
        let (line, _) = bench.steps(k).await;
        bench.sandbox().set_outage(0, Some(Outage::Lost));
        bench.click(line.offered()).await.expect_err(&what);
        bench.sandbox().set_outage(0, None);
        let (line, rest) = bench.steps(usize::MAX).await;
        line.holds();
        assert_eq!(rest, STEPS - k - 1, "{what}: what it made is taken as made");
        bench.made_once(&before, &what).await;
        let keeps = bench.roll_back().await;
        assert_eq!(bench.there().await, before, "{what}: {keeps:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_any_step_the_way_back_leaves_what_was_there_before_and_nothing_else() {
    for k in 0..=STEPS {
        let bench = Bench::new().await;
        let before = others(&bench).await;
        let (line, done) = bench.steps(k).await;
        assert_eq!(done, k);
        if k == STEPS {
            line.holds();
        }
        let keeps = bench.roll_back().await;
        assert_eq!(bench.there().await, before, "back from step {k}: {keeps:#?}");
        assert_eq!(bench.look().await.made, Vec::<String>::new(), "nothing is offered to be taken back any more");
        assert!(matches!(bench.look().await.next, Next::Do { .. }), "and it begins again");
    }
}

#[tokio::test(start_paused = true)]
async fn a_way_back_that_was_shown_before_the_world_moved_on_is_not_gone() {
    let bench = Bench::new().await;
    bench.steps(4).await;
    let shown: Value = bench.desk.call("preview_domain_undo", bench.question()).await;
    bench.mapping(bench::NAME, "somebody").await;
    let there = bench.there().await;
    let mut question = bench.question();
    question["undo"] = shown["id"].clone();
    bench.desk.refused("undo_domain", question).await;
    assert_eq!(bench.there().await, there);
    let keeps = bench.roll_back().await;
    assert!(keeps.iter().any(|words| words.contains("somebody")), "{keeps:#?}");
    assert_eq!(
        (bench.count("domain").await, bench.count("mapping").await, bench.count("certificate").await),
        (1, 1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_there_already_is_taken_in_and_stays_on_the_way_back() {
    let bench = Bench::new().await;
    bench.domain(bench::NAME, "API_MAPPING_ONLY").await;
    bench.mapping(bench::NAME, "older").await;
    let before = bench.there().await;
    let (line, clicks) = bench.steps(usize::MAX).await;
    line.holds();
    assert_eq!(clicks, 2, "mapping and alias");
    bench.roll_back().await;
    assert_eq!(bench.there().await, before);
}
