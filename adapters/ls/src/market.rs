//! From a frame to its type.

use patchbay_feed::prelude::*;

use crate::product::{LS, symbol};
use crate::{Market, depth, instrument, trade};

impl Frames for Market {
    /// REST has numbers where frames have text.
    const EXACT: bool = true;
    const LABELS: &'static [&'static str] = &["tr_cd", "tr_key"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        self.push(f, at)?.then_some(()).ok_or(Declined)
    }

    /// What has a code is an answer to a request, of which each is for one stream.
    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        if let Some(refusal) = Self::refusal(root) {
            conn.refusal(0, refusal, self)?;
        } else if root.get("header").is_some_and(|header| !header.contains_key("rsp_cd"))
            && self.push(&mut Tree::new(root), &mut conn.place(LS))?
        {
            conn.learn(LS);
            return Ok(());
        }
        conn.ignore()
    }

    fn forget(&mut self, conn: u32) {
        self.trades.forget(conn);
        self.books.forget(conn);
    }
}

impl Market {
    /// Reads an event; whether it is of a type that is consumed.
    fn push<'f, F: Fields<'f>>(
        &mut self,
        f: &mut F,
        at: &mut Place<'_, '_>,
    ) -> Result<bool, F::Stop> {
        f.key(br#"{"header":"#)?.enter()?;
        let code = f.key(br#"{"tr_cd":""#)?.text()?;
        let key = symbol(f.key(br#","tr_key":""#)?.text()?);
        f.leave()?;
        f.key(br#","body":"#)?.enter()?;
        match code {
            b"H1_" | b"HA_" | b"NH1" => depth::read(f, key, &mut self.books, at)?,
            b"S3_" | b"K3_" | b"NS3" => trade::read(f, key, &mut self.trades, at)?,
            b"VI_" | b"NVI" => instrument::interruption(f, at)?,
            b"JIF" => instrument::operation(f, self, at)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}
