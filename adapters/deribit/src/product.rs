//! The one product: all symbols are of one host, and none is used twice.

use patchbay_feed::prelude::*;

pub(crate) const DERIBIT: u8 = 0;

const KINDS: [Kind; 4] = [Kind::Inverse, Kind::Linear, Kind::Option, Kind::Spot];

pub(crate) const PRODUCTS: [Product; 1] =
    [Product::of("deribit", &KINDS, kind, &["deribit.com", "drb.coinbase.com"])];

/// `BTC-PERPETUAL`, `BTC-25MAR27`, `ETH_USDC-PERPETUAL`, `BTC-25MAR27-60000-C`, `BTC_USDC` (DOC
/// Naming).
fn kind(symbol: &str) -> Kind {
    let (head, rest) = symbol.split_once('-').unwrap_or((symbol, ""));
    match rest {
        "" => Kind::Spot,
        _ if rest.ends_with("-C") || rest.ends_with("-P") => Kind::Option,
        _ if head.contains('_') => Kind::Linear,
        _ => Kind::Inverse,
    }
}

/// Whether a symbol is priced by an index: `btc_usd` prices `BTC-...`, `sol_usdc` prices `SOL_USDC`
/// and `SOL_USDC-...`.
pub(crate) fn is_of(symbol: &str, index: &str) -> bool {
    let head = symbol.split('-').next().unwrap_or_default();
    head.eq_ignore_ascii_case(index.strip_suffix("_usd").unwrap_or(index))
}
