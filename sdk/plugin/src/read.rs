//! Reading what the other side lends: arrays, and structs that are shorter or longer there.

use std::mem::{MaybeUninit, offset_of};
use std::{ptr, slice};

use patchbay_abi as abi;

/// A struct that begins with its size, so that the other side may know fewer or more fields.
///
/// # Safety
///
/// `repr(C)`, aligned to a word, its size in bytes first as `u32`, and valid with all bits zero.
pub(crate) unsafe trait Sized32: Copy {}

macro_rules! sized {
    ($($ty:ident)*) => { $(
        const _: () = assert!(align_of::<abi::$ty>() == WORD);
        const _: () = assert!(offset_of!(abi::$ty, struct_size) == 0);
        // SAFETY: integers and nullable pointers; size and alignment stand above.
        unsafe impl Sized32 for abi::$ty {}
    )* };
}

const WORD: usize = size_of::<usize>();

sized! { Bucket Connect Create Http Instrument Reply SecretSlot Send StreamWish }

/// What stands at `from`, with zeros for the fields that the other side does not know; `None` if
/// there is nothing or it states no size.
///
/// # Safety
///
/// `from` is null, or leads to a struct that begins with its size and is readable for it.
pub(crate) unsafe fn sized<T: Sized32>(from: *const T) -> Option<T> {
    // SAFETY: one element follows the caller's contract.
    unsafe { strided(from, 1) }?.pop()
}

/// The elements of an array, which stand apart by the size that the first one states; `None` if it
/// states none.
///
/// # Safety
///
/// `first` is null, `len` is 0, or there are `len` structs of the size that the first one begins
/// with, all readable.
pub(crate) unsafe fn strided<T: Sized32>(first: *const T, len: usize) -> Option<Vec<T>> {
    if first.is_null() || len == 0 {
        return Some(Vec::new());
    }
    // SAFETY: the first element begins with its size.
    let stride = unsafe { first.cast::<u32>().read() } as usize;
    // Whole words only: a size inside a word would leave half a pointer.
    if stride < WORD || !stride.is_multiple_of(WORD) {
        return None;
    }
    let known = stride.min(size_of::<T>());
    let element = |i| {
        let mut out = MaybeUninit::<T>::zeroed();
        // SAFETY: element `i` is readable for `stride` bytes, of which `known` fit into `out`.
        // Zeros and what the other side wrote are valid for `T`.
        unsafe {
            let from = first.cast::<u8>().add(i * stride);
            ptr::copy_nonoverlapping(from, out.as_mut_ptr().cast(), known);
            out.assume_init()
        }
    };
    Some((0..len).map(element).collect())
}

/// The items of an array of a type that never grows.
///
/// # Safety
///
/// `ptr` is null or readable for `len` items for all of `'a`.
pub(crate) unsafe fn items<'a, T>(ptr: *const T, len: usize) -> &'a [T] {
    if ptr.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: not null, readable for `len` items by the caller's contract.
    unsafe { slice::from_raw_parts(ptr, len) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn wish(struct_size: u32, channels: u32) -> abi::StreamWish {
        abi::StreamWish {
            struct_size,
            channels,
            symbol: abi::Str::EMPTY,
            kind: 1,
            depth: 2,
            interval_ms: 3,
            reserved: 0,
            venue: abi::Str::new("venue"),
        }
    }

    const SIZE: usize = size_of::<abi::StreamWish>();

    #[test]
    fn elements_of_a_newer_side_are_stepped_over_by_their_size() {
        #[repr(C)]
        struct Newer(abi::StreamWish, [u64; 2]);
        let stride = size_of::<Newer>() as u32;
        let newer = [1, 2, 3].map(|channels| Newer(wish(stride, channels), [u64::MAX; 2]));
        // SAFETY: three elements of the size that the first one states.
        let read = unsafe { strided(newer.as_ptr().cast::<abi::StreamWish>(), 3) };
        let channels: Vec<_> = read.expect("a size is stated").iter().map(|w| w.channels).collect();
        assert_eq!(channels, [1, 2, 3]);
    }

    #[test]
    fn fields_that_an_older_side_does_not_know_are_zero() {
        let older = SIZE - size_of::<abi::Str>();
        // The older elements stand closer together than ours: lay the first words of two out.
        let words: Vec<u64> = [7, 8]
            .into_iter()
            .flat_map(|channels| [u64::from(older as u32) | channels << 32, 0, 0, 1 | 2 << 32, 3])
            .collect();
        assert_eq!(size_of_val(&words[..]), 2 * older);
        // SAFETY: two elements of the size that the first one states.
        let read = unsafe { strided(words.as_ptr().cast::<abi::StreamWish>(), 2) };
        let read = read.expect("a size is stated");
        assert_eq!([read[0].channels, read[1].channels], [7, 8]);
        assert_eq!([read[0].depth, read[1].interval_ms], [2, 3]);
        assert!(read.iter().all(|w| w.venue.ptr.is_null() && w.venue.len == 0));
    }

    #[test]
    fn a_size_that_is_missing_or_cuts_a_word_is_refused() {
        for stated in [0, 4, SIZE as u32 - 4] {
            let wish = wish(stated, 0);
            // SAFETY: one element, of which no more than what it states is read.
            assert!(unsafe { sized(&raw const wish) }.is_none());
        }
        // SAFETY: null is allowed.
        assert!(unsafe { sized::<abi::StreamWish>(ptr::null()) }.is_none());
    }
}
