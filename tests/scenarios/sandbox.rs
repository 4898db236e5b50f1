//! The sandbox as a person runs it: its port, its clock, its file, and who is connected.

use std::path::PathBuf;

use axum::body::Bytes;
use axum::http::Request;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_app::{App, Options, rpc};
use gatescope_model::conversation::RowKind;
use gatescope_sandbox::{Sandbox, Seed};
use gatescope_tests::Desk;
use serde_json::{Value, json};

/// What the Sandbox screen shows.
struct Screen(BoxStream<'static, String>);

impl Screen {
    async fn open(desk: &Desk) -> Self {
        Self(rpc::stream(&desk.app, "watch_sandbox", Value::Null).await.unwrap())
    }

    /// Waits until it shows this.
    async fn until(&mut self, what: &str, shows: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let looking = async {
            loop {
                let batch: Vec<Value> = serde_json::from_str(&self.0.next().await.unwrap()).unwrap();
                last = batch.into_iter().next_back().unwrap();
                if shows(&last) {
                    return;
                }
            }
        };
        let patience = std::time::Duration::from_secs(20);
        assert!(tokio::time::timeout(patience, looking).await.is_ok(), "never shown: {what}\n{last:#}");
        last
    }
}

/// A data folder of this test's own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("gatescope-sandbox-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn desk(&self) -> Desk {
        let options = Options { database: Some(self.0.join("gatescope.db")), ..Options::default() };
        Desk { app: App::start(options).unwrap(), scope: json!({"account": "sandbox", "region": "us-east-1"}) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn fault(route: &str, chaos: Value) -> Value {
    json!({"apiId": "chat5gw1ws", "stage": "prod", "routeKey": route, "chaos": chaos})
}

#[tokio::test]
async fn the_screen_shows_who_is_connected_and_can_close_the_connection() {
    let desk = Desk::new();
    desk.fix().await;
    let mut screen = Screen::open(&desk).await;
    let mut talk = desk.open("prod").await;
    talk.connect().await;
    let view = screen.until("a client", |v| v["connected"] == 1).await;
    let client = &view["connections"][0];
    assert_eq!((&client["apiId"], &client["stage"]), (&json!("chat5gw1ws"), &json!("prod")));
    assert!(client["userAgent"].as_str().unwrap().starts_with("Gatescope/"), "{client}");
    let _: Value = desk.call("disconnect_client", json!({"connectionId": client["connectionId"]})).await;
    talk.until("the connection is closed", |t| t.rows.values().any(|r| r.kind == RowKind::Closed)).await;
    let view = screen.until("nobody", |v| v["connected"] == 0).await;
    assert_eq!(view["connections"], json!([]));
    let gone = desk.refused("disconnect_client", json!({"connectionId": "L0SM9cOFvHcCIhw="})).await;
    assert_eq!(gone.code.as_str(), "not_found");
}

#[tokio::test]
async fn ten_idle_minutes_are_skipped_and_the_connection_ends_with_1001() {
    let desk = Desk::new();
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    talk.connect().await;
    let mut screen = Screen::open(&desk).await;
    let before = screen.until("the time", |_| true).await["now"].as_i64().unwrap();
    let _: Value = desk.call("set_clock", json!({"advanceMs": 600_000})).await;
    talk.until("the connection is closed", |t| t.rows.values().any(|r| r.kind == RowKind::Closed)).await;
    let closed = talk.rows.values().find(|r| r.kind == RowKind::Closed).unwrap();
    assert!(closed.text.contains("1001"), "{closed:?}");
    screen.until("ten minutes later", |v| v["now"].as_i64().unwrap() >= before + 600_000).await;
    let _: Value = desk.call("set_clock", json!({"speed": 60})).await;
    screen.until("the speed", |v| v["clockSpeed"] == 60.0).await;
}

#[tokio::test]
async fn a_port_is_opened_for_others_refused_when_it_is_taken_and_closed_again() {
    let (desk, other) = (Desk::new(), Desk::new());
    let mut screen = Screen::open(&desk).await;
    assert!(screen.until("the sandbox", |_| true).await.get("port").is_none(), "nothing listens unasked");
    let port = desk.call::<Value>("open_sandbox_port", json!({})).await["port"].as_u64().unwrap();
    screen.until("the port", |v| v["port"] == port).await;
    let address = format!("127.0.0.1:{port}");
    assert!(tokio::net::TcpStream::connect(&address).await.is_ok());
    let again: Value = desk.call("open_sandbox_port", json!({"port": port})).await;
    assert_eq!(again["port"], port, "it is open already");
    let taken = other.refused("open_sandbox_port", json!({"port": port})).await;
    assert_eq!(taken.code.as_str(), "port_unavailable");
    assert_eq!(taken.message, format!("port {port} is already in use"));
    let _: Value = desk.call("close_sandbox_port", Value::Null).await;
    screen.until("no port", |v| v.get("port").is_none()).await;
    let reopened: Value = other.call("open_sandbox_port", json!({"port": port})).await;
    assert_eq!(reopened["port"], port);
}

#[tokio::test]
async fn what_the_sandbox_holds_is_there_after_a_restart_and_starting_over_forgets_it() {
    let folder = Folder::new("restart");
    let desk = folder.desk();
    desk.fix().await;
    let _: Value = desk.call("set_fault", fault("joinroom", json!({"latencyMs": 7}))).await;
    let _: Value = desk.call("set_clock", json!({"advanceMs": 3_600_000})).await;
    desk.app.close();
    let again = folder.desk();
    let mut screen = Screen::open(&again).await;
    let view = screen.until("the fault", |v| v["faults"][0]["chaos"]["latencyMs"] == 7).await;
    assert!(view["file"].as_str().unwrap().ends_with("sandbox.json") && view["trouble"] == json!([]), "{view:#}");
    let earlier = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap() + 3_000_000;
    assert!(view["now"].as_i64().unwrap() > earlier, "its time goes on where it was");
    let mut talk = again.open("prod").await;
    assert_eq!(talk.connect().await.status, Some(101), "the fix is kept");
    let _: Value = again.call("reset_sandbox", json!({"seed": "chat"})).await;
    let view = screen.until("no fault", |v| v["faults"] == json!([])).await;
    assert!(view["now"].as_i64().unwrap() < earlier, "and time is the wall's again");
    let mut talk = again.open("prod").await;
    assert_eq!(talk.connect().await.status, Some(500), "the API is broken as at first");
    let _: Value = again.call("reset_sandbox", json!({"seed": "empty"})).await;
    let apis: Value = again.call("list_apis", again.scope.clone()).await;
    assert_eq!(apis, json!([]));
}

#[tokio::test]
async fn a_state_file_of_garbage_is_set_aside_and_the_screen_says_so() {
    let folder = Folder::new("garbage");
    std::fs::write(folder.0.join("sandbox.json"), "{\"state\": 7").unwrap();
    let desk = folder.desk();
    let view = Screen::open(&desk).await.until("the sandbox", |_| true).await;
    let said = view["trouble"][0].as_str().unwrap();
    assert!(said.contains("can't be read") && said.contains("sandbox.json.broken-"), "{said}");
    let aside = std::fs::read_dir(&folder.0).unwrap().map(|e| e.unwrap().path());
    let aside = aside.into_iter().find(|p| p.display().to_string().contains("broken")).unwrap();
    assert_eq!(std::fs::read_to_string(aside).unwrap(), "{\"state\": 7");
    assert_eq!(desk.api().await, "chat5gw1ws", "it begins with its seed");
}

#[tokio::test]
async fn two_windows_do_not_write_over_each_other() {
    let folder = Folder::new("twice");
    let (_first, second) = (folder.desk(), folder.desk());
    let view = Screen::open(&second).await.until("the sandbox", |_| true).await;
    let said = view["trouble"][0].as_str().unwrap();
    assert!(said.starts_with("another sandbox uses the state file"), "{said}");
    assert!(view.get("file").is_none());
}

#[tokio::test]
async fn faults_and_functions_that_make_no_sense_are_refused_with_a_reason() {
    let desk = Desk::new();
    for (call, question, part) in [
        ("set_fault", fault("$connect", json!({"dropPercent": 101})), "at most 100"),
        ("set_fault", fault("$connect", json!({"status": 404})), "429 or 500"),
        ("set_fault", fault("$connect", json!({"close": 1000})), "1006 or 1009"),
        ("set_function", json!({"name": "a b", "behaviour": {"kind": "timesOut"}}), "1 to 64 letters"),
        ("set_function", json!({"name": "f", "behaviour": {"kind": "answers", "payload": "{"}}), "no JSON"),
        ("set_function", json!({"name": "f", "behaviour": {"kind": "url", "url": "localhost"}}), "http://"),
    ] {
        let error = desk.refused(call, question).await;
        assert!(error.message.contains(part), "{call}: {error:?}");
    }
    let view = Screen::open(&desk).await.until("the sandbox", |_| true).await;
    assert_eq!(view["faults"], json!([]));
    let routes = &view["apis"][0]["routeKeys"];
    assert_eq!(*routes, json!(["$connect", "$disconnect", "$default", "joinroom", "sendmessage"]));
}

#[tokio::test]
async fn all_faults_go_at_once() {
    let desk = Desk::new();
    let mut screen = Screen::open(&desk).await;
    for route in ["joinroom", "$connect"] {
        let _: Value = desk.call("set_fault", fault(route, json!({"dropPercent": 50}))).await;
    }
    screen.until("two faults", |v| v["faults"].as_array().unwrap().len() == 2).await;
    let _: Value = desk.call("clear_faults", Value::Null).await;
    screen.until("none", |v| v["faults"] == json!([])).await;
}

#[tokio::test]
async fn a_fault_makes_connect_429_and_clearing_it_101() {
    let desk = Desk::new();
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    let _: Value = desk.call("set_fault", fault("$connect", json!({"status": 429}))).await;
    assert_eq!(talk.connect().await.status, Some(429));
    let _: Value = desk.call("set_fault", fault("$connect", json!({}))).await;
    assert_eq!(talk.connect().await.status, Some(101));
    let _: Value = desk.call("set_fault", fault("joinroom", json!({"close": 1009}))).await;
    let send = json!({"session": talk.session, "text": "{\"action\":\"joinroom\"}"});
    let _: Value = desk.call("send_message", send).await;
    talk.until("the connection is closed", |t| t.rows.values().any(|r| r.kind == RowKind::Closed)).await;
    let closed = talk.rows.values().find(|r| r.kind == RowKind::Closed).unwrap();
    assert!(closed.text.contains("1009"), "{closed:?}");
}

#[tokio::test]
async fn the_gallery_is_listed_where_it_is_and_only_what_is_left_of_it() {
    let desk = Desk::new();
    let list = async || -> Vec<Value> { desk.call("list_exhibits", Value::Null).await };
    assert_eq!(list().await, Vec::<Value>::new());
    let _: Value = desk.call("reset_sandbox", json!({"seed": "gallery"})).await;
    let listed = list().await;
    let find = |cause: &str| listed.iter().find(|e| e["cause"] == cause).unwrap();
    assert_eq!(listed.len(), Sandbox::gallery().len());
    let locked = find("lambda-permission-missing");
    assert_eq!((&locked["stage"], &locked["dials"]), (&json!("prod"), &json!(1)));
    let request = Request::delete(format!("/v2/apis/{}", locked["apiId"].as_str().unwrap()));
    let gone = desk.app.sandbox().handle(request.body(Bytes::new()).unwrap()).await;
    assert_eq!(gone.status(), 204);
    assert!(list().await.iter().all(|e| e["cause"] != "lambda-permission-missing"));
}

#[tokio::test]
async fn a_function_that_is_changed_changes_what_its_authorizer_answers() {
    let desk = Desk::with(gatescope_sandbox::Options { seed: Seed::Gallery, ..Default::default() });
    let exhibit = Sandbox::gallery().into_iter().find(|e| e.cause == "authorizer-unauthorized").unwrap();
    let stage = json!({"scope": desk.scope, "apiId": exhibit.api_id, "stage": "prod"});
    let mut talk = desk.open_stage(stage).await;
    let with_token = json!({"headers": exhibit.headers});
    assert_eq!(talk.connect_with(with_token.clone()).await.status, Some(401));
    let view = Screen::open(&desk).await.until("the sandbox", |_| true).await;
    let function = view["functions"].as_array().unwrap().iter().find(|f| f["name"] == "gallery-unauthorized").unwrap();
    assert_eq!(function["behaviour"], json!({"kind": "raises", "message": "Unauthorized"}));
    let allow = json!({"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}]}});
    let behaviour = json!({"kind": "answers", "payload": allow.to_string()});
    let set = json!({"name": "gallery-unauthorized", "behaviour": behaviour});
    let _: Value = desk.call("set_function", set).await;
    assert_eq!(talk.connect_with(with_token).await.status, Some(101));
}

#[tokio::test]
async fn a_function_comes_and_goes_but_the_sandboxs_own_stay() {
    let desk = Desk::new();
    let mut screen = Screen::open(&desk).await;
    let there = |v: &Value, name: &str| v["functions"].as_array().unwrap().iter().any(|f| f["name"] == name);
    let set = json!({"name": "greet", "behaviour": {"kind": "answers", "payload": "{\"statusCode\": 201}"}});
    let _: Value = desk.call("set_function", set).await;
    screen.until("greet", |v| there(v, "greet")).await;
    let _: Value = desk.call("delete_function", json!({"name": "greet"})).await;
    screen.until("no greet", |v| !there(v, "greet")).await;
    let gone = desk.refused("delete_function", json!({"name": "greet"})).await;
    assert_eq!(gone.code.as_str(), "not_found");
    let kept = desk.refused("delete_function", json!({"name": "authorizer"})).await;
    assert!(kept.message.contains("comes with the sandbox"), "{kept:?}");
}
