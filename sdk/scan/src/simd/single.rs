//! One value with AVX2: what follows the cursor, sixteen bytes of it.
//!
//! These are no functions with a target feature of their own, since such cannot be forced into their
//! caller: they become part of [`super::with`], which has it.

use super::number::{Scale, load, sixteen_digits, within};
use super::shuffles::TO_FRONT;
use std::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_min_epu8, _mm_movemask_epi8,
    _mm_or_si128, _mm_set1_epi8, _mm_shuffle_epi8, _mm_sub_epi8, _mm_subs_epu8, _mm_testz_si128,
};

/// No byte of sixteen.
const NONE: u32 = 1 << 16;

/// Sixteen bytes from the start of `rest` on, with NUL behind the end of its `frame`.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
unsafe fn sixteen(frame: &[u8], rest: &[u8]) -> __m128i {
    if let Some(bytes) = rest.first_chunk() {
        return load(bytes);
    }
    let shift = TO_FRONT[16 - rest.len().min(16)..].first_chunk().expect("16 + 16");
    let Some(tail) = frame.last_chunk() else { return tiny(rest) };
    // The last bytes of the frame, the consumed ones among them shifted out.
    // SAFETY: the caller's promise.
    unsafe { _mm_shuffle_epi8(load(tail), load(shift)) }
}

/// Of a frame of less than sixteen bytes.
#[cold]
fn tiny(rest: &[u8]) -> __m128i {
    let mut bytes = [0; 16];
    bytes[..rest.len()].copy_from_slice(rest);
    load(&bytes)
}

/// Mantissa and length of at most fifteen bytes before a quote. `None` decides nothing.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
pub(crate) unsafe fn decimal(frame: &[u8], rest: &[u8], scale: Scale) -> Option<(i64, usize)> {
    // SAFETY: the caller's promise.
    unsafe {
        let bytes = sixteen(frame, rest);
        let quotes = equal(bytes, b'"');
        let dots = equal(bytes, b'.');
        let len = (quotes | NONE).trailing_zeros();
        let dot = (dots | 1 << len).trailing_zeros();
        // It may not start or end with its dot, and has at most one (the limits say so).
        if dot == 0 || len == 16 || dot + 1 == len || scale.excess(dot) >> 31 != 0 {
            return None;
        }
        let values = _mm_sub_epi8(bytes, _mm_set1_epi8(b'0' as i8));
        let values = _mm_and_si128(values, within(len));
        let wrong = _mm_subs_epu8(values, scale.limit(dot));
        if _mm_testz_si128(wrong, wrong) == 0 {
            return None;
        }
        let mantissa = sixteen_digits(_mm_shuffle_epi8(values, scale.shuffle(dot)));
        Some((mantissa as i64, len as usize))
    }
}

/// Value and length of one to fifteen digits. `None` decides nothing.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
pub(crate) unsafe fn integer(frame: &[u8], rest: &[u8]) -> Option<(u64, usize)> {
    // SAFETY: the caller's promise.
    unsafe {
        let bytes = sixteen(frame, rest);
        let values = _mm_sub_epi8(bytes, _mm_set1_epi8(b'0' as i8));
        let digits = bits(_mm_cmpeq_epi8(values, _mm_min_epu8(values, _mm_set1_epi8(9))));
        let len = (!digits).trailing_zeros();
        if len == 0 || len >= 16 || (rest[0] == b'0' && len > 1) {
            return None;
        }
        let values = _mm_and_si128(values, within(len));
        let value = sixteen_digits(_mm_shuffle_epi8(values, Scale::WHOLE.shuffle(len)));
        Some((value, len as usize))
    }
}

/// Bytes before the first that ends a plain string; 16 if none of sixteen does.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
pub(crate) unsafe fn plain(frame: &[u8], rest: &[u8]) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let bytes = sixteen(frame, rest);
        let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
        let escape = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
        // Signed: what is beyond ASCII is below zero.
        let other = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
        (bits(_mm_or_si128(_mm_or_si128(quote, escape), other)) | NONE).trailing_zeros() as usize
    }
}

/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
unsafe fn equal(bytes: __m128i, byte: u8) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte.cast_signed()))) }
}

/// The top bit of every byte.
///
/// # Safety
///
/// The processor has AVX2.
#[inline(always)]
unsafe fn bits(bytes: __m128i) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { _mm_movemask_epi8(bytes).cast_unsigned() }
}
