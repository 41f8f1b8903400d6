//! Seeded damage: what networks, venues and attackers do to a message.
//!
//! Made for JSON and safe for any bytes. About one in ten stays a message of the same layout with
//! other values; the rest are cut, spliced, doubled, reordered, overgrown or escaped.
//!
//! ```
//! use patchbay_testkit::mutate::{Random, mutate};
//!
//! let frame = br#"{"s":"BTCUSDT","p":"61800.20"}"#;
//! let damaged = mutate(&mut Random(7), frame, b"{}");
//! assert_eq!(damaged, mutate(&mut Random(7), frame, b"{}"), "a seed says it all");
//! ```

/// splitmix64: the same numbers on every machine. Neighbouring seeds give unrelated numbers.
#[derive(Clone, Copy, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `bound`; 0 if that is 0.
    pub const fn below(&mut self, bound: usize) -> usize {
        let bound = if bound == 0 { 1 } else { bound as u64 };
        (self.next() % bound) as usize
    }

    /// One of `from`, which is not empty.
    pub const fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// What stands in numbers, strings and between them when something is wrong.
const ODD: [&str; 36] = [
    "0",
    "00",
    "-",
    "-0",
    "+1",
    "1e3",
    "1E-8",
    "0.0",
    ".",
    "..",
    "1.",
    ".5",
    "\\u0030",
    "\\\"",
    "\\\\",
    " ",
    "\t",
    "\n",
    "\r\n",
    "null",
    "[]",
    "{}",
    "\"\"",
    ",",
    ":",
    "\u{0}",
    "\u{7f}",
    "é",
    "１",
    "99999999999999999999",
    "18446744073709551616",
    "9223372036854775808",
    "true",
    "/",
    "'",
    "-0.00",
];

/// `message` with one to three mutations; `other` lends its end to be spliced on.
pub fn mutate(random: &mut Random, message: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = message.to_vec();
    for _ in 0..=random.below(3) {
        once(random, &mut bytes, other);
        if random.below(2) == 0 {
            break;
        }
    }
    bytes
}

fn once(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = random.below(bytes.len());
    match random.below(19) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(..at)),
        2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        3 if at < bytes.len() => bytes[at] = random.next() as u8,
        4 if at < bytes.len() => drop(bytes.remove(at)),
        5 => insert(bytes, at, random.pick(&ODD).as_bytes()),
        6 => replace_digits(random, bytes),
        7 => swap_fields(random, bytes),
        8 => insert_field(random, bytes),
        9 => double_fields(random, bytes),
        10 => join(random, bytes, other),
        11 => grow(random, bytes),
        12 | 13 => nudge_digit(random, bytes),
        14 => nudge_letter(random, bytes),
        15 => space(random, bytes),
        16 => escape(random, bytes),
        17 => move_piece(random, bytes),
        _ => insert(bytes, at, &[random.next() as u8]),
    }
}

fn insert(bytes: &mut Vec<u8>, at: usize, text: &[u8]) {
    bytes.splice(at..at, text.iter().copied());
}

/// A run of digits becomes an odd text or another number.
fn replace_digits(random: &mut Random, bytes: &mut Vec<u8>) {
    let Some((from, to)) = digits(random, bytes) else {
        return;
    };
    let number = (random.next() >> random.below(64)).to_string();
    let text = if random.below(2) == 0 { random.pick(&ODD) } else { &number };
    bytes.splice(from..to, text.bytes());
}

/// Stays well formed most of the time: readers should still accept.
fn nudge_digit(random: &mut Random, bytes: &mut [u8]) {
    if let Some((from, to)) = digits(random, bytes) {
        bytes[from + random.below(to - from)] = b'0' + random.below(10) as u8;
    }
}

/// Stays well formed: another name, symbol or literal.
fn nudge_letter(random: &mut Random, bytes: &mut [u8]) {
    let letter = |random: &mut Random, bytes: &[u8]| {
        let start = random.below(bytes.len());
        Some(start + bytes[start..].iter().position(u8::is_ascii_alphabetic)?)
    };
    if let (Some(at), Some(from)) = (letter(random, bytes), letter(random, bytes)) {
        bytes[at] = bytes[from];
    }
}

/// Hundreds of digits or letters, or zeros before and behind.
fn grow(random: &mut Random, bytes: &mut Vec<u8>) {
    let Some((from, to)) = digits(random, bytes) else {
        return;
    };
    let many = 1 << random.below(11);
    let text = random.pick(&["0", "9", "x", "0123456789", "é"]).repeat(many);
    insert(bytes, if random.below(2) == 0 { from } else { to }, text.as_bytes());
}

/// A run of digits somewhere.
fn digits(random: &mut Random, bytes: &[u8]) -> Option<(usize, usize)> {
    let start = random.below(bytes.len());
    let from = start + bytes[start..].iter().position(u8::is_ascii_digit)?;
    let len = bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    Some((from, from + len))
}

/// Two fields (text between commas) change places.
fn swap_fields(random: &mut Random, bytes: &mut Vec<u8>) {
    let mut fields: Vec<_> = bytes.split(|&byte| byte == b',').collect();
    let (a, b) = (random.below(fields.len()), random.below(fields.len()));
    fields.swap(a, b);
    *bytes = fields.join(&b',');
}

/// An unknown field, or a known one a second time with another value, before a known one.
fn insert_field(random: &mut Random, bytes: &mut Vec<u8>) {
    let starts: Vec<_> = (1..bytes.len())
        .filter(|&at| bytes[at] == b'"' && matches!(bytes[at - 1], b',' | b'{'))
        .collect();
    if starts.is_empty() {
        return;
    }
    let value = random.pick(&["1", "\"100\"", "\"OTHER\"", "{\"a\":[1,2]}", "[]", "null"]);
    let known = &bytes[starts[random.below(starts.len())] + 1..];
    let end = known.iter().position(|&byte| byte == b'"').unwrap_or(0);
    let key = if random.below(2) == 0 { b"unknown" } else { &known[..end] };
    let field = [b"\"", key, b"\":", value.as_bytes(), b","].concat();
    insert(bytes, starts[random.below(starts.len())], &field);
}

/// A field or a level twice.
fn double_fields(random: &mut Random, bytes: &mut Vec<u8>) {
    let mut fields: Vec<_> = bytes.split(|&byte| byte == b',').collect();
    let from = random.below(fields.len());
    let part: Vec<_> = fields[from..].iter().take(1 + random.below(2)).copied().collect();
    fields.splice(from..from, part);
    *bytes = fields.join(&b',');
}

/// The start of this message and the end of another.
fn join(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    bytes.truncate(random.below(bytes.len()));
    bytes.extend_from_slice(&other[random.below(other.len())..]);
}

/// White space around a token: still the same JSON outside of strings.
fn space(random: &mut Random, bytes: &mut Vec<u8>) {
    let is_mark = |byte: &u8| b",:{}[]".contains(byte);
    let start = random.below(bytes.len());
    if let Some(at) = bytes[start..].iter().position(is_mark) {
        let text = random.pick(&[" ", "\t", "\n", "\r\n", "    "]);
        insert(bytes, start + at + random.below(2), text.as_bytes());
    }
}

/// A letter or digit as `\u0041`: the same text inside of strings.
fn escape(random: &mut Random, bytes: &mut Vec<u8>) {
    let start = random.below(bytes.len());
    if let Some(at) = bytes[start..].iter().position(u8::is_ascii_alphanumeric) {
        let at = start + at;
        let text = format!("\\u{:04x}", bytes[at]);
        bytes.splice(at..=at, text.bytes());
    }
}

/// Up to 24 bytes go elsewhere.
fn move_piece(random: &mut Random, bytes: &mut Vec<u8>) {
    let at = random.below(bytes.len());
    let to = (at + 1 + random.below(24)).min(bytes.len());
    let piece: Vec<_> = bytes.drain(at..to).collect();
    let into = random.below(bytes.len());
    insert(bytes, into, &piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // First numbers of the reference implementation with seed 1234567.
        let mut random = Random(1_234_567);
        let first = [random.next(), random.next(), random.next()];
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn any_message_can_be_mutated() {
        let messages: [&[u8]; 5] = [b"", b"x", b"\"", b"{\"", &[0xff; 40]];
        for seed in 0..20_000 {
            let mut random = Random(seed);
            let (message, other) = (random.pick(&messages), random.pick(&messages));
            mutate(&mut random, message, other);
        }
    }

    #[test]
    fn most_messages_change_and_some_keep_their_layout() {
        let message = br#"{"s":"BTCUSDT","p":"61800.20","b":[["1.5","2"]]}"#;
        let marks = |bytes: &[u8]| -> Vec<u8> {
            bytes.iter().copied().filter(|byte| !byte.is_ascii_alphanumeric()).collect()
        };
        let all: Vec<_> = (0..1000).map(|seed| mutate(&mut Random(seed), message, b"[]")).collect();
        let changed = all.iter().filter(|bytes| *bytes != message).count();
        let alike = all.iter().filter(|bytes| marks(bytes) == marks(message)).count();
        assert!(changed > 900 && alike > 100 && alike < 500, "{changed} changed, {alike} alike");
    }
}
