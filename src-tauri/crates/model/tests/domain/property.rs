//! Whatever the world is like: it answers, it ends, it writes nothing twice, it goes on where it was cut off, and it goes
//! back.

use gatescope_model::alias::Record;
use gatescope_model::domain::undo::undo;
use gatescope_model::domain::*;
use proptest::prelude::*;

use crate::sim::*;

fn goals() -> impl Strategy<Value = Goal> {
    let names = prop_oneof![
        4 => Just(("chat.example.com", "")),
        2 => Just(("*.example.com", "chat.example.com")),
        1 => Just(("example.com", "")),
        1 => Just(("a.b.example.com", "")),
    ];
    let keys = prop_oneof![4 => Just("chat"), 3 => Just(""), 1 => Just("a/b")];
    (names, keys, any::<(bool, bool, bool, bool)>()).prop_map(
        |((name, host), key, (manual, dual_stack, replace, has_alias))| Goal {
            domain_name: name.into(),
            host: host.into(),
            key: key.into(),
            dns: if manual { DnsHost::Manual } else { DnsHost::Route53 },
            dual_stack,
            replace_records: replace,
            has_alias,
            ..chat()
        },
    )
}

fn certificates() -> impl Strategy<Value = Vec<CertificateHere>> {
    let one =
        (0..10_usize, prop::sample::select(vec!["chat.example.com", "*.example.com", "example.com", "other.org"]));
    prop::collection::vec(
        one.prop_map(|(status, name)| {
            let states =
                ["ISSUED", "PENDING_VALIDATION", "FAILED", "EXPIRED", "VALIDATION_TIMED_OUT", "REVOKED", "INACTIVE"];
            let mut c = certificate(name, states.get(status).copied().unwrap_or("ISSUED"));
            match status {
                7 => c.kind = "IMPORTED".into(),
                8 => c.kind = "PRIVATE".into(),
                9 => c.not_after = Some(1),
                _ => {}
            }
            c.arn.push_str(&format!("{status}"));
            c.created_at = Some(999_000_000);
            c
        }),
        0..3,
    )
    .prop_map(|mut all| {
        all.dedup_by(|a, b| a.arn == b.arn);
        all
    })
}

fn domains() -> impl Strategy<Value = Option<DomainHere>> {
    (0..16_usize, any::<bool>()).prop_map(|(kind, dual)| {
        let mapping = |key: &str, api: &str, protocol: &str| MappingHere {
            id: "m0".into(),
            key: key.into(),
            api_id: api.into(),
            stage: "prod".into(),
            protocol: protocol.into(),
        };
        let mut d = DomainHere { ip_address_type: if dual { "dualstack" } else { "ipv4" }.into(), ..domain() };
        match kind {
            0 => d.endpoint_type = "EDGE".into(),
            1 => d.security_policy = "TLS_1_0".into(),
            2 => d.routing_mode = "ROUTING_RULE_ONLY".into(),
            3 => d.status = "PENDING_OWNERSHIP_VERIFICATION".into(),
            4 => d.status = "UPDATING".into(),
            5 => d.mappings.push(mapping("http", "h1", "HTTP")),
            6 => d.mappings.push(mapping("chat", "x1", "WEBSOCKET")),
            7 => d.mappings.push(mapping("chat", "a1b2c3d4e5", "WEBSOCKET")),
            8 => d.mappings.push(mapping("more", "x1", "")),
            9 => {}
            _ => return None,
        }
        Some(d)
    })
}

fn zones() -> impl Strategy<Value = Vec<ZoneHere>> {
    let (good, bad) = (zone("Z1", false, "ns-1.awsdns-1.com"), zone("Z2", false, "ns-9.awsdns-9.com"));
    let private = zone("Z3", true, "");
    prop_oneof![
        6 => Just(vec![good.clone()]),
        1 => Just(vec![]),
        1 => Just(vec![private.clone()]),
        1 => Just(vec![bad.clone(), good.clone(), private]),
        1 => Just(vec![bad]),
    ]
}

fn standing() -> impl Strategy<Value = Vec<Record>> {
    let alias = |kind: &str, to: &str, zone: Option<(String, bool)>| Record {
        kind: kind.into(),
        alias: Some(to.into()),
        alias_zone: zone,
        ..Record::default()
    };
    prop_oneof![
        5 => Just(vec![]),
        1 => Just(vec![record("A", "198.51.100.1")]),
        1 => Just(vec![record("A", "198.51.100.1"), record("AAAA", "2001:db8::1"), record("TXT", "\"mine\"")]),
        1 => Just(vec![record("CNAME", "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com")]),
        1 => Just(vec![record("CNAME", TARGET)]),
        1 => Just(vec![Record { is_one_of_several: true, ..record("A", "198.51.100.1") }]),
        1 => Just(vec![alias("A", "old.elb.amazonaws.com", Some(("ZELB".into(), false)))]),
        1 => Just(vec![alias("AAAA", "old.elb.amazonaws.com", Some(("ZELB".into(), false)))]),
        1 => Just(vec![alias("A", TARGET, Some(("ZLY8HYME6SFDD".into(), false)))]),
    ]
}

const OPERATIONS: [&str; 10] = [
    "GetApi",
    "GetDomainName",
    "ListCertificates",
    "Elsewhere",
    "ListHostedZones",
    "ListResourceRecordSets",
    "RequestCertificate",
    "ChangeResourceRecordSets",
    "CreateDomainName",
    "CreateApiMapping",
];

/// What is denied, how often what is throttled, whether the name is owned elsewhere, which link is broken.
type Troubles = (Option<&'static str>, Vec<(&'static str, u32)>, bool, Option<CheckKind>);

fn troubles() -> impl Strategy<Value = Troubles> {
    let denied = prop_oneof![4 => Just(None), 1 => prop::sample::select(OPERATIONS.to_vec()).prop_map(Some)];
    let throttled = prop::collection::vec((prop::sample::select(OPERATIONS.to_vec()), 1..4_u32), 0..4);
    let links = vec![CheckKind::Tls, CheckKind::Mapping, CheckKind::Upgrade, CheckKind::Message];
    let broken = prop_oneof![4 => Just(None), 1 => prop::sample::select(links).prop_map(Some)];
    (denied, throttled, prop::bool::weighted(0.1), broken)
}

fn worlds() -> impl Strategy<Value = (Goal, Sim)> {
    let fate = prop_oneof![4 => Just(Fate::Issued), 1 => Just(Fate::Failed), 1 => Just(Fate::Ignored)];
    let odd = prop::sample::select(vec![Public::Silent, Public::Lies, Public::Fails]);
    let public = prop_oneof![5 => Just(Public::Follows), 3 => odd];
    let api = prop_oneof![12 => Just(0), 1 => Just(1), 1 => Just(2), 1 => Just(3), 1 => Just(4)];
    let more = (fate, public, api, troubles(), prop::bool::weighted(0.2), prop::bool::weighted(0.15), any::<bool>());
    (goals(), certificates(), domains(), zones(), standing(), more).prop_map(
        |(mut goal, certificates, domain, zones, records, more)| {
            let (fate, public, api, (denied, throttled, owned, broken), elsewhere, wrong_proof, east) = more;
            let mut sim =
                Sim { certificates, domain, zones, fate, public, broken, owned_elsewhere: owned, ..Sim::default() };
            match api {
                1 => sim.api = None,
                2 => sim.api.as_mut().unwrap().protocol = "HTTP".into(),
                3 => goal.stage = "gone".into(),
                4 => goal.stage = "empty".into(),
                _ => {}
            }
            if east {
                sim.region = "us-east-1".into();
            }
            if elsewhere {
                sim.elsewhere.push(certificate("*.example.com", "ISSUED"));
            }
            // A domain that stands has a certificate that holds, mostly.
            if sim.domain.is_some() && !wrong_proof {
                let mut own = certificate(&goal.domain_name, "ISSUED");
                own.arn = domain_arn();
                sim.certificates.push(own);
            }
            if !records.is_empty() {
                sim.records.insert(goal.domain_name.clone(), records);
            }
            if wrong_proof {
                let (name, _) = proof(&goal.domain_name);
                sim.records.insert(name, vec![record("CNAME", "_old.acm-validations.aws")]);
            }
            sim.denied.extend(denied.map(str::to_owned));
            sim.throttled.extend(throttled.into_iter().map(|(name, times)| (name.to_owned(), times)));
            (goal, sim)
        },
    )
}

fn domain_arn() -> String {
    domain().certificate_arn
}

proptest! {
    #[test]
    fn following_it_ends_and_nothing_is_written_twice_or_over(case in worlds()) {
        let (goal, start) = case;
        let mut sim = start.clone();
        let ended = follow(&goal, &mut sim, None);
        if let Next::Blocked { words, way_out, .. } = &ended.next {
            prop_assert!(!words.is_empty() && !way_out.is_empty());
        }
        let asked = sim.certificates.len() - start.certificates.len();
        prop_assert!(asked <= 1, "{asked} certificates");
        if !goal.replace_records && goal.dns == DnsHost::Route53 {
            for (name, records) in &start.records {
                for old in records {
                    prop_assert!(sim.records.get(name).is_some_and(|now| now.contains(old)), "{name} lost {old:?}");
                }
            }
        }
        // A domain that stood is as it was, but for one mapping more.
        if let Some(before) = &start.domain {
            let now = sim.domain.clone().unwrap();
            prop_assert!(now.mappings.len() <= before.mappings.len() + 1);
            let same = DomainHere { mappings: before.mappings.clone(), status: before.status.clone(), ..now };
            prop_assert_eq!(&same, before);
        }
    }

    #[test]
    fn killed_after_any_step_it_goes_on_to_the_same_end(case in worlds()) {
        let (goal, start) = case;
        let mut whole = start.clone();
        let ended = follow(&goal, &mut whole, None);
        for k in 0..=ended.done.len() {
            let mut sim = start.clone();
            let first = follow(&goal, &mut sim, Some(k));
            let rest = follow(&goal, &mut sim, None);
            prop_assert!(first.ids.is_disjoint(&rest.ids), "a step is done again after the kill");
            prop_assert_eq!(sim.stands(), whole.stands(), "killed after {}", k);
            prop_assert_eq!(&sim.writes, &whole.writes);
        }
    }

    #[test]
    fn taken_back_after_any_step_the_world_is_as_it_was(case in worlds()) {
        let (goal, start) = case;
        let goal = Goal { dns: DnsHost::Route53, ..goal };
        let mut whole = start.clone();
        let steps = follow(&goal, &mut whole, None).done.len();
        for k in 0..=steps {
            let mut sim = start.clone();
            let ended = follow(&goal, &mut sim, Some(k));
            sim.denied.clear();
            sim.throttled.clear();
            let back = undo(&goal, &ended.done, &whole_look(&goal, &mut sim, &ended.done));
            for step in &back.steps {
                sim.call(step).unwrap();
            }
            if back.keeps.is_empty() {
                let (certificates, domain, records) = sim.stands();
                let (certificates_before, domain_before, records_before) = start.stands();
                prop_assert_eq!(records, records_before);
                prop_assert_eq!(domain, domain_before);
                let names = |all: Vec<(String, String)>| all.into_iter().map(|(arn, _)| arn).collect::<Vec<_>>();
                prop_assert_eq!(names(certificates), names(certificates_before));
            } else {
                // Kept for one reason only: a certificate that was there before is renewed by the record.
                prop_assert!(back.keeps.iter().all(|words| words.contains("is renewed by it")), "{:?}", back.keeps);
            }
            // Asked again, nothing is left to do.
            let again = undo(&goal, &ended.done, &whole_look(&goal, &mut sim, &ended.done));
            prop_assert_eq!(again.steps.len(), 0, "{:?}", again.steps);
        }
    }

    #[test]
    fn it_answers_to_half_read_worlds_too(case in worlds(), read in prop::collection::vec(any::<bool>(), 64)) {
        let (goal, mut sim) = case;
        let mut world = World { now: sim.now, region: sim.region.clone(), ..World::default() };
        let mut pick = read.into_iter();
        for _ in 0..6 {
            for fact in wants(&goal, &world) {
                if pick.next().unwrap_or(true) {
                    sim.read(&fact, &mut world);
                }
            }
            let next = next_step(&goal, &world);
            agree(&goal, &world, &next);
            if matches!(next, Next::Read { .. }) {
                prop_assert!(!wants(&goal, &world).is_empty());
            }
        }
    }
}

/// Everything that the way back has to know.
pub fn whole_look(goal: &Goal, sim: &mut Sim, done: &[undo::Done]) -> World {
    let mut world =
        World { now: sim.now, region: sim.region.clone(), account: "123456789012".into(), ..World::default() };
    for fact in [Fact::Domain, Fact::Certificates, Fact::Zones] {
        sim.read(&fact, &mut world);
    }
    for (zone, name) in undo::names(done) {
        sim.read(&Fact::Records { zone, name }, &mut world);
    }
    let _ = goal;
    world
}
