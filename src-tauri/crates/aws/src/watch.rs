//! The one interceptor of every client: refuses what the lock forbids, and writes each call into the log.
//!
//! It touches no body that is streamed, and changes no request.

use std::borrow::Cow;
use std::time::SystemTime;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextRef,
    BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use gatescope_model::permission;
use gatescope_model::redact::redact;
use tokio::time::Instant;

use crate::calls::{Call, Calls, command};
use crate::lock::{Locked, reads};
use crate::pace::Ticket;
use crate::{Guards, read};

#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) guards: Guards,
    pub(crate) region: String,
    pub(crate) profile: Option<String>,
}

/// A call under way, in the SDK's bag. Dropped without an end, its future was: somebody stopped waiting for it.
#[derive(Debug)]
struct UnderWay {
    ticket: Ticket,
    calls: Calls,
}

impl Storable for UnderWay {
    type Storer = StoreReplace<Self>;
}

impl UnderWay {
    fn end(&self, error: impl FnOnce() -> Option<String>) {
        let took = self.ticket.began.elapsed();
        self.calls.update(self.ticket.number, |call| {
            if call.took.is_none() {
                call.took = Some(took);
                call.error = error();
            }
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.end(|| Some("cancelled before the answer came".to_owned()));
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "Watch"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (service, operation) =
            bag.load::<Metadata>().map(|m| (m.service().to_owned(), m.name().to_owned())).unwrap_or_default();
        if self.guards.lock.is_closed() && !reads(&operation) && !is_dry_run(context) {
            return Err(Locked(operation).into());
        }
        let call = Call {
            account: self.guards.account.clone(),
            region: self.region.clone(),
            service: command::service(&service).to_owned(),
            operation,
            at: milliseconds(),
            ..Call::default()
        };
        let ticket = Ticket { number: self.guards.calls.begin(call), began: Instant::now() };
        bag.interceptor_state().store_put(UnderWay { ticket, calls: self.guards.calls.clone() });
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(UnderWay { ticket, calls }) = bag.load::<UnderWay>() else { return Ok(()) };
        let request = context.request_mut();
        request.add_extension(*ticket);
        let (service, operation) = bag.load::<Metadata>().map(|m| (m.service(), m.name())).unwrap_or_default();
        let sent = command::sent(
            command::service(service),
            operation,
            request.method(),
            request.uri(),
            request.body().bytes().unwrap_or_default(),
        );
        let place = command::Place { region: &self.region, profile: self.profile.as_deref() };
        let (target, text) = (sent.target(), command::write(&sent, &place));
        let mut first = false;
        calls.update(ticket.number, |call| {
            first = call.command.is_empty();
            (call.target, call.command) = (target, text);
        });
        if first {
            calls.needs(&self.guards.account, &self.region, permission::needs(&sent, &self.region));
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(UnderWay { ticket, calls }) = bag.load::<UnderWay>() else { return Ok(()) };
        let response = context.response();
        let id = ["x-amzn-requestid", "x-amzn-request-id", "x-amz-request-id"];
        let request_id = id.iter().find_map(|name| response.headers().get(*name)).unwrap_or_default().to_owned();
        let status = response.status().as_u16();
        calls.update(ticket.number, |call| (call.status, call.request_id) = (status, request_id));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(under_way) = bag.load::<UnderWay>() else { return Ok(()) };
        under_way.end(|| match (context.output_or_error(), context.response()) {
            (Some(Ok(_)), _) => None,
            (Some(Err(_)), Some(response)) if !response.status().is_success() => Some(refusal(response)),
            (Some(Err(error)), _) => Some(redact(&read::chain(error)).into_owned()),
            (None, _) => Some("no answer came".to_owned()),
        });
        Ok(())
    }
}

/// An invocation that only asks whether it would be allowed.
fn is_dry_run(context: &BeforeSerializationInterceptorContextRef<'_>) -> bool {
    use aws_sdk_lambda::operation::invoke::InvokeInput;
    use aws_sdk_lambda::types::InvocationType;
    let invoke = context.input().downcast_ref::<InvokeInput>();
    invoke.is_some_and(|input| input.invocation_type() == Some(&InvocationType::DryRun))
}

/// AWS's code and words, in whichever protocol it said them.
fn refusal(response: &HttpResponse) -> String {
    let body = response.body().bytes().map(String::from_utf8_lossy).unwrap_or_default();
    let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    let xml = |name: &str| {
        let (_, rest) = body.split_once(&format!("<{name}>"))?;
        rest.split_once("</").map(|(text, _)| Cow::Borrowed(text))
    };
    let member = |names: [&str; 2]| names.into_iter().find_map(|n| json[n].as_str()).map(Cow::Borrowed);
    let code = response.headers().get("x-amzn-errortype").map(Cow::Borrowed).or_else(|| member(["__type", "code"]));
    let code = code.or_else(|| xml("Code")).unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default().rsplit('#').next().unwrap_or_default();
    let words = member(["message", "Message"]).or_else(|| xml("Message")).unwrap_or_default();
    let said = match (code.is_empty(), words.is_empty()) {
        (false, false) => format!("{code}: {words}"),
        (false, true) => code.to_owned(),
        (true, false) => words.into_owned(),
        (true, true) => format!("HTTP {}", response.status().as_u16()),
    };
    redact(&said.chars().take(2000).collect::<String>()).into_owned()
}

/// Since 1970.
fn milliseconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
