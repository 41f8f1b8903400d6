//! Digits to a mantissa.

use super::shuffles::{LIMITS, SHUFFLES, Shuffle, WITHIN};
use std::arch::x86_64::{
    __m128i, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_madd_epi16, _mm_maddubs_epi16,
    _mm_packus_epi32, _mm_set1_epi16, _mm_set1_epi32,
};

/// An exponent, and the tables for it.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(super) exp: i8,
    pub(super) places: u32,
    shuffles: &'static [Shuffle; 32],
    limits: &'static [[u8; 16]; 32],
}

impl Scale {
    /// No decimal places.
    pub(super) const WHOLE: Self =
        Self { exp: 0, places: 0, shuffles: &SHUFFLES[0], limits: &LIMITS[0] };

    /// `None` for exponents that only the scalar twin serves.
    #[inline(always)]
    pub(crate) fn of(exp: i8) -> Option<Self> {
        let places = u32::try_from(-i32::from(exp)).ok()?;
        let (shuffles, limits) = (SHUFFLES.get(places as usize)?, LIMITS.get(places as usize)?);
        Some(Self { exp, places, shuffles, limits })
    }

    /// Moves digits to their places, the dot being byte number `dot`.
    #[inline(always)]
    pub(super) fn shuffle(self, dot: u32) -> __m128i {
        load(&self.shuffles[(dot & 31) as usize])
    }

    /// What each byte, less `'0'`, may be at most.
    #[inline(always)]
    pub(super) fn limit(self, dot: u32) -> __m128i {
        load(&self.limits[(dot & 31) as usize])
    }

    /// The top bit is set if a number with its dot there has more than sixteen digits with all its
    /// places.
    #[inline(always)]
    pub(super) const fn excess(self, dot: u32) -> u32 {
        (16 - self.places).wrapping_sub(dot)
    }
}

/// Ones in the first `len` bytes.
#[inline(always)]
pub(super) fn within(len: u32) -> __m128i {
    load(WITHIN[(16u32.wrapping_sub(len) & 31) as usize..].first_chunk().expect("31 + 16"))
}

/// The number that sixteen digits make, the first byte being the most significant.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
pub(super) unsafe fn sixteen_digits(digits: __m128i) -> u64 {
    // SAFETY: the caller's promise.
    let halves = unsafe {
        let two = _mm_maddubs_epi16(digits, _mm_set1_epi16(10 + (1 << 8)));
        let four = _mm_madd_epi16(two, _mm_set1_epi32(100 + (1 << 16)));
        let packed = _mm_packus_epi32(four, four);
        let eight = _mm_madd_epi16(packed, _mm_set1_epi32(10_000 + (1 << 16)));
        _mm_cvtsi128_si64(eight).cast_unsigned()
    };
    (halves & 0xffff_ffff) * 100_000_000 + (halves >> 32)
}

#[inline(always)]
pub(super) fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: 16 readable bytes; the load needs no alignment, and SSE2 is part of x86-64.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) }
}
