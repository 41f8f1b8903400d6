//! The three products.

use patchbay_feed::prelude::*;

pub(crate) const SPOT: u8 = 0;
pub(crate) const USDM: u8 = 1;
pub(crate) const COINM: u8 = 2;

/// Marks are the first part of REST paths, and of the websocket hosts, test networks' too.
pub(crate) const PRODUCTS: [Product; 3] = [
    Product::of("spot", &[Kind::Spot], |_| Kind::Spot, &["/api/", "stream."]),
    Product {
        routes: 2,
        ..Product::of("usdm", &[Kind::Linear], |_| Kind::Linear, &["/fapi/", "fstream"])
    },
    Product::of("coinm", &[Kind::Inverse], |_| Kind::Inverse, &["/dapi/", "dstream"]),
];

/// What REST paths begin with (SPOT rest-api.md, DERIV General Info).
pub(crate) const APIS: [&str; 3] = ["/api/v3/", "/fapi/v1/", "/dapi/v1/"];

/// COIN-M symbols are `<BASE>USD_<...>` (DERIV COIN-M, Exchange Information).
pub(crate) fn of_futures(symbol: &str) -> u8 {
    let pair = symbol.split_once('_').map_or("", |(pair, _)| pair);
    if pair.ends_with("USD") { COINM } else { USDM }
}
