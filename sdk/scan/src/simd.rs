//! Vector instructions: the only module with `unsafe`.
//!
//! [`masks`] needs what every x86-64 has; [`levels`] needs AVX2, which is detected at run time.

pub(crate) mod levels;
pub(crate) mod masks;
mod shuffles;
