//! The server answers, but not with 101.

use std::time::Duration;

use gatescope_socket::{Request, System};
use tokio::io::AsyncWriteExt;

use crate::peer::{Memory, head, over, reach, refusal, serve};

#[tokio::test]
async fn a_refused_handshake_keeps_status_headers_and_body() {
    for (status, reason) in [(301, "Moved Permanently"), (401, "Unauthorized"), (429, "Too Many Requests"), (500, "")] {
        let url = serve(move |mut stream, _| async move {
            let answer = format!(
                "HTTP/1.1 {status} {reason}\r\nx-amzn-RequestId: r1\r\nLocation: /else\r\nContent-Length: 4\r\n\r\nbody"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        })
        .await;
        let dialled = reach(&Request::new(url)).await;
        assert!(dialled.link.is_none());
        let refused = refusal(&dialled.handshake);
        assert_eq!((refused.status, refused.body.as_str(), refused.body_truncated), (status, "body", false));
        let upgrade = dialled.handshake.phases.last().unwrap();
        assert_eq!(
            (upgrade.detail.clone(), upgrade.failed),
            (format!("{status} {reason}").trim_end().to_owned(), true)
        );
    }
}

#[tokio::test]
async fn headers_of_a_refusal_keep_their_order_and_their_case_and_their_duplicates() {
    let url = serve(|mut stream, _| async move {
        let answer = "HTTP/1.1 100 Continue\r\nInterim: yes\r\n\r\nHTTP/1.1 403 Forbidden\r\nx-amzn-ErrorType: A\r\n\
                      Set-Cookie: a\r\nContent-Length: 0\r\nset-cookie: b\r\nX-AMZ-apigw-id: c\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
    })
    .await;
    let dialled = reach(&Request::new(url)).await;
    let headers: Vec<_> = refusal(&dialled.handshake).headers.iter().map(|(n, v)| format!("{n}={v}")).collect();
    assert_eq!(headers, ["x-amzn-ErrorType=A", "Set-Cookie=a", "Content-Length=0", "set-cookie=b", "X-AMZ-apigw-id=c"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_handshake_keeps_its_body_even_when_it_comes_late() {
    let network = Memory::new(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 10\r\n\r\n").await.unwrap();
        for part in [b"late ", b"words"] {
            tokio::time::sleep(Duration::from_secs(3)).await;
            stream.write_all(part).await.unwrap();
        }
    });
    let dialled = over(&network, &Request::new("ws://api.test/prod")).await;
    let refused = refusal(&dialled.handshake);
    assert_eq!((refused.body.as_str(), refused.body_truncated), ("late words", false));
    assert_eq!(dialled.handshake.phases.last().unwrap().end_us, 6_000_000);
}

#[tokio::test]
async fn a_body_without_end_ends_at_the_cap() {
    let url = serve(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n").await.unwrap();
        let chunk = format!("2000\r\n{}\r\n", "x".repeat(0x2000));
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
    })
    .await;
    let dialled = reach(&Request::new(url)).await;
    let refused = refusal(&dialled.handshake);
    assert_eq!((refused.status, refused.body.len(), refused.body_truncated), (502, 64 * 1024, true));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_without_end_ends_at_the_timeout_and_keeps_what_came() {
    let network = Memory::new(|mut stream| async move {
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 503 Slow\r\n\r\n").await.unwrap();
        while stream.write_all(b".").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
    });
    let dialled = over(&network, &Request::new("ws://api.test/prod")).await;
    let refused = refusal(&dialled.handshake);
    assert_eq!((refused.status, refused.body.as_str(), refused.body_truncated), (503, "....", true));
    assert_eq!(dialled.handshake.phases.last().unwrap().end_us, 10_000_000);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_kept_and_said_to_be_cut() {
    let url = serve(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nonly this").await.unwrap();
    })
    .await;
    let dialled = reach(&Request::new(url)).await;
    let refused = refusal(&dialled.handshake);
    assert_eq!((refused.body.as_str(), refused.body_truncated), ("only this", true));
}

#[tokio::test]
async fn bytes_of_a_body_that_are_no_utf8_are_shown_as_such() {
    let url = serve(|mut stream, _| async move {
        stream.write_all(b"HTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\na\xffb").await.unwrap();
    })
    .await;
    let dialled = over(&System::default(), &Request::new(url)).await;
    assert_eq!(refusal(&dialled.handshake).body, "a\u{fffd}b");
}
