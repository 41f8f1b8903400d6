//! The cursor: where the scan is.

use crate::text::{Text, first, specials};

/// Walks down one frame. Every step either consumes exactly what it names or declines with `None`;
/// after that the position means nothing, and the frame is for the general parser.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    pub(crate) frame: &'a [u8],
    /// The end of `frame` that has not been consumed.
    pub(crate) rest: &'a [u8],
    /// What the processor has and the caller lets us use.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "no vector code there"))]
    pub(crate) has: Instructions,
    /// This is part of [`Cursor::with`]: single values are worth it, too.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "no vector code there"))]
    pub(crate) inlined: bool,
}

/// What values are read with. The results are the same with all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// What every processor has.
    Scalar,
    /// AVX2 with BMI1 and BMI2: single values, and one level after the other.
    Avx2,
    /// AVX-512 with BW, VL, VBMI and VBMI2 besides: two levels at once.
    Avx512,
}

/// What reads a frame in [`Cursor::with`]. Its `read` and all that it calls must be
/// `#[inline(always)]`: only what is inlined is compiled for the processor's vector instructions. (A
/// closure cannot promise that.) The results are the same in any case.
pub trait Reader<'a> {
    /// What becomes of the frame.
    type Output;

    /// Reads it.
    fn read(self, cursor: Cursor<'a>) -> Self::Output;
}

impl<'a> Cursor<'a> {
    /// At the start of `frame`.
    #[inline]
    pub fn new(frame: &'a [u8]) -> Self {
        Self { frame, rest: frame, has: available(), inlined: false }
    }

    /// Like [`new`](Self::new), but without the instructions that are detected at run time: same
    /// results, slower. For tests that compare the twins.
    #[inline]
    pub fn scalar(frame: &'a [u8]) -> Self {
        Self { frame, rest: frame, has: Instructions::Scalar, inlined: false }
    }

    /// Like [`new`](Self::new), but with no more than `most`, if the processor has that at all. For
    /// tests that compare the twins.
    #[inline]
    pub fn at_most(frame: &'a [u8], most: Instructions) -> Self {
        Self { has: most.min(available()), ..Self::new(frame) }
    }

    /// Reads `frame` with `reader`, compiled for what this processor has.
    #[inline(always)]
    pub fn with<R: Reader<'a>>(frame: &'a [u8], reader: R) -> R::Output {
        let cursor = Self::new(frame);
        #[cfg(target_arch = "x86_64")]
        if cursor.has >= Instructions::Avx2 {
            return crate::simd::with(cursor, reader);
        }
        reader.read(cursor)
    }

    /// Consumes exactly `text`. With a constant length it is compiled to a few wide compares.
    #[inline(always)]
    pub fn literal<const N: usize>(&mut self, text: &[u8; N]) -> Option<()> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        if head != text {
            return None;
        }
        self.rest = rest;
        Some(())
    }

    /// The content of a string whose opening quote was consumed; consumes the closing one.
    /// Declines escapes, control bytes and everything that is not ASCII.
    #[inline]
    pub fn string(&mut self) -> Option<&'a str> {
        // Plain text is ASCII, so this cannot fail; and a check is cheaper than a promise.
        std::str::from_utf8(self.plain_text()?).ok()
    }

    /// [`string`](Self::string) as bytes, for a caller that only compares them.
    #[inline(always)]
    pub fn plain_text(&mut self) -> Option<&'a [u8]> {
        let start = self.rest;
        let mut len = 0;
        loop {
            let stop = self.plain();
            len += stop;
            if stop < 16 {
                break;
            }
            self.skip(16)?;
        }
        self.rest = start.get(len..)?;
        self.literal(b"\"")?;
        start.get(..len)
    }

    /// Bytes before the first that ends a plain string; 16 if none of sixteen does.
    #[inline(always)]
    fn plain(&self) -> usize {
        #[cfg(target_arch = "x86_64")]
        if self.inlined {
            return crate::simd::plain(self);
        }
        self.text(|text| first(specials(text)))
    }

    /// `true` or `false`.
    #[inline(always)]
    pub fn boolean(&mut self) -> Option<bool> {
        if self.literal(b"true").is_some() {
            return Some(true);
        }
        self.literal(b"false").map(|()| false)
    }

    /// A bare number as text, and the `,`, `}` or `]` that must follow it (not consumed). Declines
    /// what JSON does not allow, and integers and exponents so long that some parser might.
    #[inline(always)]
    pub fn number_text(&mut self) -> Option<&'a [u8]> {
        let text = number_of(self.rest)?;
        self.skip(text.len())?;
        Some(text)
    }

    /// The next byte, not consumed.
    #[inline(always)]
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Bytes consumed so far.
    #[inline(always)]
    pub fn position(&self) -> usize {
        self.frame.len() - self.rest.len()
    }

    /// What has not been consumed.
    #[inline(always)]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Accepts the end of the frame: nothing may follow, no white space either.
    #[inline(always)]
    pub fn end(&self) -> Option<()> {
        self.rest.is_empty().then_some(())
    }

    #[inline(always)]
    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.rest = self.rest.get(count..)?;
        Some(())
    }

    /// What `read` makes of the next bytes, with NUL after the end of the frame. Never reads beyond
    /// it: near the end they are copied.
    #[inline(always)]
    pub(crate) fn text<R>(&self, read: impl FnOnce(&Text) -> R) -> R {
        let padded;
        read(match self.rest.first_chunk() {
            Some(text) => text,
            None => {
                padded = last_text(self.frame, self.rest);
                &padded
            }
        })
    }
}

#[inline(never)]
fn number_of(rest: &[u8]) -> Option<&[u8]> {
    let len = rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']'))?;
    Some(&rest[..len]).filter(|text| is_number(text))
}

/// `rest`, shorter than a text, with NUL after it: cut out of the last bytes of its frame, because
/// a copy of constant length is quick.
#[inline(never)]
fn last_text(frame: &[u8], rest: &[u8]) -> Text {
    const LEN: usize = size_of::<Text>();
    let mut text = [0; LEN];
    if let Some(tail) = frame.last_chunk::<LEN>() {
        let mut padded = [0; 2 * LEN];
        padded[..LEN].copy_from_slice(tail);
        text.copy_from_slice(&padded[LEN - rest.len()..][..LEN]);
    } else {
        text[..rest.len()].copy_from_slice(rest);
    }
    text
}

/// RFC 8259, section 6; integers of at most 19 bytes, exponents of at most two digits.
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    let mut rest = &rest[whole..];
    if rest.is_empty() {
        return text.len() <= 19;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let places = digits(fraction);
        rest = &fraction[places..];
        if places == 0 {
            return false;
        }
    }
    if let Some(power) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let power = power.strip_prefix(b"-").or_else(|| power.strip_prefix(b"+")).unwrap_or(power);
        return (1..=2).contains(&power.len()) && digits(power) == power.len();
    }
    rest.is_empty()
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn available() -> Instructions {
    crate::simd::available()
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn available() -> Instructions {
    Instructions::Scalar
}

/// As in [`Cursor::with`], out of it: for tests that hold the vector code of single values to the
/// twin's results.
#[cfg(test)]
pub(crate) fn inlined(frame: &[u8]) -> Cursor<'_> {
    struct Itself;
    impl<'a> Reader<'a> for Itself {
        type Output = Cursor<'a>;

        fn read(self, cursor: Cursor<'a>) -> Cursor<'a> {
            cursor
        }
    }
    Cursor::with(frame, Itself)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consumes_what_it_names_and_nothing_else() {
        let mut scan = Cursor::new(br#"{"e":"trade","m":true,"x":false}"#);
        assert_eq!(scan.literal(br#"{"e":""#), Some(()));
        assert_eq!(scan.string(), Some("trade"));
        assert_eq!(scan.literal(br#","q":"#), None);
        assert_eq!(scan.position(), 12);
        assert_eq!(scan.literal(br#","m":"#), Some(()));
        assert_eq!(scan.boolean(), Some(true));
        assert_eq!(scan.literal(br#","x":"#), Some(()));
        assert_eq!(scan.boolean(), Some(false));
        assert_eq!((scan.peek(), scan.rest(), scan.end()), (Some(b'}'), &b"}"[..], None));
        assert_eq!(scan.literal(b"}}"), None);
        assert_eq!(scan.literal(b"}"), Some(()));
        assert_eq!((scan.peek(), scan.rest(), scan.end()), (None, &b""[..], Some(())));
        assert_eq!(Cursor::new(b"True").boolean(), None);
        assert_eq!(Cursor::new(b"tru").boolean(), None);
    }

    #[test]
    fn texts_end_with_the_frame() {
        let frame: Vec<u8> = (1..=60).collect();
        for len in 0..=frame.len() {
            let mut scan = Cursor::new(&frame[..len]);
            for at in 0..=len {
                let mut expected = [0; 24];
                let shown = (len - at).min(24);
                expected[..shown].copy_from_slice(&frame[at..at + shown]);
                assert_eq!(scan.text(|text| *text), expected, "{at} of {len}");
                assert_eq!(scan.skip(1).is_some(), at < len);
            }
        }
    }

    #[test]
    fn strings_are_plain_ascii_and_closed() {
        for text in ["", "x", "exactly 16 bytes", "BTCUSDT@depth with some more text", "\x7f~ []{}"]
        {
            let frame = format!("{text}\"tail");
            for mut scan in [Cursor::new(frame.as_bytes()), inlined(frame.as_bytes())] {
                assert_eq!(scan.string(), Some(text));
                assert_eq!(scan.rest(), b"tail");
            }
        }
        for len in 0..40 {
            let frame = "x".repeat(len);
            assert_eq!(Cursor::new(frame.as_bytes()).string(), None, "never closed");
            assert_eq!(inlined(frame.as_bytes()).string(), None, "never closed");
        }
    }

    #[test]
    fn strings_decline_every_special_byte_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..20 {
                let mut frame = [b'x'; 40];
                frame[place] = byte;
                frame[30] = b'"';
                let expected = match byte {
                    b'"' => Some(place),
                    b'\\' | 0..0x20 | 0x80.. => None,
                    _ => Some(30),
                };
                for mut scan in [Cursor::new(&frame), inlined(&frame)] {
                    let text = scan.string();
                    assert_eq!(text.map(str::len), expected, "{byte:#x} at {place}");
                }
            }
        }
    }
}
