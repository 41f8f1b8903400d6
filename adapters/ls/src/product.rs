//! One gateway, one namespace: `005930` at KRX, `N005930` the same stock at NXT.

use patchbay_feed::prelude::*;

use crate::Market;

pub(crate) const LS: u8 = 0;

/// Prices are whole KRW, quantities whole shares.
pub(crate) const PRODUCTS: [Product; 1] = [Product {
    exps: (0, 0),
    ..Product::of("ls", &[Kind::Equity], |_| Kind::Equity, &["openapi.ls-sec.co.kr"])
}];

/// Korea is 9 hours east of UTC, all year.
const KST: Nanos = 9 * 3_600_000_000_000;

/// Where a stock is traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Board {
    Kospi,
    Kosdaq,
    Nxt,
}

impl Market {
    /// The server does not pick the market: of the wrong one it acknowledges and sends nothing.
    pub(crate) fn board(&self, symbol: &[u8]) -> Board {
        match symbol {
            [b'N', ..] => Board::Nxt,
            _ if self.kosdaq.contains(symbol) => Board::Kosdaq,
            _ => Board::Kospi,
        }
    }
}

/// A symbol out of a field, which may be padded with spaces, or begin with an `A`.
pub(crate) fn symbol(field: &[u8]) -> &[u8] {
    match field.trim_ascii_end() {
        [b'A', code @ ..] if code.len() == 6 => code,
        code => code,
    }
}

/// A time of day in Korea, with whatever follows its seconds, as received at `now`; 0 for what is
/// none, such as `K0257` (DOC NVI).
pub(crate) fn time(text: &[u8], now: Nanos) -> Nanos {
    time_of_day(text, KST, now).unwrap_or(0)
}
