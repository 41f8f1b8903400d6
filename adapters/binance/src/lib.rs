//! Binance: spot, USD-M and COIN-M futures, market data.
//!
//! | module | concern |
//! |---|---|
//! | `product` | what differs between the three products |
//! | `session`, `budget` | streams: names, paths, requests; limits |
//! | `reply`, `fault` | REST: what is asked, what the answers and refusals mean |
//! | `market` | a frame's kind |
//! | `depth`, `trade`, `quote`, `derivative` | the frame kinds |
//! | `instrument`, `snapshot` | exchangeInfo and REST books |
//!
//! Sources: SPOT is `binance/binance-spot-api-docs` on GitHub (2026-07), DERIV
//! `developers.binance.com/docs/derivatives` (2026-10), WSURL the announcement "USDⓈ-M Futures
//! WebSocket URL upgrade" (2026-03-06).
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
mod snapshot;
mod trade;

use patchbay_feed::{Feed, Product, Table, Venue};
use patchbay_plugin::{Config, Error, export_adapter};

/// The adapter.
pub type Binance = Feed<Market>;

/// Binance, as [`Feed`] knows it.
pub struct Market {
    /// Stream suffix of futures trades.
    trades: String,
}

impl Venue for Market {
    const NAME: &'static str = "binance";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self { trades: Table(config).text("trades")? })
    }
}

export_adapter!(Binance);
