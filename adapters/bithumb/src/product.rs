//! One namespace: `KRW-BTC` is quote and base (DOC market/all), not the `BTC_KRW` of the old interface.

use patchbay_feed::prelude::*;

pub(crate) const PRODUCTS: [Product; 1] =
    [Product::of("bithumb", &[Kind::Spot], |_| Kind::Spot, &["/v1"])];
