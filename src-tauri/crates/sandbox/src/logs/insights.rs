//! Logs Insights: StartQuery, GetQueryResults, StopQuery, DescribeQueries.
//!
//! A query runs beside everything else, two at a time, on the events as they were when it began; its results are kept
//! until [`KEPT`] later queries have ended. It may not know the language: that is `insights/parse.rs` (text into
//! commands, by `insights/cursor.rs`) and `insights/run.rs` (commands on rows, with `stats` in `insights/stats.rs`).

mod cell;
mod cursor;
mod expression;
mod parse;
mod row;
mod run;
mod stats;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Response;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::asked::{Asked, check_group_name, constraint, group_name, invalid_parameter, invalid_token, null};
use super::snapshot::{Snapshot, Streams};
use super::wire::listing;
use super::{GroupRef, Store};
use crate::answer::{Refusal, full, json11_response};
use crate::{Body, World, ids};
use cursor::Malformed;
use parse::{Command, MOST_ROWS};
use row::Source;
use run::Found;

/// Queries whose results can still be read.
const KEPT: usize = 50;
/// Queries that wait or run (botocore's model of StartQuery).
const CONCURRENT: usize = 100;
/// Queries that run at once; the others are `Scheduled`.
const AT_ONCE: usize = 2;
/// Groups that a query can read (AWS's documentation).
const MOST_GROUPS: usize = 50;
/// Characters of a query (botocore's model).
const LONGEST: usize = 10_000;
/// DescribeQueries' page (botocore's model).
const PAGE: usize = 1000;
const STATUSES: [&str; 7] = ["Scheduled", "Running", "Complete", "Failed", "Cancelled", "Timeout", "Unknown"];

/// Queries of late, oldest first.
pub(super) struct Queries {
    all: Mutex<VecDeque<Arc<Query>>>,
    turn: Arc<Semaphore>,
}

impl Default for Queries {
    fn default() -> Self {
        Self { all: Mutex::default(), turn: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

struct Query {
    id: String,
    text: String,
    groups: Vec<String>,
    created: i64,
    state: Mutex<State>,
    stop: AtomicBool,
}

enum State {
    Scheduled,
    Running,
    Complete(Found),
    Cancelled,
}

impl State {
    fn status(&self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::Running => "Running",
            Self::Complete(_) => "Complete",
            Self::Cancelled => "Cancelled",
        }
    }

    fn is_over(&self) -> bool {
        matches!(self, Self::Complete(_) | Self::Cancelled)
    }
}

impl Query {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queries {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Query>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, asked: &Asked) -> Result<Arc<Query>, Refusal> {
        let id = asked.required("queryId")?;
        let found = self.lock().iter().find(|query| query.id == id).cloned();
        // Assumed: the words.
        let message = format!("Query with ID {id} does not exist.");
        found.ok_or_else(|| Refusal::new(400, "ResourceNotFoundException", message))
    }

    /// Takes a query in, if there are not too many that wait or run.
    fn admit(&self, query: Arc<Query>) -> Result<(), Refusal> {
        let mut all = self.lock();
        if all.iter().filter(|query| !query.state().is_over()).count() >= CONCURRENT {
            let message = "Account maximum query concurrency limit of [100] reached.";
            return Err(Refusal::new(400, "LimitExceededException", message));
        }
        let over = all.iter().filter(|query| query.state().is_over()).count();
        if over >= KEPT
            && let Some(oldest) = all.iter().position(|query| query.state().is_over())
        {
            all.remove(oldest);
        }
        all.push_back(query);
        Ok(())
    }

    /// Stops and forgets all.
    pub(super) fn clear(&self) {
        for query in self.lock().drain(..) {
            query.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Why a query is not started.
enum Refused {
    Request(Refusal),
    Query(Malformed),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Request(refusal)
    }
}

/// StartQuery. A query that can't be read is refused with its place.
pub(super) fn start(world: &Arc<World>, asked: &Asked) -> Response<Body> {
    match prepare(world, asked) {
        Ok(id) => json11_response(&json!({ "queryId": id })),
        Err(Refused::Request(refusal)) => refusal.json11(),
        Err(Refused::Query(Malformed { message, start, end })) => {
            let body = json!({ "__type": "MalformedQueryException", "message": message, "queryCompileError": {
                "location": { "startCharOffset": start, "endCharOffset": end }, "message": message } });
            let mut response = Refusal::new(400, "MalformedQueryException", message).json11();
            *response.body_mut() = full(body.to_string());
            response
        }
    }
}

fn prepare(world: &Arc<World>, asked: &Asked) -> Result<String, Refused> {
    let text = asked.required("queryString")?;
    if text.chars().count() > LONGEST {
        let what = format!("Member must have length less than or equal to {LONGEST}");
        return Err(constraint(text, "queryString", &what).into());
    }
    let limit = if asked.has("limit") { asked.limit("limit", 100_000)? } else { MOST_ROWS };
    if asked.choice("queryLanguage", &["CWLI", "SQL", "PPL"])?.is_some_and(|language| language != "CWLI") {
        // Assumed: the words. The other languages are not here.
        return Err(invalid_parameter("The query language is not supported.").into());
    }
    let (start, end) = times(asked)?;
    let groups = groups(world, asked)?;
    let commands = parse::parse(text).map_err(Refused::Query)?;
    let now = world.clock.now();
    let is_over = |group: &GroupRef| {
        let kept = group.lock();
        end < kept.horizon(now)
    };
    if groups.iter().all(is_over) {
        let message = "end date and time is either before the log groups creation time or exceeds the log groups log \
                       retention settings";
        return Err(Refused::Query(Malformed { message: message.into(), start: 0, end: 0 }));
    }
    let query = Arc::new(Query {
        id: ids::uuid(),
        text: text.to_owned(),
        groups: groups.iter().map(|group| group.name.to_string()).collect(),
        created: now,
        state: Mutex::new(State::Scheduled),
        stop: AtomicBool::new(false),
    });
    world.logs.queries.admit(query.clone())?;
    let id = query.id.clone();
    tokio::spawn(work(world.clone(), query, groups, commands, start..=end, limit));
    Ok(id)
}

/// Waits for its turn, then runs where it holds up nobody.
async fn work(
    world: Arc<World>,
    query: Arc<Query>,
    groups: Vec<GroupRef>,
    commands: Vec<Command>,
    times: std::ops::RangeInclusive<i64>,
    limit: usize,
) {
    let turn = world.logs.queries.turn.clone();
    let Ok(_turn) = turn.acquire_owned().await else { return };
    if std::mem::replace(&mut *query.state(), State::Running).is_over() {
        *query.state() = State::Cancelled;
        return;
    }
    let ran = query.clone();
    let account = world.options.account.clone();
    let now = world.clock.now();
    let running = move || {
        let source = |group: &GroupRef| {
            let snapshot = Snapshot::take(group, now, &times, &Streams::All).ok()?;
            Some(Source { snapshot, log: format!("{account}:{}", group.name) })
        };
        let sources: Vec<Source> = groups.iter().filter_map(source).collect();
        run::run(&commands, &sources, limit, &ran.stop)
    };
    let found = tokio::task::spawn_blocking(running).await;
    let mut state = query.state();
    if !state.is_over() {
        *state = if let Ok(Some(found)) = found { State::Complete(found) } else { State::Cancelled };
    }
}

/// Both ends belong to the range, in seconds; what is too great for seconds counts as milliseconds (assumed).
fn times(asked: &Asked) -> Result<(i64, i64), Refusal> {
    const LATEST_SECOND: i64 = 100_000_000_000;
    let ms = |member: &str| {
        let time = asked.time(member)?.ok_or_else(|| null(member))?;
        Ok::<_, Refusal>(if time < LATEST_SECOND { time * 1000 } else { time })
    };
    let (start, end) = (ms("startTime")?, ms("endTime")?);
    if end < start {
        // Assumed: the words.
        return Err(invalid_parameter("Query's start time is after its end time."));
    }
    Ok((start, end.saturating_add(if end % 1000 == 0 { 999 } else { 0 })))
}

fn groups(world: &Arc<World>, asked: &Asked) -> Result<Vec<GroupRef>, Refusal> {
    let members = ["logGroupName", "logGroupNames", "logGroupIdentifiers"];
    let given: Vec<&str> = members.into_iter().filter(|member| asked.has(member)).collect();
    let [member] = given[..] else {
        // Assumed: the words.
        let message = "Exactly one of logGroupName, logGroupNames or logGroupIdentifiers must be given.";
        return Err(invalid_parameter(message));
    };
    let names = match member {
        "logGroupName" => vec![asked.group_name()?],
        _ => asked.list(member, MOST_GROUPS)?,
    };
    let group = |name: &&str| {
        let name = if member == "logGroupIdentifiers" { group_name(name, member)? } else { name };
        check_group_name(name, member)?;
        world.logs.existing(name).map_err(|_| {
            // Assumed: the words, as users of AWS quote them.
            let message = format!("Log group '{name}' does not exist for account ID '{}'", world.options.account);
            Refusal::new(400, "ResourceNotFoundException", message)
        })
    };
    names.iter().map(group).collect()
}

/// GetQueryResults.
pub(super) fn results(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    let query = store.queries.find(asked)?;
    let most = match asked.number("maxItems").map(usize::try_from) {
        None => MOST_ROWS,
        Some(Ok(n)) if n <= MOST_ROWS => n.max(1),
        Some(_) => return asked.limit("maxItems", MOST_ROWS).map(Value::from),
    };
    let skip = skip(asked)?;
    let state = query.state();
    let empty = Found::default();
    let found = if let State::Complete(found) = &*state { found } else { &empty };
    let row = |row: &Vec<(String, String)>| -> Value {
        row.iter().map(|(field, value)| json!({ "field": field, "value": value })).collect()
    };
    let rows: Vec<Value> = found.rows.iter().skip(skip).take(most).map(row).collect();
    let groups = if state.is_over() { query.groups.len() as f64 } else { 0.0 };
    let mut answer = json!({
        "queryLanguage": "CWLI",
        "results": rows,
        "statistics": {
            "recordsMatched": found.matched as f64,
            "recordsScanned": found.scanned as f64,
            "estimatedRecordsSkipped": 0.0,
            "bytesScanned": found.bytes as f64,
            "estimatedBytesSkipped": 0.0,
            "logGroupsScanned": groups,
        },
        "status": state.status(),
    });
    if found.rows.len() > skip.saturating_add(most) {
        answer["nextToken"] = json!((skip + most).to_string());
    }
    Ok(answer)
}

/// How many items the pages before have shown.
fn skip(asked: &Asked) -> Result<usize, Refusal> {
    if asked.has("nextToken") { asked.text("nextToken").parse().map_err(|_| invalid_token()) } else { Ok(0) }
}

/// StopQuery. A query that is over can't be stopped (botocore's model; the words are assumed).
pub(super) fn stop(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    let query = store.queries.find(asked)?;
    let mut state = query.state();
    if state.is_over() {
        let message = format!("Query with ID {} has already ended with status: {}", query.id, state.status());
        return Err(invalid_parameter(&message));
    }
    query.stop.store(true, Ordering::Relaxed);
    *state = State::Cancelled;
    Ok(json!({ "success": true }))
}

/// DescribeQueries: the latest first (assumed).
pub(super) fn describe(store: &Store, asked: &Asked) -> Result<Value, Refusal> {
    let most = asked.limit("maxResults", PAGE)?;
    let status = asked.choice("status", &STATUSES)?;
    let skip = skip(asked)?;
    if asked.has("logGroupName") {
        asked.group_name()?;
    }
    let fits = |query: &&Arc<Query>| {
        status.is_none_or(|status| query.state().status() == status)
            && (!asked.has("logGroupName") || query.groups.iter().any(|name| name == asked.text("logGroupName")))
    };
    let all: Vec<Arc<Query>> = store.queries.lock().iter().rev().filter(fits).cloned().collect();
    let entry = |query: &Arc<Query>| {
        let mut item = json!({ "queryLanguage": "CWLI", "queryId": query.id, "queryString": query.text,
            "status": query.state().status(), "createTime": query.created });
        if let [group] = &query.groups[..] {
            item["logGroupName"] = json!(group);
        }
        item
    };
    let items = all.iter().skip(skip).take(most).map(entry).collect();
    let next = skip.saturating_add(most);
    Ok(listing("queries", items, (all.len() > next).then(|| next.to_string())))
}
