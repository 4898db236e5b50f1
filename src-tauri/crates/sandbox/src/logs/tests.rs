//! The store on its own: order, bounds, streams without names, retention, the file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use std::sync::atomic::AtomicUsize;

use super::kept::DAY_MS;
use super::snapshot::{At, Snapshot, Streams};
use super::*;

const NOW: i64 = 1_790_000_000_000;

/// Lines that count how often somebody reads one.
struct Counted {
    lines: usize,
    at: i64,
    read: Arc<AtomicUsize>,
    size: usize,
}

impl Batch for Counted {
    fn count(&self) -> usize {
        self.lines
    }

    fn timestamp(&self, _line: usize) -> i64 {
        self.at
    }

    fn text(&self, line: usize) -> Cow<'_, str> {
        self.read.fetch_add(1, Ordering::Relaxed);
        Cow::Owned(format!("line {line}"))
    }

    fn size(&self) -> usize {
        self.size
    }
}

fn store() -> Store {
    Store::new(&Options::default())
}

fn line(at: i64, text: &str) -> Arc<dyn Batch> {
    Arc::new(vec![(at, text.to_owned())])
}

fn texts(group: &Group, now: i64) -> Vec<String> {
    let snapshot = Snapshot::take(group, now, &(0..=i64::MAX), &Streams::All).unwrap();
    snapshot.events.iter().map(|at| snapshot.text(at).into_owned()).collect()
}

#[test]
fn nothing_is_made_into_text_until_somebody_reads_and_a_late_start_looks_at_few() {
    let (store, read) = (store(), Arc::new(AtomicUsize::new(0)));
    let group = store.group("g");
    assert!(!group.is_there());
    for n in 0..2_000 {
        let batch = Counted { lines: 9, at: NOW + n, read: read.clone(), size: 1 };
        store.write_to(&group, NOW + n, Arc::new(batch));
    }
    assert_eq!((group.lock().events(), read.load(Ordering::Relaxed)), (18_000, 0));
    let late = Snapshot::take(&group, NOW, &(NOW + 1_990..=i64::MAX), &Streams::All).unwrap();
    assert_eq!(late.events.len(), 90);
    assert_eq!(group.lock().since(NOW + 1_990).count(), 10);
}

#[test]
fn events_of_one_time_keep_the_order_in_which_they_came() {
    let store = store();
    for n in 0..50 {
        store.write(NOW, "g", None, line(NOW - n % 2, &n.to_string()));
    }
    let expected: Vec<String> =
        (0..50).filter(|n| n % 2 == 1).chain((0..50).filter(|n| n % 2 == 0)).map(|n: i32| n.to_string()).collect();
    assert_eq!(texts(&store.group("g"), NOW), expected);
}

#[test]
fn a_group_drops_its_oldest_events_and_counts_them() {
    let (store, read) = (store(), Arc::new(AtomicUsize::new(0)));
    for n in 0..41 {
        let batch = Counted { lines: 5_000, at: NOW + n, read: read.clone(), size: 1 };
        store.write(NOW + n, "g", None, Arc::new(batch));
    }
    store.write(NOW + 50, "g", None, line(NOW + 50, "last"));
    let view = &store.view(10)[0];
    assert_eq!((view.events, view.dropped), (EVENTS_KEPT_PER_GROUP, 5_001));
}

#[test]
fn all_groups_together_hold_no_more_than_the_bound_and_the_oldest_go_first() {
    let (store, read) = (store(), Arc::new(AtomicUsize::new(0)));
    let batch = |at| Arc::new(Counted { lines: 1, at, read: read.clone(), size: 1 << 20 });
    store.write(NOW, "old", None, batch(NOW));
    store.write(NOW + 500, "quiet", None, batch(NOW + 500));
    for n in 1..300 {
        store.write(NOW + n, "busy", None, batch(NOW + n));
        assert!(store.bytes.load(Ordering::Relaxed) <= LOG_BYTES_KEPT + (1 << 21));
    }
    let dropped: Vec<(String, u64)> = store.view(10).into_iter().map(|g| (g.name, g.dropped)).collect();
    assert_eq!(dropped[1], ("old".into(), 1));
    assert_eq!(dropped[2], ("quiet".into(), 0));
    assert!((44..=70).contains(&dropped[0].1), "{dropped:?}");
    let held: usize = store.all().iter().map(|g| g.lock().bytes()).sum();
    assert_eq!(held, store.bytes.load(Ordering::Relaxed));
    store.clear();
    assert_eq!(store.bytes.load(Ordering::Relaxed), 0);
}

#[test]
fn a_batch_without_a_name_has_a_stream_of_its_own_that_can_be_read_by_its_name() {
    let store = store();
    for n in 0..100 {
        store.write(NOW, "g", None, line(NOW, &n.to_string()));
    }
    let group = store.group("g");
    let all = Snapshot::take(&group, NOW, &(0..=i64::MAX), &Streams::All).unwrap();
    let names: std::collections::BTreeSet<Arc<str>> = all.events.iter().map(|at| all.stream(at)).collect();
    assert_eq!(names.len(), 100);
    assert!(names.iter().all(|n| n.len() == 32 && n.bytes().all(|b| b.is_ascii_hexdigit())));
    let seventh = all.stream(&all.events[7]);
    let one = Snapshot::take(&group, NOW, &(0..=i64::MAX), &Streams::Named(vec![&seventh])).unwrap();
    assert_eq!(one.events.iter().map(|at| one.text(at)).collect::<Vec<_>>(), ["7"]);
    assert!(Snapshot::take(&group, NOW, &(0..=i64::MAX), &Streams::Named(vec![&"0".repeat(32)])).is_err());
}

#[test]
fn a_handle_writes_on_when_its_group_was_deleted() {
    let store = store();
    let group = store.group("g");
    store.write_to(&group, NOW, line(NOW, "before"));
    assert!(store.remove("g"));
    assert!(!store.remove("g"));
    assert!(store.all().is_empty());
    store.write_to(&group, NOW + 1, line(NOW, "after"));
    assert_eq!(texts(&store.group("g"), NOW), ["after"]);
    assert_eq!(store.group("g").lock().created, NOW + 1);
}

#[test]
fn retention_hides_and_frees_what_is_too_old() {
    let store = store();
    store.write(NOW, "g", None, line(NOW, "day 0"));
    store.write(NOW + DAY_MS, "g", None, line(NOW + DAY_MS, "day 1"));
    // An old event behind a young one is hidden too.
    store.write(NOW + DAY_MS, "g", Some("s"), line(NOW, "late"));
    let group = store.group("g");
    group.lock().retention_days = Some(1);
    let now = NOW + DAY_MS + 1;
    assert_eq!(texts(&group, now), ["day 1"]);
    store.expire(&group, now);
    assert_eq!(group.lock().events(), 2);
    store.expire(&group, now + DAY_MS);
    assert_eq!((group.lock().events(), store.bytes.load(Ordering::Relaxed)), (0, 0));
}

#[test]
fn the_file_keeps_texts_ids_and_the_names_of_streams() {
    let before = store();
    before.write(NOW, "g", None, line(NOW, "own"));
    before.write(NOW, "g", Some("s"), line(NOW + 1, "named"));
    before.group("g").lock().tags.insert("k".into(), "v".into());
    let text = serde_json::to_string(&before.save()).unwrap();
    let after = store();
    after.write(NOW, "gone", None, line(NOW, "x"));
    after.load(serde_json::from_str(&text).unwrap());
    let seen = |store: &Store| {
        let group = store.group("g");
        let all = Snapshot::take(&group, NOW, &(0..=i64::MAX), &Streams::All).unwrap();
        let event = |at| (all.text(at).into_owned(), At::id(at), all.stream(at));
        all.events.iter().map(event).collect::<Vec<_>>()
    };
    assert_eq!(seen(&before), seen(&after));
    assert_eq!(after.all().len(), 1);
    assert_eq!(after.group("g").lock().tags["k"], "v");
}
