//! One host, one namespace: `KRW-BTC` is quote and base (DOC list-trading-pairs).

use patchbay_feed::prelude::*;

pub(crate) const PRODUCTS: [Product; 1] =
    [Product::of("upbit", &[Kind::Spot], |_| Kind::Spot, &["/v1"])];
