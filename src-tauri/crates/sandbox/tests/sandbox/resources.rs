//! API Gateway's control planes: bodies, statuses and words as recorded.

use gatescope_sandbox::{Options, Sandbox, Seed};
use http::Method;
use serde_json::{Value, json};

use super::client::{Client, scope};

async fn api(client: &Client) -> String {
    let body = json!({ "name": "n", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action" });
    client.create("/v2/apis", body).await["apiId"].as_str().unwrap().to_owned()
}

fn id(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_created_has_the_recorded_members_and_nothing_else() {
    let client = Client::empty();
    let body = json!({ "name": "n", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action" });
    let mut api = client.create("/v2/apis", body).await;
    let id_ = id(&api, "apiId");
    assert!(id_.len() == 10 && id_.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    api.as_object_mut().unwrap().remove("createdDate").unwrap();
    assert_eq!(
        api,
        json!({ "apiEndpoint": format!("wss://{id_}.execute-api.us-east-1.amazonaws.com"), "apiId": id_,
            "apiKeySelectionExpression": "$request.header.x-api-key", "disableExecuteApiEndpoint": false,
            "ipAddressType": "ipv4", "name": "n", "protocolType": "WEBSOCKET",
            "routeSelectionExpression": "$request.body.action" })
    );
    let base = format!("/v2/apis/{id_}");
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:echo/invocations";
    let lambda = json!({ "integrationType": "AWS_PROXY", "integrationUri": uri, "credentialsArn": "" });
    let mut integration = client.create(&format!("{base}/integrations"), lambda).await;
    let integration_id = integration.as_object_mut().unwrap().remove("integrationId").unwrap();
    assert_eq!(integration_id.as_str().unwrap().len(), 7);
    assert_eq!(
        integration,
        json!({ "connectionType": "INTERNET", "integrationMethod": "POST", "integrationType": "AWS_PROXY",
            "integrationUri": uri, "passthroughBehavior": "WHEN_NO_MATCH", "payloadFormatVersion": "1.0",
            "timeoutInMillis": 29000 })
    );
    let target = format!("integrations/{}", integration_id.as_str().unwrap());
    let mut route = client.create(&format!("{base}/routes"), json!({ "routeKey": "$connect", "target": target })).await;
    let route_id = route.as_object_mut().unwrap().remove("routeId").unwrap();
    assert_eq!(
        route,
        json!({ "apiKeyRequired": false, "authorizationType": "NONE", "routeKey": "$connect", "target": target })
    );
    let changed = json!({ "routeKey": "changed" });
    let path = format!("{base}/routes/{}", route_id.as_str().unwrap());
    assert_eq!(client.gateway(Method::PATCH, &path, changed).await.status, 201);
    let mut stage = client.create(&format!("{base}/stages"), json!({ "stageName": "dev" })).await;
    for date in ["createdDate", "lastUpdatedDate"] {
        stage.as_object_mut().unwrap().remove(date).unwrap();
    }
    assert_eq!(
        stage,
        json!({ "defaultRouteSettings": { "dataTraceEnabled": false, "detailedMetricsEnabled": false,
            "loggingLevel": "OFF" }, "routeSettings": {}, "stageName": "dev", "stageVariables": {}, "tags": {} })
    );
    let mut deployment = client.create(&format!("{base}/deployments"), json!({ "stageName": "dev" })).await;
    deployment.as_object_mut().unwrap().remove("createdDate").unwrap();
    let deployment_id = deployment.as_object_mut().unwrap().remove("deploymentId").unwrap();
    assert_eq!(deployment, json!({ "autoDeployed": false, "deploymentStatus": "DEPLOYED" }));
    let stage = client.gateway(Method::GET, &format!("{base}/stages/dev"), json!(null)).await.json();
    assert_eq!(stage["deploymentId"], deployment_id);
    assert_eq!(client.gateway(Method::DELETE, &base, json!(null)).await.status, 204);
    assert_eq!(client.gateway(Method::GET, &format!("{base}/routes"), json!(null)).await.status, 404);
}

#[tokio::test]
async fn refusals_have_awss_status_code_and_words() {
    let client = Client::empty();
    let api = api(&client).await;
    let base = format!("/v2/apis/{api}");
    client.create(&format!("{base}/routes"), json!({ "routeKey": "$connect" })).await;
    client.create(&format!("{base}/stages"), json!({ "stageName": "s" })).await;
    let mock = client.create(&format!("{base}/integrations"), json!({ "integrationType": "MOCK" })).await;
    let mock = id(&mock, "integrationId");
    let used = json!({ "routeKey": "used", "target": format!("integrations/{mock}") });
    let used = id(&client.create(&format!("{base}/routes"), used).await, "routeId");
    let authorizer = json!({ "authorizerType": "REQUEST", "name": "kept" });
    let authorizer = id(&client.create(&format!("{base}/authorizers"), authorizer).await, "authorizerId");
    let route = client.gateway(Method::GET, &format!("{base}/routes"), json!(null)).await.json();
    let connect = route["items"].as_array().unwrap().iter().find(|r| r["routeKey"] == "$connect").unwrap();
    let connect = format!("{base}/routes/{}", id(connect, "routeId"));
    let custom = json!({ "authorizationType": "CUSTOM", "authorizerId": authorizer });
    assert_eq!(client.gateway(Method::PATCH, &connect, custom.clone()).await.status, 201);
    let other = client
        .create(
            "/v2/apis",
            json!({ "name": "o", "protocolType": "WEBSOCKET",
        "routeSelectionExpression": "x" }),
        )
        .await;
    let other = format!("/v2/apis/{}", id(&other, "apiId"));
    let (post, patch, get, delete) = (Method::POST, Method::PATCH, Method::GET, Method::DELETE);
    let none = json!(null);
    let stage = format!("{base}/stages/s");
    let integrations = format!("{base}/integrations");
    let routes = format!("{base}/routes");
    let table: Vec<(&Method, String, Value, u16, &str, String)> = vec![
        (
            &get,
            "/v2/apis/xwf4wheq11".into(),
            none.clone(),
            404,
            "NotFoundException",
            "Invalid API identifier specified 123456789012:xwf4wheq11".into(),
        ),
        (
            &get,
            format!("{base}/routes/nope"),
            none.clone(),
            404,
            "NotFoundException",
            "Invalid route identifier specified".into(),
        ),
        (
            &get,
            format!("{base}/authorizers/nope"),
            none.clone(),
            404,
            "NotFoundException",
            "Invalid Authorizer identifier specified".into(),
        ),
        (
            &post,
            routes.clone(),
            json!({ "routeKey": "$connect" }),
            409,
            "ConflictException",
            "Route with key $connect already exists for this API".into(),
        ),
        (
            &post,
            routes.clone(),
            json!({ "routeKey": "$getauthorized" }),
            400,
            "BadRequestException",
            "The provided route key is not formatted properly".into(),
        ),
        (
            &post,
            routes,
            json!({ "routeKey": "m", "authorizationType": "CUSTOM", "authorizerId": authorizer }),
            400,
            "BadRequestException",
            "Currently, authorization is restricted to the $connect route only".into(),
        ),
        (
            &post,
            format!("{base}/stages"),
            json!({ "stageName": "s" }),
            409,
            "ConflictException",
            "Stage already exists".into(),
        ),
        (
            &patch,
            stage.clone(),
            json!({ "defaultRouteSettings": { "loggingLevel": "INFO" } }),
            400,
            "BadRequestException",
            "CloudWatch Logs role ARN must be set in account settings to enable logging".into(),
        ),
        (
            &patch,
            stage,
            json!({ "routeSettings": { "nope": { "loggingLevel": "OFF" } } }),
            404,
            "NotFoundException",
            "Unable to find Route by key nope within the provided RouteSettings".into(),
        ),
        (
            &delete,
            format!("{base}/integrations/{mock}"),
            none.clone(),
            409,
            "ConflictException",
            format!("Cannot delete Integration because it is referenced by the following Routes with Ids: [{used}]"),
        ),
        (
            &delete,
            format!("{base}/authorizers/{authorizer}"),
            none,
            409,
            "ConflictException",
            "Cannot delete authorizer 'kept', is referenced in route: $connect".into(),
        ),
        (
            &post,
            format!("{other}/deployments"),
            json!({}),
            400,
            "BadRequestException",
            "At least one route is required before deploying the Api".into(),
        ),
        (
            &post,
            integrations.clone(),
            json!({ "integrationType": "MOCK", "credentialsArn": "not-an-arn" }),
            400,
            "BadRequestException",
            "Invalid role ARN".into(),
        ),
        (
            &post,
            integrations,
            json!({ "integrationType": "MOCK", "credentialsArn": "arn:aws:iam::*:user/*" }),
            400,
            "BadRequestException",
            "Invalid role ARN".into(),
        ),
    ];
    for (method, path, body, status, code, message) in table {
        let answer = client.gateway(method.clone(), &path, body).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert_eq!(answer.header("x-amzn-errortype"), code, "{path}");
        assert_eq!(answer.json(), json!({ "message": message }), "{path}");
    }
}

#[tokio::test]
async fn authorizers_are_admitted_as_recorded() {
    let client = Client::empty();
    let path = format!("/v2/apis/{}/authorizers", api(&client).await);
    let base = json!({ "authorizerType": "REQUEST", "name": "a" });
    let with = |member: &str, value: Value| {
        let mut body = base.clone();
        body[member] = value;
        body
    };
    let type_ = "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.";
    let payload = "AuthorizerPayloadFormatVersion cannot be set for WEBSOCKET protocol Apis.";
    let refused = [
        (with("authorizerType", json!("TOKEN")), type_),
        (with("authorizerType", json!("JWT")), type_),
        (with("authorizerPayloadFormatVersion", json!("")), payload),
        (with("authorizerPayloadFormatVersion", json!("2.0")), payload),
        (
            with("authorizerResultTtlInSeconds", json!(0)),
            "AuthorizerResultTtlInSeconds cannot be set for WEBSOCKET protocol Apis.",
        ),
        (
            with("enableSimpleResponses", json!(false)),
            "EnableSimpleResponses cannot be set for WEBSOCKET protocol Apis.",
        ),
        (with("identityValidationExpression", json!("")), "IdentityValidationExpression must not be empty."),
        (with("identityValidationExpression", json!("[")), "Invalid validation expression: ["),
        (with("authorizerCredentialsArn", json!("")), "Invalid role ARN"),
        (
            with("identitySource", json!(["route.request.header."])),
            "Invalid request identity source expression: route.request.header.. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'",
        ),
    ];
    for (body, message) in refused {
        let answer = client.gateway(Method::POST, &path, body.clone()).await;
        assert_eq!((answer.status, answer.json()["message"].clone()), (400, json!(message)), "{body}");
    }
    for sources in [json!([]), json!([""])] {
        let made = client.create(&path, with("identitySource", sources)).await;
        assert!(made.get("identitySource").is_none());
    }
    for source in ["route.request.querystring.tenant", "context.routeKey", "stageVariables.tenant"] {
        client.create(&path, with("identitySource", json!([source]))).await;
    }
    let id = id(&client.create(&path, base).await, "authorizerId");
    let update = format!("{path}/{id}");
    let accepted = client.gateway(Method::PATCH, &update, json!({ "authorizerPayloadFormatVersion": "" })).await;
    assert_eq!(accepted.status, 200);
    let atomic = json!({ "name": "new", "authorizerType": "TOKEN" });
    assert_eq!(client.gateway(Method::PATCH, &update, atomic).await.status, 400);
    assert_eq!(client.gateway(Method::GET, &update, json!(null)).await.json()["name"], "a");
}

#[tokio::test]
async fn lists_are_sorted_by_id_and_paged() {
    let client = Client::empty();
    let path = format!("/v2/apis/{}/routes", api(&client).await);
    for key in ["a", "b", "c", "d", "e"] {
        client.create(&path, json!({ "routeKey": key })).await;
    }
    let all = client.gateway(Method::GET, &path, json!(null)).await.json();
    assert!(all.get("nextToken").is_none());
    let ids: Vec<String> = all["items"].as_array().unwrap().iter().map(|r| id(r, "routeId")).collect();
    assert!(ids.is_sorted() && ids.len() == 5);
    let mut paged = Vec::new();
    let mut query = "?maxResults=2".to_owned();
    loop {
        let page = client.gateway(Method::GET, &format!("{path}{query}"), json!(null)).await.json();
        paged.extend(page["items"].as_array().unwrap().iter().map(|r| id(r, "routeId")));
        match page["nextToken"].as_str() {
            Some(token) => query = format!("?maxResults=2&nextToken={token}"),
            None => break,
        }
    }
    assert_eq!(paged, ids);
}

#[tokio::test]
async fn stage_variables_merge_by_key_and_an_empty_text_removes_one() {
    let client = Client::empty();
    let base = format!("/v2/apis/{}", api(&client).await);
    let stage = json!({ "stageName": "s", "stageVariables": { "a": "1", "b": "2" }, "tags": { "t": "1" } });
    client.create(&format!("{base}/stages"), stage).await;
    let path = format!("{base}/stages/s");
    let patched = client.gateway(Method::PATCH, &path, json!({ "stageVariables": { "b": "", "c": "3" } })).await.json();
    assert_eq!(patched["stageVariables"], json!({ "a": "1", "c": "3" }));
    let arn = format!("arn:aws:apigateway:us-east-1::/{}/stages/s", &base[4..]);
    let tags = format!("/v2/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    assert_eq!(client.gateway(Method::POST, &tags, json!({ "tags": { "u": "2" } })).await.status, 201);
    assert_eq!(client.gateway(Method::DELETE, &format!("{tags}?tagKeys=t"), json!(null)).await.status, 204);
    assert_eq!(client.gateway(Method::GET, &tags, json!(null)).await.json(), json!({ "tags": { "u": "2" } }));
}

#[tokio::test]
async fn a_stage_that_deploys_by_itself_serves_every_edit() {
    let client = Client::empty();
    let base = format!("/v2/apis/{}", api(&client).await);
    let made = client.create(&format!("{base}/stages"), json!({ "stageName": "s", "autoDeploy": true })).await;
    assert_eq!(
        made["lastDeploymentStatusMessage"],
        "Deployment attempt failed: At least one route is required before deploying the Api."
    );
    let path = format!("{base}/stages/s");
    client.create(&format!("{base}/routes"), json!({ "routeKey": "$connect" })).await;
    let first = client.gateway(Method::GET, &path, json!(null)).await.json()["deploymentId"].clone();
    client.create(&format!("{base}/routes"), json!({ "routeKey": "x" })).await;
    let second = client.gateway(Method::GET, &path, json!(null)).await.json()["deploymentId"].clone();
    assert!(first.is_string() && second.is_string() && first != second);
    let refused = client.gateway(Method::PATCH, &path, json!({ "deploymentId": first })).await;
    assert_eq!(refused.status, 400);
}

async fn iam(client: &Client, form: &[(&str, &str)]) -> super::client::Answer {
    let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    client.call("iam", Method::POST, "/", &body).await
}

#[tokio::test]
async fn the_log_role_must_exist_trust_api_gateway_and_may_write_logs() {
    let client = Client::empty();
    let set =
        |arn: &str| json!({ "patchOperations": [{ "op": "replace", "path": "/cloudwatchRoleArn", "value": arn }] });
    let arn = "arn:aws:iam::123456789012:role/api-gateway-push-logs";
    let refused = "The role ARN does not have required permissions configured. Please grant trust permission for API \
                   Gateway and add the required role policy.";
    let account = client.gateway(Method::GET, "/account", json!(null)).await.json();
    assert_eq!(
        account,
        json!({ "apiKeyVersion": "4", "throttleSettings": { "burstLimit": 5000, "rateLimit": 10000.0 },
            "features": ["UsagePlans"] })
    );
    assert_eq!(client.gateway(Method::PATCH, "/account", set("")).await.status, 200);
    let no_role = client.gateway(Method::PATCH, "/account", set(arn)).await;
    assert_eq!((no_role.status, no_role.json()["message"].clone()), (400, json!(refused)));
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let role = [
        ("Action", "CreateRole"),
        ("Version", "2010-05-08"),
        ("RoleName", "api-gateway-push-logs"),
        ("AssumeRolePolicyDocument", trust),
    ];
    let made = iam(&client, &role).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(made.body.contains(&format!("<Arn>{arn}</Arn>")));
    let twice = iam(&client, &role).await;
    assert_eq!(twice.status, 409);
    assert!(twice.body.contains("<Code>EntityAlreadyExists</Code>"));
    assert_eq!(client.gateway(Method::PATCH, "/account", set(arn)).await.status, 400);
    let policy = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    let attach = [("Action", "AttachRolePolicy"), ("RoleName", "api-gateway-push-logs"), ("PolicyArn", policy)];
    assert_eq!(iam(&client, &attach).await.status, 200);
    let set_answer = client.gateway(Method::PATCH, "/account", set(arn)).await;
    assert_eq!((set_answer.status, set_answer.json()["cloudwatchRoleArn"].clone()), (200, json!(arn)));
    let unknown = iam(&client, &[("Action", "GetRole"), ("RoleName", "nope")]).await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.body.contains("<Code>NoSuchEntity</Code>"));
    let attached = iam(&client, &[("Action", "ListAttachedRolePolicies"), ("RoleName", "api-gateway-push-logs")]).await;
    assert!(attached.body.contains(policy));
    let inhabited = iam(&client, &[("Action", "DeleteRole"), ("RoleName", "api-gateway-push-logs")]).await;
    assert_eq!(inhabited.status, 409);
}

#[tokio::test]
async fn sts_says_who_asks() {
    let client = Client::empty();
    let answer = client.call("sts", Method::POST, "/", "Action=GetCallerIdentity&Version=2011-06-15").await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("<Account>123456789012</Account>"));
}

#[tokio::test]
async fn a_saved_sandbox_comes_back_whole() {
    let client = Client::chat();
    client.refused(super::client::CHAT, "/prod", "").await;
    let path = std::env::temp_dir().join(format!("gatescope-sandbox-{}.json", std::process::id()));
    client.sandbox.save(&path).unwrap();
    let other = Client { sandbox: Sandbox::new(Options { seed: Seed::Empty, ..Options::default() }).unwrap() };
    other.sandbox.load(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let group = "/aws/apigateway/chat5gw1ws/prod";
    assert_eq!(other.messages(group).await, client.messages(group).await);
    assert_eq!(other.refused(super::client::CHAT, "/prod", "").await.status, 500);
    assert!(other.sandbox.load(std::path::Path::new("/nonexistent/x.json")).is_err());
    let _ = scope("logs");
}
