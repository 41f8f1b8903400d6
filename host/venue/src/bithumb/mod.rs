//! Bithumb: spot in KRW; public data of the present interface, which is nearly Upbit's.
//!
//! Rules as of the public documents (`apidocs.bithumb.com`, v2.1.5, 2026). None of it is recorded yet;
//! recordings of the interface before it hold other frames, and cannot be served.

mod body;
mod command;
mod frame;
mod path;

use std::time::Duration;

use crate::protocol::{
    Client, Command, Depth, Endpoint, LevelSpan, Limits, Listing, Product, Protocol, Refusal,
    Reply, Silence, Standing, Told,
};

/// All of it: no symbol is used twice.
pub const BITHUMB: Product = Product(0);

/// Bithumb's protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bithumb;

impl Protocol for Bithumb {
    fn name(&self) -> &'static str {
        "bithumb"
    }

    fn products(&self) -> &'static [&'static str] {
        &["spot"]
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.bithumb.com", "ws-api.bithumb.com"]
    }

    /// Rate limits: 150 requests a second of a category; websocket, basic information: 10 connections
    /// a second, and who goes on is blocked for 10 minutes. Messages are not documented as limited,
    /// and websocket pings are not sent.
    fn limits(&self, _product: Product) -> Limits {
        let (second, year) = (Duration::from_secs(1), Duration::from_secs(365 * 86_400));
        Limits {
            messages_per_second: u32::MAX,
            streams_per_connection: usize::MAX,
            connects: 10,
            connect_window: second,
            weight_per_minute: 150 * 60,
            strikes: 3,
            ban: 600 * second,
            ping_every: year,
            pong_within: year,
            life: year,
            notice: Duration::ZERO,
            idle: 120 * second,
        }
    }

    /// Nothing goes either way for 120 s (websocket, connection management).
    fn silence(&self) -> Silence {
        Silence { of_both: true, code: 1001 }
    }

    /// The interface before had other hosts and paths.
    fn product_of_url(&self, url: &str) -> Option<Product> {
        url.contains("/v1").then_some(BITHUMB)
    }

    /// Upbit's long form looks the same.
    fn product_of_frame(&self, _frame: &[u8]) -> Option<Product> {
        None
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

    fn levels(&self, bytes: &[u8]) -> Vec<LevelSpan> {
        frame::levels(bytes)
    }

    fn opens(&self) -> bool {
        true
    }

    fn opening(&self, _stream: &str, standing: Standing<'_>) -> Option<Vec<u8>> {
        frame::opening(standing)
    }

    fn endpoint(&self, _host: &str, target: &str, _recorded: &[Product]) -> Endpoint {
        path::endpoint(target)
    }

    fn command(&self, _client: &Client<'_>, text: &[u8]) -> Command {
        command::read(text)
    }

    fn binary(&self) -> bool {
        true
    }

    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
        let number = |of: Depth| format!(r#""timestamp":{}"#, of.last);
        String::from_utf8_lossy(payload).replacen(&number(from), &number(to), 1).into_bytes()
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
