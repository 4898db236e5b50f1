//! A look at the newest lines of a group, for whoever wants to know its pace and not its text.

use gatescope_model::log::LogEvent;

use crate::{Access, Error};

/// What one call of `FilterLogEvents` brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Oldest first.
    pub events: Vec<LogEvent>,
    /// There is more than a page holds: 10,000 events or 1 MB (facts 7.2).
    pub cut_off: bool,
}

/// A log group that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundGroup {
    /// Its name.
    pub name: String,
    /// Days; absent: it never expires.
    pub retention_in_days: Option<i32>,
    /// Milliseconds since 1970.
    pub created: Option<i64>,
}

impl Access {
    /// The first page of what was written from a moment on (milliseconds since 1970).
    ///
    /// # Errors
    /// Whatever AWS says; a group that does not exist is [`crate::Kind::NotFound`].
    pub async fn log_sample(&self, group: &str, since: i64) -> Result<Sample, Error> {
        let request = self.inner.logs.filter_log_events().log_group_name(group).start_time(since);
        let page = request.send().await.map_err(|e| self.failed(e))?;
        let events: Vec<LogEvent> = page
            .events
            .unwrap_or_default()
            .into_iter()
            .map(|e| LogEvent {
                event_id: e.event_id,
                stream: e.log_stream_name,
                timestamp: e.timestamp.unwrap_or_default(),
                ingestion_time: e.ingestion_time,
                message: e.message.unwrap_or_default(),
            })
            .collect();
        // A complete answer carries a token too (facts-2 7); a full page is told by its size.
        let bytes: usize = events.iter().map(|e| e.message.len()).sum();
        let cut_off = page.next_token.is_some() && (events.len() >= 9_000 || bytes > 700_000);
        Ok(Sample { events, cut_off })
    }

    /// The log groups whose names begin so.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn groups_like(&self, prefix: &str) -> Result<Vec<FoundGroup>, Error> {
        let request = self.inner.logs.describe_log_groups().log_group_name_prefix(prefix);
        let page = request.send().await.map_err(|e| self.failed(e))?;
        let groups = page.log_groups.unwrap_or_default().into_iter();
        Ok(groups
            .map(|g| FoundGroup {
                name: g.log_group_name.unwrap_or_default(),
                retention_in_days: g.retention_in_days,
                created: g.creation_time,
            })
            .collect())
    }
}
