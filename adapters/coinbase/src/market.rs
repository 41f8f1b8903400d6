//! From a frame to its channel.

use patchbay_feed::prelude::*;

use crate::instrument::session;
use crate::product::{ADVANCED, EXCHANGE};
use crate::{Market, depth, quote, trade};

impl Frames for Market {
    const LABELS: &'static [&'static str] = &["channel", "type", "product_id"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        push(f, at)?.then_some(()).ok_or(Declined)
    }

    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        let (channel, start) = (root.get_str("channel"), conn.cx.records());
        let kind = channel.or_else(|| root.get_str("type"));
        if kind == Some("error") {
            return self.error(root, conn);
        }
        let told = if channel.is_some() { ADVANCED } else { EXCHANGE };
        let product = conn.product.unwrap_or(told);
        let consumed = push(&mut Tree::new(root), &mut conn.place(product))?;
        conn.learn(product);
        match kind {
            Some("subscriptions") => conn.accepted(0),
            // Of all products every few seconds.
            Some("status") => {
                let event = root.get("events").and_then(|events| events.get_idx(0));
                conn.states::<Self>(event.unwrap_or(root).get("products"), session)?;
            }
            _ => {}
        }
        if consumed || conn.cx.records() > start { Ok(()) } else { conn.ignore() }
    }
}

impl Market {
    /// AT, EX WebSocket Overview: `error`. A key that is missing or refused is for an operator.
    fn error(&self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        let text = |key: &str| root.get_str(key).unwrap_or_default();
        let why = format!("{} {}", text("message"), text("reason"));
        if why.to_lowercase().contains("authentic") {
            conn.cx.fail(FAIL_PERMISSION, &why);
        }
        conn.refused(0, &why, self)?;
        conn.ignore()
    }
}

/// Whether the frame is of a channel that is consumed.
#[inline]
fn push<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F, bool> {
    if at.product == ADVANCED { advanced(f, at) } else { exchange(f, at) }
}

/// AT WebSocket Overview, Sequence Numbers: all messages of a connection are counted, those too that
/// are of no interest.
#[inline]
fn advanced<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F, bool> {
    let channel = f.key(br#"{"channel":""#)?.text()?;
    skip!(f, br#","client_id":""#);
    let time = f.key(br#","timestamp":""#)?.iso()?;
    let id = (f.key(br#","sequence_num":"#)?.number()?, time);
    if channel != b"l2_data" {
        at.count(id)?;
    }
    f.key(br#","events":"#)?;
    match channel {
        b"l2_data" => depth::events(f, id, at)?,
        b"market_trades" => trade::events(f, at)?,
        b"ticker" => f.each(|f| {
            skip!(f, br#"{"type":""#);
            f.key(br#","tickers":"#)?.each(|f| quote::read(f, id, at))
        })?,
        b"heartbeats" => f.each(|f| {
            skip!(f, br#"{"current_time":""#, br#","heartbeat_counter":"#);
            Ok(())
        })?,
        _ => return Ok(false),
    }
    f.end()?;
    Ok(true)
}

/// EX WebSocket Channels: the first field is the type.
#[inline]
fn exchange<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Read<'f, F, bool> {
    let mut ahead = f.clone();
    match ahead.key(br#"{"type":""#)?.text()? {
        b"snapshot" => depth::snapshot(&mut ahead, at)?,
        b"l2update" => depth::update(&mut ahead, at)?,
        kind @ (b"match" | b"last_match") => {
            trade::read(f, at, kind == b"match")?;
            f.end()?;
        }
        b"ticker" => {
            quote::read(f, (0, 0), at)?;
            f.end()?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}
