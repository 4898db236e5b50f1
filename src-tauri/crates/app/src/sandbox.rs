//! The sandbox as a person runs it: its port, its clock, its faults and functions, and the file that keeps it.
//!
//! What AWS has a call for is asked through that call, as for every account. It may not know how the sandbox does any of
//! it. Where to look next: `gatescope_sandbox::View`.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use gatescope_sandbox::{Behaviour, DEMO_KEY, DEMO_SECRET, Exhibit, Fault, Keeping, Listening, Notice, Sandbox, Seed};
use http_body_util::BodyExt;
use tokio::sync::Notify;

use crate::calls::{
    Nothing, OfConnection, OfFunction, OpenPort, OpenedPort, ResetSandbox, SandboxSeed, SandboxView, SetClock,
    SetFunction,
};
use crate::error::{Code, Error};
use crate::{App, SANDBOX, locked};

/// Between two looks for something new to show.
const LOOK: Duration = Duration::from_millis(250);
/// A clock that is further from where it should be was moved; a busy machine is later than a few hundred milliseconds.
const DRIFT_MS: f64 = 1000.0;

/// What belongs to running the sandbox.
#[derive(Default)]
pub(crate) struct Running {
    listening: Mutex<Option<Listening>>,
    keeping: Mutex<Option<Keeping>>,
    trouble: Arc<Mutex<Vec<Notice>>>,
    /// Why it is not kept at all.
    unkept: Option<String>,
    changed: Notify,
}

impl Running {
    /// Keeps the sandbox in a file; what stands in the way is for the screen to say, and stops nothing.
    pub(crate) fn start(sandbox: &Sandbox, file: Option<&Path>) -> Self {
        let mut running = Self::default();
        let Some(file) = file else { return running };
        let trouble = running.trouble.clone();
        let kept = sandbox.keep(file, move |notice| {
            let mut trouble = locked(&trouble);
            match notice {
                Notice::Written { .. } => trouble.retain(|n| !matches!(n, Notice::NotWritten { .. })),
                notice => trouble.push(notice),
            }
        });
        match kept {
            Ok(keeping) => running.keeping = Mutex::new(Some(keeping)),
            Err(e) => running.unkept = Some(format!("{e}; what changes here is lost when Gatescope ends")),
        }
        running
    }

    fn trouble(&self) -> Vec<String> {
        self.unkept.iter().cloned().chain(locked(&self.trouble).iter().map(ToString::to_string)).collect()
    }
}

/// One subscriber, and what it was shown last.
struct Watching {
    app: App,
    shown: Option<(SandboxView, Instant)>,
}

impl Watching {
    async fn next(&mut self) -> SandboxView {
        loop {
            if self.shown.is_some() {
                tokio::select! {
                    () = tokio::time::sleep(LOOK) => {}
                    () = self.app.inner.running.changed.notified() => {}
                }
            }
            let (view, at) = (self.app.sandbox_view(), Instant::now());
            let known = self.shown.as_ref().is_some_and(|(shown, since)| same(shown, &view, at - *since));
            if !known {
                self.shown = Some((view.clone(), at));
                return view;
            }
        }
    }
}

/// Whether somebody who was shown `old` so long ago and lets its clock run on sees `new`.
#[allow(clippy::cast_precision_loss)]
fn same(old: &SandboxView, new: &SandboxView, passed: Duration) -> bool {
    let speed = old.sandbox.clock_speed;
    let moved = (new.sandbox.now - old.sandbox.now) as f64 - passed.as_secs_f64() * 1000.0 * speed;
    let mut there = old.clone();
    there.sandbox.now = new.sandbox.now;
    moved.abs() < DRIFT_MS * speed.max(1.0) && there == *new
}

impl App {
    fn sandbox_view(&self) -> SandboxView {
        let running = &self.inner.running;
        SandboxView {
            sandbox: self.inner.sandbox.view(),
            region: self.inner.sandbox.options().region.clone(),
            account: self.inner.sandbox.options().account.clone(),
            access_key_id: DEMO_KEY.to_owned(),
            secret_access_key: DEMO_SECRET.to_owned(),
            port: locked(&running.listening).as_ref().map(|l| l.addr.port()),
            file: locked(&running.keeping).as_ref().map(|k| k.file().display().to_string()),
            trouble: running.trouble(),
        }
    }

    /// Writes what is not written yet. The sandbox goes on, but is not kept any more.
    pub fn close(&self) {
        let keeping = locked(&self.inner.running.keeping).take();
        drop(keeping);
    }

    pub(crate) async fn watch_sandbox(&self, _: Nothing) -> Result<BoxStream<'static, Vec<SandboxView>>, Error> {
        let watching = Watching { app: self.clone(), shown: None };
        let views = stream::unfold(watching, |mut watching| async {
            let view = watching.next().await;
            Some((vec![view], watching))
        });
        Ok(views.boxed())
    }

    pub(crate) async fn list_exhibits(&self, _: Nothing) -> Result<Vec<Exhibit>, Error> {
        Ok(self.inner.sandbox.exhibits())
    }

    fn changed(&self) -> Nothing {
        self.inner.running.changed.notify_waiters();
        Nothing {}
    }

    pub(crate) async fn set_function(&self, ask: SetFunction) -> Result<Nothing, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if ask.name.is_empty() || ask.name.len() > 64 || !ask.name.chars().all(plain) {
            return Err(Error::bad_question("a function's name has 1 to 64 letters, digits, hyphens or underscores"));
        }
        match &ask.behaviour {
            Behaviour::Answers { payload } => {
                serde_json::from_str::<serde::de::IgnoredAny>(payload)
                    .map_err(|e| Error::bad_question(format!("the answer is no JSON: {e}")))?;
            }
            Behaviour::Url { url } => {
                let web = url.parse::<http::Uri>().ok().filter(|u| u.host().is_some());
                if !web.is_some_and(|u| matches!(u.scheme_str(), Some("http" | "https"))) {
                    return Err(Error::bad_question("the URL must begin with http:// or https:// and name a host"));
                }
            }
            _ => {}
        }
        self.inner.sandbox.set_function(&ask.name, ask.behaviour);
        Ok(self.changed())
    }

    pub(crate) async fn delete_function(&self, of: OfFunction) -> Result<Nothing, Error> {
        let host = format!("lambda.{}.amazonaws.com", self.inner.sandbox.options().region);
        let request = http::Request::delete(format!("https://{host}/2015-03-31/functions/{}", of.name))
            .header(http::header::HOST, host)
            .body(Bytes::new())
            .map_err(|e| Error::bad_question(e.to_string()))?;
        let answer = self.inner.sandbox.handle(request).await;
        if answer.status().is_success() {
            return Ok(self.changed());
        }
        let code = if answer.status() == http::StatusCode::NOT_FOUND { Code::NotFound } else { Code::Refused };
        let body = answer.into_body().collect().await.map(|b| b.to_bytes()).unwrap_or_default();
        let said = serde_json::from_slice::<serde_json::Value>(&body).unwrap_or_default();
        let words = ["Message", "message"].into_iter().find_map(|m| said[m].as_str()).unwrap_or("no reason given");
        Err(Error::new(code, words))
    }

    pub(crate) async fn set_fault(&self, fault: Fault) -> Result<Nothing, Error> {
        if fault.chaos.drop_percent > 100 {
            return Err(Error::bad_question("of 100 requests at most 100 can be dropped"));
        }
        if fault.chaos.status.is_some_and(|s| ![429, 500].contains(&s)) {
            return Err(Error::bad_question("a route can be made to answer 429 or 500"));
        }
        if fault.chaos.close.is_some_and(|c| ![1006, 1009].contains(&c)) {
            return Err(Error::bad_question("a connection can be made to end with 1006 or 1009"));
        }
        self.inner.sandbox.set_fault(fault);
        Ok(self.changed())
    }

    pub(crate) async fn clear_faults(&self, _: Nothing) -> Result<Nothing, Error> {
        self.inner.sandbox.clear_faults();
        Ok(self.changed())
    }

    pub(crate) async fn set_clock(&self, ask: SetClock) -> Result<Nothing, Error> {
        if let Some(speed) = ask.speed {
            self.inner.sandbox.set_clock_speed(speed);
        }
        if let Some(by) = ask.advance_ms {
            self.inner.sandbox.advance(Duration::from_millis(by));
        }
        self.look_at_reverts();
        Ok(self.changed())
    }

    pub(crate) async fn open_sandbox_port(&self, ask: OpenPort) -> Result<OpenedPort, Error> {
        let running = &self.inner.running;
        let open = locked(&running.listening).as_ref().map(|l| l.addr.port());
        if let Some(port) = open.filter(|port| [0, *port].contains(&ask.port)) {
            return Ok(OpenedPort { port });
        }
        // Loopback only: whoever reaches the port may do everything.
        let listening = self.inner.sandbox.listen(([127, 0, 0, 1], ask.port).into()).await.map_err(|e| {
            let mut error = Error::new(Code::PortUnavailable, e.to_string());
            error.hint = Some("Choose another port, or let Gatescope take a free one.".to_owned());
            error
        })?;
        let port = listening.addr.port();
        *locked(&running.listening) = Some(listening);
        self.changed();
        Ok(OpenedPort { port })
    }

    pub(crate) async fn close_sandbox_port(&self, _: Nothing) -> Result<Nothing, Error> {
        *locked(&self.inner.running.listening) = None;
        Ok(self.changed())
    }

    pub(crate) async fn reset_sandbox(&self, ask: ResetSandbox) -> Result<Nothing, Error> {
        let seed = match ask.seed {
            SandboxSeed::Chat => Seed::Chat,
            SandboxSeed::Gallery => Seed::Gallery,
            SandboxSeed::Empty => Seed::Empty,
        };
        self.inner.store.forget_account(SANDBOX)?;
        // The gallery is hundreds of calls, none of which waits: not for a thread that has others to serve.
        let sandbox = self.inner.sandbox.clone();
        let sown = tokio::task::spawn_blocking(move || sandbox.start_over(seed)).await;
        sown.map_err(|e| e.to_string())
            .and_then(|sown| sown.map_err(|e| e.to_string()))
            .map_err(|e| Error::new(Code::Internal, e))?;
        Ok(self.changed())
    }

    pub(crate) async fn disconnect_client(&self, of: OfConnection) -> Result<Nothing, Error> {
        if !self.inner.sandbox.disconnect(&of.connection_id).await {
            return Err(Error::new(Code::NotFound, format!("{} is not connected any more", of.connection_id)));
        }
        Ok(self.changed())
    }
}
