//! Vector instructions: the only module with `unsafe`.
//!
//! [`masks`] needs what every x86-64 has; the rest needs AVX2, which is detected at run time.

pub(crate) mod levels;
pub(crate) mod masks;
mod number;
mod shuffles;

/// Whether the processor has AVX2, BMI1 and BMI2. Detected once by the standard library.
#[inline]
pub(crate) fn available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
}
