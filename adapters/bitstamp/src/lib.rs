//! Bitstamp: spot, market data.
//!
//! | module | concern |
//! |---|---|
//! | `session`, `budget` | streams: names, requests; limits |
//! | `reply`, `fault` | REST: what is asked; what refusals mean |
//! | `market` | a frame's type |
//! | `depth`, `trade` | books; trades, and the book's events order by order |
//! | `product`, `instrument` | namespaces of symbols; instruments |
//!
//! WS is `www.bitstamp.net/websocket/v2`, API `www.bitstamp.net/api`, both as of 2026.
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

use patchbay_feed::{Feed, Product, Venue};
use patchbay_plugin::{Config, Error, export_adapter};

/// The adapter.
pub type Bitstamp = Feed<Market>;

/// Bitstamp, as [`Feed`] knows it.
pub struct Market;

impl Venue for Market {
    const NAME: &'static str = "bitstamp";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self)
    }
}

export_adapter!(Bitstamp);
