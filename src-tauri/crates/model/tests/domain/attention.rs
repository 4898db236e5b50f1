//! What is said of domains and certificates in the list.

use std::collections::BTreeMap;

use gatescope_model::domain::list::{Seen, certificate_health, domain_health};
use gatescope_model::domain::*;

use crate::sim::{certificate, domain};

const DAY: i64 = 86_400_000;

fn ends_in(days: i64) -> CertificateHere {
    let in_use_by = vec!["arn:aws:elasticloadbalancing:x".to_owned()];
    CertificateHere { not_after: Some(days * DAY), in_use_by, ..certificate("chat.example.com", "ISSUED") }
}

fn said(c: &CertificateHere, stand: Option<bool>) -> Vec<String> {
    certificate_health(c, stand, 0).into_iter().map(|a| a.says).collect()
}

#[test]
fn at_thirty_days_nothing_is_said_and_at_twenty_nine_it_is() {
    assert!(said(&ends_in(30), Some(true)).is_empty());
    assert!(said(&ends_in(29), Some(true))[0].starts_with("It expires in 29 days. ACM should have renewed it"));
    assert!(said(&ends_in(1), Some(true))[0].starts_with("It expires in 1 day."));
    assert!(said(&ends_in(29), Some(false))[0].contains("record stands no more"));
    assert!(said(&ends_in(200), Some(false))[0].contains("record stands no more"));
    let imported = CertificateHere { kind: "IMPORTED".into(), ..ends_in(10) };
    assert!(said(&imported, None)[0].contains("import the next one"));
    let unused = CertificateHere { renewal: "INELIGIBLE".into(), ..ends_in(10) };
    assert!(said(&unused, None)[0].contains("INELIGIBLE"));
    let gone = &certificate_health(&ends_in(0), None, 0)[0];
    assert!(gone.broken && gone.says.contains("expired"));
    let idle = CertificateHere { in_use_by: Vec::new(), ..ends_in(0) };
    assert!(!certificate_health(&idle, None, 0)[0].broken);
}

#[test]
fn whatever_is_wrong_with_a_domain_is_said_once_the_worst_first() {
    let (api_id, stage, protocol) = ("a1".into(), "prod".into(), "WEBSOCKET".into());
    let mapping = MappingHere { api_id, stage, protocol, ..MappingHere::default() };
    let good = DomainHere { mappings: vec![mapping.clone()], ..domain() };
    let stages: BTreeMap<_, _> = [("a1".to_owned(), Some(vec!["prod".to_owned()])), ("gone".to_owned(), None)].into();
    let certificate = ends_in(200);
    let seen = |domain: &DomainHere, certificate: &CertificateHere, points: Option<bool>| {
        domain_health(&Seen {
            name: "chat.example.com",
            domain,
            certificate: Some(certificate),
            records_stand: Some(true),
            stages: &stages,
            points_here: points,
            dns: "A to 198.51.100.1",
            now: 0,
        })
    };
    assert!(seen(&good, &certificate, Some(true)).is_empty());
    let changed = |change: fn(&mut DomainHere)| {
        let mut domain = good.clone();
        change(&mut domain);
        let all = seen(&domain, &certificate, None);
        assert_eq!(all.len(), 1, "{all:?}");
        all[0].says.clone()
    };
    assert!(changed(|d| d.mappings.clear()).contains("No mapping"));
    assert!(changed(|d| d.mappings[0].stage = "old".into()).contains("stage old"));
    assert!(changed(|d| d.mappings[0].api_id = "gone".into()).contains("API gone"));
    assert!(changed(|d| d.security_policy = "TLS_1_0".into()).contains("TLS 1.0"));
    assert!(changed(|d| d.routing_mode = "ROUTING_RULE_ONLY".into()).contains("routing rules only"));
    assert!(changed(|d| d.status = "PENDING_CERTIFICATE_REIMPORT".into()).contains("imported"));
    assert!(changed(|d| d.endpoint_type = "EDGE".into()).contains("EDGE"));
    assert!(seen(&good, &certificate, Some(false))[0].says.contains("198.51.100.1"));
    // One for REST APIs is as it shall be, and is told to be no place for others.
    for rest in [
        DomainHere { security_policy: "TLS_1_0".into(), mappings: Vec::new(), ..good.clone() },
        DomainHere { endpoint_type: "EDGE".into(), mappings: Vec::new(), ..good.clone() },
        DomainHere { routing_mode: "ROUTING_RULE_ONLY".into(), mappings: Vec::new(), ..good.clone() },
    ] {
        let all = seen(&rest, &certificate, Some(true));
        assert!(all.len() == 1 && !all[0].broken, "{all:?}");
    }
    let both = seen(&good, &ends_in(5), Some(false));
    assert!(both[0].broken && !both[1].broken, "{both:?}");
}
