//! The venues: which recording is played, and how a host is set up to take it.

use std::sync::Arc;

use patchbay_abi as abi;
use patchbay_model::Kind;
use patchbay_runtime::live::OwnedWish;
use patchbay_test_replay::corpus;
use patchbay_venue::binance::Binance;
use patchbay_venue::bybit::Bybit;
use patchbay_venue::coinbase::Coinbase;
use patchbay_venue::deribit::Deribit;
use patchbay_venue::okx::Okx;
use patchbay_venue::upbit::Upbit;
use patchbay_venue::{Product, Protocol, Recording};

use crate::By;

/// A venue as it is played here.
pub struct Market {
    /// Name of the venue, of its adapter, of its rules in the naive replay.
    pub name: &'static str,
    /// How it speaks.
    pub protocol: fn() -> Arc<dyn Protocol>,
    /// Captures of the same minutes.
    pub captures: &'static [&'static str],
    /// What tells the changes of its books apart.
    pub by: By,
    /// Settings of the adapter.
    pub settings: &'static [&'static str],
    /// What is asked of every instrument: what the recordings hold.
    pub channels: u32,
    /// Beginnings of the streams that the adapter subscribes; those of the recording are waited for.
    pub sure: &'static [&'static str],
    /// The file of its key, where one is needed.
    pub key: Option<&'static str>,
}

/// Captures of Binance: all three products, recorded at the same time; the first is some minutes of one
/// book.
pub const ALL: [&str; 6] = [
    "binance-spot/hftbacktest/ethusdt_20240808.gz",
    "binance-usdm/hftbacktest/btcusdt_20240808.gz",
    "binance-coinm/hftbacktest/ethusd_perp_20240808.gz",
    "binance-spot/hftbacktest/btcusdt_20240808.gz",
    "binance-usdm/hftbacktest/ethusdt_20240808.gz",
    "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
];

/// Futures' trades are recorded as `trade`, none as `aggTrade`.
pub const BINANCE: Market = Market {
    name: "binance",
    protocol: || Arc::new(Binance::default()),
    captures: &ALL,
    by: By::Id,
    settings: &["trades = \"trade\""],
    channels: abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES,
    sure: &[""],
    key: None,
};

/// Four perpetuals and two pairs of spot, over 74 s.
pub const BYBIT: Market = Market {
    name: "bybit",
    protocol: || Arc::new(Bybit),
    captures: &["bybit/cryptofeed-20260809/BYBIT.jsonl.zst"],
    by: By::Id,
    settings: &["products = [\"linear\", \"spot\"]", "depth = \"200\"", "silence_s = 25"],
    channels: abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_MARK,
    sure: &["orderbook.", "publicTrade."],
    key: None,
};

/// Ten options over 118 s, raw: logged in.
pub const DERIBIT: Market = Market {
    name: "deribit",
    protocol: || Arc::new(Deribit),
    captures: &["deribit/cryptofeed-20210405/DERIBIT-5dd9ce.0.gz"],
    by: By::Id,
    settings: &["interval = \"raw\"", "heartbeat_s = 10", "silence_s = 20"],
    channels: abi::CHANNEL_DEPTH | abi::CHANNEL_MARK,
    sure: &["book.", "ticker."],
    key: Some("key_id = \"AMANDA\"\nsecret = \"AMANDASECRECT\"\n"),
};

/// Spot, a swap, a future and two options over 30 s, books of every 10 ms: logged in, with the key of
/// the documents. Without ids: each change has a time of its own, and a checksum.
pub const OKX: Market = Market {
    name: "okx",
    protocol: || Arc::new(Okx),
    captures: &["okx/cryptofeed-20210722/OKEX.0.gz", "okx/cryptofeed-20210722/OKEX.ws.1.0.gz"],
    by: By::Time,
    settings: &["depth = \"books-l2-tbt\"", "quotes = \"tickers\"", "silence_s = 25"],
    channels: abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES,
    sure: &["books", "tickers", "trades"],
    key: Some(
        "key_id = \"985d5b66-57ce-40fb-b714-afc0b9787083\"\n\
         secret = \"22582BD0CFF14C41EDBF1AB98506286D\"\npassphrase = \"123456\"\n",
    ),
};

/// Two pairs of Advanced Trade over half a minute, books of all levels.
pub const COINBASE: Market = Market {
    name: "coinbase",
    protocol: || Arc::new(Coinbase),
    captures: &["coinbase/cryptofeed-20260809/COINBASE.jsonl.zst"],
    by: By::Time,
    settings: &[],
    channels: abi::CHANNEL_TRADES | abi::CHANNEL_DEPTH | abi::CHANNEL_QUOTES,
    sure: &["level2:", "market_trades:", "ticker:"],
    key: None,
};

/// Nine pairs of spot, each frame a whole book of fifteen levels.
pub const UPBIT: Market = Market {
    name: "upbit",
    protocol: || Arc::new(Upbit),
    captures: &[
        "upbit/cryptofeed-20210417/UPBIT.0.gz",
        "upbit/cryptofeed-20210405/UPBIT-d78752.0.gz",
    ],
    by: By::Time,
    settings: &["silence_s = 25"],
    channels: abi::CHANNEL_DEPTH,
    sure: &["orderbook:"],
    key: None,
};

impl Market {
    /// Captures, loaded; `None` without a corpus.
    pub fn recording(&self, captures: &[&str]) -> Option<Arc<Recording>> {
        let paths: Option<Vec<_>> = captures.iter().map(|capture| corpus(capture)).collect();
        Some(Recording::load(&paths?, &*(self.protocol)()).unwrap())
    }

    /// How many streams of a recording are sure to be subscribed.
    pub fn streams(&self, recording: &Recording) -> usize {
        recording.streams().filter(|(_, name)| self.is_sure(name)).count()
    }

    /// Every instrument of a recording, for a host that is to ask for it.
    pub fn wishes(&self, recording: &Recording) -> Vec<OwnedWish> {
        let protocol = (self.protocol)();
        let wish = |(product, symbol): (Product, &str)| OwnedWish {
            symbol: symbol.to_owned(),
            kind: Kind::from_name(protocol.kind(product, symbol)).unwrap().to_abi(),
            channels: self.channels,
        };
        recording.symbols(|name| self.is_sure(name)).into_iter().map(wish).collect()
    }

    fn is_sure(&self, stream: &str) -> bool {
        self.sure.iter().any(|begin| stream.starts_with(begin))
    }
}
