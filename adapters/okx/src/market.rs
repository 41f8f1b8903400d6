//! From a frame to its channel.

use patchbay_feed::prelude::*;

use crate::product::index_of;
use crate::{Market, depth, derivative, instrument, quote, trade};

impl Frames for Market {
    /// Ids and checksums are bare, and may be negative.
    const EXACT: bool = true;
    const LABELS: &'static [&'static str] = &["channel", "instId"];

    #[inline]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        self.push(f, at)?.then_some(()).ok_or(Declined)
    }

    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        if let Some(event) = root.get_str("event") {
            return self.event(event, root, conn);
        }
        let arg = root.get("arg");
        let channel = arg.as_ref().and_then(|arg| arg.get_str("channel"));
        match (channel, root.get("data")) {
            (Some("instruments"), Some(list)) => return conn.define::<Self>(list),
            (Some(_), _) if self.push(&mut Tree::new(root), &mut conn.place(0))? => conn.learn(0),
            _ => return conn.ignore(),
        }
        Ok(())
    }

    /// The answer to `ping` is no JSON (DOC Overview, WebSocket, Connect).
    fn heartbeat(frame: &[u8]) -> bool {
        frame == b"pong"
    }

    fn forget(&mut self, conn: u32) {
        self.indices.forget(conn);
    }
}

impl Market {
    /// `{"arg":{"channel":"..","instId":".."},"action":"..","data":[..]}`; whether the channel is
    /// one that is consumed. Index prices are kept for the mark prices to come.
    #[inline]
    fn push<'f, F: Fields<'f>>(
        &mut self,
        f: &mut F,
        at: &mut Place<'_, '_>,
    ) -> Result<bool, F::Stop> {
        f.key(br#"{"arg":"#)?.enter()?;
        let channel = f.key(br#"{"channel":""#)?.text()?;
        let name = if f.at(br#","instId":""#) { f.text()? } else { b"" };
        f.leave()?;
        let snapshot = f.at(br#","action":""#) && f.text()? == b"snapshot";
        let to = match channel {
            b"index-tickers" | b"liquidation-orders" | b"status" => Target::default(),
            _ if name.is_empty() => return Ok(false),
            b"books" | b"books-l2-tbt" | b"books50-l2-tbt" | b"bbo-tbt" | b"tickers"
            | b"trades" | b"trades-all" | b"mark-price" | b"funding-rate" | b"open-interest" => {
                at.target(name)?
            }
            _ => return Ok(false),
        };
        let mut index = None;
        f.key(br#","data":"#)?.each(|f| {
            match channel {
                b"bbo-tbt" | b"tickers" => {
                    let read = if channel == b"tickers" { quote::ticker } else { quote::read };
                    let (ids, best) = read(f, to)?;
                    at.quote(to, ids, QUOTE_VENUE, best)?;
                }
                b"trades" | b"trades-all" => at.trade(&trade::read(f, to)?)?,
                b"index-tickers" => index = Some(f.figures(["idxPx"])?[0]),
                b"mark-price" => {
                    let [mark, time] = f.figures(["markPx", "ts"])?;
                    let index = str::from_utf8(name).map_or("", index_of).as_bytes();
                    let index = self.indices.of(at.conn, index).unwrap_or((0, mark.1));
                    at.mark_of(to, millis(time)?, [mark, index, (0, mark.1)])?;
                }
                b"funding-rate" => {
                    let keys = ["fundingRate", "fundingTime", "nextFundingTime", "ts"];
                    let [rate, next, after, time] = f.figures(keys)?;
                    let (next, interval) = (millis(next)?, millis((after.0 - next.0, after.1))?);
                    at.funding(to, millis(time)?, (Some(rate.0), rate.1), (next, interval))?;
                }
                b"open-interest" => {
                    let [interest, time] = f.figures(["oi", "ts"])?;
                    at.open_interest(to, millis(time)?, interest, (0, 0))?;
                }
                b"liquidation-orders" => derivative::liquidation(f, at)?,
                b"status" => instrument::maintenance(f, at)?,
                b"books50-l2-tbt" => depth::read(f, to, snapshot.then_some(50), at)?,
                _ => depth::read(f, to, snapshot.then_some(400), at)?,
            }
            Ok(())
        })?;
        f.end()?;
        if let Some(price) = index {
            self.indices.keep(at.conn, name, price);
        }
        Ok(true)
    }

    /// DOC Overview, WebSocket: Login, Subscribe, Notification; Error Code, WebSocket.
    fn event(&mut self, event: &str, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        let number = |key: &str| root.get_str(key)?.parse::<u64>().ok();
        let (id, code) = (number("id").unwrap_or(0), number("code").unwrap_or(0));
        let why = format!("{code} {}", root.get_str("msg").unwrap_or_default());
        match (event, code) {
            ("login", 0) => return conn.ready(self),
            ("subscribe" | "unsubscribe", _) => conn.accepted(id),
            // The connection ends in a minute, for an upgrade.
            ("notice", 64008) => return conn.replace(self),
            // The books of 10 ms are for higher fee tiers.
            ("error", 60029 | 60030 | 64003) => {
                conn.cx.log(LOG_WARN, &format!("connection {}: {why}; using books", conn.number));
                "books".clone_into(&mut self.depth);
                return conn.ready(self);
            }
            // Key, passphrase, signature, or the clock that is signed. There is no partial success
            // (60022) of a login with one key.
            ("error" | "login", 60004..=60007 | 60009 | 60011 | 60024 | 60032) => {
                conn.cx.fail(FAIL_PERMISSION, &why);
            }
            ("error", _) => return conn.refused(id, &why, self),
            _ => {}
        }
        conn.ignore()
    }
}
