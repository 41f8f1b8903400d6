//! One decimal text among others: where it lies, whether the vector code can hold it, and how its
//! digits get to their places.

use super::shuffles::{ONES, SHUFFLES, Shuffle};
use std::arch::x86_64::{__m128i, _bzhi_u32, _mm_loadu_si128};

/// Bytes before a number in every window: its sixteen bytes are loaded from its end.
pub(super) const BEFORE: usize = 16;

/// An exponent, and the shuffles for it.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(super) exp: i8,
    pub(super) places: u32,
    shuffles: &'static [Shuffle; 32],
}

impl Scale {
    /// `None` for exponents that only the scalar twin serves.
    #[inline(always)]
    pub(crate) fn of(exp: i8) -> Option<Self> {
        let places = u32::try_from(-i32::from(exp)).ok()?;
        Some(Self { exp, places, shuffles: SHUFFLES.get(places as usize)? })
    }

    /// Moves the digits of `number` to their places.
    #[inline(always)]
    pub(super) fn shuffle(self, number: &Number) -> __m128i {
        load(&self.shuffles[(number.end - number.dot) as usize & 31])
    }
}

/// Where a number lies, in bytes behind [`BEFORE`].
pub(super) struct Number {
    pub(super) start: u32,
    /// At `end` if there is none.
    pub(super) dot: u32,
    /// At most 31.
    pub(super) end: u32,
}

impl Number {
    /// The digits that are not zero and lie beyond the places.
    #[inline]
    #[target_feature(enable = "bmi2")]
    pub(super) fn beyond(&self, nonzero: u32, places: u32) -> u32 {
        (u64::from(_bzhi_u32(nonzero, self.end)) >> (self.dot + 1 + places)) as u32
    }

    /// Its top bit is set if the number does not fit sixteen bytes, or not sixteen digits with all
    /// its places.
    #[inline(always)]
    pub(super) fn excess(&self, places: u32) -> u32 {
        (self.start + 16).wrapping_sub(self.end) | (self.start + 16).wrapping_sub(self.dot + places)
    }

    /// Ones where a digit may belong to the number, in the sixteen bytes before its end.
    #[inline(always)]
    pub(super) fn ones(&self) -> __m128i {
        let len = (self.end - self.start) & 31;
        load(ONES[len as usize..].first_chunk().expect("31 + 16 is within 48"))
    }

    /// The sixteen bytes before its end.
    #[inline(always)]
    pub(super) fn text<const N: usize>(&self, window: &[u8; N]) -> __m128i {
        const { assert!(N >= 31 + 16) };
        load(window[(self.end & 31) as usize..].first_chunk().expect("31 + 16 is within a window"))
    }
}

/// The window that `text`, too short for one, starts near the end of its frame, with NUL behind the
/// end; all NUL if the frame is too short. (NUL is neither digit nor punctuation: it is no level.)
#[inline(never)]
pub(super) fn last_window<const N: usize>(frame: &[u8], text: &[u8]) -> [u8; N] {
    let padded = || {
        let mut padded = [[0; N]; 2];
        padded[0] = *frame.last_chunk::<N>()?;
        padded.as_flattened().get(N.checked_sub(text.len())?..)?.first_chunk().copied()
    };
    padded().unwrap_or([0; N])
}

#[inline(always)]
pub(super) fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: 16 readable bytes; the load needs no alignment, and SSE2 is part of x86-64.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) }
}
