//! One line of a function's own log: whose run it belongs to, and what Lambda says of that run.
//!
//! Lambda writes `START`, `END` and `REPORT` as text, or `platform.start`, `platform.runtimeDone` and `platform.report` as
//! JSON; what the function prints stands between them and names its run only where the runtime's logger does. This module
//! may not know which request of the gateway caused the run: the execution log names the run's id, and the book joins them.

use serde::Deserialize;

use crate::book::FunctionRun;

/// A line of a function's log, read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FunctionLine<'a> {
    /// The function's request id, where the line names it.
    pub request_id: Option<&'a str>,
    /// What Lambda says by it.
    pub part: Part,
    /// Tells of a failure.
    pub failure: bool,
    /// Says nothing of this run in particular.
    pub quiet: bool,
}

/// What Lambda marks by a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// A new environment is made: lines up to the next start are of no run yet.
    Init,
    /// A run begins.
    Start,
    /// A run is over; its report follows.
    End,
    /// What the run took.
    Report,
    /// What the function or its runtime says.
    #[default]
    Said,
}

/// The parts of a JSON line that matter here.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<&'a str>,
    #[serde(borrow, default)]
    level: Option<&'a str>,
    #[serde(borrow, default, alias = "AWSRequestId", alias = "aws_request_id", alias = "function_request_id")]
    #[serde(rename = "requestId")]
    request_id: Option<&'a str>,
    #[serde(borrow, default)]
    record: Option<Platform<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Platform<'a> {
    #[serde(borrow, default)]
    request_id: Option<&'a str>,
    #[serde(borrow, default)]
    status: Option<&'a str>,
    #[serde(default)]
    metrics: Metrics,
}

#[derive(Default, Deserialize)]
struct Metrics {
    #[serde(default, rename = "durationMs")]
    duration: Option<f64>,
    #[serde(default, rename = "billedDurationMs")]
    billed: Option<f64>,
    #[serde(default, rename = "memorySizeMB")]
    memory: Option<u32>,
    #[serde(default, rename = "maxMemoryUsedMB")]
    used: Option<u32>,
    #[serde(default, rename = "initDurationMs")]
    init: Option<f64>,
}

fn record(text: &str) -> Option<Record<'_>> {
    // Strings with escapes can't be borrowed; then the line is read as text, and names nothing.
    text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

impl<'a> FunctionLine<'a> {
    /// Reads any line; never fails.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        let text = text.trim_end();
        if let Some(record) = record(text) {
            return Self::of_record(&record);
        }
        let part = |word: &str| text.strip_prefix(word).and_then(uuid);
        if let Some(id) = part("START RequestId: ") {
            return Self { request_id: Some(id), part: Part::Start, failure: false, quiet: true };
        }
        if let Some(id) = part("END RequestId: ") {
            return Self { request_id: Some(id), part: Part::End, failure: false, quiet: true };
        }
        if let Some(id) = part("REPORT RequestId: ") {
            let failure = field(text, "Status: ").is_some_and(|status| status != "success");
            return Self { request_id: Some(id), part: Part::Report, failure, quiet: false };
        }
        if text.starts_with("INIT_START ") {
            return Self { part: Part::Init, quiet: true, ..Self::default() };
        }
        if text.starts_with("INIT_REPORT ") {
            let failure = field(text, "Status: ").is_some_and(|status| status != "success");
            return Self { part: Part::Said, failure, ..Self::default() };
        }
        let (request_id, after) = named(text).unzip();
        let said = after.unwrap_or(text);
        let failure = said.starts_with("Task timed out after ")
            || level(said, "ERROR").is_some()
            || level(said, "FATAL").is_some()
            || text.starts_with("[ERROR]")
            || text.starts_with("[CRITICAL]")
            || (text.starts_with("RequestId: ") && (said.starts_with("Error:") || said.starts_with("Process exited")));
        Self { request_id, part: Part::Said, failure, quiet: text.starts_with("XRAY TraceId: ") }
    }

    fn of_record(record: &Record<'a>) -> Self {
        let platform = record.record.as_ref();
        let part = match record.kind {
            Some("platform.initStart") => Part::Init,
            Some("platform.start") => Part::Start,
            Some("platform.runtimeDone") => Part::End,
            Some("platform.report") => Part::Report,
            _ => Part::Said,
        };
        let is_platform = record.kind.is_some_and(|kind| kind.starts_with("platform."));
        let bad = platform.and_then(|it| it.status).is_some_and(|status| status != "success");
        let level = record.level.is_some_and(|it| it.eq_ignore_ascii_case("error") || it.eq_ignore_ascii_case("fatal"));
        Self {
            request_id: platform.and_then(|it| it.request_id).or(record.request_id),
            part,
            failure: if is_platform { bad } else { level },
            quiet: is_platform && part != Part::Report && !bad,
        }
    }
}

/// Adds what a line says of its run.
pub fn learn(run: &mut FunctionRun, text: &str) {
    let text = text.trim_end();
    if let Some(Record { kind: Some(kind), record: Some(platform), .. }) = record(text) {
        if kind == "platform.report" {
            let Metrics { duration, billed, memory, used, init } = platform.metrics;
            run.duration_ms = duration.or(run.duration_ms);
            run.billed_ms = billed.or(run.billed_ms);
            run.memory_mb = memory.or(run.memory_mb);
            run.used_mb = used.or(run.used_mb);
            run.init_ms = init.or(run.init_ms);
        }
        if matches!(kind, "platform.report" | "platform.runtimeDone")
            && let Some(status) = platform.status.filter(|status| *status != "success")
        {
            run.status = Some(if status == "timeout" { "timeout" } else { "error" }.to_owned());
        }
        return;
    }
    if text.starts_with("REPORT RequestId: ") {
        let number = |name: &str| field(text, name)?.split(' ').next()?.parse::<f64>().ok();
        // `Duration: ` ends `Billed Duration: ` and `Init Duration: ` too: each stands after a tab.
        run.duration_ms = number("\tDuration: ").or(run.duration_ms);
        run.billed_ms = number("\tBilled Duration: ").or(run.billed_ms);
        run.memory_mb = number("\tMemory Size: ").map(|n| n as u32).or(run.memory_mb);
        run.used_mb = number("\tMax Memory Used: ").map(|n| n as u32).or(run.used_mb);
        run.init_ms = number("\tInit Duration: ").or(run.init_ms);
        if let Some(status) = field(text, "Status: ").filter(|status| *status != "success") {
            run.status = Some(if status == "timeout" { "timeout" } else { "error" }.to_owned());
        }
    } else if named(text).is_some_and(|(_, said)| said.starts_with("Task timed out after ")) {
        run.status = Some("timeout".to_owned());
    } else if FunctionLine::parse(text).failure && run.status.is_none() && is_crash(text) {
        run.status = Some("error".to_owned());
    }
}

/// Lambda's own words for a run that ended badly; what a function logs as an error may be no failure of it.
pub(crate) fn is_crash(text: &str) -> bool {
    text.starts_with("RequestId: ")
        || text.strip_prefix("[ERROR] ").is_some_and(is_named_error)
        || named(text)
            .and_then(|(_, said)| level(said, "ERROR"))
            .is_some_and(|said| said.starts_with("Invoke Error") || said.starts_with("Uncaught"))
}

/// `ValueError: …`: a runtime's words for an error, which a function's own lines at this level need not have.
fn is_named_error(said: &str) -> bool {
    let name = said.split(':').next().unwrap_or_default();
    said.len() > name.len()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_')
        && !name.is_empty()
}

/// What follows a level and its tab, which is a blank where somebody pasted it.
fn level<'a>(said: &'a str, name: &str) -> Option<&'a str> {
    said.strip_prefix(name)?.strip_prefix(['\t', ' '])
}

/// What stands after a name, up to a tab or the line's end.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(name)?;
    after.split(['\t', '\n']).next().map(str::trim)
}

/// The id in the forms in which runtimes name it, and what follows. An id elsewhere may be anybody's.
fn named(text: &str) -> Option<(&str, &str)> {
    let rest = match text.strip_prefix("RequestId: ") {
        Some(rest) => rest,
        None => {
            let text = match text.strip_prefix('[') {
                Some(level) => level.split_once("]\t")?.1,
                None => text,
            };
            let (time, rest) = text.split_at_checked(24)?;
            let is_time = time.ends_with('Z') && time.as_bytes().get(10) == Some(&b'T');
            is_time.then(|| rest.strip_prefix(['\t', ' '])).flatten()?
        }
    };
    let id = uuid(rest)?;
    Some((id, rest[id.len()..].trim_start_matches(['\t', ' '])))
}

/// A UUID at the beginning.
pub(crate) fn uuid(text: &str) -> Option<&str> {
    let (id, _) = text.split_at_checked(36)?;
    let fits = id.bytes().enumerate().all(|(at, b)| match at {
        8 | 13 | 18 | 23 => b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    fits.then_some(id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ID: &str = "76269889-7d50-4d6d-a3f1-9b4f5322f47c";

    #[test]
    fn each_form_in_which_a_run_is_named_gives_its_id() {
        let forms = [
            (format!("START RequestId: {ID} Version: $LATEST\n"), Part::Start, false),
            (format!("END RequestId: {ID}\n"), Part::End, false),
            (
                format!(
                    "REPORT RequestId: {ID}\tDuration: 14.97 ms\tBilled Duration: 15 ms\tMemory Size: 128 MB\tMax Memory Used: 67 MB\t\n"
                ),
                Part::Report,
                false,
            ),
            (format!("2023-12-05T22:14:43.862Z\t{ID}\tINFO\ta picture\n"), Part::Said, false),
            (format!("2023-12-05T22:14:43.862Z\t{ID}\tERROR\tInvoke Error\t{{}}"), Part::Said, true),
            (format!("[INFO]\t2023-12-05T22:14:43.862Z\t{ID}\thello"), Part::Said, false),
            (format!("2021-04-01T21:58:32.000Z {ID} Task timed out after 10.00 seconds"), Part::Said, true),
            (format!("RequestId: {ID} Error: Runtime exited without providing a reason"), Part::Said, true),
            (
                format!(
                    r#"{{"time":"2024-03-13T18:56:24.046Z","type":"platform.start","record":{{"requestId":"{ID}","version":"$LATEST"}}}}"#
                ),
                Part::Start,
                false,
            ),
            (
                format!(
                    r#"{{"time":"t","type":"platform.runtimeDone","record":{{"requestId":"{ID}","status":"timeout"}}}}"#
                ),
                Part::End,
                true,
            ),
            (format!(r#"{{"timestamp":"t","level":"ERROR","requestId":"{ID}","message":"x"}}"#), Part::Said, true),
            (format!(r#"{{"timestamp":"t","level":"INFO","AWSRequestId":"{ID}","message":"x"}}"#), Part::Said, false),
        ];
        for (text, part, failure) in forms {
            let line = FunctionLine::parse(&text);
            assert_eq!((line.request_id, line.part, line.failure), (Some(ID), part, failure), "{text}");
        }
    }

    #[test]
    fn an_id_in_the_functions_own_words_names_no_run() {
        for text in [&format!("order {ID} stored"), ID, "", "{", "INIT_START Runtime Version: nodejs:20.v9", "[ERROR]"]
        {
            assert_eq!(FunctionLine::parse(text).request_id, None, "{text}");
        }
    }

    #[test]
    fn a_report_tells_what_the_run_took() {
        let mut run = FunctionRun::default();
        learn(
            &mut run,
            &format!(
                "REPORT RequestId: {ID}\tDuration: 14.97 ms\tBilled Duration: 15 ms\tMemory Size: 128 MB\tMax Memory Used: 67 MB\tInit Duration: 103.01 ms\t\nXRAY TraceId: 1-5\tSegmentId: 2\tSampled: true\t\n"
            ),
        );
        let found = (run.duration_ms, run.billed_ms, run.memory_mb, run.used_mb, run.init_ms, run.status.as_deref());
        assert_eq!(found, (Some(14.97), Some(15.0), Some(128), Some(67), Some(103.01), None));

        let mut run = FunctionRun::default();
        learn(
            &mut run,
            &format!(
                "REPORT RequestId: {ID}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB\tStatus: timeout"
            ),
        );
        assert_eq!((run.duration_ms, run.init_ms, run.status.as_deref()), (Some(3000.0), None, Some("timeout")));

        let mut run = FunctionRun::default();
        learn(
            &mut run,
            &format!(
                r#"{{"time":"t","type":"platform.report","record":{{"requestId":"{ID}","metrics":{{"durationMs":101.5,"billedDurationMs":300,"memorySizeMB":512,"maxMemoryUsedMB":33,"initDurationMs":116.6}},"status":"error"}}}}"#
            ),
        );
        let found = (run.duration_ms, run.billed_ms, run.memory_mb, run.used_mb, run.init_ms, run.status.as_deref());
        assert_eq!(found, (Some(101.5), Some(300.0), Some(512), Some(33), Some(116.6), Some("error")));
    }

    #[test]
    fn a_logged_error_is_no_failed_run_by_itself() {
        let mut run = FunctionRun::default();
        learn(&mut run, &format!("2023-12-05T22:14:43.862Z\t{ID}\tERROR\tcould not reach the cache, going on"));
        assert_eq!(run.status, None);
    }

    proptest::proptest! {
        #[test]
        fn no_line_breaks_it(text in "(START RequestId: |REPORT |\\{\"type\":\"platform.report\"|[0-9TZ:.-]{24}|\t|é|[ -~]){0,12}") {
            let _ = FunctionLine::parse(&text);
            learn(&mut FunctionRun::default(), &text);
        }
    }
}
