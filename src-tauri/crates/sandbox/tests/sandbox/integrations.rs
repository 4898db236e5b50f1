//! Integrations with AWS's services and private endpoints, converted content, mapped headers, and who may connect.

use bytes::Bytes;
use gatescope_sandbox::Options;
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::built::{Backend, Built, function_uri, lambda};
use super::client::{Answer, Client, handshake, host, scope};
use super::signed::Keys;

/// A JSON 1.0 service, whatever it answers.
async fn service(client: &Client, name: &str, target: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/")
        .header("authorization", scope(name))
        .header("x-amz-target", target)
        .body(Bytes::from(body.to_string()))
        .unwrap();
    client.send(request).await
}

async fn dynamodb(client: &Client, action: &str, body: Value) -> Answer {
    service(client, "dynamodb", &format!("DynamoDB_20120810.{action}"), body).await
}

async fn sqs(client: &Client, action: &str, body: Value) -> Answer {
    service(client, "sqs", &format!("AmazonSQS.{action}"), body).await
}

async fn iam(client: &Client, members: &[(&str, &str)]) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish();
    let request = Request::builder().method(Method::POST).uri("/").header("authorization", scope("iam"));
    let answer = client.send(request.body(Bytes::from(body)).unwrap()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// A role that this service may assume and that allows this action; its ARN.
async fn role(client: &Client, name: &str, service: &str, action: &str) -> String {
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }
    ] });
    let allows = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": action, "Resource": "*" }
    ] });
    let (trust, allows, version) = (trust.to_string(), allows.to_string(), ("Version", "2010-05-08"));
    let named = ("RoleName", name);
    iam(client, &[("Action", "CreateRole"), version, named, ("AssumeRolePolicyDocument", &trust)]).await;
    let policy = [("PolicyName", "p"), ("PolicyDocument", allows.as_str())];
    iam(client, &[("Action", "PutRolePolicy"), version, named, policy[0], policy[1]]).await;
    format!("arn:aws:iam::123456789012:role/{name}")
}

fn table() -> Value {
    json!({
        "TableName": "connections", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "connectionId", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "connectionId", "KeyType": "HASH" }],
    })
}

/// An integration that does one action on the table of connections.
fn on_table(action: &str, role: &str, member: &str) -> Value {
    let template =
        format!(r#"{{"TableName": "connections", "{member}": {{"connectionId": {{"S": "$context.connectionId"}}}}}}"#);
    json!({
        "integrationType": "AWS", "integrationMethod": "POST", "credentialsArn": role,
        "integrationUri": format!("arn:aws:apigateway:us-east-1:dynamodb:action/{action}"),
        "templateSelectionExpression": "\\$default", "requestTemplates": { "$default": template },
    })
}

#[tokio::test]
async fn connect_stores_the_id_in_dynamodb_and_disconnect_removes_it() {
    let built = Built::with(Client::chat()).await;
    let client = &built.client;
    assert_eq!(dynamodb(client, "CreateTable", table()).await.json()["TableDescription"]["TableStatus"], "CREATING");
    let may = role(client, "store", "apigateway.amazonaws.com", "dynamodb:*").await;
    built.mapped("$connect", on_table("PutItem", &may, "Item")).await;
    built.mapped("$disconnect", on_table("DeleteItem", &may, "Key")).await;
    let scan = json!({ "integrationType": "AWS", "integrationMethod": "POST", "credentialsArn": may,
        "integrationUri": "arn:aws:apigateway:us-east-1:dynamodb:action/Scan",
        "templateSelectionExpression": "\\$default", "requestTemplates": { "$default": "{\"TableName\": \"connections\"}" } });
    built.mapped("list", scan).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    let lines = built.lines().await;
    let has = |line: &str| assert!(lines.iter().any(|l| l == line || l.starts_with(line)), "{line}: {lines:#?}");
    has("Endpoint request URI: https://dynamodb.us-east-1.amazonaws.com/?Action=PutItem");
    has("Received response. Status: 200, Integration latency: ");
    has("AWS Integration Endpoint RequestId : ");
    let seen = dynamodb(client, "Scan", json!({ "TableName": "connections" })).await.json();
    assert_eq!(seen["Count"], 1);
    socket.say(r#"{"action":"list"}"#).await;
    let heard: Value = serde_json::from_str(&socket.hear().await).unwrap();
    assert_eq!(heard, seen);
    let id = seen["Items"][0]["connectionId"]["S"].as_str().unwrap();
    let key = json!({ "TableName": "connections", "Key": { "connectionId": { "S": id } } });
    assert_eq!(dynamodb(client, "GetItem", key).await.json()["Item"]["connectionId"]["S"], id);
    socket.close(1000, "bye").await;
    let gone = async {
        while dynamodb(client, "Scan", json!({ "TableName": "connections" })).await.json()["Count"] != 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), gone).await.unwrap();
}

#[tokio::test]
async fn a_role_must_be_there_trust_the_gateway_and_allow_the_action() {
    let built = Built::with(Client::chat()).await;
    let client = &built.client;
    dynamodb(client, "CreateTable", table()).await;
    let other = role(client, "other", "lambda.amazonaws.com", "dynamodb:*").await;
    let weak = role(client, "weak", "apigateway.amazonaws.com", "dynamodb:Scan").await;
    let nobody = "arn:aws:iam::123456789012:role/nobody".to_owned();
    built.mapped("other", on_table("PutItem", &other, "Item")).await;
    built.mapped("nobody", on_table("PutItem", &nobody, "Item")).await;
    built.mapped("weak", on_table("PutItem", &weak, "Item")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    for (action, arn) in [("other", &other), ("nobody", &nobody)] {
        socket.say(&format!("{{\"action\":\"{action}\"}}")).await;
        assert!(socket.hear().await.starts_with("{\"message\": \"Internal server error\""));
        let lines = built.lines().await;
        let line = "Execution failed due to configuration error: API Gateway does not have permission to assume the \
                    provided role ";
        assert_eq!(lines[lines.len() - 2], format!("{line}{arn}"));
    }
    socket.say(r#"{"action":"weak"}"#).await;
    let heard: Value = serde_json::from_str(&socket.hear().await).unwrap();
    let message = "User: arn:aws:sts::123456789012:assumed-role/weak/BackplaneAssumeRoleSession is not authorized to \
                   perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/connections \
                   because no identity-based policy allows the dynamodb:PutItem action";
    assert_eq!(heard, json!({ "__type": "com.amazon.coral.service#AccessDeniedException", "Message": message }));
    let lines = built.lines().await;
    assert!(lines.iter().any(|l| l.starts_with("Received response. Status: 400, ")), "{lines:#?}");
}

#[tokio::test]
async fn messages_reach_a_queue_by_path_and_by_action() {
    let built = Built::with(Client::chat()).await;
    let client = &built.client;
    let url = sqs(client, "CreateQueue", json!({ "QueueName": "jobs" })).await.json()["QueueUrl"].clone();
    assert_eq!(url, "https://sqs.us-east-1.amazonaws.com/123456789012/jobs");
    let may = role(client, "send", "apigateway.amazonaws.com", "sqs:SendMessage").await;
    let by = |uri: &str, template: &str| {
        json!({ "integrationType": "AWS", "integrationMethod": "POST", "credentialsArn": may,
            "integrationUri": format!("arn:aws:apigateway:us-east-1:{uri}"),
            "requestParameters": { "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'" },
            "templateSelectionExpression": "\\$default", "requestTemplates": { "$default": template } })
    };
    let path = "Action=SendMessage&MessageBody=$util.urlEncode($input.body)";
    built.mapped("path", by("sqs:path/123456789012/jobs", path)).await;
    let action = format!("QueueUrl=$util.urlEncode('{}')&MessageBody=two%20words", url.as_str().unwrap());
    built.mapped("action", by("sqs:action/SendMessage", &action)).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    let said = r#"{"action":"path","text":"a & b"}"#;
    for (said, body) in [(said, said), (r#"{"action":"action"}"#, "two words")] {
        socket.say(said).await;
        let heard: Value = serde_json::from_str(&socket.hear().await).unwrap();
        let sent = &heard["SendMessageResponse"]["SendMessageResult"];
        let receive = json!({ "QueueUrl": url, "MaxNumberOfMessages": 10 });
        let received = sqs(client, "ReceiveMessage", receive).await.json();
        let [message] = received["Messages"].as_array().unwrap().as_slice() else { panic!("{received}") };
        assert_eq!((message["Body"].as_str(), &message["MessageId"]), (Some(body), &sent["MessageId"]));
        assert_eq!(message["MD5OfBody"], sent["MD5OfMessageBody"]);
    }
    let missing = sqs(client, "GetQueueUrl", json!({ "QueueName": "nope" })).await;
    assert_eq!((missing.status, missing.json()["__type"].as_str()), (400, Some("com.amazonaws.sqs#QueueDoesNotExist")));
    assert_eq!(missing.header("x-amzn-query-error"), "AWS.SimpleQueueService.NonExistentQueue;Sender");
}

#[tokio::test]
async fn tables_and_queues_refuse_in_their_services_words() {
    let client = Client::empty();
    dynamodb(&client, "CreateTable", table()).await;
    let on = |member: &str, value: Value| json!({ "TableName": "connections", member: value });
    for (action, body, code, message) in [
        ("CreateTable", table(), "ResourceInUseException", "Table already exists: connections"),
        ("Scan", json!({ "TableName": "nope" }), "ResourceNotFoundException", "Requested resource not found"),
        (
            "DescribeTable",
            json!({ "TableName": "nope" }),
            "ResourceNotFoundException",
            "Requested resource not found: Table: nope not found",
        ),
        (
            "PutItem",
            on("Item", json!({ "a": { "S": "b" } })),
            "ValidationException",
            "One or more parameter values were invalid: Missing the key connectionId in the item",
        ),
        (
            "PutItem",
            on("Item", json!({ "connectionId": { "N": "1" } })),
            "ValidationException",
            "One or more parameter values were invalid: Type mismatch for key connectionId expected: S actual: N",
        ),
        (
            "PutItem",
            on("Item", json!({ "connectionId": "x" })),
            "ValidationException",
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        (
            "GetItem",
            on("Key", json!({ "x": { "S": "b" } })),
            "ValidationException",
            "The provided key element does not match the schema",
        ),
    ] {
        let answer = dynamodb(&client, action, body).await;
        let said = answer.json();
        assert_eq!((answer.status, said["message"].as_str()), (400, Some(message)), "{action}");
        assert!(said["__type"].as_str().unwrap().ends_with(code), "{said}");
    }
    let item = |id: &str| json!({ "TableName": "connections", "Item": { "connectionId": { "S": id } } });
    for id in ["a", "b", "c"] {
        dynamodb(&client, "PutItem", item(id)).await;
    }
    let mut guarded = item("a");
    guarded["ConditionExpression"] = json!("attribute_not_exists(connectionId)");
    let refused = dynamodb(&client, "PutItem", guarded).await.json();
    assert!(refused["__type"].as_str().unwrap().ends_with("ConditionalCheckFailedException"));
    let page = dynamodb(&client, "Scan", json!({ "TableName": "connections", "Limit": 2 })).await.json();
    assert_eq!((page["Count"].as_u64(), &page["LastEvaluatedKey"]["connectionId"]["S"]), (Some(2), &json!("b")));
    let rest = json!({ "TableName": "connections", "ExclusiveStartKey": page["LastEvaluatedKey"] });
    assert_eq!(dynamodb(&client, "Scan", rest).await.json()["Count"], 1);
    let query = json!({ "TableName": "connections", "KeyConditionExpression": "#id = :id",
        "ExpressionAttributeNames": { "#id": "connectionId" }, "ExpressionAttributeValues": { ":id": { "S": "c" } } });
    assert_eq!(dynamodb(&client, "Query", query).await.json()["Items"], json!([{ "connectionId": { "S": "c" } }]));
    for body in ["", "[]", "{", "null", "{\"TableName\": 5}", "{\"TableName\": \"connections\", \"Item\": []}"] {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/")
            .header("authorization", scope("dynamodb"))
            .header("x-amz-target", "DynamoDB_20120810.PutItem");
        assert_eq!(client.send(request.body(Bytes::from(body)).unwrap()).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn a_vpc_link_must_be_available_and_its_address_is_called() {
    let backend = Backend::start(|_, body| Response::new(format!("private {body}"))).await;
    let built = Built::with(Client::with(Options { clock_speed: 1.0, ..Options::default() })).await;
    let nlb = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/nlb/0123456789abcdef";
    let link = json!({ "name": "link", "targetArns": [nlb] });
    let made = built.client.gateway(Method::POST, "/vpclinks", link).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let integration = json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "POST",
        "integrationUri": format!("{}/x", backend.url), "connectionType": "VPC_LINK",
        "connectionId": "${stageVariables.vpcLinkId}" });
    built.route("$default", integration).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    let variable = |id: &str| json!({ "stageVariables": { "vpcLinkId": id } });
    for id in ["nothere", id.as_str()] {
        built.patch("stages/probe", variable(id)).await;
        socket.say("hi").await;
        assert!(socket.hear().await.starts_with("{\"message\": \"Internal server error\""), "{id}");
    }
    built.client.sandbox.advance(std::time::Duration::from_secs(60));
    socket.say("hi").await;
    assert_eq!(socket.hear().await, "private hi");
}

#[tokio::test]
async fn content_is_decoded_for_the_backend_and_encoded_for_templates() {
    let backend = Backend::start(|_, body| Response::new(format!("got {body}"))).await;
    let built = Built::new().await;
    let to = |strategy: &str| {
        json!({ "integrationType": "HTTP_PROXY", "integrationMethod": "POST",
        "integrationUri": backend.url, "contentHandlingStrategy": strategy })
    };
    built.route("$default", to("CONVERT_TO_BINARY")).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say("aGVsbG8=").await;
    assert_eq!(socket.hear().await, "got hello");
    socket.say("no base64!").await;
    assert!(socket.hear().await.starts_with("{\"message\": \"Internal server error\""));
    let lines = built.lines().await;
    let error = "Execution failed due to configuration error: Unable to base64 decode the body.";
    assert_eq!(lines[lines.len() - 2], error);
}

#[tokio::test]
async fn headers_that_the_gateway_sets_can_not_be_mapped_and_responses_map_their_own() {
    let built = Built::new().await;
    let mock = |parameter: &str| {
        json!({ "integrationType": "MOCK", "templateSelectionExpression": "x",
        "requestTemplates": { "x": "{\"statusCode\": 200}" }, "requestParameters": { parameter: "'v'" } })
    };
    built.mapped("length", mock("integration.request.header.Content-Length")).await;
    built.mapped("fine", mock("integration.request.header.Authorization")).await;
    let aws = json!({ "integrationType": "AWS", "integrationMethod": "POST", "integrationUri": function_uri("echo"),
        "requestParameters": { "integration.request.header.Authorization": "'v'" } });
    built.mapped("signed", aws).await;
    let connect = json!({ "integrationType": "MOCK", "templateSelectionExpression": "x",
        "requestTemplates": { "x": "{\"statusCode\": 200}" } });
    let path = built.route("$connect", connect).await;
    let protocol = json!({ "integrationResponseKey": "/2\\d\\d/",
        "responseParameters": { "route.response.header.Sec-WebSocket-Protocol": "'chat'" } });
    built.client.create(&format!("{path}/integrationresponses"), protocol).await;
    built.deploy().await;
    let host = host(&built.api);
    let accepted = built.client.raw(&host, &handshake(&host, "/probe", "Sec-WebSocket-Protocol: chat\r\n")).await;
    assert_eq!((accepted.status, accepted.header("sec-websocket-protocol")), (101, "chat"));
    let offers = [("sec-websocket-protocol", "chat")];
    let mut socket = built.client.connect_with(&built.api, "/probe", &offers).await;
    for (action, name) in [("length", "Content-Length"), ("signed", "Authorization")] {
        socket.say(&format!("{{\"action\":\"{action}\"}}")).await;
        assert!(socket.hear().await.starts_with("{\"message\": \"Internal server error\""));
        let lines = built.lines().await;
        let line = format!("Execution failed due to configuration error: {name} header already present");
        assert_eq!(lines[lines.len() - 2], line);
    }
    socket.say(r#"{"action":"fine"}"#).await;
    socket.say(r#"{"action":"nowhere"}"#).await;
    // The mock's answer is empty, so the first frame is the next message's.
    assert!(socket.hear().await.starts_with("{\"message\": \"Forbidden\""));
}

#[tokio::test]
async fn a_function_mapped_as_an_event_is_not_waited_for() {
    let backend = Backend::start(|_, _| Response::new("{}".into())).await;
    let functions = vec![("later".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    let integration = json!({ "integrationType": "AWS", "integrationMethod": "POST",
        "integrationUri": function_uri("later"),
        "requestParameters": { "integration.request.header.X-Amz-Invocation-Type": "'Event'" } });
    let path = built.route("$default", integration).await;
    let response = json!({ "integrationResponseKey": "/202/", "templateSelectionExpression": "x",
        "responseTemplates": { "x": "accepted" } });
    built.client.create(&format!("{path}/integrationresponses"), response).await;
    built.deploy().await;
    let mut socket = built.connect().await;
    socket.say("\"work\"").await;
    assert_eq!(socket.hear().await, "accepted");
    assert_eq!(backend.next().await.1, "\"work\"");
}

#[tokio::test]
async fn a_signed_handshake_passes_as_policies_say() {
    let built = Built::with(Client::chat()).await;
    let client = &built.client;
    built.route("$connect", lambda("echo")).await;
    built.patch_route("$connect", json!({ "authorizationType": "AWS_IAM" })).await;
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/access";
    let format = "$context.requestId $context.identity.userArn $context.authenticate.status \
                  $context.authorize.status $context.error.responseType $context.error.messageString $context.status";
    built.patch("stages/probe", json!({ "accessLogSettings": { "destinationArn": arn, "format": format } })).await;
    built.deploy().await;
    let host = host(&built.api);
    let dial = async |headers: &str| client.raw(&host, &handshake(&host, "/probe", headers)).await;
    let unsigned = dial("").await;
    assert_eq!((unsigned.status, unsigned.json()["message"].as_str()), (403, Some("Missing Authentication Token")));
    assert_eq!(unsigned.json()["requestId"], unsigned.header("x-amz-apigw-id"));
    let wrong = Keys { secret: "wrong".into(), ..Keys::demo() };
    let refused = dial(&wrong.handshake(&host, "/probe")).await;
    assert_eq!(refused.status, 403);
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("The request signature we calculated does not match"), "{message}");
    assert_eq!(dial(&Keys::demo().handshake(&host, "/probe")).await.status, 101);
    // A user who may only use the other routes.
    let version = ("Version", "2010-05-08");
    iam(client, &[("Action", "CreateUser"), version, ("UserName", "weak")]).await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/probe/other" }
    ] });
    let policy = policy.to_string();
    let put =
        [("Action", "PutUserPolicy"), version, ("UserName", "weak"), ("PolicyName", "p"), ("PolicyDocument", &policy)];
    iam(client, &put).await;
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("Action", "CreateAccessKey"), version, ("UserName", "weak")])
        .finish();
    let request = Request::builder().method(Method::POST).uri("/").header("authorization", scope("iam"));
    let xml = client.send(request.body(Bytes::from(body)).unwrap()).await.body;
    let part = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
        rest.split_once(&format!("</{name}>")).unwrap().0.to_owned()
    };
    let weak = Keys { id: part("AccessKeyId"), secret: part("SecretAccessKey"), token: None };
    let denied = dial(&weak.handshake(&host, "/probe")).await;
    let expected = format!(
        "User: arn:aws:iam::123456789012:user/weak is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:us-east-1:********9012:{}/probe/$connect because no identity-based policy allows the \
         execute-api:Invoke action",
        built.api
    );
    assert_eq!((denied.status, denied.json()["message"].as_str()), (403, Some(expected.as_str())));
    let rows = client.messages("/access").await;
    let rows: Vec<&str> = rows.iter().map(|row| row.split_once(' ').unwrap().1).collect();
    let quoted = "MISSING_AUTHENTICATION_TOKEN \"Missing Authentication Token\" 403";
    assert_eq!(rows[0], format!("- 403 - {quoted}"));
    assert!(rows[1].starts_with("- 403 - INVALID_SIGNATURE \"The request signature"), "{}", rows[1]);
    assert_eq!(rows[2], "arn:aws:iam::123456789012:user/demo 200 200 - - 200");
    assert!(rows[3].starts_with("- 200 403 ACCESS_DENIED \"User: "), "{}", rows[3]);
}

/// A key with a plan for this stage; its value.
async fn key_with_plan(built: &Built, plan: Value) -> String {
    let client = &built.client;
    let value = "abcdefghijklmnopqrstuvwxyz";
    let key = json!({ "name": "k", "enabled": true, "value": value });
    let key = client.gateway(Method::POST, "/apikeys", key).await.json();
    let mut body = json!({ "name": "p", "apiStages": [{ "apiId": built.api, "stage": "probe" }] });
    body.as_object_mut().unwrap().extend(plan.as_object().unwrap().clone());
    let plan = client.gateway(Method::POST, "/usageplans", body).await;
    assert_eq!(plan.status, 201, "{}", plan.body);
    let path = format!("/usageplans/{}/keys", plan.json()["id"].as_str().unwrap());
    let added = client.gateway(Method::POST, &path, json!({ "keyId": key["id"], "keyType": "API_KEY" })).await;
    assert_eq!(added.status, 201, "{}", added.body);
    value.to_owned()
}

#[tokio::test]
async fn a_key_counts_against_its_plan_until_the_quota_is_used() {
    let built = Built::with(Client::chat()).await;
    built.bare("$connect").await;
    built.patch_route("$connect", json!({ "apiKeyRequired": true })).await;
    built.deploy().await;
    let quota = json!({ "quota": { "limit": 2, "period": "MONTH" } });
    let key = key_with_plan(&built, quota).await;
    let host = host(&built.api);
    let dial = async |key: &str| built.client.raw(&host, &handshake(&host, "/probe", key)).await;
    assert_eq!(dial("").await.status, 403);
    assert_eq!(dial("x-api-key: wrong\r\n").await.json()["message"], "Forbidden");
    let with = format!("x-api-key: {key}\r\n");
    assert_eq!(dial(&with).await.status, 101);
    let lines = built.lines().await;
    let masked = "********************uvwxyz";
    let stage = format!("{}/probe", built.api);
    assert!(lines[1].ends_with(&format!("API Key: {masked} API Stage: {stage}")), "{}", lines[1]);
    assert_eq!(lines[2], format!("Usage Plan check succeeded for API Key {masked} and API Stage {stage}"));
    assert!(lines[3].starts_with("Starting execution for request: "));
    assert_eq!(
        (lines[4].as_str(), lines[5].clone()),
        ("WebSocket Request Route: [$connect]", format!("API Key: {masked}"))
    );
    assert!(lines[6].starts_with("Client [UserAgent: "));
    assert_eq!(dial(&with).await.status, 101);
    let over = dial(&with).await;
    assert_eq!((over.status, over.json()["message"].as_str()), (429, Some("Limit Exceeded")));
}

#[tokio::test]
async fn an_authorizer_can_bring_the_key_and_its_context_is_in_the_access_log() {
    let backend = Backend::start(|_, body| {
        let event: Value = serde_json::from_str(body).unwrap();
        let key = event["headers"]["Authorization"].as_str().unwrap();
        let policy = json!({ "Version": "2012-10-17", "Statement": [
            { "Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"] }
        ] });
        let answer = json!({ "principalId": 7, "policyDocument": policy, "usageIdentifierKey": key,
            "context": { "tenant_id": "t1", "n": 5, "gone": null } });
        Response::new(answer.to_string())
    })
    .await;
    let functions = vec![("custom".to_owned(), backend.url.clone())];
    let built = Built::with(Client::with(Options { functions, ..Options::default() })).await;
    let expression = json!({ "apiKeySelectionExpression": "$context.authorizer.usageIdentifierKey" });
    built.patch_api(expression).await;
    built.bare("$connect").await;
    built.patch_route("$connect", json!({ "apiKeyRequired": true })).await;
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/access";
    let json_format = r#"{"requestId":"$context.requestId","who":"$context.authorizer.principalId","tenant":"$context.authorizer.tenant_id","n":"$context.authorizer.n","gone":"$context.authorizer.gone","status":"$context.status","auth":"$context.authorizer.status","integration":"$context.integration.status"}"#;
    built.patch("stages/probe", json!({ "accessLogSettings": { "destinationArn": arn, "format": json_format } })).await;
    built.authorizer("custom", json!([])).await;
    let key = key_with_plan(&built, json!({})).await;
    let host = host(&built.api);
    let dial = async |key: &str| {
        let header = format!("Authorization: {key}\r\n");
        built.client.raw(&host, &handshake(&host, "/probe", &header)).await.status
    };
    assert_eq!((dial("wrong").await, dial(&key).await), (403, 101));
    let rows = built.client.messages("/access").await;
    let row: Value = serde_json::from_str(&rows[1]).unwrap();
    assert_eq!((row["who"].as_str(), row["tenant"].as_str(), row["n"].as_str()), (Some("7"), Some("t1"), Some("5")));
    assert_eq!((row["gone"].as_str(), row["status"].as_str()), (Some("-"), Some("200")));
    assert_eq!((row["auth"].as_str(), row["integration"].as_str()), (Some("200"), Some("-")));
}

#[tokio::test]
async fn access_logs_in_csv_and_clf_have_every_variable_and_nothing_for_what_is_never_logged() {
    let built = Built::with(Client::chat()).await;
    built.route("$default", lambda("echo")).await;
    built.deploy().await;
    let arn = "arn:aws:logs:us-east-1:123456789012:log-group:/access";
    let shape = async |format: &str| {
        let settings = json!({ "accessLogSettings": { "destinationArn": arn, "format": format } });
        built.patch("stages/probe", settings).await;
    };
    shape("$context.requestId,$context.eventType,$context.routeKey,$context.connectionId,$context.status\n").await;
    let mut socket = built.connect().await;
    socket.say("x").await;
    socket.hear().await;
    shape(
        "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] \
         \"$context.eventType $context.routeKey $context.connectionId\" $context.status $context.requestId. \
         $context.waf.status $context $context.",
    )
    .await;
    socket.say("y").await;
    socket.hear().await;
    let rows = built.client.messages("/access").await;
    let columns: Vec<&str> = rows[1].split(',').collect();
    assert_eq!((columns.len(), &columns[1..3], columns[4]), (5, &["MESSAGE", "$default"][..], "200"));
    let clf = regex::Regex::new(
        r#"^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "MESSAGE \$default [\w=-]+" 200 [\w=-]+\. - \$context -$"#,
    );
    assert!(clf.unwrap().is_match(&rows[2]), "{}", rows[2]);
    let zero = json!({ "throttlingBurstLimit": 0, "throttlingRateLimit": 0 });
    built.patch("stages/probe", json!({ "defaultRouteSettings": zero })).await;
    let host = host(&built.api);
    assert_eq!(built.client.raw(&host, &handshake(&host, "/probe", "")).await.status, 429);
    assert_eq!(built.client.raw(&host, &handshake(&host, "/nope", "")).await.status, 403);
    assert_eq!(built.client.messages("/access").await.len(), 3);
}
