//! Best bid and ask.

use patchbay_plugin::AdapterCx;
use patchbay_plugin::abi::{Head, QUOTE_SAME_IDS, QUOTE_VENUE, Quote, SLOT_QUOTE};

use crate::fields::Fields;
use crate::symbol::{Place, Target};

/// `bookTicker` (SPOT web-socket-streams.md, Individual Symbol Book Ticker Streams; DERIV
/// Individual Symbol Book Ticker Streams). Spot sends neither `e` nor a time; COIN-M puts `u`
/// first, so that `id` is the text before it; the futures' times stand before the symbol in documentation and last on the wire. `u`
/// counts with the book.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    id: &'static [u8; 5],
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, F::Stop> {
    let sequence = f.key(id)?.number()?;
    if f.at(br#","e":""#) && f.text()? != b"bookTicker" {
        return Err(f.missing());
    }
    let mut exchange_ns = 0;
    if f.at(br#","E":"#) {
        exchange_ns = f.time()?;
    }
    f.skip(br#","T":"#)?;
    let target = place.target(f.key(br#","s":""#)?.text()?);
    f.skip(br#","ps":""#)?;
    let (price_exp, qty_exp) = target.exps;
    let bid_price = f.key(br#","b":""#)?.decimal(price_exp)?;
    let bid_qty = f.key(br#","B":""#)?.decimal(qty_exp)?;
    let ask_price = f.key(br#","a":""#)?.decimal(price_exp)?;
    let ask_qty = f.key(br#","A":""#)?.decimal(qty_exp)?;
    f.skip(br#","T":"#)?;
    if exchange_ns == 0 && f.at(br#","E":"#) {
        exchange_ns = f.time()?;
    }
    f.skip(br#","st":"#)?;
    f.skip(br#","ps":""#)?;
    f.end()?;
    cx.push(Quote {
        head: Head {
            kind: SLOT_QUOTE,
            flags: QUOTE_VENUE | QUOTE_SAME_IDS,
            instrument: target.index,
            sequence,
            exchange_ns,
            receive_ns: cx.now(),
        },
        bid_price,
        bid_qty,
        ask_price,
        ask_qty,
    })?;
    Ok(target)
}
