//! An open log: what the Logs screen has of a stage, through the same table.

use std::path::PathBuf;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_app::calls::{BookItem, BookPage, Source};
use gatescope_app::rpc;
use gatescope_model::book::{BookLine, BookRow, Counts, LoggedRequest, SourceKind};
use serde_json::{Value, json};

use crate::{Desk, PATIENCE};

/// Where the files of a story go. They go where the environment of the process says, so the story named `story` is run once
/// more in a process of its own; here, in the first one, there is nothing left to do then.
pub fn downloads_of(story: &str) -> Option<PathBuf> {
    const HERE: &str = "GATESCOPE_STORY_DOWNLOADS";
    if let Some(folder) = std::env::var_os(HERE) {
        return Some(folder.into());
    }
    let folder = std::env::temp_dir().join(format!("gatescope-{}-{}", story.replace(':', "-"), std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let told = std::process::Command::new(std::env::current_exe().unwrap())
        .args([story, "--exact", "--nocapture"])
        .env(HERE, &folder)
        .env("XDG_DOWNLOAD_DIR", &folder)
        .output()
        .unwrap();
    let _ = std::fs::remove_dir_all(&folder);
    let said = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success() && said.contains("1 passed"), "{said}\n{}", String::from_utf8_lossy(&told.stderr));
    None
}

/// A book, as a person has it open.
pub struct Book<'a> {
    desk: &'a Desk,
    pub name: String,
    stream: BoxStream<'static, String>,
    pub sources: Vec<Source>,
    pub counts: Counts,
}

impl Desk {
    /// Opens the Logs screen of a stage.
    pub async fn open_book(&self, of: Value, window: Value) -> Book<'_> {
        let mut stream = rpc::stream(&self.app, "open_book", json!({"of": of, "window": window})).await.unwrap();
        let first: Vec<BookItem> = serde_json::from_str(&stream.next().await.unwrap()).unwrap();
        let Some(BookItem::Ready { book }) = first.first().cloned() else { panic!("not ready: {first:?}") };
        let mut book = Book { desk: self, name: book, stream, sources: Vec::new(), counts: Counts::default() };
        book.take(first);
        book
    }

    /// The newest lines of a stage, and what comes.
    pub async fn open_log(&self, stage: &str) -> Book<'_> {
        self.open_book(self.stage(stage).await, json!({"kind": "now", "backMs": 600_000})).await
    }

    /// Asks CloudWatch Logs directly, as another program would.
    pub async fn logs(&self, operation: &str, input: Value) -> Value {
        let request = axum::http::Request::post("https://logs.us-east-1.amazonaws.com/")
            .header("x-amz-target", format!("Logs_20140328.{operation}"))
            .header("content-type", "application/x-amz-json-1.1")
            .body(axum::body::Bytes::from(input.to_string()))
            .unwrap();
        let answer = self.app.sandbox().handle(request).await;
        let status = answer.status();
        let body = axum::body::to_bytes(axum::body::Body::new(answer.into_body()), usize::MAX).await.unwrap();
        assert_eq!(status, 200, "{operation}: {body:?}");
        serde_json::from_slice(&body).unwrap_or_default()
    }

    /// Writes lines to a group at these times, as another program would.
    pub async fn write_log(&self, group: &str, lines: &[(i64, String)]) {
        let events: Vec<Value> = lines.iter().map(|(at, m)| json!({"timestamp": at, "message": m})).collect();
        let input = json!({"logGroupName": group, "logStreamName": "written", "logEvents": events});
        let known =
            self.logs("DescribeLogStreams", json!({"logGroupName": group, "logStreamNamePrefix": "written"})).await;
        if known["logStreams"].as_array().is_none_or(Vec::is_empty) {
            self.logs("CreateLogStream", json!({"logGroupName": group, "logStreamName": "written"})).await;
        }
        self.logs("PutLogEvents", input).await;
    }
}

impl Book<'_> {
    fn take(&mut self, items: Vec<BookItem>) {
        for item in items {
            match item {
                BookItem::Ready { .. } => {}
                BookItem::Sources { sources } => self.sources = sources,
                BookItem::Counts { counts } => self.counts = counts,
            }
        }
    }

    /// Takes what comes until the screen shows it.
    pub async fn until(&mut self, what: &str, mut shows: impl FnMut(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !shows(self) {
            match tokio::time::timeout_at(deadline, self.stream.next()).await {
                Ok(Some(batch)) => self.take(serde_json::from_str(&batch).unwrap()),
                Ok(None) => panic!("the book ended before: {what}"),
                Err(_) => panic!("never came: {what}\n{:#?}\n{:#?}", self.sources, self.counts),
            }
        }
    }

    pub fn source(&self, kind: SourceKind) -> &Source {
        self.sources.iter().find(|s| s.kind == kind).unwrap_or_else(|| panic!("no {kind:?}: {:#?}", self.sources))
    }

    /// Chooses what is shown; all of it.
    pub async fn show(&mut self, view: &str, filter: Value) -> Vec<BookRow> {
        self.counts = self.ask("filter_book", json!({"view": view, "filter": filter})).await;
        let page: BookPage = self.ask("read_book", json!({"from": 0, "count": 1000})).await;
        page.rows
    }

    /// All lines, as they are merged.
    pub async fn lines(&mut self) -> Vec<BookLine> {
        let rows = self.show("lines", json!({})).await;
        rows.into_iter().map(|row| if let BookRow::Line(line) = row { line } else { panic!("{row:?}") }).collect()
    }

    pub async fn request(&self, id: &str) -> LoggedRequest {
        self.ask("read_logged_request", json!({"requestId": id})).await
    }

    pub async fn set(&self, source: u16, on: bool, live: bool) {
        let _: Value = self.ask("set_source", json!({"source": source, "on": on, "live": live})).await;
    }

    /// Asks the table about this book.
    pub async fn ask<T: serde::de::DeserializeOwned>(&self, call: &str, mut question: Value) -> T {
        question["book"] = json!(self.name);
        self.desk.call(call, question).await
    }
}
