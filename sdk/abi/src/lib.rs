//! The binary contract between a patchbay host and its plugins, version 0.2.
//!
//! Only `#[repr(C)]` data and function pointers live here: no Rust enum, `bool`, reference, slice,
//! `String` or trait object crosses. `docs/abi.md` is this crate in words; `sdk/include/patchbay.h`
//! is generated from it. Rules that hold everywhere:
//!
//! - Memory: whoever allocates frees. Borrowed data ([`Str`], [`Bytes`], pointers in a struct) is
//!   valid until the call it was passed to returns.
//! - Growth: every table, request and description begins with `struct_size`, the bytes that its
//!   writer knows ([`PluginDecl`] has it after `magic`). Fields are only ever appended. A reader
//!   looks at no field beyond that size, and takes 0 or null for it; in an array of such structs
//!   the distance between elements is the `struct_size` of the first.
//! - Outcome: a call that answers anything but [`OK`] discards everything it asked for, records,
//!   requests, definitions and wake alike. Only log lines and `fail` count all the same.
//! - Threads: each function carries a tag. `[instance]` is never called twice at once for one
//!   instance, though not always on the same thread; `[any-thread]` may be called from anywhere.
//! - Times are `i64` nanoseconds since the Unix epoch, named `*_ns`. 0 means that there is none.
//! - Prices and quantities are `i64` mantissas at the decimal exponents of their instrument.
#![no_std]
#![allow(unsafe_code)]

mod adapter;
mod book;
mod command;
mod decl;
mod derived;
mod execution;
mod instrument;
pub mod layout;
mod market;
mod report;
mod slot;
mod status;
mod strategy;
mod text;

pub use adapter::*;
pub use book::*;
pub use command::*;
pub use decl::*;
pub use derived::*;
pub use execution::*;
pub use instrument::*;
pub use market::*;
pub use report::*;
pub use slot::*;
pub use status::*;
pub use strategy::*;
pub use text::*;
