//! One host, one namespace: symbols tell what an instrument is (DOC Public Data, Get instruments).

use patchbay_feed::prelude::*;

/// Market data of all channels but one comes over the first route, that of `trades-all` over the
/// second (DOC Overview, Production Trading Services).
pub(crate) const PRODUCTS: [Product; 1] = [Product {
    routes: 2,
    ..Product::of("okx", &[Kind::Spot, Kind::Linear, Kind::Inverse, Kind::Option], kind, &["/v5/"])
}];

/// `instType` of `BTC-USDT`, `BTC-USDT-SWAP`, `BTC-USD-260327`, `BTC-USD-260327-60000-C`.
pub(crate) fn inst_type(symbol: &str) -> &'static str {
    match symbol.split('-').count() {
        0..=2 => "SPOT",
        3 if symbol.ends_with("-SWAP") => "SWAP",
        3 => "FUTURES",
        _ => "OPTION",
    }
}

pub(crate) fn kind(symbol: &str) -> Kind {
    match (inst_type(symbol), symbol.split('-').nth(1)) {
        ("SPOT", _) => Kind::Spot,
        ("OPTION", _) => Kind::Option,
        (_, Some("USD")) => Kind::Inverse,
        _ => Kind::Linear,
    }
}

/// The index behind a derivative: `BTC-USD` of `BTC-USD-SWAP`, and of the USD-margined
/// `BTC-USD_UM-SWAP`.
pub(crate) fn index_of(symbol: &str) -> &str {
    let second = symbol.find('-').map_or(0, |at| at + 1);
    let end = symbol[second..].find(['-', '_']).map_or(symbol.len(), |at| second + at);
    &symbol[..end]
}
