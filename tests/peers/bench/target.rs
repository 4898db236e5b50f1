//! The servers that are put under load, each a process of its own with an echo route: the bare echo, the sandbox with
//! execution logs and without, and serverless-offline.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

/// A server of Node's needs so long to start on a busy machine.
const START: Duration = Duration::from_secs(90);
const SERVERLESS: &str = include_str!("offline/serverless.yml");
const FUNCTIONS: &str = include_str!("offline/handler.js");
/// A running server, gone with this value.
pub struct Target {
    /// In the table.
    pub name: &'static str,
    /// What to dial.
    pub url: String,
    /// Where the sandbox's control plane is, and its API; elsewhere empty.
    pub endpoint: Option<(SocketAddr, String)>,
    child: Child,
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Target {
    /// Of the server.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The least that an echo server can be.
    pub fn bare(here: &Path) -> Result<Self, String> {
        let (child, url) = started(Command::new(here).arg("--echo-server"), "ws://")?;
        Ok(Self { name: "bare echo (tokio-tungstenite)", url, endpoint: None, child })
    }

    /// `gatescope sandbox` with a two-way MOCK route that says back what it is sent.
    pub fn sandbox(name: &'static str, gatescope: &Path, level: &str) -> Result<Self, String> {
        // The seed's account can write logs already.
        let args = ["sandbox", "--listen", "127.0.0.1:0", "--seed", "chat"];
        let (child, ready) = started(Command::new(gatescope).args(args), "ready http://")?;
        let address = ready.trim_start_matches("ready http://").parse().map_err(|_| format!("no address: {ready}"))?;
        // The process is ended even when its API can't be made.
        let mut target = Self { name, url: String::new(), endpoint: None, child };
        let api = echo_api(address, level)?;
        target.url = format!("ws://{address}/{api}/prod");
        target.endpoint = Some((address, api));
        Ok(target)
    }

    /// serverless-offline in its fastest mode; `folder` has its packages.
    pub fn offline(folder: &Path) -> Result<Self, String> {
        let program = folder.join("node_modules/.bin/osls");
        if !program.exists() {
            return Err("serverless-offline is not installed (cargo xtask bench --install)".into());
        }
        let service = folder.join("offline");
        let written = std::fs::create_dir_all(&service)
            .and_then(|()| std::fs::write(service.join("serverless.yml"), SERVERLESS))
            .and_then(|()| std::fs::write(service.join("handler.js"), FUNCTIONS));
        written.map_err(|why| why.to_string())?;
        let ports = free_ports()?;
        let mut command = Command::new(program);
        command.current_dir(&service).args(["offline", "start", "--useInProcess"]);
        for (flag, port) in ["--httpPort", "--websocketPort", "--lambdaPort"].into_iter().zip(&ports) {
            command.arg(flag).arg(port.to_string());
        }
        for (name, value) in [
            ("SLS_TELEMETRY_DISABLED", "1"),
            ("SLS_NOTIFICATIONS_MODE", "off"),
            ("SLS_DISABLE_AUTO_UPDATE", "1"),
            ("AWS_ACCESS_KEY_ID", "none"),
            ("AWS_SECRET_ACCESS_KEY", "none"),
            ("CI", "1"),
        ] {
            command.env(name, value);
        }
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|why| format!("serverless-offline: {why}"))?;
        let said = child.stderr.take();
        let url = format!("ws://127.0.0.1:{}/", ports[1]);
        let target = Self { name: "serverless-offline --useInProcess", url, endpoint: None, child };
        // It says on standard error when it listens; the pipe is read on, so that it never fills.
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(said?).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
            Some(())
        });
        loop {
            let line = told.recv_timeout(START).map_err(|_| "serverless-offline did not start".to_owned())?;
            if line.contains("[http for websocket] listening") {
                return Ok(target);
            }
        }
    }
}

/// A process, and the line of its standard output that begins so.
fn started(command: &mut Command, begins: &str) -> Result<(Child, String), String> {
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|why| format!("{}: {why}", command.get_program().display()))?;
    let lines = child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok);
    match lines.into_iter().find(|line| line.starts_with(begins)) {
        Some(line) => Ok((child, line.trim().to_owned())),
        None => {
            let _ = child.kill();
            let _ = child.wait();
            Err(format!("{} did not start", command.get_program().display()))
        }
    }
}

fn free_ports() -> Result<Vec<u16>, String> {
    let listeners: Result<Vec<_>, _> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0")).collect();
    let ports = listeners.and_then(|all| all.iter().map(|one| Ok(one.local_addr()?.port())).collect());
    ports.map_err(|why: std::io::Error| why.to_string())
}

/// One API with the routes that a chat has and `echo`; gives its id.
fn echo_api(to: SocketAddr, level: &str) -> Result<String, String> {
    let api =
        json!({ "name": "echo", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action" });
    let id = text(&ask(to, "POST", "/v2/apis", &api)?, "apiId");
    let base = format!("/v2/apis/{id}");
    for (key, ask_template, answer) in [
        ("$connect", r#"{"statusCode": 200}"#, None),
        ("$disconnect", r#"{"statusCode": 200}"#, None),
        ("echo", r#"{"statusCode": 200, "said": $input.body}"#, Some("$input.json('$.said')")),
    ] {
        let mock = json!({ "integrationType": "MOCK", "templateSelectionExpression": "\\$default",
            "requestTemplates": { "$default": ask_template } });
        let integration = text(&ask(to, "POST", &format!("{base}/integrations"), &mock)?, "integrationId");
        let mut response = json!({ "integrationResponseKey": "$default" });
        let mut route = json!({ "routeKey": key, "target": format!("integrations/{integration}") });
        if let Some(answer) = answer {
            response["templateSelectionExpression"] = json!("\\$default");
            response["responseTemplates"] = json!({ "$default": answer });
            route["routeResponseSelectionExpression"] = json!("$default");
        }
        ask(to, "POST", &format!("{base}/integrations/{integration}/integrationresponses"), &response)?;
        let route = text(&ask(to, "POST", &format!("{base}/routes"), &route)?, "routeId");
        if answer.is_some() {
            let default = json!({ "routeResponseKey": "$default" });
            ask(to, "POST", &format!("{base}/routes/{route}/routeresponses"), &default)?;
        }
    }
    let stage = json!({ "stageName": "prod", "defaultRouteSettings": { "loggingLevel": level } });
    ask(to, "POST", &format!("{base}/stages"), &stage)?;
    ask(to, "POST", &format!("{base}/deployments"), &json!({ "stageName": "prod" }))?;
    Ok(id)
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

/// How many events of a log group hold this text.
pub fn logged(to: SocketAddr, group: &str, text: &str) -> Result<usize, String> {
    let mut question = json!({ "logGroupName": group, "filterPattern": format!("\"{text}\"") });
    let mut count = 0;
    loop {
        let head = "content-type: application/x-amz-json-1.1\r\nx-amz-target: Logs_20140328.FilterLogEvents";
        let page = exchange(to, "POST", "/", head, &question.to_string())?;
        count += page["events"].as_array().map_or(0, Vec::len);
        match page["nextToken"].as_str() {
            Some(token) => question["nextToken"] = json!(token),
            None => return Ok(count),
        }
    }
}

fn ask(to: SocketAddr, method: &str, path: &str, body: &Value) -> Result<Value, String> {
    exchange(to, method, path, "content-type: application/json", &body.to_string())
}

/// One request on a connection of its own. A client of HTTP is too much for ten of them.
fn exchange(to: SocketAddr, method: &str, path: &str, head: &str, body: &str) -> Result<Value, String> {
    let head = format!("host: {to}\r\n{head}\r\ncontent-length: {}\r\nconnection: close", body.len());
    let request = format!("{method} {path} HTTP/1.1\r\n{head}\r\n\r\n{body}");
    let mut answer = Vec::new();
    let sent = TcpStream::connect(to).and_then(|mut stream| {
        stream.write_all(request.as_bytes())?;
        stream.read_to_end(&mut answer)
    });
    sent.map_err(|why| format!("{method} {path}: {why}"))?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    if !head.starts_with("HTTP/1.1 2") {
        return Err(format!("{method} {path}: {}: {body}", head.lines().next().unwrap_or_default()));
    }
    Ok(serde_json::from_str(body).unwrap_or_default())
}
