//! Coinbase: Advanced Trade, and the Exchange feed, market data.
//!
//! | module | concern |
//! |---|---|
//! | `product` | the two feeds |
//! | `session`, `budget` | channels, requests, keys; limits |
//! | `reply`, `fault` | REST: what is asked, what the answers and refusals mean |
//! | `market` | a frame's channel or type, and what is no data |
//! | `depth`, `trade`, `quote` | what frames hold |
//! | `instrument` | products and their states |
//!
//! Books come over the stream, all of them, and a broken one is subscribed again. Advanced Trade
//! numbers the messages of a connection, whatever they are about: a hole concerns every book of it.
//! The Exchange's books have no numbers; its channel of orders, which has, needs a key.
//!
//! Sources: AT is `docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis`, EX is
//! `docs.cdp.coinbase.com/exchange` (2026).
#![deny(unsafe_code)]

mod budget;
mod depth;
mod fault;
mod instrument;
mod market;
mod product;
mod quote;
mod reply;
mod session;
mod trade;

use patchbay_feed::prelude::*;
use patchbay_feed::{Feed, Table, Venue};
use patchbay_plugin::{Config, Scope, export_adapter};

/// The adapter.
pub type Coinbase = Feed<Market>;

/// Coinbase, as [`Feed`] knows it.
pub struct Market {
    /// Channel of books of the Exchange.
    depth: String,
    /// Subscriptions carry the key.
    login: bool,
}

impl Venue for Market {
    const NAME: &'static str = "coinbase";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(config: &Config<'_>) -> Result<Self> {
        if config.texts("products").count() > 1 {
            return Err(Error::new("`products`: both tell of the same books; name one of them"));
        }
        let (depth, login) = (Table(config).text("depth")?, config.bool("login")?);
        Ok(Self { depth, login })
    }

    /// Chains have the numbers of their connections.
    fn conn_of(&self, scope: Scope) -> Option<u32> {
        if let Scope::Connection(conn) = scope { Some(conn) } else { None }
    }
}

export_adapter!(Coinbase);
