//! The way back: what stays, and why.

use gatescope_model::domain::undo::{Done, Undo, undo};
use gatescope_model::domain::*;

use crate::property::whole_look;
use crate::sim::*;

fn finished() -> (Sim, Vec<Done>) {
    let mut sim = Sim::default();
    let done = follow(&chat(), &mut sim, None).done;
    (sim, done)
}

fn back(sim: &mut Sim, done: &[Done]) -> (Vec<String>, Undo) {
    let undone = undo(&chat(), done, &whole_look(&chat(), sim, done));
    (undone.steps.iter().map(|step| step.operation.clone()).collect(), undone)
}

#[test]
fn all_of_it_goes_the_newest_first() {
    let (mut sim, done) = finished();
    let (operations, undone) = back(&mut sim, &done);
    assert_eq!(
        operations,
        [
            "ChangeResourceRecordSets",
            "DeleteApiMapping",
            "DeleteDomainName",
            "ChangeResourceRecordSets",
            "DeleteCertificate"
        ]
    );
    assert!(undone.keeps.is_empty() && !undone.id.is_empty());
}

#[test]
fn a_record_that_somebody_changed_stays() {
    let (mut sim, done) = finished();
    sim.records.insert("chat.example.com".into(), vec![record("A", "198.51.100.7")]);
    let (operations, undone) = back(&mut sim, &done);
    assert_eq!(operations[0], "DeleteApiMapping");
    assert!(undone.keeps[0].contains("198.51.100.7"), "{:?}", undone.keeps);
}

#[test]
fn a_domain_that_others_use_stays_with_its_certificate_and_its_record() {
    let (mut sim, done) = finished();
    let other = MappingHere {
        id: "m9".into(),
        key: "more".into(),
        api_id: "x1".into(),
        stage: "v1".into(),
        ..MappingHere::default()
    };
    sim.domain.as_mut().unwrap().mappings.push(other);
    let (operations, undone) = back(&mut sim, &done);
    assert_eq!(operations, ["ChangeResourceRecordSets", "DeleteApiMapping"]);
    assert_eq!(undone.keeps.len(), 3, "{:?}", undone.keeps);
    assert!(undone.keeps[0].contains("by the key \"more\""), "{:?}", undone.keeps);
}

#[test]
fn a_certificate_that_something_else_uses_stays_and_so_does_its_record() {
    let (mut sim, done) = finished();
    let user = "arn:aws:cloudfront::123456789012:distribution/E1".to_owned();
    let gateway = "arn:aws:elasticloadbalancing:eu-west-1:999999999999:loadbalancer/app/x".to_owned();
    sim.certificates[0].in_use_by = vec![gateway, user.clone()];
    let (operations, undone) = back(&mut sim, &done);
    assert_eq!(operations, ["ChangeResourceRecordSets", "DeleteApiMapping", "DeleteDomainName"]);
    assert!(undone.keeps.iter().any(|words| words.contains(&user)), "{:?}", undone.keeps);
    sim.certificates[0].in_use_by.pop();
    assert_eq!(back(&mut sim, &done).0.len(), 5);
}

#[test]
fn another_certificate_that_is_renewed_by_the_record_keeps_it() {
    let (mut sim, done) = finished();
    sim.certificates.push(certificate("chat.example.com", "ISSUED"));
    let (operations, undone) = back(&mut sim, &done);
    assert_eq!(operations, ["ChangeResourceRecordSets", "DeleteApiMapping", "DeleteDomainName", "DeleteCertificate"]);
    assert!(undone.keeps[0].contains("renewed by it"), "{:?}", undone.keeps);
}

#[test]
fn a_mapping_that_leads_elsewhere_now_stays() {
    let (mut sim, done) = finished();
    sim.domain.as_mut().unwrap().mappings[0].stage = "test".into();
    let (operations, undone) = back(&mut sim, &done);
    assert!(
        !operations.contains(&"DeleteApiMapping".to_owned()) && !operations.contains(&"DeleteDomainName".to_owned())
    );
    assert!(undone.keeps[0].contains("somebody changed it"), "{:?}", undone.keeps);
}

#[test]
fn what_stood_there_before_stands_there_again() {
    let goal = Goal { replace_records: true, ..chat() };
    let mut sim = Sim::default();
    let old = vec![record("CNAME", "old.example.net")];
    sim.records.insert("chat.example.com".into(), old.clone());
    let done = follow(&goal, &mut sim, None).done;
    let undone = undo(&goal, &done, &whole_look(&goal, &mut sim, &done));
    for step in &undone.steps {
        sim.call(step).unwrap();
    }
    assert_eq!(sim.records, [("chat.example.com".to_owned(), old)].into());
    assert!(sim.domain.is_none() && sim.certificates.is_empty());
}

#[test]
fn what_could_not_be_read_is_not_touched() {
    let (_, done) = finished();
    let undone = undo(&chat(), &done, &World::default());
    assert!(undone.steps.is_empty(), "{:?}", undone.steps);
    assert_eq!(undone.keeps.len(), 4, "{:?}", undone.keeps);
    assert_eq!(undone.later.len(), done.len(), "all of it may be taken back once it is read");
}

#[test]
fn a_validation_record_stays_as_long_as_nobody_knows_which_certificates_there_are() {
    let (mut sim, done) = finished();
    let mut world = whole_look(&chat(), &mut sim, &done);
    let (code, message) = ("ThrottlingException".into(), "Rate exceeded".into());
    world.certificates = Asked::Failed { code, message, passing: true };
    let undone = undo(&chat(), &done, &world);
    let operations: Vec<&str> = undone.steps.iter().map(|step| step.operation.as_str()).collect();
    assert_eq!(operations, ["ChangeResourceRecordSets", "DeleteApiMapping", "DeleteDomainName"]);
    assert_eq!(undone.later, [1, 0], "{:?}", undone.keeps);
    assert!(undone.unread.unwrap().words().contains("ThrottlingException: Rate exceeded"));
}

#[test]
fn what_somebody_changed_is_not_offered_again_and_what_is_in_use_is() {
    let (mut sim, done) = finished();
    sim.records.insert("chat.example.com".into(), vec![record("A", "198.51.100.7")]);
    sim.certificates[0].in_use_by = vec!["arn:aws:cloudfront::123456789012:distribution/E1".to_owned()];
    let undone = back(&mut sim, &done).1;
    assert_eq!(undone.keeps.len(), 3, "{:?}", undone.keeps);
    assert_eq!(undone.later, [1, 0], "the certificate and its record");
}

#[test]
fn a_request_without_an_answer_is_taken_back_by_what_it_made_and_a_step_that_was_sent_twice_once() {
    let (mut sim, mut done) = finished();
    for one in &mut done {
        one.made = None;
    }
    let again = done.clone();
    done.extend(again);
    assert_eq!(back(&mut sim, &done).0.len(), 5);
    sim.certificates[0].ours = false;
    assert!(!back(&mut sim, &done).0.contains(&"DeleteCertificate".to_owned()), "it is somebody else's");
    sim.certificates[0].ours = true;
    sim.certificates[0].created_at = Some(done[0].at - 600_000);
    assert!(!back(&mut sim, &done).0.contains(&"DeleteCertificate".to_owned()), "it was there before");
    sim.certificates.clear();
    let undone = back(&mut sim, &done).1;
    assert!(undone.keeps.is_empty() && undone.later.is_empty(), "none was made: {:?}", undone.keeps);
}
