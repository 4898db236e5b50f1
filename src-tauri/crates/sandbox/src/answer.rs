//! Answers in the wire forms of AWS's four protocols: rest-json, json 1.1, query (XML), and plain bytes.

use std::borrow::Cow;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

use crate::{Body, ids};

/// What a service answers when it refuses: status, error code and AWS's words.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    /// Seconds, for `Retry-After`.
    pub retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequestException", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "NotFoundException", message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "ConflictException", message)
    }

    /// No operation has this method and path (assumed: no capture).
    pub(crate) fn unknown_operation() -> Self {
        Self::new(404, "UnknownOperationException", "No operation matches this method and path")
    }

    /// As rest-json services answer (facts 8.1).
    pub(crate) fn rest_json(self) -> Response<Body> {
        let mut response = json_response(self.status, &json!({ "message": self.message }));
        if let Ok(code) = self.code.parse() {
            response.headers_mut().insert("x-amzn-errortype", code);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }

    /// As JSON 1.1 services answer.
    pub(crate) fn json11(self) -> Response<Body> {
        let mut response = json_response(self.status, &json!({ "__type": self.code, "message": self.message }));
        amz_json(&mut response);
        response
    }

    /// As query services answer.
    pub(crate) fn query(self) -> Response<Body> {
        let fault = if self.status < 500 { "Sender" } else { "Receiver" };
        let text = format!(
            "<ErrorResponse><Error><Type>{fault}</Type><Code>{}</Code><Message>{}</Message></Error>\
             <RequestId>{}</RequestId></ErrorResponse>",
            self.code,
            xml_text(&self.message),
            ids::uuid()
        );
        xml_response(self.status, text)
    }
}

/// A body in one piece.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).boxed()
}

/// Status and body, nothing else.
pub(crate) fn plain(status: u16, bytes: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(full(bytes));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// `application/json` with the ids that API Gateway's own endpoints add.
pub(crate) fn json_response(status: u16, value: &Value) -> Response<Body> {
    let mut response = plain(status, value.to_string());
    tag(&mut response, "application/json");
    response
}

/// A success of a JSON 1.1 service.
pub(crate) fn json11_response(value: &Value) -> Response<Body> {
    let mut response = json_response(200, value);
    amz_json(&mut response);
    response
}

/// No content; no content type either.
pub(crate) fn empty(status: u16) -> Response<Body> {
    let mut response = plain(status, Bytes::new());
    tag(&mut response, "application/json");
    response.headers_mut().remove(header::CONTENT_TYPE);
    response
}

/// A success of a query service: `<{action}Response><{action}Result>…`.
pub(crate) fn query_response(action: &str, namespace: &str, result: &str) -> Response<Body> {
    let body = if result.is_empty() { String::new() } else { format!("<{action}Result>{result}</{action}Result>") };
    let id = ids::uuid();
    xml_response(
        200,
        format!(
            "<{action}Response xmlns=\"{namespace}\">{body}<ResponseMetadata><RequestId>{id}</RequestId>\
             </ResponseMetadata></{action}Response>"
        ),
    )
}

/// A text inside an element. What XML can't carry becomes U+FFFD (assumed).
pub(crate) fn xml_text(text: &str) -> String {
    let carried = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    let text: Cow<'_, str> = if text.chars().all(carried) {
        text.into()
    } else {
        text.chars().map(|c| if carried(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
    };
    quick_xml::escape::escape(text).into_owned()
}

fn xml_response(status: u16, text: String) -> Response<Body> {
    let mut response = plain(status, text);
    tag(&mut response, "text/xml");
    response
}

fn amz_json(response: &mut Response<Body>) {
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-amz-json-1.1"));
}

fn tag(response: &mut Response<Body>, content_type: &'static str) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    if let Ok(id) = ids::uuid().parse() {
        headers.insert("x-amzn-requestid", id);
    }
}
