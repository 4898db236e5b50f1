//! Below the SDK: lets calls of API Gateway's control planes out in their turn, and sends those again that come back as
//! throttled.
//!
//! An account has ten calls a second with a burst of 40, and one `CreateDeployment` in five seconds (facts 5.1), whoever
//! makes them. A real account is always paced; another server only in the minute after it answered 429. It may not know
//! what a call means. The SDK's own retries, for failures of other kinds, are above this.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use tokio::time::Instant;

use crate::calls::{Calls, Counted};

/// Ten a second.
const BETWEEN: Duration = Duration::from_millis(100);
/// What a burst of 40 may run ahead of that.
const AHEAD: Duration = Duration::from_millis(100 * 39);
/// Between two `CreateDeployment`.
const BETWEEN_DEPLOYMENTS: Duration = Duration::from_secs(5);
/// How long a server that is not AWS is paced after it said that it was called too often.
const MINDFUL: Duration = Duration::from_secs(60);
/// A call that is throttled for this long is given up. A signature is good for five minutes.
const PATIENCE: Duration = Duration::from_secs(120);
/// The longest wait between two tries.
const LONGEST: Duration = Duration::from_secs(20);

/// Which call of the log a request belongs to, and when its first try began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    pub(crate) number: u64,
    pub(crate) began: Instant,
}

/// An HTTP client whose calls take turns.
#[derive(Clone)]
pub(crate) struct Paced {
    inner: SharedHttpClient,
    turns: Turns,
    calls: Calls,
}

impl Paced {
    /// `always`: from the first call on; else only while the server says that it is called too often.
    pub(crate) fn new(inner: SharedHttpClient, always: bool, calls: Calls) -> Self {
        Self { inner, turns: Turns { always, state: Arc::default() }, calls }
    }
}

impl fmt::Debug for Paced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Paced")
    }
}

impl HttpClient for Paced {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector { inner, turns: self.turns.clone(), calls: self.calls.clone() })
    }
}

#[derive(Debug)]
struct Connector {
    inner: SharedHttpConnector,
    turns: Turns,
    calls: Calls,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (inner, turns, calls) = (self.inner.clone(), self.turns.clone(), self.calls.clone());
        HttpConnectorFuture::new(async move {
            let ticket = request.extension::<Ticket>().copied();
            let turn = Turn::of(&request);
            let began = ticket.map_or_else(Instant::now, |t| t.began);
            let mut request = Some(request);
            let mut earliest = Instant::now();
            for tries in 0_u32.. {
                if let Some(turn) = turn {
                    wait(&calls, ticket, turns.take(turn).max(earliest)).await;
                }
                let Some(now) = request.take() else { break };
                let again = now.try_clone();
                if let Some(ticket) = ticket {
                    calls.update(ticket.number, |call| call.tries += 1);
                }
                let mut response = {
                    let _under_way = calls.count(Counted::UnderWay);
                    inner.call(now).await?
                };
                if response.status().as_u16() != 429 || turn.is_none() || is_quota(&mut response).await? {
                    return Ok(response);
                }
                turns.refused();
                let pause = pause(&response, tries);
                if again.is_none() || began.elapsed() + pause > PATIENCE {
                    return Ok(response);
                }
                if let Some(ticket) = ticket {
                    calls.update(ticket.number, |call| call.status = 429);
                }
                (request, earliest) = (again, Instant::now() + pause);
            }
            let lost = "a throttled call could not be sent again".into();
            Err(ConnectorError::other(lost, None))
        })
    }
}

async fn wait(calls: &Calls, ticket: Option<Ticket>, until: Instant) {
    let began = Instant::now();
    if until > began {
        let _waiting = calls.count(Counted::Waiting);
        tokio::time::sleep_until(until).await;
        if let Some(ticket) = ticket {
            calls.update(ticket.number, |call| call.waited += began.elapsed());
        }
    }
}

/// Whether this is no throttle but an account that is full: waiting does not help. AWS's words for it are quoted in issues,
/// with the status of a throttle.
async fn is_quota(response: &mut HttpResponse) -> Result<bool, ConnectorError> {
    let body = response.take_body().collect().await.map_err(ConnectorError::io)?.to_bytes();
    let is_quota = String::from_utf8_lossy(&body).contains("Maximum number of");
    *response.body_mut() = SdkBody::from(body);
    Ok(is_quota)
}

/// As long as the server says, else twice as long each time.
fn pause(response: &HttpResponse, tries: u32) -> Duration {
    let said = response.headers().get("retry-after").and_then(|s| s.parse().ok()).map(Duration::from_secs);
    said.unwrap_or_else(|| Duration::from_millis(500).saturating_mul(1 << tries.min(6))).min(LONGEST)
}

/// What a call of a control plane takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Any,
    Deployment,
}

impl Turn {
    /// By the service that the signature names, so that it holds for every endpoint.
    fn of(request: &HttpRequest) -> Option<Self> {
        let signed = request.headers().get("authorization")?;
        let deploys = || request.method() == "POST" && path(request.uri()).ends_with("/deployments");
        signed.contains("/apigateway/aws4_request").then(|| if deploys() { Self::Deployment } else { Self::Any })
    }
}

fn path(uri: &str) -> &str {
    uri.split_once('?').map_or(uri, |(path, _)| path)
}

#[derive(Clone, Debug)]
struct Turns {
    always: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// When the calls that were let out are made good for, at ten a second.
    even: Option<Instant>,
    deployment: Option<Instant>,
    refused: Option<Instant>,
}

impl Turns {
    /// Takes the next turn; when that is.
    fn take(&self, turn: Turn) -> Instant {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.always && state.refused.is_none_or(|at| now >= at + MINDFUL) {
            return now;
        }
        let even = state.even.map_or(now, |even| even.max(now));
        let mut at = even.checked_sub(AHEAD).map_or(now, |at| at.max(now));
        state.even = Some(even + BETWEEN);
        if turn == Turn::Deployment {
            at = state.deployment.map_or(at, |last| at.max(last + BETWEEN_DEPLOYMENTS));
            state.deployment = Some(at);
        }
        at
    }

    /// Somebody used the burst up, maybe somebody else.
    fn refused(&self) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.refused = Some(now);
        state.even = Some(state.even.map_or(now + AHEAD, |even| even.max(now + AHEAD)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(always: bool) -> Turns {
        Turns { always, state: Arc::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn a_real_account_gets_forty_at_once_and_then_ten_a_second_in_order() {
        let turns = turns(true);
        let now = Instant::now();
        let at: Vec<u128> = (0..60).map(|_| (turns.take(Turn::Any) - now).as_millis()).collect();
        assert_eq!(at[..40], [0; 40]);
        assert_eq!(at[40..43], [100, 200, 300]);
        assert_eq!(at[59], 2000);
        tokio::time::sleep(Duration::from_secs(10)).await;
        let later = Instant::now();
        assert!((0..40).all(|_| turns.take(Turn::Any) == later), "the burst is there again");
    }

    #[tokio::test(start_paused = true)]
    async fn deployments_are_five_seconds_apart_and_let_others_pass() {
        let turns = turns(true);
        let now = Instant::now();
        let at = [Turn::Deployment, Turn::Deployment, Turn::Any].map(|turn| (turns.take(turn) - now).as_secs());
        assert_eq!(at, [0, 5, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn another_server_is_paced_only_in_the_minute_after_it_complained() {
        let turns = turns(false);
        let now = Instant::now();
        assert!((0..500).all(|_| turns.take(Turn::Any) == now));
        turns.refused();
        let at = [(); 3].map(|()| (turns.take(Turn::Any) - now).as_millis());
        assert_eq!(at, [0, 100, 200]);
        tokio::time::sleep(MINDFUL).await;
        let later = Instant::now();
        assert!((0..500).all(|_| turns.take(Turn::Any) == later));
    }
}
