//! A thousand malformed requests a service: real calls with members of wrong types, huge and deep values, broken
//! bodies, odd paths, methods and queries. The same ones for the same seed, up to the sandbox's own ids.
//!
//! Nothing that comes of them may be a 5xx or a panic, what is refused leaves everything as it was, and every answer
//! has its protocol's shape. It may not know what a service means: the calls are in `garbage/calls.rs`, the broken
//! forms in `garbage/dice.rs`. Handshakes and frames: `tests/sandbox/misuse.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// One line a call: as a table it can be read.
#[rustfmt::skip]
mod calls;
mod dice;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use quick_xml::events::Event;
use serde_json::Value;

use crate::Sandbox;
use dice::Dice;

/// Of each service.
const REQUESTS: usize = 1000;
/// Bytes that a service may keep of them, beside the messages and items that it is there to keep.
const KEPT: usize = 2 << 20;
/// Bytes of an answer.
const ANSWER: usize = 10 << 20;

/// How a service answers.
#[derive(Clone, Copy, PartialEq)]
enum Wire {
    Rest,
    Json,
    Xml,
}

/// What a call sends.
#[derive(Clone, Copy)]
enum Body {
    Nothing,
    Json(&'static str),
    Form(&'static [&'static str]),
    Xml(&'static str),
}

/// Method, path, `x-amz-target` and body.
type Call = (&'static str, &'static str, &'static str, Body);

struct Fuzzed {
    /// In the signature.
    scope: &'static str,
    wire: Wire,
    /// Values that its own grammars stumble over.
    texts: &'static [&'static str],
    calls: &'static [Call],
}

struct Answer {
    status: u16,
    kind: String,
    body: String,
}

async fn ask(sandbox: &Sandbox, request: Request<Bytes>) -> Answer {
    let endless = request.headers().get("x-amz-target").is_some_and(|t| t.as_bytes().ends_with(b".StartLiveTail"));
    let (parts, body) = Response::into_parts(sandbox.handle(request).await);
    let kind = parts.headers.get("x-amzn-errortype").map_or("", |v| v.to_str().unwrap()).to_owned();
    let status = parts.status.as_u16();
    let body = if endless && status == 200 { Bytes::new() } else { body.collect().await.unwrap().to_bytes() };
    Answer { status, kind, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// Everything that is kept: the control planes' state and the logs, each with its generation.
#[derive(Default)]
struct Kept([(u64, Vec<u8>); 2]);

impl Kept {
    /// Looks again, where there is a new generation: whether all is as it was.
    fn stays(&mut self, sandbox: &Sandbox) -> bool {
        let world = &sandbox.0;
        let [state, logs] = &mut self.0;
        let mut same = true;
        let generation = world.state.generation();
        if state.0 != generation || state.1.is_empty() {
            let new = serde_json::to_vec(&*world.state.lock()).unwrap();
            same &= new == state.1;
            *state = (generation, new);
        }
        let generation = world.logs.generation();
        if logs.0 != generation || logs.1.is_empty() {
            let new = serde_json::to_vec(&world.logs.save()).unwrap();
            same &= new == logs.1;
            *logs = (generation, new);
        }
        same
    }
}

fn check(wire: Wire, answer: &Answer) -> Result<(), String> {
    let refused = answer.status >= 400;
    if answer.body.len() > ANSWER {
        return Err(format!("an answer of {} bytes", answer.body.len()));
    }
    if answer.body.is_empty() && !refused {
        return Ok(());
    }
    if wire == Wire::Xml {
        return elements(&answer.body).and_then(|names| {
            let told = ["ErrorResponse", "Error", "Type", "Code", "Message", "RequestId"];
            let all = told.iter().all(|name| names.iter().any(|n| n == name));
            if refused && !all { Err(format!("no refusal: {names:?}")) } else { Ok(()) }
        });
    }
    let body: Value = serde_json::from_str(&answer.body).map_err(|e| e.to_string())?;
    let code = if wire == Wire::Rest { !answer.kind.is_empty() } else { body["__type"].is_string() };
    let words = body["message"].is_string() || body["Message"].is_string();
    if refused && !(code && words) { Err("no refusal".into()) } else { Ok(()) }
}

/// The names of all elements, when it is one document of characters that XML can carry.
fn elements(text: &str) -> Result<Vec<String>, String> {
    let carried = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    if let Some(c) = text.chars().find(|c| !carried(*c)) {
        return Err(format!("{c:?} is no character of XML"));
    }
    let (mut reader, mut names, mut open) = (quick_xml::Reader::from_str(text), Vec::new(), 0_usize);
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(start) => {
                names.push(start.local_name().as_ref().to_owned());
                open += 1;
            }
            Event::End(_) => open -= 1,
            Event::GeneralRef(entity) if entity.resolve_char_ref().is_ok_and(|c| c.is_some_and(|c| !carried(c))) => {
                return Err("a reference to no character".into());
            }
            Event::Eof if open == 0 && !names.is_empty() => return Ok(names),
            Event::Eof => return Err("it ends in the middle".into()),
            _ => {}
        }
    }
}

/// Ids, names and ARNs that an answer tells, and the last parts of those that are paths.
fn told(wire: Wire, body: &str) -> Vec<String> {
    fn walk(name: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| walk(name, value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(name, value, found)),
            Value::String(text) if ["id", "arn", "name"].iter().any(|e| name.to_lowercase().ends_with(e)) => {
                found.push(text.clone());
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    if wire == Wire::Xml {
        for (at, _) in body.match_indices('<') {
            let Some((name, rest)) = body[at + 1..].split_once('>') else { continue };
            let Some((text, end)) = rest.split_once("</") else { continue };
            if end.starts_with(name) && ["Id", "Arn", "Name"].iter().any(|e| name.ends_with(e)) {
                found.push(text.to_owned());
            }
        }
    } else {
        walk("", &serde_json::from_str(body).unwrap_or_default(), &mut found);
    }
    let last: Vec<String> = found.iter().filter_map(|id| Some(id.rsplit_once('/')?.1.to_owned())).collect();
    found.extend(last);
    found.retain(|id| !id.is_empty() && id.len() < 200);
    found
}

/// Asks every operation as it is meant, so that garbage finds something to break; the ids that are known then.
async fn settle(service: &Fuzzed, sandbox: &Sandbox, dice: &mut Dice) {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*","Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = Body::Form(&["Action=CreateRole", "RoleName=any", "AssumeRolePolicyDocument=@id"]);
    let role = Dice::new(1, vec![trust.to_owned()], &[]).request("iam", &("POST", "/", "", role), false);
    assert_eq!(ask(sandbox, role).await.status, 200);
    // What no call makes.
    crate::load_balancing::make_unhealthy(&sandbox.0, "nlb", "10.0.0.1", 80);
    let makes = |call: &&Call| call.0 != "DELETE" && !call.2.contains(".Delete");
    let mut succeeded = 0;
    for call in service.calls.iter().filter(makes) {
        // An id of the right kind is hit by trying.
        for _ in 0..8 {
            let answer = ask(sandbox, dice.request(service.scope, call, false)).await;
            assert!(answer.status < 500, "{call:?}: {}", answer.body, call = (call.0, call.1, call.2));
            check(service.wire, &answer).unwrap();
            if answer.status < 300 {
                dice.learn(told(service.wire, &answer.body));
                succeeded += 1;
                break;
            }
        }
    }
    let calls = service.calls.iter().filter(makes).count();
    assert!(succeeded * 2 > calls, "only {succeeded} of {calls} calls do what they are meant to: is this real?");
}

async fn nothing_comes_of(service: &Fuzzed) {
    let sandbox = Sandbox::new(crate::Options::default()).unwrap();
    let mut dice = Dice::new(7, vec!["chat5gw1ws".to_owned()], service.texts);
    settle(service, &sandbox, &mut dice).await;
    let mut kept = Kept::default();
    kept.stays(&sandbox);
    let (first, mut refused) = (kept.0[0].1.len(), 0);
    for n in 0..REQUESTS {
        let call = dice.one(service.calls);
        let request = dice.request(service.scope, call, true);
        let said = format!("#{n} {} {} {}", request.method(), request.uri(), call.2);
        let said = format!("{said} {}", String::from_utf8_lossy(&request.body()[..request.body().len().min(2000)]));
        let answer = ask(&sandbox, request).await;
        assert!(answer.status < 500, "{said}: {} {}", answer.status, answer.body);
        check(service.wire, &answer).unwrap_or_else(|why| panic!("{said}: {why}"));
        let stays = kept.stays(&sandbox);
        if answer.status >= 400 {
            refused += 1;
            assert!(stays, "{said} was refused with {} and left a trace: {}", answer.status, answer.body);
        }
    }
    assert!(refused * 2 > REQUESTS, "only {refused} were refused: is this garbage?");
    if !["sqs", "dynamodb", "logs"].contains(&service.scope) {
        let more = kept.0[0].1.len().saturating_sub(first);
        assert!(more < KEPT, "{more} bytes are kept of it");
    }
}

macro_rules! a_thousand_each {
    ($($name:ident: $service:ident,)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            nothing_comes_of(&calls::$service).await;
        }
    )*};
}

a_thousand_each! {
    nothing_comes_of_garbage_at_api_gateway_v2: GATEWAY_V2,
    nothing_comes_of_garbage_at_api_gateway_v1: GATEWAY_V1,
    nothing_comes_of_garbage_at_acm: ACM,
    nothing_comes_of_garbage_at_route_53: ROUTE53,
    nothing_comes_of_garbage_at_iam: IAM,
    nothing_comes_of_garbage_at_sts: STS,
    nothing_comes_of_garbage_at_load_balancing: LOAD_BALANCING,
    nothing_comes_of_garbage_at_lambda: LAMBDA,
    nothing_comes_of_garbage_at_dynamodb: DYNAMODB,
    nothing_comes_of_garbage_at_sqs: SQS,
    nothing_comes_of_garbage_at_cloudwatch_logs: LOGS,
}
