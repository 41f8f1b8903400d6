//! OKX: spot, perpetual swaps, futures and options, market data.
//!
//! | module | concern |
//! |---|---|
//! | `product` | what symbols tell |
//! | `session`, `budget` | streams: names, requests, login; limits |
//! | `reply`, `fault` | REST: what is asked; what refusals and error codes mean |
//! | `market` | a frame's channel, and events |
//! | `depth`, `trade`, `quote`, `derivative` | the rows of channels |
//! | `instrument` | instruments and their sessions |
//!
//! DOC is `okx.com/docs-v5/en` (2026-02).
#![deny(unsafe_code)]

mod budget;
mod depth;
mod derivative;
mod fault;
mod instrument;
mod market;
mod product;
mod quote;
mod reply;
mod session;
mod trade;

use patchbay_feed::{Feed, Named, Product, Table, Venue};
use patchbay_plugin::{Config, Error, export_adapter};

/// The adapter.
pub type Okx = Feed<Market>;

/// OKX, as [`Feed`] knows it.
pub struct Market {
    /// Channel of books, of best bid and ask, of trades.
    depth: String,
    quotes: String,
    trades: String,
    /// Last price of each index on each connection.
    indices: Named<(i64, i8)>,
}

impl Venue for Market {
    const NAME: &'static str = "okx";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        let text = |key| Table(config).text(key);
        let (depth, quotes, trades) = (text("depth")?, text("quotes")?, text("trades")?);
        Ok(Self { depth, quotes, trades, indices: Named::default() })
    }
}

export_adapter!(Okx);
