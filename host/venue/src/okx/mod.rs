//! OKX v5: spot, swaps, futures, options; public data and the login that books of 10 ms need.
//!
//! Rules as of the public documents (`okx.com/docs-v5/en`, 2026-02). One host serves all, market data
//! of all channels but one over one route. Recordings of before 2022 name no ids: a book's changes are
//! then told apart by their time, and only its checksum can show that one is missing.

mod body;
mod command;
mod frame;
mod path;

use std::time::Duration;

pub use command::{Key, SAMPLE_KEY};

use crate::protocol::{
    Client, Command, Depth, Endpoint, LevelSpan, Limits, Listing, Product, Protocol, Refusal,
    Reply, Silence, Standing, Told,
};

/// All of it: no symbol is used twice.
pub const OKX: Product = Product(0);

/// OKX's protocol. The only key that it knows is [`SAMPLE_KEY`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Okx;

impl Protocol for Okx {
    fn name(&self) -> &'static str {
        "okx"
    }

    fn products(&self) -> &'static [&'static str] {
        &["okx"]
    }

    fn kind(&self, _product: Product, symbol: &str) -> &'static str {
        match (path::kind(symbol), symbol.split('-').nth(1)) {
            ("SPOT", _) => "spot",
            ("OPTION", _) => "option",
            (_, Some("USD")) => "inverse",
            _ => "linear",
        }
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["www.okx.com", "ws.okx.com", "www.okex.com", "ws.okex.com"]
    }

    /// Overview, WebSocket, Connect; Public Data, Get instruments: 20 calls in 2 s. There is no ban,
    /// and websocket pings are not sent.
    fn limits(&self, _product: Product) -> Limits {
        let year = Duration::from_secs(365 * 86_400);
        Limits {
            messages_per_second: u32::MAX,
            streams_per_connection: usize::MAX,
            connects: 3,
            connect_window: Duration::from_secs(1),
            weight_per_minute: 20 * 30,
            strikes: u32::MAX,
            ban: Duration::ZERO,
            ping_every: year,
            pong_within: year,
            life: year,
            notice: Duration::ZERO,
            idle: Duration::from_secs(30),
        }
    }

    /// Nothing was sent for 30 s (Overview, WebSocket, Connect; Error Code, Close Frame).
    fn silence(&self) -> Silence {
        Silence { of_both: true, code: 4004 }
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        (url.contains("/ws/v5/") || url.contains("/api/v5/")).then_some(OKX)
    }

    fn product_of_frame(&self, _frame: &[u8]) -> Option<Product> {
        Some(OKX)
    }

    fn told(&self, bytes: &[u8]) -> Option<Told> {
        frame::told(bytes)
    }

    fn reply(&self, url: &str, _body: &[u8]) -> Option<Reply> {
        path::list(url).map(Reply::List)
    }

    /// Without ids nothing tells that something is missing.
    fn follows(&self, _product: Product, before: Depth, next: Depth) -> bool {
        next.previous.is_none_or(|previous| previous == before.last)
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

    fn endpoint(&self, _host: &str, target: &str, _recorded: &[Product]) -> Endpoint {
        path::endpoint(target)
    }

    fn command(&self, client: &Client<'_>, text: &[u8]) -> Command {
        command::read(client, text)
    }

    fn answers_first(&self) -> bool {
        true
    }

    /// Overview, WebSocket, Notification.
    fn announcement(&self, _product: Product, _combined: bool, _wall_ms: u64) -> Option<String> {
        let text = r#"{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":"patchbay"}"#;
        Some(text.to_owned())
    }

    /// What carries no ids stays as it is.
    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
        let text = String::from_utf8_lossy(payload);
        let pairs =
            [("seqId", Some(from.last), Some(to.last)), ("prevSeqId", from.previous, to.previous)];
        let change =
            |text: String, (key, from, to): (&str, Option<u64>, Option<u64>)| match (from, to) {
                (Some(from), Some(to)) => {
                    text.replacen(&format!(r#""{key}":{from}"#), &format!(r#""{key}":{to}"#), 1)
                }
                _ => text,
            };
        pairs.into_iter().fold(text.into_owned(), change).into_bytes()
    }

    fn time(&self, wall_ms: u64) -> String {
        body::time(wall_ms)
    }

    fn listed(&self, list: &str, symbol: &str) -> bool {
        path::listed(list, symbol)
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
