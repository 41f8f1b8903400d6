//! Levels with AVX-512, two at once: a 64-byte window is one register, and each of the four numbers
//! in it gets a quarter of another.
//!
//! The punctuation is squeezed out and compared as a whole. Where a number ends and where its dot is
//! then comes out of a few additions and deposits of bits for all numbers together, and its digits
//! move to their places by an index that is computed from them: there are no tables.

use super::levels::{BATCH, Batch, Shape, Stop};
use std::arch::x86_64::{
    __m512i, _bzhi_u64, _mm_cvtsi128_si64, _mm_extract_epi64, _mm256_storeu_si256, _mm512_add_epi8,
    _mm512_add_epi64, _mm512_castsi512_si128, _mm512_castsi512_si256, _mm512_cmpeq_epi8_mask,
    _mm512_cmpge_epi8_mask, _mm512_cmpgt_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_loadu_si512,
    _mm512_madd_epi16, _mm512_maddubs_epi16, _mm512_mask_add_epi8, _mm512_mask_cmpgt_epu8_mask,
    _mm512_mask_test_epi8_mask, _mm512_maskz_compress_epi8, _mm512_maskz_loadu_epi8,
    _mm512_maskz_permutexvar_epi8, _mm512_mul_epu32, _mm512_or_si512, _mm512_packus_epi32,
    _mm512_permutexvar_epi8, _mm512_permutexvar_epi64, _mm512_set1_epi8, _mm512_set1_epi16,
    _mm512_set1_epi32, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_srli_epi64, _mm512_sub_epi8,
    _mm512_subs_epu8, _mm512_test_epi8_mask, _pdep_u64,
};

/// The punctuation of a level, and of one that closes its list.
const MORE: u64 = u64::from_le_bytes(*b"[\"\",\"\"],");
const LAST: u64 = u64::from_le_bytes(*b"[\"\",\"\"]]");
/// Where in that of two levels numbers start, and where they end.
const STARTS: u64 = 1 << 1 | 1 << 4 | 1 << 9 | 1 << 12;
const ENDS: u64 = STARTS << 1;

/// As many bytes as the window has, numbered.
static NUMBERED: [u8; 64] = {
    let mut numbers = [0; 64];
    let mut i = 0;
    while i < 64 {
        numbers[i] = i as u8;
        i += 1;
    }
    numbers
};

/// For every quarter the same number sixteen times.
const fn quarters(numbers: [u8; 4]) -> [u8; 64] {
    let mut all = [0; 64];
    let mut i = 0;
    while i < 64 {
        all[i] = numbers[i / 16];
        i += 1;
    }
    all
}

/// In every quarter sixteen numbers from `first` on, beyond 255 from 0 on.
const fn counted(first: u8) -> [u8; 64] {
    let mut all = [0; 64];
    let mut i = 0;
    while i < 64 {
        all[i] = first.wrapping_add(i as u8 % 16);
        i += 1;
    }
    all
}

/// Which of all marks, and of all points, are those of each number.
struct Places {
    starts: [u8; 64],
    ends: [u8; 64],
    points: [u8; 64],
}

/// Of one level, twice, and of two.
static ONE: Places = Places {
    starts: quarters([1, 4, 1, 4]),
    ends: quarters([2, 5, 2, 5]),
    points: quarters([0, 1, 0, 1]),
};
static TWO: Places = Places {
    starts: quarters([1, 4, 9, 12]),
    ends: quarters([2, 5, 10, 13]),
    points: quarters([0, 1, 2, 3]),
};

static FROM_LAST: [u8; 64] = counted(240);
static FROM_NEXT: [u8; 64] = counted(1);
/// Moves the first half of every quarter to the front.
static HALVES: [u64; 8] = [0, 2, 4, 6, 0, 2, 4, 6];

/// Reads levels from the start of `text` on, as many as fit and are of the common shape.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
pub(super) fn read_batch(text: &[u8], shape: &Shape, levels: &mut [[i64; 2]; BATCH]) -> Batch {
    let lanes = Lanes::of(shape);
    let (mut count, mut rest) = (0, text);
    let stop = loop {
        let Some(two) = levels[count.min(BATCH)..].first_chunk_mut() else { break Stop::Full };
        let Some(read) = pair(rest, &lanes, two) else { break Stop::Odd };
        count += read.levels;
        rest = rest.get(read.len as usize..).unwrap_or_default();
        if read.last {
            break Stop::Last;
        }
    };
    Batch { count, len: text.len() - rest.len(), stop }
}

/// What the shape is for each of the four numbers, the price's and the quantity's in turn.
struct Lanes {
    /// What is added to the dot's place for the source of each digit.
    sources: __m512i,
    /// The same for the sixteen places behind the last.
    behind: __m512i,
    /// A dot so far behind the opening quote leaves too many whole digits.
    whole: __m512i,
    /// A number's end so far behind its dot has digits beyond the places.
    places: __m512i,
}

impl Lanes {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
    fn of(shape: &Shape) -> Self {
        let [price, qty] = [shape.price, shape.qty].map(|scale| scale.places as u8);
        let places = load(&quarters([price, qty, price, qty]));
        let one = _mm512_set1_epi8(1);
        // The unit's place is 15 - places. Digits before the dot come from one byte less than those
        // behind it.
        let from = _mm512_add_epi8(places, load(&FROM_LAST));
        let fraction = _mm512_cmpge_epi8_mask(from, _mm512_setzero_si512());
        Self {
            sources: _mm512_mask_add_epi8(from, fraction, from, one),
            behind: _mm512_add_epi8(places, load(&FROM_NEXT)),
            whole: _mm512_sub_epi8(_mm512_set1_epi8(17), places),
            places: _mm512_add_epi8(places, one),
        }
    }
}

/// What was read.
struct Pair {
    levels: usize,
    len: u32,
    /// The list ends.
    last: bool,
}

/// Reads the next one or two levels. `None` decides nothing: the scalar twin reads one.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
fn pair(rest: &[u8], lanes: &Lanes, mantissas: &mut [[i64; 2]; 2]) -> Option<Pair> {
    let text = window(rest);
    let values = _mm512_sub_epi8(text, _mm512_set1_epi8(b'0' as i8));
    let digits = _mm512_cmplt_epu8_mask(values, _mm512_set1_epi8(10));
    let dots = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(b'.' as i8));
    let marks = !(digits | dots);
    let at = _mm512_maskz_compress_epi8(marks, load(&NUMBERED));
    let punctuation = _mm512_castsi512_si128(_mm512_permutexvar_epi8(at, text));
    let first = _mm_cvtsi128_si64(punctuation).cast_unsigned();
    let second = _mm_extract_epi64::<1>(punctuation).cast_unsigned();
    let window = Window { values, digits, dots, marks, at };
    let two = second == MORE || second == LAST;
    match first {
        MORE if two => window.read::<2>(second == LAST, lanes, mantissas),
        MORE | LAST => window.read::<1>(first == LAST, lanes, mantissas),
        _ => None,
    }
}

/// What each byte is.
struct Window {
    /// Less `'0'`.
    values: __m512i,
    digits: u64,
    dots: u64,
    /// Neither digit nor dot.
    marks: u64,
    /// Where those are.
    at: __m512i,
}

impl Window {
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
    fn read<const LEVELS: usize>(
        &self,
        last: bool,
        lanes: &Lanes,
        mantissas: &mut [[i64; 2]; 2],
    ) -> Option<Pair> {
        let &Self { values, digits, dots, marks, at } = self;
        let of = if LEVELS == 2 { &TWO } else { &ONE };
        let len = _pdep_u64(1 << (8 * LEVELS - 1), marks).trailing_zeros() + 1;

        let starts = _pdep_u64(STARTS, marks) << 1;
        let ends = _pdep_u64(ENDS, marks);
        // A carry runs through a number's digits to what stops them: its dot, or its end.
        let points = digits.wrapping_add(starts) & !digits;
        let numbered = ends.wrapping_sub(starts);
        // Digits outside a number; a second dot; nothing, or nothing before the dot; nothing behind it.
        let wrong = !(marks | numbered) | dots & !points | points & starts | dots & ends >> 1;
        if _bzhi_u64(wrong, len) != 0 {
            return None;
        }

        let points = _mm512_maskz_compress_epi8(points, load(&NUMBERED));
        let numbers = Numbers {
            start: _mm512_permutexvar_epi8(load(&of.starts), at),
            end: _mm512_permutexvar_epi8(load(&of.ends), at),
            point: _mm512_permutexvar_epi8(load(&of.points), points),
        };
        if !numbers.fit(lanes) && !numbers.fit_without_zeros(values, lanes) {
            return None;
        }
        let source = _mm512_add_epi8(numbers.point, lanes.sources);
        let inside = _mm512_cmplt_epu8_mask(source, numbers.end);
        let inside = _mm512_mask_cmpgt_epu8_mask(inside, source, numbers.start);
        let mantissa = sixteen_digits(_mm512_maskz_permutexvar_epi8(inside, source, values));
        // SAFETY: 64 readable bytes.
        let halves = unsafe { _mm512_loadu_si512(HALVES.as_ptr().cast()) };
        let four = _mm512_castsi512_si256(_mm512_permutexvar_epi64(halves, mantissa));
        // SAFETY: room for four numbers; the store needs no alignment.
        unsafe { _mm256_storeu_si256(mantissas.as_mut_ptr().cast(), four) };
        Some(Pair { levels: LEVELS, len, last })
    }
}

/// The first 64 bytes, with NUL behind the end: neither digit nor punctuation.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
fn window(text: &[u8]) -> __m512i {
    if let Some(text) = text.first_chunk() {
        return load(text);
    }
    let there = _bzhi_u64(u64::MAX, text.len() as u32);
    // SAFETY: bytes that are not in `text` are not read.
    unsafe { _mm512_maskz_loadu_epi8(there, text.as_ptr().cast()) }
}

/// Where the four numbers lie in the window, each place sixteen times.
struct Numbers {
    /// The opening quote.
    start: __m512i,
    /// The closing quote.
    end: __m512i,
    /// The dot; the closing quote if there is none.
    point: __m512i,
}

impl Numbers {
    /// Whether all have no more digits than there are places.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
    fn fit(&self, lanes: &Lanes) -> bool {
        let whole = _mm512_subs_epu8(_mm512_sub_epi8(self.point, self.start), lanes.whole);
        let behind = _mm512_subs_epu8(_mm512_sub_epi8(self.end, self.point), lanes.places);
        let beyond = _mm512_or_si512(whole, behind);
        _mm512_test_epi8_mask(beyond, beyond) == 0
    }

    /// Whether that is so without the zeros at their ends, of which it looks at sixteen.
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
    fn fit_without_zeros(&self, values: __m512i, lanes: &Lanes) -> bool {
        let source = _mm512_add_epi8(self.point, lanes.behind);
        let inside = _mm512_cmplt_epu8_mask(source, self.end);
        let behind = _mm512_permutexvar_epi8(source, values);
        let whole = _mm512_sub_epi8(self.point, self.start);
        let far = _mm512_add_epi8(lanes.places, _mm512_set1_epi8(16));
        let long = _mm512_cmpgt_epi8_mask(_mm512_sub_epi8(self.end, self.point), far);
        let excess = _mm512_cmpgt_epi8_mask(whole, lanes.whole);
        _mm512_mask_test_epi8_mask(inside, behind, behind) | long | excess == 0
    }
}

/// The number that sixteen digits make in each quarter, in both its halves.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
fn sixteen_digits(digits: __m512i) -> __m512i {
    let two = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(10 + (1 << 8)));
    let four = _mm512_madd_epi16(two, _mm512_set1_epi32(100 + (1 << 16)));
    let packed = _mm512_packus_epi32(four, four);
    let eight = _mm512_madd_epi16(packed, _mm512_set1_epi32(10_000 + (1 << 16)));
    let heads = _mm512_mul_epu32(eight, _mm512_set1_epi64(100_000_000));
    _mm512_add_epi64(heads, _mm512_srli_epi64::<32>(eight))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: 64 readable bytes; the load needs no alignment.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[cfg(test)]
#[allow(clippy::print_stdout, reason = "says what was skipped")]
mod tests {
    use super::super::levels::tests::{LEFT, TAKEN};
    use super::*;
    use crate::{Instructions, simd};
    use patchbay_model::parse_decimal;

    /// What the vector code alone makes of a list's levels, and what stopped it, if the processor
    /// has what it needs.
    fn batch(text: &str, exps: (i8, i8)) -> Option<(Vec<[i64; 2]>, usize, Stop)> {
        if simd::available() < Instructions::Avx512 {
            println!("SKIPPED: no AVX-512 with VBMI2 on this processor");
            return None;
        }
        let mut levels = [[0; 2]; BATCH];
        let shape = Shape::of(exps.0, exps.1).unwrap();
        // SAFETY: the processor has the features, as was just found.
        let batch = unsafe { read_batch(text.as_bytes(), &shape, &mut levels) };
        Some((levels[..batch.count].to_vec(), batch.len, batch.stop))
    }

    /// Without this, everything could be left to the twin and no result would be wrong.
    #[test]
    fn takes_the_shapes_that_venues_send() {
        for &(price, qty, price_exp, qty_exp) in TAKEN {
            let value = |text: &str, exp| parse_decimal(text.as_bytes(), exp).unwrap();
            let expected = [value(price, price_exp), value(qty, qty_exp)];
            for count in 1..BATCH {
                let text = vec![format!("[\"{price}\",\"{qty}\"]"); count].join(",") + "]";
                for tail in
                    ["", "}", ",\"a\":[[\"1\",\"2\"],[\"3\",\"4\"]]}}  and more than a window"]
                {
                    let list = format!("{text}{tail}");
                    let Some(read) = batch(&list, (price_exp, qty_exp)) else { return };
                    let all = (vec![expected; count], text.len(), Stop::Last);
                    assert!(read == all, "{list}: {:?}, {}", read.0, read.1);
                }
            }
        }
    }

    #[test]
    fn leaves_what_it_cannot_hold() {
        let good = "[\"1\",\"2\"],";
        for &(price, qty, exp) in LEFT {
            let odd = format!("[\"{price}\",\"{qty}\"]]");
            for before in 0..3 {
                let text = good.repeat(before) + &odd;
                let Some((levels, len, stop)) = batch(&text, (exp, exp)) else { return };
                assert!(stop == Stop::Odd, "{text} at {exp}");
                assert!(levels.len() <= before && len == levels.len() * good.len());
            }
        }
    }

    #[test]
    fn leaves_digits_outside_of_numbers() {
        let good = "[\"1.5\",\"2\"],[\"3\",\"4.25\"]]";
        for (place, byte) in (0..good.len()).flat_map(|at| [(at, '5'), (at, '.')]) {
            let mut text = good.to_owned();
            text.insert(place, byte);
            let Some((levels, ..)) = batch(&text, (-4, -4)) else { return };
            let general: Option<Vec<[String; 2]>> = serde_json::from_str(&format!("[{text}")).ok();
            assert!(general.is_some() || levels.len() < 2, "{text}");
        }
    }
}
