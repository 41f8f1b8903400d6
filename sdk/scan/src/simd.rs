//! Vector instructions: the only module with `unsafe`.
//!
//! [`masks`] needs what every x86-64 has; the rest needs AVX2, which is detected at run time.
//! [`single`] reads one number or text, [`levels`] a list of levels.

pub(crate) mod levels;
pub(crate) mod masks;
mod number;
mod shuffles;
pub(crate) mod single;

use crate::{Cursor, Reader};

/// Whether the processor has AVX2, BMI1 and BMI2. Detected once by the standard library.
#[inline]
pub(crate) fn available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
}

// `vector` is set by `available` alone and `inlined` by `with`, so that whoever has asserted one of
// them may use the instructions.

/// Compiles `reader` for these instructions, so that what the cursor does is inlined into it and not
/// called for every value.
#[inline(always)]
pub(crate) fn with<'a, R: Reader<'a>>(cursor: Cursor<'a>, reader: R) -> R::Output {
    #[target_feature(enable = "avx2,bmi1,bmi2")]
    fn compiled<'a, R: Reader<'a>>(cursor: Cursor<'a>, reader: R) -> R::Output {
        reader.read(Cursor { vector: true, inlined: true, ..cursor })
    }
    assert!(cursor.vector);
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
