//! Counts tests from what the runners print: `cargo test`, `cargo nextest`, `vitest` and `node --test`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Tests so far.
#[derive(Default)]
pub struct Tally {
    passed: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    /// Takes a line; all but summaries are passed over.
    pub fn read(&self, line: &str) {
        let line = line.trim().trim_start_matches(['#', 'ℹ']).trim_start();
        let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches([';', ',', '|'])).collect();
        match words[..] {
            // node: "# pass 3", "ℹ fail 0".
            ["pass", n] => self.add(&self.passed, n),
            ["fail" | "cancelled", n] => self.add(&self.failed, n),
            // cargo: "test result: ok. 3 passed; 0 failed; …", nextest: "Summary [ 1.2s] 4 tests run: 3 passed, 1 timed out",
            // vitest: "Tests  1 failed | 2 passed (3)".
            ["test", "result:", ..] | ["Summary", ..] | ["Tests", ..] => {
                for pair in words.windows(2) {
                    match pair[1] {
                        "passed" => self.add(&self.passed, pair[0]),
                        "failed" | "timed" => self.add(&self.failed, pair[0]),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    /// A step that failed without a failed test (the formatter, a build) counts as one.
    pub fn close(&self, failed: bool) -> String {
        self.failed.fetch_max(u64::from(failed), Relaxed);
        format!("{} passed, {} failed", self.passed.load(Relaxed), self.failed.load(Relaxed))
    }

    fn add(&self, to: &AtomicU64, number: &str) {
        to.fetch_add(number.parse().unwrap_or(0), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closing(text: &str) -> String {
        let tally = Tally::default();
        text.lines().for_each(|line| tally.read(line));
        tally.close(false)
    }

    #[test]
    fn each_runners_summary_is_counted_and_nothing_else() {
        assert_eq!(closing("test result: ok. 12 passed; 1 failed; 2 ignored; 0 measured"), "12 passed, 1 failed");
        assert_eq!(
            closing("     Summary [  0.1s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 0 skipped"),
            "6 passed, 3 failed"
        );
        assert_eq!(closing(" Test Files  1 passed (1)\n      Tests  1 failed | 7 passed (8)"), "7 passed, 1 failed");
        assert_eq!(closing("# tests 4\n# suites 0\n# pass 3\n# fail 1\n# cancelled 0"), "3 passed, 1 failed");
        assert_eq!(closing("ℹ pass 3\nℹ fail 0\ntest a_thing ... ok\nrunning 3 tests"), "3 passed, 0 failed");
    }

    #[test]
    fn a_step_that_fails_before_any_test_is_not_called_a_success() {
        assert_eq!(Tally::default().close(true), "0 passed, 1 failed");
    }
}
