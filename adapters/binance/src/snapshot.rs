//! Books by REST.

use patchbay_feed::prelude::*;

use crate::Market;

impl Books for Market {
    /// DERIV and SPOT, How to manage a local order book: ids of both are one. That changes list every
    /// level that was touched is not documented; docs/decisions/0007 has what recordings show.
    const AUDITS: bool = true;

    /// `/depth` (SPOT rest-api.md, Order book; DERIV Order Book). Spot sends no time, and only
    /// COIN-M the symbol.
    fn snapshot<'f, F: Fields<'f>>(
        f: &mut F,
        target: Target,
        at: &mut Place<'_, '_>,
    ) -> Read<'f, F> {
        let sequence = f.key(br#"{"lastUpdateId":"#)?.number()?;
        let time = f.at(br#","E":"#).then(|| f.time()).transpose()?;
        skip!(f, br#","T":"#, br#","symbol":""#, br#","pair":""#);
        let levels = at.levels;
        let mut depth = at.depth(target, (sequence, time.unwrap_or(0)), DEPTH_SNAPSHOT)?;
        depth.start().scope = SCOPE_NONE;
        f.sides((br#","bids":"#, br#","asks":"#), target, &mut depth)?;
        f.end()?;
        depth.start().flags |= if depth.deepest() >= levels { DEPTH_PARTIAL } else { 0 };
        Ok(depth.finish()?)
    }
}
