//! Schema-directed scanning of JSON frames.
//!
//! A venue sends the same few frames a million times, with the same keys in the same order. An
//! adapter that knows the text between the values does not tokenise: it walks straight down with a
//! [`Cursor`] and **declines**, with `None`, at the first byte that is not as expected. What was
//! declined goes to the general parser, which also words the error; a frame is never half believed.
//!
//! ```
//! use patchbay_scan::Cursor;
//!
//! fn bid(frame: &[u8]) -> Option<(&str, u64, i64)> {
//!     let mut scan = Cursor::new(frame);
//!     scan.literal(br#"{"s":""#)?;
//!     let symbol = scan.string()?;
//!     scan.literal(br#","u":"#)?;
//!     let id = scan.u64()?;
//!     scan.literal(br#","b":""#)?;
//!     let price = scan.decimal(-2)?;
//!     scan.literal(b"}")?;
//!     scan.end()?;
//!     Some((symbol, id, price))
//! }
//! assert_eq!(bid(br#"{"s":"BTCUSDT","u":7,"b":"61800.20"}"#), Some(("BTCUSDT", 7, 6180020)));
//! assert_eq!(bid(br#"{"u":7,"s":"BTCUSDT","b":"61800.20"}"#), None); // for the general parser
//! ```
//!
//! Two promises, kept by differential tests over recorded and mutated frames: a value that is
//! accepted is the value that a JSON parser reads from the same bytes, and numbers come out exactly
//! as [`patchbay_model::parse_decimal`] gives them. Declining is always allowed: it costs speed only.
//!
//! Values are read with AVX2 where the processor has it, and levels with AVX-512; the scalar twin ([`Cursor::scalar`]) gives
//! the same results, and reads what does not fit the vector code. [`Cursor::with`] compiles a whole
//! reader for what the processor has.

#![deny(unsafe_code)]

mod cursor;
mod decimal;
mod fetch;
mod integer;
mod levels;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod simd;
mod text;

pub use cursor::{Cursor, Instructions, Reader};
pub use fetch::fetch;
