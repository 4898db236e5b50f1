//! API Gateway V1: API keys, usage plans, VPC links, client certificates and their tags, as recorded.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::client::{CHAT, Client};

async fn ask(client: &Client, method: Method, path: &str, body: Value) -> Value {
    let answer = client.gateway(method, path, body).await;
    assert!(answer.status < 300, "{path}: {} {}", answer.status, answer.body);
    if answer.body.is_empty() { json!(null) } else { answer.json() }
}

async fn refused(client: &Client, method: Method, path: &str, body: Value) -> (u16, String, String) {
    let answer = client.gateway(method, path, body).await;
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    (answer.status, answer.header("x-amzn-errortype").to_owned(), message)
}

fn bad(message: &str) -> (u16, String, String) {
    (400, "BadRequestException".into(), message.into())
}

fn missing(message: &str) -> (u16, String, String) {
    (404, "NotFoundException".into(), message.into())
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap().to_owned()
}

fn patch(operations: Value) -> Value {
    json!({ "patchOperations": operations })
}

#[tokio::test]
async fn an_api_key_shows_its_value_when_it_is_made_and_when_it_is_asked_for() {
    let client = Client::empty();
    let mut key = ask(&client, Method::POST, "/apikeys", json!({ "name": "first" })).await;
    let path = format!("/apikeys/{}", text(&key, "id"));
    assert!(key["createdDate"].is_i64() && key["createdDate"] == key["lastUpdatedDate"]);
    let value = key.as_object_mut().unwrap().remove("value").unwrap();
    assert_eq!(value.as_str().unwrap().len(), 40);
    assert_eq!((&key["enabled"], &key["stageKeys"], key.get("tags")), (&json!(false), &json!([]), None));
    let seen = ask(&client, Method::GET, &path, json!(null)).await;
    assert_eq!((seen.get("value"), &seen["tags"]), (None, &json!({})));
    let seen = ask(&client, Method::GET, &format!("{path}?includeValue=true"), json!(null)).await;
    assert_eq!(seen["value"], value);
    let operations = json!([{ "op": "replace", "path": "/enabled", "value": "true" },
        { "op": "replace", "path": "/name", "value": "new" }]);
    let seen = ask(&client, Method::PATCH, &path, patch(operations)).await;
    assert_eq!((&seen["enabled"], &seen["name"], &seen["tags"]), (&json!(true), &json!("new"), &json!({})));
    let operations = json!([{ "op": "replace", "path": "/enabled", "value": "not-a-boolean" }]);
    assert_eq!(ask(&client, Method::PATCH, &path, patch(operations)).await["enabled"], json!(false));
    assert_eq!(client.gateway(Method::DELETE, &path, json!(null)).await.status, 202);
    let gone = refused(&client, Method::GET, &path, json!(null)).await;
    assert_eq!(gone, missing("Invalid API Key identifier specified"));
}

#[tokio::test]
async fn api_keys_are_listed_newest_first_by_the_beginning_of_their_name() {
    let client = Client::empty();
    for name in ["test-a", "test-b", "Other"] {
        ask(&client, Method::POST, "/apikeys", json!({ "name": name, "customerId": name })).await;
    }
    let names = async |query: &str| {
        let page = ask(&client, Method::GET, &format!("/apikeys{query}"), json!(null)).await;
        let names: Vec<String> = page["item"].as_array().unwrap().iter().map(|k| text(k, "name")).collect();
        (names.join(" "), page["position"].as_str().map(str::to_owned))
    };
    assert_eq!(names("").await, ("Other test-b test-a".into(), None));
    assert_eq!(names("?name=test").await.0, "test-b test-a");
    assert_eq!(names("?name=Test").await.0, "");
    assert_eq!(names("?name=a").await.0, "");
    assert_eq!(names("?customerId=test-a").await.0, "test-a");
    assert_eq!(names("?limit=-1").await.0, "Other test-b test-a");
    let (first, position) = names("?limit=2").await;
    assert_eq!(first, "Other test-b");
    assert_eq!(names(&format!("?limit=2&position={}", position.unwrap())).await, ("test-a".into(), None));
    assert_eq!(refused(&client, Method::GET, "/apikeys?position=%00", json!(null)).await.0, 400);
}

#[tokio::test]
async fn api_keys_are_refused_in_awss_words() {
    let client = Client::empty();
    let post = async |body: Value| refused(&client, Method::POST, "/apikeys", body).await;
    assert_eq!(post(json!({ "value": "short" })).await, bad("API Key value should be at least 20 characters"));
    let long = "v".repeat(129);
    assert_eq!(post(json!({ "value": long })).await, bad("API Key value exceeds maximum size of 128 characters"));
    let name = json!({ "name": "n".repeat(1025) });
    assert_eq!(post(name).await, bad("Invalid API Key name, can be at most 1024 characters."));
    let description = json!({ "description": "d".repeat(125_001) });
    assert_eq!(post(description).await, bad("Invalid API Key description specified."));
    let value = json!({ "value": "0123456789012345678901234" });
    let key = ask(&client, Method::POST, "/apikeys", value.clone()).await;
    assert_eq!(post(value).await, (409, "ConflictException".into(), "API Key already exists".into()));
    let path = format!("/apikeys/{}", text(&key, "id"));
    let operations = patch(json!([{ "op": "replace", "path": "/id", "value": "x" }]));
    let words = "Invalid patch path  '/id' specified for op 'replace'. Must be one of: \
                 [/description, /enabled, /name, /customerId]";
    assert_eq!(refused(&client, Method::PATCH, &path, operations).await, bad(words));
    assert_eq!(refused(&client, Method::GET, "/restapis", json!(null)).await.0, 400);
}

#[tokio::test]
async fn a_usage_plan_opens_stages_to_its_keys() {
    let client = Client::chat();
    let stage = json!({ "apiId": CHAT, "stage": "prod" });
    let plan = json!({ "name": "n", "description": "d", "apiStages": [stage], "tags": { "a": "b" },
        "throttle": { "burstLimit": 20, "rateLimit": 10 } });
    let plan = ask(&client, Method::POST, "/usageplans", plan).await;
    let (id, path) = (text(&plan, "id"), format!("/usageplans/{}", text(&plan, "id")));
    let expected = json!({ "id": id, "name": "n", "description": "d", "apiStages": [stage], "tags": { "a": "b" },
        "throttle": { "burstLimit": 20, "rateLimit": 10.0 } });
    assert_eq!(plan, expected);
    let operations = json!([{ "op": "replace", "path": "/quota/limit", "value": "5000" },
        { "op": "replace", "path": "/quota/period", "value": "MONTH" },
        { "op": "replace", "path": "/throttle/rateLimit", "value": "200" }]);
    let updated = ask(&client, Method::PATCH, &path, patch(operations)).await;
    assert_eq!(updated["quota"], json!({ "limit": 5000, "offset": 0, "period": "MONTH" }));
    assert_eq!(updated["throttle"], json!({ "burstLimit": 20, "rateLimit": 200.0 }));
    let wrong = async |op: &str, value: &str| {
        let operations = json!([{ "op": op, "path": "/apiStages", "value": value }]);
        refused(&client, Method::PATCH, &path, patch(operations)).await
    };
    assert_eq!(wrong("add", "").await, bad("Invalid API Stage specified"));
    assert_eq!(wrong("add", CHAT).await, bad("Invalid API Stage specified"));
    assert_eq!(
        wrong("add", &format!("{CHAT}:fakestagename")).await,
        missing(&format!("Invalid API Stage {{api: {CHAT}, stage: fakestagename}} specified for usageplan {id}"))
    );
    let unknown = refused(&client, Method::PATCH, "/usageplans/nope", patch(json!([]))).await;
    assert_eq!(unknown, missing("Invalid Usage Plan ID specified"));
    let stays = refused(&client, Method::DELETE, &path, json!(null)).await;
    let words =
        format!("Cannot delete Usage Plan {id} because there are API Stages associated with it, including {CHAT}:prod");
    assert_eq!(stays, bad(&words));
    let operations = json!([{ "op": "remove", "path": "/apiStages", "value": format!("{CHAT}:prod") }]);
    assert_eq!(ask(&client, Method::PATCH, &path, patch(operations)).await["apiStages"], json!([]));
    assert_eq!(client.gateway(Method::DELETE, &path, json!(null)).await.status, 202);
}

#[tokio::test]
async fn a_key_has_one_plan_for_a_stage_and_a_stage_that_goes_leaves_its_plans() {
    let client = Client::chat();
    let key = ask(&client, Method::POST, "/apikeys", json!({ "name": "k" })).await;
    let plan = async |name: &str| {
        let body = json!({ "name": name, "apiStages": [{ "apiId": CHAT, "stage": "prod" }] });
        format!("/usageplans/{}", text(&ask(&client, Method::POST, "/usageplans", body).await, "id"))
    };
    let (one, two) = (plan("one").await, plan("two").await);
    let add = json!({ "keyId": key["id"], "keyType": "API_KEY" });
    let added = ask(&client, Method::POST, &format!("{one}/keys"), add.clone()).await;
    assert_eq!(added, json!({ "id": key["id"], "name": "k", "type": "API_KEY", "value": key["value"] }));
    assert_eq!(ask(&client, Method::GET, &format!("{one}/keys"), json!(null)).await, json!({ "item": [added] }));
    assert_eq!(refused(&client, Method::POST, &format!("{two}/keys"), add).await.0, 409);
    let unknown = json!({ "keyId": "nope", "keyType": "API_KEY" });
    let unknown = refused(&client, Method::POST, &format!("{one}/keys"), unknown).await;
    assert_eq!(unknown, missing("Invalid API Key identifier specified"));
    assert_eq!(ask(&client, Method::GET, "/usageplans/nope/keys", json!(null)).await, json!({ "item": [] }));
    let of_key = format!("/usageplans?keyId={}", text(&key, "id"));
    assert_eq!(ask(&client, Method::GET, &of_key, json!(null)).await["item"].as_array().unwrap().len(), 1);
    client.gateway(Method::DELETE, &format!("/v2/apis/{CHAT}/stages/prod"), json!(null)).await;
    assert_eq!(ask(&client, Method::GET, &one, json!(null)).await["apiStages"], json!([]));
    let path = format!("{one}/keys/{}", text(&key, "id"));
    assert_eq!(client.gateway(Method::DELETE, &path, json!(null)).await.status, 202);
    assert_eq!(refused(&client, Method::GET, &path, json!(null)).await.0, 404);
}

#[tokio::test]
async fn keys_come_from_a_csv_file_and_a_bad_row_is_a_warning() {
    let client = Client::empty();
    let plan = ask(&client, Method::POST, "/usageplans", json!({ "name": "p" })).await;
    let plan = text(&plan, "id");
    let csv = format!(
        "Name,key,description,Enabled,usageplanIds\none,apikey1234abcdefghij0123456789,\"a, b\",TRUE,{plan}\ntwo,short,,,\n"
    );
    let strict = client.call("apigateway", Method::POST, "/apikeys?mode=import&format=csv&failonwarnings=true", &csv);
    assert_eq!(strict.await.status, 400);
    assert_eq!(ask(&client, Method::GET, "/apikeys", json!(null)).await, json!({ "item": [] }));
    let lenient = client.call("apigateway", Method::POST, "/apikeys?mode=import&format=csv", &csv).await;
    assert_eq!(lenient.status, 201, "{}", lenient.body);
    let done = lenient.json();
    assert_eq!((done["ids"].as_array().unwrap().len(), done["warnings"].as_array().unwrap().len()), (1, 1));
    let key = ask(&client, Method::GET, &format!("/apikeys/{}", done["ids"][0].as_str().unwrap()), json!(null)).await;
    assert_eq!((&key["description"], &key["enabled"]), (&json!("a, b"), &json!(true)));
    let keys = ask(&client, Method::GET, &format!("/usageplans/{plan}/keys"), json!(null)).await;
    assert_eq!(keys["item"][0]["id"], done["ids"][0]);
}

#[tokio::test(start_paused = true)]
async fn a_vpc_link_is_pending_at_first_and_then_available() {
    let client = Client::empty();
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my/50dc6c495c0c9188";
    let answer = client.gateway(Method::POST, "/vpclinks", json!({ "name": "l", "targetArns": [arn] })).await;
    assert_eq!(answer.status, 202);
    let link = answer.json();
    assert_eq!(link, json!({ "id": link["id"], "name": "l", "status": "PENDING", "targetArns": [arn] }));
    let path = format!("/vpclinks/{}", text(&link, "id"));
    client.sandbox.advance(Duration::from_secs(60));
    let seen = ask(&client, Method::GET, &path, json!(null)).await;
    let ready = "Your vpc link is ready for use";
    assert_eq!(
        (&seen["status"], &seen["statusMessage"], &seen["tags"]),
        (&json!("AVAILABLE"), &json!(ready), &json!({}))
    );
    assert_eq!(ask(&client, Method::GET, "/vpclinks", json!(null)).await["item"][0].get("tags"), None);
    let renamed = patch(json!([{ "op": "replace", "path": "/name", "value": "m" }]));
    assert_eq!(ask(&client, Method::PATCH, &path, renamed).await["name"], json!("m"));
    let bad_arn = json!({ "name": "l", "targetArns": ["invalid-arn"] });
    let words = "Invalid ARN. ARN is not well formed invalid-arn";
    assert_eq!(refused(&client, Method::POST, "/vpclinks", bad_arn).await, bad(words));
    let no_name = json!({ "name": "", "targetArns": [arn] });
    assert_eq!(refused(&client, Method::POST, "/vpclinks", no_name).await, bad("Name cannot be empty"));
    assert_eq!(client.gateway(Method::DELETE, &path, json!(null)).await.status, 202);
    let gone = refused(&client, Method::DELETE, &path, json!(null)).await;
    assert_eq!(gone, missing("Invalid Vpc Link identifier specified"));
}

#[tokio::test]
async fn a_client_certificate_is_a_real_one_without_its_key_and_has_tags() {
    let client = Client::empty();
    let certificate = ask(&client, Method::POST, "/clientcertificates", json!({ "description": "d" })).await;
    let pem = text(&certificate, "pemEncodedCertificate");
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !certificate.to_string().contains("PRIVATE"));
    let life = certificate["expirationDate"].as_i64().unwrap() - certificate["createdDate"].as_i64().unwrap();
    assert_eq!(life, 365 * 86_400);
    let id = text(&certificate, "clientCertificateId");
    let tags = format!("/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fclientcertificates%2F{id}");
    let put = client.gateway(Method::PUT, &tags, json!({ "tags": { "a": "b", "c": "d" } })).await;
    assert_eq!(put.status, 204);
    assert_eq!(client.gateway(Method::DELETE, &format!("{tags}?tagKeys=a"), json!(null)).await.status, 204);
    assert_eq!(ask(&client, Method::GET, &tags, json!(null)).await, json!({ "tags": { "c": "d" } }));
    let path = format!("/clientcertificates/{id}");
    assert_eq!(client.gateway(Method::DELETE, &path, json!(null)).await.status, 202);
    assert_eq!(refused(&client, Method::GET, &path, json!(null)).await.0, 404);
}

#[tokio::test]
async fn usage_plans_are_a_feature_that_no_account_can_give_back() {
    let client = Client::empty();
    let change = |op: &str| patch(json!([{ "op": op, "path": "/features", "value": "UsagePlans" }]));
    assert_eq!(ask(&client, Method::PATCH, "/account", change("add")).await["features"], json!(["UsagePlans"]));
    let removed = refused(&client, Method::PATCH, "/account", change("remove")).await;
    assert_eq!(removed, bad("Usage Plans cannot be disabled once enabled"));
}
