//! What DNS itself says of a name: records with their CNAMEs, asked of the machine's name servers and kept nowhere.
//!
//! Dialling asks the system, which has a cache and a hosts file; whoever watches a record until it is right may have
//! neither. No answer, no such name and a broken server are different values: a person does different things about them.
//! It may not judge what a record should say. Where to look next: `names/packet.rs` (bytes).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

mod packet;

use packet::{Answer, Broken, Code};

/// How long one name server has for one question.
const SERVER_PATIENCE: Duration = Duration::from_secs(2);
/// How often all of them are asked.
const ROUNDS: usize = 2;
/// For all of it, whatever the servers do.
const PATIENCE: Duration = Duration::from_secs(8);
/// Name servers that are asked, as resolvers do.
const SERVERS: usize = 3;
/// CNAMEs that are followed where a server leaves that to whoever asks.
const HOPS: usize = 8;
/// What is asked where the machine does not say whom it asks: open resolvers of Cloudflare, Google and Quad9.
const OPEN: [Ipv4Addr; 3] = [Ipv4Addr::new(1, 1, 1, 1), Ipv4Addr::new(8, 8, 8, 8), Ipv4Addr::new(9, 9, 9, 9)];
const PORT: u16 = 53;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// IPv4.
    A,
    /// IPv6.
    Aaaa,
    /// Another name.
    Cname,
    /// Name servers of a zone.
    Ns,
}

impl RecordKind {
    /// `AAAA`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Ns => "NS",
        }
    }
}

/// One line of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DnsRecord {
    /// Whose it is, in lower case, without the dot at the end.
    pub name: String,
    /// `A`, `AAAA`, `CNAME` or `NS`.
    pub kind: String,
    /// Seconds that it may be kept.
    pub ttl: u32,
    /// An address, or a name as above.
    pub value: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupFailure {
    /// DNS says that there is no such name, of whatever kind: NXDOMAIN.
    #[error("there is no such name (NXDOMAIN)")]
    NoName,
    /// Nobody answered in time.
    #[error("no name server answered in time")]
    TimedOut,
    /// A name server answered that it can't or won't: `SERVFAIL`, `REFUSED`.
    #[error("the name server answered {0}")]
    Server(String),
    /// It could not be asked, or what it answered is no answer.
    #[error("{0}")]
    Broken(String),
}

/// Records of a kind, with the CNAMEs on the way before them. Empty: the name is there, the kind is not.
pub type Lookup = Result<Vec<DnsRecord>, LookupFailure>;

/// Asks these name servers, or without any those of the machine, which are read anew: networks change.
pub(super) async fn look_up(servers: &[SocketAddr], name: &str, kind: RecordKind) -> Lookup {
    let servers = if servers.is_empty() { machines_own().await } else { servers.to_vec() };
    timeout(PATIENCE, follow(&servers, name, kind)).await.unwrap_or(Err(LookupFailure::TimedOut))
}

async fn follow(servers: &[SocketAddr], name: &str, kind: RecordKind) -> Lookup {
    let mut name = name.trim_end_matches('.').to_ascii_lowercase();
    let mut chain: Vec<DnsRecord> = Vec::new();
    for _ in 0..HOPS {
        let found = ask_all(servers, &name, kind).await?;
        let records = packet::chain(found, &name);
        let end = records.last().filter(|last| last.kind == "CNAME" && kind != RecordKind::Cname);
        let next = end.map(|last| last.value.clone());
        chain.extend(records);
        match next {
            // A server that does not follow for us; one that did ends with what was asked for, or with nothing more.
            Some(next) if chain.iter().filter(|record| record.name == next).count() == 0 => name = next,
            _ => return Ok(chain),
        }
    }
    Err(LookupFailure::Broken(format!("more than {HOPS} CNAMEs lead from one to the next")))
}

/// The first answer that is one; else what tells the most about why there is none.
async fn ask_all(servers: &[SocketAddr], name: &str, kind: RecordKind) -> Lookup {
    let mut why = LookupFailure::TimedOut;
    for server in servers.iter().take(SERVERS).cycle().take(servers.len().min(SERVERS) * ROUNDS) {
        match timeout(SERVER_PATIENCE, ask(*server, name, kind)).await {
            Ok(Ok(Answer { code: Code::Fine, records })) => return Ok(records),
            Ok(Ok(Answer { code: Code::NoName, records })) if records.is_empty() => return Err(LookupFailure::NoName),
            // The name is there, but what its CNAME leads to is not: what is known is told.
            Ok(Ok(Answer { code: Code::NoName, records })) => return Ok(records),
            Ok(Ok(Answer { code: Code::Other(code), .. })) => why = LookupFailure::Server(code),
            Ok(Err(e)) => why = LookupFailure::Broken(format!("{server}: {e}")),
            Err(_) => {}
        }
    }
    Err(why)
}

async fn ask(server: SocketAddr, name: &str, kind: RecordKind) -> io::Result<Answer> {
    let question = packet::question(name, kind)?;
    let here: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((here, 0)).await?;
    socket.connect(server).await?;
    socket.send(&question).await?;
    let mut buffer = vec![0; packet::LONGEST];
    loop {
        let length = socket.recv(&mut buffer).await?;
        match packet::answer(&buffer[..length], &question) {
            Ok(answer) => return Ok(answer),
            Err(Broken::Truncated) => return over_tcp(server, &question).await,
            // Anybody may send anything to an open port: the real answer may still come.
            Err(Broken::Stranger) => {}
            Err(Broken::Garbage) => return Err(io::Error::other("the answer can't be read")),
        }
    }
}

async fn over_tcp(server: SocketAddr, question: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), question].concat()).await?;
    let mut bytes = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut bytes).await?;
    packet::answer(&bytes, question).map_err(|_| io::Error::other("the answer can't be read"))
}

/// The name servers of the machine, where it says so in the usual file (Windows does not).
async fn machines_own() -> Vec<SocketAddr> {
    let text = tokio::fs::read_to_string("/etc/resolv.conf").await.unwrap_or_default();
    let own = named_in(&text);
    if own.is_empty() { OPEN.iter().map(|open| SocketAddr::from((*open, PORT))).collect() } else { own }
}

fn named_in(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next())?
    });
    named.filter_map(|server| server.parse::<IpAddr>().ok()).map(|ip| SocketAddr::new(ip, PORT)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_says_whom_it_asks() {
        let text = "# made by something\nsearch corp.example\nnameserver 10.0.0.2\nnameserver  fd00::1\noptions ndots:5\n nameserver nonsense\n";
        let found: Vec<String> = named_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["10.0.0.2:53", "[fd00::1]:53"]);
    }
}
