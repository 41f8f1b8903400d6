//! Paths: the socket and the methods.

use super::DERIBIT;
use crate::protocol::{Call, Endpoint};

/// Nothing is locked (public/status).
const OPEN: &str = r#"{"jsonrpc":"2.0","result":{"locked":"false","locked_indices":[]},"usIn":0,"usOut":0,"usDiff":0,"testnet":false}"#;

/// What a request asks for (JSON-RPC over Websocket, over HTTP).
pub(super) fn endpoint(target: &str) -> Endpoint {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == "/ws/api/v2" {
        let names = Vec::new();
        return Endpoint::Stream { product: DERIBIT, route: "", combined: true, names };
    }
    let call = match path.strip_prefix("/api/v2/public/") {
        Some("get_time") => Call::Time,
        Some("get_instruments") if query.contains("currency=") => Call::Instruments,
        Some("get_instruments") => Call::Bad("currency"),
        Some("status") => Call::Always(OPEN),
        Some("ticker" | "get_order_book" | "get_last_trades_by_instrument") => Call::NotRecorded,
        _ => return Endpoint::Unknown,
    };
    Endpoint::Rest { product: DERIBIT, weight: 1, call }
}

/// What a symbol tells (Naming): `BTC-PERPETUAL`, `ETH_USDC-PERPETUAL`, `BTC-25MAR27-60000-C`,
/// `BTC_USDC`.
pub(super) fn kind(symbol: &str) -> &'static str {
    match symbol.split('-').collect::<Vec<_>>()[..] {
        [_] => "spot",
        [_, _, _, _] => "option",
        [pair, ..] if pair.contains('_') => "linear",
        _ => "inverse",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_paths() {
        assert!(matches!(endpoint("/ws/api/v2"), Endpoint::Stream { product: DERIBIT, .. }));
        let call = |target| match endpoint(target) {
            Endpoint::Rest { call, .. } => Some(call),
            _ => None,
        };
        assert_eq!(call("/api/v2/public/get_time"), Some(Call::Time));
        let list = "/api/v2/public/get_instruments";
        assert_eq!(call("/api/v2/public/get_instruments?currency=any"), Some(Call::Instruments));
        assert_eq!(call(list), Some(Call::Bad("currency")));
        assert_eq!(call("/api/v2/private/buy"), None);
        let Some(Call::Always(body)) = call("/api/v2/public/status") else { panic!("no status") };
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["result"]["locked"], "false");
    }

    #[test]
    fn symbols_tell_their_kind() {
        let symbols = ["BTC-PERPETUAL", "ETH_USDC-PERPETUAL", "BTC-25MAR27-60000-C", "BTC_USDC"];
        assert_eq!(symbols.map(kind), ["inverse", "linear", "option", "spot"]);
    }
}
