//! Ids in AWS's shapes (facts 1.2, 8.1). Request, connection and message ids come from one counter and never repeat.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

/// Low bits of the counter that are free within one millisecond.
const PER_MILLISECOND_BITS: u32 = 13;

/// The one counter: milliseconds since 1970 in its high bits.
#[derive(Default)]
pub(crate) struct Ids(AtomicU64);

impl Ids {
    /// 54 bits that grow.
    fn next(&self, now_ms: i64) -> u64 {
        let floor = now_ms.unsigned_abs() << PER_MILLISECOND_BITS;
        let last = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(floor.max(last + 1)));
        floor.max(last.unwrap_or_default() + 1)
    }

    /// 16 characters that end in `=`: 11 bytes, with `AME` where AWS has it.
    pub(crate) fn request(&self, now_ms: i64) -> String {
        let base = self.next(now_ms) << 2;
        let [_, a, b, c, d, e, f, g] = base.to_be_bytes();
        let [x, y] = random();
        // The counter's last three bits go behind the fixed part.
        URL_SAFE.encode([a, b, c, d, e, f, g & 0xE0, 0x03, 0x04, (g << 3) | (x >> 5), y])
    }

    /// 20 characters that end in `==`: 7 bytes of its own, then a tail that checks them.
    pub(crate) fn connection(&self, now_ms: i64) -> String {
        let head = self.head(now_ms);
        let tail = check(head);
        encode(head, tail)
    }

    /// As long as the connection's id and with its tail (facts 1.2).
    pub(crate) fn message(&self, now_ms: i64, connection_id: &str) -> String {
        let bytes = URL_SAFE.decode(connection_id).unwrap_or_default();
        let tail = bytes.last_chunk::<3>().copied().unwrap_or_default();
        encode(self.head(now_ms), tail)
    }

    fn head(&self, now_ms: i64) -> [u8; 7] {
        let base = (self.next(now_ms) << 2) | 1;
        let [_, head @ ..] = base.to_be_bytes();
        head
    }
}

/// `QAYK…` in the middle, as every recorded id has it.
fn encode(head: [u8; 7], tail: [u8; 3]) -> String {
    let mut bytes = [0u8; 13];
    bytes[..7].copy_from_slice(&head);
    bytes[7..10].copy_from_slice(&[0x00, 0x18, 0x28]);
    bytes[10..].copy_from_slice(&tail);
    URL_SAFE.encode(bytes)
}

/// FNV-1a over the head, folded to three bytes.
fn check(head: [u8; 7]) -> [u8; 3] {
    let hash = head.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
    let [a, b, c, ..] = (hash ^ (hash >> 29)).to_le_bytes();
    [a, b, c]
}

/// Whether a text is an id that [`Ids::connection`] can have given. AWS answers 400 to a real id with one character
/// changed, before it looks at the signature (facts 2, 2.3), so its ids must check themselves too (assumed).
pub(crate) fn is_connection(text: &str) -> bool {
    URL_SAFE.decode(text).is_ok_and(|bytes| match bytes.first_chunk::<7>() {
        Some(head) if bytes.len() == 13 => encode(*head, check(*head)) == text,
        _ => false,
    })
}

/// `n` lower-case letters and digits.
pub(crate) fn alphanumeric(n: usize) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    (0..n).map(|_| char::from(ALPHABET[usize::from(random::<1>()[0]) % ALPHABET.len()])).collect()
}

/// `2 * n` hexadecimal digits.
pub(crate) fn hex<const N: usize>() -> String {
    random::<N>().iter().map(|b| format!("{b:02x}")).collect()
}

/// A random UUID.
pub(crate) fn uuid() -> String {
    let h = hex::<16>();
    format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
}

/// `Root=1-{epoch seconds in hex}-{24 hex}` (facts 1.3 #11).
pub(crate) fn trace_root(now_ms: i64) -> String {
    format!("Root=1-{:08x}-{}", now_ms / 1000, hex::<12>())
}

/// Random bytes; zeros on a machine without a random source, where ids still differ by their counter.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    let _ = getrandom::fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_have_the_recorded_shapes_and_never_repeat() {
        let ids = Ids::default();
        let mut seen = HashSet::new();
        for _ in 0..20_000 {
            let request = ids.request(1_790_328_029_377);
            assert!(request.len() == 16 && request.ends_with('='), "{request}");
            assert!(seen.insert(request));
            let connection = ids.connection(1_790_328_029_377);
            assert!(connection.len() == 20 && connection.ends_with("=="), "{connection}");
            assert!(is_connection(&connection));
            assert!(seen.insert(connection));
        }
    }

    #[test]
    fn a_message_id_shares_its_connections_tail_and_is_not_a_connection_id() {
        let ids = Ids::default();
        let connection = ids.connection(1);
        let message = ids.message(1, &connection);
        assert_eq!(message[9..], connection[9..]);
        assert!(!is_connection(&message));
    }

    #[test]
    fn a_changed_character_makes_a_connection_id_invalid() {
        let connection = Ids::default().connection(1_790_328_029_377);
        let changed = format!("{}{}", if connection.starts_with('A') { 'B' } else { 'A' }, &connection[1..]);
        assert!(!is_connection(&changed));
        assert!(!is_connection("TXzPWdnOjoECGjA="));
        assert!(!is_connection(""));
    }
}
