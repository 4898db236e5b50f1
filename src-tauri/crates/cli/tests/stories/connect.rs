//! `gatescope connect`.

use std::io::Write;
use std::time::{Duration, Instant};

use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::program::{answering, echo, finish, gatescope, run, talking};

const REFUSAL: &str = "HTTP/1.1 500 Internal Server Error\r\nX-Amz-Apigw-Id: abcdefgAoAMFqXg=\r\nContent-Length: 104\r\n\r\n\
    {\"message\": \"Internal server error\", \"connectionId\":\"abcdefgAoAMCIhw=\", \"requestId\":\"abcdefgAoAMFqXg=\"} ";

#[test]
fn a_refused_handshake_prints_status_headers_body_and_ids_and_exits_with_1() {
    let ran = run(&["connect", &answering(REFUSAL)], b"");
    assert_eq!(ran.code, 1);
    for part in [
        "refused: 500 Internal Server Error\n",
        "X-Amz-Apigw-Id: abcdefgAoAMFqXg=\n",
        "{\"message\": \"Internal server error\"",
        "connection id: abcdefgAoAMCIhw=\n",
        "request id in the log: abcdefgAoAMFqXg=\n",
    ] {
        assert!(ran.stdout.contains(part), "{part} is missing:\n{}", ran.stdout);
    }
}

#[test]
fn a_refusal_as_json_is_one_object_a_line_with_the_handshake_first() {
    let ran = run(&["connect", &answering(REFUSAL), "--json"], b"");
    let records = ran.records();
    assert_eq!(
        (ran.code, records[0]["kind"].as_str(), records[1]["kind"].as_str()),
        (1, Some("handshake"), Some("verdict"))
    );
    let outcome = &records[0]["handshake"]["outcome"];
    assert_eq!((outcome["kind"].as_str(), outcome["status"].as_u64()), (Some("refused"), Some(500)));
}

#[test]
fn nobody_there_and_no_answer_are_said_in_a_sentence() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = run(&["connect", &format!("ws://{free}/")], b"");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("tcp failed"), "{}", ran.stderr);

    let ran = run(&["connect", &answering(""), "--timeout", "50ms"], b"");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("no answer within 50ms"), "{}", ran.stderr);
}

#[test]
fn lines_go_out_and_come_back_in_order_and_none_is_lost_at_the_end_of_the_input() {
    let lines: String = (0..20_000).map(|n| format!("{{\"n\":{n}}}\n")).collect();
    let ran = run(&["connect", &echo(), "--wait", "1"], lines.as_bytes());
    let back: String = ran.stdout.lines().map(|line| format!("{}\n", line.strip_prefix("< ").expect(line))).collect();
    assert!(back == lines, "{} lines came back", back.lines().count());
    assert_eq!(ran.code, 0);
    assert!(
        ran.stderr.contains("connected to ws://") && ran.stderr.contains("closed by this side: 1000"),
        "{}",
        ran.stderr
    );
}

#[test]
fn messages_of_the_command_line_keep_their_line_ends_and_the_input_is_left_alone() {
    let ran = run(&["connect", &echo(), "-x", "a\nb", "-x", "", "-w", "0.3", "--json"], b"not read\n");
    let texts = |kind: &str| -> Vec<String> {
        let of_kind = |record: &&serde_json::Value| record["kind"] == kind;
        ran.records().iter().filter(of_kind).map(|record| record["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (texts("sent"), texts("received")),
        (vec!["a\nb".into(), String::new()], vec!["a\nb".into(), String::new()])
    );
    assert_eq!(texts("closed"), ["closed by this side: 1000"]);
}

#[test]
fn half_a_character_is_sent_replaced_and_said() {
    let ran = run(&["connect", &echo(), "-w", "0.3"], b"gr\xc3\n");
    assert_eq!(ran.stdout, "< gr\u{fffd}\n");
    assert!(ran.stderr.contains("no UTF-8"), "{}", ran.stderr);
}

#[test]
fn the_servers_close_ends_the_command_and_its_code_tells_success_from_failure() {
    for (code, expected) in [(1000_u16, 0), (1009, 1), (4001, 1)] {
        let url = talking(move |mut socket| {
            socket.close(Some(CloseFrame { code: code.into(), reason: "why".into() })).unwrap();
            while socket.read().is_ok() {}
        });
        // The input stays open: it is the server that ends.
        let mut child = gatescope(&["connect", &url]).spawn().unwrap();
        let input = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(input);
        assert_eq!(output.status.code(), Some(expected));
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(words.contains(&format!("closed by the server: {code} why")), "{words}");
    }
}

#[test]
fn a_stream_that_breaks_is_a_failure_with_words() {
    let url = talking(|mut socket| {
        socket.send(Message::text("last")).unwrap();
        drop(socket);
    });
    let ran = run(&["connect", &url, "-w", "-1"], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (1, "< last\n"));
    assert!(ran.stderr.contains("broke without a close frame"), "{}", ran.stderr);
}

#[test]
fn pings_are_shown_when_asked_for_and_slash_commands_are_control_frames() {
    let talk = || {
        talking(|mut socket| {
            socket.send(Message::Ping("theirs".into())).unwrap();
            while socket.read().is_ok() {}
        })
    };
    let ran = run(&["connect", &talk(), "-P", "--slash", "-x", "/ping ours", "-x", "/close 4000 bye"], b"");
    assert!(ran.stdout.contains("< ping theirs\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("closed by this side: 4000 bye"), "{}", ran.stderr);
    let ran = run(&["connect", &talk(), "-w", "0.3", "-x", "/ping is text"], b"");
    assert_eq!(ran.stdout, "");
}

#[test]
fn binary_frames_are_shown_in_hex() {
    let url = talking(|mut socket| {
        socket.send(Message::binary(vec![0, 255, 16])).unwrap();
        socket.close(None).unwrap();
        while socket.read().is_ok() {}
    });
    assert_eq!(run(&["connect", &url, "-w", "-1"], b"").stdout, "< (3 bytes) 00 ff 10\n");
}

#[test]
fn wscats_flags_become_headers() {
    let url = answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let flags =
        ["-H", "X-One: 1", "-o", "https://a.test", "--auth", "ann:pass", "-s", "chat", "-s", "graphql-ws", "--json"];
    let ran = run(&[&["connect", url.as_str()], &flags[..]].concat(), b"");
    let record = &ran.records()[0];
    let headers: Vec<(&str, &str)> = record["handshake"]["requestHeaders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
        .collect();
    for header in [("X-One", "1"), ("Origin", "https://a.test"), ("Sec-WebSocket-Protocol", "chat, graphql-ws")] {
        assert!(headers.contains(&header), "{headers:?}");
    }
    assert!(headers.contains(&("Authorization", "*****")), "a password is not printed: {headers:?}");
}

#[test]
fn the_transcript_keeps_both_sides_without_secrets_and_standard_output_stays_as_it_is() {
    let folder = std::env::temp_dir().join(format!("gatescope-transcript-{}", std::process::id()));
    let file = folder.to_str().unwrap();
    let ran = run(&["connect", &echo(), "-w", "0.3", "--transcript", file], b"{\"token\":\"HUSH\"}\nplain\n");
    assert_eq!(ran.stdout, "< {\"token\":\"HUSH\"}\n< plain\n");
    let kept = std::fs::read_to_string(&folder).unwrap();
    std::fs::remove_file(&folder).unwrap();
    let kinds: Vec<String> = kept
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds.len(), 6, "{kept}");
    assert_eq!((kinds.first().unwrap().as_str(), kinds.last().unwrap().as_str()), ("handshake", "closed"));
    assert!(!kept.contains("HUSH") && kept.contains("*****"), "{kept}");
}

#[test]
fn a_lone_answer_is_printed_at_once() {
    let mut child = gatescope(&["connect", &echo()]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    let began = Instant::now();
    for n in 0..200 {
        writeln!(input, "{n}").unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        assert_eq!(line, format!("< {n}\n"));
    }
    assert!(began.elapsed() < Duration::from_secs(5), "a question and its answer took {:?}", began.elapsed() / 200);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_peer_at_full_speed_does_not_fill_the_memory() {
    const MESSAGES: usize = 800;
    let url = talking(|mut socket| {
        for _ in 0..MESSAGES {
            socket.send(Message::text("x".repeat(128 * 1024))).unwrap();
        }
        while socket.read().is_ok() {}
    });
    let mut child = gatescope(&["connect", &url]).spawn().unwrap();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = Vec::new();
    for _ in 0..MESSAGES {
        line.clear();
        std::io::BufRead::read_until(&mut output, b'\n', &mut line).unwrap();
        assert_eq!(line.len(), 128 * 1024 + 3);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kib < 48 * 1024, "{kib} KiB at most while 100 MiB went through");
}

#[test]
fn a_url_that_names_no_stage_can_have_no_log_lines() {
    let ran = finish(gatescope(&["connect", "--sandbox", "wss://ws.example.com/"]), b"");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("names no API and stage"), "{}", ran.stderr);
}
