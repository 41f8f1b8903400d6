//! From a frame to its type.

use patchbay_feed::prelude::*;

use crate::{Market, depth, instrument, trade};

impl Frames for Market {
    /// Prices and quantities are bare.
    const EXACT: bool = true;
    const LABELS: &'static [&'static str] = &["type", "code"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        push(f, at)?.then_some(()).ok_or(Declined)
    }

    /// A request that is refused leaves its connection without any stream.
    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        if let Some((_, why)) = Self::refusal(root) {
            conn.cx.fail(FAIL_CONFIG, &why);
            conn.refused(0, &why, self)?;
        } else if root.contains_key("code") && push(&mut Tree::new(root), &mut conn.place(0))? {
            conn.learn(0);
            return Ok(());
        }
        conn.ignore()
    }
}

/// Reads an event; whether it is of a type that is consumed.
#[inline]
fn push<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Result<bool, F::Stop> {
    match f.key(br#"{"type":""#)?.text()? {
        b"orderbook" => depth::read(f, at)?,
        b"trade" => trade::read(f, at)?,
        b"ticker" => instrument::session(f, at)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// A time as ns: milliseconds, or microseconds, as books were seen to have.
#[inline]
pub(crate) fn time<'f, F: Fields<'f>>(f: &mut F) -> Result<i64, F::Stop> {
    let number = f.number()?;
    let unit = if number > 100_000_000_000_000 { 1_000 } else { 1_000_000 };
    let ns = i64::try_from(number).ok().and_then(|number| number.checked_mul(unit));
    Ok(ns.ok_or_else(|| Error::new("a time beyond the year 2262"))?)
}
