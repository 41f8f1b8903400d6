//! One namespace: what a venue's instruments are called, and which of them someone means.
//!
//! Nothing here opens, waits or asks: what an adapter defines comes in, what is wanted of it comes
//! out. So a file of recorded lists shows the same as the running venue.

mod catalogue;
mod selection;
mod wanted;

pub use catalogue::{Catalogue, Entry};
pub use selection::Selection;
pub use wanted::{Chosen, Wanted};
