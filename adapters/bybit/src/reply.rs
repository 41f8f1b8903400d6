//! REST: what is asked, and what is in the answers.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::{OPTION, PRODUCTS};

impl Calls for Market {
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Time, "/v5/market/time", When::Once, "time_s"),
        Call::of(Topic::Instruments, "/v5/market/instruments-info", When::Each, "instruments_s"),
    ];

    /// V5 market/instrument: 1000 a page; options of one base coin.
    fn target(&self, call: &Call, request: Request, _host: &Host, _symbol: &str) -> String {
        let name = PRODUCTS[usize::from(request.product)].name;
        let coin = if request.product == OPTION { self.option_coin.as_str() } else { "" };
        match (call.topic, coin) {
            (Topic::Time, _) => call.path.to_owned(),
            (_, "") => format!("{}?category={name}&limit=1000", call.path),
            _ => format!("{}?category={name}&baseCoin={coin}&limit=1000", call.path),
        }
    }

    fn content<'t, 'f>(topic: Topic, root: Value<'t, 'f>) -> Result<Value<'t, 'f>> {
        let found = root.get("result");
        let found =
            if topic == Topic::Instruments { found.and_then(|r| r.get("list")) } else { found };
        found.ok_or_else(|| Error::new("an answer without `result`, or a list without `list`"))
    }

    fn page(root: Value<'_, '_>) -> Option<String> {
        let cursor = root.get("result")?.get("nextPageCursor")?.into_string()?;
        (!cursor.is_empty()).then(|| format!("&cursor={cursor}"))
    }

    fn time(root: Value<'_, '_>) -> Result<Nanos> {
        Tree::new(Self::content(Topic::Time, root)?).key(br#""timeNano":""#)?.decimal(0)
    }
}
