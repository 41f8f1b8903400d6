//! What each of the first sixteen bytes of a text is, one bit a byte, with SSE2.

use crate::text::Text;
use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8,
    _mm_or_si128, _mm_set1_epi8, _mm_sub_epi8,
};

/// Bytes that are no digits.
#[inline(always)]
pub(crate) fn non_digits(text: &Text) -> u32 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe {
        let values = _mm_sub_epi8(load(text), _mm_set1_epi8(b'0' as i8));
        let digits = _mm_cmpeq_epi8(values, _mm_min_epu8(values, _mm_set1_epi8(9)));
        bits(digits) ^ 0xffff
    }
}

/// Quotes.
#[inline(always)]
pub(crate) fn quotes(text: &Text) -> u32 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { bits(_mm_cmpeq_epi8(load(text), _mm_set1_epi8(b'"' as i8))) }
}

/// What ends a plain string: a quote, a backslash, a control byte or one beyond ASCII.
#[inline(always)]
pub(crate) fn specials(text: &Text) -> u32 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe {
        let text = load(text);
        let quote = _mm_cmpeq_epi8(text, _mm_set1_epi8(b'"' as i8));
        let escape = _mm_cmpeq_epi8(text, _mm_set1_epi8(b'\\' as i8));
        // Signed: what is beyond ASCII is below zero.
        let other = _mm_cmplt_epi8(text, _mm_set1_epi8(0x20));
        bits(_mm_or_si128(_mm_or_si128(quote, escape), other))
    }
}

#[inline(always)]
fn load(text: &Text) -> __m128i {
    // SAFETY: `text` is more than 16 readable bytes; the load needs no alignment; SSE2 is part of
    // x86-64.
    unsafe { _mm_loadu_si128(text.as_ptr().cast::<__m128i>()) }
}

#[inline(always)]
fn bits(bytes: __m128i) -> u32 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { _mm_movemask_epi8(bytes).cast_unsigned() }
}
