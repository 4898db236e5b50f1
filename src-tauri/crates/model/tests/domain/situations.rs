//! Every reason by a world of its own, each with words and a way out that no other has.

use std::collections::BTreeMap;

use gatescope_model::alias::Record;
use gatescope_model::domain::*;

use crate::sim::*;

/// How the first look at a situation ends, after its stations have come to a halt.
fn halt(goal: &Goal, sim: Sim) -> (Next, Sim) {
    let mut sim = sim;
    let ended = follow(goal, &mut sim, None);
    (ended.next, sim)
}

fn is_blocked(next: &Next, reason: Reason) -> (String, String) {
    match next {
        Next::Blocked { reason: found, words, way_out, .. } if *found == reason => (words.clone(), way_out.clone()),
        other => panic!("{reason:?} expected: {other:?}"),
    }
}

fn standing(change: impl FnOnce(&mut DomainHere)) -> Sim {
    let mut there = domain();
    change(&mut there);
    Sim { domain: Some(there), certificates: vec![certificate("chat.example.com", "ISSUED")], ..Sim::default() }
}

fn mapping(key: &str, api_id: &str, protocol: &str) -> MappingHere {
    let (id, stage) = ("m0".to_owned(), "prod".to_owned());
    MappingHere { id, key: key.into(), api_id: api_id.into(), stage, protocol: protocol.into() }
}

fn with(change: impl FnOnce(&mut Sim)) -> Sim {
    let mut sim = Sim::default();
    change(&mut sim);
    sim
}

fn at(name: &str, record: Record) -> Sim {
    with(|sim| {
        sim.records.insert(name.into(), vec![record]);
    })
}

fn failed(reason: &str) -> Sim {
    with(|sim| {
        let failure_reason = Some(reason.to_owned());
        sim.certificates.push(CertificateHere { failure_reason, ..certificate("chat.example.com", "FAILED") });
    })
}

fn situations() -> Vec<(&'static str, Reason, Goal, Sim)> {
    use Reason::*;
    let goal = |change: fn(&mut Goal)| {
        let mut goal = chat();
        change(&mut goal);
        goal
    };
    let named = |name: &str| Goal { domain_name: name.into(), ..chat() };
    let sim = Sim::default;
    vec![
        ("no name", BadName, named(""), sim()),
        ("capitals", BadName, named("Chat.example.com"), sim()),
        ("a dot at the end", BadName, named("chat.example.com."), sim()),
        ("one label", BadName, named("localhost"), sim()),
        ("an underscore", BadName, named("chat_1.example.com"), sim()),
        ("an address", BadName, named("192.0.2.1"), sim()),
        ("an asterisk inside", BadName, named("a.*.example.com"), sim()),
        ("a wildcard and no host", BadName, named("*.example.com"), sim()),
        ("a host two labels below", BadName, Goal { host: "a.b.example.com".into(), ..named("*.example.com") }, sim()),
        ("a host of a plain domain", BadName, goal(|g| g.host = "other.example.com".into()), sim()),
        ("a name too long for ACM", BadName, named(&format!("{}.example.com", "a".repeat(60))), sim()),
        ("several levels", BadKey, goal(|g| g.key = "a/b".into()), sim()),
        ("a space", BadKey, goal(|g| g.key = "a b".into()), sim()),
        ("reserved", BadKey, goal(|g| g.key = "ping".into()), sim()),
        ("301 characters", BadKey, goal(|g| g.key = "a".repeat(301)), sim()),
        ("no API", NoApi, chat(), with(|s| s.api = None)),
        ("an HTTP API", NoApi, chat(), with(|s| s.api.as_mut().unwrap().protocol = "HTTP".into())),
        ("no stage", NoStage, goal(|g| g.stage = "gone".into()), sim()),
        ("not deployed", NotDeployed, goal(|g| g.stage = "empty".into()), sim()),
        ("HTTP is mapped", MixedProtocols, chat(), standing(|d| d.mappings.push(mapping("http", "h1", "HTTP")))),
        ("edge", NotRegional, chat(), standing(|d| d.endpoint_type = "EDGE".into())),
        ("private", NotRegional, chat(), standing(|d| d.endpoint_type = "PRIVATE".into())),
        ("TLS 1.0", OldTls, chat(), standing(|d| d.security_policy = "TLS_1_0".into())),
        ("rules only", RoutingRulesOnly, chat(), standing(|d| d.routing_mode = "ROUTING_RULE_ONLY".into())),
        ("ownership", DomainPending, chat(), standing(|d| d.status = "PENDING_OWNERSHIP_VERIFICATION".into())),
        ("reimport", DomainPending, chat(), standing(|d| d.status = "PENDING_CERTIFICATE_REIMPORT".into())),
        ("an unknown status", DomainPending, chat(), standing(|d| d.status = "NEW_IN_2027".into())),
        ("owned elsewhere", OwnedElsewhere, chat(), with(|s| s.owned_elsewhere = true)),
        (
            "another API has the key",
            KeyTaken,
            chat(),
            standing(|d| d.mappings.push(mapping("chat", "x1", "WEBSOCKET"))),
        ),
        (
            "another stage has the key",
            KeyTaken,
            goal(|g| g.stage = "prod".into()),
            standing(|d| d.mappings.push(MappingHere { stage: "test".into(), ..mapping("chat", "a1b2c3d4e5", "") })),
        ),
        (
            "us-east-1 only",
            CertificateElsewhere,
            chat(),
            with(|s| s.elsewhere.push(certificate("*.example.com", "ISSUED"))),
        ),
        ("CAA", CertificateFailed, chat(), failed("CAA_ERROR")),
        ("not public", CertificateFailed, chat(), failed("INVALID_PUBLIC_DOMAIN")),
        ("to be checked by hand", CertificateFailed, chat(), failed("ADDITIONAL_VERIFICATION_REQUIRED")),
        ("unsafe", CertificateFailed, chat(), failed("DOMAIN_NOT_ALLOWED")),
        ("denied by mail", CertificateFailed, chat(), failed("DOMAIN_VALIDATION_DENIED")),
        ("other", CertificateFailed, chat(), failed("OTHER")),
        (
            "expired",
            CertificateFailed,
            chat(),
            with(|s| s.certificates.push(certificate("chat.example.com", "EXPIRED"))),
        ),
        (
            "revoked",
            CertificateFailed,
            chat(),
            with(|s| s.certificates.push(certificate("chat.example.com", "REVOKED"))),
        ),
        ("never validated", CertificateFailed, chat(), with(|s| s.fate = Fate::Ignored)),
        (
            "the domain's does not fit",
            CertificateFailed,
            chat(),
            standing(|d| d.certificate_arn = "arn:aws:acm:x".into()),
        ),
        (
            "an imported wildcard",
            ImportedWildcard,
            Goal { host: "chat.example.com".into(), ..named("*.example.com") },
            with(|s| {
                s.certificates
                    .push(CertificateHere { kind: "IMPORTED".into(), ..certificate("*.example.com", "ISSUED") })
            }),
        ),
        ("no zone", NoZone, chat(), with(|s| s.zones.clear())),
        ("private only", PrivateZone, chat(), with(|s| s.zones = vec![zone("Z3", true, "")])),
        ("not delegated", ZoneNotDelegated, chat(), with(|s| s.zones = vec![zone("Z2", false, "ns-9.awsdns-9.com")])),
        ("an apex by hand", ApexWithoutAlias, Goal { dns: DnsHost::Manual, ..named("example.com") }, sim()),
        ("an address stands there", RecordTaken, chat(), at("chat.example.com", record("A", "198.51.100.1"))),
        (
            "a routing policy stands there",
            RecordTaken,
            goal(|g| g.replace_records = true),
            at("chat.example.com", Record { is_one_of_several: true, ..record("A", "198.51.100.1") }),
        ),
        (
            "another proof stands there",
            WrongRecord,
            chat(),
            at("_c0ffee.chat.example.com", record("CNAME", "_old.acm.aws")),
        ),
        ("reading is denied", Refused, chat(), with(|s| s.denied.extend(["ListCertificates".to_owned()]))),
        ("zones are denied", Refused, chat(), with(|s| s.denied.extend(["ListHostedZones".to_owned()]))),
        ("writing is denied", Refused, chat(), with(|s| s.denied.extend(["CreateDomainName".to_owned()]))),
        ("TLS never comes", DoesNotAnswer, chat(), with(|s| s.broken = Some(CheckKind::Tls))),
        ("the mapping never comes", DoesNotAnswer, chat(), with(|s| s.broken = Some(CheckKind::Mapping))),
        ("$connect refuses", DoesNotAnswer, chat(), with(|s| s.broken = Some(CheckKind::Upgrade))),
        ("no message", DoesNotAnswer, chat(), with(|s| s.broken = Some(CheckKind::Message))),
        ("DNS never tells", DoesNotAnswer, chat(), with(|s| s.public = Public::Silent)),
        ("DNS lies", DoesNotAnswer, chat(), with(|s| s.public = Public::Lies)),
    ]
}

#[test]
fn each_situation_is_told_apart_in_its_own_words() {
    let mut said: BTreeMap<String, &str> = BTreeMap::new();
    let mut reasons = std::collections::BTreeSet::new();
    let all = situations();
    for (what, reason, goal, sim) in all {
        let (next, _) = halt(&goal, sim);
        let (words, way_out) = is_blocked(&next, reason);
        assert!(words.len() > 15 && way_out.len() > 15, "{what}: {words} {way_out}");
        reasons.insert(format!("{reason:?}"));
        if let Some(other) = said.insert(words.clone(), what) {
            panic!("{what} and {other} have the same words: {words}");
        }
    }
    // Quota comes from AWS's own answer, below.
    assert_eq!(reasons.len(), 23, "{reasons:?}");
}

#[test]
fn what_can_be_known_before_is_refused_before_any_call_that_writes() {
    use Reason::*;
    let late = [OwnedElsewhere, RecordTaken, WrongRecord, DoesNotAnswer, Refused, CertificateFailed];
    for (what, reason, goal, sim) in situations() {
        if !late.contains(&reason) {
            let (_, after) = halt(&goal, sim);
            assert!(after.writes.is_empty(), "{what}: {:?}", after.writes);
        }
    }
}

#[test]
fn from_nothing_it_takes_five_calls_and_each_stands_in_the_line() {
    let goal = Goal { dual_stack: true, ..chat() };
    let (next, sim) = halt(&goal, Sim::default());
    assert_eq!(next, Next::Done);
    let operations: Vec<&str> = sim.writes.iter().map(|w| w.split(' ').next().unwrap()).collect();
    let line = [
        "RequestCertificate",
        "ChangeResourceRecordSets",
        "CreateDomainName",
        "CreateApiMapping",
        "ChangeResourceRecordSets",
    ];
    assert_eq!(operations, line);
    // The domain has IPv4 and IPv6, and both find it by the target's own zone.
    let records = &sim.records["chat.example.com"];
    assert_eq!(records.iter().map(|r| r.kind.as_str()).collect::<Vec<_>>(), ["A", "AAAA"]);
    assert!(records.iter().all(|r| r.alias_zone == Some(("ZLY8HYME6SFDD".into(), false))));
}

#[test]
fn by_hand_two_records_are_copied_and_three_calls_are_made() {
    let goal = Goal { dns: DnsHost::Manual, ..chat() };
    let (next, sim) = halt(&goal, Sim::default());
    assert_eq!(next, Next::Done);
    let operations: Vec<&str> = sim.writes.iter().map(|w| w.split(' ').next().unwrap()).collect();
    assert_eq!(operations, ["RequestCertificate", "CreateDomainName", "CreateApiMapping"]);
}

#[test]
fn the_commands_are_what_the_aws_tool_takes() {
    let mut sim = Sim::default();
    let ended = follow(&chat(), &mut sim, None);
    let commands: Vec<String> = ended.done.iter().map(|d| d.step.command.replace(" \\\n ", "")).collect();
    assert!(commands[0].starts_with("aws acm request-certificate"), "{}", commands[0]);
    assert!(commands[0].contains("--validation-method DNS"), "{}", commands[0]);
    assert!(commands[0].contains("--idempotency-token gatescope"), "{}", commands[0]);
    assert!(commands[2].contains(r#"--domain-name-configurations '[{"CertificateArn":"#), "{}", commands[2]);
    assert!(commands[2].contains(r#""SecurityPolicy":"TLS_1_2"}]'"#), "{}", commands[2]);
    assert!(commands[3].contains("--api-mapping-key chat"), "{}", commands[3]);
}

fn chosen(names: &[CertificateHere], goal: &Goal) -> Option<String> {
    let mut sim = Sim { certificates: names.to_vec(), ..Sim::default() };
    let world = sim.look(goal, &Process::default());
    let line = stations(goal, &world);
    line[1].made.first().map(|(_, arn)| arn.clone())
}

#[test]
fn of_certificates_that_fit_the_issued_and_the_closest_is_taken() {
    let exact = certificate("chat.example.com", "ISSUED");
    let wild = certificate("*.example.com", "ISSUED");
    let pending = certificate("chat.example.com", "PENDING_VALIDATION");
    let deeper = certificate("*.chat.example.com", "ISSUED");
    let several = CertificateHere {
        names: vec!["example.com".into(), "chat.example.com".into()],
        arn: "arn:several".into(),
        ..certificate("example.com", "ISSUED")
    };
    let arn = |c: &CertificateHere| Some(c.arn.clone());
    let goal = chat();
    assert_eq!(chosen(&[wild.clone(), exact.clone()], &goal), arn(&exact));
    assert_eq!(chosen(&[wild.clone(), several.clone()], &goal), arn(&several));
    assert_eq!(chosen(&[pending.clone(), wild.clone()], &goal), arn(&wild));
    assert_eq!(chosen(&[pending.clone(), deeper.clone()], &goal), arn(&pending));
    assert_eq!(chosen(&[deeper], &goal), None);
    let imported = CertificateHere { kind: "IMPORTED".into(), ..wild.clone() };
    assert_eq!(chosen(&[imported], &goal), arn(&wild));
    let private = CertificateHere { kind: "PRIVATE".into(), ..exact };
    assert_eq!(chosen(&[private], &goal), None);
    let over = CertificateHere { not_after: Some(1), ..wild };
    assert_eq!(chosen(&[over], &goal), None);
}

#[test]
fn a_person_who_allows_it_is_taken_on() {
    for (what, reason, goal, sim) in situations() {
        let world_of = |goal: &Goal, sim: &Sim| {
            let mut sim = sim.clone();
            let ended = follow(goal, &mut sim, None);
            (ended.next, sim.look(goal, &Process::default()), sim)
        };
        let (_, world, after) = world_of(&goal, &sim);
        let line = stations(&goal, &world);
        let Some(consent) = line.iter().find_map(|station| station.consent.clone()) else { continue };
        assert_eq!(consent.goal.wanted().domain_name, goal.domain_name);
        let (next, ..) = world_of(&consent.goal, &after);
        if let Next::Blocked { reason: still, words, .. } = &next {
            // A certificate that fails again is told again; it is not asked for without end.
            assert!(*still != reason || reason == Reason::CertificateFailed, "{what}: {words}");
        }
    }
}

#[test]
fn a_key_that_was_replaced_by_consent_shows_what_goes() {
    let goal = Goal { replace_records: true, ..chat() };
    let mut sim = at("chat.example.com", record("CNAME", "old.example.net"));
    let ended = follow(&goal, &mut sim, Some(4));
    match &ended.next {
        Next::Do { making, .. } => assert_eq!(making.replaces, ["chat.example.com: CNAME to old.example.net"]),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_two_zones_of_a_name_the_delegated_one_is_written_to() {
    let mut sim = with(|s| s.zones.insert(0, zone("Z2", false, "ns-9.awsdns-9.com")));
    let ended = follow(&chat(), &mut sim, None);
    let zones: Vec<&str> = ended.done.iter().filter_map(|d| d.step.input["hostedZoneId"].as_str()).collect();
    assert_eq!(zones, ["Z1", "Z1"]);
}

/// What is to be copied, while public DNS says this.
fn copied(dns: &[(&str, &str)]) -> WantedRecord {
    let goal = Goal { dns: DnsHost::Manual, ..chat() };
    let mut sim = with(|s| s.certificates.push(certificate("chat.example.com", "PENDING_VALIDATION")));
    let mut world = sim.look(&goal, &Process::default());
    for (name, to) in dns {
        let cnames = vec![(*to).to_owned()];
        world.dns.insert((*name).into(), Asked::Is(Resolved { cnames, ..Resolved::default() }));
    }
    match next_step(&goal, &world) {
        Next::ByHand { records, .. } => records[0].clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_usual_slips_of_copying_are_recognised() {
    let name = "_c0ffee.chat.example.com";
    let nothing = copied(&[]);
    assert_eq!(
        (nothing.name_in_zone.as_str(), nothing.actual.as_str(), nothing.trouble.as_str()),
        ("_c0ffee.chat", "", "")
    );
    let doubled = copied(&[("_c0ffee.chat.example.com.example.com", "_beef.acm-validations.aws")]);
    assert!(doubled.trouble.contains("stands in it twice"), "{}", doubled.trouble);
    let dotless = copied(&[(name, "_beef.acm-validations.aws.example.com")]);
    assert!(dotless.trouble.contains("a dot at the end"), "{}", dotless.trouble);
    let other = copied(&[(name, "_old.acm-validations.aws")]);
    assert_eq!(other.actual, "_old.acm-validations.aws");
    assert!(other.trouble.contains("Another value"), "{}", other.trouble);
}

#[test]
fn refusals_of_a_step_are_told_apart_and_passing_ones_pass() {
    let mut sim = Sim::default();
    let world = sim.look(&chat(), &Process::default());
    let Next::Do { making, .. } = next_step(&chat(), &world) else { panic!() };
    let refused = |code: &str, passing: bool, at: i64| {
        let refusal = Refusal { code: code.into(), message: "x".into(), passing, at };
        next_step(&chat(), &World { refusals: [(making.id.clone(), refusal)].into(), ..world.clone() })
    };
    is_blocked(&refused("LimitExceededException", false, 0), Reason::Quota);
    let (_, way_out) = is_blocked(&refused("AccessDeniedException", false, 0), Reason::Refused);
    assert!(way_out.contains("acm:RequestCertificate"), "{way_out}");
    assert!(matches!(refused("ThrottlingException", true, world.now), Next::Wait { .. }));
    assert!(matches!(refused("ThrottlingException", true, world.now - 60_000), Next::Do { .. }));
}

#[test]
fn one_create_domain_name_in_thirty_seconds_and_the_wait_is_shown() {
    let mut sim = with(|s| s.certificates.push(certificate("chat.example.com", "ISSUED")));
    let process = Process { created: Some(sim.now - 10_000), ..Process::default() };
    let world = sim.look(&chat(), &process);
    match next_step(&chat(), &world) {
        Next::Wait { station, since, look_again_ms, .. } => {
            assert_eq!((station, since, look_again_ms), (StationId::Domain, process.created, 20_000));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_throttled_look_at_us_east_1_is_waited_for_and_a_denied_one_is_done_without() {
    let mut sim = with(|s| s.elsewhere.push(certificate("*.example.com", "ISSUED")));
    sim.throttled.insert("Elsewhere".into(), 2);
    is_blocked(&halt(&chat(), sim.clone()).0, Reason::CertificateElsewhere);
    sim.denied.insert("Elsewhere".into());
    assert_eq!(halt(&chat(), sim).0, Next::Done);
}

#[test]
fn a_domain_that_only_dns_knows_is_warned_of() {
    let elsewhere = "d-zzzzzzzzzz.execute-api.us-west-2.amazonaws.com";
    let mut sim = with(|s| s.certificates.push(certificate("chat.example.com", "ISSUED")));
    let mut world = sim.look(&chat(), &Process::default());
    let dns = Resolved { cnames: vec![elsewhere.into()], ..Resolved::default() };
    world.dns.insert("chat.example.com".into(), Asked::Is(dns));
    let line = stations(&chat(), &world);
    assert!(line[0].says.contains(elsewhere), "{}", line[0].says);
}

#[test]
fn the_optional_stations_come_when_they_can_be_done() {
    let mut sim = Sim::default();
    let states = |sim: &mut Sim, process: &Process| {
        let line = stations(&chat(), &sim.look(&chat(), process));
        (line[7].state, line[8].state)
    };
    assert_eq!(states(&mut sim, &Process::default()), (StationState::Later, StationState::Later));
    follow(&chat(), &mut sim, None);
    let process = Process { verified: Some(sim.verify(&chat(), false)), ..Process::default() };
    assert_eq!(states(&mut sim, &process), (StationState::Optional, StationState::Optional));
    sim.api.as_mut().unwrap().endpoint_disabled = true;
    assert_eq!(states(&mut sim, &process).1, StationState::Done);
}
