//! Golden layout of the ABI, the C header, and the same numbers asserted in C.
//!
//! `sdk/abi/src` is the source of all three; what is made of it is committed, so that a change of
//! the contract shows in a review. `PATCHBAY_UPDATE=1 cargo test -p patchbay-test-abi` makes them
//! anew.

mod assertions;
mod comments;
pub mod compiler;
mod golden;
mod header;
mod layout;
mod source;
pub mod spec;

pub use assertions::assertions;
pub use golden::golden;
pub use header::header;
pub use layout::layout;
pub use source::{constants, root};
