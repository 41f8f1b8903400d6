//! Paths: the socket, the calls.

use super::UPBIT;
use crate::protocol::{Call, Endpoint};

/// Path of the list of markets (list-trading-pairs).
pub(super) const MARKETS: &str = "/v1/market/all";

/// What a request asks for.
pub(super) fn endpoint(target: &str) -> Endpoint {
    let call = match target.split('?').next().unwrap_or_default() {
        "/websocket/v1" => {
            let (product, names) = (UPBIT, Vec::new());
            return Endpoint::Stream { product, route: "", combined: false, names };
        }
        MARKETS => Call::Instruments,
        "/v1/orderbook"
        | "/v1/orderbook/instruments"
        | "/v1/ticker"
        | "/v1/ticker/all"
        | "/v1/trades/ticks" => Call::NotRecorded,
        _ => return Endpoint::Unknown,
    };
    Endpoint::Rest { product: UPBIT, weight: 1, call }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_socket_and_one_list() {
        assert!(matches!(endpoint("/websocket/v1"), Endpoint::Stream { combined: false, .. }));
        assert_eq!(endpoint("/websocket/v1/private"), Endpoint::Unknown);
        let list = endpoint("/v1/market/all?is_details=true");
        assert!(matches!(list, Endpoint::Rest { call: Call::Instruments, .. }));
        let book = endpoint("/v1/orderbook?markets=KRW-BTC");
        assert!(matches!(book, Endpoint::Rest { call: Call::NotRecorded, .. }));
    }
}
