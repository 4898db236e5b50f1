//! A `$context` to try templates with, where nobody knows a real one.

use serde_json::{Value, json};

/// A message's context, with the members that templates can use (facts 1.4, 4.1).
#[must_use]
pub fn context() -> Value {
    json!({
        "routeKey": "sendmessage",
        "authorizer": { "principalId": "user-1" },
        "messageId": "gbik1K9kzQAYKEilnA==",
        "eventType": "MESSAGE",
        "extendedRequestId": "EP5yqFByIAMElXw=",
        "requestTime": "21/Nov/2026:09:20:29 +0000",
        "messageDirection": "IN",
        "stage": "prod",
        "connectedAt": 1_795_252_800_000_i64,
        "requestTimeEpoch": 1_795_252_829_000_i64,
        "identity": { "userAgent": "Gatescope", "sourceIp": "203.0.113.7" },
        "requestId": "EP5yqFByIAMElXw=",
        "domainName": "3fmvso4h96.execute-api.us-east-1.amazonaws.com",
        "connectionId": "gbik1K9kzQAYKEilnA==",
        "apiId": "3fmvso4h96",
        "status": "200",
    })
}

/// The same with members that are known, by dotted name; a number stays one.
#[must_use]
pub fn context_with<'a>(known: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    let mut context = context();
    for (name, value) in known {
        let mut place = &mut context;
        for step in name.split('.') {
            if !place.is_object() {
                *place = json!({});
            }
            place = &mut place[step];
        }
        *place = match (place.is_number(), value.parse::<i64>()) {
            (true, Ok(number)) => json!(number),
            _ => json!(value),
        };
    }
    context
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_stands_in_place_of_the_sample() {
        let known = [("authorizer.tenant".to_owned(), "a".to_owned()), ("connectedAt".to_owned(), "5".to_owned())];
        let context = context_with(known.iter().map(|(name, value)| (name, value)));
        assert_eq!(context["authorizer"], json!({ "principalId": "user-1", "tenant": "a" }));
        assert_eq!(context["connectedAt"], json!(5));
        assert_eq!(context["stage"], "prod");
    }
}
