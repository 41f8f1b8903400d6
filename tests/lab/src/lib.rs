//! The running host against the local venue, over real sockets: what the tests of this crate share.
//!
//! | file | is |
//! |---|---|
//! | `site` | a venue with a recording, and what a host needs to take it for the exchange |
//! | `lines` | multicast groups that no other test has |
//! | `listener` | an independent consumer of them |
//! | `market` | the venues: recordings, settings, what is asked for |
//! | `truth` | what each book must be at every update, by the independent replay |
//! | `oracle` | a strategy that compares every update with it |
//! | `verdict` | whether what it found is excused by a digit that the venue corrupted |
//! | `trial`, `report` | hosts under seeded plans of faults, and what came of them |
//! | `finish` | recordings played to their ends, and books judged there |
//! | `lone` | a gap in one instrument |
#![allow(clippy::unwrap_used, clippy::missing_panics_doc, clippy::print_stdout)]
#![allow(clippy::disallowed_methods, reason = "it waits for what happens in real time")]

mod finish;
mod lines;
mod listener;
mod lone;
mod market;
mod oracle;
mod report;
mod site;
mod trial;
mod truth;
mod verdict;

pub use finish::{Finish, Finished};
pub use lines::Lines;
pub use listener::Listener;
pub use lone::Lone;
pub use market::{ALL, BINANCE, BYBIT, COINBASE, DERIBIT, Market, OKX, UPBIT};
pub use oracle::{Case, End, Found, Seat, Tape, Wrong};
pub use patchbay_test_replay::EXP;
pub use report::Outcome;
pub use site::{Site, recording};
pub use trial::Trial;
pub use truth::{By, LEVELS, Top, Truth, diff};
pub use verdict::{Excuse, excuse};

/// A number from the environment, or `usual`.
pub fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| {
        text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}"))
    })
}
