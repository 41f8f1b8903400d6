//! Binance: spot, USD-M and COIN-M futures.
//!
//! Rules as of the public documents (spot 2026-07, derivatives 2026-10). One address serves all
//! three. REST paths tell the product (`/api/v3`, `/fapi/v1`, `/dapi/v1`), websockets tell it by
//! host name, by USD-M's routes, or by a first path segment `/spot`, `/usdm`, `/coinm`, which is
//! ours and may stand before any path; otherwise it is the one that the recording holds.

mod body;
mod command;
mod frame;
mod path;

use std::time::Duration;

use crate::book::Book;
use crate::protocol::{
    Client, Command, Depth, Endpoint, Join, Limits, Listing, Product, Protocol, Refusal, Reply,
    Told,
};

/// Spot.
pub const SPOT: Product = Product(0);
/// USD-M futures.
pub const USDM: Product = Product(1);
/// COIN-M futures.
pub const COINM: Product = Product(2);

/// Binance's protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Binance {
    /// Whether USD-M streams are also served without a route, as before 2026-04-23.
    pub legacy_routes: bool,
}

impl Protocol for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }

    fn products(&self) -> &'static [&'static str] {
        &["spot", "usdm", "coinm"]
    }

    fn kind(&self, product: Product, _symbol: &str) -> &'static str {
        match product {
            SPOT => "spot",
            USDM => "linear",
            _ => "inverse",
        }
    }

    fn hosts(&self) -> &'static [&'static str] {
        &[
            "api.binance.com",
            "data-api.binance.vision",
            "stream.binance.com",
            "data-stream.binance.vision",
            "fapi.binance.com",
            "fstream.binance.com",
            "dapi.binance.com",
            "dstream.binance.com",
        ]
    }

    fn limits(&self, product: Product) -> Limits {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        let spot = Limits {
            messages_per_second: 5,
            streams_per_connection: 1024,
            connects: 300,
            connect_window: minutes(5),
            weight_per_minute: 6000,
            strikes: 10,
            ban: minutes(2),
            ping_every: Duration::from_secs(20),
            pong_within: minutes(1),
            life: minutes(24 * 60),
            notice: Duration::from_secs(10),
            idle: minutes(24 * 60),
        };
        match product {
            SPOT => spot,
            _ => Limits {
                messages_per_second: 10,
                weight_per_minute: 2400,
                ping_every: minutes(3),
                pong_within: minutes(10),
                ..spot
            },
        }
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        path::product_of_url(url)
    }

    fn product_of_frame(&self, bytes: &[u8]) -> Option<Product> {
        frame::product_of(bytes)
    }

    fn told(&self, bytes: &[u8]) -> Option<Told> {
        frame::told(bytes)
    }

    fn reply(&self, url: &str, body: &[u8]) -> Option<Reply> {
        body::reply(url, body)
    }

    fn join(&self, product: Product, snapshot: u64, depth: Depth) -> Join {
        // Spot: `U <= id + 1 <= u`. Futures: `U <= id <= u`, and an id between `pu` and `U` is a
        // time at which this book did not change.
        let (wanted, first) = match product {
            SPOT => (snapshot.saturating_add(1), depth.first),
            _ => (snapshot, depth.previous.map_or(depth.first, |p| p.min(depth.first))),
        };
        match (depth.last < wanted, first <= wanted) {
            (true, _) => Join::Old,
            (false, true) => Join::Bridges,
            (false, false) => Join::Gap,
        }
    }

    fn follows(&self, product: Product, before: Depth, next: Depth) -> bool {
        match product {
            SPOT => next.first == before.last + 1,
            _ => next.previous == Some(before.last),
        }
    }

    fn endpoint(&self, host: &str, target: &str, recorded: &[Product]) -> Endpoint {
        path::endpoint(host, target, recorded, self.legacy_routes)
    }

    fn command(&self, client: &Client<'_>, text: &[u8]) -> Command {
        command::read(client.product, text)
    }

    fn listing(&self, id: &str, names: &[&str]) -> String {
        let names = serde_json::json!(names);
        format!(r#"{{"result":{names},"id":{id}}}"#)
    }

    fn same_stream(&self, recorded: &str, asked: &str) -> bool {
        // The interval of a stream is the recorder's choice; what was recorded is all there is.
        let split = |name: &'_ str| -> Option<(String, &'static str)> {
            let (symbol, stream) = name.split_once('@')?;
            let kind = match stream {
                "depth" | "depth@0ms" | "depth@100ms" | "depth@250ms" | "depth@500ms"
                | "depth@1000ms" => "depth",
                "markPrice" | "markPrice@1s" => "markPrice",
                _ => return None,
            };
            Some((symbol.to_owned(), kind))
        };
        split(recorded).is_some_and(|recorded| split(asked) == Some(recorded))
    }

    fn carries(&self, product: Product, route: &str, name: &str) -> bool {
        let book = name.contains("@depth") || name.ends_with("bookTicker");
        match (product, route) {
            (USDM, "/public") => book,
            (USDM, "/market") => !book,
            _ => true,
        }
    }

    fn envelope(&self, name: &str) -> (String, &'static str) {
        (format!(r#"{{"stream":"{name}","data":"#), "}")
    }

    fn announcement(&self, product: Product, combined: bool, wall_ms: u64) -> Option<String> {
        let event = format!(r#"{{"e":"serverShutdown","E":{wall_ms}}}"#);
        match (product, combined) {
            (SPOT, true) => Some(format!(r#"{{"stream":"!serverShutdown","data":{event}}}"#)),
            (SPOT, false) => Some(event),
            _ => None,
        }
    }

    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
        frame::renumber(payload, from, to)
    }

    fn time(&self, wall_ms: u64) -> String {
        format!(r#"{{"serverTime":{wall_ms}}}"#)
    }

    fn instruments(&self, product: Product, listings: &[Listing], wall_ms: u64) -> String {
        body::instruments(product, listings, wall_ms)
    }

    fn snapshot(
        &self,
        product: Product,
        payload: &[u8],
        id: u64,
        book: &Book,
        limit: usize,
    ) -> Vec<u8> {
        body::snapshot(product, payload, id, book, limit)
    }

    fn shallower(&self, body: &[u8], limit: usize) -> Vec<u8> {
        body::shallower(body, limit)
    }

    fn refusal(&self, why: Refusal) -> (u16, String) {
        body::refusal(why)
    }

    fn weight_header(&self) -> &'static str {
        "X-MBX-USED-WEIGHT-1M"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(first: u64, last: u64, previous: Option<u64>) -> Depth {
        Depth { first, last, previous }
    }

    #[test]
    fn joins_by_the_published_rules() {
        let spot = depth(157, 160, None);
        let joins = |id| Binance::default().join(SPOT, id, spot);
        assert_eq!(joins(155), Join::Gap);
        assert_eq!(joins(156), Join::Bridges);
        assert_eq!(joins(159), Join::Bridges);
        assert_eq!(joins(160), Join::Old);
        let futures = depth(157, 160, Some(149));
        let joins = |id| Binance::default().join(USDM, id, futures);
        assert_eq!(joins(148), Join::Gap);
        assert_eq!(joins(149), Join::Bridges);
        assert_eq!(joins(160), Join::Bridges);
        assert_eq!(joins(161), Join::Old);
    }

    #[test]
    fn routes_carry_their_streams_only() {
        let carries = |route, name| Binance::default().carries(USDM, route, name);
        assert!(carries("/public", "btcusdt@depth@100ms"));
        assert!(carries("/public", "!bookTicker"));
        assert!(!carries("/public", "btcusdt@trade"));
        assert!(!carries("/market", "btcusdt@bookTicker"));
        assert!(carries("/market", "btcusdt@markPrice@1s"));
    }

    #[test]
    fn an_interval_is_not_another_stream() {
        let same = |a, b| Binance::default().same_stream(a, b);
        assert!(same("btcusdt@depth@0ms", "btcusdt@depth@100ms"));
        assert!(!same("btcusdt@depth@0ms", "btcusdt@depth20@100ms"));
        assert!(!same("btcusdt@depth@0ms", "ethusdt@depth@0ms"));
        assert!(!same("btcusdt@trade", "btcusdt@aggTrade"));
    }
}
