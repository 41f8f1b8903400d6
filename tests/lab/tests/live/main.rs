//! A running host against local venues. The tests mostly wait for recordings to be played; in one
//! program they wait side by side.
//!
//! What counts the descriptors, threads or memory of its process is apart: `dropin`, `restarts`,
//! `soak`.
//!
//! | modules | about |
//! |---|---|
//! | `faults`, `bybit`, `coinbase`, `deribit`, `okx`, `upbit` | seeded faults: every book heals, none is live and wrong |
//! | `convictions` | digits corrupted inside a valid sequence |
//! | `rotation`, `stop`, `limits` | the life of connections and of the host |
//! | `names`, `load`, `ls`, `bitstamp` | what is asked for, and how much of it |
//! | `tape` | what clients are told of the last messages |
//! | `strategies`, `record` | what strategies see, what the journal replays to |
//! | `consumers`, `demo`, `stocks` | what comes over the lines, and the demo as a user runs it |
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "it waits for what happens in real time")]

mod bitstamp;
mod bybit;
mod coinbase;
mod consumers;
mod convictions;
mod demo;
mod deribit;
mod faults;
mod limits;
mod load;
mod ls;
mod names;
mod okx;
mod record;
mod rotation;
mod stocks;
mod stop;
mod strategies;
mod tape;
mod upbit;
