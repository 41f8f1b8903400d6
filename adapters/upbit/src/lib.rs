//! Upbit: spot in KRW, BTC and USDT, market data.
//!
//! | module | concern |
//! |---|---|
//! | `session`, `budget` | streams: names, requests; limits |
//! | `reply`, `fault` | REST: what is asked, warnings to traders; what refusals mean |
//! | `market` | a frame's type |
//! | `depth`, `trade` | books; trades, and the best bid and ask that come with them |
//! | `instrument` | instruments, price steps, sessions |
//!
//! DOC is `docs.upbit.com/kr` (v1.6.4, 2026).
#![deny(unsafe_code)]

mod budget;
mod depth;
mod fault;
mod instrument;
mod market;
mod product;
mod reply;
mod session;
mod trade;

use patchbay_feed::{Feed, Product, Table, Venue};
use patchbay_plugin::{Config, Error, export_adapter};

/// The adapter.
pub type Upbit = Feed<Market>;

/// Upbit, as [`Feed`] knows it.
pub struct Market {
    /// Levels a side of books.
    depth: String,
    /// Prices of books in KRW are put together in steps of this, in KRW; `0` for none.
    level: String,
}

impl Venue for Market {
    const NAME: &'static str = "upbit";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        let table = Table(config);
        Ok(Self { depth: table.text("depth")?, level: table.text("level")? })
    }
}

export_adapter!(Upbit);
