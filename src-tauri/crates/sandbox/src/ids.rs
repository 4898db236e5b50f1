//! Ids in AWS's shapes (facts 1.2, 8.1). Request, connection and message ids come from one counter and never repeat.
//!
//! What is random in an id comes from one generator, so that a sandbox that was given a number makes the same ids in
//! the same order again. None of it is a secret.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

/// Low bits of the counter that are free within one millisecond.
const PER_MILLISECOND_BITS: u32 = 13;
/// Where the counter of repeatable ids begins: an hour of September 2026.
const REPEATABLE_MS: u64 = 1_790_000_000_000;
const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The one counter, and the one source of chance.
pub(crate) struct Ids {
    /// Milliseconds since 1970 in its high bits.
    counter: AtomicU64,
    chance: AtomicU64,
    /// Whether the counter leaves out the time, which no two runs share.
    repeatable: bool,
}

impl Default for Ids {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Ids {
    /// Repeatable ones when a number is given.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let start = if seed.is_some() { REPEATABLE_MS << PER_MILLISECOND_BITS } else { 0 };
        Self {
            counter: AtomicU64::new(start),
            chance: AtomicU64::new(seed.unwrap_or_else(|| u64::from_le_bytes(random()))),
            repeatable: seed.is_some(),
        }
    }

    /// Two numbers for a thing that has a name: the same for the same seed, else by chance.
    pub(crate) fn of_name(seed: Option<u64>, name: &str) -> [u64; 2] {
        let ids = Self::new(seed.map(|seed| fnv(name.as_bytes()) ^ seed));
        [ids.chance(), ids.chance()]
    }

    /// 54 bits that grow.
    fn next(&self, now_ms: i64) -> u64 {
        if self.repeatable {
            return self.counter.fetch_add(1, Ordering::Relaxed) + 1;
        }
        let floor = now_ms.unsigned_abs() << PER_MILLISECOND_BITS;
        let last = self.counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(floor.max(last + 1)));
        floor.max(last.unwrap_or_default() + 1)
    }

    /// 64 bits by chance (SplitMix64: one addition, and a mix of what it gave).
    pub(crate) fn chance(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let z = self.chance.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `n` lower-case letters and digits.
    pub(crate) fn alphanumeric(&self, n: usize) -> String {
        let pick = |_| ALPHABET[usize::try_from(self.chance() % 36).unwrap_or_default()];
        (0..n).map(pick).map(char::from).collect()
    }

    /// `2 * N` hexadecimal digits.
    pub(crate) fn hex<const N: usize>(&self) -> String {
        let mut bytes = [0; N];
        for part in bytes.chunks_mut(8) {
            part.copy_from_slice(&self.chance().to_le_bytes()[..part.len()]);
        }
        hex_of(&bytes)
    }

    /// A random UUID.
    pub(crate) fn uuid(&self) -> String {
        uuid_of(&self.hex::<16>())
    }

    /// `Root=1-{epoch seconds in hex}-{24 hex}` (facts 1.3 #11).
    pub(crate) fn trace_root(&self, now_ms: i64) -> String {
        format!("Root=1-{:08x}-{}", now_ms / 1000, self.hex::<12>())
    }

    /// 16 characters that end in `=`: 11 bytes, with `AME` where AWS has it.
    pub(crate) fn request(&self, now_ms: i64) -> String {
        let base = self.next(now_ms) << 2;
        let [_, a, b, c, d, e, f, g] = base.to_be_bytes();
        let [x, y, ..] = self.chance().to_le_bytes();
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

/// FNV-1a.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3))
}

/// The hash of the head, folded to three bytes.
fn check(head: [u8; 7]) -> [u8; 3] {
    let hash = fnv(&head);
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

/// `n` lower-case letters and digits, never the same again.
pub(crate) fn alphanumeric(n: usize) -> String {
    (0..n).map(|_| char::from(ALPHABET[usize::from(random::<1>()[0]) % ALPHABET.len()])).collect()
}

/// `2 * N` hexadecimal digits, never the same again.
pub(crate) fn hex<const N: usize>() -> String {
    hex_of(&random::<N>())
}

/// A UUID, never the same again.
pub(crate) fn uuid() -> String {
    uuid_of(&hex::<16>())
}

/// As [`Ids::trace_root`], never the same again.
pub(crate) fn trace_root(now_ms: i64) -> String {
    format!("Root=1-{:08x}-{}", now_ms / 1000, hex::<12>())
}

/// Two lower-case hexadecimal digits a byte.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(*b)]).collect()
}

fn uuid_of(h: &str) -> String {
    format!("{}-{}-4{}-a{}-{}", &h[..8], &h[8..12], &h[13..16], &h[17..20], &h[20..])
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
    fn the_same_number_gives_the_same_ids_at_any_time() {
        let ids = |seed, now| {
            let ids = Ids::new(Some(seed));
            let connection = ids.connection(now);
            let message = ids.message(now, &connection);
            (connection, message, ids.request(now), ids.alphanumeric(10), ids.uuid(), ids.hex::<16>())
        };
        assert_eq!(ids(7, 1), ids(7, 1_790_328_029_377));
        assert_ne!(ids(7, 1).3, ids(8, 1).3);
        assert!(is_connection(&ids(7, 1).0));
        assert_ne!(Ids::default().hex::<16>(), Ids::default().hex::<16>());
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
