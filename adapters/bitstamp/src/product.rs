//! One host, one namespace: `btcusd` is base and quote (API Markets).

use patchbay_feed::prelude::*;

pub(crate) const PRODUCTS: [Product; 1] =
    [Product::of("bitstamp", &[Kind::Spot], |_| Kind::Spot, &["bitstamp"])];
