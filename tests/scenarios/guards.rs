//! What stands between a person and AWS: the lock, the list of calls, their pace, and the policy that they needed.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use axum::body::{Bytes, to_bytes};
use axum::http::Request;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_app::{App, Options, rpc};
use gatescope_model::review::{ApplyItem, Review};
use gatescope_tests::Desk;
use serde_json::{Value, json};

const SECRET: &str = "planted-key-value-of-forty-characters-00";

/// Asks a control plane of API Gateway directly, as another program would.
async fn gateway(desk: &Desk, method: &str, path: &str, input: Value) -> Value {
    loop {
        let request = Request::builder()
            .method(method)
            .uri(format!("https://apigateway.us-east-1.amazonaws.com{path}"))
            .body(Bytes::from(input.to_string()))
            .unwrap();
        let answer = desk.app.sandbox().handle(request).await;
        if answer.status() == 429 {
            desk.app.sandbox().advance(Duration::from_millis(500));
            continue;
        }
        assert!(answer.status().is_success(), "{method} {path}: {}", answer.status());
        let body = to_bytes(axum::body::Body::new(answer.into_body()), usize::MAX).await.unwrap();
        return serde_json::from_slice(&body).unwrap_or_default();
    }
}

/// How long this process has worked. On a machine that others keep busy, a clock would measure them: nothing here waits for
/// anything but the processor, so without them it is an upper bound of what the clock says.
fn busy() -> Duration {
    static BEGAN: OnceLock<Instant> = OnceLock::new();
    let clock = BEGAN.get_or_init(Instant::now).elapsed();
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return clock };
    // User and system time, in hundredths of a second, are fields 14 and 15; the name before them may hold blanks.
    let fields: Vec<u64> =
        stat.rsplit(')').next().unwrap().split_whitespace().map(|f| f.parse().unwrap_or(0)).collect();
    Duration::from_millis((fields[11] + fields[12]) * 10)
}

/// An API with so many routes, each with an integration of its own whose responses have to be asked for.
async fn large(desk: &Desk, routes: usize) -> String {
    let api = json!({"name": "large", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"});
    let api = gateway(desk, "POST", "/v2/apis", api).await["apiId"].as_str().unwrap().to_owned();
    for n in 0..routes {
        let mock = json!({"integrationType": "MOCK"});
        let made = gateway(desk, "POST", &format!("/v2/apis/{api}/integrations"), mock).await;
        let id = made["integrationId"].as_str().unwrap();
        let response = json!({"integrationResponseKey": "$default"});
        let path = format!("/v2/apis/{api}/integrations/{id}/integrationresponses");
        gateway(desk, "POST", &path, response).await;
        let route = json!({"routeKey": format!("route{n}"), "target": format!("integrations/{id}")});
        gateway(desk, "POST", &format!("/v2/apis/{api}/routes"), route).await;
    }
    api
}

/// Somebody who looks at the list of calls.
struct Drawer {
    stream: BoxStream<'static, String>,
    calls: BTreeMap<u64, Value>,
    most_waiting: u64,
}

impl Drawer {
    async fn open(app: &App) -> Self {
        let stream = rpc::stream(app, "watch_calls", Value::Null).await.unwrap();
        Self { stream, calls: BTreeMap::new(), most_waiting: 0 }
    }

    /// Takes what comes until everything that was called is done.
    async fn settle(&mut self) {
        loop {
            let batch = self.stream.next().await.unwrap();
            let mut idle = false;
            for item in serde_json::from_str::<Vec<Value>>(&batch).unwrap() {
                if item["kind"] == "call" {
                    let call = item["call"].clone();
                    self.calls.insert(call["number"].as_u64().unwrap(), call);
                } else {
                    self.most_waiting = self.most_waiting.max(item["waiting"].as_u64().unwrap());
                    idle = item["waiting"] == 0 && item["underWay"] == 0;
                }
            }
            if idle && self.calls.values().all(|c| c["tookMs"].is_u64()) {
                return;
            }
        }
    }

    fn named(&self, operation: &str) -> Vec<&Value> {
        self.calls.values().filter(|c| c["operation"] == operation).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_routes_load_within_two_seconds_and_no_call_is_made_twice() {
    let desk = Desk::new();
    let api = large(&desk, 300).await;
    let began = busy();
    let view: Value = desk.call("read_api", json!({"scope": desk.scope, "apiId": api})).await;
    let took = busy().saturating_sub(began);
    let snapshot = &view["snapshot"];
    assert_eq!(
        (snapshot["routes"].as_array().unwrap().len(), snapshot["integrations"].as_array().unwrap().len()),
        (300, 300)
    );
    let responses = |i: &Value| i["responses"].as_array().map_or(0, Vec::len);
    assert!(snapshot["integrations"].as_array().unwrap().iter().all(|i| responses(i) == 1));

    let mut drawer = Drawer::open(&desk.app).await;
    drawer.settle().await;
    let mut seen = std::collections::BTreeSet::new();
    for call in drawer.calls.values() {
        assert_eq!((&call["tries"], &call["status"], call.get("error")), (&json!(1), &json!(200), None), "{call}");
        assert_eq!(call["waitedMs"], 0, "{call}");
        assert!(!call["requestId"].as_str().unwrap().is_empty(), "{call}");
        assert!(seen.insert(call["command"].as_str().unwrap().to_owned()), "made twice: {call}");
    }
    assert_eq!(drawer.calls.len(), 7 + 300, "one call a list, and one for the responses of each integration");
    let one = drawer.named("GetRoutes")[0];
    assert_eq!(one["service"], "apigatewayv2");
    assert_eq!(one["target"], api);
    assert_eq!(one["scope"], desk.scope);
    let command =
        format!("aws apigatewayv2 get-routes \\\n  --api-id {api} \\\n  --max-results 500 \\\n  --region us-east-1");
    assert_eq!(one["command"], command);
    println!("300 routes and 300 integrations: {} ms", took.as_millis());
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_says_it_is_called_too_often_is_called_slower_and_nothing_is_lost() {
    let desk = Desk::with(gatescope_sandbox::Options { control_plane_limits: true, ..Default::default() });
    let api = large(&desk, 120).await;
    let mut drawer = Drawer::open(&desk.app).await;
    let began = tokio::time::Instant::now();
    let question = json!({"scope": desk.scope, "apiId": api});
    let read = async {
        let view: Value = desk.call("read_api", question).await;
        view
    };
    let watch = async {
        // The first batch is an idle one; reading begins with it.
        loop {
            drawer.settle().await;
            if drawer.calls.len() == 7 + 120 {
                break;
            }
        }
    };
    let (view, ()) = tokio::join!(read, watch);
    let took = began.elapsed();
    assert_eq!(view["snapshot"]["integrations"].as_array().unwrap().len(), 120);
    assert!(drawer.calls.values().all(|c| c["status"] == 200 && c.get("error").is_none()), "{:#?}", drawer.calls);
    assert!(drawer.calls.values().any(|c| c["tries"].as_u64() > Some(1)), "somebody was sent back");
    assert!(drawer.most_waiting > 3, "it was told that calls wait: {}", drawer.most_waiting);
    let tries: u64 = drawer.calls.values().map(|c| c["tries"].as_u64().unwrap()).sum();
    assert!(tries < 127 + 60, "{tries} tries of 127 calls: the pace is kept, not forced");
    // 127 calls at ten a second, with what is left of a burst of 40.
    assert!((8..30).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn a_locked_account_is_sent_nothing_that_writes_until_somebody_unlocks_it() {
    let folder = std::env::temp_dir().join(format!("gatescope-lock-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let options = Options { database: Some(folder.join("gatescope.db")), ..Options::default() };
    let scope = json!({"account": "sandbox", "region": "us-east-1"});
    {
        let desk = Desk { app: App::start(options.clone()).unwrap(), scope: scope.clone() };
        let _: Value = desk.call("set_lock", json!({"account": "sandbox", "locked": true})).await;
        desk.app.close();
    }
    let desk = Desk { app: App::start(options).unwrap(), scope };
    let accounts: Value = desk.call("list_accounts", Value::Null).await;
    assert_eq!(accounts["accounts"][0]["locked"], true, "it is locked after a restart");

    let mut ask = desk.stage("prod").await;
    ask["cause"] = json!("mock-status-missing");
    ask["routeKey"] = json!("$connect");
    let review: Review = desk.call("preview_fix", ask.clone()).await;
    let told = desk.apply(&review, true).await;
    let Some(ApplyItem::Failed { problem, .. }) = told.last() else { panic!("{told:?}") };
    assert_eq!(
        (problem.code.as_str(), problem.message.as_str()),
        ("locked", "the account is locked: UpdateIntegration was not sent")
    );
    let mut drawer = Drawer::open(&desk.app).await;
    drawer.settle().await;
    let reads = |c: &Value| ["Get", "List", "Describe"].iter().any(|v| c["operation"].as_str().unwrap().starts_with(v));
    assert!(!drawer.calls.is_empty() && drawer.calls.values().all(reads), "{:#?}", drawer.calls);

    let _: Value = desk.call("set_lock", json!({"account": "sandbox", "locked": false})).await;
    let review: Review = desk.call("preview_fix", ask).await;
    let told = desk.apply(&review, true).await;
    assert!(matches!(told.last(), Some(ApplyItem::Finished { .. })), "{told:?}");
    let error = desk.refused("set_lock", json!({"account": "nobody", "locked": true})).await;
    assert_eq!(error.code.as_str(), "bad_question");
    let _ = std::fs::remove_dir_all(&folder);
}

#[tokio::test]
async fn what_is_around_an_api_is_read_and_a_keys_value_only_where_it_was_asked_for() {
    let desk = Desk::new();
    let api = desk.api().await;
    let of = json!({"scope": desk.scope, "apiId": api});
    let key = json!({"name": "partner", "enabled": true, "value": SECRET, "madeTomorrow": 1});
    let key = gateway(&desk, "POST", "/apikeys", key).await["id"].as_str().unwrap().to_owned();
    let stages = json!([{"apiId": api, "stage": "prod"}]);
    let plan = json!({"name": "free", "apiStages": stages, "throttle": {"rateLimit": 5.0, "burstLimit": 10},
        "quota": {"limit": 500, "offset": 0, "period": "MONTH"}});
    let plan = gateway(&desk, "POST", "/usageplans", plan).await["id"].as_str().unwrap().to_owned();
    let into = format!("/usageplans/{plan}/keys");
    gateway(&desk, "POST", &into, json!({"keyId": key, "keyType": "API_KEY"})).await;
    gateway(&desk, "POST", "/clientcertificates", json!({"description": "backend"})).await;

    let around: Value = desk.call("read_surroundings", of).await;
    assert_eq!(around["unread"], json!({}));
    assert_eq!((&around["apiKeys"][0]["id"], &around["apiKeys"][0]["name"]), (&json!(key), &json!("partner")));
    let made = around["apiKeys"][0]["createdDate"].as_str().unwrap();
    assert!(made.starts_with("20") && made.ends_with('Z'), "ISO 8601: {made}");
    let plans = &around["usagePlans"][0];
    assert_eq!((&plans["name"], &plans["quota"]["limit"]), (&json!("free"), &json!(500)));
    assert_eq!((&plans["apiStages"][0]["stage"], &plans["keys"][0]["id"]), (&json!("prod"), &json!(key)));
    assert_eq!(around["clientCertificates"][0]["description"], "backend");
    let groups: Vec<&str> =
        around["logGroups"].as_array().unwrap().iter().map(|g| g["logGroupName"].as_str().unwrap()).collect();
    assert!(groups.iter().all(|g| g.starts_with(&format!("/aws/apigateway/{api}/"))), "{groups:?}");
    assert!(!around.to_string().contains(SECRET));

    let month = json!({"scope": desk.scope, "id": plan, "from": "2026-11-01", "to": "2026-11-03"});
    let usage: Value = desk.call("read_usage", month).await;
    assert_eq!(usage["days"], json!(["2026-11-01", "2026-11-02", "2026-11-03"]));
    assert_eq!((&usage["keys"][0]["id"], &usage["keys"][0]["used"]), (&json!(key), &json!([0, 0, 0])));

    let shown: Value = desk.call("reveal_api_key", json!({"scope": desk.scope, "id": key})).await;
    assert_eq!(shown["value"], SECRET);
    let mut drawer = Drawer::open(&desk.app).await;
    drawer.settle().await;
    assert_eq!(drawer.named("GetApiKey").len(), 1);
    assert_eq!(drawer.named("GetUsagePlanKeys").len(), 1);
    assert!(!format!("{:?}", drawer.calls).contains(SECRET), "the list of calls holds the key");
}

#[tokio::test]
async fn functions_are_listed_with_their_aliases_and_versions() {
    let desk = Desk::new();
    let functions: Vec<Value> = desk.call("list_lambdas", desk.scope.clone()).await;
    let echo = functions.iter().find(|f| f["name"] == "echo").unwrap();
    assert_eq!(echo["arn"], "arn:aws:lambda:us-east-1:123456789012:function:echo");
    let mut ask = json!({"scope": desk.scope, "name": "echo"});
    let read: Value = desk.call("read_lambda", ask.clone()).await;
    assert_eq!((&read["name"], &read["arn"]), (&echo["name"], &echo["arn"]));
    ask["name"] = json!("nobody");
    assert_eq!(desk.refused("read_lambda", ask).await.code.as_str(), "not_found");
}

#[tokio::test]
async fn the_policy_names_what_was_called_and_nothing_else() {
    let desk = Desk::new();
    desk.fix().await;
    let api = desk.api().await;
    let today: Value = desk.call("write_policy", desk.scope.clone()).await;
    let policy: Value = serde_json::from_str(today["policy"].as_str().unwrap()).unwrap();
    let pairs: Vec<(String, String)> = policy["Statement"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| {
            let texts = |v: &Value| -> Vec<String> {
                v.as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
            };
            let (actions, resources) = (texts(&s["Action"]), texts(&s["Resource"]));
            actions.into_iter().flat_map(move |a| resources.clone().into_iter().map(move |r| (a.clone(), r)))
        })
        .collect();
    let arn = |path: &str| format!("arn:aws:apigateway:us-east-1::/apis{path}");
    let expected = [
        ("apigateway:GET", arn("")),
        ("apigateway:GET", arn(&format!("/{api}"))),
        ("apigateway:GET", arn(&format!("/{api}/*"))),
        ("apigateway:PATCH", arn(&format!("/{api}/*"))),
        ("apigateway:POST", arn(&format!("/{api}/*"))),
    ];
    let mut expected: Vec<_> = expected.into_iter().map(|(action, resource)| (action.to_owned(), resource)).collect();
    let mut pairs = pairs;
    expected.sort();
    pairs.sort();
    assert_eq!(pairs, expected);
    assert!(today["calls"].as_u64().unwrap() > 10);
}
