//! Each exhibit of the gallery breaks in the way that its cause is known for: what the client sees, and the line or the
//! backend's record that proves it.

use gatescope_sandbox::{Exhibit, Options, Sandbox, Seed};
use tokio_tungstenite::tungstenite::Message;

use super::client::{Client, handshake, host, read_answer};
use super::network::connector;
use super::signed::Keys;
use tokio::io::AsyncWriteExt;

/// What a client sees first, and what stands in the log: parts of texts.
enum Seen {
    /// The handshake's status and a part of its body.
    Refused(u16, &'static str),
    /// What comes back to the message.
    Frame(&'static str),
    /// Nothing comes back to the message.
    Nothing,
    /// The close code that ends it, 1006 when it just ends.
    Closed(u16),
    /// No TLS: no such name, or not this name.
    Unreachable,
}
use Seen::{Closed, Frame, Nothing, Refused, Unreachable};

const INTERNAL: &str = "\"message\": \"Internal server error\"";
/// The chat backend's log.
const BACKEND: &str = "/sandbox/chat-backend";

/// cause, what is seen, a line of the execution log, a line of the backend's log.
const EXPECTED: &[(&str, Seen, &str, &str)] = &[
    (
        "mock-status-missing",
        Refused(500, INTERNAL),
        "statusCode should be an integer which defined in request template",
        "",
    ),
    ("integration-response-missing", Refused(500, INTERNAL), "No match for output mapping", ""),
    ("lambda-permission-missing", Refused(500, INTERNAL), "Invalid permissions on Lambda function", ""),
    ("lambda-malformed-response", Refused(500, INTERNAL), "Malformed Lambda proxy response", ""),
    ("lambda-error", Refused(502, INTERNAL), "customer function error: the function crashed", ""),
    ("lambda-timeout", Refused(502, INTERNAL), "Task timed out after 1.00 seconds", ""),
    ("lambda-rejected", Refused(403, "denied by the function"), "denied by the function", ""),
    ("integration-timeout", Refused(504, "Endpoint request timed out"), "Execution failed due to a timeout error", ""),
    ("integration-network", Refused(504, INTERNAL), "network error communicating with endpoint", ""),
    ("integration-uri-invalid", Refused(500, INTERNAL), "Invalid endpoint address", ""),
    ("stage-variable-missing", Refused(500, INTERNAL), "Invalid endpoint address", ""),
    ("backend-rejected", Refused(403, "does not want this client"), "Received response. Status: 403", "POST /reject"),
    (
        "backend-rejects-websocket-version",
        Refused(400, "speaks no WebSocket"),
        "Received response. Status: 400",
        "GET /strict",
    ),
    ("get-drops-body", Frame("\"body\":\"\""), "Received response. Status: 200", "GET /echo"),
    ("request-template-failed", Refused(500, INTERNAL), "Unable to transform request", ""),
    ("response-template-failed", Frame(INTERNAL), "Unable to transform response", ""),
    ("body-not-base64", Frame(INTERNAL), "Unable to base64 decode the body.", ""),
    ("unsupported-media-type", Frame("Unsupported Media Type"), "status code [415]", ""),
    ("mapped-header-forbidden", Frame(INTERNAL), "content-length header already present", ""),
    (
        "integration-role-not-assumable",
        Refused(500, INTERNAL),
        "does not have permission to assume the provided role",
        "",
    ),
    ("integration-role-denied", Refused(400, "AccessDenied"), "AccessDenied", ""),
    ("vpc-link-unavailable", Refused(500, INTERNAL), "", ""),
    ("route-without-integration", Nothing, "response status code [200]", ""),
    ("authorizer-identity-missing", Refused(401, "Unauthorized"), "Unauthorized request:", ""),
    ("authorizer-unauthorized", Refused(401, "Unauthorized"), "Starting authorizer:", ""),
    ("authorizer-denied", Refused(403, "with an explicit deny"), "Using valid authorizer policy", ""),
    (
        "authorizer-wrong-resource",
        Refused(403, "because no identity-based policy allows"),
        "Successfully completed authorizer",
        "",
    ),
    ("authorizer-malformed", Refused(500, "\"message\": \"\""), "AuthorizerConfigurationException", ""),
    ("authorizer-permission-missing", Refused(500, INTERNAL), "AuthorizerConfigurationException", ""),
    ("iam-unsigned", Refused(403, "Missing Authentication Token"), "", ""),
    ("iam-signature-invalid", Refused(403, "ignature"), "", ""),
    ("iam-denied", Refused(403, "not authorized"), "", ""),
    ("api-key-missing", Refused(403, "Forbidden"), "requires API Key", ""),
    ("api-key-not-in-plan", Refused(403, "Forbidden"), "No Usage Plan found for key and API Stage", ""),
    ("quota-exceeded", Refused(429, "Limit Exceeded"), "", ""),
    ("throttled", Refused(429, "Too Many Requests"), "", ""),
    ("throttle-zero", Refused(429, "Too Many Requests"), "", ""),
    ("duplicate-authorization-header", Refused(400, "<html>"), "", ""),
    ("stage-not-found", Refused(403, "Forbidden"), "", ""),
    ("stage-not-deployed", Refused(403, "Forbidden"), "", ""),
    ("undeployed-changes", Refused(500, INTERNAL), "statusCode should be an integer", ""),
    ("execute-api-disabled", Refused(403, "Forbidden"), "", ""),
    ("not-a-websocket", Refused(403, "Forbidden"), "", ""),
    ("api-not-found", Unreachable, "", ""),
    ("logging-off", Refused(500, INTERNAL), "", ""),
    ("route-not-found", Frame("\"message\": \"Forbidden\""), "", ""),
    ("route-selection-wrong", Frame("everything ends in $default"), "WebSocket Request Route: [$default]", ""),
    ("no-route-response", Nothing, "response status code [200]", ""),
    ("model-validation-failed", Frame("Invalid request body"), "Request body does not match model schema", ""),
    ("binary-not-supported", Closed(1003), "", ""),
    ("frame-too-large", Closed(1009), "", ""),
    ("idle-timeout", Closed(1001), "", ""),
    ("max-duration", Closed(1001), "", ""),
    ("connection-lost", Closed(1006), "", ""),
    ("post-inside-connect", Refused(500, ""), "", "answered 410"),
    ("connection-gone", Frame("\"pushAnswered\":410"), "", "answered 410"),
    ("connection-id-invalid", Frame("\"pushAnswered\":400"), "", "Invalid connectionId"),
    ("callback-endpoint-disabled", Frame("\"pushAnswered\":403"), "", "Forbidden"),
    ("closed-by-backend", Closed(1000), "", "answered 204"),
    ("mapping-missing", Refused(403, "Forbidden"), "", ""),
    ("stage-in-domain-path", Refused(403, "Forbidden"), "", ""),
    ("dns-not-found", Unreachable, "", ""),
    ("dns-wrong-target", Unreachable, "", ""),
    ("tls-name-mismatch", Unreachable, "", ""),
    ("callback-url-wrong", Frame("\"pushAnswered\":404"), "", "No method found matching route"),
    ("payload-too-large", Frame("\"pushAnswered\":413"), "", "answered 413"),
];

#[tokio::test]
async fn each_exhibit_breaks_as_its_cause_is_known_to() {
    let client = Client::with(Options { seed: Seed::Gallery, clock_speed: 20.0, ..Options::default() });
    let exhibits = Sandbox::gallery();
    let mut missing: Vec<&str> = exhibits.iter().map(|e| e.cause).collect();
    let mut wrong = Vec::new();
    for (cause, seen, line, record) in EXPECTED {
        let Some(exhibit) = exhibits.iter().find(|e| e.cause == *cause) else {
            wrong.push(format!("{cause}: not in the gallery"));
            continue;
        };
        missing.retain(|c| c != cause);
        if let Err(why) = visit(&client, exhibit, seen).await {
            wrong.push(format!("{cause}: {why}"));
        }
        for (group, part) in [(&*format!("/aws/apigateway/{}/prod", exhibit.api_id), line), (BACKEND, record)] {
            let mut lines = client.messages(group).await;
            // A record may come after what the client has seen.
            for _ in 0..1000 {
                if part.is_empty() || lines.iter().any(|l| l.contains(part)) {
                    break;
                }
                tokio::task::yield_now().await;
                lines = client.messages(group).await;
            }
            if !part.is_empty() && !lines.iter().any(|l| l.contains(part)) {
                wrong.push(format!("{cause}: no line has {part:?} in {group}: {lines:#?}"));
            }
        }
    }
    assert!(wrong.is_empty() && missing.is_empty(), "{}\nnot visited: {missing:?}", wrong.join("\n"));
}

/// Does what the exhibit says, and compares what comes back.
async fn visit(client: &Client, exhibit: &Exhibit, seen: &Seen) -> Result<(), String> {
    if let Refused(status, part) = seen {
        // A limit refuses the second.
        let times = if matches!(exhibit.cause, "quota-exceeded" | "throttled") { 2 } else { 1 };
        let mut answer = None;
        for _ in 0..times {
            answer = Some(dial(client, exhibit).await);
        }
        let (got, body) = answer.unwrap();
        return if got == *status && body.contains(part) { Ok(()) } else { Err(format!("{got} {body}")) };
    }
    if let Unreachable = seen {
        let name = exhibit.domain.clone().unwrap();
        // Names of the gateway itself are never asked outside.
        let is_own = name.contains(".execute-api.") || client.sandbox.has_authority(&name);
        if !is_own || client.sandbox.has_authority("example.org") {
            return Err("the name would be asked outside".into());
        }
        let Some(stream) = client.sandbox.connect(&name, 443) else { return Ok(()) };
        let tls = connector(&[client.sandbox.ca_der()]).connect(name.try_into().unwrap(), stream).await;
        return tls.map_or(Ok(()), |_| Err("TLS is fine".into()));
    }
    let mut socket = client.connect_at(&address(exhibit), exhibit.path, &exhibit.headers).await;
    let tick = std::time::Duration::from_secs(60);
    match exhibit.cause {
        "binary-not-supported" => {
            futures_util::SinkExt::send(&mut socket.0, Message::Binary(vec![1, 2].into())).await.unwrap()
        }
        "frame-too-large" => socket.say(&"a".repeat(33_000)).await,
        "idle-timeout" => client.sandbox.advance(10 * tick),
        "max-duration" => {
            for _ in 0..24 {
                client.sandbox.advance(5 * tick);
                socket.say("still here").await;
                if let Message::Close(frame) = socket.message().await {
                    let code = frame.map_or(1005, |f| f.code.into());
                    return if code == 1001 { Ok(()) } else { Err(format!("closed with {code}")) };
                }
            }
        }
        _ => {
            if let Some(message) = exhibit.send {
                socket.say(message).await;
            }
        }
    }
    match seen {
        Frame(part) => {
            let text = socket.hear().await;
            if text.contains(part) { Ok(()) } else { Err(format!("heard {text}")) }
        }
        Closed(code) => {
            let end = loop {
                match futures_util::StreamExt::next(&mut socket.0).await {
                    Some(Ok(Message::Close(frame))) => break frame.map_or(1005, |f| u16::from(f.code)),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break 1006,
                }
            };
            if end == *code { Ok(()) } else { Err(format!("closed with {end}")) }
        }
        Nothing => {
            // A binary frame is answered at once: whatever comes before its close came for the message.
            futures_util::SinkExt::send(&mut socket.0, Message::Binary(vec![0].into())).await.unwrap();
            match socket.message().await {
                Message::Close(_) => Ok(()),
                other => Err(format!("heard {other:?}")),
            }
        }
        _ => Ok(()),
    }
}

/// A key of the user who may nothing.
async fn visitor(client: &Client) -> Keys {
    let body = "Action=CreateAccessKey&Version=2010-05-08&UserName=gallery-visitor";
    let answer = client.call("iam", http::Method::POST, "/", body).await.body;
    let member = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    Keys { id: member("AccessKeyId"), secret: member("SecretAccessKey"), token: None }
}

fn address(exhibit: &Exhibit) -> String {
    exhibit.domain.clone().unwrap_or_else(|| host(&exhibit.api_id))
}

async fn dial(client: &Client, exhibit: &Exhibit) -> (u16, String) {
    let host = address(exhibit);
    let mut extra: String = exhibit.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    if exhibit.cause == "iam-denied" {
        extra = visitor(client).await.handshake(&host, exhibit.path);
    }
    let mut stream = client.dial(&host);
    let request = match exhibit.cause {
        "not-a-websocket" => format!("GET {} HTTP/1.1\r\nHost: {host}\r\n\r\n", exhibit.path),
        _ => handshake(&host, exhibit.path, &extra),
    };
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    (answer.status, answer.body)
}
