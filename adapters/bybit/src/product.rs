//! The four categories. `BTCUSDT` is spot and linear: symbols belong to their category.

use patchbay_feed::prelude::*;

pub(crate) const SPOT: u8 = 0;
pub(crate) const LINEAR: u8 = 1;
pub(crate) const INVERSE: u8 = 2;
pub(crate) const OPTION: u8 = 3;

/// Marks are the websocket's path and the parameter of REST (V5 ws/connect, market/instrument).
pub(crate) const PRODUCTS: [Product; 4] = [
    Product::of("spot", &[Kind::Spot], |_| Kind::Spot, &["category=spot"]),
    Product::of("linear", &[Kind::Linear], |_| Kind::Linear, &["category=linear"]),
    Product::of("inverse", &[Kind::Inverse], |_| Kind::Inverse, &["category=inverse"]),
    Product::of("option", &[Kind::Option], |_| Kind::Option, &["category=option"]),
];
