//! Two feeds of one market: what a symbol is, is the same in both.

use patchbay_feed::prelude::*;

pub(crate) const ADVANCED: u8 = 0;
pub(crate) const EXCHANGE: u8 = 1;

const KINDS: &[Kind] = &[Kind::Spot, Kind::Linear];

/// Marks are those of hosts and paths, of the test networks and of earlier names, too (AT WebSocket
/// Overview, EX WebSocket Overview).
pub(crate) const PRODUCTS: [Product; 2] = [
    Product::of("advanced", KINDS, kind, &["advanced-trade-ws", "/api/v3/brokerage/"]),
    Product::of(
        "exchange",
        &[Kind::Spot],
        kind,
        &["ws-feed", "ws-direct", "api.exchange.", "api-public.sandbox.exchange.", "api.pro."],
    ),
];

/// `BTC-USD`, the future `BIT-28AUG26-CDE`, the perpetual `BTC-PERP-INTX`.
pub(crate) fn kind(symbol: &str) -> Kind {
    if symbol.split('-').count() > 2 { Kind::Linear } else { Kind::Spot }
}
