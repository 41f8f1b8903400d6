//! REST: what is asked, and what is in the answers. There is no clock to ask.

use patchbay_feed::prelude::*;

use crate::Market;

const MARKETS: &str = "/v1/market/all";

impl Calls for Market {
    /// DOC list-trading-pairs, once for the list and more often for its warnings.
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Instruments, MARKETS, When::Each, "instruments_s"),
        Call::of(Topic::Status, MARKETS, When::Once, "status_s"),
    ];

    fn target(&self, call: &Call, _request: Request, _host: &Host, _symbol: &str) -> String {
        format!("{}?is_details=true", call.path)
    }

    /// `market_event`, as a code: 1 for a warning, and 2, 4, 8, 16, 32 for cautions in the order of
    /// the documentation.
    fn figure(&mut self, _topic: Topic, f: &mut Tree<'_, '_>, at: &mut Place<'_, '_>) -> Result {
        let symbol = f.key(br#"{"market":""#)?.text()?;
        let known = str::from_utf8(symbol).ok().and_then(|symbol| at.known(symbol));
        let (Some(to), true) = (known, f.at(br#","market_event":"#)) else {
            return Ok(());
        };
        f.enter()?;
        let mut code = u32::from(f.key(br#"{"warning":"#)?.flag()?);
        f.key(br#","caution":"#)?.enter()?;
        unordered!(f, 0, {
            "PRICE_FLUCTUATIONS" => code |= u32::from(f.flag()?) << 1,
            "TRADING_VOLUME_SOARING" => code |= u32::from(f.flag()?) << 2,
            "DEPOSIT_AMOUNT_SOARING" => code |= u32::from(f.flag()?) << 3,
            "GLOBAL_PRICE_DIFFERENCES" => code |= u32::from(f.flag()?) << 4,
            "CONCENTRATION_OF_SMALL_ACCOUNTS" => code |= u32::from(f.flag()?) << 5,
        });
        at.notice(to, 0, code)
    }
}
