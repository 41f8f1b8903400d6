//! One host, one namespace of symbols.

use patchbay_feed::prelude::*;

pub(crate) const PRODUCTS: [Product; 1] =
    [Product::of("template", &[Kind::Spot], |_| Kind::Spot, &["template"])];
