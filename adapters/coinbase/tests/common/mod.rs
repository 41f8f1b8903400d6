//! Coinbase's frames, recorded and transcribed.
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod frames;

use std::path::{Path, PathBuf};

/// Where market data comes from.
pub(crate) const ADVANCED: &str = "wss://advanced-trade-ws.coinbase.com";
pub(crate) const EXCHANGE: &str = "wss://ws-feed.exchange.coinbase.com";

/// The capture of Advanced Trade: list of products and socket in one.
pub(crate) fn advanced(corpus: &Path) -> PathBuf {
    corpus.join("coinbase/cryptofeed-20260809/COINBASE.jsonl.zst")
}

/// Those of the Exchange: list of products, then a socket.
pub(crate) fn exchange(corpus: &Path) -> [PathBuf; 2] {
    ["COINBASE.0.gz", "COINBASE.ws.28.0.gz"]
        .map(|file| corpus.join("coinbase/cryptofeed-20210417").join(file))
}

/// A message of books of Advanced Trade with this number: `kind`, symbol, `updates`.
pub(crate) fn l2_data(number: u64, kind: &str, symbol: &str, updates: &str) -> String {
    format!(
        r#"{{"channel":"l2_data","timestamp":"2026-04-07T14:30:00.123456Z","sequence_num":{number},"events":[{{"type":"{kind}","product_id":"{symbol}","updates":[{updates}]}}]}}"#
    )
}

/// One of its updates.
pub(crate) fn update(side: &str, price: &str, qty: &str) -> String {
    format!(
        r#"{{"side":"{side}","event_time":"2026-04-07T14:30:00.1Z","price_level":"{price}","new_quantity":"{qty}"}}"#
    )
}
