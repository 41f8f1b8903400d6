//! Bybit v5: spot, linear, inverse, options; public data.
//!
//! Rules as of the public documents (`bybit-exchange/docs`, docs/v5, 2026-07). One address serves all
//! four: websockets tell the product by path, REST by `category`.

mod body;
mod command;
mod frame;
mod path;

use std::time::Duration;

use crate::protocol::{
    Client, Command, Depth, Endpoint, Limits, Listing, Product, Protocol, Refusal, Reply, Standing,
    Told,
};

/// Spot.
pub const SPOT: Product = Product(0);
/// Perpetuals and futures settled in USDT or USDC.
pub const LINEAR: Product = Product(1);
/// Perpetuals and futures settled in the coin.
pub const INVERSE: Product = Product(2);
/// Options.
pub const OPTION: Product = Product(3);

/// Bybit's protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bybit;

impl Protocol for Bybit {
    fn name(&self) -> &'static str {
        "bybit"
    }

    fn products(&self) -> &'static [&'static str] {
        &path::CATEGORIES
    }

    fn hosts(&self) -> &'static [&'static str] {
        &["api.bybit.com", "api.bytick.com", "stream.bybit.com"]
    }

    /// `docs/v5/rate-limit`, `docs/v5/ws/connect`. Messages and life are not documented as limited.
    fn limits(&self, _product: Product) -> Limits {
        let (minute, year) = (Duration::from_secs(60), Duration::from_secs(365 * 86_400));
        Limits {
            messages_per_second: u32::MAX,
            streams_per_connection: usize::MAX,
            connects: 500,
            connect_window: 5 * minute,
            weight_per_minute: 600 * 12,
            strikes: 1,
            ban: 10 * minute,
            ping_every: year,
            pong_within: year,
            life: year,
            notice: Duration::ZERO,
            idle: 10 * minute,
        }
    }

    fn product_of_url(&self, url: &str) -> Option<Product> {
        path::product_of_url(url)
    }

    /// All products' frames look alike.
    fn product_of_frame(&self, _frame: &[u8]) -> Option<Product> {
        None
    }

    fn told(&self, bytes: &[u8]) -> Option<Told> {
        frame::told(bytes)
    }

    fn reply(&self, url: &str, _body: &[u8]) -> Option<Reply> {
        url.contains("/instruments-info").then_some(Reply::Instruments)
    }

    fn follows(&self, _product: Product, before: Depth, next: Depth) -> bool {
        next.last == before.last + 1
    }

    fn opens(&self) -> bool {
        true
    }

    fn opening(&self, stream: &str, standing: Standing<'_>) -> Option<Vec<u8>> {
        frame::opening(stream, standing)
    }

    fn endpoint(&self, _host: &str, target: &str, recorded: &[Product]) -> Endpoint {
        path::endpoint(target, recorded)
    }

    fn command(&self, client: &Client<'_>, text: &[u8]) -> Command {
        command::read(client, text)
    }

    /// 1 is a restarted service's snapshot (docs/v5/websocket/public/orderbook).
    fn first_id(&self) -> u64 {
        2
    }

    fn renumber(&self, payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
        let text = String::from_utf8_lossy(payload);
        let ids = [from.last, to.last].map(|id| format!(r#""u":{id}"#));
        text.replacen(&ids[0], &ids[1], 1).into_bytes()
    }

    fn time(&self, wall_ms: u64) -> String {
        body::time(wall_ms)
    }

    fn instruments(&self, product: Product, listings: &[Listing], wall_ms: u64) -> String {
        body::instruments(product, listings, wall_ms)
    }

    fn refusal(&self, why: Refusal) -> (u16, String) {
        body::refusal(why)
    }

    fn weight_header(&self) -> &'static str {
        "X-Bapi-Limit-Status"
    }
}
