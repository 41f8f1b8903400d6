//! REST: what is asked, and what is in the answers.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::ADVANCED;

impl Calls for Market {
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Time, "time", When::Once, "time_s"),
        Call::of(Topic::Instruments, "products", When::Each, "instruments_s"),
    ];

    /// AT Get Server Time, List Public Products; EX Get server time, Get all known trading pairs.
    fn target(&self, call: &Call, request: Request, _host: &Host, _symbol: &str) -> String {
        let api = match (request.product, call.topic) {
            (ADVANCED, Topic::Time) => "/api/v3/brokerage/",
            (ADVANCED, _) => "/api/v3/brokerage/market/",
            _ => "/",
        };
        format!("{api}{}", call.path)
    }

    /// The Exchange's list has no envelope.
    fn content<'t, 'f>(topic: Topic, root: Value<'t, 'f>) -> Result<Value<'t, 'f>> {
        let list = root.get("products").filter(|_| topic == Topic::Instruments);
        Ok(list.unwrap_or(root))
    }

    fn page(root: Value<'_, '_>) -> Option<String> {
        let pages = root.get("pagination")?;
        let more = pages.get_bool("has_next")?;
        more.then(|| format!("&cursor={}", pages.get_str("next_cursor").unwrap_or_default()))
    }

    fn time(root: Value<'_, '_>) -> Result<Nanos> {
        Tree::new(root).key(br#""iso":""#)?.iso()
    }
}
