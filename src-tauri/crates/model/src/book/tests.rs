//! What a book shows of lines that came in any order, late and twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn event(n: u64, at: i64, message: impl Into<String>) -> LogEvent {
    LogEvent {
        event_id: Some(format!("399034678751536635154155825375897729412{n:017}")),
        stream: Some("s".to_owned()),
        timestamp: at,
        ingestion_time: None,
        message: message.into(),
    }
}

/// A message of a connection, as its lines stand in the log.
fn message(n: u64, at: i64, id: &str, connection: &str, route: &str, status: u16) -> Vec<LogEvent> {
    let mut texts = vec![
        format!("({id}) Extended Request Id: {id}"),
        format!("({id}) WebSocket Request Route: [{route}]"),
        format!("({id}) WebSocket API [api] received message from client [Connection Id: {connection}]."),
    ];
    if status >= 500 {
        texts.push(format!("({id}) Execution failed due to configuration error: Malformed Lambda proxy response"));
    }
    texts.push(format!(
        "({id}) Message from client [Connection Id: {connection}] sent to API [api] with response status code [{status}]."
    ));
    (0..).zip(texts).map(|(i, text)| event(n * 16 + i, at + i as i64, text)).collect()
}

fn requests(book: &Book) -> Vec<(String, i64, bool)> {
    let rows = book.rows(0, 10_000).into_iter();
    rows.map(|row| match row {
        BookRow::Request { at, request, failed, .. } => (request.request_id, at, failed),
        other => panic!("{other:?}"),
    })
    .collect()
}

fn texts(book: &Book) -> Vec<String> {
    let rows = book.rows(0, 10_000).into_iter();
    rows.map(|row| match row {
        BookRow::Line(line) => line.text,
        other => panic!("{other:?}"),
    })
    .collect()
}

fn three() -> Book {
    let mut book = Book::new(100_000);
    book.add(0, &message(1, 1000, "aaaaaaaaaaaaaaE=", "c1=", "join", 200));
    book.add(0, &message(3, 3000, "ccccccccccccccE=", "c1=", "send", 502));
    book.add(0, &message(2, 2000, "bbbbbbbbbbbbbbE=", "c2=", "join", 200));
    book
}

#[test]
fn requests_stand_by_time_each_as_one_row() {
    let book = three();
    let found = requests(&book);
    let expected =
        [("aaaaaaaaaaaaaaE=", 1000, false), ("bbbbbbbbbbbbbbE=", 2000, false), ("ccccccccccccccE=", 3000, true)];
    assert_eq!(found, expected.map(|(id, at, failed)| (id.to_owned(), at, failed)));
    let counts = book.counts();
    assert_eq!((counts.shown, counts.lines, counts.requests, counts.failures), (3, 13, 3, 1));
    assert_eq!(counts.routes, ["join", "send"]);
    assert_eq!(counts.bars.iter().map(|bar| bar.requests).sum::<u32>(), 3);
    assert!(counts.memory > 1000.0);
    assert_eq!(book.find(None, false), Some(2));
    assert_eq!(book.find(Some(2), false), None);
    assert_eq!(book.find(None, true), Some(2));
    assert_eq!(book.find(Some(2), true), None);
}

#[test]
fn each_condition_of_a_filter_takes_what_it_says() {
    let mut book = three();
    let mut ids = |filter: Filter| {
        let counts = book.set(View::Requests, &filter);
        assert_eq!(counts.problem, None);
        assert_eq!(counts.shown as usize, book.rows(0, 100).len());
        requests(&book).iter().map(|(id, ..)| id[..1].to_owned()).collect::<String>()
    };
    let base = Filter::default;
    assert_eq!(ids(base()), "abc");
    assert_eq!(ids(Filter { text: "malformed lambda".into(), ..base() }), "c");
    assert_eq!(ids(Filter { text: "malformed lambda".into(), case: true, ..base() }), "");
    assert_eq!(ids(Filter { text: "bbbbbbbbbbbbbbE=".into(), case: true, ..base() }), "b");
    assert_eq!(ids(Filter { text: "\\[(join|never)\\]$".into(), regex: true, ..base() }), "ab");
    assert_eq!(ids(Filter { text: "^\\(c.*502\\]\\.$".into(), regex: true, ..base() }), "c");
    assert_eq!(ids(Filter { text: "\\A\\(a".into(), regex: true, ..base() }), "a");
    assert_eq!(ids(Filter { text: "E=\\W\\(".into(), regex: true, ..base() }), "", "two lines are not one");
    assert_eq!(ids(Filter { pattern: "Route \"[send]\"".into(), ..base() }), "c");
    assert_eq!(ids(Filter { pattern: "-Extended -Route -received -Message".into(), ..base() }), "c");
    assert_eq!(ids(Filter { route_key: Some("join".into()), ..base() }), "ab");
    assert_eq!(ids(Filter { status: "5xx".into(), ..base() }), "c");
    assert_eq!(ids(Filter { status: ">=400, 200".into(), ..base() }), "abc");
    assert_eq!(ids(Filter { connection_id: "c1=".into(), ..base() }), "ac");
    assert_eq!(ids(Filter { failures: true, ..base() }), "c");
    assert_eq!(ids(Filter { own: true, ..base() }), "");
    assert_eq!(ids(Filter { without: vec![0], ..base() }), "");
    assert_eq!(ids(Filter { from: Some(1500), to: Some(2500), ..base() }), "b");
    assert_eq!(ids(Filter { text: "join".into(), connection_id: "c2=".into(), ..base() }), "b");
}

#[test]
fn a_filter_that_can_not_be_read_says_why_and_shows_nothing() {
    let mut book = three();
    for (filter, why) in [
        (Filter { text: "a(b".into(), regex: true, ..Filter::default() }, "unclosed group, at character 2"),
        (Filter { pattern: "a:b".into(), ..Filter::default() }, "Invalid character(s) in term 'a:b'"),
        (Filter { status: "bad".into(), ..Filter::default() }, "not bad"),
    ] {
        let counts = book.set(View::Requests, &filter);
        assert!(counts.problem.as_deref().unwrap_or_default().contains(why), "{counts:?}");
        assert_eq!(counts.shown, 0);
        book.add(0, &message(9, 9000, "ddddddddddddddE=", "c1=", "join", 200));
        assert_eq!(book.counts().shown, 0);
    }
}

#[test]
fn a_line_that_comes_twice_is_there_once_also_when_its_id_comes_later() {
    let events = message(1, 1000, "aaaaaaaaaaaaaaE=", "c1=", "join", 200);
    let live: Vec<LogEvent> = events.iter().map(|it| LogEvent { event_id: None, ..it.clone() }).collect();
    let mut book = Book::new(1000);
    for batch in [&live, &events, &live, &events] {
        book.add(0, batch);
        assert_eq!(book.counts().lines, 4);
    }
    // Written twice in the same millisecond: two lines.
    let twice = [event(90, 5000, "(aaaaaaaaaaaaaaE=) same"), event(91, 5000, "(aaaaaaaaaaaaaaE=) same")];
    book.add(0, &twice);
    book.add(0, &twice);
    assert_eq!(book.counts().lines, 6);
}

#[test]
fn lines_can_be_shown_with_those_around_a_match() {
    let mut book = three();
    book.set(View::Lines, &Filter { text: "malformed".into(), context: 1, ..Filter::default() });
    let rows = book.rows(0, 10);
    let context: Vec<bool> = rows.iter().map(|row| matches!(row, BookRow::Line(line) if line.context)).collect();
    assert_eq!(context, [true, false, true], "{rows:?}");
    assert!(texts(&book)[1].starts_with("Execution failed"));
    assert_eq!(book.find(None, false), Some(1));
}

#[test]
fn own_requests_are_marked_with_all_messages_of_their_connection() {
    let mut book = Book::new(1000);
    book.add(0, &message(5, 5000, "aaaaaaaaaaaaaaE=", "c1=", "join", 200));
    book.own("tok7");
    let id = "kkkkkkkkkkkkkkE=";
    let connect = [
        "WebSocket Request Route: [$connect]".to_owned(),
        "Client [UserAgent: Gatescope/0.1 a=tok7, SourceIp: 1.2.3.4] is connecting to WebSocket API [api].".to_owned(),
        "Client [Connection Id: c1=] connected to API [api] successfully.".to_owned(),
    ];
    let events: Vec<LogEvent> =
        (0..).zip(connect).map(|(n, text)| event(n, n as i64, format!("({id}) {text}"))).collect();
    book.add(0, &events);
    book.add(0, &message(6, 6000, "bbbbbbbbbbbbbbE=", "c2=", "join", 200));
    book.set(View::Requests, &Filter { own: true, ..Filter::default() });
    assert_eq!(requests(&book).len(), 2);
    book.own("c2=");
    assert_eq!(requests(&book).len(), 3);
    let life = book.connection("c1=").unwrap();
    assert_eq!(life.events.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["connect", "message"]);
    assert_eq!(
        (life.connection.source_ip.as_str(), life.connection.messages, life.connection.own),
        ("1.2.3.4", 1, true)
    );
    assert!(life.unknown.iter().any(|it| it.contains("no $disconnect")));
}

#[test]
fn memory_is_bounded_and_what_was_let_go_is_counted() {
    let mut book = Book::new(2000);
    for n in 0..4000_u64 {
        let id = format!("r{n:013}E=");
        book.add(0, &message(n, n as i64 * 10, &id, "c1=", "join", if n % 7 == 0 { 502 } else { 200 }));
    }
    let counts = book.counts();
    assert!(counts.lines <= 2300 && counts.lines > 1000, "{counts:?}");
    let written: u32 = (0..4000).map(|n| if n % 7 == 0 { 5 } else { 4 }).sum();
    assert_eq!(counts.lines + counts.let_go, written);
    assert_eq!(counts.requests as usize, requests(&book).len());
    let failed = requests(&book).iter().filter(|(.., failed)| *failed).count();
    assert_eq!(counts.failures as usize, failed);
    assert!(book.request("r0000000000001E=").is_none());
    assert!(book.request("r0000000003999E=").is_some());
}

/// Lines of a few requests, with times that collide.
fn history() -> impl Strategy<Value = Vec<LogEvent>> {
    prop::collection::vec((0i64..40, 0u8..6, 0u8..3, prop::bool::ANY), 1..8).prop_map(|requests| {
        let mut n = 0;
        let mut all = Vec::new();
        for (i, (at, connection, route, fails)) in requests.into_iter().enumerate() {
            n += 1;
            let id = format!("r{i:013}E=");
            let status = if fails { 502 } else { 200 };
            all.extend(message(n, at, &id, &format!("c{connection}="), &format!("route{route}"), status));
        }
        all
    })
}

/// The events in another order, some twice, some without their ids, cut into batches.
fn delivered() -> impl Strategy<Value = (Vec<LogEvent>, Vec<Vec<LogEvent>>)> {
    history().prop_flat_map(|events| {
        let again = prop::collection::vec(prop::sample::select(events.clone()), 0..10);
        let all = again.prop_map({
            let events = events.clone();
            move |again| events.iter().cloned().chain(again).collect::<Vec<_>>()
        });
        // A live tail gives no ids: what it brought comes again with them.
        let live = prop::collection::vec(prop::sample::select(events.clone()), 0..10);
        let batches = (all.prop_shuffle(), 1usize..9, live).prop_map(|(all, size, live)| {
            let polled = all.chunks(size).map(<[LogEvent]>::to_vec);
            let live = live.into_iter().map(|event| vec![LogEvent { event_id: None, ..event }]);
            polled.chain(live).collect::<Vec<_>>()
        });
        (Just(events), batches.prop_shuffle())
    })
}

fn everything(book: &mut Book, filter: &Filter) -> Vec<BookRow> {
    let mut all = Vec::new();
    for view in [View::Requests, View::Lines, View::Connections] {
        book.set(view, filter);
        all.extend(book.rows(0, 10_000));
    }
    all
}

proptest! {
    // A case is a hundred searches.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_and_any_duplicates_give_the_same_rows((events, batches) in delivered(), standing in 0usize..5, context in 0u32..3) {
        let filters = [
            Filter::default(),
            Filter { text: "malformed".into(), context, ..Filter::default() },
            Filter { route_key: Some("route1".into()), context, ..Filter::default() },
            Filter { failures: true, text: "message".into(), ..Filter::default() },
            Filter { connection_id: "c1=".into(), ..Filter::default() },
        ];
        let mut sorted = events.clone();
        sorted.sort_by(|a, b| (a.timestamp, &a.event_id).cmp(&(b.timestamp, &b.event_id)));
        let mut reference = Book::new(10_000);
        reference.add(0, &sorted);
        for view in [View::Requests, View::Lines, View::Connections] {
            let mut book = Book::new(10_000);
            book.set(view, &filters[standing]);
            for batch in &batches {
                book.add(0, batch);
            }
            // What stood while lines came is what a new search gives.
            reference.set(view, &filters[standing]);
            prop_assert_eq!(book.rows(0, 10_000), reference.rows(0, 10_000));
            prop_assert_eq!(book.counts().bars, reference.counts().bars);
            prop_assert_eq!(book.counts().failures, reference.counts().failures);
            for filter in &filters {
                prop_assert_eq!(everything(&mut book, filter), everything(&mut reference, filter));
            }
        }
        reference.set(View::Lines, &Filter::default());
        let unprefixed: Vec<String> = sorted.iter().map(|it| it.message[19..].to_owned()).collect();
        prop_assert_eq!(texts(&reference), unprefixed);
    }

}

proptest! {
    #[test]
    fn a_search_in_pieces_finds_what_a_search_by_lines_finds(lines in prop::collection::vec("[ab\n\u{0}é.]{0,8}", 1..40), needle in "[abé.]{1,3}", regex in prop::sample::select(vec!["a+$", "^b", "[^a]b", "a.b", "\\W", "\\s", "(?s)a.*b", "a*", "\\bab\\b", "é|b$", "\\Ab", "b\\z", "^$", "\\B", "(?R)b$", "a\\x00*b"]), case in prop::bool::ANY) {
        let mut book = Book::new(10_000);
        let events: Vec<LogEvent> = (0..).zip(&lines).map(|(n, text)| event(n, n as i64, text.clone())).collect();
        book.add(0, &events);
        let sealed: Vec<String> = lines.iter().map(|line| line.replace('\0', "\u{2400}")).collect();
        let shown = book.set(View::Lines, &Filter { text: needle.clone(), case, ..Filter::default() }).shown;
        prop_assert_eq!(shown as usize, sealed.iter().filter(|line| line.contains(&needle)).count());
        let expected = regex::bytes::RegexBuilder::new(regex).multi_line(true).line_terminator(0).build().unwrap();
        let shown = book.set(View::Lines, &Filter { text: regex.to_owned(), regex: true, case, ..Filter::default() }).shown;
        prop_assert_eq!(shown as usize, sealed.iter().filter(|line| expected.is_match(line.as_bytes())).count(), "{}", regex);
    }
}
