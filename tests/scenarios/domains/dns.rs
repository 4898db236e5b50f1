//! Public DNS that lies, is silent, fails or says now this and now that: told apart with what helps, nothing is written
//! over, and it goes on by itself once DNS behaves.

use std::time::Duration;

use gatescope_model::domain::{CheckState, DnsHost, Next, WantedRecord};
use gatescope_sandbox::{DnsRecord, DnsSaid, Options, Plant};

use super::STEPS;
use super::bench::{Bench, Line, NAME, until};

fn address(name: &str, value: &str) -> DnsSaid {
    DnsSaid::Records(vec![DnsRecord { name: name.into(), kind: "A".into(), ttl: 60, value: value.into() }])
}

/// What public DNS does about a name.
#[derive(Clone, Copy)]
enum Trouble {
    Lies,
    IsSilent,
    Fails,
    FlipFlops,
}

impl Trouble {
    /// About this name, which should lead there.
    fn plant(self, name: &str, there: &str) -> Plant {
        let wrong = address(name, "203.0.113.7");
        let says = match self {
            Self::Lies => vec![wrong],
            Self::IsSilent => vec![DnsSaid::TimedOut],
            Self::Fails => vec![DnsSaid::Failed("SERVFAIL".into())],
            // Never right for as many questions as a whole try asks.
            Self::FlipFlops => [vec![wrong; 3], vec![alias(name, there); 2]].concat(),
        };
        Plant::Dns { name: name.into(), kind: None, says }
    }

    /// What has to be said of it.
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Lies => &["203.0.113.7"],
            Self::IsSilent => &["did not answer", "resolver"],
            Self::Fails => &["SERVFAIL", "DNSSEC"],
            Self::FlipFlops => &["203.0.113.7"],
        }
    }
}

fn alias(name: &str, to: &str) -> DnsSaid {
    DnsSaid::Records(vec![DnsRecord { name: name.into(), kind: "CNAME".into(), ttl: 60, value: to.into() }])
}

/// Where the domain answers, as AWS has it.
async fn target(bench: &Bench) -> String {
    let there = bench.there().await;
    let line = there.iter().find_map(|line| line.strip_prefix(&format!("domain {NAME} at "))).unwrap();
    line.to_owned()
}

fn contains(text: &str, words: &[&str]) -> bool {
    words.iter().all(|word| text.contains(word))
}

/// The record stands in Route 53, and public DNS does this about it.
async fn in_route_53(trouble: Trouble) {
    let bench = Bench::with(Options { clock_speed: 20.0, ..Options::default() }).await;
    let (line, done) = bench.steps(STEPS - 1).await;
    assert_eq!(done, STEPS - 1);
    bench.sandbox().plant(trouble.plant(NAME, &target(&bench).await));
    bench.click(line.offered()).await.unwrap();
    let there = bench.there().await;
    let mut watch = bench.watch().await;
    let is_told = |line: &Line| matches!(&line.next, Next::Wait { what, .. } if contains(what, trouble.words()));
    let line = until(&mut watch, "it waits", is_told).await;
    let tried = line.verification.as_ref().unwrap();
    assert!(tried.direct.iter().all(|check| check.state == CheckState::Holds), "straight at the target it holds");
    assert!(tried.public.iter().any(|check| check.state == CheckState::Failed), "{tried:#?}");
    // Hours of it are no reason to write anything.
    for _ in 0..20 {
        bench.sandbox().advance(Duration::from_secs(20 * 60));
        let line = bench.look().await;
        assert!(!matches!(line.next, Next::Do { .. }), "{line:#?}");
    }
    assert_eq!(bench.there().await, there, "nothing is written");
    bench.sandbox().weed();
    until(&mut watch, "the end", |line| line.next == Next::Done).await.holds();
    assert_eq!(bench.there().await, there);
}

/// DNS is elsewhere, and public DNS does this about the record that proves the name, and then about the one by which clients
/// find it.
async fn by_hand(trouble: Trouble) {
    let mut bench = Bench::with(Options { clock_speed: 20.0, ..Options::default() }).await;
    bench.goal.dns = DnsHost::Manual;
    for clicks in [1, 2] {
        let (line, done) = bench.steps(usize::MAX).await;
        assert_eq!(done, clicks);
        let wanted = record(&line).clone();
        bench.sandbox().plant(trouble.plant(&wanted.name, &wanted.value));
        // ACM does not ask public DNS here, so the proof is written afterwards.
        if clicks == 2 {
            bench.record("UPSERT", "CNAME", &wanted.name, &wanted.value).await;
        }
        let there = bench.there().await;
        let mut watch = bench.watch().await;
        let is_told = |line: &Line| match &line.next {
            Next::ByHand { records, .. } => {
                contains(&format!("{} {}", records[0].actual, records[0].trouble), trouble.words())
            }
            _ => false,
        };
        let line = until(&mut watch, "it is told", is_told).await;
        assert!(!record(&line).right && !record(&line).trouble.is_empty(), "{line:#?}");
        assert_eq!(bench.there().await, there, "nothing is written");
        bench.sandbox().weed();
        if clicks == 1 {
            bench.record("UPSERT", "CNAME", &wanted.name, &wanted.value).await;
            let ready = |line: &Line| matches!(line.next, Next::Do { .. });
            until(&mut watch, "it goes on by itself", ready).await;
        } else {
            until(&mut watch, "the end", |line| line.next == Next::Done).await.holds();
        }
    }
}

fn record(line: &Line) -> &WantedRecord {
    let Next::ByHand { records, .. } = &line.next else { panic!("nothing by hand: {line:#?}") };
    &records[0]
}

#[tokio::test(start_paused = true)]
async fn a_record_in_route_53_that_dns_lies_about_is_waited_for_in_words_of_its_own() {
    in_route_53(Trouble::Lies).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_in_route_53_that_dns_is_silent_about_is_waited_for_in_words_of_its_own() {
    in_route_53(Trouble::IsSilent).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_in_route_53_that_dns_fails_about_is_waited_for_in_words_of_its_own() {
    in_route_53(Trouble::Fails).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_in_route_53_that_dns_says_now_this_and_now_that_about_is_waited_for_in_words_of_its_own() {
    in_route_53(Trouble::FlipFlops).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_by_hand_that_dns_lies_about_is_waited_for_in_words_of_its_own() {
    by_hand(Trouble::Lies).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_by_hand_that_dns_is_silent_about_is_waited_for_in_words_of_its_own() {
    by_hand(Trouble::IsSilent).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_by_hand_that_dns_fails_about_is_waited_for_in_words_of_its_own() {
    by_hand(Trouble::Fails).await;
}

#[tokio::test(start_paused = true)]
async fn a_record_by_hand_that_dns_says_now_this_and_now_that_about_is_waited_for_in_words_of_its_own() {
    by_hand(Trouble::FlipFlops).await;
}
