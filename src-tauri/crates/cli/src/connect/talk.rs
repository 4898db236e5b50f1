//! The conversation: messages out of the input, frames into the output, both at once on one thread.
//!
//! Everything is done in batches: a pipe's piece is fed whole and flushed once, and what is printed is written when nothing
//! more has arrived. It may not know how things are printed.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use gatescope_socket::{End, Frame, Link, Receiver, Sender, Side, Utf8Bytes};
use tokio::sync::mpsc::error::TryRecvError;

use super::input;
use super::output::{Output, Record};
use crate::args::Connect;
use crate::error::Error;

/// Talks until one side ends it. True: in the way that the protocol calls normal.
pub(super) async fn talk(link: Link, args: &Connect, output: &mut Output) -> Result<bool, Error> {
    let (mut sender, mut receiver) = link.split();
    let output = RefCell::new(output);
    let end = tokio::select! {
        end = read(&mut receiver, &output) => end?,
        result = write(&mut sender, args, &output) => match result {
            Err(Stop::Output(why)) => return Err(why),
            // The connection is over: why is what the receiver knows.
            Err(Stop::Ended) | Ok(()) => read(&mut receiver, &output).await?,
        },
    };
    output.borrow_mut().put(&Record::closed(&end))?;
    Ok(match end {
        End::Closed { by: Side::Us, .. } | End::Unanswered => true,
        End::Closed { by: Side::Peer, code, .. } => matches!(code, None | Some(1000 | 1001)),
        End::Broken(_) | End::Protocol(_) | End::TooLong(_) => false,
    })
}

/// When frames come faster than they can be written one by one, so many are written at once.
const GATHER: Duration = Duration::from_millis(1);

async fn read(receiver: &mut Receiver, output: &RefCell<&mut Output>) -> Result<End, Error> {
    let mut flushed = Instant::now();
    let mut since_flush = 0_usize;
    loop {
        let mut next = receiver.next().now_or_never();
        // A lone answer is shown at once: whoever waits for it before asking again is not slowed down.
        if next.is_none() && since_flush > 1 && flushed.elapsed() < GATHER {
            tokio::time::sleep(GATHER).await;
            next = receiver.next().now_or_never();
        }
        let next = match next {
            Some(next) => next,
            None => {
                output.borrow_mut().flush()?;
                (flushed, since_flush) = (Instant::now(), 0);
                receiver.next().await
            }
        };
        since_flush += 1;
        match next {
            Ok(frame) => output.borrow_mut().put(&Record::received(&frame))?,
            Err(end) => return Ok(end),
        }
    }
}

/// Why writing stopped early.
enum Stop {
    Ended,
    Output(Error),
}

impl From<gatescope_socket::Error> for Stop {
    fn from(_: gatescope_socket::Error) -> Self {
        Self::Ended
    }
}

impl From<Error> for Stop {
    fn from(why: Error) -> Self {
        Self::Output(why)
    }
}

/// Sends the input, waits for answers, closes.
async fn write(sender: &mut Sender, args: &Connect, output: &RefCell<&mut Output>) -> Result<(), Stop> {
    tokio::select! {
        sent = send_all(sender, args, output) => if sent? == Sent::Close { return Ok(()) },
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(sender.close(Some(1000), "").await?)
}

#[derive(PartialEq)]
enum Sent {
    All,
    /// The user closed by hand.
    Close,
}

async fn send_all(sender: &mut Sender, args: &Connect, output: &RefCell<&mut Output>) -> Result<Sent, Stop> {
    let mut input = input::open(&args.execute);
    loop {
        let piece = match input.try_recv() {
            Ok(piece) => piece,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                sender.flush().await?;
                output.borrow_mut().flush()?;
                match input.recv().await {
                    Some(piece) => piece,
                    None => break,
                }
            }
        };
        for message in piece {
            let frame = match slash(args, &message) {
                None => Frame::Text(text(message, output)?),
                Some(Slash::Frame(frame)) => frame,
                Some(Slash::Close(code, reason)) => match sender.close(code, &reason).await {
                    Err(why @ gatescope_socket::Error::CloseCode(_)) => {
                        output.borrow_mut().note(&why.to_string())?;
                        continue;
                    }
                    closed => return Ok(closed.map(|()| Sent::Close)?),
                },
            };
            output.borrow_mut().put(&Record::sent(&frame))?;
            sender.feed(frame).await?;
        }
    }
    sender.flush().await?;
    output.borrow_mut().flush()?;
    match Duration::try_from_secs_f64(args.wait) {
        Ok(wait) => tokio::time::sleep(wait).await,
        // -1, and whatever else is no time.
        Err(_) => std::future::pending().await,
    }
    Ok(Sent::All)
}

/// A text frame must be UTF-8; what is not is replaced, and said.
fn text(message: Bytes, output: &RefCell<&mut Output>) -> Result<Utf8Bytes, Error> {
    if let Ok(text) = Utf8Bytes::try_from(message.clone()) {
        return Ok(text);
    }
    output.borrow_mut().note("a line was no UTF-8: its broken bytes are sent as U+FFFD")?;
    Ok(String::from_utf8_lossy(&message).into_owned().into())
}

enum Slash {
    Frame(Frame),
    Close(Option<u16>, String),
}

/// wscat's `--slash` commands.
fn slash(args: &Connect, message: &Bytes) -> Option<Slash> {
    if !args.slash || !message.starts_with(b"/") {
        return None;
    }
    let text = std::str::from_utf8(message).ok()?;
    let (command, rest) = text.split_once(' ').unwrap_or((text, ""));
    let data = || Bytes::copy_from_slice(rest.as_bytes());
    match command {
        "/ping" => Some(Slash::Frame(Frame::Ping(data()))),
        "/pong" => Some(Slash::Frame(Frame::Pong(data()))),
        "/close" => {
            let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
            Some(Slash::Close(code.parse().ok(), reason.to_owned()))
        }
        _ => None,
    }
}
