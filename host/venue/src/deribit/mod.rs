//! Deribit v2: futures, perpetuals, options, spot; public data and the login that raw data needs.
//!
//! Rules as of the public documents (`docs.deribit.com`, 2026-10). One socket serves all, by JSON-RPC.

mod body;
mod command;
mod frame;
mod path;

use std::time::Duration;

use crate::protocol::{
    Client, Command, Depth, Endpoint, LevelSpan, Limits, Listing, Product, Protocol, Refusal,
    Reply, Standing, Told,
};

/// All of it: no symbol is used twice.
pub const DERIBIT: Product = Product(0);

/// Deribit's protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deribit;

impl Protocol for Deribit {
    fn name(&self) -> &'static str {
        "deribit"
    }

    fn products(&self) -> &'static [&'static str] {
        &["deribit"]
    }

    fn kind(&self, _product: Product, symbol: &str) -> &'static str {
        path::kind(symbol)
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["www.deribit.com"]
    }

    /// Rate Limits, Connection Management. There is no ban: a breach ends the session. Websocket
    /// pings are not sent; who does not ask for heartbeats is closed after 10 idle minutes.
    fn limits(&self, _product: Product) -> Limits {
        let (minute, year) = (Duration::from_secs(60), Duration::from_secs(365 * 86_400));
        Limits {
            messages_per_second: 100,
            streams_per_connection: usize::MAX,
            connects: 32,
            connect_window: minute,
            weight_per_minute: 20 * 60,
            strikes: u32::MAX,
            ban: Duration::ZERO,
            ping_every: year,
            pong_within: year,
            life: year,
            notice: Duration::ZERO,
            idle: 10 * minute,
        }
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        (url.contains("/ws/api/v2") || url.contains("/api/v2/")).then_some(DERIBIT)
    }

    fn product_of_frame(&self, _frame: &[u8]) -> Option<Product> {
        Some(DERIBIT)
    }

    fn told(&self, bytes: &[u8]) -> Option<Told> {
        frame::told(bytes)
    }

    /// Recorded lists are of one currency each, which no list that is asked for is.
    fn reply(&self, url: &str, _body: &[u8]) -> Option<Reply> {
        let all = url.contains("/public/get_instruments") && url.contains("currency=any");
        all.then_some(Reply::Instruments)
    }

    fn follows(&self, _product: Product, before: Depth, next: Depth) -> bool {
        next.previous == Some(before.last)
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

    fn tokens(&self) -> &'static [&'static str] {
        &command::TOKENS
    }

    /// A client is asked whether it is there, and answers with public/test.
    fn heartbeat(&self, _count: u64, _wall_ms: u64) -> String {
        r#"{"jsonrpc":"2.0","method":"heartbeat","params":{"type":"test_request"}}"#.to_owned()
    }

    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
        let mut text = String::from_utf8_lossy(payload).into_owned();
        let mut change = |key: &str, from: Option<u64>, to: Option<u64>| {
            if let (Some(from), Some(to)) = (from, to) {
                text = text.replacen(&format!(r#""{key}":{from}"#), &format!(r#""{key}":{to}"#), 1);
            }
        };
        change("change_id", Some(from.last), Some(to.last));
        change("prev_change_id", from.previous, to.previous);
        text.into_bytes()
    }

    fn time(&self, wall_ms: u64) -> String {
        body::result(&wall_ms.to_string())
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
