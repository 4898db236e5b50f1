//! Queries on lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::super::Store;
use super::*;
use crate::Options;

const NOW: i64 = 1_790_000_000_000;

fn store() -> Store {
    let store = Store::new(&Options::default());
    let lines = [
        (0, "ERROR user=alice, latency := 12"),
        (60_000, "INFO user=bob, latency := 30"),
        (120_000, "error user=alice, latency := 18"),
        (400_000, r#"{"level":"WARN","latency":5,"http":{"path":"/a","codes":[200,404]},"gone":null}"#),
        (460_000, r#"{"level":"WARN","latency":7.5,"http":{"path":"/b"}}"#),
    ];
    for (at, text) in lines {
        store.write(NOW + at, "g", Some("s"), Arc::new(vec![(NOW + at, text.to_owned())]));
    }
    store
}

/// The rows, fields but the pointer joined by blanks.
fn rows(query: &str) -> Vec<String> {
    let snapshot = Snapshot::take(&store().group("g"), NOW, &(0..=i64::MAX), &Streams::All).unwrap();
    let sources = [Source { snapshot, log: "123456789012:g".into() }];
    let commands = parse::parse(query).unwrap_or_else(|m| panic!("{query}: {}", m.message));
    let found = run::run(&commands, &sources, 1000, &AtomicBool::new(false)).unwrap();
    let row = |row: &Vec<(String, String)>| {
        row.iter().filter(|(f, _)| f != "@ptr").map(|(_, v)| v.as_str()).collect::<Vec<_>>().join(" ")
    };
    found.rows.iter().map(row).collect()
}

#[test]
fn filters_choose_rows() {
    let count = |filter: &str| rows(&format!("filter {filter} | stats count(*)"))[..].join("");
    for (filter, expected) in [
        ("@message like \"ERROR\"", "1"),
        ("@message like /(?i)error/", "2"),
        ("@message not like /(?i)error/", "3"),
        ("@message =~ /user=\\w+/", "3"),
        ("level = 'WARN'", "2"),
        ("level = \"WARN\" and latency > 5", "1"),
        ("level in [\"WARN\", \"INFO\"]", "2"),
        ("level not in [\"WARN\"]", "3"),
        ("ispresent(http.path) and not http.path = '/a'", "1"),
        ("http.codes.1 = 404", "1"),
        ("latency * 2 >= 10 and (level = 'x' or http.path like '/b')", "1"),
        ("strlen(level) = 4 # a comment\n", "2"),
        ("@logStream = 's' and @log like ':g'", "5"),
        ("`http.path` = '/a'", "1"),
    ] {
        assert_eq!(count(filter), expected, "{filter}");
    }
}

#[test]
fn fields_are_shown_newest_first_and_times_as_aws_prints_them() {
    assert_eq!(
        rows("fields @timestamp, level | limit 2"),
        ["2026-09-21 14:21:00.000 WARN", "2026-09-21 14:20:00.000 WARN"]
    );
    assert_eq!(rows("fields toupper(level) as up, latency + 1 | sort latency asc | limit 1"), ["WARN 6"]);
    assert_eq!(rows("limit 1")[0].matches("latency").count(), 1);
    assert_eq!(rows("fields @message | display level | sort @timestamp desc | limit 1"), ["WARN"]);
}

#[test]
fn parse_takes_fields_out_of_text() {
    let glob = "parse @message '* user=*, latency := *' as kind, user, ms | filter ispresent(user)";
    assert_eq!(rows(&format!("{glob} | display user, ms | sort @timestamp asc")), ["alice 12", "bob 30", "alice 18"]);
    assert_eq!(
        rows(&format!("{glob} | stats avg(ms) as mean, count(*) as n by user | sort user asc")),
        ["alice 15 2", "bob 30 1"]
    );
    assert_eq!(rows("parse @message /user=(?<who>[a-z]+)/ | filter who = 'bob' | display who"), ["bob"]);
}

#[test]
fn stats_reckon_by_group_and_time() {
    assert_eq!(
        rows("stats count(*) as n by bin(5m) as at | sort at asc"),
        ["2026-09-21 14:10:00.000 2", "2026-09-21 14:15:00.000 1", "2026-09-21 14:20:00.000 2"]
    );
    assert_eq!(
        rows(
            "stats sum(latency), avg(latency), min(latency), max(latency), pct(latency, 50), count(latency), count_distinct(level)"
        ),
        ["12.5 6.25 5 7.5 5 2 1"]
    );
    assert_eq!(rows("stats latest(level), earliest(@timestamp)"), ["WARN 2026-09-21 14:13:20.000"]);
    assert_eq!(rows("dedup level | filter ispresent(level) | fields level"), ["WARN"]);
}

#[test]
fn what_can_not_be_read_is_refused_with_its_place() {
    let refused = |query: &str| parse::parse(query).err().unwrap_or_else(|| panic!("{query}"));
    let unknown = refused("fields @message | count()");
    assert_eq!(unknown.message, "unexpected symbol found count at line 1 and position 19");
    assert_eq!((unknown.start, unknown.end), (18, 23));
    assert_eq!(refused("fields @message |\n  sort ||").message, "unexpected symbol found | at line 2 and position 8");
    let deep = format!("filter {}1{}", "(".repeat(500), ")".repeat(500));
    let nots = format!("filter {}1", "not ".repeat(2000));
    let long = format!("filter {}1", "1+".repeat(4000));
    let minus = format!("filter {}1", "-".repeat(4000));
    for bad in [
        "|",
        "fields",
        "fields ,",
        "filter",
        "filter x =",
        "filter x like",
        "filter x like /(/",
        "filter x in []",
        "parse @message",
        "parse @message '*' as",
        "parse @message '**' as a",
        "parse @message /x/",
        "stats",
        "stats sum()",
        "stats pct(x)",
        "stats pct(x, 101)",
        "limit 0",
        "limit 1.5",
        "limit 10001",
        "sort",
        "fields nope(1)",
        "fields abs()",
        "stats count(*) by bin(0m)",
        "stats count(*) by bin(5x)",
        "fields `open",
        "filter 'open",
        "é",
        "filter x like /é",
        &deep,
        &nots,
        &long,
        &minus,
    ] {
        refused(bad);
    }
    assert!(parse::parse("").unwrap().is_empty());
}
