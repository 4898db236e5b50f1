//! Filter patterns in requests: read by [`gatescope_model::log_pattern`], refused in the words of each operation. It may
//! not know what a pattern takes.

use gatescope_model::log_pattern::{LONGEST, Pattern};

use super::asked::{constraint, invalid_parameter};
use crate::answer::Refusal;

/// Reads the pattern in a member of a request. TestMetricFilter has words of its own (recorded).
pub(super) fn parse(text: &str, member: &str) -> Result<Pattern, Refusal> {
    if text.chars().count() > LONGEST {
        return Err(constraint(text, member, "Member must have length less than or equal to 1024"));
    }
    Pattern::parse(text).map_err(|refused| {
        let words = if member == "metric filter" { refused.metric_words() } else { refused.filter_words() };
        invalid_parameter(&words)
    })
}
