//! The shape of hftbacktest's Binance connector (`connector/src/binancefutures/msg/stream.rs`, a
//! program and no library: written again from reading): an enum by `e`, owned text, floats.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::typed::eight_places;
use crate::sum::Sum;
use crate::tape::Frames;

/// A combined stream's wrapper.
#[derive(Deserialize)]
struct Frame {
    data: Stream,
}

/// Its event stream.
#[derive(Deserialize)]
#[serde(tag = "e")]
pub(crate) enum Stream {
    #[serde(rename = "depthUpdate")]
    Depth(Depth),
    #[serde(rename = "trade")]
    Trade(Trade),
}

#[derive(Deserialize)]
pub(crate) struct Depth {
    #[serde(rename = "E")]
    pub(crate) event: i64,
    #[serde(rename = "s")]
    pub(crate) symbol: String,
    #[serde(rename = "U")]
    pub(crate) first: i64,
    #[serde(rename = "u")]
    pub(crate) last: i64,
    #[serde(rename = "pu", default)]
    pub(crate) previous: i64,
    #[serde(rename = "b")]
    pub(crate) bids: Vec<(String, String)>,
    #[serde(rename = "a")]
    pub(crate) asks: Vec<(String, String)>,
}

#[derive(Deserialize)]
pub(crate) struct Trade {
    #[serde(rename = "E")]
    pub(crate) event: i64,
    #[serde(rename = "s")]
    pub(crate) symbol: String,
    #[serde(rename = "t")]
    pub(crate) id: i64,
    #[serde(rename = "p", deserialize_with = "float")]
    pub(crate) price: f64,
    #[serde(rename = "q", deserialize_with = "float")]
    pub(crate) qty: f64,
    #[serde(rename = "X", default = "market")]
    pub(crate) origin: String,
    #[serde(rename = "m")]
    pub(crate) maker: bool,
}

fn market() -> String {
    "MARKET".to_owned()
}

fn float<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text: &str = Deserialize::deserialize(deserializer)?;
    text.parse().map_err(Error::custom)
}

/// Reads one frame; its kinds are depth and trade only.
pub(crate) fn read(bytes: &[u8]) -> Stream {
    let text = std::str::from_utf8(bytes).expect("recorded text");
    let frame: Frame = serde_json::from_str(text).expect("a recorded frame");
    frame.data
}

/// Depth and trades; its floats come back to mantissas for the checksum alone.
pub(crate) fn pass(frames: &Frames, symbol: &str) -> u64 {
    let mut sum = Sum::default();
    for (_, _, bytes) in frames.iter() {
        match read(bytes) {
            Stream::Depth(depth) => {
                sum.add(u64::from(depth.symbol != symbol));
                for value in [depth.event, depth.first, depth.last, depth.previous] {
                    sum.add(value as u64);
                }
                for (price, qty) in depth.bids.iter().chain(&depth.asks) {
                    // The connector parses both as floats next; mantissas cost less than that.
                    let value = |text: &String| eight_places(text.as_bytes()).expect("a decimal");
                    sum.add_level(value(price), value(qty));
                }
            }
            Stream::Trade(trade) => {
                sum.add(u64::from(trade.symbol != symbol));
                sum.add(trade.event as u64);
                sum.add(trade.id as u64);
                let mantissa = |value: f64| (value * 1e8).round() as i64;
                sum.add_level(mantissa(trade.price), mantissa(trade.qty));
                sum.add(u64::from(trade.maker) | u64::from(trade.origin != "MARKET") << 1);
            }
        }
    }
    sum.0
}
