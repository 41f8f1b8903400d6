//! Sizes, alignments and offsets as text.

use std::fmt::Write as _;

use patchbay_abi::layout::{HASH, TYPES};

/// `patchbay_abi::layout::TYPES` as text: a line for each type, and below it one for each field
/// with its offset.
pub fn layout() -> String {
    let mut out = String::from("# Binary layout of the ABI on 64-bit targets; see docs/abi.md.\n");
    put(&mut out, format_args!("# layout_hash {HASH:#010x}\n"));
    for ty in TYPES {
        put(&mut out, format_args!("\n{} size {} align {}\n", ty.name, ty.size, ty.align));
        for (field, offset) in ty.fields {
            put(&mut out, format_args!("  {offset:>4} {field}\n"));
        }
    }
    out
}

/// Appends to a string.
pub(crate) fn put(out: &mut String, args: std::fmt::Arguments<'_>) {
    out.write_fmt(args).expect("a String takes all text");
}
