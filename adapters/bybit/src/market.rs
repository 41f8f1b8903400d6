//! From a frame to its kind.

use patchbay_feed::prelude::*;

use crate::product::SPOT;
use crate::{Market, depth, derivative, quote, trade};

impl Frames for Market {
    const LABELS: &'static [&'static str] = &["topic"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        let topic = f.key(br#"{"topic":""#)?.text()?;
        self.event(topic, f, at)?.then_some(()).ok_or(Declined)
    }

    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        if let (Some(topic), Some(product)) = (root.get_str("topic"), conn.product)
            && self.event(topic.as_bytes(), &mut Tree::new(root), &mut conn.place(product))?
        {
            return Ok(());
        }
        // V5 ws/connect, Understanding the Subscription Response. Spot and options have forms of
        // their own, and the first snapshot may come before all of them.
        let failed = root.get("data").and_then(|data| data.get_array("failTopics"));
        let failed = failed.is_some_and(|list| !list.is_empty());
        let id = root.get_str("req_id").and_then(|id| id.parse().ok()).unwrap_or(0);
        match (root.get_str("op"), root.get_bool("success")) {
            (Some("ping" | "pong"), _) | (_, None) => {}
            (_, Some(true)) if !failed => conn.accepted(id),
            _ => conn.refused(id, &root.encode(), self)?,
        }
        conn.ignore()
    }

    fn forget(&mut self, conn: u32) {
        self.tickers.forget(conn);
    }
}

impl Market {
    /// Reads an event; whether it is of a kind that is consumed.
    #[inline]
    fn event<'f, F: Fields<'f>>(
        &mut self,
        topic: &[u8],
        f: &mut F,
        at: &mut Place<'_, '_>,
    ) -> Result<bool, F::Stop> {
        let mut parts = str::from_utf8(topic).unwrap_or_default().split('.');
        match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
            ("orderbook", "1") => quote::read(f, at)?,
            ("orderbook", levels) => depth::read(f, at, levels)?,
            ("publicTrade", _) => trade::read(f, at)?,
            // Spot's hold nothing that is not in other topics.
            ("tickers", _) if at.product != SPOT => derivative::read(f, at, &mut self.tickers)?,
            ("allLiquidation", _) => trade::liquidations(f, at)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Whether a frame is a snapshot, and its time: on spot they stand the other way round.
#[inline(always)]
pub(crate) fn head<'f, F: Fields<'f>>(f: &mut F) -> Result<(bool, i64), F::Stop> {
    let early = f.at(br#","ts":"#).then(|| f.time()).transpose()?;
    let whole = f.key(br#","type":""#)?.text()? == b"snapshot";
    let time = early.map_or_else(|| f.key(br#","ts":"#)?.time(), Ok)?;
    Ok((whole, time))
}
