//! URLs and paths: the product, the route, the call.

use super::{COINM, SPOT, USDM};
use crate::protocol::{Call, Endpoint, Product};

/// The first segments that name a product, ours.
const PREFIXES: [(&str, Product); 3] = [("/spot", SPOT), ("/usdm", USDM), ("/coinm", COINM)];

/// Where each product's REST paths begin.
const APIS: [(&str, Product); 3] = [("/api/v3/", SPOT), ("/fapi/v1/", USDM), ("/dapi/v1/", COINM)];

/// The routes of USD-M.
const ROUTES: [&str; 2] = ["/public", "/market"];

/// The product behind a recorded URL.
pub(super) fn product_of_url(url: &str) -> Option<Product> {
    let base = url.split('?').next()?;
    let (_, rest) = base.split_once("://")?;
    let host = rest.split(['/', ':']).next()?;
    product_of_host(host).or_else(|| {
        let has = |(name, _): &&(&str, Product)| base.contains(name);
        [("/fapi/", USDM), ("/dapi/", COINM), ("/api/", SPOT)].iter().find(has).map(|(_, p)| *p)
    })
}

/// The product of a host name of the venue.
fn product_of_host(host: &str) -> Option<Product> {
    let name = host.split(':').next()?;
    let starts = |names: &[&str]| names.iter().any(|start| name.starts_with(start));
    match () {
        () if !name.contains("binance") => None,
        () if starts(&["fstream", "fapi"]) => Some(USDM),
        () if starts(&["dstream", "dapi"]) => Some(COINM),
        () if starts(&["stream", "api", "data-", "www"]) => Some(SPOT),
        () => None,
    }
}

/// What a request asks for.
pub(super) fn endpoint(
    host: &str,
    target: &str,
    recorded: &[Product],
    legacy_routes: bool,
) -> Endpoint {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (named, path) = prefix(path);
    for (api, product) in APIS {
        if let Some(call) = path.strip_prefix(api) {
            return rest(product, call, query);
        }
    }
    let (route, path) = route(path);
    let guess = || match (route, recorded) {
        ("", [only]) => *only,
        ("", [SPOT, ..] | []) => SPOT,
        ("", [_, ..]) => COINM, // USD-M has routes.
        _ => USDM,
    };
    let product = named.or_else(|| product_of_host(host)).unwrap_or_else(guess);
    if route.is_empty() == (product == USDM) && !(product == USDM && legacy_routes) {
        return Endpoint::Unknown;
    }
    let names = |text: &str| -> Vec<String> {
        text.split('/').filter(|name| !name.is_empty()).filter_map(decoded).collect()
    };
    match path {
        "/stream" => {
            let streams = parameter(query, "streams").unwrap_or_default();
            Endpoint::Stream { product, route, combined: true, names: names(streams) }
        }
        _ => match path.strip_prefix("/ws") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                Endpoint::Stream { product, route, combined: false, names: names(rest) }
            }
            _ => Endpoint::Unknown,
        },
    }
}

fn prefix(path: &str) -> (Option<Product>, &str) {
    for (prefix, product) in PREFIXES {
        if let Some(rest) = path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')) {
            return (Some(product), rest);
        }
    }
    (None, path)
}

fn route(path: &str) -> (&'static str, &str) {
    for route in ROUTES {
        if let Some(rest) = path.strip_prefix(route).filter(|rest| rest.starts_with('/')) {
            return (route, rest);
        }
    }
    ("", path)
}

fn rest(product: Product, name: &str, query: &str) -> Endpoint {
    let (weight, call) = match name {
        "time" => (1, Call::Time),
        "exchangeInfo" => (if product == SPOT { 20 } else { 1 }, Call::Instruments),
        "depth" => depth(product, query),
        "openInterest" | "premiumIndex" | "fundingRate" | "trades" | "aggTrades" | "klines" => {
            (1, Call::NotRecorded)
        }
        _ => return Endpoint::Unknown,
    };
    Endpoint::Rest { product, weight, call }
}

/// Weight and parameters of a book.
fn depth(product: Product, query: &str) -> (u32, Call) {
    let Some(symbol) = parameter(query, "symbol").and_then(decoded) else {
        return (1, Call::Bad("symbol"));
    };
    let usual = if product == SPOT { 100 } else { 500 };
    let limit = parameter(query, "limit").map_or(Ok(usual), str::parse);
    let table: &[(usize, u32)] = match product {
        SPOT => &[(100, 5), (500, 25), (1000, 50), (5000, 250)],
        _ => &[(50, 2), (100, 5), (500, 10), (1000, 20)],
    };
    match limit {
        Ok(limit) if limit > 0 => match table.iter().find(|(most, _)| limit <= *most) {
            Some(&(_, weight)) => (weight, Call::Depth { symbol, limit }),
            // Spot gives what it has, futures refuse.
            None if product == SPOT => (250, Call::Depth { symbol, limit: 5000 }),
            None => (1, Call::Bad("limit")),
        },
        _ => (1, Call::Bad("limit")),
    }
}

/// A parameter of a query, as it stands there.
fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(k, _)| *k == name).map(|p| p.1)
}

/// Undoes percent-encoding: symbols need not be ASCII.
fn decoded(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('%').unwrap_or((text, ""));
    let mut bytes = first.as_bytes().to_vec();
    for part in rest.split('%').filter(|part| !part.is_empty()) {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(target: &str, recorded: &[Product]) -> Option<(Product, &'static str, bool, usize)> {
        match endpoint("127.0.0.1:1", target, recorded, false) {
            Endpoint::Stream { product, route, combined, names } => {
                Some((product, route, combined, names.len()))
            }
            _ => None,
        }
    }

    #[test]
    fn websockets_by_prefix_route_and_recording() {
        assert_eq!(stream("/stream?streams=a@trade/b@trade", &[SPOT]), Some((SPOT, "", true, 2)));
        assert_eq!(stream("/coinm/ws/a@trade", &[SPOT]), Some((COINM, "", false, 1)));
        assert_eq!(stream("/public/stream", &[SPOT, USDM]), Some((USDM, "/public", true, 0)));
        assert_eq!(stream("/stream", &[USDM, COINM]), Some((COINM, "", true, 0)));
        assert_eq!(stream("/stream", &[USDM]), None, "retired");
        assert_eq!(stream("/wss", &[SPOT]), None);
        let by_host = endpoint("dstream.binance.com", "/ws", &[SPOT], false);
        assert!(matches!(by_host, Endpoint::Stream { product: COINM, .. }));
    }

    #[test]
    fn rest_calls_and_their_weights() {
        let weight = |target| match endpoint("", target, &[], false) {
            Endpoint::Rest { weight, call, .. } => Some((weight, call)),
            _ => None,
        };
        let (w, call) = weight("/fapi/v1/depth?symbol=BTCUSDT&limit=1000").unwrap();
        assert_eq!((w, call), (20, Call::Depth { symbol: "BTCUSDT".into(), limit: 1000 }));
        assert_eq!(weight("/api/v3/depth?symbol=%E5%B8%81&limit=5000").unwrap().0, 250);
        assert_eq!(weight("/dapi/v1/depth?symbol=A&limit=1001").unwrap().1, Call::Bad("limit"));
        assert_eq!(weight("/fapi/v1/openInterest?symbol=A").unwrap().1, Call::NotRecorded);
        assert_eq!(weight("/api/v3/account"), None);
        assert_eq!(weight("/usdm/fapi/v1/time").unwrap().1, Call::Time);
    }

    #[test]
    fn products_of_recorded_urls() {
        assert_eq!(product_of_url("wss://stream.binance.com:9443/stream?x"), Some(SPOT));
        assert_eq!(product_of_url("https://www.binance.com/api/v1/depth?symbol=A"), Some(SPOT));
        assert_eq!(product_of_url("https://fapi.binance.com/fapi/v1/depth"), Some(USDM));
        assert_eq!(product_of_url("wss://dstream.binance.com/ws"), Some(COINM));
        assert_eq!(product_of_url(""), None);
    }
}
