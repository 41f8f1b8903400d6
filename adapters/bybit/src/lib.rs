//! Bybit v5: spot, linear, inverse and options, market data.
//!
//! | module | concern |
//! |---|---|
//! | `product` | the four categories |
//! | `session`, `budget` | topics and requests; limits |
//! | `reply`, `fault` | REST: what is asked, what the answers and refusals mean |
//! | `market` | a frame's topic, and what is no data |
//! | `depth`, `trade`, `quote`, `derivative` | the kinds of frames |
//! | `instrument` | instruments-info |
//!
//! Books come over the stream: a topic begins with a snapshot, and a broken one is subscribed again.
//!
//! Sources: V5 is `bybit-exchange/docs` on GitHub, `docs/v5` (2026-07).
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

use derivative::Ticker;
use patchbay_feed::prelude::*;
use patchbay_feed::{Feed, Table, Venue};
use patchbay_plugin::{Config, export_adapter};

/// The adapter.
pub type Bybit = Feed<Market>;

/// Bybit, as [`Feed`] knows it.
pub struct Market {
    /// Levels of the books' topics: of options, and of all others.
    depth: [String; 2],
    /// The base coin whose options are taken.
    option_coin: String,
    tickers: Memory<Ticker>,
}

impl Books for Market {}

impl Venue for Market {
    const NAME: &'static str = "bybit";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(config: &Config<'_>) -> Result<Self> {
        let table = Table(config);
        Ok(Self {
            depth: [table.text("option_depth")?, table.text("depth")?],
            option_coin: table.text("option_coin")?,
            tickers: Memory::default(),
        })
    }
}

export_adapter!(Bybit);
