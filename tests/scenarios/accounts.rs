//! Profiles of the AWS configuration files, in a process of their own because files are named by environment variables.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio_tungstenite::tungstenite::Message;

const FILES: &str = "
[default]
region = eu-west-1

[profile keys]
region = eu-central-1
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

[sso-session corp]
sso_start_url = https://corp.invalid/start
sso_region = us-east-1

[profile signed-on]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Developer
region = us-east-1

[profile role]
role_arn = arn:aws:iam::123456789012:role/Developer
source_profile = keys

[profile pod]
role_arn = arn:aws:iam::123456789012:role/Pod
web_identity_token_file = /nowhere/token

[profile tool]
credential_process = /nowhere/credentials
";

/// A host process with configuration files and an environment of its own.
struct Elsewhere {
    address: String,
    token: String,
    sandbox: Option<String>,
    _lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
    folder: PathBuf,
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Elsewhere {
    async fn start(name: &str, config: &str, environment: &[(&str, &str)], arguments: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("gatescope-accounts-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config"), config).unwrap();
        std::fs::write(folder.join("credentials"), "").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatescope-host"));
        command.args(arguments).env_clear().stdout(Stdio::piped()).kill_on_drop(true);
        command
            .env("AWS_CONFIG_FILE", folder.join("config"))
            .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("credentials"));
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("HOME", &folder).envs(environment.iter().copied());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut sandbox = None;
        loop {
            let line = lines.next_line().await.unwrap().expect("the host ended before it was ready");
            if let Some(url) = line.strip_prefix("sandbox ") {
                sandbox = Some(url.to_owned());
            } else if let Some(url) = line.strip_prefix("ready http://") {
                let (address, token) = url.split_once("/#token=").unwrap();
                let (address, token) = (address.to_owned(), token.to_owned());
                return Self { address, token, sandbox, _lines: lines, _process: process, folder };
            }
        }
    }

    async fn call(&self, name: &str, question: Value) -> Result<Value, Value> {
        let mut peer = TcpStream::connect(&self.address).await.unwrap();
        let body = question.to_string();
        let head = format!(
            "POST /rpc/{name} HTTP/1.1\r\nhost: {}\r\nx-gatescope-token: {}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            self.address,
            self.token,
            body.len()
        );
        peer.write_all((head + &body).as_bytes()).await.unwrap();
        let mut answer = String::new();
        peer.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{name}: {e}: {answer}"));
        if head.starts_with("HTTP/1.1 200") { Ok(value) } else { Err(value) }
    }
}

#[tokio::test]
async fn every_profile_is_listed_with_its_kind_of_credentials() {
    let here = Elsewhere::start("kinds", FILES, &[], &[]).await;
    let said = here.call("list_accounts", json!({})).await.unwrap();
    let kinds: BTreeMap<&str, &str> = said["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (a["name"].as_str().unwrap(), a["kind"].as_str().unwrap()))
        .collect();
    let expected = [
        ("Sandbox", "sandbox"),
        ("default", "no credentials"),
        ("keys", "static keys"),
        ("signed-on", "SSO"),
        ("role", "assumed role"),
        ("pod", "web identity"),
        ("tool", "process"),
    ];
    assert_eq!(kinds, BTreeMap::from(expected));
    assert_eq!(said["start"], json!({"account": "sandbox", "region": "us-east-1"}));
    assert_eq!(said["startFrom"], "AWS_PROFILE is not set");
    let text = said.to_string();
    assert!(!text.contains("wJalrXUtnFEMI"), "a secret key came out of the files: {text}");
}

#[tokio::test]
async fn the_environment_says_where_to_begin() {
    let environment = [("AWS_PROFILE", "keys"), ("AWS_REGION", "ap-south-1")];
    let here = Elsewhere::start("environment", FILES, &environment, &[]).await;
    let said = here.call("list_accounts", json!({})).await.unwrap();
    assert_eq!(said["start"], json!({"account": "profile:keys", "region": "ap-south-1"}));
    assert_eq!(said["startFrom"], "AWS_PROFILE");
    let keys = said["accounts"].as_array().unwrap().iter().find(|a| a["name"] == "keys").unwrap().clone();
    assert_eq!(keys["regionFrom"], "AWS_REGION", "the variable that gave the region is named");
}

#[tokio::test]
async fn credentials_that_have_to_be_renewed_say_how() {
    let here = Elsewhere::start("expired", FILES, &[], &[]).await;
    let error =
        here.call("identify", json!({"account": "profile:signed-on", "region": "us-east-1"})).await.unwrap_err();
    assert_eq!(error["code"], "credentials_expired", "{error}");
    assert_eq!(error["hint"], "aws sso login --profile signed-on");
    let error = here.call("identify", json!({"account": "profile:default", "region": "us-east-1"})).await.unwrap_err();
    assert_eq!(error["code"], "no_credentials", "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_configuration_is_said_and_the_sandbox_still_opens() {
    let here = Elsewhere::start("garbage", "[profile broken\n\u{0}= = =\n", &[], &[]).await;
    let said = here.call("list_accounts", json!({})).await.unwrap();
    assert_eq!(said["accounts"].as_array().unwrap().len(), 1);
    assert!(said["problem"].as_str().is_some_and(|p| !p.is_empty()), "{said}");
    let apis = here.call("list_apis", json!({"account": "sandbox", "region": "us-east-1"})).await.unwrap();
    assert_eq!(apis[0]["name"], "my-chat-app-gw-1");
}

/// The whole way of a real account: files, credentials, signed HTTP, a live tail over the network and a socket; AWS is
/// another process's sandbox on a port.
#[tokio::test]
async fn a_profile_whose_endpoint_is_a_port_explains_a_500_like_aws() {
    let aws = Elsewhere::start("aws", "", &[], &["--listen"]).await;
    let endpoint = aws.sandbox.clone().unwrap();
    let config = format!(
        "[profile dev]\nregion = us-east-1\nendpoint_url = {endpoint}\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
         aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
    );
    let here = Elsewhere::start("endpoint", &config, &[], &["--seed", "empty"]).await;
    let scope = json!({"account": "profile:dev", "region": "us-east-1"});

    let caller = here.call("identify", scope.clone()).await.unwrap();
    assert_eq!(caller["account"], "123456789012");
    let apis = here.call("list_apis", scope.clone()).await.unwrap();
    let api = apis[0]["apiId"].as_str().unwrap();

    let url = format!("ws://{}/stream/open_session?token={}", here.address, here.token);
    let (mut stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let question = json!({"scope": scope, "apiId": api, "stage": "prod"});
    stream.send(Message::Text(question.to_string().into())).await.unwrap();
    let mut session = Value::Null;
    let mut connected = false;
    loop {
        let Some(Ok(Message::Text(text))) = stream.next().await else { panic!("the stream ended") };
        let batch: Value = serde_json::from_str(&text).unwrap();
        stream.send(Message::Text(batch["batch"].to_string().into())).await.unwrap();
        for item in batch["items"].as_array().unwrap() {
            match item["kind"].as_str().unwrap() {
                "ready" => session = item["session"].clone(),
                // The configuration is read: the URL is known.
                "tail" if !connected && item["tail"]["level"] == "INFO" => {
                    connected = true;
                    here.call("connect", json!({"session": session})).await.unwrap();
                }
                "row" if item["row"]["verdict"]["findings"][0]["confidence"] == "certain" => {
                    assert_eq!(item["row"]["verdict"]["findings"][0]["cause"], "mock-status-missing");
                    assert_eq!(item["row"]["link"]["kind"], "exact");
                    return;
                }
                _ => {}
            }
        }
    }
}
