//! SQS as far as `AWS` integrations and a look inside need it: queues, send, receive, delete. JSON 1.0.
//!
//! The query form that integrations send is translated to the same actions by [`from_form`]. Texts are SQS's known
//! ones (assumed: no capture). Queues and their messages are bounded, the oldest message goes first. A receive never
//! waits: long polling answers at once.

use std::collections::{BTreeMap, VecDeque};

use http::{HeaderValue, Response, header};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::json_response;
use crate::front::Call;
use crate::{Body, World, ids};

/// Queues of the account.
const QUEUES: usize = 100;
/// Messages of a queue.
const MESSAGES: usize = 10_000;
/// Bytes of a message.
const MESSAGE_LIMIT: usize = 256 * 1024;
/// Seconds that a received message is hidden from others.
const HIDDEN: i64 = 30;

/// What it keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    queues: BTreeMap<String, Queue>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Queue {
    /// Milliseconds since 1970.
    created: i64,
    messages: VecDeque<Message>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Message {
    id: String,
    body: String,
    attributes: Map<String, Value>,
    /// Milliseconds since 1970.
    sent: i64,
    /// Nobody gets it before.
    visible: i64,
    received: u32,
    receipt: String,
}

/// Why SQS refuses.
#[derive(Debug)]
pub(crate) struct Fault {
    /// JSON's code and query's.
    code: &'static str,
    query_code: &'static str,
    message: String,
}

impl Fault {
    fn new(code: &'static str, query_code: &'static str, message: impl Into<String>) -> Self {
        Self { code, query_code, message: message.into() }
    }

    /// A role or user that may not.
    pub(crate) fn denied(message: String) -> Self {
        Self::new("com.amazon.coral.service#AccessDeniedException", "AccessDenied", message)
    }

    fn no_queue() -> Self {
        let query = "AWS.SimpleQueueService.NonExistentQueue";
        Self::new("com.amazonaws.sqs#QueueDoesNotExist", query, "The specified queue does not exist.")
    }

    fn invalid(message: impl Into<String>) -> Self {
        Self::new("com.amazonaws.sqs#InvalidParameterValueException", "InvalidParameterValue", message)
    }

    pub(crate) fn body(&self) -> Value {
        json!({ "__type": self.code, "message": self.message })
    }

    /// As query clients that accept JSON get it: API Gateway does.
    pub(crate) fn query_body(&self) -> Value {
        json!({
            "Error": { "Code": self.query_code, "Message": self.message, "Type": "Sender" },
            "RequestId": ids::uuid(),
        })
    }
}

/// Answers one call.
pub(crate) fn answer(world: &World, call: &Call) -> Response<Body> {
    let action = call.header("x-amz-target").strip_prefix("AmazonSQS.").unwrap_or_default();
    let asked = if call.body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&call.body) };
    let outcome = match asked {
        Ok(asked) => act(world, action, &asked),
        Err(error) => {
            Err(Fault::new("com.amazon.coral.service#SerializationException", "MalformedInput", error.to_string()))
        }
    };
    let mut response = match &outcome {
        Ok(body) => json_response(200, body),
        Err(fault) => json_response(400, &fault.body()),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    if let Err(fault) = outcome
        && let Ok(code) = format!("{};Sender", fault.query_code).parse()
    {
        headers.insert("x-amzn-query-error", code);
    }
    response
}

/// The queue that a request names, as IAM calls it.
pub(crate) fn resource(world: &World, asked: &Value) -> String {
    world.arn("sqs", queue_name(asked))
}

/// A query-form request as the JSON that it means; `path` holds the queue where the URL does.
pub(crate) fn from_form(members: &[(String, String)], queue: Option<&str>) -> (String, Value) {
    let mut asked = json!({});
    for (name, value) in members.iter().filter(|(name, _)| name != "Action" && name != "Version") {
        asked[name.as_str()] = match value.parse::<i64>() {
            Ok(number) if name != "MessageBody" && name != "QueueName" => json!(number),
            _ => json!(value),
        };
    }
    if let Some(queue) = queue {
        asked["QueueUrl"] = json!(format!("/{queue}"));
    }
    let action = members.iter().find(|(name, _)| name == "Action").map(|(_, value)| value.clone());
    (action.unwrap_or_default(), asked)
}

/// The last part of a queue's URL.
fn queue_name(asked: &Value) -> &str {
    asked["QueueUrl"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}

/// Does one action.
pub(crate) fn act(world: &World, action: &str, asked: &Value) -> Result<Value, Fault> {
    let now = world.clock.now();
    let url =
        |name: &str| format!("https://sqs.{}.amazonaws.com/{}/{name}", world.options.region, world.options.account);
    let mut state = world.state.lock();
    let queues = &mut state.sqs.queues;
    match action {
        "CreateQueue" => {
            let name = asked["QueueName"].as_str().unwrap_or_default();
            let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !fits || name.is_empty() || name.len() > 80 {
                return Err(Fault::invalid(
                    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
                ));
            }
            if !queues.contains_key(name) && queues.len() >= QUEUES {
                return Err(Fault::invalid(format!("The sandbox keeps {QUEUES} queues.")));
            }
            queues.entry(name.to_owned()).or_insert_with(|| Queue { created: now, ..Queue::default() });
            return Ok(json!({ "QueueUrl": url(name) }));
        }
        "GetQueueUrl" => {
            let name = asked["QueueName"].as_str().unwrap_or_default();
            let known = queues.contains_key(name);
            return if known { Ok(json!({ "QueueUrl": url(name) })) } else { Err(Fault::no_queue()) };
        }
        "ListQueues" => {
            let prefix = asked["QueueNamePrefix"].as_str().unwrap_or_default();
            let urls: Vec<_> = queues.keys().filter(|name| name.starts_with(prefix)).map(|name| url(name)).collect();
            return Ok(json!({ "QueueUrls": urls }));
        }
        "SendMessage" | "ReceiveMessage" | "DeleteMessage" | "PurgeQueue" | "DeleteQueue" | "GetQueueAttributes" => {}
        _ => {
            let message = format!("The action {action} is not valid for this endpoint.");
            return Err(Fault::new("com.amazon.coral.service#UnknownOperationException", "InvalidAction", message));
        }
    }
    let name = queue_name(asked);
    let queue = queues.get_mut(name).ok_or_else(Fault::no_queue)?;
    match action {
        "SendMessage" => queue.send(asked, now),
        "ReceiveMessage" => Ok(queue.receive(asked, now)),
        "DeleteMessage" => {
            let receipt = asked["ReceiptHandle"].as_str().unwrap_or_default();
            queue.messages.retain(|m| m.receipt.is_empty() || m.receipt != receipt);
            Ok(json!({}))
        }
        "PurgeQueue" => {
            queue.messages.clear();
            Ok(json!({}))
        }
        "DeleteQueue" => {
            queues.remove(name);
            Ok(json!({}))
        }
        _ => Ok(json!({ "Attributes": {
            "QueueArn": world.arn("sqs", name),
            "ApproximateNumberOfMessages": queue.messages.iter().filter(|m| m.visible <= now).count().to_string(),
            "ApproximateNumberOfMessagesNotVisible":
                queue.messages.iter().filter(|m| m.visible > now).count().to_string(),
            "CreatedTimestamp": (queue.created / 1000).to_string(),
        } })),
    }
}

impl Queue {
    fn send(&mut self, asked: &Value, now: i64) -> Result<Value, Fault> {
        let missing = "The request must contain the parameter MessageBody.";
        let body = asked["MessageBody"].as_str().filter(|b| !b.is_empty());
        let Some(body) = body else {
            return Err(Fault::new("com.amazonaws.sqs#MissingRequiredParameterException", "MissingParameter", missing));
        };
        if body.len() > MESSAGE_LIMIT {
            let message = "One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.";
            return Err(Fault::invalid(message));
        }
        let delay = asked["DelaySeconds"].as_i64().unwrap_or_default().clamp(0, 900);
        let message = Message {
            id: ids::uuid(),
            body: body.to_owned(),
            attributes: asked["MessageAttributes"].as_object().cloned().unwrap_or_default(),
            sent: now,
            visible: now + delay * 1000,
            ..Message::default()
        };
        let sent = json!({ "MessageId": message.id, "MD5OfMessageBody": md5(body) });
        self.messages.push_back(message);
        if self.messages.len() > MESSAGES {
            self.messages.pop_front();
        }
        Ok(sent)
    }

    fn receive(&mut self, asked: &Value, now: i64) -> Value {
        let most = asked["MaxNumberOfMessages"].as_u64().unwrap_or(1).clamp(1, 10);
        let hidden = asked["VisibilityTimeout"].as_i64().unwrap_or(HIDDEN).clamp(0, 43_200);
        let mut given = Vec::new();
        for message in self.messages.iter_mut().filter(|m| m.visible <= now).take(usize::try_from(most).unwrap_or(1)) {
            message.visible = now + hidden * 1000;
            message.received += 1;
            message.receipt = ids::hex::<32>();
            let mut one = json!({
                "MessageId": message.id, "ReceiptHandle": message.receipt, "Body": message.body,
                "MD5OfBody": md5(&message.body),
                "Attributes": {
                    "SentTimestamp": message.sent.to_string(),
                    "ApproximateReceiveCount": message.received.to_string(),
                },
            });
            if !message.attributes.is_empty() {
                one["MessageAttributes"] = json!(message.attributes);
            }
            given.push(one);
        }
        if given.is_empty() { json!({}) } else { json!({ "Messages": given }) }
    }
}

/// What SDKs check bodies by.
fn md5(text: &str) -> String {
    ids::hex_of(&Md5::digest(text.as_bytes()))
}
