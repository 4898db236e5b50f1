//! Clients that break the protocol, vanish, or stop listening, by the thousand: nothing is left of them, and each
//! `$disconnect` runs once.

use std::collections::BTreeMap;
use std::time::Duration;

use gatescope_sandbox::Sandbox;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use super::client::{CHAT, Client, handshake, host};

const GROUP: &str = "/aws/apigateway/chat5gw1ws/prod";
/// Longer than anything here takes, unless it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn chat() -> Client {
    let client = Client::chat();
    super::broken_chat::fix(&client).await;
    client.create("/v2/apis/chat5gw1ws/deployments", json!({ "stageName": "prod" })).await;
    client
}

/// Bytes that a text makes as the `n`th of its broken forms: always the same ones.
struct Breaker(u64);

impl Breaker {
    fn pick(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }

    fn broken(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.pick(6) {
            let at = self.pick(bytes.len());
            let byte = u8::try_from(self.pick(256)).unwrap();
            match self.pick(5) {
                0 => bytes.truncate(at),
                1 if !bytes.is_empty() => {
                    bytes.remove(at);
                }
                2 => bytes.insert(at, byte),
                _ if !bytes.is_empty() => bytes[at] = byte,
                _ => {}
            }
        }
        bytes
    }
}

/// Waits until nobody is connected any more.
async fn deserted(sandbox: &Sandbox) {
    let empty = async {
        while sandbox.view().connected > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, empty).await.unwrap();
}

/// How often each connection was said to be gone.
async fn farewells(client: &Client) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let mut asked = json!({ "logGroupName": GROUP, "filterPattern": "\"disconnected from API\"" });
    loop {
        let page = client.logs("FilterLogEvents", asked.clone()).await.json();
        for event in page["events"].as_array().unwrap() {
            let message = event["message"].as_str().unwrap();
            let id = message.split_once("[Connection Id: ").unwrap().1.split_once(']').unwrap().0.to_owned();
            *counts.entry(id).or_default() += 1;
        }
        match page["nextToken"].as_str() {
            Some(token) => asked["nextToken"] = json!(token),
            None => return counts,
        }
    }
}

/// As soon as there are that many, and once each.
async fn each_left_once(client: &Client, connections: usize) {
    deserted(&client.sandbox).await;
    // The session is taken off the list before its `$disconnect` runs.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    let farewells = farewells(client).await;
    assert!(farewells.values().all(|n| *n == 1), "a $disconnect ran twice");
    assert_eq!(farewells.len(), connections);
}

/// A masked frame, as clients send it.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match u8::try_from(payload.len()) {
        Ok(n @ 0..=125) => frame.push(0x80 | n),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
    }
    frame.extend([0x11, 0x22, 0x33, 0x44]);
    frame.extend(payload.iter().zip([0x11, 0x22, 0x33, 0x44].iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The close code of the last frame, if it is a close frame; everything before it must be whole frames too.
fn close_code(mut bytes: &[u8]) -> Option<u16> {
    let mut code = None;
    while let [first, length, rest @ ..] = bytes {
        assert_eq!(length & 0x80, 0, "a server masks nothing");
        let (length, rest) = match length {
            126 => (usize::from(u16::from_be_bytes([rest[0], rest[1]])), &rest[2..]),
            127 => panic!("nothing here is that long"),
            n => (usize::from(*n), rest),
        };
        let (payload, after) = rest.split_at(length);
        code = match (first & 15, payload) {
            (8, [a, b, ..]) => Some(u16::from_be_bytes([*a, *b])),
            (8, _) => Some(1005),
            _ => None,
        };
        bytes = after;
    }
    code
}

#[tokio::test]
async fn a_thousand_broken_handshakes_are_refused_or_dropped_and_leave_nothing() {
    let client = chat().await;
    let listening = client.sandbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let whole = handshake(&host(CHAT), "/prod", "X-Probe: 1\r\nOrigin: https://example.com\r\n");
    let mut breaker = Breaker(1);
    let mut accepted = 0;
    for round in 0..1000 {
        let bytes = breaker.broken(whole.as_bytes());
        let mut stream = TcpStream::connect(listening.addr).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
        let status = answer.get(..10).map(String::from_utf8_lossy).unwrap_or_default();
        let shown = String::from_utf8_lossy(&bytes);
        match status.as_ref() {
            // What was broken did no harm.
            "HTTP/1.1 1" => accepted += 1,
            "" | "HTTP/1.1 4" | "HTTP/1.0 4" => {}
            other => panic!("{round}: {other:?} to {shown:?}"),
        }
    }
    assert!(accepted < 900, "the breaker breaks too little: {accepted}");
    each_left_once(&client, accepted).await;
}

#[tokio::test]
async fn a_thousand_broken_frames_end_with_a_close_code_or_the_connection() {
    let client = chat().await;
    let frames = [
        masked(0x81, br#"{"action":"joinroom","roomname":"developers"}"#),
        masked(0x01, br#"{"action":"send"#),
        masked(0x80, br#"message","message":"hello"}"#),
        masked(0x89, b"ping"),
        masked(0x81, &[b'x'; 300]),
        masked(0x88, b"\x03\xe8bye"),
    ]
    .concat();
    let mut breaker = Breaker(2);
    let mut codes = BTreeMap::<Option<u16>, usize>::new();
    for _ in 0..1000 {
        let mut stream = client.dial(&host(CHAT));
        stream.write_all(handshake(&host(CHAT), "/prod", "").as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101"));
        let _ = stream.write_all(&breaker.broken(&frames)).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
        *codes.entry(close_code(&answer)).or_default() += 1;
    }
    let known = [None, Some(1000), Some(1001), Some(1002), Some(1003), Some(1005), Some(1007), Some(1009)];
    assert!(codes.keys().all(|code| known.contains(code) || code.is_some_and(|c| c >= 1000)), "{codes:?}");
    assert!(codes.get(&Some(1002)).is_some_and(|n| *n > 50), "{codes:?}");
    each_left_once(&client, 1000).await;
}

#[tokio::test]
async fn every_rule_of_frames_has_its_close_code() {
    let client = chat().await;
    for (bytes, code) in [
        (masked(0xc1, b"{}"), 1002),                                         // a reserved bit
        (masked(0x83, b"{}"), 1002),                                         // a reserved opcode
        (masked(0x09, b"half a ping"), 1002),                                // a control frame in parts
        (masked(0x89, &[b'p'; 126]), 1002),                                  // a long control frame
        (masked(0x80, b"{}"), 1002),                                         // a continuation of nothing
        (vec![0x81, 0x02, b'{', b'}'], 1002),                                // an unmasked frame
        (masked(0x81, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80"), 1007),   // a surrogate
        ([masked(0x01, b"\xf0\x9f"), masked(0x80, b"\x41")].concat(), 1007), // half a character
        (masked(0x82, b"\x00"), 1003),                                       // binary
        (masked(0x88, b"\x03\xe8"), 1000),
        (masked(0x88, b"\x03"), 1002),     // half a close code
        (masked(0x88, b"\x03\xec"), 1002), // 1004, which nobody may send
    ] {
        let mut stream = client.dial(&host(CHAT));
        stream.write_all(handshake(&host(CHAT), "/prod", "").as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(&bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
        assert_eq!(close_code(&answer), Some(code), "{bytes:x?}");
    }
    each_left_once(&client, 12).await;
}

#[tokio::test]
async fn a_text_may_come_in_parts_with_pings_between_them() {
    let client = chat().await;
    let mut stream = client.dial(&host(CHAT));
    stream.write_all(handshake(&host(CHAT), "/prod", "").as_bytes()).await.unwrap();
    let parts = [
        masked(0x01, br#"{"action":"joinroom","#),
        masked(0x89, b"still there?"),
        masked(0x00, "\"roomname\":\"d\u{e9}".as_bytes()),
        masked(0x80, b"velopers\"}"),
        masked(0x88, b"\x03\xe8"),
    ];
    stream.write_all(&parts.concat()).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let frames = &answer[answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4..];
    let joined = "{\"joined\":\"d\u{e9}velopers\"}";
    let mut expected = [b"\x8a\x0cstill there?\x81".to_vec(), vec![u8::try_from(joined.len()).unwrap()]].concat();
    expected.extend(joined.as_bytes());
    assert!(frames.starts_with(&expected), "{}", String::from_utf8_lossy(frames));
    assert_eq!(close_code(frames), Some(1000));
}

#[tokio::test]
async fn five_thousand_sudden_ends_run_five_thousand_disconnects() {
    let client = chat().await;
    let mut sockets = Vec::new();
    for _ in 0..4900 {
        sockets.push(client.connect(CHAT, "/prod").await);
    }
    assert_eq!(client.sandbox.view().connected, 4900);
    drop(sockets);
    // And some over TCP, whose connections are reset.
    let listening = client.sandbox.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(listening.addr).await.unwrap();
        stream.write_all(handshake(&host(CHAT), "/prod", "").as_bytes()).await.unwrap();
        assert_eq!(stream.read_u8().await.unwrap(), b'H');
        // There are unread bytes, so closing resets it.
        drop(stream);
    }
    each_left_once(&client, 5000).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_reading_is_let_go_and_leaves_once() {
    let client = chat().await;
    let mut stream = client.dial(&host(CHAT));
    stream.write_all(handshake(&host(CHAT), "/prod", "").as_bytes()).await.unwrap();
    let text = format!(r#"{{"action":"joinroom","roomname":"{}"}}"#, "r".repeat(30_000));
    let frame = masked(0x81, text.as_bytes());
    let mut sent = 0;
    let started = tokio::time::Instant::now();
    while stream.write_all(&frame).await.is_ok() {
        sent += 1;
        assert!(sent < 100, "somebody keeps what nobody reads");
    }
    // 30 seconds for the answer, 5 for the goodbye.
    assert!(started.elapsed() <= Duration::from_secs(36), "{:?}", started.elapsed());
    each_left_once(&client, 1).await;
    let lines = client.messages(GROUP).await;
    let last = lines.iter().find(|m| m.contains("] disconnected from API")).unwrap();
    assert!(last.ends_with("Close reason: [1006: Connection closed abnormally]"), "{last}");
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_everything_and_holds_up_nobody() {
    let client = chat().await;
    let (mut slow, mut quick) = (client.connect(CHAT, "/prod").await, client.connect(CHAT, "/prod").await);
    let name = "r".repeat(30_000);
    for _ in 0..4 {
        slow.say(&format!(r#"{{"action":"joinroom","roomname":"{name}"}}"#)).await;
    }
    quick.say(r#"{"action":"joinroom","roomname":"q"}"#).await;
    assert_eq!(quick.hear().await, r#"{"joined":"q"}"#);
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(slow.hear().await.len(), name.len() + r#"{"joined":""}"#.len());
    }
}

#[tokio::test(start_paused = true)]
async fn pings_that_nobody_hears_answered_do_not_pile_up() {
    let client = chat().await;
    let mut stream = client.dial(&host(CHAT));
    stream.write_all(handshake(&host(CHAT), "/prod", "").as_bytes()).await.unwrap();
    let pings = masked(0x89, &[b'p'; 125]).repeat(1000);
    // 26 MB of pings: what is answered beyond the buffers is only the newest one.
    for _ in 0..200 {
        stream.write_all(&pings).await.unwrap();
    }
    let mut answered = 0;
    let mut bytes = [0; 65_536];
    while let Ok(Ok(n @ 1..)) = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut bytes)).await {
        answered += n;
    }
    assert!(answered < 2 << 20, "{answered} bytes of pongs were kept");
    let mut socket = client.connect(CHAT, "/prod").await;
    socket.say(r#"{"action":"joinroom","roomname":"q"}"#).await;
    assert_eq!(socket.message().await, Message::text(r#"{"joined":"q"}"#));
}
