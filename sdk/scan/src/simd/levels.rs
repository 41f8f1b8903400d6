//! Levels with AVX2: masks of what each byte is, one shuffle per number, one multiply-add chain for
//! price and quantity together.
//!
//! The vector code reads only the common shape, completely inside a window that was cut safely;
//! whatever it does not take is read by the scalar twin, which also decides what is wrong.

use super::number::{BEFORE, Number, Scale, last_window};
use crate::Cursor;
use std::arch::x86_64::{
    __m128i, __m256i, _bzhi_u32, _mm_cvtsi128_si64, _mm256_add_epi64, _mm256_and_si256,
    _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_extracti128_si256, _mm256_loadu_si256,
    _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_min_epu8, _mm256_movemask_epi8,
    _mm256_mul_epu32, _mm256_packus_epi32, _mm256_set_m128i, _mm256_set1_epi8, _mm256_set1_epi16,
    _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_srli_epi64, _mm256_sub_epi8,
};

/// Bytes from the level on that are looked at: 32 in a vector, and behind them what closes a level.
const AFTER: usize = 36;
/// What one level is read from.
type Window = [u8; BEFORE + AFTER];

/// The levels after the opening bracket of a list that is not empty.
#[inline]
pub(crate) fn read(
    cursor: &mut Cursor<'_>,
    shape: Shape,
    mut sink: impl FnMut(i64, i64) -> Option<()>,
) -> Option<usize> {
    assert!(cursor.vector, "only a cursor that found the features comes here");
    let mut levels = [[0; 2]; BATCH];
    let mut count = 0;
    loop {
        // SAFETY: `vector` is set by `super::available` alone: there are AVX2, BMI1 and BMI2.
        let batch = unsafe { read_batch(cursor.frame, cursor.position(), &shape, &mut levels) };
        for &[price, qty] in levels.get(..batch.count)? {
            sink(price, qty)?;
        }
        count += batch.count;
        cursor.rest = cursor.frame.get(batch.at..)?;
        match batch.stop {
            Stop::Full => {}
            Stop::Last => return Some(count),
            Stop::Odd => {
                let (price, qty, last) = cursor.level(shape.price.exp, shape.qty.exp)?;
                sink(price, qty)?;
                count += 1;
                if last {
                    return Some(count);
                }
            }
        }
    }
}

/// Levels read at once: the vector code is compiled once, not into every sink.
const BATCH: usize = 16;

/// What was read.
struct Batch {
    count: usize,
    /// Behind the last level that was read.
    at: usize,
    stop: Stop,
}

/// Why a batch ends.
enum Stop {
    /// There is no more room.
    Full,
    /// The list ends.
    Last,
    /// The next level is not for the vector code.
    Odd,
}

/// Reads levels from `at` on, as many as fit and are of the common shape.
#[inline(never)]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn read_batch(frame: &[u8], at: usize, shape: &Shape, levels: &mut [[i64; 2]; BATCH]) -> Batch {
    let odd = |count, at| Batch { count, at, stop: Stop::Odd };
    let Some(mut text) = at.checked_sub(BEFORE).and_then(|from| frame.get(from..)) else {
        return odd(0, at);
    };
    for (count, slot) in levels.iter_mut().enumerate() {
        let padded;
        let window = match text.first_chunk() {
            Some(window) => window,
            None => {
                padded = last_window(frame, text);
                &padded
            }
        };
        let behind = level(window, shape, slot).and_then(|level| {
            text = text.get(level.len..)?;
            Some(level.last)
        });
        let at = || frame.len() - text.len() + BEFORE;
        match behind {
            Some(false) => {}
            Some(true) => return Batch { count: count + 1, at: at(), stop: Stop::Last },
            None => return odd(count, at()),
        }
    }
    Batch { count: BATCH, at: frame.len() - text.len() + BEFORE, stop: Stop::Full }
}

/// How the two numbers of a level are read.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    price: Scale,
    qty: Scale,
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
    /// With the byte that follows.
    len: usize,
    /// That byte closes the list.
    last: bool,
}

/// Reads price and quantity of the level that starts at [`BEFORE`]. `None` decides nothing: the
/// scalar twin reads it again.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn level(window: &Window, shape: &Shape, mantissas: &mut [i64; 2]) -> Option<Level> {
    let Masks { quotes, dots, non_digits, nonzero } = Masks::of(window);
    // The second byte opens the price. Then come its end, the quantity's start and its end.
    let from_price_end = quotes & !3;
    let from_qty = from_price_end & from_price_end.wrapping_sub(1);
    let from_qty_end = from_qty & from_qty.wrapping_sub(1);
    if from_qty_end == 0 {
        return None;
    }
    let price_end = from_price_end.trailing_zeros();
    let qty_end = from_qty_end.trailing_zeros();
    let price_dots = _bzhi_u32(dots, price_end);
    let qty_dots = _bzhi_u32(dots, qty_end) ^ price_dots;
    let price =
        Number { start: 2, dot: (price_dots | from_price_end).trailing_zeros(), end: price_end };
    let qty = Number {
        start: price_end + 3,
        dot: (qty_dots | from_qty_end).trailing_zeros(),
        end: qty_end,
    };
    // Apart from punctuation there are digits and at most one dot a number (its lowest).
    let first_dots =
        (price_dots & price_dots.wrapping_neg()) | (qty_dots & qty_dots.wrapping_neg());
    let close = two_bytes(window, qty_end + 1);
    // Errors are gathered and tested once: each is zero if all is well.
    let wrong = (_bzhi_u32(non_digits, qty_end) ^ (3 | (7 << price_end) | first_dots))
        | (two_bytes(window, 0) ^ pair(b"[\""))
        | (two_bytes(window, price_end + 1) ^ pair(b",\""))
        // An empty number, and a dot that starts or ends one.
        | ((quotes | dots) & (quotes << 1))
        | (dots & (quotes >> 1))
        | price.beyond(nonzero, shape.price.places)
        | qty.beyond(nonzero, shape.qty.places);
    let too_long = price.excess(shape.price.places) | qty.excess(shape.qty.places);
    let last = close == pair(b"]]");
    if (wrong | (too_long & (1 << 31))) != 0 || !(last || close == pair(b"],")) {
        return None;
    }
    *mantissas = convert(
        [price.text(window), qty.text(window)],
        [price.ones(), qty.ones()],
        [shape.price.shuffle(&price), shape.qty.shuffle(&qty)],
    );
    Some(Level { len: qty_end as usize + 3, last })
}

/// Two bytes from `offset` of the level on.
#[inline(always)]
fn two_bytes(window: &Window, offset: u32) -> u32 {
    let bytes = &window[BEFORE + (offset & 63).min(32) as usize..];
    bytes.first_chunk().map_or(0, pair)
}

#[inline(always)]
const fn pair(bytes: &[u8; 2]) -> u32 {
    u16::from_le_bytes(*bytes) as u32
}

/// What each of the 32 bytes from the level on is, one bit a byte.
struct Masks {
    quotes: u32,
    dots: u32,
    non_digits: u32,
    /// Not the digit 0.
    nonzero: u32,
}

impl Masks {
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn of(window: &Window) -> Self {
        let text: &[u8; 32] = window[BEFORE..].first_chunk().expect("AFTER is more than 32");
        // SAFETY: 32 readable bytes; the load needs no alignment.
        let text = unsafe { _mm256_loadu_si256(text.as_ptr().cast::<__m256i>()) };
        let values = _mm256_sub_epi8(text, _mm256_set1_epi8(b'0' as i8));
        let capped = _mm256_min_epu8(values, _mm256_set1_epi8(9));
        Self {
            quotes: bits(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(b'"' as i8))),
            dots: bits(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(b'.' as i8))),
            non_digits: !bits(_mm256_cmpeq_epi8(values, capped)),
            nonzero: !bits(_mm256_cmpeq_epi8(values, _mm256_setzero_si256())),
        }
    }
}

/// The top bit of every byte.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(bytes: __m256i) -> u32 {
    _mm256_movemask_epi8(bytes).cast_unsigned()
}

/// Price and quantity from the sixteen bytes before their ends: digits that belong, moved to their
/// places, multiplied and added.
#[inline]
#[target_feature(enable = "avx2")]
fn convert(text: [__m128i; 2], belongs: [__m128i; 2], places: [__m128i; 2]) -> [i64; 2] {
    let both = |[low, high]: [__m128i; 2]| _mm256_set_m128i(high, low);
    let values = _mm256_sub_epi8(both(text), _mm256_set1_epi8(b'0' as i8));
    let placed = _mm256_shuffle_epi8(_mm256_and_si256(values, both(belongs)), both(places));
    let two = _mm256_maddubs_epi16(placed, _mm256_set1_epi16(10 + (1 << 8)));
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
mod tests {
    use super::*;
    use patchbay_model::parse_decimal;

    /// What the vector code alone makes of one level, if it takes it.
    fn vector(price: &str, qty: &str, close: &str, exps: (i8, i8)) -> Option<(i64, i64, bool)> {
        let mut window = [b'7'; BEFORE + AFTER];
        let text = format!("[\"{price}\",\"{qty}\"{close}");
        window[BEFORE..][..text.len()].copy_from_slice(text.as_bytes());
        let shape = Shape::of(exps.0, exps.1).unwrap();
        let mut mantissas = [0; 2];
        // SAFETY: the tests below return early without the features.
        let read = unsafe { level(&window, &shape, &mut mantissas) }?;
        assert_eq!(read.len, text.len());
        Some((mantissas[0], mantissas[1], read.last))
    }

    /// Without this, everything could be left to the twin and no result would be wrong.
    #[test]
    fn takes_the_shapes_that_venues_send() {
        if !crate::simd::available() {
            println!("SKIPPED: no AVX2 on this processor");
            return;
        }
        for (price, qty, price_exp, qty_exp) in [
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
        ] {
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
        if !crate::simd::available() {
            println!("SKIPPED: no AVX2 on this processor");
            return;
        }
        for (price, qty, exp) in [
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
        ] {
            assert_eq!(vector(price, qty, "]]", (exp, exp)), None, "{price} {qty} at {exp}");
        }
    }
}
