//! Two commands of substance, `call` and `stream`, whatever the table of calls holds.
//!
//! A Tauri channel queues without bound, so a stream sends at most [`WINDOW`] batches that the page has not acknowledged.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use gatescope_app::{App, Error, rpc};
use serde_json::Value;
use tauri::State;
use tauri::ipc::{Channel, InvokeResponseBody};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Batches under way: enough to keep the page busy, few enough that a slow page slows the source.
const WINDOW: usize = 8;

/// The page's open streams.
#[derive(Default)]
pub struct Streams {
    next: AtomicU32,
    open: Mutex<HashMap<u32, Open>>,
}

struct Open {
    room: Arc<Semaphore>,
    cancel: CancellationToken,
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, HashMap<u32, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all streams: the page is gone.
    pub fn close_all(&self) {
        for (_, stream) in self.open().drain() {
            stream.cancel.cancel();
        }
    }
}

/// Answers a call of the table.
#[tauri::command]
pub async fn call(app: State<'_, App>, name: String, question: Value) -> Result<Value, Error> {
    rpc::call(&app, &name, question).await
}

/// Opens a stream of the table; batches come over the channel, and its end too.
#[tauri::command]
pub async fn stream(
    app: State<'_, App>,
    streams: State<'_, Streams>,
    name: String,
    question: Value,
    channel: Channel<InvokeResponseBody>,
) -> Result<u32, Error> {
    let mut batches = rpc::stream(&app, &name, question).await?;
    let id = streams.next.fetch_add(1, Ordering::Relaxed);
    let room = Arc::new(Semaphore::new(WINDOW));
    let cancel = CancellationToken::new();
    streams.open().insert(id, Open { room: Arc::clone(&room), cancel: cancel.clone() });
    tauri::async_runtime::spawn(async move {
        let pump = async {
            let mut number = 0u64;
            while let Some(items) = batches.next().await {
                let Ok(permit) = room.acquire().await else { return };
                permit.forget();
                number += 1;
                let json = format!(r#"{{"batch":{number},"items":{items}}}"#);
                if channel.send(InvokeResponseBody::Json(json)).is_err() {
                    return;
                }
            }
            let _ = channel.send(InvokeResponseBody::Json(r#"{"end":true}"#.to_owned()));
        };
        tokio::select! {
            () = pump => {}
            () = cancel.cancelled() => {}
        }
    });
    Ok(id)
}

/// The page has taken a batch.
#[tauri::command]
pub fn acknowledge(streams: State<'_, Streams>, stream: u32, batch: u64) {
    // Batches are taken in order, one acknowledgement each; the number is for a person who reads along.
    let _ = batch;
    if let Some(open) = streams.open().get(&stream) {
        open.room.add_permits(1);
    }
}

/// The page does not want the stream any more.
#[tauri::command]
pub fn close_stream(streams: State<'_, Streams>, stream: u32) {
    if let Some(open) = streams.open().remove(&stream) {
        open.cancel.cancel();
    }
}
