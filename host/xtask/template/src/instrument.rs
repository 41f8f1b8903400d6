//! Instruments.

use patchbay_feed::prelude::*;

use crate::Market;

impl Instruments for Market {
    /// DOC list of instruments.
    fn instrument(
        _product: u8,
        entry: Value<'_, '_>,
        known: Option<(i8, i8)>,
    ) -> Result<Option<Instrument>> {
        let text = |key| entry.get_str(key);
        let sizes = Sizes { tick: text("tick"), lot: text("lot"), ..Sizes::default() };
        let [base, quote] = ["base", "quote"].map(|key| text(key).unwrap_or_default().to_owned());
        let made = define(Self::symbol(entry), Kind::Spot, &sizes, known)?;
        Ok(Some(Instrument { base, quote, session: SESSION_CONTINUOUS, ..made }))
    }
}
