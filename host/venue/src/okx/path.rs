//! Paths: the sockets, the calls; what symbols tell.

use super::OKX;
use crate::protocol::{Call, Endpoint};

/// Routes of websockets (Overview, Production Trading Services).
pub(super) const PUBLIC: &str = "public";
pub(super) const BUSINESS: &str = "business";

/// Path of the lists of instruments.
const LISTS: &str = "/api/v5/public/instruments";

/// What a request asks for.
pub(super) fn endpoint(target: &str) -> Endpoint {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let stream =
        |route| Endpoint::Stream { product: OKX, route, combined: true, names: Vec::new() };
    // Of 20 calls in 2 s: the time may be asked for half as often.
    let (weight, call) = match path {
        "/ws/v5/public" => return stream(PUBLIC),
        "/ws/v5/business" => return stream(BUSINESS),
        "/api/v5/public/time" => (2, Call::Time),
        LISTS => (1, asked(query).map_or_else(Call::Bad, Call::List)),
        "/api/v5/market/books" | "/api/v5/market/trades" | "/api/v5/market/ticker" => {
            (1, Call::NotRecorded)
        }
        _ => return Endpoint::Unknown,
    };
    Endpoint::Rest { product: OKX, weight, call }
}

/// Name of the list behind a recorded URL: `SPOT`, `OPTION BTC-USD`.
pub(super) fn list(url: &str) -> Option<String> {
    let (path, query) = url.split_once('?')?;
    path.ends_with(LISTS).then(|| asked(query).ok()).flatten()
}

/// The same of a query; `Err` has the parameter that is bad (Public Data, Get instruments).
fn asked(query: &str) -> Result<String, &'static str> {
    let word = |key: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
    };
    match word("instType").ok_or("instType")? {
        kind @ ("SPOT" | "SWAP" | "FUTURES") => Ok(kind.to_owned()),
        "OPTION" => {
            let family = word("instFamily").or_else(|| word("uly")).ok_or("instFamily")?;
            Ok(format!("OPTION {family}"))
        }
        _ => Err("instType"),
    }
}

/// `instType` of `BTC-USDT`, `BTC-USDT-SWAP`, `BTC-USD-260327`, `BTC-USD-260327-60000-C`.
pub(super) fn kind(symbol: &str) -> &'static str {
    match symbol.split('-').count() {
        2 => "SPOT",
        3 if symbol.ends_with("-SWAP") => "SWAP",
        3 => "FUTURES",
        5 => "OPTION",
        _ => "",
    }
}

/// Whether a list is the one of a symbol.
pub(super) fn listed(list: &str, symbol: &str) -> bool {
    match list.split_once(' ') {
        Some((of, family)) => kind(symbol) == of && symbol.starts_with(family),
        None => kind(symbol) == list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_calls_and_lists() {
        let route = |target| match endpoint(target) {
            Endpoint::Stream { route, .. } => Some(route),
            _ => None,
        };
        assert_eq!(route("/ws/v5/public"), Some(PUBLIC));
        assert_eq!(route("/ws/v5/business"), Some(BUSINESS));
        assert_eq!(route("/ws/v5/private"), None);
        let call = |query: &str| match endpoint(&format!("{LISTS}{query}")) {
            Endpoint::Rest { call, .. } => call,
            _ => panic!("{query}"),
        };
        assert_eq!(call("?instType=SWAP"), Call::List("SWAP".to_owned()));
        let options = Call::List("OPTION BTC-USD".to_owned());
        assert_eq!(call("?instType=OPTION&instFamily=BTC-USD"), options);
        assert_eq!(call("?instType=OPTION"), Call::Bad("instFamily"));
        assert_eq!(call(""), Call::Bad("instType"));
        let recorded = "https://www.okex.com/api/v5/public/instruments?instType=OPTION&uly=BTC-USD";
        assert_eq!(list(recorded).as_deref(), Some("OPTION BTC-USD"));
        assert_eq!(list("https://www.okex.com/api/v5/public/time?"), None);
    }

    #[test]
    fn symbols_tell_their_list() {
        assert!(listed("SPOT", "BTC-USDT") && listed("SWAP", "BTC-USDT-SWAP"));
        assert!(listed("FUTURES", "BTC-USD-260327") && !listed("SWAP", "BTC-USD-260327"));
        assert!(listed("OPTION BTC-USD", "BTC-USD-260327-60000-C"));
        assert!(!listed("OPTION ETH-USD", "BTC-USD-260327-60000-C"));
    }
}
