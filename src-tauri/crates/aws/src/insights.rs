//! Queries of CloudWatch Logs Insights: begun, asked for their rows, stopped.
//!
//! A query runs at AWS until it is over or stopped, whoever still waits for it; it is paid for by the bytes that it reads.
//! It may not know what a query means.

use aws_sdk_cloudwatchlogs::operation::start_query::StartQueryError;
use aws_sdk_cloudwatchlogs::types::QueryStatus;

use crate::{Access, Error, Kind};

/// What a query has found so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// `Running`, `Complete`, `Failed`, `Cancelled`, `Timeout` …
    pub status: String,
    /// Whether nothing more comes.
    pub is_over: bool,
    /// Field and value, in the query's order.
    pub rows: Vec<Vec<(String, String)>>,
    /// Lines that matched.
    pub matched: f64,
    /// Lines that were read.
    pub scanned: f64,
    /// Bytes that were read.
    pub bytes: f64,
}

impl Access {
    /// Begins a query over groups, from one moment to another (milliseconds since 1970); its id.
    ///
    /// # Errors
    /// Whatever AWS says. Of a query that can't be read, the hint tells the place of the mistake.
    pub async fn start_query(&self, groups: &[String], query: &str, from: i64, to: i64) -> Result<String, Error> {
        // Both ends are told in seconds, and both belong to the range.
        let request = self.inner.logs.start_query().set_log_group_names(Some(groups.to_vec()));
        let sent = request.start_time(from.div_euclid(1000)).end_time(to.div_euclid(1000)).query_string(query).send();
        let begun = sent.await.map_err(|e| {
            let place = e.as_service_error().and_then(|e| place(e, query));
            let mut failed = self.failed(e);
            failed.hint = place.or(failed.hint);
            failed
        })?;
        begun.query_id.ok_or_else(|| Error::new(Kind::Failed, "StartQuery answered without a query id"))
    }

    /// What a query has found.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn query_found(&self, id: &str) -> Result<Found, Error> {
        let mut found = Found::default();
        let mut after = None;
        loop {
            let request = self.inner.logs.get_query_results().query_id(id).set_next_token(after);
            let said = request.send().await.map_err(|e| self.failed(e))?;
            let status = said.status.unwrap_or(QueryStatus::UnknownValue);
            found.is_over = !matches!(status, QueryStatus::Scheduled | QueryStatus::Running);
            status.as_str().clone_into(&mut found.status);
            if let Some(statistics) = said.statistics {
                found.matched = statistics.records_matched;
                found.scanned = statistics.records_scanned;
                found.bytes = statistics.bytes_scanned;
            }
            for row in said.results.unwrap_or_default() {
                let cell = |f: aws_sdk_cloudwatchlogs::types::ResultField| {
                    (f.field.unwrap_or_default(), f.value.unwrap_or_default())
                };
                found.rows.push(row.into_iter().map(cell).collect());
            }
            after = said.next_token.filter(|token| !token.is_empty());
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Stops a query; one that is over stays as it is.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn stop_query(&self, id: &str) -> Result<(), Error> {
        self.inner.logs.stop_query().query_id(id).send().await.map_err(|e| self.failed(e))?;
        Ok(())
    }
}

/// Where AWS says that the mistake is.
fn place(error: &StartQueryError, query: &str) -> Option<String> {
    let StartQueryError::MalformedQueryException(malformed) = error else { return None };
    let location = malformed.query_compile_error()?.location()?;
    let start = usize::try_from(location.start_char_offset()?).ok()?;
    let end = location.end_char_offset().and_then(|end| usize::try_from(end).ok()).unwrap_or(start);
    let before: String = query.chars().take(start).collect();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    let there: String = query.chars().skip(start).take(end.saturating_sub(start).min(60)).collect();
    let at = format!("Look at line {line}, column {column} of the query");
    Some(if there.is_empty() { format!("{at}.") } else { format!("{at}: {there}") })
}
