//! Calls that go wrong, each of them once: throttled, refused, answered with an error, or never answered.

use std::cell::RefCell;
use std::collections::BTreeSet;

use gatescope_app::Code;
use gatescope_model::domain::{Next, Reason};
use gatescope_sandbox::{Options, Outage, Plant};
use serde_json::{Value, json};

use super::bench::{Bench, Line, NAME, until};
use super::{STEPS, others, writes};

/// More than all calls of a look make, with their repetitions, before some are given up; then AWS answers again.
const FOR_A_WHILE: u32 = 30;

/// What the screen shows up to where a person has to act, and what it waited for on the way.
async fn shown(bench: &Bench) -> (Line, Vec<String>) {
    let waits = RefCell::new(Vec::new());
    let mut watch = bench.watch().await;
    let line = until(&mut watch, "it waits for a person", |line| {
        if let Next::Wait { what, .. } = &line.next {
            waits.borrow_mut().push(what.clone());
        }
        matches!(line.next, Next::Do { .. } | Next::Blocked { .. } | Next::Done)
    })
    .await;
    (line, waits.into_inner())
}

/// Throttles each call of what is done, from the first to the one that there is no more: by how many calls that was.
async fn each_call<F: AsyncFnMut() -> bool>(bench: &Bench, mut what: F) -> u32 {
    for after in 0.. {
        bench.sandbox().plant(Plant::Throttle { after, times: FOR_A_WHILE });
        let goes_on = what().await;
        let struck = bench.sandbox().throttle_left().1 < FOR_A_WHILE;
        bench.sandbox().weed();
        if !struck || !goes_on {
            return after;
        }
    }
    unreachable!("there is an end of it")
}

#[tokio::test(start_paused = true)]
async fn whichever_call_is_throttled_nothing_is_lost_and_nothing_is_made_twice() {
    let mut bench = Bench::new().await;
    let before = others(&bench).await;
    let (mut calls, mut waited, mut refused) = (0, Vec::new(), 0);
    for done in 0..=STEPS {
        let there = bench.there().await;
        let (first, _) = shown(&bench).await;
        // Each call of the looks: the line says what it waits for, and then goes on by itself to where it was.
        calls += each_call(&bench, async || {
            // An app that knows nothing tries the address again, too.
            let (line, waits) = shown(&bench.beside()).await;
            waited.extend(waits);
            assert_eq!(line.next, first.next, "throttled in a look after {done} steps");
            true
        })
        .await;
        assert_eq!(bench.there().await, there, "looking writes nothing");
        if done == STEPS {
            first.holds();
            break;
        }
        // Each call of a step: it is refused whole or done, and a refusal says why.
        let mut made = false;
        calls += each_call(&bench, async || {
            match bench.click(first.offered()).await {
                Ok(_) => made = true,
                Err(e) => {
                    refused += 1;
                    assert!(matches!(e.code, Code::Throttled | Code::Unreachable), "after {done} steps: {e:?}");
                }
            }
            !made
        })
        .await;
        if !made {
            bench.click(first.offered()).await.unwrap();
        }
        bench = bench.beside();
    }
    bench.made_once(&before, "throttled at each call").await;
    assert!(waited.iter().all(|what| what.contains("could not be read just now")), "{waited:#?}");
    assert!(calls > 100 && waited.len() > 20 && refused > 20, "{calls} calls, {} waits, {refused}", waited.len());
}

#[tokio::test(start_paused = true)]
async fn a_step_that_is_clicked_while_aws_can_not_be_asked_is_not_said_to_be_over_and_still_goes() {
    let bench = Bench::new().await;
    let line = bench.until_halt().await;
    let there = bench.there().await;
    let mut unread = BTreeSet::new();
    for after in 0.. {
        bench.sandbox().plant(Plant::Throttle { after, times: u32::MAX });
        let answered = bench.click(line.offered()).await;
        bench.sandbox().weed();
        let Err(e) = answered else { break };
        assert!(matches!(e.code, Code::Throttled | Code::Unreachable), "after {after} calls: {e:?}");
        assert!(!e.message.contains("moved on"), "{e:?}");
        if let Some((what, _)) = e.message.split_once(" could not be read just now") {
            assert!(e.hint.as_ref().is_some_and(|hint| hint.contains("Do it again")), "{e:?}");
            unread.insert(what.to_owned());
        }
        assert_eq!(bench.there().await, there, "after {after} calls");
    }
    for fact in ["the API and its stages", "the custom domain", "the hosted zones"] {
        assert!(unread.contains(fact), "{fact} was never what could not be read: {unread:?}");
    }
    let line = bench.look().await;
    assert_eq!(line.made.len(), 1, "the step that was shown was done: {:#?}", line.made);
}

/// Strikes each writing call on the way once; how the line went on.
async fn struck(outage: Outage) {
    // Its waits are short, so that it is not looked at hundreds of times.
    let bench = Bench::with(Options { clock_speed: 20.0, ..Options::default() }).await;
    let before = others(&bench).await;
    let mut seen = BTreeSet::new();
    loop {
        let line = bench.until_halt().await;
        match &line.next {
            Next::Do { making, .. } if seen.insert(making.id.clone()) => {
                bench.sandbox().set_outage(0, Some(outage));
                bench.click(making).await.expect_err(&making.title);
                bench.sandbox().set_outage(0, None);
            }
            Next::Do { making, .. } => drop(bench.click(making).await.unwrap()),
            Next::Blocked { .. } => {
                assert_eq!((line.blocked(), outage), (Reason::Refused, Outage::Refused));
                assert!(line.words().contains("This call is refused on purpose"), "{}", line.words());
                // A person tries again.
                let _: Value = bench.desk.call("verify_domain", bench.question()).await;
            }
            _ => {
                line.holds();
                assert_eq!(line.made.len(), STEPS, "{outage:?}: {:#?}", line.made);
                break;
            }
        }
    }
    assert_eq!(seen.len(), STEPS, "{outage:?}: each was struck");
    bench.made_once(&before, &format!("{outage:?}")).await;
    let sent = writes(&bench).await;
    let carried_out = matches!(outage, Outage::Lost | Outage::LostOnce | Outage::Silent);
    assert_eq!(sent.len(), if carried_out { STEPS } else { 2 * STEPS }, "{outage:?}: {sent:#?}");
    let keeps = bench.roll_back().await;
    assert_eq!(bench.there().await, before, "{outage:?}: {keeps:#?}");
    assert_eq!((keeps, bench.look().await.made), (Vec::new(), Vec::new()), "{outage:?}");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_any_service_refuses_is_done_when_a_person_asks_again() {
    struck(Outage::Refused).await;
}

#[tokio::test(start_paused = true)]
async fn a_write_of_any_service_whose_answer_is_an_error_is_taken_as_made_where_it_was() {
    struck(Outage::Lost).await;
    struck(Outage::LostOnce).await;
}

#[tokio::test(start_paused = true)]
async fn a_write_of_any_service_that_nobody_answers_ends_and_is_done_again_only_where_it_was_not() {
    struck(Outage::Silent).await;
    struck(Outage::Deaf).await;
}

#[tokio::test(start_paused = true)]
async fn what_stood_at_a_record_comes_back_though_the_answer_to_its_replacement_was_lost() {
    let mut bench = Bench::new().await;
    bench.goal.replace_records = true;
    bench.record("UPSERT", "CNAME", NAME, "old.example.net").await;
    let before = bench.there().await;
    let (line, _) = bench.steps(STEPS - 1).await;
    assert!(line.offered().replaces[0].contains("old.example.net"), "{:#?}", line.offered());
    bench.sandbox().set_outage(0, Some(Outage::LostOnce));
    bench.click(line.offered()).await.expect_err("the answer is lost");
    let (line, rest) = bench.steps(usize::MAX).await;
    line.holds();
    assert_eq!(rest, 0, "it was done");
    let keeps = bench.roll_back().await;
    assert_eq!(bench.there().await, before, "{keeps:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_way_back_that_is_clicked_while_aws_can_not_be_asked_loses_nothing() {
    let bench = Bench::new().await;
    let before = others(&bench).await;
    bench.finish().await.holds();
    let there = bench.there().await;
    let shown: Value = bench.desk.call("preview_domain_undo", bench.question()).await;
    bench.sandbox().plant(Plant::Throttle { after: 0, times: u32::MAX });
    let mut question = bench.question();
    question["undo"] = shown["id"].clone();
    let e = bench.desk.refused("undo_domain", question).await;
    assert!(matches!(e.code, Code::Throttled | Code::Unreachable) && !e.message.contains("moved on"), "{e:?}");
    // Shown while nothing can be read, it takes nothing back, and forgets nothing.
    let blind: Value = bench.desk.call("preview_domain_undo", bench.question()).await;
    assert_eq!(blind["steps"], json!([]));
    assert!(bench.roll_back().await.iter().all(|words| words.contains("could not be read")), "{blind:#}");
    bench.sandbox().weed();
    assert_eq!(bench.there().await, there);
    assert_eq!(bench.look().await.made.len(), STEPS);
    assert_eq!(bench.roll_back().await, Vec::<String>::new());
    assert_eq!(bench.there().await, before);
}
