//! From a frame to its kind.

use patchbay_feed::prelude::*;

use crate::instrument::session;
use crate::product::{DERIBIT, is_of};
use crate::session::call;
use crate::{Market, depth, derivative, quote, trade};

impl Frames for Market {
    const EXACT: bool = true;
    const LABELS: &'static [&'static str] = &["channel"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        notice(f, at)?.then_some(()).ok_or(Declined)
    }

    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        let params = root.get("params").unwrap_or(root);
        match (root.get_str("method"), params.get_str("type")) {
            (Some("subscription"), _) => {
                conn.learn(DERIBIT);
                let at = &mut conn.place(DERIBIT);
                if notice(&mut Tree::new(root), at)? || news(params, at)? {
                    return Ok(());
                }
            }
            // DOC public/set_heartbeat: unanswered, the venue closes.
            (Some("heartbeat"), Some("test_request")) => {
                let test = call(conn.next_id(), "public/test", "");
                conn.send::<Self>(test)?;
            }
            (Some(_), _) => {}
            (None, _) => self.answer(root, conn)?,
        }
        conn.ignore()
    }
}

/// A notification of market data (DOC Notifications); whether it is of a kind that is consumed. The
/// channel names the instrument; those of several, and grouped books, are not subscribed.
#[inline]
fn notice<'f, F: Fields<'f>>(f: &mut F, at: &mut Place<'_, '_>) -> Result<bool, F::Stop> {
    f.key(br#"{"jsonrpc":""#)?.text()?;
    let method = f.key(br#","method":""#)?.text()?;
    f.key(br#","params":"#)?.enter()?;
    let channel = f.key(br#"{"channel":""#)?.text()?;
    let mut parts = channel.split(|byte| *byte == b'.');
    let mut part = || parts.next().unwrap_or_default();
    match [part(), part(), part(), part()] {
        _ if method != b"subscription" => return Ok(false),
        [b"book", symbol, _, b""] => depth::read(f, at.target(symbol)?, at)?,
        [b"trades", symbol, _, b""] => trade::read(f, at.target(symbol)?, at)?,
        [b"quote", symbol, b"", b""] => quote::read(f, at.target(symbol)?, at)?,
        [b"ticker", symbol, _, b""] => derivative::read(f, at.target(symbol)?, at)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// What opens, closes (DOC instrument.state) or is locked (DOC platform_state); whether it led to
/// records. Instruments of which nothing else is known do not matter.
fn news(params: Value<'_, '_>, at: &mut Place<'_, '_>) -> Result<bool> {
    let data = params.get("data").unwrap_or(params);
    let text = |key: &str| data.get_str(key).unwrap_or_default();
    let (start, index) = (at.cx.records(), text("price_index"));
    if let Some(target) = at.known(text("instrument_name")) {
        let time = Tree::new(data).key(br#""timestamp":"#)?.time()?;
        at.state(target, time, session(text("state")))?;
    } else if let Some(locked) = data.get_bool("locked") {
        let (is, other) = (SESSION_CANCEL_ONLY, SESSION_CONTINUOUS);
        let ours = |l: &Listing| is_of(&l.symbol, index) && (locked || l.session == is);
        at.state_where(ours, 0, if locked { is } else { other })?;
    }
    Ok(at.cx.records() != start)
}

impl Market {
    /// The answer to a request (DOC JSON-RPC over Websocket). A subscription that succeeds names
    /// what it took. After a breach of limits the venue closes; where it does not, the connection
    /// is replaced. A login is renewed when four fifths of its time are over.
    fn answer(&self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        let id = Tree::new(root).key(br#""id":"#).and_then(|f| f.number()).unwrap_or(0);
        if let Some((code, why)) = Self::refusal(root) {
            if let Some(fail) = Self::alarm(0, code) {
                conn.cx.fail(fail, &why);
            }
            return match Self::remedy(400, code) {
                Remedy::Again(_) => conn.replace(self),
                _ => conn.refused(id, &why, self),
            };
        }
        let result = root.get("result").unwrap_or(root);
        if let Some(taken) = result.as_array() {
            conn.accepted_of(id, |name| taken.iter().any(|t| t.as_str() == Some(name)));
        } else if result.contains_key("access_token") {
            let good = Tree::new(result).key(br#""expires_in":"#)?.number()?.min(1 << 32);
            return conn.ready_until(conn.cx.now() + good as i64 * 800_000_000, self);
        }
        Ok(())
    }
}
