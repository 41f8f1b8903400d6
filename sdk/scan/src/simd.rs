//! Vector instructions: the only module with `unsafe`.
//!
//! [`masks`] needs what every x86-64 has; the rest needs AVX2 or AVX-512, which are detected at run
//! time. [`single`] reads one number or text, [`levels`] a list of levels, [`pairs`] two of them at
//! once.

pub(crate) mod levels;
pub(crate) mod masks;
mod number;
mod pairs;
mod shuffles;
pub(crate) mod single;

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
use std::sync::atomic::{AtomicU8, Ordering};

use crate::{Cursor, Instructions, Reader};

/// What the processor has; it is asked once.
#[inline]
pub(crate) fn available() -> Instructions {
    static FOUND: AtomicU8 = AtomicU8::new(UNKNOWN);
    match FOUND.load(Ordering::Relaxed) {
        AVX512 => Instructions::Avx512,
        AVX2 => Instructions::Avx2,
        UNKNOWN => {
            let found = detect();
            FOUND.store(found as u8, Ordering::Relaxed);
            found
        }
        _ => Instructions::Scalar,
    }
}

const AVX2: u8 = Instructions::Avx2 as u8;
const AVX512: u8 = Instructions::Avx512 as u8;
const UNKNOWN: u8 = u8::MAX;

#[cold]
fn detect() -> Instructions {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2");
    match (avx2, avx512) {
        (true, true) => Instructions::Avx512,
        (true, false) => Instructions::Avx2,
        (false, _) => Instructions::Scalar,
    }
}

// A cursor `has` nothing that `available` did not find, and is `inlined` by `with` alone, so that
// whoever has asserted one of them may use the instructions.

/// Compiles `reader` for these instructions, so that what the cursor does is inlined into it and not
/// called for every value.
#[inline(always)]
pub(crate) fn with<'a, R: Reader<'a>>(cursor: Cursor<'a>, reader: R) -> R::Output {
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn compiled<'a, R: Reader<'a>>(cursor: Cursor<'a>, reader: R) -> R::Output {
        reader.read(Cursor { inlined: true, ..cursor })
    }
    assert!(cursor.has >= Instructions::Avx2);
    // SAFETY: the processor has the features, as asserted.
    unsafe { compiled(cursor, reader) }
}

/// [`single::decimal`] at the cursor.
#[inline(always)]
pub(crate) fn decimal(cursor: &Cursor<'_>, exp: i8) -> Option<(i64, usize)> {
    assert!(cursor.inlined);
    // SAFETY: the processor has the features, as asserted.
    unsafe { single::decimal(cursor.frame, cursor.rest, number::Scale::of(exp)?) }
}

/// [`single::integer`] at the cursor.
#[inline(always)]
pub(crate) fn integer(cursor: &Cursor<'_>) -> Option<(u64, usize)> {
    assert!(cursor.inlined);
    // SAFETY: the processor has the features, as asserted.
    unsafe { single::integer(cursor.frame, cursor.rest) }
}

/// [`single::plain`] at the cursor.
#[inline(always)]
pub(crate) fn plain(cursor: &Cursor<'_>) -> usize {
    assert!(cursor.inlined);
    // SAFETY: the processor has the features, as asserted.
    unsafe { single::plain(cursor.frame, cursor.rest) }
}

/// [`crate::fetch`].
#[inline(always)]
pub(crate) fn fetch<T>(place: &T) {
    // SAFETY: SSE is part of x86-64; a hint reads nothing.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast()) }
}
