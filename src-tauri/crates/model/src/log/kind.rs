//! The table of all lines that API Gateway has been seen to write, each once: its name, its parts, its bytes.
//!
//! Numbers in the docs are the rows of facts 1.3; "facts 2" is section 1 of its second part. A row reads
//! `Name { parts } = ["text" part "text" …];` and both reading and writing come from it. `last` takes the last
//! occurrence of the text that follows a part instead of the first: clients choose what stands in that part.

use std::fmt;

use super::field::{Blanks, Field, Key, Operation};

macro_rules! read {
    ($rest:ident $name:ident {}) => {
        $rest.is_empty().then_some(Self::$name {})
    };
    ($rest:ident $name:ident { $($all:ident),+ } $part:ident $end:literal) => {{
        let $part = Field::read($rest.strip_suffix($end)?)?;
        Some(Self::$name { $($all),+ })
    }};
    ($rest:ident $name:ident { $($all:ident),+ } $part:ident last $after:literal $($more:tt)+) => {{
        let (text, $rest) = $rest.rsplit_once($after)?;
        let $part = Field::read(text)?;
        read!($rest $name { $($all),+ } $($more)+)
    }};
    ($rest:ident $name:ident { $($all:ident),+ } $part:ident $after:literal $($more:tt)+) => {{
        let (text, $rest) = split_at_first($rest, $after)?;
        let $part = Field::read(text)?;
        read!($rest $name { $($all),+ } $($more)+)
    }};
}

/// `str::split_once` for short texts that are rare in what they divide: looks for their first byte only.
fn split_at_first<'a>(text: &'a str, after: &str) -> Option<(&'a str, &'a str)> {
    let first = char::from(*after.as_bytes().first()?);
    text.match_indices(first).find_map(|(at, _)| Some((&text[..at], text[at..].strip_prefix(after)?)))
}

macro_rules! write_parts {
    ($f:ident) => {};
    ($f:ident $part:ident $(last)? $after:literal $($more:tt)*) => {
        Field::write($part, $f)?;
        $f.write_str($after)?;
        write_parts!($f $($more)*);
    };
}

macro_rules! lines {
    ($($(#[$doc:meta])* $name:ident { $($part:ident: $type:ty),* } = [$head:literal $($template:tt)*];)*) => {
        /// What a line says. Parts carry AWS's nouns; the table shows where each stands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind<'a> {
            $($(#[$doc])* #[allow(missing_docs, reason = "the row of the table shows where each part stands")]
            $name { $($part: $type),* },)*
            /// Nobody has recorded this one.
            Unknown(&'a str),
        }

        impl<'a> Kind<'a> {
            /// Reads what follows the prefix, without [`super::TRUNCATED`].
            #[must_use]
            pub fn parse(text: &'a str) -> Self {
                $(if let Some(line) = text.strip_prefix($head).and_then(|rest| read!(rest $name { $($part),* } $($template)*)) {
                    return line;
                })*
                Self::Unknown(text)
            }
        }

        impl fmt::Display for Kind<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name { $($part),* } => {
                        f.write_str($head)?;
                        write_parts!(f $($template)*);
                    })*
                    Self::Unknown(text) => f.write_str(text)?,
                }
                Ok(())
            }
        }
    };
}

lines! {
    /// #1.
    ExtendedRequestId { extended_request_id: &'a str } = ["Extended Request Id: " extended_request_id ""];
    /// #2; the key is masked (facts 2).
    VerifyingUsagePlan { request_id: &'a str, api_key: Key<'a>, api_stage: &'a str } =
        ["Verifying Usage Plan for request: " request_id ". API Key:" api_key "API Stage: " api_stage ""];
    /// Facts 2: `API Key ... not authorized because method 'GET /' requires API Key and …`.
    ApiKeyRefused { api_key: Key<'a>, because: &'a str } = ["API Key" api_key "not authorized because " because ""];
    /// #3: the operation wants no key.
    ApiKeyNotRequired { api_key: Key<'a>, operation: Operation<'a> } =
        ["API Key" api_key "authorized because " operation
        " does not require API Key. Request will not contribute to throttle or quota limits"];
    /// The key was accepted for another reason than #3.
    ApiKeyAuthorized { api_key: Key<'a>, because: &'a str } = ["API Key" api_key "authorized because " because ""];
    /// Facts 2: a line with the masked key alone.
    ApiKey { api_key: &'a str } = ["API Key: " api_key ""];
    /// #4.
    UsagePlanSucceeded { api_key: Key<'a>, api_stage: &'a str } =
        ["Usage Plan check succeeded for API Key" api_key "and API Stage " api_stage ""];
    /// Facts 2: the request is served all the same.
    UsagePlanFailed { reason: &'a str } = ["Usage Plan check failed" reason ""];
    /// #5.
    StartingExecution { request_id: &'a str } = ["Starting execution for request: " request_id ""];
    /// #6.
    WebSocketRoute { route_key: &'a str } = ["WebSocket Request Route: [" route_key "]"];
    /// #6 of REST APIs.
    HttpMethod { http_method: &'a str, resource_path: &'a str } =
        ["HTTP Method: " http_method ", Resource Path: " resource_path ""];
    /// #7: a handshake began.
    Connecting { user_agent: &'a str, source_ip: &'a str, api_id: &'a str } =
        ["Client [UserAgent: " user_agent last ", SourceIp: " source_ip "] is connecting to WebSocket API [" api_id "]."];
    /// #8.
    MessageReceived { api_id: &'a str, connection_id: &'a str } =
        ["WebSocket API [" api_id "] received message from client [Connection Id: " connection_id "]."];
    /// #9: the whole event, with data trace.
    MessageTraced { api_id: &'a str, connection_id: &'a str, message: &'a str } =
        ["WebSocket API [" api_id "] received message from client [" connection_id "]. Message: [" message "]."];
    /// #9 without its end, as the cut leaves it.
    MessageTracedCut { api_id: &'a str, connection_id: &'a str, message: &'a str } =
        ["WebSocket API [" api_id "] received message from client [" connection_id "]. Message: [" message ""];
    /// #10.
    EndpointRequestUri { uri: &'a str } = ["Endpoint request URI: " uri ""];
    /// #11: `{k=v, k=v}`; the session token in it is not masked by AWS.
    EndpointRequestHeaders { headers: &'a str } = ["Endpoint request headers: " headers ""];
    /// #12.
    EndpointRequestBody { body: &'a str } = ["Endpoint request body after transformations: " body ""];
    /// #13.
    SendingRequest { uri: &'a str } = ["Sending request to " uri ""];
    /// #14.
    ReceivedResponse { status: u16, integration_latency_ms: u32 } =
        ["Received response. Status: " status ", Integration latency: " integration_latency_ms " ms"];
    /// #14 as it was written in other years, for example without the status.
    ReceivedResponseOtherwise { said: &'a str } = ["Received response. " said ""];
    /// #15.
    EndpointResponseHeaders { headers: &'a str } = ["Endpoint response headers: " headers ""];
    /// #16.
    EndpointResponseBody { body: &'a str } = ["Endpoint response body before transformations: " body ""];
    /// #17; the error may hold line breaks (facts 2).
    LambdaFailed { status: u16, error: &'a str, lambda_request_id: &'a str } =
        ["Lambda execution failed with status " status " due to customer function error: " error
        last ". Lambda request id: " lambda_request_id ""];
    /// #17 without its end: cut, or from before the id was added.
    LambdaFailedUnnamed { status: u16, error: &'a str } =
        ["Lambda execution failed with status " status " due to customer function error: " error ""];
    /// Lambda did not run the function; a configuration error follows (a public log of a REST API, 2025).
    LambdaNotInvoked { status: u16, lambda_request_id: &'a str } =
        ["Lambda invocation failed with status: " status ". Lambda request id: " lambda_request_id ""];
    /// #18: natively a blank before the colon.
    IntegrationRequestId { blanks: Blanks<'a>, request_id: &'a str } =
        ["AWS Integration Endpoint RequestId" blanks ": " request_id ""];
    /// #19.
    Connected { connection_id: &'a str, api_id: &'a str } =
        ["Client [Connection Id: " connection_id "] connected to API [" api_id "] successfully."];
    /// #20.
    MessageSent { connection_id: &'a str, api_id: &'a str, status: u16 } =
        ["Message from client [Connection Id: " connection_id "] sent to API [" api_id "] with response status code ["
        status "]."];
    /// #21; the reason is the client's or the gateway's.
    Disconnected { connection_id: &'a str, api_id: &'a str, status: u16, close_code: u16, reason: &'a str } =
        ["Client [Connection Id: " connection_id "] disconnected from API [" api_id
        "] with integration response status code [" status "]. Close reason: [" close_code ": " reason "]"];
    /// #22: a `$disconnect` without integration (assumed: an emulator's wording).
    DisconnectedOnly { connection_id: &'a str, api_id: &'a str, close_code: u16, reason: &'a str } =
        ["Client [Connection Id: " connection_id "] disconnected from API [" api_id "]. Close reason: [" close_code
        ": " reason "]"];
    /// #23.
    Completed {} = ["Successfully completed execution"];
    /// #23.
    MethodCompleted { status: u16 } = ["Method completed with status: " status ""];
    /// #24.
    MethodRequestPath { parameters: &'a str } = ["Method request path: " parameters ""];
    /// #24.
    MethodRequestQueryString { parameters: &'a str } = ["Method request query string: " parameters ""];
    /// #24.
    MethodRequestHeaders { headers: &'a str } = ["Method request headers: " headers ""];
    /// #24.
    MethodRequestBody { body: &'a str } = ["Method request body before transformations: " body ""];
    /// #24.
    MethodResponseBody { body: &'a str } = ["Method response body after transformations: " body ""];
    /// #24.
    MethodResponseHeaders { headers: &'a str } = ["Method response headers: " headers ""];
    /// #25: what is wrong, in AWS's words (facts 2.2).
    ConfigurationError { error: &'a str } = ["Execution failed due to configuration error: " error ""];
    /// #26: `a timeout error`, and whatever follows.
    TimeoutError { rest: &'a str } = ["Execution failed due to a timeout error" rest ""];
    /// Facts 2.2: the backend could not be reached.
    NetworkError { rest: &'a str } = ["Execution failed due to a network error communicating with endpoint" rest ""];
    /// Facts 2.2: any other reason.
    ExecutionFailed { cause: &'a str } = ["Execution failed due to " cause ""];
    /// #27.
    GatewayResponseType { response_type: &'a str, status: u16 } =
        ["Gateway response type: " response_type " with status code: " status ""];
    /// #28.
    GatewayResponseBody { body: &'a str } = ["Gateway response body: " body ""];
    /// #28.
    GatewayResponseHeaders { headers: &'a str } = ["Gateway response headers: " headers ""];
    /// #29.
    StartingAuthorizer { authorizer_id: &'a str, request_id: &'a str } =
        ["Starting authorizer: " authorizer_id " for request: " request_id ""];
    /// #30.
    IncomingIdentity { identity: &'a str } = ["Incoming identity: " identity ""];
    /// #31.
    AuthorizerResultBody { body: &'a str } = ["Authorizer result body before parsing: " body ""];
    /// #32.
    Unauthorized { request_id: &'a str } = ["Unauthorized request: " request_id ""];
    /// #33.
    AuthorizerConfigurationException {} = ["AuthorizerConfigurationException"];
    /// Facts 2: the authorizer's answer could be read, whether it allows or denies.
    ValidAuthorizerPolicy { principal: &'a str } = ["Using valid authorizer policy for principal: " principal ""];
    /// Facts 2: the same, in other words; no success either.
    AuthorizerCompleted {} = ["Successfully completed authorizer execution"];
    /// #34.
    XRayTracingId { blanks: Blanks<'a>, trace_id: &'a str } = ["X-ray Tracing ID" blanks ": " trace_id ""];
    /// A message or body against its model; the wording is that of REST APIs.
    ModelMismatch { content_type: &'a str, errors: &'a str } =
        ["Request body does not match model schema for content type " content_type ": " errors ""];
    /// #35.
    KeyThrottled {
        api_id: &'a str, stage: &'a str, resource: &'a str, http_method: &'a str, limit: &'a str, burst: &'a str
    } = ["Key throttle limit exceeded for RestApi " api_id ", Stage " stage ", Resource " resource ", HttpMethod "
        http_method ". Limit: " limit " Burst: " burst ""];
    /// The console's test page begins with it.
    ExecutionLog { request_id: &'a str } = ["Execution log for request " request_id ""];
}

impl Kind<'_> {
    /// Lines that every request has and that say nothing of this one in particular: folded until asked for.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        matches!(
            self,
            Self::ExtendedRequestId { .. }
                | Self::VerifyingUsagePlan { .. }
                | Self::ApiKeyNotRequired { .. }
                | Self::UsagePlanSucceeded { .. }
                | Self::UsagePlanFailed { .. }
                | Self::StartingExecution { .. }
                | Self::XRayTracingId { .. }
        )
    }

    /// Whether the line tells of a failure. A status counts from 400 on.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        match *self {
            Self::ApiKeyRefused { .. }
            | Self::LambdaFailed { .. }
            | Self::LambdaFailedUnnamed { .. }
            | Self::LambdaNotInvoked { .. }
            | Self::ConfigurationError { .. }
            | Self::TimeoutError { .. }
            | Self::NetworkError { .. }
            | Self::ExecutionFailed { .. }
            | Self::Unauthorized { .. }
            | Self::AuthorizerConfigurationException {}
            | Self::ModelMismatch { .. }
            | Self::KeyThrottled { .. } => true,
            Self::ReceivedResponse { status, .. }
            | Self::MessageSent { status, .. }
            | Self::Disconnected { status, .. }
            | Self::MethodCompleted { status }
            | Self::GatewayResponseType { status, .. } => status >= 400,
            _ => false,
        }
    }
}
