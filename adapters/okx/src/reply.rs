//! REST: what is asked, and what is in the answers.

use patchbay_feed::prelude::*;

use crate::Market;

impl Calls for Market {
    /// DOC Public Data, REST API.
    const CALLS: &'static [Call] = &[
        Call::of(Topic::Time, "/api/v5/public/time", When::Once, "time_s"),
        Call::of(Topic::Instruments, "/api/v5/public/instruments", When::Each, "instruments_s"),
    ];

    fn content<'t, 'f>(_topic: Topic, root: Value<'t, 'f>) -> Result<Value<'t, 'f>> {
        root.get("data").ok_or_else(|| Error::new("an answer without `data`"))
    }

    fn time(root: Value<'_, '_>) -> Result<Nanos> {
        let data = root.get("data").and_then(|data| data.get_idx(0));
        let data = data.ok_or_else(|| Error::new("a time without `data`"))?;
        Tree::new(data).key(br#"{"ts":""#)?.time()
    }
}
