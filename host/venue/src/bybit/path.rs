//! URLs and paths: the product, the call.

use super::{INVERSE, LINEAR, OPTION, SPOT};
use crate::protocol::{Call, Endpoint, Product};

pub(super) const CATEGORIES: [&str; 4] = ["spot", "linear", "inverse", "option"];
const PRODUCTS: [Product; 4] = [SPOT, LINEAR, INVERSE, OPTION];

fn product(category: &str) -> Option<Product> {
    let place = CATEGORIES.iter().position(|name| *name == category)?;
    Some(PRODUCTS[place])
}

fn category(query: &str) -> Option<&str> {
    query.split('&').find_map(|pair| pair.strip_prefix("category="))
}

/// The product behind a recorded URL.
pub(super) fn product_of_url(url: &str) -> Option<Product> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (_, public) = base.split_once("/v5/public/").unwrap_or_default();
    product(public).or_else(|| product(category(query)?))
}

/// What a request asks for.
pub(super) fn endpoint(target: &str, recorded: &[Product]) -> Endpoint {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if let Some(product) = path.strip_prefix("/v5/public/").and_then(product) {
        return Endpoint::Stream { product, route: "", combined: true, names: Vec::new() };
    }
    let first = recorded.first().copied().unwrap_or(SPOT);
    let named = category(query).and_then(product);
    let call = match path {
        "/v5/market/time" => Call::Time,
        "/v5/market/instruments-info" if named.is_some() => Call::Instruments,
        "/v5/market/instruments-info" => Call::Bad("category"),
        "/v5/market/orderbook" | "/v5/market/tickers" | "/v5/market/recent-trade" => {
            Call::NotRecorded
        }
        _ => return Endpoint::Unknown,
    };
    Endpoint::Rest { product: named.unwrap_or(first), weight: 1, call }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_categories_tell_the_product() {
        assert_eq!(product_of_url("wss://stream.bybit.com/v5/public/linear"), Some(LINEAR));
        let url = "https://api.bybit.com/v5/market/instruments-info?&category=spot&limit=1000";
        assert_eq!(product_of_url(url), Some(SPOT));
        assert_eq!(product_of_url("wss://stream.bybit.com/v5/private"), None);
        let stream = endpoint("/v5/public/option", &[]);
        assert!(matches!(stream, Endpoint::Stream { product: OPTION, .. }));
        let time = endpoint("/v5/market/time", &[LINEAR]);
        assert!(matches!(time, Endpoint::Rest { product: LINEAR, call: Call::Time, .. }));
        assert_eq!(endpoint("/v5/order/create", &[]), Endpoint::Unknown);
    }
}
