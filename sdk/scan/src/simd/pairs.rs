//! Levels with AVX-512, two at once: a 64-byte window is one register, and each of the four numbers
//! in it gets a quarter of another.
//!
//! The punctuation is squeezed out and compared as a whole. Where a number ends and where its dot is
//! then comes out of a few additions and deposits of bits for all numbers together, and its digits
//! move to their places by an index that is computed from them: there are no tables.

use super::levels::{BATCH, Batch, Shape, Stop};
use std::arch::x86_64::{
    __m128i, __m512i, _bzhi_u64, _mm_cmpeq_epi8_mask, _mm_loadu_si128, _mm_set1_epi8,
    _mm256_storeu_si256, _mm512_add_epi8, _mm512_add_epi64,
    _mm512_castsi512_si128, _mm512_castsi512_si256, _mm512_cmpeq_epi8_mask, _mm512_cmpge_epi8_mask,
    _mm512_cmpgt_epi8_mask, _mm512_cmplt_epu8_mask, _mm512_loadu_si512, _mm512_madd_epi16,
    _mm512_maddubs_epi16, _mm512_mask_add_epi8, _mm512_mask_cmpgt_epu8_mask,
    _mm512_mask_test_epi8_mask, _mm512_maskz_compress_epi8, _mm512_maskz_compress_epi64,
    _mm512_maskz_loadu_epi8, _mm512_maskz_permutexvar_epi8, _mm512_mul_epu32, _mm512_packus_epi32,
    _mm512_permutexvar_epi8, _mm512_set1_epi8, _mm512_set1_epi16, _mm512_set1_epi32,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_srli_epi64, _mm512_sub_epi8, _pdep_u64,
};

/// The punctuation of two levels.
static PUNCTUATION: [u8; 16] = *b"[\"\",\"\"],[\"\",\"\"],";
/// Where in it numbers start, and where they end.
const STARTS: u64 = 1 << 1 | 1 << 4 | 1 << 9 | 1 << 12;
const ENDS: u64 = STARTS << 1;
/// The byte behind the first level, and the one behind the second.
const BEHIND: [u16; 2] = [1 << 7, 1 << 15];

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

static START_OF: [u8; 64] = quarters([1, 4, 9, 12]);
static END_OF: [u8; 64] = quarters([2, 5, 10, 13]);
static POINT_OF: [u8; 64] = quarters([0, 1, 2, 3]);
static FROM_LAST: [u8; 64] = counted(240);
static FROM_NEXT: [u8; 64] = counted(1);

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
    let window = _bzhi_u64(u64::MAX, rest.len().min(64) as u32);
    // SAFETY: what is not in `rest` is not read, but NUL: neither digit nor punctuation.
    let text = unsafe { _mm512_maskz_loadu_epi8(window, rest.as_ptr().cast()) };
    let values = _mm512_sub_epi8(text, _mm512_set1_epi8(b'0' as i8));
    let digits = _mm512_cmplt_epu8_mask(values, _mm512_set1_epi8(10));
    let dots = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(b'.' as i8));
    let marks = !(digits | dots);
    let punctuation = _mm512_castsi512_si128(_mm512_maskz_compress_epi8(marks, text));
    let common = _mm_cmpeq_epi8_mask(punctuation, sixteen(&PUNCTUATION));
    let closing = _mm_cmpeq_epi8_mask(punctuation, _mm_set1_epi8(b']' as i8));
    let right = common | closing & (BEHIND[0] | BEHIND[1]);
    let (levels, numbers, behind) = if right == u16::MAX && closing & BEHIND[0] == 0 {
        (2, u64::MAX, BEHIND[1])
    } else if right & 0xff == 0xff {
        (1, u64::from(u32::MAX), BEHIND[0])
    } else {
        return None;
    };
    let len = _pdep_u64(behind.into(), marks).trailing_zeros() + 1;

    let starts = _pdep_u64(STARTS, marks) << 1;
    let ends = _pdep_u64(ENDS, marks);
    // A carry runs through a number's digits to what stops them: its dot, or its end.
    let points = digits.wrapping_add(starts) & !digits;
    let numbered = ends.wrapping_sub(starts);
    // Digits outside a number; a second dot; nothing, or nothing before the dot; nothing behind it.
    let wrong = !(marks | numbered) | dots & !points | points & starts | dots & ends >> 1;

    let places = _mm512_maskz_compress_epi8(marks, load(&NUMBERED));
    let start = _mm512_permutexvar_epi8(load(&START_OF), places);
    let end = _mm512_permutexvar_epi8(load(&END_OF), places);
    let points = _mm512_maskz_compress_epi8(points, load(&NUMBERED));
    let point = _mm512_permutexvar_epi8(load(&POINT_OF), points);
    let whole = _mm512_sub_epi8(point, start);
    let excess = _mm512_cmpgt_epi8_mask(whole, lanes.whole);
    if _bzhi_u64(wrong, len) | excess & numbers != 0 {
        return None;
    }
    let finer = _mm512_cmpgt_epi8_mask(_mm512_sub_epi8(end, point), lanes.places) & numbers;
    if finer != 0 && !zeros(values, point, end, lanes, finer) {
        return None;
    }

    let source = _mm512_add_epi8(point, lanes.sources);
    let inside = _mm512_cmplt_epu8_mask(source, end);
    let inside = _mm512_mask_cmpgt_epu8_mask(inside, source, start);
    let mantissa = sixteen_digits(_mm512_maskz_permutexvar_epi8(inside, source, values));
    let four = _mm512_castsi512_si256(_mm512_maskz_compress_epi64(0b0101_0101, mantissa));
    // SAFETY: room for four numbers; the store needs no alignment.
    unsafe { _mm256_storeu_si256(mantissas.as_mut_ptr().cast(), four) };
    Some(Pair { levels, len, last: closing & behind != 0 })
}

/// Whether the digits beyond the places, of the numbers that have such, are zeros; at most sixteen.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
fn zeros(values: __m512i, point: __m512i, end: __m512i, lanes: &Lanes, of: u64) -> bool {
    let source = _mm512_add_epi8(point, lanes.behind);
    let inside = _mm512_cmplt_epu8_mask(source, end) & of;
    let behind = _mm512_permutexvar_epi8(source, values);
    let far = _mm512_add_epi8(lanes.places, _mm512_set1_epi8(16));
    let long = _mm512_cmpgt_epi8_mask(_mm512_sub_epi8(end, point), far) & of;
    _mm512_mask_test_epi8_mask(inside, behind, behind) | long == 0
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

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2")]
fn sixteen(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: 16 readable bytes; the load needs no alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}
