//! Patterns on lines.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

fn check(table: &[(&str, &str, bool)]) {
    for (pattern, message, expected) in table {
        let parsed = Pattern::parse(pattern).unwrap_or_else(|r| panic!("{pattern}: {}", r.filter_words()));
        assert_eq!(parsed.matches(message), *expected, "{pattern} on {message}");
    }
}

#[test]
fn terms_match_as_recorded() {
    check(&[
        ("", "anything", true),
        ("\" \"", "a b", true),
        ("\" \"", "ab", false),
        ("ERROR", "TERROR REQUEST", true),
        ("ERROR", "error request", false),
        ("ERROR ARGUMENTS", "ARGUMENTS ERROR", true),
        ("ERROR ARGUMENTS", "ERROR_ARGUMENTS", true),
        ("ERROR ARGUMENTS", "ERROR only", false),
        ("ERROR -ARGUMENTS", "ERROR ARGUMENTS", false),
        ("-ERROR", "plain", true),
        ("\"INTERNAL SERVER ERROR\"", "ERROR INTERNAL SERVER ERROR", true),
        ("\"INTERNAL SERVER ERROR\"", "INTERNAL  SERVER ERROR", false),
        ("?ERROR ?ARGUMENTS", "INFO ARGUMENTS", true),
        ("?ERROR ?ARGUMENTS", "plain", false),
        ("?ERROR ?ARGUMENTS -REQUEST", "plain", true),
        ("\"EP5yqFByIAMElXw=\"", "(EP5yqFByIAMElXw=) Starting", true),
        ("%[0-9]{3} ms%", "latency: 123 ms", true),
    ]);
}

#[test]
fn json_fields_are_compared_as_documented() {
    let event = r#"{"a":{"b":"xyz"},"n":4,"t":true,"nil":null,"list":["one","two"],"objs":[{"id":1},{"id":2}],"ip":"10.0.0.1","s":"500"}"#;
    let table = [
        (r#"{ $.a.b = "xyz" }"#, true),
        (r#"{ $.a.b = "x*" }"#, true),
        (r#"{ $.a.b = x*z }"#, true),
        (r#"{ $.a.b != "x*" }"#, false),
        (r#"{ $.a.b = "yz" }"#, false),
        ("{ $.n = 4 }", true),
        ("{ $.n >= 4 && $.n < 5 }", true),
        ("{ $.n > 4 || $.n = 4.0 }", true),
        ("{ ($.n > 4 || $.t IS TRUE) && $.a.b = xyz }", true),
        ("{ $.nil IS NULL }", true),
        ("{ $.gone IS NULL }", false),
        ("{ $.gone NOT EXISTS }", true),
        ("{ $.nil NOT EXISTS }", false),
        ("{ $.a.b = * }", true),
        ("{ $.gone = * }", false),
        (r#"{ $.list[1] = "two" }"#, true),
        (r#"{ $.list[*] = "two" }"#, true),
        ("{ $.objs[*].id = 2 }", true),
        ("{ $.objs[0].id = 2 }", false),
        ("{ $.ip = %10\\.0\\.0\\.[0-9]% }", true),
        ("{ $.t IS FALSE }", false),
        ("{ $.s = 500 }", false),
        (r#"{ $.s = "500" }"#, true),
        (r#"{ $['a']['b'] = "xyz" }"#, true),
    ];
    for (pattern, expected) in table {
        check(&[(pattern, event, expected), (pattern, "not JSON", false)]);
    }
}

#[test]
fn columns_are_compared_as_documented() {
    let line = r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;
    let table = [
        ("[ip, user, name, time, request, status, bytes]", true),
        ("[ip, user, name, time, request, status]", false),
        ("[ip, ..., bytes > 1000]", true),
        ("[..., status = 4*, bytes]", true),
        ("[..., status = 404 || status = 410, bytes]", true),
        ("[ip, user, name, time, request = *index*, status != 5*, ...]", true),
        ("[ip = %127\\.%, ..., status >= 500, bytes]", false),
        ("[w1 = \"127.0.0.1\", ...]", true),
    ];
    for (pattern, expected) in table {
        check(&[(pattern, line, expected)]);
    }
    let pattern = Pattern::parse("[ip, ..., status, bytes]").unwrap();
    assert_eq!(pattern.extract(line)["$status"], "404");
    assert_eq!(pattern.extract(line)["$3"], "frank");
}

#[test]
fn refusals_have_the_recorded_words() {
    let table = [
        ("{ $.v IS NOT NULL }", "Invalid character(s) in term 'NOT'", "Invalid filter pattern"),
        ("{ $.v == 1 }", "Invalid metric filter pattern", "Invalid filter pattern"),
        ("{ \"v\": [1] }", "Invalid character(s) in term ':'", "Invalid character(s) in term ':'"),
        ("{ !($.v = 1) }", "Invalid character(s) in term '!('", "Invalid filter pattern"),
        ("{ $.v = %(Alpha|Beta)% }", "Invalid character(s) in term '%('", "Invalid filter pattern"),
        ("{ $.v > \"Alpha\" }", "Invalid character(s) in term '\"Alpha\"'", "Invalid filter pattern"),
        ("{ $.items[*].* = 1 }", TOO_WILD, TOO_WILD),
        ("{ $..value = \"hit\" }", "Invalid character(s) in term '$..'", "Invalid filter pattern"),
    ];
    for (pattern, metric, filter) in table {
        let refused = Pattern::parse(pattern).err().unwrap();
        assert_eq!(
            (refused.metric_words(), refused.filter_words()),
            (metric.to_owned(), filter.to_owned()),
            "{pattern}"
        );
    }
}

const TOO_WILD: &str =
    "Your filter pattern has a JSON path selector that exceeds the maximum of 1 wildcard allowed per json selector.";

#[test]
fn hostile_patterns_are_refused_and_bounded() {
    let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(400), ")".repeat(400));
    let columns = format!("[{}a = 1{}]", "(".repeat(400), ")".repeat(400));
    let huge = format!("%{}%", "x{999}".repeat(150));
    for bad in [
        &deep,
        &columns,
        &huge,
        "\"open",
        "a:b",
        "%(%",
        "-",
        "{",
        "[",
        "{}",
        "[a",
        "{ $ = 1 }",
        "{ $.a = }",
        "{ $.a[ = 1 }",
        "%a% %b% %c%",
    ] {
        assert!(Pattern::parse(bad).is_err(), "{bad}");
    }
    let long = "x".repeat(1025);
    assert!(Pattern::parse(&long).err().unwrap().filter_words().contains("less than or equal to 1024"));
    assert!(Pattern::parse("%(a+)+b%").is_err());
}

#[test]
fn a_pattern_that_probably_means_something_else_is_warned_of() {
    let warned = |pattern: &str| warnings(pattern).join(" | ");
    for id in [
        "EP5yqFByIAMElXw=",
        "(EP5yqFByIAMElXw=)",
        "EP5yqFBy-IAMElXw=",
        "-EP5yqFByIAMElXw=",
        "8b303cf8-c956-45f8-86c6-c23cffeb3d71",
    ] {
        assert!(warned(id).contains("quotes"), "{id}: {}", warned(id));
        assert_eq!(warned(&format!("\"{id}\"")), "", "{id}");
    }
    assert!(warned("-timeout").contains("leaves out"));
    assert!(warned("error -").contains("-"));
    assert!(warned("?ERROR ?WARN -DEBUG").contains("no effect"));
    assert!(warned("ERROR OR WARN").contains("?ERROR ?WARN"));
    assert!(warned("error*").contains("star"));
    for fine in ["", "ERROR", "ERROR -DEBUG", "?a ?b", "{ $.status = 500 }", "[a, b]", "\"a-b\"", "%[0-9]+ ms%"] {
        assert_eq!(warned(fine), "", "{fine}");
    }
}

#[test]
fn every_line_that_a_pattern_takes_has_its_literal() {
    for pattern in ["ERROR \"a longer one\"", "-x", "?a ?b", "%[0-9]%", "{ $.a = 1 }", "ab -a longer"] {
        let parsed = Pattern::parse(pattern).unwrap();
        for line in ["ERROR a longer one", "a", "3", "{\"a\":1}", "ab longer", ""] {
            let has = parsed.literal().is_none_or(|literal| line.contains(literal));
            assert!(has || !parsed.matches(line), "{pattern} on {line}");
        }
    }
}
