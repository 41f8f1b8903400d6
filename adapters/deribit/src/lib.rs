//! Deribit: futures, perpetuals, options and spot, market data.
//!
//! | module | concern |
//! |---|---|
//! | `product` | kinds and indices of symbols |
//! | `session`, `budget` | streams, login, heartbeats; limits |
//! | `reply`, `fault` | REST: what is asked, what the answers and refusals mean |
//! | `market` | a frame's kind |
//! | `depth`, `trade`, `quote`, `derivative` | the frame kinds |
//! | `instrument`, `snapshot` | `public/get_instruments`; books come by stream |
//!
//! Frames are JSON-RPC 2.0 with bare numbers, whose digits are kept; fields have no order. Greeks
//! and implied volatilities, which tickers of options have, are passed over: there is no record for
//! them. Sources: DOC is `docs.deribit.com` (2026-10), by the method's or channel's name.
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
pub type Deribit = Feed<Market>;

/// Deribit, as [`Feed`] knows it.
pub struct Market {
    /// Of books, trades and tickers.
    interval: String,
    /// Streams wait for a login.
    login: bool,
    /// Interval of the venue's heartbeats, s.
    heartbeat: u32,
}

impl Venue for Market {
    const NAME: &'static str = "deribit";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        let table = Table(config);
        let (interval, heartbeat) = (table.text("interval")?, table.count("heartbeat_s")?);
        Ok(Self { login: config.bool("login")? || interval == "raw", interval, heartbeat })
    }
}

export_adapter!(Deribit);
