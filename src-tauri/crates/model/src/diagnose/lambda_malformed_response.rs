//! `lambda-malformed-response`: a proxy function answered something that is no proxy response.

use super::case::{Case, Found};
use super::throttled::refused_by_lambda;
use super::{Cause, Confidence};
use crate::log::Kind;

pub(super) const CAUSE: Cause = Cause { id: "lambda-malformed-response", rule };

fn rule(case: &Case) -> Option<Found> {
    let (line, _) = case.configuration_error(&["malformed lambda proxy response"])?;
    let mut evidence = case.line(line, "says it in AWS’s words: Malformed Lambda proxy response");
    if let Some(body) = case.find(|kind| matches!(kind, Kind::EndpointResponseBody { .. })) {
        let answer = case.line(body, "is what the function answered").into_iter().take(1);
        evidence.splice(1..1, answer);
    }
    // When Lambda refuses the call, its error is what cannot be read as a response.
    let confidence = if refused_by_lambda(case).is_some() { Confidence::Possible } else { case.by_log() };
    Some(Found {
        confidence,
        title: format!("{} function answered without a status code that can be used", case.whose()),
        reason: "A function behind a proxy integration must return an object with a number statusCode and, if there is one, \
                 a body that is text. This one returned something else."
            .to_owned(),
        fix: "Return {\"statusCode\": 200} from the function.".to_owned(),
        evidence,
        action: case.open_log(None),
    })
}
