//! Watching as the window and the command line do it: what comes by itself, and how soon, by a clock that is turned by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use gatescope_model::domain::Next;
use gatescope_sandbox::Options;

use super::*;
use crate::domains::world::tests::Bench;
use crate::rpc;

fn of(bench: &Bench) -> OfGoal {
    OfGoal { scope: bench.scope.clone(), goal: bench.goal.clone() }
}

async fn next(views: &mut BoxStream<'static, Vec<DomainView>>) -> DomainView {
    let patience = Duration::from_secs(600);
    let mut batch = timeout(patience, views.next()).await.expect("a view comes").expect("the stream goes on");
    batch.pop().unwrap()
}

/// How often an API was read whole.
async fn readings(app: &App) -> usize {
    let mut calls = rpc::stream(app, "watch_calls", serde_json::Value::Null).await.unwrap();
    let items: Vec<serde_json::Value> = serde_json::from_str(&calls.next().await.unwrap()).unwrap();
    items.iter().filter(|item| item["call"]["operation"] == "GetIntegrations").count()
}

#[tokio::test(start_paused = true)]
async fn a_step_done_while_nobody_takes_the_next_view_is_seen_at_once() {
    let bench = Bench::new();
    let mut views = bench.app.watch_domain(of(&bench)).await.unwrap();
    let Next::Do { making, .. } = next(&mut views).await.next else { panic!("the certificate is asked for first") };
    let ask = DoDomainStep { scope: bench.scope.clone(), goal: bench.goal.clone(), making: making.id.clone() };
    bench.app.do_domain_step(ask).await.unwrap();
    let done = Instant::now();
    let view = next(&mut views).await;
    assert!(done.elapsed() < Duration::from_millis(100), "it waited {:?}", done.elapsed());
    assert!(!matches!(&view.next, Next::Do { making: next, .. } if next.id == making.id), "{:#?}", view.next);
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_is_told_beside_what_was_seen_and_the_next_one_that_works_takes_it_away() {
    let folder = std::env::temp_dir().join(format!("gatescope-watch-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("kept.sqlite");
    let mut bench = Bench::new();
    bench.app = App::on(bench.sandbox.clone(), Some(file.clone())).unwrap();
    let mut views = bench.app.watch_domain(of(&bench)).await.unwrap();
    let seen = next(&mut views).await;
    assert_eq!(seen.problem, None);

    let disk = rusqlite::Connection::open(&file).unwrap();
    disk.execute_batch("ALTER TABLE domain_step RENAME TO away").unwrap();
    let failed = next(&mut views).await;
    let why = failed.problem.clone().expect("it is told");
    assert!(!why.code.is_empty() && !why.message.is_empty(), "{why:?}");
    assert_eq!(DomainView { problem: None, ..failed.clone() }, seen, "what was seen stands");

    disk.execute_batch("ALTER TABLE away RENAME TO domain_step").unwrap();
    let again = next(&mut views).await;
    assert_eq!((again.problem, again.next), (None, seen.next.clone()));

    // Whoever opens it meanwhile hears why nothing is seen.
    disk.execute_batch("ALTER TABLE domain_step RENAME TO away").unwrap();
    let first = next(&mut bench.app.watch_domain(of(&bench)).await.unwrap()).await;
    assert!(first.problem.is_some() && matches!(first.next, Next::Read { .. }), "{:#?}", first.next);
    drop(disk);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_minute_of_waiting_does_not_read_the_whole_api_with_each_look() {
    let minute = Duration::from_secs(60);
    let bench = Bench::with(Options { certificate_delay: minute, ..Options::default() });
    let mut views = bench.app.watch_domain(of(&bench)).await.unwrap();
    let mut view = next(&mut views).await;
    while let Next::Do { making, .. } = &view.next {
        if making.steps.iter().any(|step| step.operation == "CreateDomainName") {
            break;
        }
        let ask = DoDomainStep { scope: bench.scope.clone(), goal: bench.goal.clone(), making: making.id.clone() };
        bench.app.do_domain_step(ask).await.unwrap();
        view = next(&mut views).await;
    }
    let (before, began) = (readings(&bench.app).await, Instant::now());
    while !matches!(view.next, Next::Do { .. }) {
        view = next(&mut views).await;
    }
    let often = usize::try_from(began.elapsed().as_secs() / BACKENDS.as_secs()).unwrap() + 1;
    let read = readings(&bench.app).await - before;
    assert!(read <= often, "{read} times in {:?}", began.elapsed());
}
