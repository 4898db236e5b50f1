//! Reading execution logs: does the group exist, what was written since, and what is being written now.
//!
//! Groups are read whole, never by stream: each request has a stream of its own (facts 1.1). Live tail shows only what is
//! ingested from now on, which suits a gateway that ships about 20 s late.

use aws_sdk_cloudwatchlogs::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_cloudwatchlogs::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatchlogs::types::StartLiveTailResponseStream as Update;
use aws_smithy_runtime_api::box_error::BoxError;
use gatescope_model::log::LogEvent;

use crate::{Access, Error, Kind};

/// A page of `FilterLogEvents` holds at most this many.
const PAGE: i32 = 10_000;

/// A page of a group's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Oldest first.
    pub events: Vec<LogEvent>,
    /// Asks for the page behind; absent: there is none. A page may be empty and have one behind it (facts 7.2).
    pub next: Option<String>,
}

/// A live tail that has begun.
pub struct LiveTail {
    stream: aws_sdk_cloudwatchlogs::operation::start_live_tail::StartLiveTailOutput,
    profile: Option<String>,
}

/// What a live tail brings about once a second, or as lines come.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// In the order in which CloudWatch sent them; no event ids.
    pub events: Vec<LogEvent>,
    /// CloudWatch kept back some of them: more than 500 came in one second.
    pub sampled: bool,
}

impl Access {
    /// The ARN of a log group without `:*`; `None` when there is no such group.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn log_group_arn(&self, name: &str) -> Result<Option<String>, Error> {
        let said = self
            .inner
            .logs
            .describe_log_groups()
            .log_group_name_prefix(name)
            .send()
            .await
            .map_err(|e| self.failed(e))?;
        Ok(said.log_groups().iter().find(|g| g.log_group_name() == Some(name)).and_then(|g| {
            g.log_group_arn().map(str::to_owned).or_else(|| g.arn().map(|a| a.trim_end_matches(":*").to_owned()))
        }))
    }

    /// A page of what was written to a group from a moment on (milliseconds since 1970), up to another one, it included.
    ///
    /// # Errors
    /// Whatever AWS says; a group that does not exist is [`Kind::NotFound`].
    pub async fn log_page(
        &self,
        group: &str,
        from: i64,
        to: Option<i64>,
        after: Option<String>,
    ) -> Result<Page, Error> {
        let request = self.inner.logs.filter_log_events().log_group_name(group).start_time(from.max(0));
        let page =
            request.set_end_time(to).limit(PAGE).set_next_token(after).send().await.map_err(|e| self.failed(e))?;
        let event = |e: aws_sdk_cloudwatchlogs::types::FilteredLogEvent| LogEvent {
            event_id: e.event_id,
            stream: e.log_stream_name,
            timestamp: e.timestamp.unwrap_or_default(),
            ingestion_time: e.ingestion_time,
            message: e.message.unwrap_or_default(),
        };
        // A complete answer still carries a token; the page behind it is empty (facts-2 7).
        let next = page.next_token.filter(|token| !token.is_empty());
        Ok(Page { events: page.events.unwrap_or_default().into_iter().map(event).collect(), next })
    }

    /// Opens a live tail of one group; it is live when this returns.
    ///
    /// # Errors
    /// Whatever AWS says; without `logs:StartLiveTail` this is [`Kind::Denied`], and polling still works.
    pub async fn live_tail(&self, group_arn: &str) -> Result<LiveTail, Error> {
        let mut stream = self
            .inner
            .logs
            .start_live_tail()
            .log_group_identifiers(group_arn)
            .send()
            .await
            .map_err(|e| self.failed(e))?;
        // The first event says that the session has begun; before it, lines may be missed.
        match stream.response_stream.recv().await {
            Ok(Some(Update::SessionStart(_))) => {
                Ok(LiveTail { stream, profile: self.profile_name().map(str::to_owned) })
            }
            Ok(_) => Err(Error::new(Kind::Failed, "the live tail did not begin with sessionStart")),
            Err(e) => Err(Error::from_sdk(&e, None, self.profile_name())),
        }
    }
}

impl LiveTail {
    /// Waits for the next batch; `None` when CloudWatch ended the session (after three hours at the latest).
    ///
    /// # Errors
    /// Whatever broke the session.
    pub async fn next(&mut self) -> Result<Option<Batch>, Error> {
        loop {
            return match self.stream.response_stream.recv().await {
                Ok(Some(Update::SessionUpdate(update))) => Ok(Some(Batch {
                    sampled: update.session_metadata.is_some_and(|m| m.sampled),
                    events: update
                        .session_results
                        .unwrap_or_default()
                        .into_iter()
                        .map(|e| LogEvent {
                            event_id: None,
                            stream: e.log_stream_name,
                            timestamp: e.timestamp.unwrap_or_default(),
                            ingestion_time: e.ingestion_time,
                            message: e.message.unwrap_or_default(),
                        })
                        .collect(),
                })),
                Ok(Some(_)) => continue,
                Ok(None) => Ok(None),
                Err(e) if e.as_service_error().is_some_and(|e| e.is_session_timeout_exception()) => Ok(None),
                Err(e) => Err(Error::from_sdk(&e, None, self.profile.as_deref())),
            };
        }
    }
}

/// Takes the host prefix `stream-` off again: an endpoint that the user set has no such name.
#[derive(Debug)]
pub(crate) struct NoHostPrefix;

impl Intercept for NoHostPrefix {
    fn name(&self) -> &'static str {
        "NoHostPrefix"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        for prefix in ["stream-", "streaming-"] {
            let uri = request.uri().replacen(&format!("://{prefix}"), "://", 1);
            if uri != request.uri() {
                request.set_uri(uri)?;
            }
        }
        Ok(())
    }
}
