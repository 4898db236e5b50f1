//! DNS packets (RFC 1035): a question as bytes, and bytes as an answer.
//!
//! What comes in was sent by anybody: nothing is read past its end, a name's jumps only go back and are counted, and
//! whatever does not answer the very question is a stranger's.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use ring::rand::{SecureRandom, SystemRandom};

use super::{DnsRecord, RecordKind};

/// What a packet over UDP may have; more is truncated by whoever sends it.
pub(super) const LONGEST: usize = 4096;
/// What the question says that it takes (RFC 6891), below what gets lost on its way.
const TAKEN: u16 = 1232;
/// A name, with its dots.
const NAME: usize = 255;
const LABEL: usize = 63;
/// Jumps within one name.
const JUMPS: usize = 32;
/// Records of one answer that are kept.
const KEPT: usize = 100;
const INTERNET: u16 = 1;
const HEAD: usize = 12;

/// What a server says, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Fine,
    NoName,
    /// `SERVFAIL`, `REFUSED`, …
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) code: Code,
    pub(super) records: Vec<DnsRecord>,
}

/// Why bytes are no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is longer than a packet: to be asked for over TCP.
    Truncated,
    /// It does not answer this question.
    Stranger,
    /// It answers this question, and can't be read.
    Garbage,
}

/// A question with a number that nobody can guess.
pub(super) fn question(name: &str, kind: RecordKind) -> io::Result<Vec<u8>> {
    let mut id = [0; 2];
    SystemRandom::new().fill(&mut id).map_err(|_| io::Error::other("no random number"))?;
    let mut bytes = id.to_vec();
    // Recursion is desired; one question, one additional record (EDNS).
    bytes.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    if name.is_empty() || name.len() > NAME - 2 {
        return Err(io::Error::other(format!("`{name}` is no name")));
    }
    for label in name.split('.') {
        let length = u8::try_from(label.len()).ok().filter(|n| (1..=LABEL).contains(&usize::from(*n)));
        bytes.push(length.ok_or_else(|| io::Error::other(format!("`{name}` is no name")))?);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes.extend(number(kind).to_be_bytes());
    bytes.extend(INTERNET.to_be_bytes());
    bytes.extend([0, 0, 41]);
    bytes.extend(TAKEN.to_be_bytes());
    bytes.extend([0; 6]);
    Ok(bytes)
}

const fn number(kind: RecordKind) -> u16 {
    match kind {
        RecordKind::A => 1,
        RecordKind::Ns => 2,
        RecordKind::Cname => 5,
        RecordKind::Aaaa => 28,
    }
}

/// Reads what came for a question that was made here.
pub(super) fn answer(bytes: &[u8], question: &[u8]) -> Result<Answer, Broken> {
    let mut read = Reader { bytes, at: 0 };
    let mut asked = Reader { bytes: question, at: 0 };
    let id = read.short().ok_or(Broken::Stranger)?;
    let flags = read.short().ok_or(Broken::Stranger)?;
    let questions = read.short().ok_or(Broken::Stranger)?;
    let answers = read.short().ok_or(Broken::Stranger)?;
    let is_answer = flags & 0x8000 != 0 && asked.short() == Some(id);
    if !is_answer || questions > 1 {
        return Err(Broken::Stranger);
    }
    read.at = HEAD;
    let code = match flags & 0xf {
        0 => Code::Fine,
        3 => Code::NoName,
        1 => Code::Other("FORMERR".to_owned()),
        2 => Code::Other("SERVFAIL".to_owned()),
        4 => Code::Other("NOTIMP".to_owned()),
        5 => Code::Other("REFUSED".to_owned()),
        other => Code::Other(format!("code {other}")),
    };
    if questions == 0 {
        // A server that can't read the question sends none back.
        return if matches!(code, Code::Other(_)) {
            Ok(Answer { code, records: Vec::new() })
        } else {
            Err(Broken::Stranger)
        };
    }
    asked.at = HEAD;
    let theirs = (read.name(), read.short(), read.short());
    if theirs.0.is_none() || theirs != (asked.name(), asked.short(), asked.short()) {
        return Err(Broken::Stranger);
    }
    if flags & 0x0200 != 0 {
        return Err(Broken::Truncated);
    }
    let mut records = Vec::new();
    for _ in 0..answers {
        let record = read.record().ok_or(Broken::Garbage)?;
        if records.len() < KEPT {
            records.extend(record);
        }
    }
    Ok(Answer { code, records })
}

/// The records that follow from a name, in order: its CNAME, the next one's, and what stands at the end. Others are left
/// out, whoever put them there.
pub(super) fn chain(mut records: Vec<DnsRecord>, name: &str) -> Vec<DnsRecord> {
    let mut ordered = Vec::new();
    let mut seen = BTreeSet::new();
    let mut name = name.to_owned();
    while seen.insert(name.clone()) {
        let (own, others): (Vec<_>, Vec<_>) = records.into_iter().partition(|record| record.name == name);
        records = others;
        match own.iter().find(|record| record.kind == "CNAME").cloned() {
            Some(cname) => {
                name.clone_from(&cname.value);
                ordered.push(cname);
            }
            None => {
                ordered.extend(own);
                break;
            }
        }
    }
    ordered
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn long(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// In lower case, without the dot at the end; what is no letter, digit, hyphen, underscore or asterisk is written as
    /// `\ddd`, as zone files do.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let (mut end, mut jumps, mut length) = (None, 0, 0);
        loop {
            let head = usize::from(*self.take(1)?.first()?);
            match head {
                0 => break,
                0xc0.. => {
                    let low = usize::from(*self.take(1)?.first()?);
                    end = end.or(Some(self.at));
                    let to = (head & 0x3f) << 8 | low;
                    jumps += 1;
                    if to + 2 >= self.at || jumps > JUMPS {
                        return None;
                    }
                    self.at = to;
                }
                64.. => return None,
                _ => {
                    length += head + 1;
                    if length > NAME {
                        return None;
                    }
                    if !name.is_empty() {
                        name.push('.');
                    }
                    for byte in self.take(head)? {
                        match byte {
                            b if b.is_ascii_alphanumeric() || b"-_*".contains(b) => {
                                name.push(char::from(b.to_ascii_lowercase()));
                            }
                            b => name.push_str(&format!("\\{b:03}")),
                        }
                    }
                }
            }
        }
        self.at = end.unwrap_or(self.at);
        Some(name)
    }

    /// A record; an inner `None` for one of a kind that nobody asks for here.
    fn record(&mut self) -> Option<Option<DnsRecord>> {
        let name = self.name()?;
        let (kind, class, ttl) = (self.short()?, self.short()?, self.long()?);
        let length = usize::from(self.short()?);
        let (start, end) = (self.at, self.at.checked_add(length)?);
        self.bytes.get(start..end)?;
        let (kind, value) = match kind {
            1 => ("A", Ipv4Addr::from(<[u8; 4]>::try_from(self.take(length)?).ok()?).to_string()),
            28 => ("AAAA", Ipv6Addr::from(<[u8; 16]>::try_from(self.take(length)?).ok()?).to_string()),
            2 | 5 => {
                let value = self.name()?;
                if self.at != end {
                    return None;
                }
                (if kind == 2 { "NS" } else { "CNAME" }, value)
            }
            _ => ("", String::new()),
        };
        self.at = end;
        let known = !kind.is_empty() && class == INTERNET;
        Some(known.then(|| DnsRecord { name, kind: kind.to_owned(), ttl, value }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_bytes_stop_the_reader() {
        let asked = question("chat.example.com", RecordKind::A).unwrap();
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut bytes = asked.clone();
            bytes[2] |= 0x80;
            bytes[7] = 3;
            for _ in 0..40 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                bytes.push(u8::try_from(seed >> 56).unwrap());
            }
            let cut = usize::try_from(seed >> 40).unwrap() % bytes.len();
            let _ = answer(&bytes, &asked);
            let _ = answer(&bytes[..cut], &asked);
        }
    }

    #[test]
    fn what_is_no_name_is_not_asked() {
        for name in ["", "a..b", &"a".repeat(64), &"a.".repeat(200)] {
            assert!(question(name, RecordKind::A).is_err(), "{name}");
        }
    }

    #[test]
    fn only_what_follows_from_the_name_counts() {
        let record = |name: &str, kind: &str, value: &str| DnsRecord {
            name: name.into(),
            kind: kind.into(),
            ttl: 1,
            value: value.into(),
        };
        let all = vec![
            record("b", "A", "1.1.1.1"),
            record("other", "A", "6.6.6.6"),
            record("a", "CNAME", "b"),
            record("b", "A", "2.2.2.2"),
        ];
        let values: Vec<String> = chain(all, "a").into_iter().map(|r| r.value).collect();
        assert_eq!(values, ["b", "1.1.1.1", "2.2.2.2"]);
        let circle = vec![record("a", "CNAME", "b"), record("b", "CNAME", "a")];
        assert_eq!(chain(circle, "a").len(), 2);
    }
}
