//! Lines from standard input or from `-x`, as messages.
//!
//! A thread of its own reads in pieces and cuts at line ends, so that a terminal's blocking read holds nobody up and a
//! pipe's pieces go on whole; the channel's few places keep memory bounded when the network is slower than the pipe.

use std::io::Read;

use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc;

/// What one read takes at most.
const PIECE: usize = 128 * 1024;
/// Pieces read ahead of the network.
const AHEAD: usize = 4;
/// Beyond this a line is sent in parts: nothing that a WebSocket server takes is as long.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Whole lines, the last one perhaps without its line end; or one message of `-x`, line ends included.
pub(super) struct Piece {
    bytes: Bytes,
    is_message: bool,
}

/// Pieces of `-x`, or of standard input until it ends.
pub(super) fn open(execute: &[String]) -> mpsc::Receiver<Piece> {
    let (pieces, receiver) = mpsc::channel(AHEAD);
    let messages: Vec<Bytes> = execute.iter().map(|message| Bytes::copy_from_slice(message.as_bytes())).collect();
    std::thread::spawn(move || {
        if messages.is_empty() {
            return read(std::io::stdin().lock(), &pieces);
        }
        for bytes in messages {
            if pieces.blocking_send(Piece { bytes, is_message: true }).is_err() {
                return;
            }
        }
    });
    receiver
}

fn read(mut from: impl Read, pieces: &mpsc::Sender<Piece>) {
    let mut buffer = BytesMut::new();
    loop {
        let filled = buffer.len();
        buffer.resize(filled + PIECE, 0);
        let count = match from.read(&mut buffer[filled..]) {
            Err(why) if why.kind() == std::io::ErrorKind::Interrupted => 0,
            // What can't be read any more has ended.
            Ok(0) | Err(_) => {
                buffer.truncate(filled);
                break;
            }
            Ok(count) => count,
        };
        buffer.truncate(filled + count);
        let end = buffer[filled..].iter().rposition(|byte| *byte == b'\n').map(|at| filled + at + 1);
        let end = end.or((buffer.len() > LONGEST_LINE).then_some(buffer.len()));
        if let Some(end) = end
            && pieces.blocking_send(Piece { bytes: buffer.split_to(end).freeze(), is_message: false }).is_err()
        {
            return;
        }
    }
    if !buffer.is_empty() {
        let _ = pieces.blocking_send(Piece { bytes: buffer.freeze(), is_message: false });
    }
}

impl Iterator for Piece {
    type Item = Bytes;

    /// The next message, without its line end and without copying.
    fn next(&mut self) -> Option<Bytes> {
        if self.is_message {
            self.is_message = false;
            return Some(std::mem::take(&mut self.bytes));
        }
        if self.bytes.is_empty() {
            return None;
        }
        let Some(end) = self.bytes.iter().position(|byte| *byte == b'\n') else {
            return Some(std::mem::take(&mut self.bytes));
        };
        let mut line = self.bytes.split_to(end + 1);
        line.truncate(end);
        if line.ends_with(b"\r") {
            line.truncate(end - 1);
        }
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_their_ends_and_nothing_else() {
        let piece = |text: &'static str, is_message| Piece { bytes: Bytes::from_static(text.as_bytes()), is_message };
        let cut = |text| piece(text, false).collect::<Vec<_>>();
        assert_eq!(cut("a\n\nb\r\nc"), ["a", "", "b", "c"]);
        assert_eq!(cut(""), Vec::<Bytes>::new());
        assert_eq!(cut("\r\r\n"), ["\r"]);
        assert_eq!(piece("a\nb\n", true).collect::<Vec<_>>(), ["a\nb\n"]);
        assert_eq!(piece("", true).collect::<Vec<_>>(), [""]);
    }

    /// Gives one byte a read.
    struct Drip(&'static [u8]);
    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let (Some((first, rest)), Some(place)) = (self.0.split_first(), buffer.first_mut()) else { return Ok(0) };
            (*place, self.0) = (*first, rest);
            Ok(1)
        }
    }

    #[test]
    fn a_line_that_comes_in_drops_is_one_piece_and_the_last_needs_no_end() {
        let (pieces, mut receiver) = mpsc::channel(8);
        read(Drip("gr\u{fc}\u{df}e\nlast".as_bytes()), &pieces);
        drop(pieces);
        let mut next = || receiver.blocking_recv().map(|piece| piece.bytes);
        assert_eq!([next(), next(), next()], [Some("gr\u{fc}\u{df}e\n".into()), Some("last".into()), None]);
    }
}
