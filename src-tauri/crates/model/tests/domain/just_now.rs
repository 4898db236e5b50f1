//! What could not be asked just now, and public DNS that misleads: what is said, and what comes next.

use gatescope_model::domain::*;

use crate::sim::*;

const HOUR: i64 = 60 * 60_000;

fn failed<T>(code: &str) -> Asked<T> {
    Asked::Failed { code: code.into(), message: "Rate exceeded".into(), passing: true }
}

#[test]
fn the_fact_that_is_waited_for_is_named_whichever_it_is_and_no_other_wait_is_taken_for_one() {
    let goal = chat();
    let mut sim = Sim::default();
    let world = sim.look(&goal, &Process::default());
    assert!(matches!(next_step(&goal, &world), Next::Do { .. }) && unread(&goal, &world).is_none());
    let worlds = [
        (World { api: failed("TooManyRequestsException"), ..world.clone() }, "the API and its stages"),
        (World { domain: failed("timeout"), ..world.clone() }, "the custom domain"),
        (World { certificates: failed("ThrottlingException"), ..world.clone() }, "the certificates of the region"),
        (World { zones: failed("Throttling"), ..world.clone() }, "the hosted zones"),
    ];
    for (world, what) in worlds {
        let told = unread(&goal, &world).unwrap();
        assert_eq!(told.what, what);
        assert!(told.words().contains(&told.code), "{}", told.words());
        let Next::Wait { what: says, .. } = next_step(&goal, &world) else { panic!("it does not wait") };
        assert!(says.starts_with(&told.words()), "{says}");
    }
    follow(&goal, &mut sim, Some(4));
    let mut world = sim.look(&goal, &Process::default());
    world.records.insert("chat.example.com".into(), failed("Throttling"));
    assert_eq!(unread(&goal, &world).unwrap().what, "the records at chat.example.com");
    // What is waited for because it takes its time was read.
    world.domain = world.domain.is().cloned().map(|domain| Asked::Is(domain.map(updating))).unwrap();
    assert!(matches!(next_step(&goal, &world), Next::Wait { .. }) && unread(&goal, &world).is_none());
}

fn updating(domain: DomainHere) -> DomainHere {
    DomainHere { status: "UPDATING".into(), ..domain }
}

/// All stands for so long, DNS says so, and this is how the last try went in public: at which link it broke.
fn tried(broke: CheckKind, hours: i64, seconds_ago: i64) -> World {
    let goal = chat();
    let mut sim = Sim::default();
    follow(&goal, &mut sim, None);
    let now = sim.now;
    let check = |kind: CheckKind, state: CheckState| Check {
        kind,
        state,
        says: format!("{kind:?} leads to 203.0.113.7."),
        cause: None,
        took_ms: 1,
    };
    let all = [CheckKind::Resolve, CheckKind::Tls, CheckKind::Mapping, CheckKind::Upgrade, CheckKind::Message];
    let state = |kind: CheckKind| if kind == broke { CheckState::Failed } else { CheckState::Holds };
    let verified = Verification {
        at: now - seconds_ago * 1_000,
        direct: all.map(|kind| check(kind, CheckState::Holds)).to_vec(),
        public: all.map(|kind| check(kind, state(kind))).to_vec(),
    };
    let process = Process { verified: Some(verified), stands_since: Some(now - hours * HOUR), ..Process::default() };
    sim.look(&goal, &process)
}

#[test]
fn a_try_that_dns_led_elsewhere_while_it_leads_here_now_is_told_as_several_answers() {
    for broke in [CheckKind::Tls, CheckKind::Upgrade] {
        let Next::Wait { what, .. } = next_step(&chat(), &tried(broke, 2, 3)) else { panic!("it does not wait") };
        assert!(what.contains("several answers") && what.contains("203.0.113.7"), "{what}");
        let Next::Blocked { words, way_out, .. } = next_step(&chat(), &tried(broke, 25, 3)) else {
            panic!("it waits for ever")
        };
        assert!(words.contains("several answers") && way_out.contains("Remove the other record"), "{words} {way_out}");
    }
}

#[test]
fn what_dns_hid_for_long_is_tried_again_once_it_leads_here() {
    assert!(
        matches!(next_step(&chat(), &tried(CheckKind::Resolve, 5, 3)), Next::Blocked { .. }),
        "it was tried just now"
    );
    assert!(matches!(next_step(&chat(), &tried(CheckKind::Resolve, 5, 30)), Next::Verify { .. }));
    // What the API refuses, no DNS mends.
    assert!(matches!(next_step(&chat(), &tried(CheckKind::Message, 5, 30)), Next::Blocked { .. }));
}

#[test]
fn dns_that_is_silent_and_dns_that_fails_are_told_apart_and_proves_nothing() {
    for (code, word, help) in [("timeout", "did not answer", "resolver"), ("SERVFAIL", "SERVFAIL", "DNSSEC")] {
        for (hours, blocks) in [(0, false), (2, true)] {
            let mut world = tried(CheckKind::Resolve, hours, 3);
            world.dns.insert("chat.example.com".into(), failed(code));
            let said = match next_step(&chat(), &world) {
                Next::Wait { what, .. } if !blocks => what,
                Next::Blocked { words, .. } if blocks => words,
                other => panic!("{other:?}"),
            };
            assert!(said.contains(word) && said.contains(help), "{said}");
        }
    }
}
