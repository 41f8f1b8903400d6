//! From a frame to its kind.

use patchbay_feed::prelude::*;

use crate::product::{SPOT, of_futures};
use crate::{Market, depth, derivative, quote, trade};

impl Frames for Market {
    const LABELS: &'static [&'static str] = &["stream", "s"];

    /// Combined frames in the order that the venue sends today.
    #[inline(always)]
    fn scan(&mut self, f: &mut Scan<'_>, at: &mut Place<'_, '_>) -> Result<(), Declined> {
        f.key(br#"{"stream":""#)?.text()?;
        f.key(br#","data":"#)?.enter()?;
        let name = if f.at(br#"{"e":""#) { f.text()? } else { b"" };
        event(name, f, at)?.then_some(()).ok_or(Declined)
    }

    fn read(&mut self, root: Value<'_, '_>, conn: &mut Conn<'_, '_>) -> Result {
        let data = root.get("data").unwrap_or(root);
        // Spot's ticker is the only event without a name.
        let unnamed = || ["u", "b", "a"].iter().all(|key| data.contains_key(key)).then_some("");
        let name = data.get_str("e").or_else(unnamed);
        if name == Some("serverShutdown") {
            // SPOT web-socket-streams.md, serverShutdown.
            conn.replace(self)?;
        }
        let product = conn.product.or_else(|| sniff(name?, data));
        if let (Some(name), Some(product)) = (name, product)
            && event(name.as_bytes(), &mut Tree::new(data), &mut conn.place(product))?
        {
            conn.learn(product);
            return Ok(());
        }
        // Acknowledgements are `{"result":null,"id":1}`, errors `{"code":2,"msg":".."}` or wrapped
        // in `error` (SPOT web-socket-streams.md, Live Subscribing).
        if data.contains_key("error") || data.contains_key("code") {
            conn.cx.log(LOG_WARN, &format!("connection {}: {}", conn.number, data.encode()));
        }
        conn.ignore()
    }
}

/// Reads an event; whether it is of a kind that is consumed.
#[inline(always)]
fn event<'f, F: Fields<'f>>(e: &[u8], f: &mut F, at: &mut Place<'_, '_>) -> Result<bool, F::Stop> {
    match e {
        b"bookTicker" => quote::read(f, br#","u":"#, at)?,
        b"" => quote::read(f, br#"{"u":"#, at)?,
        b"depthUpdate" => depth::read(f, at)?,
        b"trade" => trade::read_single(f, at)?,
        b"aggTrade" => trade::read_aggregate(f, at)?,
        b"markPriceUpdate" => derivative::mark(f, at)?,
        b"forceOrder" => derivative::liquidation(f, at)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The product of a connection of which nothing is known, by what only one sends; `None` if the
/// frame does not tell.
fn sniff(name: &str, data: Value<'_, '_>) -> Option<u8> {
    let futures = match name {
        "depthUpdate" => data.contains_key("pu"),
        "bookTicker" | "" => data.contains_key("e"),
        "trade" | "aggTrade" => !data.contains_key("M"),
        "markPriceUpdate" => true,
        _ => return None,
    };
    futures.then(|| of_futures(data.get_str("s").unwrap_or_default())).or(Some(SPOT))
}
