//! Bitstamp: spot; books, trades, and the orders of the book one by one.
//!
//! Rules as of the public documents (WS is `www.bitstamp.net/websocket/v2`, API `www.bitstamp.net/api`,
//! 2026). Recorded are events of 2015 in the frames of today (`patchbay_history`): books have the best
//! twenty levels of a side, not a hundred, and trades do not say who took. Nothing of a book by REST was
//! recorded, nor the events that fill a gap. Of no stream is anything sent before its next event.

mod body;
mod command;
mod frame;
mod path;

use std::time::Duration;

use crate::protocol::{
    Client, Command, Depth, Endpoint, Limits, Listing, Product, Protocol, Refusal, Reply, Told,
};

/// All of it: no symbol is used twice.
pub const BITSTAMP: Product = Product(0);

/// Bitstamp's protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bitstamp;

impl Protocol for Bitstamp {
    fn name(&self) -> &'static str {
        "bitstamp"
    }

    fn products(&self) -> &'static [&'static str] {
        &["spot"]
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["www.bitstamp.net", "ws.bitstamp.net"]
    }

    /// API Request limits: 10,000 requests in ten minutes, of which a minute is counted here. WS
    /// Connection: the end comes at 90 days, announced (WS Reconnection) a moment before. Of messages,
    /// streams and pings nothing is documented, nor how long who goes on is blocked.
    fn limits(&self, _product: Product) -> Limits {
        let (second, year) = (Duration::from_secs(1), Duration::from_secs(365 * 86_400));
        Limits {
            messages_per_second: u32::MAX,
            streams_per_connection: usize::MAX,
            connects: 20,
            connect_window: second,
            weight_per_minute: 1_000,
            strikes: 3,
            ban: 60 * second,
            ping_every: year,
            pong_within: year,
            life: 90 * 86_400 * second,
            notice: 10 * second,
            idle: year,
        }
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        url.contains("bitstamp.net").then_some(BITSTAMP)
    }

    fn product_of_frame(&self, _frame: &[u8]) -> Option<Product> {
        Some(BITSTAMP)
    }

    fn told(&self, bytes: &[u8]) -> Option<Told> {
        frame::told(bytes)
    }

    fn reply(&self, url: &str, _body: &[u8]) -> Option<Reply> {
        url.contains(path::MARKETS).then_some(Reply::Instruments)
    }

    /// Nothing tells that something is missing, and nothing is needed to go on.
    fn follows(&self, _product: Product, _before: Depth, _next: Depth) -> bool {
        true
    }

    fn endpoint(&self, _host: &str, target: &str, _recorded: &[Product]) -> Endpoint {
        path::endpoint(target)
    }

    fn command(&self, client: &Client<'_>, text: &[u8]) -> Command {
        command::read(client, text)
    }

    fn answers_first(&self) -> bool {
        true
    }

    fn announcement(&self, _product: Product, _combined: bool, _wall_ms: u64) -> Option<String> {
        Some(command::said("bts:request_reconnect", "", r#""""#))
    }

    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
        let time = |of: Depth| format!(r#""microtimestamp":"{}""#, of.last);
        String::from_utf8_lossy(payload).replacen(&time(from), &time(to), 1).into_bytes()
    }

    /// There is no call for it.
    fn time(&self, _wall_ms: u64) -> String {
        String::new()
    }

    fn instruments(&self, _product: Product, listings: &[Listing], _wall_ms: u64) -> String {
        body::instruments(listings)
    }

    fn refusal(&self, why: Refusal) -> (u16, String) {
        body::refusal(why)
    }

    fn weight_header(&self) -> &'static str {
        "X-Patchbay-Requests"
    }
}
