//! Paths: the socket, the calls.

use super::BITSTAMP;
use crate::protocol::{Call, Endpoint};

/// Path of the list of markets (API Markets).
pub(super) const MARKETS: &str = "/api/v2/markets";

/// What a request asks for.
pub(super) fn endpoint(target: &str) -> Endpoint {
    let path = target.split('?').next().unwrap_or_default().trim_end_matches('/');
    let call = match path {
        "" => {
            let (product, names) = (BITSTAMP, Vec::new());
            return Endpoint::Stream { product, route: "", combined: false, names };
        }
        MARKETS => Call::Instruments,
        _ if ["order_book/", "transactions/", "ticker/", "ohlc/", "order_data"].iter().any(
            |call| path.strip_prefix("/api/v2/").is_some_and(|path| path.starts_with(call)),
        ) =>
        {
            Call::NotRecorded
        }
        _ => return Endpoint::Unknown,
    };
    Endpoint::Rest { product: BITSTAMP, weight: 1, call }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_socket_and_one_list() {
        assert!(matches!(endpoint("/"), Endpoint::Stream { combined: false, .. }));
        let list = endpoint("/api/v2/markets/");
        assert!(matches!(list, Endpoint::Rest { call: Call::Instruments, .. }));
        let orders = endpoint("/api/v2/order_book/btcusd/?group=2");
        assert!(matches!(orders, Endpoint::Rest { call: Call::NotRecorded, .. }));
        assert_eq!(endpoint("/api/v2/buy/btcusd/"), Endpoint::Unknown);
    }
}
