//! The list of domains and the doctor: certificates that run out are said before clients are refused, and what is for
//! others keeps nothing from being read.

use std::time::Duration;

use gatescope_app::calls::DomainList;
use gatescope_model::doctor::{Checkup, Flaw, Severity};
use gatescope_model::domain::Next;
use gatescope_sandbox::Plant;

use crate::domains::bench::{self, Bench};

const DAY: Duration = Duration::from_secs(86_400);

/// What the doctor says of certificates.
async fn flaw(bench: &Bench) -> Option<Flaw> {
    let checkup: Checkup = bench.desk.call("check_api", bench.desk.of(&bench.goal.api_id)).await;
    assert!(!checkup.unasked.iter().any(|rule| rule.rule == "domain-certificate"), "{:#?}", checkup.unasked);
    checkup.flaws.into_iter().find(|flaw| flaw.rule == "domain-certificate")
}

/// What the list says of the domain.
async fn listed(bench: &Bench) -> Vec<(bool, String)> {
    let list: DomainList = bench.desk.call("list_domains", bench.desk.scope.clone()).await;
    let row = list.domains.into_iter().find(|domain| domain.domain_name == bench::NAME).expect("the domain is listed");
    row.health.into_iter().map(|health| (health.broken, health.says)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_certificate_whose_record_stands_no_more_is_named_a_month_before_clients_are_refused() {
    let bench = Bench::new().await;
    bench.steps(usize::MAX).await.0.holds();
    assert_eq!((flaw(&bench).await, listed(&bench).await), (None, Vec::new()), "all is well today");

    let list: DomainList = bench.desk.call("list_domains", bench.desk.scope.clone()).await;
    let certificate = &list.certificates[0].certificate;
    let ends = certificate.not_after.expect("it was issued");
    let (name, _) = certificate.validations[0].record.clone().expect("it has its record");
    bench.record("UPSERT", "CNAME", &name, "elsewhere.example.net").await;
    let lost = flaw(&bench).await.expect("long before the end");
    assert!(lost.title.contains("validation record stands no more"), "{lost:#?}");
    assert!(listed(&bench).await.iter().any(|(broken, says)| !broken && says.contains("stands no more")));
    let until = |days: u32| {
        let left = u64::try_from(ends - bench.sandbox().now()).expect("it has not ended");
        bench.sandbox().advance(Duration::from_millis(left) - DAY * days);
    };
    until(20);
    let soon = flaw(&bench).await.expect("20 days before the end");
    assert_eq!(soon.severity, Severity::Risk, "{soon:#?}");
    assert!(soon.title.starts_with("The certificate of chat.example.com expires in "), "{soon:#?}");
    assert!(listed(&bench).await.iter().any(|(broken, says)| !broken && says.contains("expires in")));

    until(0);
    bench.sandbox().advance(DAY);
    let over = flaw(&bench).await.expect("a day after the end");
    assert_eq!(over.severity, Severity::Connect, "{over:#?}");
    assert_eq!(over.title, "The certificate of chat.example.com has expired");
    assert!(listed(&bench).await.iter().any(|(broken, says)| *broken && says.contains("has expired")));
    assert_ne!(bench.until_halt().await.next, Next::Done, "nor does the wizard call that done");
}

#[tokio::test(start_paused = true)]
async fn a_certificate_whose_record_stands_is_renewed_and_nobody_hears_of_it() {
    let bench = Bench::new().await;
    bench.steps(usize::MAX).await.0.holds();
    bench.sandbox().advance(DAY * 800);
    assert_eq!((flaw(&bench).await, listed(&bench).await), (None, Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn domains_for_rest_apis_are_listed_and_keep_nothing_from_being_read() {
    let bench = Bench::new().await;
    bench.finish().await.holds();
    for (name, endpoint_type, security_policy) in [("old", "REGIONAL", "TLS_1_0"), ("edge", "EDGE", "TLS_1_2")] {
        bench.sandbox().plant(Plant::OldDomain {
            domain_name: format!("{name}.example.com"),
            endpoint_type: endpoint_type.into(),
            security_policy: security_policy.into(),
        });
    }
    let list: DomainList = bench.desk.call("list_domains", bench.desk.scope.clone()).await;
    let broken: Vec<(&str, usize, bool)> = list
        .domains
        .iter()
        .map(|d| {
            (d.domain_name.as_str(), d.mappings.len(), d.health.iter().any(|h| h.broken && !h.says.contains("DNS")))
        })
        .collect();
    let wanted = [(bench::NAME, 1, false), ("edge.example.com", 0, false), ("old.example.com", 0, false)];
    assert_eq!(broken, wanted, "{:#?} {:#?}", list.unread, list.domains);
    let checkup: Checkup = bench.desk.call("check_api", bench.desk.of(&bench.goal.api_id)).await;
    assert!(!checkup.unasked.iter().any(|rule| rule.rule == "domain-tls-old"), "{:#?}", checkup.unasked);
}
