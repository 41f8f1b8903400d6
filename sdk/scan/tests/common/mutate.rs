//! Seeded damage: what networks, venues and attackers do to a frame.

/// splitmix64: the same numbers on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
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

/// `frame` with one to three mutations.
pub(crate) fn mutate(random: &mut Random, frame: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = frame.to_vec();
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
    match random.below(14) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(..at)),
        2 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        3 if at < bytes.len() => bytes[at] = random.next() as u8,
        4 if at < bytes.len() => drop(bytes.remove(at)),
        5 => insert(bytes, at, random.pick(&ODD).as_bytes()),
        6 => replace_digits(random, bytes),
        7 => swap_fields(random, bytes),
        8 => insert_field(random, bytes),
        9 => duplicate(random, bytes),
        10 => join(random, bytes, other),
        11 => grow(random, bytes),
        12 => nudge_digit(random, bytes),
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

/// Stays valid most of the time: the scanner should still accept.
fn nudge_digit(random: &mut Random, bytes: &mut [u8]) {
    if let Some((from, to)) = digits(random, bytes) {
        bytes[from + random.below(to - from)] = b'0' + random.below(10) as u8;
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

/// An unknown field before a known one.
fn insert_field(random: &mut Random, bytes: &mut Vec<u8>) {
    let field = random.pick(&[
        r#""st":1,"#,
        r#""nq":"100","#,
        r#""x":{"a":[1,2]},"#,
        r#""E":1,"#,
        r#""s":"OTHER","#,
    ]);
    let starts: Vec<_> = (1..bytes.len())
        .filter(|&at| bytes[at] == b'"' && matches!(bytes[at - 1], b',' | b'{'))
        .collect();
    if !starts.is_empty() {
        insert(bytes, starts[random.below(starts.len())], field.as_bytes());
    }
}

/// A field or a level twice.
fn duplicate(random: &mut Random, bytes: &mut Vec<u8>) {
    let mut fields: Vec<_> = bytes.split(|&byte| byte == b',').collect();
    let from = random.below(fields.len());
    let part: Vec<_> = fields[from..].iter().take(1 + random.below(2)).copied().collect();
    fields.splice(from..from, part);
    *bytes = fields.join(&b',');
}

/// The start of this frame and the end of another.
fn join(random: &mut Random, bytes: &mut Vec<u8>, other: &[u8]) {
    bytes.truncate(random.below(bytes.len()));
    bytes.extend_from_slice(&other[random.below(other.len())..]);
}
