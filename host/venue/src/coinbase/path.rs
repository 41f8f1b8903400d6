//! Hosts and paths: the product, the call.

use super::{ADVANCED, EXCHANGE};
use crate::protocol::{Call, Endpoint, Product};

/// Where each product's websockets are, also under earlier names.
const SOCKETS: [(&str, Product); 3] =
    [("advanced-trade-ws", ADVANCED), ("ws-feed", EXCHANGE), ("ws-direct", EXCHANGE)];

/// What REST paths of Advanced Trade begin with.
const BROKERAGE: &str = "/api/v3/brokerage";

/// The product behind a recorded URL.
pub(super) fn product_of_url(url: &str) -> Option<Product> {
    if url.contains(BROKERAGE) {
        return Some(ADVANCED);
    }
    let socket = SOCKETS.into_iter().find(|(name, _)| url.contains(name));
    socket.map(|(_, product)| product).or_else(|| url.ends_with("/products").then_some(EXCHANGE))
}

/// What a request asks for.
pub(super) fn endpoint(host: &str, target: &str, recorded: &[Product]) -> Endpoint {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let first = recorded.first().copied().unwrap_or(ADVANCED);
    if matches!(path, "" | "/") {
        let named = SOCKETS.into_iter().find(|(name, _)| host.starts_with(name));
        let product = named.map_or(first, |(_, product)| product);
        return Endpoint::Stream { product, route: "", combined: true, names: Vec::new() };
    }
    let (product, path) = match path.strip_prefix(BROKERAGE) {
        Some(path) => (ADVANCED, path.strip_prefix("/market").unwrap_or(path)),
        None => (EXCHANGE, path),
    };
    let future = query.split('&').any(|pair| pair == "product_type=FUTURE");
    let call = match path {
        "/time" => Call::Time,
        "/products" if !future => Call::Instruments,
        "/products" => Call::NotRecorded,
        _ if path.starts_with("/products/") || path == "/product_book" => Call::NotRecorded,
        _ => return Endpoint::Unknown,
    };
    Endpoint::Rest { product, weight: 1, call }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_paths_tell_the_product() {
        for (url, product) in [
            ("wss://advanced-trade-ws.coinbase.com", Some(ADVANCED)),
            ("https://api.coinbase.com/api/v3/brokerage/market/products", Some(ADVANCED)),
            ("wss://ws-feed.pro.coinbase.com", Some(EXCHANGE)),
            ("https://api.pro.coinbase.com/products", Some(EXCHANGE)),
            ("https://api.coinbase.com/v2/accounts", None),
        ] {
            assert_eq!(product_of_url(url), product, "{url}");
        }
        let socket = endpoint("ws-feed.exchange.coinbase.com", "/", &[ADVANCED]);
        assert!(matches!(socket, Endpoint::Stream { product: EXCHANGE, .. }));
        assert!(matches!(
            endpoint("localhost", "/", &[EXCHANGE]),
            Endpoint::Stream { product: EXCHANGE, .. }
        ));
        let call = |target: &str| match endpoint("api.coinbase.com", target, &[]) {
            Endpoint::Rest { product, call, .. } => Some((product, call)),
            _ => None,
        };
        let list = "/api/v3/brokerage/market/products";
        assert_eq!(call(&format!("{list}?product_type=SPOT")), Some((ADVANCED, Call::Instruments)));
        let futures = format!("{list}?product_type=FUTURE");
        assert_eq!(call(&futures), Some((ADVANCED, Call::NotRecorded)));
        assert_eq!(call("/api/v3/brokerage/time"), Some((ADVANCED, Call::Time)));
        assert_eq!(call("/products"), Some((EXCHANGE, Call::Instruments)));
        assert_eq!(call("/orders"), None);
    }
}
