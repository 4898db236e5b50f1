//! No HTTP answer at all: nobody there, nobody speaks, nonsense, or the user had enough.

use std::time::{Duration, Instant};

use gatescope_model::handshake::{FailureKind, Handshake, Outcome, PhaseName};
use gatescope_socket::{CancellationToken, Request, System, dial};
use tokio::io::AsyncWriteExt;

use crate::peer::{Memory, head, over, reach, serve};

fn failure(handshake: &Handshake) -> (PhaseName, FailureKind, String) {
    match &handshake.outcome {
        Outcome::Failed { phase, reason, message } => (*phase, *reason, message.clone()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_answers_ends_at_the_timeout() {
    let network = Memory::new(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    });
    let mut request = Request::new("ws://api.test/prod");
    request.timeout = Duration::from_secs(29);
    let handshake = over(&network, &request).await.handshake;
    assert_eq!(failure(&handshake), (PhaseName::Upgrade, FailureKind::TimedOut, "no answer within 29s".into()));
    let last = handshake.phases.last().unwrap();
    assert_eq!((last.end_us, last.failed), (29_000_000, true));
}

#[tokio::test]
async fn cancelling_ends_the_attempt_at_once() {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let url = serve(move |stream, _| async move {
        stop.cancel();
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let began = Instant::now();
    let dialled = dial(&System::default(), &Request::new(url), &cancel, &mut |_| {}).await;
    assert!(began.elapsed() < Duration::from_millis(100));
    assert_eq!(failure(&dialled.handshake).1, FailureKind::Cancelled);
}

#[tokio::test]
async fn dropping_the_attempt_closes_its_stream() {
    let (gone, is_gone) = tokio::sync::oneshot::channel();
    let (asked, was_asked) = tokio::sync::oneshot::channel();
    let url = serve(|mut stream, _| async move {
        asked.send(()).unwrap();
        let mut rest = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await;
        gone.send(()).unwrap();
    })
    .await;
    let attempt = tokio::spawn(async move { reach(&Request::new(url)).await.handshake });
    was_asked.await.unwrap();
    attempt.abort();
    is_gone.await.unwrap();
}

#[tokio::test]
async fn nobody_listening_is_said_with_the_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let handshake = reach(&Request::new(format!("ws://{address}/"))).await.handshake;
    let (phase, kind, message) = failure(&handshake);
    assert_eq!((phase, kind), (PhaseName::Tcp, FailureKind::ConnectionRefused));
    assert!(message.contains(&address.to_string()), "{message}");
}

#[tokio::test]
async fn a_name_without_address_is_said_as_such() {
    // RFC 6761 6.4: `invalid` never resolves.
    let handshake = reach(&Request::new("wss://gatescope.invalid/prod")).await.handshake;
    let (phase, kind, message) = failure(&handshake);
    assert_eq!((phase, kind), (PhaseName::Dns, FailureKind::NameNotFound));
    assert!(message.starts_with("gatescope.invalid: "), "{message}");
    assert_eq!(handshake.phases.len(), 1);
}

#[tokio::test]
async fn a_peer_that_hangs_up_or_speaks_another_protocol_is_told_apart() {
    for (answer, expected) in [
        ("", FailureKind::Broken),
        ("HTTP/1.1 101 Swi", FailureKind::Broken),
        ("SSH-2.0-OpenSSH_9.6\r\n", FailureKind::Protocol),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", FailureKind::Protocol),
    ] {
        let url = serve(move |mut stream, _| async move { stream.write_all(answer.as_bytes()).await.unwrap() }).await;
        let handshake = reach(&Request::new(url)).await.handshake;
        let (phase, kind, message) = failure(&handshake);
        assert_eq!((phase, kind), (PhaseName::Upgrade, expected), "{answer:?}: {message}");
        assert!(!message.is_empty());
    }
}

#[tokio::test]
async fn a_head_without_end_is_given_up() {
    let url = serve(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 500 Oops\r\n").await.unwrap();
        while stream.write_all(format!("x: {}\r\n", "y".repeat(1000)).as_bytes()).await.is_ok() {}
    })
    .await;
    let (_, kind, _) = failure(&reach(&Request::new(url)).await.handshake);
    assert_eq!(kind, FailureKind::Protocol);
}

#[tokio::test]
async fn what_is_no_websocket_url_is_said_in_words() {
    for (url, words) in [
        ("api.test/prod", "is no URL"),
        ("ftp://api.test/", "`ftp` is no WebSocket scheme"),
        ("wss://api.test/#a", "no #fragment"),
        ("wss://", "is no URL"),
    ] {
        let handshake = reach(&Request::new(url)).await.handshake;
        let (_, kind, message) = failure(&handshake);
        assert_eq!(kind, FailureKind::Protocol);
        assert!(message.contains(words), "{message}");
        assert_eq!((handshake.url.as_str(), handshake.phases.len()), (url, 0));
    }
}
