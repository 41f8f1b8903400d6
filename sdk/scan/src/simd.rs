//! Levels with AVX2: masks of what each byte is, one shuffle per number, one multiply-add chain for
//! price and quantity together.
//!
//! The vector code reads only the common shape, completely inside a window that [`levels`] cuts
//! safely; whatever it does not take is read by the scalar twin, which also decides what is wrong.

use crate::Cursor;
use std::arch::x86_64::{
    __m128i, __m256i, _bzhi_u32, _mm_cvtsi128_si64, _mm_loadu_si128, _mm256_add_epi64,
    _mm256_and_si256, _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_extracti128_si256,
    _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_min_epu8,
    _mm256_movemask_epi8, _mm256_mul_epu32, _mm256_packus_epi32, _mm256_set_m128i,
    _mm256_set1_epi8, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi64, _mm256_sub_epi8,
};

/// Bytes before the level in a window: a number's sixteen bytes are loaded from its end.
const BEFORE: usize = 16;
/// Bytes from the level on that are looked at: 32 in a vector, and what closes the level.
const AFTER: usize = 36;
/// What one level is read from.
type Window = [u8; BEFORE + AFTER];

/// Whether the processor has what [`levels`] needs. Detected once by the standard library.
#[inline]
pub(crate) fn available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
}

/// The levels after the opening bracket of a list that is not empty.
#[inline]
pub(crate) fn levels(
    cursor: &mut Cursor<'_>,
    price_exp: i8,
    qty_exp: i8,
    sink: impl FnMut(i64, i64) -> Option<()>,
) -> Option<usize> {
    assert!(
        cursor.vector,
        "only a cursor that found the features comes here"
    );
    // SAFETY: `vector` is set by `available` alone, so the processor has AVX2, BMI1 and BMI2.
    unsafe { levels_avx2(cursor, price_exp, qty_exp, sink) }
}

#[target_feature(enable = "avx2,bmi1,bmi2")]
fn levels_avx2(
    cursor: &mut Cursor<'_>,
    price_exp: i8,
    qty_exp: i8,
    mut sink: impl FnMut(i64, i64) -> Option<()>,
) -> Option<usize> {
    let shape = Shape::of(price_exp, qty_exp);
    let mut count = 0;
    loop {
        let read = match (shape, window(cursor)) {
            (Some(shape), Some(window)) => level(window, shape),
            (Some(shape), None) => last_window(cursor).and_then(|window| level(&window, shape)),
            (None, _) => None,
        };
        let (price, qty, last) = match read {
            Some(Read {
                price,
                qty,
                len,
                last,
            }) => {
                cursor.at += len;
                (price, qty, last)
            }
            None => cursor.level(price_exp, qty_exp)?,
        };
        sink(price, qty)?;
        count += 1;
        if last {
            return Some(count);
        }
    }
}

/// The window around the cursor, if the frame reaches that far on both sides.
#[inline]
fn window<'a>(cursor: &Cursor<'a>) -> Option<&'a Window> {
    cursor
        .frame
        .get(cursor.at.checked_sub(BEFORE)?..)?
        .first_chunk()
}

/// The window around a cursor near the end of a frame, with NUL behind the end. (NUL is neither a
/// digit nor punctuation, so nothing is found there.)
#[inline(never)]
fn last_window(cursor: &Cursor<'_>) -> Option<Window> {
    const LEN: usize = BEFORE + AFTER;
    let tail: &Window = cursor.frame.last_chunk()?;
    let start = (cursor.at + LEN).checked_sub(cursor.frame.len() + BEFORE)?;
    let mut padded = [0; 2 * LEN];
    padded[..LEN].copy_from_slice(tail);
    padded.get(start..)?.first_chunk().copied()
}

/// A level as read.
struct Read {
    price: i64,
    qty: i64,
    /// With the byte that follows.
    len: usize,
    /// That byte closes the list.
    last: bool,
}

/// Decimal places of the two numbers, and the shuffles for them.
#[derive(Clone, Copy)]
struct Shape {
    price: &'static [Shuffle; 32],
    qty: &'static [Shuffle; 32],
    price_places: u32,
    qty_places: u32,
}

impl Shape {
    /// `None` for exponents that only the scalar twin serves.
    #[inline]
    fn of(price_exp: i8, qty_exp: i8) -> Option<Self> {
        let price_places = u32::try_from(-i32::from(price_exp)).ok()?;
        let qty_places = u32::try_from(-i32::from(qty_exp)).ok()?;
        Some(Self {
            price: SHUFFLES.get(price_places as usize)?,
            qty: SHUFFLES.get(qty_places as usize)?,
            price_places,
            qty_places,
        })
    }
}

/// Reads the level that starts at [`BEFORE`]. `None` decides nothing: the scalar twin reads it again.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn level(window: &Window, shape: Shape) -> Option<Read> {
    let masks = Masks::of(window);
    // Bit 1 opens the price; then come its end, the quantity's start and the quantity's end.
    let from_price_end = masks.quotes & !3;
    let price_end = from_price_end.trailing_zeros();
    let from_qty = from_price_end & from_price_end.wrapping_sub(1);
    let from_qty_end = from_qty & from_qty.wrapping_sub(1);
    let qty_end = from_qty_end.trailing_zeros();
    if from_qty_end == 0 {
        return None;
    }
    let price_dots = _bzhi_u32(masks.dots, price_end);
    let qty_dots = _bzhi_u32(masks.dots, qty_end) ^ price_dots;
    let price = Number {
        start: 2,
        dot: (price_dots | from_price_end).trailing_zeros(),
        end: price_end,
    };
    let qty = Number {
        start: price_end + 3,
        dot: (qty_dots | from_qty_end).trailing_zeros(),
        end: qty_end,
    };
    let close = bytes_at(window, qty_end);
    let last = close == u32::from_le_bytes(*b"\"]]\0");
    // Errors are gathered and tested once: each is zero if all is well.
    let mut wrong = (_bzhi_u32(masks.others, qty_end) ^ (3 | (7 << price_end)))
        | (_bzhi_u32(masks.quotes, qty_end) ^ (2 | (5 << price_end)))
        | (bytes_at(window, price_end) ^ u32::from_le_bytes(*b"\",\"\0"))
        | u32::from(window[BEFORE] ^ b'[')
        | (price_dots & price_dots.wrapping_sub(1))
        | (qty_dots & qty_dots.wrapping_sub(1));
    wrong |= u32::from(!last & (close != u32::from_le_bytes(*b"\"],\0")));
    wrong |= price.lost(masks.nonzero, shape.price_places);
    wrong |= qty.lost(masks.nonzero, shape.qty_places);
    if wrong != 0 {
        return None;
    }
    let (price, qty) = convert(
        [
            bytes_before(window, price.end),
            bytes_before(window, qty.end),
        ],
        [
            leading(price.end - price.start),
            leading(qty.end - qty.start),
        ],
        [
            load(&shape.price[(price.end - price.dot) as usize & 31]),
            load(&shape.qty[(qty.end - qty.dot) as usize & 31]),
        ],
    );
    Some(Read {
        price,
        qty,
        len: qty_end as usize + 3,
        last,
    })
}

/// What each of the 32 bytes from the level on is, one bit a byte.
struct Masks {
    quotes: u32,
    dots: u32,
    /// Neither digit nor dot.
    others: u32,
    /// Not the digit 0.
    nonzero: u32,
}

impl Masks {
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn of(window: &Window) -> Self {
        let text: &[u8; 32] = window[BEFORE..]
            .first_chunk()
            .expect("AFTER is more than 32");
        // SAFETY: 32 readable bytes; the load needs no alignment.
        let text = unsafe { _mm256_loadu_si256(text.as_ptr().cast::<__m256i>()) };
        let quotes = bits(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(b'"' as i8)));
        let dots = bits(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(b'.' as i8)));
        let values = _mm256_sub_epi8(text, _mm256_set1_epi8(b'0' as i8));
        let capped = _mm256_min_epu8(values, _mm256_set1_epi8(9));
        let digits = bits(_mm256_cmpeq_epi8(values, capped));
        let zeros = bits(_mm256_cmpeq_epi8(values, _mm256_setzero_si256()));
        Self {
            quotes,
            dots,
            others: !(digits | dots),
            nonzero: !zeros,
        }
    }
}

/// Where a number lies, in bytes from the level's start.
struct Number {
    start: u32,
    /// At `end` if there is none.
    dot: u32,
    end: u32,
}

impl Number {
    /// Not zero if the shuffle for `places` would not give this number: it is longer than sixteen
    /// bytes, starts or ends with its dot, has too many digits before it, or non-zero ones too far
    /// behind it.
    #[inline]
    fn lost(&self, nonzero: u32, places: u32) -> u32 {
        let whole = self.dot.wrapping_sub(self.start);
        let len = self.end.wrapping_sub(self.start);
        let behind = u64::from(nonzero) & ((1 << self.end) - 1);
        let beyond = (behind >> (self.dot + 1 + places)) as u32;
        // Differences below zero have their top bit set; so have the conditions.
        let negative = (16u32.wrapping_sub(places).wrapping_sub(whole))
            | 16u32.wrapping_sub(len)
            | whole.wrapping_sub(1)
            | ((self.end - self.dot) ^ 1).wrapping_sub(1);
        beyond | (negative >> 31)
    }
}

/// Price and quantity from the sixteen bytes before their ends: digits that belong, moved to their
/// places, multiplied and added.
#[inline]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn convert(text: [__m128i; 2], belongs: [__m128i; 2], places: [__m128i; 2]) -> (i64, i64) {
    let pair = |[low, high]: [__m128i; 2]| _mm256_set_m128i(high, low);
    let values = _mm256_sub_epi8(pair(text), _mm256_set1_epi8(b'0' as i8));
    let placed = _mm256_shuffle_epi8(_mm256_and_si256(values, pair(belongs)), pair(places));
    let two = _mm256_maddubs_epi16(placed, _mm256_set1_epi16(10 + (1 << 8)));
    let four = _mm256_madd_epi16(two, _mm256_set1_epi32(100 + (1 << 16)));
    let packed = _mm256_packus_epi32(four, four);
    let eight = _mm256_madd_epi16(packed, _mm256_set1_epi32(10_000 + (1 << 16)));
    let heads = _mm256_mul_epu32(eight, _mm256_set1_epi64x(100_000_000));
    let sixteen = _mm256_add_epi64(heads, _mm256_srli_epi64::<32>(eight));
    (
        _mm_cvtsi128_si64(_mm256_castsi256_si128(sixteen)),
        _mm_cvtsi128_si64(_mm256_extracti128_si256::<1>(sixteen)),
    )
}

/// The top bit of every byte.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(bytes: __m256i) -> u32 {
    _mm256_movemask_epi8(bytes).cast_unsigned()
}

/// Three bytes from `offset` of the level on.
#[inline]
fn bytes_at(window: &Window, offset: u32) -> u32 {
    let from = BEFORE + (offset & 31) as usize;
    let bytes = [window[from], window[from + 1], window[from + 2], 0];
    u32::from_le_bytes(bytes)
}

/// The sixteen bytes before `end` of the level.
#[inline]
fn bytes_before(window: &Window, end: u32) -> __m128i {
    let from = (end & 31) as usize;
    load(
        window[from..]
            .first_chunk()
            .expect("31 + 16 is within a window"),
    )
}

/// Ones in the last `len` of sixteen bytes.
#[inline]
fn leading(len: u32) -> __m128i {
    static ONES: [u8; 48] = {
        let mut ones = [0; 48];
        let mut i = 16;
        while i < 48 {
            ones[i] = 0xff;
            i += 1;
        }
        ones
    };
    load(
        ONES[(len & 31) as usize..]
            .first_chunk()
            .expect("31 + 16 is within 48"),
    )
}

#[inline]
fn load(bytes: &Shuffle) -> __m128i {
    // SAFETY: 16 readable bytes; the load needs no alignment, and SSE2 is part of x86-64.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) }
}

/// Where each of sixteen digits comes from.
type Shuffle = [u8; 16];

/// By decimal places wanted, then by bytes from the dot to the end (0 without a dot): moves digits
/// from a text that ends at byte 15 to their places in a mantissa that ends there, and leaves out
/// the dot and what lies beyond the places.
static SHUFFLES: [[Shuffle; 32]; 16] = {
    let mut all = [[[0x80; 16]; 32]; 16];
    let mut places = 0;
    while places < 16 {
        let mut tail = 0;
        while tail < 18 {
            all[places][tail] = shuffle(places as i32, tail as i32);
            tail += 1;
        }
        places += 1;
    }
    all
};

const fn shuffle(places: i32, tail: i32) -> Shuffle {
    let mut from = [0x80; 16];
    let mut to = 0;
    while to < 16 {
        // The dot lies at 16 - tail; the unit's place is 15 - places. Digits before the dot move by
        // one byte less than those behind it.
        let fraction = to >= 16 - places;
        let source = to + places - tail + if fraction { 1 } else { 0 };
        if source >= 0 && source < 16 {
            from[to as usize] = source as u8;
        }
        to += 1;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;
    use patchbay_model::parse_decimal;

    /// What the vector code alone makes of one level, if it takes it.
    fn vector(price: &str, qty: &str, close: &str, exps: (i8, i8)) -> Option<(i64, i64, bool)> {
        let mut window = [b'7'; BEFORE + AFTER];
        let text = format!("[\"{price}\",\"{qty}\"{close}");
        window[BEFORE..][..text.len()].copy_from_slice(text.as_bytes());
        let shape = Shape::of(exps.0, exps.1).unwrap();
        // SAFETY: the tests below return early without the features.
        let read = unsafe { level(&window, shape) }?;
        assert_eq!(read.len, text.len());
        Some((read.price, read.qty, read.last))
    }

    /// Without this, everything could be left to the twin and no result would be wrong.
    #[test]
    fn takes_the_shapes_that_venues_send() {
        if !available() {
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
        if !available() {
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
