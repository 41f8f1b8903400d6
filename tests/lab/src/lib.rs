//! The running host against the local venue, over real sockets: what the tests of this crate share.
//!
//! | file | is |
//! |---|---|
//! | `site` | a venue with a recording, and what a host needs to take it for the exchange |
//! | `lines` | multicast groups that no other test has |
//! | `truth` | what each book must be at every update id, by the independent replay |
//! | `oracle` | a strategy that compares every update with it |
//! | `verdict` | whether what it found is excused by a digit that the venue corrupted |
#![allow(clippy::unwrap_used, clippy::missing_panics_doc)]

mod lines;
mod oracle;
mod site;
mod truth;
mod verdict;

pub use lines::Lines;
pub use oracle::{Case, End, Found, Seat, Tape, Wrong};
pub use site::{ALL, CHANNELS, Site, recording};
pub use truth::{EXP, LEVELS, Top, Truth, diff};
pub use verdict::{Excuse, excuse};

/// A number from the environment, or `usual`.
pub fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}"))
    })
}
