//! What goes out in the request, and what a 101 must have.

use gatescope_model::handshake::{FailureKind, Outcome, PhaseName};
use gatescope_socket::{CancellationToken, Frame, Request, System, dial};
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;

use crate::peer::{header, reach, serve, switch};

/// Dials a server that says what it was asked.
async fn asked(change: impl FnOnce(&mut Request)) -> (String, Outcome) {
    let (told, hears) = oneshot::channel();
    let url = serve(|mut stream, head| async move {
        stream.write_all(switch(&head, "").as_bytes()).await.unwrap();
        told.send(head).unwrap();
    })
    .await;
    let mut request = Request::new(url);
    change(&mut request);
    let dialled = reach(&request).await;
    (hears.await.unwrap(), dialled.handshake.outcome)
}

#[tokio::test]
async fn the_plain_request_is_a_browsers_without_an_origin() {
    let (head, outcome) = asked(|_| {}).await;
    let names: Vec<_> = head.lines().skip(1).filter_map(|line| Some(line.split_once(": ")?.0)).collect();
    assert!(head.starts_with("GET /prod HTTP/1.1\r\n"), "{head}");
    assert_eq!(names, ["Host", "Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key"]);
    assert_eq!(header(&head, "sec-websocket-version"), Some("13"));
    assert!(matches!(outcome, Outcome::Opened { subprotocol: None, .. }), "{outcome:?}");
}

#[tokio::test]
async fn own_headers_go_out_as_spelled_in_order_with_duplicates_and_replace_the_clients() {
    let own = [("x-LOWER-Upper", "1"), ("User-Agent", "me/1"), ("x-lower-upper", "2"), ("host", "else.test")];
    let (head, _) =
        asked(|request| request.headers = own.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect()).await;
    let tail: Vec<_> = head.trim_end().lines().rev().take(4).collect();
    assert_eq!(tail, ["host: else.test", "x-lower-upper: 2", "User-Agent: me/1", "x-LOWER-Upper: 1"]);
    assert_eq!(head.to_lowercase().matches("host:").count(), 1);
}

#[tokio::test]
async fn the_query_is_appended_encoded() {
    let (head, _) = asked(|request| {
        request.url.push_str("?a=1");
        request.query = vec![("to ken".into(), "a+b&c=ü/?#".into()), ("e".into(), String::new())];
    })
    .await;
    assert!(head.starts_with("GET /prod?a=1&to%20ken=a%2Bb%26c%3D%C3%BC%2F%3F%23&e= HTTP/1.1\r\n"), "{head}");
}

#[tokio::test]
async fn a_login_in_the_url_becomes_a_header_and_leaves_the_url() {
    let (head, _) = asked(|request| request.url = request.url.replace("//", "//ann:p%40ss@")).await;
    assert_eq!(header(&head, "authorization"), Some("Basic YW5uOnBAc3M="));
    assert!(!header(&head, "host").unwrap().contains('@'));
}

#[tokio::test]
async fn what_is_kept_of_the_request_has_its_secrets_masked_and_what_is_sent_has_not() {
    let (told, hears) = oneshot::channel();
    let url = serve(|_, head| async move { told.send(head).unwrap() }).await;
    let mut request = Request::new(url);
    request.headers = vec![("X-Api-Key".into(), "HUSH1".into()), ("x-note".into(), "a".into())];
    request.query = vec![("token".into(), "HUSH2".into()), ("room".into(), "b".into())];
    let handshake = reach(&request).await.handshake;
    let kept = format!("{handshake:?}");
    assert!(!kept.contains("HUSH") && kept.contains("room=b") && kept.contains("x-note"), "{kept}");
    let head = hears.await.unwrap();
    assert!(head.contains("HUSH1") && head.contains("HUSH2"), "{head}");
}

#[tokio::test]
async fn a_header_that_would_break_the_head_is_not_sent() {
    for (name, value) in [("a b", "1"), ("a", "1\r\nb: 2"), ("", "1")] {
        let mut request = Request::new("ws://127.0.0.1:1/");
        request.headers = vec![(name.into(), value.into())];
        let outcome = reach(&request).await.handshake.outcome;
        assert!(matches!(outcome, Outcome::Failed { reason: FailureKind::Protocol, .. }), "{outcome:?}");
    }
}

#[tokio::test]
async fn the_server_chooses_one_of_the_subprotocols_and_no_other() {
    for (chosen, opens) in [("graphql-ws", true), ("mqtt", false)] {
        let url = serve(move |mut stream, head| async move {
            assert_eq!(header(&head, "Sec-WebSocket-Protocol"), Some("chat, graphql-ws"));
            let answer = switch(&head, &format!("sec-websocket-protocol: {chosen}\r\n"));
            stream.write_all(answer.as_bytes()).await.unwrap();
        })
        .await;
        let mut request = Request::new(url);
        request.subprotocols = vec!["chat".into(), "graphql-ws".into()];
        match reach(&request).await.handshake.outcome {
            Outcome::Opened { subprotocol, headers } => {
                assert!(opens);
                assert_eq!(subprotocol.as_deref(), Some(chosen));
                assert_eq!(headers.last().unwrap().0, "sec-websocket-protocol");
            }
            Outcome::Failed { reason: FailureKind::Protocol, message, .. } => {
                assert!(!opens);
                assert_eq!(message, "101 with the subprotocol `mqtt`, offered was `chat, graphql-ws`");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_101_that_does_not_fit_the_key_is_no_websocket() {
    let answers = [
        "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: bm90IHRoZSBrZXk=\r\n",
        "Upgrade: websocket\r\nConnection: upgrade\r\n",
        "Upgrade: h2c\r\nConnection: upgrade\r\n",
        "Upgrade: websocket\r\nConnection: keep-alive\r\n",
    ];
    for answer in answers {
        let url = serve(move |mut stream, _| async move {
            stream.write_all(format!("HTTP/1.1 101 Fine\r\n{answer}\r\n").as_bytes()).await.unwrap();
        })
        .await;
        let dialled = reach(&Request::new(url)).await;
        assert!(dialled.link.is_none());
        let Outcome::Failed { phase, reason, message } = dialled.handshake.outcome else {
            panic!("opened by {answer}")
        };
        assert_eq!((phase, reason), (PhaseName::Upgrade, FailureKind::Protocol));
        assert!(message.starts_with("101, but"), "{message}");
    }
}

#[tokio::test]
async fn a_frame_that_comes_with_the_101_is_not_lost() {
    let url = serve(|mut stream, head| async move {
        let mut answer = switch(&head, "").into_bytes();
        answer.extend_from_slice(b"\x81\x05hello");
        stream.write_all(&answer).await.unwrap();
    })
    .await;
    let (_sender, mut receiver) = reach(&Request::new(url)).await.link.unwrap().split();
    assert_eq!(receiver.next().await, Ok(Frame::Text("hello".into())));
}

#[tokio::test]
async fn the_phases_follow_each_other_and_add_up_to_the_whole() {
    let url = serve(|mut stream, head| async move {
        stream.write_all(switch(&head, "").as_bytes()).await.unwrap();
    })
    .await;
    let mut seen = Vec::new();
    let request = Request::new(url);
    let began = tokio::time::Instant::now();
    let dialled = dial(&System::default(), &request, &CancellationToken::new(), &mut |now| {
        let phase = now.phases.last().unwrap();
        seen.push((phase.name, phase.start_us == phase.end_us && phase.detail.is_empty()));
        assert_eq!(now.outcome, Outcome::Pending);
    })
    .await;
    let whole = u64::try_from(began.elapsed().as_micros()).unwrap();
    let phases = &dialled.handshake.phases;
    let names: Vec<_> = phases.iter().map(|phase| phase.name).collect();
    assert_eq!(names, [PhaseName::Dns, PhaseName::Tcp, PhaseName::Upgrade]);
    assert!(phases.windows(2).all(|pair| pair[0].end_us == pair[1].start_us));
    let sum: u64 = phases.iter().map(|phase| phase.end_us - phase.start_us).sum();
    assert_eq!(sum, phases[2].end_us);
    assert!(sum <= whole);
    assert_eq!(phases[2].detail, "101 Switching Protocols");
    let order =
        [PhaseName::Dns, PhaseName::Dns, PhaseName::Tcp, PhaseName::Tcp, PhaseName::Upgrade, PhaseName::Upgrade];
    assert_eq!(seen.iter().map(|(name, _)| *name).collect::<Vec<_>>(), order);
    assert!(seen.iter().step_by(2).all(|(_, began)| *began));
}
