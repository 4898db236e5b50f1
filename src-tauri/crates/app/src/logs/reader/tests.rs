#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use gatescope_aws::in_process::{Body, InProcess};
use gatescope_aws::{Access, Guards};
use gatescope_sandbox::Sandbox;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

use super::super::readers::{Follower, Readers};
use super::*;
use crate::calls::Scope;

const EMPTY: &str = r#"{"events":[],"searchedLogStreams":[]}"#;
const ONE: &str =
    r#"{"events":[{"eventId":"1","logStreamName":"s","timestamp":5,"message":"(x=) hello","ingestionTime":6}]}"#;
const GROUP: &str = "/aws/apigateway/a/b";
const DENIED: &str = r#"{"__type":"AccessDeniedException","message":"User is not authorized to perform this"}"#;

fn answer(status: u16, body: String) -> http::Response<Body> {
    let body: Body = Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed();
    http::Response::builder().status(status).body(body).unwrap()
}

/// A CloudWatch that answers one after the other, the last one for ever.
fn scripted(answers: Vec<(u16, &'static str)>) -> (Access, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let aws = InProcess::new(move |_| {
        let at = count.fetch_add(1, Ordering::SeqCst);
        let (status, body) = answers[at.min(answers.len() - 1)];
        Box::pin(async move { answer(status, body.to_owned()) })
    });
    (Access::in_process(aws, "us-east-1", ("AKIDEXAMPLE", "secret"), Guards::default()), asked)
}

fn group(access: Access, local: bool) -> Group {
    let scope = Scope { account: "x".to_owned(), region: "us-east-1".to_owned() };
    Group { scope, access, name: GROUP.to_owned(), local }
}

fn follow(answers: Vec<(u16, &'static str)>) -> Follower {
    Readers::default().follow(group(scripted(answers).0, false), 0)
}

async fn told(tail: &mut Follower) -> (TailState, Option<Problem>) {
    loop {
        if let TailEvent::State(state, problem) = tail.events.recv().await.unwrap() {
            return (state, problem);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_expired_credential_is_told_with_its_remedy_and_tried_again() {
    let expired =
        r#"{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}"#;
    let mut tail = follow(vec![(400, expired), (200, EMPTY)]);
    let (state, problem) = told(&mut tail).await;
    assert_eq!((state, problem.unwrap().code.as_str()), (TailState::Failed, "credentials_expired"));
    assert_eq!(told(&mut tail).await, (TailState::Polling, None));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_read_is_told_waits_longer_each_time_and_nothing_is_lost() {
    let throttled = (400, r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#);
    // The SDK itself tries three times before it gives up.
    let mut answers = vec![throttled; 9];
    answers.push((200, ONE));
    let mut tail = follow(answers);
    let mut waits = Vec::new();
    loop {
        match tail.events.recv().await.unwrap() {
            TailEvent::State(TailState::Failed, Some(problem)) => {
                assert_eq!(problem.code, "throttled");
                waits.push(problem.hint.unwrap());
            }
            TailEvent::State(..) => panic!("it has not read yet"),
            TailEvent::Events(events) => {
                assert_eq!(events[0].message, "(x=) hello");
                break;
            }
        }
    }
    let waits: Vec<&str> = waits.iter().map(|w| w.split(' ').nth(5).unwrap()).collect();
    assert_eq!(waits, ["5", "10", "20"]);
}

#[tokio::test(start_paused = true)]
async fn a_group_that_does_not_exist_yet_is_waited_for() {
    let missing = r#"{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}"#;
    let mut tail = follow(vec![(400, missing), (200, EMPTY)]);
    let (state, problem) = told(&mut tail).await;
    assert_eq!(state, TailState::Polling);
    assert!(problem.unwrap().message.contains("does not exist yet"));
    assert_eq!(told(&mut tail).await, (TailState::Polling, None));
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_not_allowed_says_what_to_allow_and_goes_on_once_it_is() {
    let mut tail = follow(vec![(400, DENIED), (200, ONE)]);
    let (state, problem) = told(&mut tail).await;
    let problem = problem.unwrap();
    assert_eq!((state, problem.code.as_str()), (TailState::Failed, "access_denied"));
    assert!(problem.hint.unwrap().contains("logs:FilterLogEvents on the log group /aws/apigateway/a/b"));
    assert_eq!(told(&mut tail).await, (TailState::Polling, None));
}

#[tokio::test(start_paused = true)]
async fn two_who_look_at_one_group_cost_no_more_calls_than_one_and_none_once_both_are_gone() {
    let calls_of = async |followers: usize| {
        let (access, asked) = scripted(vec![(200, ONE)]);
        let readers = Readers::default();
        let group = group(access, false);
        let mut all: Vec<Follower> = (0..followers).map(|_| readers.follow(group.clone(), 0)).collect();
        sleep(Duration::from_secs(60)).await;
        for follower in &mut all {
            let mut lines = 0;
            while let Ok(event) = follower.events.try_recv() {
                lines += if let TailEvent::Events(events) = event { events.len() } else { 0 };
            }
            assert_eq!(lines, 1, "each line once");
        }
        drop(all);
        let made = asked.load(Ordering::SeqCst);
        sleep(Duration::from_secs(60)).await;
        assert_eq!(asked.load(Ordering::SeqCst), made, "nobody looks any more");
        made
    };
    let (one, two) = (calls_of(1).await, calls_of(2).await);
    assert_eq!(one, two);
    assert!((25..=35).contains(&one), "every two seconds: {one}");
}

#[tokio::test(start_paused = true)]
async fn who_comes_later_gets_what_lies_behind_and_the_first_one_gets_nothing_twice() {
    let (access, _) = scripted(vec![(200, ONE)]);
    let readers = Readers::default();
    let group = group(access, false);
    let mut early = readers.follow(group.clone(), 0);
    sleep(Duration::from_secs(5)).await;
    let mut late = readers.follow(group.clone(), 0);
    let mut later = readers.follow(group, 6);
    sleep(Duration::from_secs(5)).await;
    let lines = |follower: &mut Follower| {
        let mut lines = 0;
        while let Ok(event) = follower.events.try_recv() {
            lines += if let TailEvent::Events(events) = event { events.len() } else { 0 };
        }
        lines
    };
    assert_eq!((lines(&mut early), lines(&mut late)), (1, 1));
    assert_eq!(lines(&mut later), 0, "the line is older than what it wants");
}

/// The sandbox's CloudWatch, some of whose operations can be denied.
struct Desk {
    sandbox: Sandbox,
    group: Group,
    refused: Arc<Mutex<Vec<&'static str>>>,
    written: AtomicUsize,
    down: Arc<AtomicBool>,
}

impl Desk {
    async fn new(local: bool) -> Self {
        let sandbox = Sandbox::new(gatescope_sandbox::Options::default()).unwrap();
        let (refused, down) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (inner, refuses, is_down) = (sandbox.clone(), Arc::clone(&refused), Arc::clone(&down));
        let aws = InProcess::new(move |request| {
            let (inner, refuses, is_down) = (inner.clone(), Arc::clone(&refuses), Arc::clone(&is_down));
            Box::pin(async move {
                let target = request.headers().get("x-amz-target").unwrap().to_str().unwrap().to_owned();
                if is_down.load(Ordering::SeqCst) {
                    return answer(503, "<html>gone</html>".to_owned());
                }
                if refuses.lock().unwrap().iter().any(|operation| target.ends_with(*operation)) {
                    return answer(400, DENIED.to_owned());
                }
                inner.handle(request).await.map(|body| body.map_err(|never| match never {}).boxed())
            })
        });
        let key = (gatescope_sandbox::DEMO_KEY, gatescope_sandbox::DEMO_SECRET);
        let access = Access::in_process(aws, "us-east-1", key, Guards::default());
        let desk = Self { sandbox, group: group(access, local), refused, written: AtomicUsize::new(0), down };
        desk.ask("CreateLogGroup", json!({"logGroupName": GROUP})).await;
        desk.ask("CreateLogStream", json!({"logGroupName": GROUP, "logStreamName": "s"})).await;
        desk
    }

    async fn ask(&self, operation: &str, input: Value) {
        let request = http::Request::post("https://logs.us-east-1.amazonaws.com/")
            .header("x-amz-target", format!("Logs_20140328.{operation}"))
            .header("content-type", "application/x-amz-json-1.1")
            .body(Bytes::from(input.to_string()))
            .unwrap();
        assert_eq!(self.sandbox.handle(request).await.status(), 200, "{operation}");
    }

    /// Writes as many lines, each with its number.
    async fn write(&self, lines: usize) {
        for _ in 0..lines {
            let n = self.written.fetch_add(1, Ordering::SeqCst);
            let events = json!([{"timestamp": now(), "message": format!("(x=) line {n}")}]);
            self.ask("PutLogEvents", json!({"logGroupName": GROUP, "logStreamName": "s", "logEvents": events})).await;
        }
    }

    /// Takes lines until all that were written are there; fails when one comes twice.
    async fn all(&self, tail: &mut Follower, got: &mut Vec<String>) {
        while got.len() < self.written.load(Ordering::SeqCst) {
            let next = tokio::time::timeout(Duration::from_secs(20), tail.events.recv()).await;
            match next.unwrap_or_else(|_| panic!("lost: {got:?}")).unwrap() {
                TailEvent::Events(events) => got.extend(events.iter().map(|e| e.message.clone())),
                TailEvent::State(..) => {}
            }
        }
        let mut once = got.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), got.len(), "doubled: {got:?}");
    }
}

async fn until(tail: &mut Follower, got: &mut Vec<String>, shows: impl Fn(TailState, &Option<Problem>) -> bool) {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), tail.events.recv()).await;
        match next.expect("the state never came").unwrap() {
            TailEvent::State(state, problem) if shows(state, &problem) => return,
            TailEvent::State(..) => {}
            TailEvent::Events(events) => got.extend(events.iter().map(|e| e.message.clone())),
        }
    }
}

#[tokio::test]
async fn switched_between_live_and_polling_nothing_is_lost_and_nothing_doubled() {
    let desk = Desk::new(true).await;
    desk.write(3).await;
    let mut tail = Readers::default().follow(desk.group.clone(), now() - 60_000);
    let mut got = Vec::new();
    until(&mut tail, &mut got, |state, _| state == TailState::Live).await;
    for round in 0..6 {
        desk.write(5).await;
        let live = round % 2 == 1;
        tail.set_live(live);
        desk.write(5).await;
        let wanted = if live { TailState::Live } else { TailState::Polling };
        until(&mut tail, &mut got, |state, _| state == wanted).await;
        desk.write(5).await;
        desk.all(&mut tail, &mut got).await;
    }
    assert!(tail.complete_to().is_some_and(|to| to <= now()));
}

#[tokio::test]
async fn a_live_tail_that_is_not_allowed_is_polled_and_says_so() {
    let desk = Desk::new(true).await;
    desk.refused.lock().unwrap().push("StartLiveTail");
    let mut tail = Readers::default().follow(desk.group.clone(), now() - 60_000);
    let mut got = Vec::new();
    let says = |hint: &Option<Problem>| {
        hint.as_ref().and_then(|p| p.hint.as_deref()).is_some_and(|h| h.contains("allow logs:StartLiveTail"))
    };
    until(&mut tail, &mut got, |state, problem| state == TailState::Polling && says(problem)).await;
    desk.write(5).await;
    desk.all(&mut tail, &mut got).await;
    // Allowed meanwhile, and switched off and on again.
    desk.refused.lock().unwrap().clear();
    tail.set_live(false);
    until(&mut tail, &mut got, |state, problem| state == TailState::Polling && problem.is_none()).await;
    tail.set_live(true);
    until(&mut tail, &mut got, |state, _| state == TailState::Live).await;
    desk.write(5).await;
    desk.all(&mut tail, &mut got).await;
}

#[tokio::test]
async fn who_may_tail_but_not_read_gets_what_is_new_and_is_told_the_rest() {
    let desk = Desk::new(true).await;
    desk.refused.lock().unwrap().push("FilterLogEvents");
    let mut tail = Readers::default().follow(desk.group.clone(), now() - 60_000);
    let mut got = Vec::new();
    until(&mut tail, &mut got, |state, problem| state == TailState::Live && problem.is_some()).await;
    desk.write(5).await;
    desk.all(&mut tail, &mut got).await;
}

#[tokio::test]
async fn a_live_tail_whose_three_hours_are_over_goes_on_without_a_gap_or_a_double() {
    let desk = Desk::new(true).await;
    let mut tail = Readers::default().follow(desk.group.clone(), now() - 60_000);
    let mut got = Vec::new();
    until(&mut tail, &mut got, |state, _| state == TailState::Live).await;
    for _ in 0..3 {
        desk.write(5).await;
        desk.sandbox.advance(Duration::from_secs(3 * 3600 + 1));
        desk.write(5).await;
        desk.all(&mut tail, &mut got).await;
    }
}

#[tokio::test]
async fn after_an_outage_it_goes_on_where_it_stopped() {
    let desk = Desk::new(true).await;
    let mut tail = Readers::default().follow(desk.group.clone(), now() - 60_000);
    tail.set_live(false);
    let mut got = Vec::new();
    desk.write(3).await;
    desk.all(&mut tail, &mut got).await;
    desk.down.store(true, Ordering::SeqCst);
    until(&mut tail, &mut got, |state, problem| state == TailState::Failed && problem.is_some()).await;
    desk.write(5).await;
    desk.down.store(false, Ordering::SeqCst);
    tail.nudge();
    desk.all(&mut tail, &mut got).await;
}
