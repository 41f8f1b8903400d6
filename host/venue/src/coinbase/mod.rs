//! Coinbase: Advanced Trade and the Exchange feed; public data, and the keys that both take.
//!
//! Rules as of the public documents (`docs.cdp.coinbase.com`, coinbase-app/advanced-trade-apis and
//! exchange, 2026). Advanced Trade counts the messages of a connection: each client gets numbers of
//! its own, a frame that a fault withholds takes one, too. The Exchange names no ids: a book's changes
//! are told apart by their time.

mod body;
mod command;
mod frame;
mod path;

use std::time::Duration;

pub use command::{Key, SAMPLE_KEY};

use crate::protocol::{
    Client, Command, Depth, Endpoint, LevelSpan, Limits, Listing, Product, Protocol, Refusal,
    Reply, Standing, Told,
};

/// Advanced Trade.
pub const ADVANCED: Product = Product(0);
/// The Exchange.
pub const EXCHANGE: Product = Product(1);

/// Coinbase's protocol. The only key that the Exchange knows is [`SAMPLE_KEY`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Coinbase;

impl Protocol for Coinbase {
    fn name(&self) -> &'static str {
        "coinbase"
    }

    fn products(&self) -> &'static [&'static str] {
        &["advanced", "exchange"]
    }

    fn kind(&self, _product: Product, symbol: &str) -> &'static str {
        if symbol.split('-').count() > 2 { "linear" } else { "spot" }
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[
            "api.coinbase.com",
            "advanced-trade-ws.coinbase.com",
            "api.exchange.coinbase.com",
            "ws-feed.exchange.coinbase.com",
        ]
    }

    /// WebSocket Rate Limits and REST Rate Limits of both. There is no ban, and websocket pings are
    /// not sent.
    fn limits(&self, product: Product) -> Limits {
        let year = Duration::from_secs(365 * 86_400);
        Limits {
            messages_per_second: if product == ADVANCED { 8 } else { 100 },
            streams_per_connection: usize::MAX,
            connects: 8,
            connect_window: Duration::from_secs(1),
            weight_per_minute: 10 * 60,
            strikes: u32::MAX,
            ban: Duration::ZERO,
            ping_every: year,
            pong_within: year,
            life: year,
            notice: Duration::ZERO,
            idle: year,
        }
    }

    /// WebSocket Overview of both.
    fn subscribe_within(&self) -> Option<Duration> {
        Some(Duration::from_secs(5))
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        path::product_of_url(url)
    }

    fn product_of_frame(&self, frame: &[u8]) -> Option<Product> {
        Some(if frame.starts_with(br#"{"channel":"#) { ADVANCED } else { EXCHANGE })
    }

    fn told(&self, bytes: &[u8]) -> Option<Told> {
        frame::told(bytes)
    }

    fn reply(&self, url: &str, _body: &[u8]) -> Option<Reply> {
        url.ends_with("/products").then_some(Reply::Instruments)
    }

    /// Between two frames of a book lie numbers of others; nothing tells that one is missing.
    fn follows(&self, _product: Product, before: Depth, next: Depth) -> bool {
        next.last >= before.last
    }

    fn levels(&self, bytes: &[u8]) -> Vec<LevelSpan> {
        frame::levels(bytes)
    }

    fn opens(&self) -> bool {
        true
    }

    fn opening(&self, stream: &str, standing: Standing<'_>) -> Option<Vec<u8>> {
        frame::opening(stream, standing)
    }

    fn endpoint(&self, host: &str, target: &str, recorded: &[Product]) -> Endpoint {
        path::endpoint(host, target, recorded)
    }

    fn command(&self, client: &Client<'_>, text: &[u8]) -> Command {
        command::read(client, text)
    }

    /// `level2` of a recording is what `level2_batch` has become.
    fn same_stream(&self, recorded: &str, asked: &str) -> bool {
        let of = |name: &str| {
            name.split_once(':').map(|(channel, of)| (channel.to_owned(), of.to_owned()))
        };
        match (of(recorded), of(asked)) {
            (Some((one, symbol)), Some((other, same))) => {
                symbol == same && one.starts_with("level2") && other.starts_with("level2")
            }
            _ => false,
        }
    }

    fn beats(&self, name: &str) -> Option<Duration> {
        (name == "heartbeats").then_some(Duration::from_secs(1))
    }

    fn heartbeat(&self, count: u64, wall_ms: u64) -> String {
        body::heartbeat(count, wall_ms)
    }

    fn counts(&self, product: Product) -> bool {
        product == ADVANCED
    }

    fn numbered(&self, text: &[u8], number: u64) -> Option<Vec<u8>> {
        frame::numbered(text, number)
    }

    /// What carries no number stays as it is.
    fn renumber(&self, payload: &[u8], _from: Depth, to: Depth) -> Vec<u8> {
        frame::numbered(payload, to.last).unwrap_or_else(|| payload.to_owned())
    }

    fn time(&self, wall_ms: u64) -> String {
        body::time(wall_ms)
    }

    fn instruments(&self, product: Product, listings: &[Listing], _wall_ms: u64) -> String {
        body::instruments(product, listings)
    }

    fn refusal(&self, why: Refusal) -> (u16, String) {
        body::refusal(why)
    }

    fn weight_header(&self) -> &'static str {
        "X-Patchbay-Requests"
    }
}
