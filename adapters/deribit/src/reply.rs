//! REST: what is asked, and what is in the answers.

use patchbay_feed::prelude::*;

use crate::Market;
use crate::product::is_of;

impl Calls for Market {
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Time, "public/get_time", When::Once, "time_s"),
        Call::of(Topic::Status, "public/status", When::Once, "status_s"),
        Call::of(Topic::Instruments, "public/get_instruments", When::Each, "instruments_s"),
    ];

    /// DOC public/get_instruments: all currencies, all kinds.
    fn target(&self, call: &Call, _request: Request, _host: &Host, _symbol: &str) -> String {
        let query = if call.topic == Topic::Instruments { "?currency=any" } else { "" };
        format!("/api/v2/{}{query}", call.path)
    }

    /// Of a venue that is locked in part, the indices that are.
    fn content<'t, 'f>(topic: Topic, root: Value<'t, 'f>) -> Result<Value<'t, 'f>> {
        let result = root.get("result").ok_or_else(|| Error::new("field `result` is missing"))?;
        let partial = topic == Topic::Status && result.get_str("locked") == Some("partial");
        Ok(result.get("locked_indices").filter(|_| partial).unwrap_or(result))
    }

    /// DOC public/get_time: ms.
    fn time(root: Value<'_, '_>) -> Result<Nanos> {
        Tree::new(root).key(br#""result":"#)?.time()
    }

    /// DOC public/status: whether the venue is locked, or else an index that is.
    fn figure(&mut self, _topic: Topic, f: &mut Tree<'_, '_>, at: &mut Place<'_, '_>) -> Result {
        if let Ok(index) = f.text().map(String::from_utf8_lossy) {
            return at.state_where(|l| is_of(&l.symbol, &index), 0, SESSION_CANCEL_ONLY);
        }
        let locked = f.key(br#""locked":""#)?.text()? == b"true";
        let state = if locked { SESSION_CANCEL_ONLY } else { SESSION_CONTINUOUS };
        at.status(None, (0, 0, 0), state, 0)
    }
}
