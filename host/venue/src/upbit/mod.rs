//! Upbit: spot in KRW, BTC and USDT; public data, in the short form that is recorded.
//!
//! Rules as of the public documents (`docs.upbit.com/kr`, v1.6.4, 2026). Every message of a book is the
//! whole of it, known by its time; recordings of 2021 have 15 levels a side, which is all that can be
//! served to who asks for 15 or 30. Of trades, what is sent begins with the next one.

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
pub const UPBIT: Product = Product(0);

/// Upbit's protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Upbit;

impl Protocol for Upbit {
    fn name(&self) -> &'static str {
        "upbit"
    }

    fn products(&self) -> &'static [&'static str] {
        &["spot"]
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.upbit.com"]
    }

    /// rate-limits: 10 requests a second of a group, 5 connections and 5 messages a second. How long
    /// an address is blocked is not documented. Websocket pings are not sent.
    fn limits(&self, _product: Product) -> Limits {
        let (second, year) = (Duration::from_secs(1), Duration::from_secs(365 * 86_400));
        Limits {
            messages_per_second: 5,
            streams_per_connection: usize::MAX,
            connects: 5,
            connect_window: second,
            weight_per_minute: 10 * 60,
            strikes: 3,
            ban: 60 * second,
            ping_every: year,
            pong_within: year,
            life: year,
            notice: Duration::ZERO,
            idle: 120 * second,
        }
    }

    /// Nothing goes either way for 120 s (websocket-guide).
    fn silence(&self) -> Silence {
        Silence { of_both: true, code: 1001 }
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        url.contains("/v1").then_some(UPBIT)
    }

    fn product_of_frame(&self, _frame: &[u8]) -> Option<Product> {
        Some(UPBIT)
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

    fn listing(&self, id: &str, names: &[&str]) -> String {
        command::listing(id, names)
    }

    /// Of books, the number of levels asked for is not the recorded one.
    fn same_stream(&self, recorded: &str, asked: &str) -> bool {
        asked.strip_suffix(".15").or_else(|| asked.strip_suffix(".30")) == Some(recorded)
    }

    fn binary(&self) -> bool {
        true
    }

    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
        let (from, to) = (format!(r#""tms":{}"#, from.last), format!(r#""tms":{}"#, to.last));
        String::from_utf8_lossy(payload).replacen(&from, &to, 1).into_bytes()
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
