//! The JSON that a proxy function gets, member by member in the recorded order (facts 1.4).

use gatescope_model::authorizer::{self, put};
use serde_json::{Map, Value, json};

use super::execution::{Event, Execution};

/// Headers that clients send and functions don't see.
const DROPPED: [&str; 3] = ["connection", "upgrade", "content-length"];

impl Execution {
    /// The whole proxy event.
    pub(super) fn proxy_event(&self) -> Value {
        let mut event = Map::new();
        match &self.event {
            Event::Connect { headers, query, .. } => {
                let seen: Vec<_> = headers
                    .iter()
                    .filter(|(n, _)| !DROPPED.iter().any(|d| n.eq_ignore_ascii_case(d)))
                    .cloned()
                    .collect();
                put(&mut event, "headers", "multiValueHeaders", &seen);
                if !query.is_empty() {
                    put(&mut event, "queryStringParameters", "multiValueQueryStringParameters", query);
                }
            }
            Event::Disconnect { .. } => {
                let headers = [
                    ("Host", self.peer.domain_name.as_str()),
                    ("x-api-key", ""),
                    ("X-Forwarded-For", ""),
                    ("x-restapi", ""),
                ];
                let single: Map<_, _> = headers.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect();
                let multi: Map<_, _> = headers.iter().map(|(n, v)| ((*n).to_owned(), json!([v]))).collect();
                event.insert("headers".into(), single.into());
                event.insert("multiValueHeaders".into(), multi.into());
            }
            Event::Message { .. } => {}
        }
        if !self.place.stage.stage_variables.is_empty() {
            event.insert("stageVariables".into(), json!(self.place.stage.stage_variables));
        }
        event.insert("requestContext".into(), self.context());
        if let Event::Message { body, .. } = &self.event {
            event.insert("body".into(), json!(body.as_str()));
        }
        event.insert("isBase64Encoded".into(), json!(false));
        event.into()
    }

    /// What a REQUEST authorizer gets: all headers, `Connection` and `Upgrade` included (facts 2 section 3).
    pub(super) fn authorizer_event(&self, method_arn: &str) -> Value {
        let (headers, query): (&[_], &[_]) = match &self.event {
            Event::Connect { headers, query, .. } => (headers, query),
            _ => (&[], &[]),
        };
        authorizer::event(method_arn, headers, query, &self.place.stage.stage_variables, self.context())
    }
}

/// A header's name as clients write it; hyper gives lower case (that AWS keeps the client's spelling is recorded).
pub(super) fn canonical(name: &str) -> String {
    match name {
        "sec-websocket-key" => "Sec-WebSocket-Key".into(),
        "sec-websocket-version" => "Sec-WebSocket-Version".into(),
        "sec-websocket-protocol" => "Sec-WebSocket-Protocol".into(),
        "sec-websocket-extensions" => "Sec-WebSocket-Extensions".into(),
        name => name
            .split('-')
            .map(|part| part.get(..1).unwrap_or_default().to_uppercase() + part.get(1..).unwrap_or_default())
            .collect::<Vec<_>>()
            .join("-"),
    }
}
