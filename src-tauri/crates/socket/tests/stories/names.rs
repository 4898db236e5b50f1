//! What DNS says of a name, asked of a name server of the test's own that tells the truth, lies, breaks or is silent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gatescope_socket::{LookupFailure, Network, RecordKind, System};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

const NOERROR: u8 = 0;
const SERVFAIL: u8 = 2;
const NXDOMAIN: u8 = 3;
const REFUSED: u8 = 5;

/// What the server does with its n-th question.
type Says = fn(question: &Question, nth: usize) -> Said;

enum Said {
    Nothing,
    Bytes(Vec<u8>),
}

struct Question {
    packet: Vec<u8>,
    over_tcp: bool,
}

impl Question {
    /// Name, type and class, as they were sent.
    fn own(&self) -> &[u8] {
        let mut at = 12;
        while self.packet[at] != 0 {
            at += usize::from(self.packet[at]) + 1;
        }
        &self.packet[12..at + 5]
    }

    fn answer(&self, code: u8, records: &[Vec<u8>]) -> Said {
        self.with_flags([0x81, 0x80 | code], records)
    }

    fn with_flags(&self, flags: [u8; 2], records: &[Vec<u8>]) -> Said {
        let mut bytes = self.packet[..2].to_vec();
        bytes.extend(flags);
        bytes.extend([0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0]);
        bytes.extend(self.own());
        bytes.extend(records.concat());
        Said::Bytes(bytes)
    }
}

fn labels(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn record(name: &str, kind: u8, ttl: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = labels(name);
    bytes.extend([0, kind, 0, 1, 0, 0, 0, ttl, 0, u8::try_from(data.len()).unwrap()]);
    bytes.extend(data);
    bytes
}

fn cname(name: &str, to: &str) -> Vec<u8> {
    record(name, 5, 30, &labels(to))
}

async fn server(says: Says) -> System {
    // A port that is free for packets may be somebody's for streams.
    let (udp, tcp, address) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = udp.local_addr().unwrap();
        match TcpListener::bind(address).await {
            Ok(tcp) => break (udp, tcp, address),
            Err(e) => assert_eq!(e.kind(), std::io::ErrorKind::AddrInUse, "{e}"),
        }
    };
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    tokio::spawn(async move {
        let mut packet = [0; 600];
        loop {
            let (length, from) = udp.recv_from(&mut packet).await.unwrap();
            let question = Question { packet: packet[..length].to_vec(), over_tcp: false };
            if let Said::Bytes(bytes) = says(&question, counted.fetch_add(1, Ordering::SeqCst)) {
                udp.send_to(&bytes, from).await.unwrap();
            }
        }
    });
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = tcp.accept().await.unwrap();
            let length = stream.read_u16().await.unwrap_or_default();
            let mut packet = vec![0; usize::from(length)];
            if length == 0 || stream.read_exact(&mut packet).await.is_err() {
                continue;
            }
            let question = Question { packet, over_tcp: true };
            if let Said::Bytes(bytes) = says(&question, asked.fetch_add(1, Ordering::SeqCst)) {
                let _ = stream.write_u16(u16::try_from(bytes.len()).unwrap()).await;
                let _ = stream.write_all(&bytes).await;
                tokio::spawn(async move {
                    let _ = stream.read_u8().await;
                });
            }
        }
    });
    System::asking(vec![address])
}

async fn lines(system: &System, name: &str, kind: RecordKind) -> Vec<String> {
    let found = system.lookup(name, kind).await.unwrap();
    found.iter().map(|r| format!("{} {} {} {}", r.name, r.ttl, r.kind, r.value)).collect()
}

#[tokio::test]
async fn an_answer_has_its_cnames_and_how_long_each_line_holds() {
    let system = server(|question, _| {
        let chain =
            [cname("Chat.example.com", "d-abc.example.net"), record("d-abc.example.net", 1, 60, &[203, 0, 113, 7])];
        question.answer(NOERROR, &chain)
    })
    .await;
    let found = lines(&system, "chat.example.com", RecordKind::A).await;
    assert_eq!(found, ["chat.example.com 30 CNAME d-abc.example.net", "d-abc.example.net 60 A 203.0.113.7"]);
}

#[tokio::test]
async fn a_record_of_a_certificate_is_read_with_its_underscores() {
    let system = server(|question, _| {
        question.answer(NOERROR, &[cname("_ab12.chat.example.com", "_cd34.xyz.acm-validations.aws")])
    })
    .await;
    let found = lines(&system, "_ab12.chat.example.com.", RecordKind::Cname).await;
    assert_eq!(found, ["_ab12.chat.example.com 30 CNAME _cd34.xyz.acm-validations.aws"]);
}

#[tokio::test]
async fn no_such_name_no_such_type_and_a_server_that_fails_are_three_things() {
    let system = server(|question, _| {
        let own = String::from_utf8_lossy(question.own()).into_owned();
        match own {
            own if own.contains("none") => question.answer(NXDOMAIN, &[]),
            own if own.contains("broken") => question.answer(SERVFAIL, &[]),
            own if own.contains("shut") => question.answer(REFUSED, &[]),
            _ => question.answer(NOERROR, &[]),
        }
    })
    .await;
    let said = async |name: &str| system.lookup(name, RecordKind::Aaaa).await;
    assert_eq!(said("none.example.com").await, Err(LookupFailure::NoName));
    assert_eq!(said("broken.example.com").await, Err(LookupFailure::Server("SERVFAIL".into())));
    assert_eq!(said("shut.example.com").await, Err(LookupFailure::Server("REFUSED".into())));
    assert_eq!(said("v4-only.example.com").await, Ok(Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn silence_is_no_answer() {
    let system = server(|_, _| Said::Nothing).await;
    let found = system.lookup("chat.example.com", RecordKind::A).await;
    assert_eq!(found, Err(LookupFailure::TimedOut));
}

#[tokio::test]
async fn an_answer_that_changes_its_mind_is_told_as_it_is_each_time() {
    let system = server(|question, nth| {
        let address = [203, 0, 113, u8::try_from(nth % 2).unwrap()];
        question.answer(NOERROR, &[record("chat.example.com", 1, 255, &address)])
    })
    .await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.extend(system.lookup("chat.example.com", RecordKind::A).await.unwrap().into_iter().map(|r| r.value));
    }
    assert_eq!(seen, ["203.0.113.0", "203.0.113.1", "203.0.113.0", "203.0.113.1"], "nothing is kept, whatever its TTL");
}

#[tokio::test]
async fn what_is_too_long_for_a_packet_is_asked_for_over_tcp() {
    let system = server(|question, _| match question.over_tcp {
        false => question.with_flags([0x83, 0x80], &[]),
        true => question.answer(NOERROR, &[record("example.com", 2, 9, &labels("ns-1.awsdns-01.org"))]),
    })
    .await;
    let found = lines(&system, "example.com", RecordKind::Ns).await;
    assert_eq!(found, ["example.com 9 NS ns-1.awsdns-01.org"]);
}

#[tokio::test(start_paused = true)]
async fn garbage_is_no_answer_and_stops_nothing() {
    let garbage: [Says; 5] = [
        |_, _| Said::Bytes(Vec::new()),
        |_, _| Said::Bytes(vec![0xff; 512]),
        // The answer to another question.
        |question, _| match question.answer(NOERROR, &[record("chat.example.com", 1, 1, &[6, 6, 6, 6])]) {
            Said::Bytes(mut bytes) => {
                bytes[0] ^= 0x55;
                Said::Bytes(bytes)
            }
            nothing => nothing,
        },
        // A name that points at itself.
        |question, _| match question.answer(NOERROR, &[vec![0xc0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4]]) {
            Said::Bytes(mut bytes) => {
                let at = u8::try_from(bytes.len() - 16).unwrap();
                bytes[usize::from(at) + 1] = at;
                Said::Bytes(bytes)
            }
            nothing => nothing,
        },
        // Cut in the middle of a record.
        |question, _| match question.answer(NOERROR, &[record("chat.example.com", 1, 1, &[1, 2, 3, 4])]) {
            Said::Bytes(mut bytes) => {
                bytes.truncate(bytes.len() - 3);
                Said::Bytes(bytes)
            }
            nothing => nothing,
        },
    ];
    for says in garbage {
        let system = server(says).await;
        let found = system.lookup("chat.example.com", RecordKind::A).await;
        assert!(matches!(found, Err(LookupFailure::TimedOut | LookupFailure::Broken(_))), "{found:?}");
    }
}

#[tokio::test]
async fn cnames_that_lead_in_a_circle_come_to_an_end() {
    let system = server(|question, _| {
        let own = String::from_utf8_lossy(question.own()).into_owned();
        let (name, to) = if own.contains("one") {
            ("one.example.com", "two.example.com")
        } else {
            ("two.example.com", "one.example.com")
        };
        question.answer(NOERROR, &[cname(name, to)])
    })
    .await;
    let found = system.lookup("one.example.com", RecordKind::A).await;
    let addresses = found.iter().flatten().filter(|r| r.kind == "A").count();
    assert_eq!(addresses, 0, "{found:?}");
}
