//! An open connection, and the ways in which it ends.

use futures_util::{SinkExt, StreamExt};
use gatescope_socket::{End, Error, Frame, MAX_MESSAGE, Receiver, Request, Sender, Side};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use crate::peer::{Memory, head, over, reach, serve, serve_socket, switch};

async fn open(url: String) -> (Sender, Receiver) {
    reach(&Request::new(url)).await.link.expect("opened").split()
}

/// A server that switches and then writes these raw bytes.
async fn raw(bytes: Vec<u8>) -> (Sender, Receiver) {
    open(
        serve(|mut stream, head| async move {
            stream.write_all(switch(&head, "").as_bytes()).await.unwrap();
            let _ = stream.write_all(&bytes).await;
        })
        .await,
    )
    .await
}

#[tokio::test]
async fn text_and_binary_go_both_ways() {
    let url = serve_socket(|mut socket| async move {
        while let Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) = socket.next().await {
            socket.send(message).await.unwrap();
        }
    })
    .await;
    let (mut sender, mut receiver) = open(url).await;
    for frame in [Frame::Text("grüße".into()), Frame::Binary(Bytes::from_static(b"\0\xff")), Frame::Text("".into())] {
        sender.send(frame.clone()).await.unwrap();
        assert_eq!(receiver.next().await.unwrap(), frame);
    }
}

#[tokio::test]
async fn fed_frames_arrive_in_order_after_one_flush() {
    let url = serve_socket(|mut socket| async move {
        while let Some(Ok(message)) = socket.next().await {
            let _ = socket.send(message).await;
        }
    })
    .await;
    let (mut sender, mut receiver) = open(url).await;
    let writing = tokio::spawn(async move {
        for n in 0..10_000 {
            sender.feed(Frame::Text(n.to_string().into())).await.unwrap();
        }
        sender.flush().await.unwrap();
        sender
    });
    for n in 0..10_000 {
        assert_eq!(receiver.next().await.unwrap(), Frame::Text(n.to_string().into()));
    }
    writing.await.unwrap();
}

#[tokio::test]
async fn a_ping_is_answered_by_itself_and_ours_gets_its_pong() {
    let url = serve_socket(|mut socket| async move {
        socket.send(Message::Ping(Bytes::from_static(b"theirs"))).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong(Bytes::from_static(b"theirs")));
        socket.send(Message::text("answered")).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::Ping(Bytes::from_static(b"ours")));
        socket.flush().await.unwrap();
        let _ = socket.next().await;
    })
    .await;
    let (mut sender, mut receiver) = open(url).await;
    assert_eq!(receiver.next().await.unwrap(), Frame::Ping(Bytes::from_static(b"theirs")));
    assert_eq!(receiver.next().await.unwrap(), Frame::Text("answered".into()));
    sender.send(Frame::Ping(Bytes::from_static(b"ours"))).await.unwrap();
    assert_eq!(receiver.next().await.unwrap(), Frame::Pong(Bytes::from_static(b"ours")));
}

#[tokio::test]
async fn the_peers_close_is_told_with_code_and_reason_and_answered() {
    let (told, hears) = tokio::sync::oneshot::channel();
    let url = serve_socket(|mut socket| async move {
        let close = CloseFrame { code: 1009.into(), reason: "too big".into() };
        socket.send(Message::Close(Some(close))).await.unwrap();
        told.send(socket.next().await).unwrap();
    })
    .await;
    let (mut sender, mut receiver) = open(url).await;
    let end = receiver.next().await.unwrap_err();
    assert_eq!(end, End::Closed { by: Side::Peer, code: Some(1009), reason: "too big".into() });
    assert_eq!(end.to_string(), "closed by the server: 1009 too big");
    assert!(matches!(hears.await.unwrap(), Some(Ok(Message::Close(Some(frame)))) if u16::from(frame.code) == 1009));
    assert_eq!(receiver.next().await.unwrap_err(), end);
    assert_eq!(sender.send(Frame::Text("late".into())).await, Err(Error::Ended(end)));
}

#[tokio::test]
async fn our_close_carries_code_and_reason_and_ends_with_the_peers_answer() {
    let (told, hears) = tokio::sync::oneshot::channel();
    let url = serve_socket(|mut socket| async move {
        told.send(socket.next().await.unwrap().unwrap()).unwrap();
        let _ = socket.next().await;
    })
    .await;
    let (mut sender, mut receiver) = open(url).await;
    assert_eq!(sender.close(Some(1005), "").await, Err(Error::CloseCode(1005)));
    sender.close(Some(4001), &"ü".repeat(100)).await.unwrap();
    let end = receiver.next().await.unwrap_err();
    assert!(matches!(end, End::Closed { by: Side::Us, code: Some(4001), .. }), "{end:?}");
    let Message::Close(Some(frame)) = hears.await.unwrap() else { panic!("no close frame") };
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (4001, "ü".repeat(61).as_str()));
}

#[tokio::test]
async fn a_close_without_a_code_is_told_as_such_both_ways() {
    let url = serve_socket(|mut socket| async move {
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::Close(None));
        let _ = socket.next().await;
    })
    .await;
    let (mut sender, mut receiver) = open(url).await;
    sender.close(None, "ignored").await.unwrap();
    assert_eq!(receiver.next().await, Err(End::Closed { by: Side::Us, code: None, reason: String::new() }));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_ignores_our_close_is_left_after_three_seconds() {
    let network = Memory::new(|mut stream| async move {
        let head = head(&mut stream).await;
        stream.write_all(switch(&head, "").as_bytes()).await.unwrap();
        std::future::pending::<()>().await;
    });
    let (mut sender, mut receiver) = over(&network, &Request::new("ws://api.test/")).await.link.unwrap().split();
    let began = tokio::time::Instant::now();
    sender.close(Some(1000), "").await.unwrap();
    assert_eq!(receiver.next().await, Err(End::Unanswered));
    assert_eq!(began.elapsed().as_secs(), 3);
}

#[tokio::test]
async fn a_peer_that_goes_in_the_middle_of_a_frame_has_broken_the_connection() {
    let (_sender, mut receiver) = raw(b"\x81\x05whole\x81\x20only the be".to_vec()).await;
    assert_eq!(receiver.next().await, Ok(Frame::Text("whole".into())));
    assert!(matches!(receiver.next().await, Err(End::Broken(_))));
}

#[tokio::test]
async fn garbage_after_the_handshake_ends_with_words() {
    let long_ping = [&b"\x89\x7e\x00\x80"[..], &[0; 128]].concat();
    for bytes in [&b"\xf1\x01a"[..], b"\x83\x01a", b"\x81\x02\xff\xff", &long_ping, b"\x80\x01a"] {
        let (_sender, mut receiver) = raw(bytes.to_vec()).await;
        let end = receiver.next().await.unwrap_err();
        assert!(matches!(&end, End::Protocol(words) if !words.is_empty()), "{bytes:?}: {end:?}");
    }
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_given_up_before_it_is_read() {
    // The head of a frame of four gigabytes.
    let (_sender, mut receiver) = raw(b"\x82\x7f\x00\x00\x00\x01\x00\x00\x00\x00".to_vec()).await;
    assert_eq!(receiver.next().await, Err(End::TooLong(1 << 32)));
    let (_sender, mut receiver) = raw([b"\x82\x7f".as_slice(), &(MAX_MESSAGE as u64 + 1).to_be_bytes()].concat()).await;
    assert_eq!(receiver.next().await, Err(End::TooLong(MAX_MESSAGE + 1)));
}

// The clock is paused and only moves when nobody has anything left to do: then the peer stands still.
#[tokio::test(start_paused = true)]
async fn a_flood_waits_for_its_reader() {
    let (wrote, mut written) = tokio::sync::watch::channel(0_usize);
    let network = Memory::new(move |mut stream| async move {
        let head = head(&mut stream).await;
        stream.write_all(switch(&head, "").as_bytes()).await.unwrap();
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        let message = Message::binary(vec![7; 128 * 1024]);
        while socket.send(message.clone()).await.is_ok() {
            wrote.send_modify(|count| *count += 1);
        }
    });
    let (_sender, mut receiver) = over(&network, &Request::new("ws://api.test/")).await.link.unwrap().split();
    for read in 0..50 {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        assert!(*written.borrow_and_update() <= read + 1, "the peer is more than a message ahead");
        assert_eq!(receiver.next().await.unwrap().size(), 128 * 1024);
    }
    written.changed().await.unwrap();
}
