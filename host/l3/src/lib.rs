//! Books of single orders (L3) that are right or say that they are not.
//!
//! [`Orders`] holds what rests: orders by id, prices by rank, at each price the orders in their turn. A
//! [`Book`] feeds it the order records of an adapter and says how far it can be trusted.
//!
//! Streams of orders begin with nobody's order: what rested before the first event is not told. What a
//! [`Book`] claims to know it claims by the venue's own whole books (L2) of the same instrument: from the
//! best price on, as far as the sums of its orders are the venue's levels, nothing is missing. That far
//! it is live, and of what lies beyond it says nothing.
//!
//! Pure: no clock, thread, file or socket; the same events give the same book.
#![forbid(unsafe_code)]

mod book;
mod departed;
mod event;
mod id;
mod level;
mod orders;

pub use book::{Book, BookConfig, Counters};
pub use event::{Action, Event, Invalid};
pub use level::Rank;
pub use orders::{Ahead, Done, Order, Orders};
