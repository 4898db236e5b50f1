//! A way back that goes only a part of the way: what stays for now is offered again, what is somebody else's is not.

use super::bench::{Bench, NAME};
use super::others;

#[tokio::test(start_paused = true)]
async fn what_something_else_rests_on_stays_and_is_offered_again_until_it_may_go() {
    let bench = Bench::new().await;
    let before = others(&bench).await;
    bench.finish().await.holds();
    bench.mapping(NAME, "somebody").await;
    let keeps = bench.roll_back().await;
    assert!(keeps[0].contains("by the key \"somebody\""), "{keeps:#?}");
    let line = bench.look().await;
    let kinds: Vec<&str> = line.made.iter().map(|made| made.split(' ').next().unwrap()).collect();
    assert_eq!(kinds, ["domain", "record", "certificate"], "{:#?}", line.made);
    // Another app on the same disk would offer it too: it is the history that tells.
    bench.remove_mapping("somebody").await;
    assert_eq!(bench.roll_back().await, Vec::<String>::new());
    assert_eq!(bench.there().await, before);
    assert!(bench.look().await.made.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_gone_on_with_after_half_a_way_back_is_taken_back_whole() {
    let bench = Bench::new().await;
    let before = others(&bench).await;
    bench.finish().await.holds();
    bench.mapping(NAME, "somebody").await;
    bench.roll_back().await;
    let (line, clicks) = bench.steps(usize::MAX).await;
    line.holds();
    assert_eq!(clicks, 2, "mapping and record");
    bench.remove_mapping("somebody").await;
    assert_eq!(bench.roll_back().await, Vec::<String>::new());
    assert_eq!(bench.there().await, before);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_changed_is_left_to_them_and_offered_no_more() {
    let bench = Bench::new().await;
    bench.finish().await.holds();
    bench.record("UPSERT", "A", NAME, "203.0.113.9").await;
    let keeps = bench.roll_back().await;
    assert!(keeps.len() == 1 && keeps[0].contains("somebody changed it since"), "{keeps:#?}");
    assert!(bench.there().await.iter().any(|line| line.contains("203.0.113.9")));
    assert!(bench.look().await.made.is_empty());
}
