//! Queries that CloudWatch Logs Insights runs: weeks of logs are searched at AWS, not here.
//!
//! Whoever asks waits for the end; when the asker goes, the query is stopped, because it is paid for by what it reads.

use std::time::Duration;

use gatescope_aws::Access;
use gatescope_aws::insights::Found;
use gatescope_model::redact::{MASK, is_secret_name, redact};
use tokio::time::sleep;

use super::{moment, queries};
use crate::App;
use crate::calls::{LogQuery, LogQueryResult, OfStage, RunLogQuery};
use crate::error::{Code, Error};

/// Between two looks at a query; longer each time.
const FIRST_LOOK: Duration = Duration::from_millis(100);
const LONGEST_LOOK: Duration = Duration::from_secs(2);
/// Groups that a query can read (AWS's documentation).
const MOST_GROUPS: usize = 50;

impl App {
    pub(crate) async fn list_log_queries(&self, of: OfStage) -> Result<Vec<LogQuery>, Error> {
        let access = self.access(&of.scope).await?;
        // Who may not read the stage gets queries for the usual format.
        let stage = access.stage(&of.api_id, &of.stage).await.ok();
        let format = stage.and_then(|s| s.access_log_settings).and_then(|a| a.format).unwrap_or_default();
        Ok(queries::ready(&format))
    }

    pub(crate) async fn run_log_query(&self, ask: RunLogQuery) -> Result<LogQueryResult, Error> {
        let (from, to) = (moment(&ask.from)?, moment(&ask.to)?);
        if from > to {
            return Err(Error::bad_question("the time begins after its end"));
        }
        if ask.log_groups.is_empty() || ask.log_groups.len() > MOST_GROUPS {
            return Err(Error::bad_question(format!("choose 1 to {MOST_GROUPS} log groups")));
        }
        if ask.query.trim().is_empty() {
            return Err(Error::bad_question("the query is empty"));
        }
        let access = self.access(&ask.of.scope).await?;
        let id = access.start_query(&ask.log_groups, &ask.query, from, to).await?;
        let mut running = Running { access: access.clone(), id: Some(id.clone()) };
        let mut look = FIRST_LOOK;
        let found = loop {
            sleep(look).await;
            look = (look * 2).min(LONGEST_LOOK);
            let found = access.query_found(&id).await?;
            if found.is_over {
                break found;
            }
        };
        running.id = None;
        match found.status.as_str() {
            "Complete" => Ok(table(found)),
            "Timeout" => Err(Error {
                hint: Some("Choose a shorter time or fewer groups.".to_owned()),
                ..Error::new(Code::Refused, "Insights gave the query up after 60 minutes")
            }),
            status => Err(Error::new(Code::AwsFailed, format!("the query ended as {status}"))),
        }
    }
}

/// A query that nobody waits for any more is stopped.
struct Running {
    access: Access,
    id: Option<String>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) else { return };
        let access = self.access.clone();
        runtime.spawn(async move {
            let _ = access.stop_query(&id).await;
        });
    }
}

/// Columns in the order in which rows name them; AWS's own pointer to the line is none.
fn table(found: Found) -> LogQueryResult {
    let mut columns: Vec<String> = Vec::new();
    for row in &found.rows {
        let mut after = 0;
        for (field, _) in row.iter().filter(|(field, _)| field != "@ptr") {
            match columns.iter().position(|known| known == field) {
                Some(at) => after = at + 1,
                None => {
                    columns.insert(after, field.clone());
                    after += 1;
                }
            }
        }
    }
    let cell = |row: &[(String, String)], column: &String| {
        let value = row.iter().find(|(field, _)| field == column).map_or("", |(_, value)| value.as_str());
        if is_secret_name(column) && !value.is_empty() { MASK.to_owned() } else { redact(value).into_owned() }
    };
    let rows = found.rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    LogQueryResult { columns, rows, matched: found.matched, scanned: found.scanned, bytes: found.bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_different_fields_make_one_table_and_secrets_are_masked() {
        let row = |cells: &[(&str, &str)]| cells.iter().map(|(f, v)| ((*f).to_owned(), (*v).to_owned())).collect();
        let found = Found {
            rows: vec![
                row(&[("@timestamp", "1"), ("token", "hunter2"), ("@ptr", "p")]),
                row(&[("@timestamp", "2"), ("said", "Authorization=hunter2"), ("token", "")]),
            ],
            ..Found::default()
        };
        let table = table(found);
        assert_eq!(table.columns, ["@timestamp", "said", "token"]);
        assert_eq!(table.rows[0], ["1", "", MASK]);
        assert!(!table.rows[1].join(" ").contains("hunter2"), "{:?}", table.rows[1]);
    }
}
