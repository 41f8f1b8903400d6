//! From a frame to its channel.

use patchbay_feed::prelude::*;

use crate::{Market, depth, trade};

impl Frames for Market {
    /// Amounts and prices come twice, bare and as text: of the bare ones no digit matters.
    const EXACT: bool = true;
    const LABELS: &'static [&'static str] = &["event", "channel"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        push(f, at)?.then_some(()).ok_or(Declined)
    }

    /// WS Subscriptions, Reconnection, Error messages.
    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        match root.get_str("event").unwrap_or_default() {
            "bts:subscription_succeeded" => conn.accepted(0),
            "bts:request_reconnect" => conn.replace(self)?,
            "bts:error" => {
                let why = root.get("data").and_then(|data| data.get("message")?.into_string());
                conn.refused(0, why.unwrap_or("without a message"), self)?;
            }
            event if event.starts_with("bts:") => {}
            _ if push(&mut Tree::new(root), &mut conn.place(0))? => {
                conn.learn(0);
                return Ok(());
            }
            _ => {}
        }
        conn.ignore()
    }
}

/// Reads the data of a frame, which come before what they are; whether they are consumed.
#[inline]
fn push<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F, bool> {
    let [mut event, mut channel] = [&b""[..]; 2];
    let mut ahead = f.clone();
    let whole = &mut ahead;
    unordered!(whole, 3, {
        "event" => event = whole.text()?,
        "channel" => channel = whole.text()?,
        "data" => {
            whole.enter()?;
            whole.unordered([], 0, |_, _| Ok(()))?;
            whole.leave()?;
        },
    });
    whole.end()?;
    f.key(br#"{"data":"#)?.enter()?;
    match event {
        b"data" => match channel.strip_prefix(b"order_book_") {
            Some(symbol) => depth::read(f, symbol, at)?,
            None => return Ok(false),
        },
        b"trade" => trade::read(f, channel.strip_prefix(b"live_trades_").unwrap_or(b""), at)?,
        b"order_created" | b"order_changed" | b"order_deleted" => {
            trade::order(f, channel.strip_prefix(b"live_orders_").unwrap_or(b""), event, at)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// `microtimestamp`, as ns.
#[inline]
pub(crate) fn time<'f, F: Fields<'f>>(f: &mut F) -> Read<'f, F, i64> {
    let ns = i64::try_from(f.number()?).ok().and_then(|micros| micros.checked_mul(1_000));
    Ok(ns.ok_or_else(|| Error::new("a time beyond the year 2262"))?)
}
