//! Levels with AVX2: one set of masks of what each byte is for two levels, one shuffle per number,
//! one multiply-add chain for price and quantity together.
//!
//! The vector code reads only the common shape, completely inside a window that was cut safely;
//! whatever it does not take is read by the scalar twin, which also decides what is wrong.

use super::number::{Scale, load, within};
use super::pairs;
use crate::{Cursor, Instructions};
use std::arch::x86_64::{
    __m128i, __m256i, _mm_cvtsi128_si64, _mm256_add_epi64, _mm256_and_si256,
    _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_extracti128_si256, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_movemask_epi8, _mm256_mul_epu32,
    _mm256_packus_epi32, _mm256_set_m128i, _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_set1_epi64x, _mm256_shuffle_epi8, _mm256_srli_epi64, _mm256_sub_epi8, _mm256_subs_epu8,
    _mm256_testz_si256,
};

/// Bytes that are classified together.
const CLASSIFIED: usize = 64;
/// What levels are read from: behind the classified bytes, what a number or a level's end that
/// begins among them may take.
const WINDOW: usize = CLASSIFIED + 32;
type Window = [u8; WINDOW];

/// Levels read at once: the vector code is compiled once, not into every sink.
pub(super) const BATCH: usize = 16;

/// The levels after the opening bracket of a list that is not empty: the cursor behind them, and how
/// many they were. (By value: a cursor whose address is known to somebody cannot be in registers.)
#[inline]
pub(crate) fn read<'a>(
    mut cursor: Cursor<'a>,
    shape: Shape,
    mut sink: impl FnMut(&[[i64; 2]]) -> Option<()>,
) -> Option<(Cursor<'a>, usize)> {
    assert!(cursor.has >= Instructions::Avx2, "only a cursor that found the features comes here");
    let pairs = cursor.has == Instructions::Avx512;
    let mut levels = [[0; 2]; BATCH];
    let mut count = 0;
    loop {
        // SAFETY: a cursor has only what `super::available` found.
        let batch = unsafe {
            if pairs {
                pairs::read_batch(cursor.rest, &shape, &mut levels)
            } else {
                read_batch(cursor.rest, &shape, &mut levels)
            }
        };
        sink(levels.get(..batch.count)?)?;
        count += batch.count;
        cursor.skip(batch.len)?;
        match batch.stop {
            Stop::Full => {}
            Stop::Last => return Some((cursor, count)),
            Stop::Odd => {
                let (price, qty, last) = cursor.level(shape.price.exp, shape.qty.exp)?;
                sink(&[[price, qty]])?;
                count += 1;
                if last {
                    return Some((cursor, count));
                }
            }
        }
    }
}

/// What was read.
pub(super) struct Batch {
    pub(super) count: usize,
    /// Bytes of the levels that were read.
    pub(super) len: usize,
    pub(super) stop: Stop,
}

/// Why a batch ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// There is no more room.
    Full,
    /// The list ends.
    Last,
    /// The next level is not for the vector code.
    Odd,
}

/// Reads levels from the start of `text` on, as many as fit and are of the common shape.
#[inline(never)]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn read_batch(text: &[u8], shape: &Shape, levels: &mut [[i64; 2]; BATCH]) -> Batch {
    let (mut count, mut rest) = (0, text);
    let stop = 'batch: loop {
        let padded;
        let window = match rest.first_chunk() {
            Some(window) => window,
            None => {
                padded = last_window(rest);
                &padded
            }
        };
        let masks = Masks::of(window);
        let mut at = 0;
        let before = count;
        while let Some(slot) = levels.get_mut(count)
            && let Some(read) = level(window, &masks, at, shape, slot)
        {
            count += 1;
            at = read.end;
            if read.last {
                rest = &rest[at as usize..];
                break 'batch Stop::Last;
            }
        }
        rest = rest.get(at as usize..).unwrap_or_default();
        if count == BATCH {
            break Stop::Full;
        }
        if count == before {
            break Stop::Odd;
        }
    };
    Batch { count, len: text.len() - rest.len(), stop }
}

/// `text`, too short for a window, with NUL behind it. (NUL is neither digit nor punctuation.)
#[inline(never)]
fn last_window(text: &[u8]) -> Window {
    let mut window = [0; WINDOW];
    let len = text.len().min(WINDOW);
    window[..len].copy_from_slice(&text[..len]);
    window
}

/// How the two numbers of a level are read.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(super) price: Scale,
    pub(super) qty: Scale,
}

impl Shape {
    /// `None` for exponents that only the scalar twin serves.
    #[inline]
    pub(crate) fn of(price_exp: i8, qty_exp: i8) -> Option<Self> {
        Some(Self { price: Scale::of(price_exp)?, qty: Scale::of(qty_exp)? })
    }
}

/// Where a level ends.
struct Level {
    /// Behind the byte that follows it.
    end: u32,
    /// That byte closes the list.
    last: bool,
}

/// Reads price and quantity of the level that starts at `at` of the window. `None` decides nothing:
/// the level is read again, in a window of its own or by the scalar twin.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn level(
    window: &Window,
    masks: &Masks,
    at: u32,
    shape: &Shape,
    mantissas: &mut [i64; 2],
) -> Option<Level> {
    // After the two opening bytes come the price's end, the quantity's start and its end.
    let from_price_end = masks.quotes & u64::MAX.checked_shl(at + 2)?;
    let from_qty = from_price_end & from_price_end.wrapping_sub(1);
    let from_qty_end = from_qty & from_qty.wrapping_sub(1);
    if from_qty_end == 0 {
        return None;
    }
    let price = Number::of(masks, at + 2, from_price_end.trailing_zeros());
    let qty = Number::of(masks, price.end + 3, from_qty_end.trailing_zeros());
    let close = two_bytes(window, qty.end + 1);
    // Errors are gathered and tested once: each is zero if all is well.
    let wrong = masks.wrong
        | u64::from(two_bytes(window, at) ^ pair(b"[\""))
        | u64::from(two_bytes(window, price.end + 1) ^ pair(b",\""));
    let excess = shape.price.excess(price.dot) | shape.qty.excess(qty.dot);
    let last = close == pair(b"]]");
    let short = (price.len | qty.len) < 16;
    if wrong != 0 || excess >> 31 != 0 || !short || !(last || close == pair(b"],")) {
        return None;
    }
    let both = |low: __m128i, high: __m128i| _mm256_set_m128i(high, low);
    let text = both(price.text(window), qty.text(window));
    let values = _mm256_sub_epi8(text, _mm256_set1_epi8(b'0' as i8));
    let values = _mm256_and_si256(values, both(within(price.len), within(qty.len)));
    let limits = both(shape.price.limit(price.dot), shape.qty.limit(qty.dot));
    let beyond = _mm256_subs_epu8(values, limits);
    if _mm256_testz_si256(beyond, beyond) == 0 {
        return None;
    }
    let places = both(shape.price.shuffle(price.dot), shape.qty.shuffle(qty.dot));
    *mantissas = sixteen_digits(_mm256_shuffle_epi8(values, places));
    Some(Level { end: qty.end + 3, last })
}

/// Where a number lies in the window.
struct Number {
    start: u32,
    end: u32,
    len: u32,
    /// The first dot's byte within the number; its length if there is none.
    dot: u32,
}

impl Number {
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn of(masks: &Masks, start: u32, end: u32) -> Self {
        let len = end.wrapping_sub(start);
        let dot = ((masks.dots >> (start & 63)) | 1 << (len & 63)).trailing_zeros();
        Self { start, end, len, dot }
    }

    /// Sixteen bytes from its start on.
    #[inline(always)]
    fn text(&self, window: &Window) -> __m128i {
        load(window[(self.start & 63) as usize..].first_chunk().expect("63 + 16"))
    }
}

/// Two bytes of the window.
#[inline(always)]
fn two_bytes(window: &Window, at: u32) -> u32 {
    window[(at & 127).min(CLASSIFIED as u32 + 1) as usize..].first_chunk().map_or(0, pair)
}

#[inline(always)]
const fn pair(bytes: &[u8; 2]) -> u32 {
    u16::from_le_bytes(*bytes) as u32
}

/// What each of the 64 bytes is, one bit a byte.
struct Masks {
    quotes: u64,
    dots: u64,
    /// Empty texts, and dots that start or end one. Wherever they are, nothing is read.
    wrong: u64,
}

impl Masks {
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn of(window: &Window) -> Self {
        let halves = [0, 32].map(|half| {
            let text: &[u8; 32] = window[half..].first_chunk().expect("a window has 96");
            // SAFETY: 32 readable bytes; the load needs no alignment.
            unsafe { _mm256_loadu_si256(text.as_ptr().cast::<__m256i>()) }
        });
        let both = |[low, high]: [u32; 2]| u64::from(low) | u64::from(high) << 32;
        let quotes = both(halves.map(|half| equal(half, b'"')));
        let dots = both(halves.map(|half| equal(half, b'.')));
        let wrong = ((quotes | dots) & (quotes << 1)) | (dots & (quotes >> 1));
        Self { quotes, dots, wrong }
    }
}

#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn equal(bytes: __m256i, byte: u8) -> u32 {
    bits(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed())))
}

/// The top bit of every byte.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn bits(bytes: __m256i) -> u32 {
    _mm256_movemask_epi8(bytes).cast_unsigned()
}

/// The numbers that sixteen digits make in each half.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn sixteen_digits(digits: __m256i) -> [i64; 2] {
    let two = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 + (1 << 8)));
    let four = _mm256_madd_epi16(two, _mm256_set1_epi32(100 + (1 << 16)));
    let packed = _mm256_packus_epi32(four, four);
    let eight = _mm256_madd_epi16(packed, _mm256_set1_epi32(10_000 + (1 << 16)));
    let heads = _mm256_mul_epu32(eight, _mm256_set1_epi64x(100_000_000));
    let sixteen = _mm256_add_epi64(heads, _mm256_srli_epi64::<32>(eight));
    [
        _mm_cvtsi128_si64(_mm256_castsi256_si128(sixteen)),
        _mm_cvtsi128_si64(_mm256_extracti128_si256::<1>(sixteen)),
    ]
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "says what was skipped")]
pub(super) mod tests {
    use super::*;
    use patchbay_model::parse_decimal;

    /// Prices and quantities as venues send them, and exponents.
    pub(in crate::simd) const TAKEN: &[(&str, &str, i8, i8)] = &[
        ("61837.63000000", "1.54698000", -2, -5),
        ("61837.63000000", "12.54698000", -8, -8),
        ("123456.70000000", "1.54698000", -8, -8),
        ("2683.81000000", "352.90500000", -2, -4),
        ("2683.81000000", "352.90500000", -8, -8),
        ("61800.20", "0.006", -2, -3),
        ("61800.20", "0.006", -1, -3),
        ("61800.20", "1000.006", -8, -8),
        ("61804.7", "1645", -1, 0),
        ("61804.7", "1645", -8, -8),
        ("100473000", "0.00012345", 0, -8),
        ("0.00001234", "123456789", -8, 0),
    ];

    /// What is for the twin to read or to decline.
    pub(in crate::simd) const LEFT: &[(&str, &str, i8)] = &[
        ("12345678901234567", "1", 0), // 17 bytes
        ("123456789", "1", -8),        // 9 + 8 places
        ("1", "123456789.5", -8),
        ("1.25", "1", -1), // not a zero
        ("1", "1.00000001", -7),
        ("-1", "1", -2),
        ("1.", "1", -2),
        (".1", "1", -2),
        ("", "1", -2),
        ("1", "", -2),
        ("1.2.3", "1", -2),
        ("1", "1.2.3", -2),
        ("1e2", "1", -2),
    ];

    /// What the vector code alone makes of one level, if it takes it.
    fn vector(price: &str, qty: &str, close: &str, exps: (i8, i8)) -> Option<(i64, i64, bool)> {
        let mut window = [b'7'; WINDOW];
        let text = format!("[\"{price}\",\"{qty}\"{close}");
        window[..text.len()].copy_from_slice(text.as_bytes());
        let shape = Shape::of(exps.0, exps.1).unwrap();
        let mut mantissas = [0; 2];
        // SAFETY: the tests below return early without the features.
        let read = unsafe { level(&window, &Masks::of(&window), 0, &shape, &mut mantissas) }?;
        assert_eq!(read.end as usize, text.len());
        Some((mantissas[0], mantissas[1], read.last))
    }

    /// Without this, everything could be left to the twin and no result would be wrong.
    #[test]
    fn takes_the_shapes_that_venues_send() {
        if crate::simd::available() < Instructions::Avx2 {
            println!("SKIPPED: no AVX2 on this processor");
            return;
        }
        for (price, qty, price_exp, qty_exp) in TAKEN.iter().copied() {
            let value = |text: &str, exp| parse_decimal(text.as_bytes(), exp).unwrap();
            let expected = (value(price, price_exp), value(qty, qty_exp));
            for (close, last) in [("],", false), ("]]", true)] {
                let read = vector(price, qty, close, (price_exp, qty_exp));
                assert_eq!(read, Some((expected.0, expected.1, last)), "{price} {qty}");
            }
            assert_eq!(vector(price, qty, "]}", (price_exp, qty_exp)), None);
        }
    }

    #[test]
    fn leaves_what_it_cannot_hold() {
        if crate::simd::available() < Instructions::Avx2 {
            println!("SKIPPED: no AVX2 on this processor");
            return;
        }
        for (price, qty, exp) in LEFT.iter().copied() {
            assert_eq!(vector(price, qty, "]]", (exp, exp)), None, "{price} {qty} at {exp}");
        }
    }
}
