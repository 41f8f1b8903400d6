//! REST: what is asked, and what is in the answers.

use patchbay_feed::prelude::*;

use crate::product::{APIS, COINM, SPOT, USDM, of_futures};
use crate::{Market, derivative};

const INTEREST: When = When::While(CHANNEL_OPEN_INTEREST, &[USDM, COINM]);

impl Calls for Market {
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Time, "time", When::Once, "time_s"),
        Call::of(Topic::Instruments, "exchangeInfo", When::Each, "instruments_s"),
        Call::of(Topic::Snapshot, "depth", When::Never, ""),
        Call::of(Topic::Mark, "premiumIndex", When::Never, ""),
        Call::of(Topic::OpenInterest, "openInterest", INTEREST, "open_interest_s"),
    ];
    /// hftbacktest's collector writes snapshots so.
    const BARE: Option<Topic> = Some(Topic::Snapshot);

    fn target(&self, call: &Call, request: Request, host: &Host, symbol: &str) -> String {
        let path = format!("{}{}", APIS[usize::from(request.product)], call.path);
        match (call.topic, symbol) {
            (_, "") => path,
            (Topic::Snapshot, _) => format!("{path}?symbol={symbol}&limit={}", host.levels),
            _ => format!("{path}?symbol={symbol}"),
        }
    }

    fn content<'t, 'f>(topic: Topic, root: Value<'t, 'f>) -> Result<Value<'t, 'f>> {
        let list = if topic == Topic::Instruments { root.get("symbols") } else { Some(root) };
        list.ok_or_else(|| Error::new("exchangeInfo without `symbols`"))
    }

    fn time(root: Value<'_, '_>) -> Result<Nanos> {
        Tree::new(root).key(br#""serverTime":"#)?.time()
    }

    /// A snapshot tells by what only one product's has.
    fn guess(root: Value<'_, '_>) -> Option<u8> {
        Some(match (root.get_str("symbol"), root.contains_key("E")) {
            (Some(symbol), _) => of_futures(symbol),
            (None, true) => USDM,
            (None, false) => SPOT,
        })
    }

    fn figure(&mut self, topic: Topic, f: &mut Tree<'_, '_>, at: &mut Place<'_, '_>) -> Result {
        let read = if topic == Topic::Mark { derivative::premium } else { derivative::interest };
        read(f, at)
    }
}
