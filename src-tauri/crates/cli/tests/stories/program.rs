//! Runs `gatescope`, and the servers that it talks to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::WebSocket;

/// What a run came to.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The standard output as JSON lines.
    pub fn records(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

/// The program, with an environment that no machine disturbs.
pub fn gatescope(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatescope"));
    command.args(args).env_remove("AWS_PROFILE").env_remove("AWS_ENDPOINT_URL");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end with this input.
pub fn run(args: &[&str], input: &[u8]) -> Ran {
    finish(gatescope(args), input)
}

/// Runs a prepared command to its end.
pub fn finish(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // It may end before it has read everything.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Accepts one connection and answers its request head with these bytes, then holds the stream until the client goes.
pub fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/prod", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if stream.read(&mut byte).unwrap_or(0) == 0 {
                return;
            }
            head.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        let _ = stream.read_to_end(&mut head);
    });
    url
}

/// Accepts one WebSocket.
pub fn talking(talk: impl FnOnce(WebSocket<TcpStream>) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("ws://{}/prod", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        talk(tokio_tungstenite::tungstenite::accept(stream).unwrap());
    });
    url
}

/// Sends text back until the client goes.
pub fn echo() -> String {
    talking(|mut socket| {
        while let Ok(message) = socket.read() {
            if message.is_text() && socket.send(message).is_err() {
                return;
            }
        }
    })
}

/// A running `gatescope sandbox`, gone with this value.
pub struct Sandbox {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
}

impl Sandbox {
    pub fn start(args: &[&str]) -> Self {
        let mut child = gatescope(&[&["sandbox", "--listen", "127.0.0.1:0"], args].concat()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let variable = lines.next().unwrap().unwrap();
        let keys = lines.next().unwrap().unwrap();
        let ready = lines.next().unwrap().unwrap();
        let address = ready.strip_prefix("ready http://").unwrap().to_owned();
        assert_eq!(variable, format!("AWS_ENDPOINT_URL=http://{address}"));
        assert!(keys.starts_with("AWS_ACCESS_KEY_ID=") && keys.contains(" AWS_SECRET_ACCESS_KEY="), "{keys}");
        Self { child, address }
    }

    /// The next line on its standard error; it waits for one.
    pub fn said(&mut self) -> String {
        let mut line = Vec::new();
        let errors = self.child.stderr.as_mut().unwrap();
        while line.last() != Some(&b'\n') {
            let mut byte = [0];
            assert_eq!(errors.read(&mut byte).unwrap(), 1, "it ended without a word");
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    /// Calls its control plane, as any AWS client would.
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        write!(stream, "{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
        serde_json::from_str(body).unwrap_or_default()
    }

    /// Gives the seed's `$connect` what it lacks, and deploys.
    pub fn repair(&self) {
        let api = "/v2/apis/chat5gw1ws";
        let routes = self.ask("GET", &format!("{api}/routes"), &Value::Null);
        let connect = routes["items"].as_array().unwrap().iter().find(|route| route["routeKey"] == "$connect").unwrap();
        let integration = format!("{api}/{}", connect["target"].as_str().unwrap());
        let template = json!({"templateSelectionExpression": "\\$default", "requestTemplates": {"$default": "{\"statusCode\": 200}"}});
        self.ask("PATCH", &integration, &template);
        self.ask(
            "POST",
            &format!("{integration}/integrationresponses"),
            &json!({"integrationResponseKey": "$default"}),
        );
        self.ask("POST", &format!("{api}/deployments"), &json!({"stageName": "prod"}));
    }

    /// A command that has a profile `local` for this sandbox.
    pub fn with_profile(&self, args: &[&str]) -> (Command, Profile) {
        let folder = std::env::temp_dir().join(format!("gatescope-profile-{}-{}", std::process::id(), self.child.id()));
        std::fs::create_dir_all(&folder).unwrap();
        let profile = format!(
            "[profile local]\nregion = us-east-1\nendpoint_url = http://{}\naws_access_key_id = a\naws_secret_access_key = b\n",
            self.address
        );
        std::fs::write(folder.join("config"), profile).unwrap();
        let mut command = gatescope(&[args, &["--profile", "local"]].concat());
        command.env("AWS_CONFIG_FILE", folder.join("config")).env("AWS_SHARED_CREDENTIALS_FILE", folder.join("none"));
        (command, Profile(folder))
    }

    /// Asks it to end as a service manager would.
    #[cfg(unix)]
    pub fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

/// The folder of a profile, gone with this value.
pub struct Profile(PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
