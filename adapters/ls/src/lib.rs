//! LS Securities (LS증권): stocks, funds and notes of KOSPI and KOSDAQ, and those that Nextrade (NXT)
//! trades too; market data.
//!
//! | module | concern |
//! |---|---|
//! | `product` | symbols, and the time of day in Korea |
//! | `session`, `budget` | streams: names, requests; limits |
//! | `reply`, `fault` | REST: tokens, what is asked; what refusals mean |
//! | `market` | a frame's type |
//! | `depth`, `trade` | books, by stream and by REST; trades |
//! | `instrument` | instruments, market operation, volatility interruptions |
//!
//! Everything needs a token, which the host fetches, keeps and fills in; no record of it holds one.
//! Best bids and asks come without quantities (`S2_`, and beside trades), and prices that are expected
//! of an auction (`YS3`) are no trades: there is no record for either, and books say it all. DOC is the
//! guide at `openapi.ls-sec.co.kr/apiservice` (2025), by the code of a transaction.
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

use std::collections::BTreeSet;

use patchbay_feed::{Feed, Memory, Product, Venue};
use patchbay_plugin::model::Nanos;
use patchbay_plugin::{Config, Error, export_adapter};

/// The adapter.
pub type Ls = Feed<Market>;

/// LS Securities, as [`Feed`] knows it.
#[derive(Default)]
pub struct Market {
    /// Symbols of KOSDAQ; all others of KRX are of KOSPI.
    kosdaq: BTreeSet<Vec<u8>>,
    /// Cumulative volume, price and quantity of the last trade.
    trades: Memory<[i64; 3]>,
    /// Time of the newest book.
    books: Memory<Nanos>,
}

impl Venue for Market {
    const NAME: &'static str = "ls";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const DEFAULTS: &'static str = include_str!("../venue.toml");
    const SCHEMA: &'static str = include_str!("../schema.toml");
    const PRODUCTS: &'static [Product] = &product::PRODUCTS;

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self::default())
    }
}

export_adapter!(Ls);
