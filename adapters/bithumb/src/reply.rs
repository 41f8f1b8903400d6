//! REST: what is asked, and what is in the answers. There is no clock to ask.

use patchbay_feed::prelude::*;

use crate::Market;

const MARKETS: &str = "/v1/market/all";

impl Calls for Market {
    /// DOC market/all, once for the list and more often for its warnings.
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Instruments, MARKETS, When::Each, "instruments_s"),
        Call::of(Topic::Status, MARKETS, When::Once, "status_s"),
    ];

    fn target(&self, call: &Call, _request: Request, _host: &Host, _symbol: &str) -> String {
        format!("{}?isDetails=true", call.path)
    }

    /// `market_warning`, as a code: 1 unless it is `NONE`.
    fn figure(&mut self, _topic: Topic, f: &mut Tree<'_, '_>, at: &mut Place<'_, '_>) -> Result {
        let symbol = f.key(br#"{"market":""#)?.text()?;
        let known = str::from_utf8(symbol).ok().and_then(|symbol| at.known(symbol));
        match (known, f.at(br#","market_warning":""#)) {
            (Some(to), true) => at.notice(to, 0, u32::from(f.text()? != b"NONE")),
            _ => Ok(()),
        }
    }
}
