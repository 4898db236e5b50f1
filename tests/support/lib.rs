//! What the stories stand on: an app with its sandbox, spoken to through the rpc table, as the window does.
//!
//! Nothing here may reach into the app's insides: a story sees what a person sees.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod book;
pub mod dice;
pub mod elsewhere;
pub mod plain;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_app::{App, Options, rpc};
use gatescope_model::api::Snapshot;
use gatescope_model::conversation::{Connection, LinkKind, Row, RowDetail, RowKind, SessionItem, Tail};
use gatescope_model::review::{ApplyItem, Review};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Longer than anything takes on a busy machine; a story that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// The app, as a person sits before it.
pub struct Desk {
    pub app: App,
    pub scope: Value,
}

impl Desk {
    /// The sandbox's broken chat API.
    pub fn new() -> Self {
        Self::with(gatescope_sandbox::Options::default())
    }

    /// The same, with execution logs off and no log role in the account.
    pub fn without_logs() -> Self {
        Self::with(gatescope_sandbox::Options { seed_logging: false, ..Default::default() })
    }

    pub fn with(sandbox: gatescope_sandbox::Options) -> Self {
        let app = App::start(Options { sandbox, ..Options::default() }).unwrap();
        Self { app, scope: json!({"account": "sandbox", "region": "us-east-1"}) }
    }

    /// Another window on the same sandbox.
    pub fn beside(&self) -> Self {
        Self::on(self.app.sandbox().clone(), None)
    }

    /// On a sandbox that is there already.
    pub fn on(sandbox: gatescope_sandbox::Sandbox, database: Option<std::path::PathBuf>) -> Self {
        let app = App::on(sandbox, database).unwrap();
        Self { app, scope: json!({"account": "sandbox", "region": "us-east-1"}) }
    }

    /// Names an API.
    pub fn of(&self, api: &str) -> Value {
        json!({"scope": self.scope, "apiId": api})
    }

    /// The API as a screen has it.
    pub async fn snapshot(&self, api: &str) -> Snapshot {
        let view: Value = self.call("read_api", self.of(api)).await;
        serde_json::from_value(view["snapshot"].clone()).unwrap()
    }

    /// The review of a draft.
    pub async fn preview(&self, api: &str, base: &Snapshot, draft: &Snapshot, stage: &str) -> Review {
        let question = json!({
            "scope": self.scope, "apiId": api, "stage": stage, "draft": {"base": base, "draft": draft}
        });
        self.call("preview_draft", question).await
    }

    /// Carries a review out that has to go well; the number of the change.
    pub async fn done(&self, review: &Review) -> i64 {
        let told = self.apply(review, true).await;
        match told.last() {
            Some(ApplyItem::Finished { change, .. }) => *change,
            _ => panic!("{}: {told:#?}\n{:#?}", review.title, review.steps),
        }
    }

    /// The review of a way from a change: `preview_undo`, `preview_finish`, `preview_roll_back`.
    pub async fn way(&self, call: &str, change: i64) -> Review {
        let review: Review = self.call(call, json!({"id": change})).await;
        assert!(review.conflicts.is_empty(), "{call}: {:#?}", review.conflicts);
        review
    }

    /// Asks the table.
    pub async fn call<T: DeserializeOwned>(&self, name: &str, question: Value) -> T {
        match rpc::call(&self.app, name, question).await {
            Ok(answer) => serde_json::from_value(answer).unwrap(),
            Err(e) => panic!("{name}: {e:?}"),
        }
    }

    /// Asks the table for something that it refuses.
    pub async fn refused(&self, name: &str, question: Value) -> gatescope_app::Error {
        rpc::call(&self.app, name, question).await.expect_err(name)
    }

    /// The only API there is.
    pub async fn api(&self) -> String {
        let apis: Vec<Value> = self.call("list_apis", self.scope.clone()).await;
        apis[0]["apiId"].as_str().unwrap().to_owned()
    }

    pub async fn stage(&self, stage: &str) -> Value {
        json!({"scope": self.scope, "apiId": self.api().await, "stage": stage})
    }

    /// Opens the Connect screen of a stage, its configuration read.
    pub async fn open(&self, stage: &str) -> Talk<'_> {
        let mut talk = self.open_stage(self.stage(stage).await).await;
        talk.until("the configuration is read", |t| t.tail.as_ref().is_some_and(|tail| !tail.level.is_empty())).await;
        talk
    }

    /// Opens the Connect screen of a stage, whatever state its API is in.
    pub async fn open_stage(&self, stage: Value) -> Talk<'_> {
        let mut stream = rpc::stream(&self.app, "open_session", stage).await.unwrap();
        let first: Vec<SessionItem> = serde_json::from_str(&stream.next().await.unwrap()).unwrap();
        let Some(SessionItem::Ready { session }) = first.first().cloned() else { panic!("not ready: {first:?}") };
        let mut talk = Talk {
            desk: self,
            session,
            stream,
            rows: BTreeMap::new(),
            connection: Connection::Closed,
            tail: None,
            dropped_before: 0,
        };
        talk.take(first);
        talk
    }

    /// Fixes the chat API's `$connect` and deploys it: from now on it connects.
    pub async fn fix(&self) {
        let mut ask = self.stage("prod").await;
        ask["cause"] = json!("mock-status-missing");
        ask["routeKey"] = json!("$connect");
        let review: Review = self.call("preview_fix", ask).await;
        let told = self.apply(&review, true).await;
        assert!(matches!(told.last(), Some(ApplyItem::Finished { .. })), "{told:?}");
    }

    /// Carries a review out and gives what it told.
    pub async fn apply(&self, review: &Review, deploy: bool) -> Vec<ApplyItem> {
        let question = json!({"review": review.id, "deploy": deploy});
        let stream = rpc::stream(&self.app, "open_apply", question).await.unwrap();
        let batches: Vec<String> =
            tokio::time::timeout(PATIENCE, stream.collect()).await.expect("applying takes too long");
        batches.iter().flat_map(|b| serde_json::from_str::<Vec<ApplyItem>>(b).unwrap()).collect()
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

/// An open Connect screen.
pub struct Talk<'a> {
    desk: &'a Desk,
    pub session: String,
    stream: BoxStream<'static, String>,
    pub rows: BTreeMap<u32, Row>,
    pub connection: Connection,
    pub tail: Option<Tail>,
    pub dropped_before: u32,
}

impl Talk<'_> {
    fn take(&mut self, items: Vec<SessionItem>) {
        for item in items {
            match item {
                SessionItem::Ready { .. } => {}
                SessionItem::Row { row } => drop(self.rows.insert(row.id, *row)),
                SessionItem::Connection { connection } => self.connection = connection,
                SessionItem::Tail { tail } => self.tail = Some(tail),
                SessionItem::Dropped { before } => self.dropped_before = before,
            }
        }
    }

    /// Takes what comes until the screen shows it.
    pub async fn until(&mut self, what: &str, mut shows: impl FnMut(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !shows(self) {
            match tokio::time::timeout_at(deadline, self.stream.next()).await {
                Ok(Some(batch)) => self.take(serde_json::from_str(&batch).unwrap()),
                Ok(None) => panic!("the session ended before: {what}"),
                Err(_) => panic!("never came: {what}\n{:#?}\n{:?}\n{:?}", self.rows, self.connection, self.tail),
            }
        }
    }

    /// Takes what comes until the screen shows it; whether it ever did.
    pub async fn comes(&mut self, mut shows: impl FnMut(&Self) -> bool) -> bool {
        let deadline = tokio::time::Instant::now() + PATIENCE / 2;
        while !shows(self) {
            match tokio::time::timeout_at(deadline, self.stream.next()).await {
                Ok(Some(batch)) => self.take(serde_json::from_str(&batch).unwrap()),
                Ok(None) | Err(_) => return false,
            }
        }
        true
    }

    /// Sends, and waits for nothing.
    pub async fn say(&mut self, text: &str) -> u32 {
        self.ask("send_message", json!({"text": text})).await
    }

    /// Closes, if there is something to close.
    pub async fn hang_up(&mut self) {
        if matches!(self.connection, Connection::Open { .. }) {
            let _ = self.ask("disconnect", json!({"code": 1000})).await;
        }
        self.until("nothing is connected", |t| matches!(t.connection, Connection::Closed)).await;
    }

    async fn ask(&self, name: &str, mut question: Value) -> u32 {
        question["session"] = json!(self.session);
        let made: Value = self.desk.call(name, question).await;
        u32::try_from(made["row"].as_u64().unwrap_or_default()).unwrap()
    }

    /// Presses Connect and waits until the attempt is over.
    pub async fn connect(&mut self) -> Row {
        self.connect_with(json!({})).await
    }

    pub async fn connect_with(&mut self, how: Value) -> Row {
        let row = self.ask("connect", how).await;
        self.until("the attempt is over", |t| t.rows.get(&row).is_some_and(|r| r.round_trip_ms.is_some())).await;
        self.rows[&row].clone()
    }

    /// Sends and waits until the log request stands beside it.
    pub async fn send(&mut self, text: &str) -> Row {
        let row = self.ask("send_message", json!({"text": text})).await;
        self.until("the message's log is complete", |t| {
            t.rows.get(&row).and_then(|r| r.request.as_ref()).is_some_and(|r| r.complete)
        })
        .await;
        self.rows[&row].clone()
    }

    pub async fn close(&mut self, code: u16, reason: &str) -> Row {
        let _ = self.ask("disconnect", json!({"code": code, "reason": reason})).await;
        self.until("the connection is closed", |t| t.rows.values().any(|r| r.kind == RowKind::Closed)).await;
        let row = self.rows.values().rfind(|r| r.kind == RowKind::Closed).unwrap().id;
        self.until("the end has its log", |t| t.rows[&row].request.as_ref().is_some_and(|r| r.complete)).await;
        self.rows[&row].clone()
    }

    /// Waits until a row is explained by this cause.
    pub async fn explained(&mut self, row: u32, cause: &str) -> Row {
        self.until(&format!("row {row} is explained by {cause}"), |t| {
            let verdict = t.rows.get(&row).and_then(|r| r.verdict.as_ref());
            verdict.and_then(|v| v.findings.first()).is_some_and(|f| f.cause == cause)
        })
        .await;
        self.rows[&row].clone()
    }

    pub async fn detail(&self, row: u32) -> RowDetail {
        self.desk.call("read_row", json!({"session": self.session, "row": row})).await
    }

    /// The texts of the log lines beside a row.
    pub async fn lines(&self, row: u32) -> Vec<String> {
        self.detail(row).await.lines.into_iter().map(|l| l.text).collect()
    }

    /// The texts that came in, in order.
    pub fn received(&self) -> Vec<&str> {
        self.rows.values().filter(|r| r.kind == RowKind::Received).map(|r| r.text.as_str()).collect()
    }
}

/// How sure the link of a row is.
pub fn link(row: &Row) -> LinkKind {
    row.link.kind
}

/// Fails with what there is instead of with `false`.
pub fn has<T: AsRef<str> + Debug>(lines: &[T], part: &str) {
    assert!(lines.iter().any(|l| l.as_ref().contains(part)), "no line has {part:?} in {lines:#?}");
}
