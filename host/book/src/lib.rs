//! Order books that are right or say that they are not.
//!
//! A [`Message`] is a validated view of a depth record. A [`Chain`] judges whether it follows the
//! one before; a [`Book`] applies it, keeps it until a snapshot comes, or falls stale, and says
//! which. [`Levels`] holds both sides: a flat window by tick near the best and a hash table beyond,
//! with no level dropped and nothing allocated in the steady state of a live book.
//!
//! Pure: no clock, thread, file or socket; the same messages give the same book.
#![forbid(unsafe_code)]

mod audit;
mod book;
mod chain;
mod checksum;
mod far;
mod ladder;
mod levels;
mod message;
mod pending;
mod reach;
mod state;
mod tick;

pub use audit::{Audit, Difference, Finding};
pub use book::{Book, BookConfig};
pub use chain::{Chain, Verdict};
pub use levels::{Levels, LevelsConfig};
pub use message::{Invalid, Message, MessageLevels};
pub use state::{Applied, Break, Counters, Evidence, State, Transition, What};
