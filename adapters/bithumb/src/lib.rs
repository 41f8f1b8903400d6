//! Bithumb: spot in KRW, market data of the current interface, which is nearly Upbit's.
//!
//! | module | concern |
//! |---|---|
//! | `session`, `budget` | streams: names, requests; limits |
//! | `reply`, `fault` | REST: what is asked, warnings to traders; what refusals mean |
//! | `market` | a frame's type; times |
//! | `depth`, `trade` | books, trades |
//! | `instrument` | instruments, sessions |
//!
//! DOC is `apidocs.bithumb.com` (v2.1.5, 2026).
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
pub type Bithumb = Feed<Market>;

/// Bithumb, as [`Feed`] knows it.
pub struct Market {
    /// Prices of books are put together by this; `1` for none.
    level: String,
}

impl Venue for Market {
    const NAME: &'static str = "bithumb";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self { level: Table(config).text("level")? })
    }
}

export_adapter!(Bithumb);
