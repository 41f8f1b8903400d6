//! From a frame to its type.

use patchbay_feed::prelude::*;

use crate::{Market, depth};

impl Frames for Market {
    const LABELS: &'static [&'static str] = &["type", "symbol"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        push(f, at)?.then_some(()).ok_or(Declined)
    }

    /// What holds nothing that the host wants is ignored; a refusal is logged.
    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        if let Some((_, why)) = Self::refusal(root) {
            conn.refused(0, &why, self)?;
        } else if root.contains_key("symbol") && push(&mut Tree::new(root), &mut conn.place(0))? {
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
        b"book" => depth::read(f, at)?,
        _ => return Ok(false),
    }
    Ok(true)
}
