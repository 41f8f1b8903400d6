//! What only futures have: mark price, funding, open interest, liquidations.

use patchbay_plugin::abi::{
    Funding, Head, Liquidation, Mark, OpenInterest, SIDE_BUY, SIDE_SELL, SLOT_FUNDING,
    SLOT_LIQUIDATION, SLOT_MARK, SLOT_OPEN_INTEREST,
};
use patchbay_plugin::model::parse_decimal;
use patchbay_plugin::{AdapterCx, Error};

use crate::fields::{Fields, Tree};
use crate::symbol::{Place, Target};

/// Of mark, index and average prices, rates and open interest: as fine as Binance prints.
const EXP: i8 = -8;

/// `markPriceUpdate` (DERIV Mark Price Stream). `P` is the estimated settlement price; delivery
/// contracts have no rate (`""`) and no next funding (0). On the wire `P` stands before `i`.
#[inline]
pub(crate) fn read_mark<'f, F: Fields<'f>>(
    f: &mut F,
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, F::Stop> {
    let exchange_ns = f.key(br#","E":"#)?.time()?;
    let target = place.target(f.key(br#","s":""#)?.text()?);
    let mark = f.key(br#","p":""#)?.decimal(EXP)?;
    let mut price = |text| f.at(text).then(|| f.decimal(EXP)).transpose();
    let settle = price(br#","P":""#)?.unwrap_or(0);
    let index = price(br#","i":""#)?.unwrap_or(0);
    let rate = f.key(br#","r":""#)?.text()?;
    let next_ns = f.key(br#","T":"#)?.time()?;
    f.skip(br#","st":"#)?;
    f.end()?;
    let prices = [mark, index, settle];
    push_mark(target.index, exchange_ns, prices, (rate, next_ns), cx)?;
    Ok(target)
}

/// `/premiumIndex` (DERIV Mark Price): the same by REST.
pub(crate) fn read_premium<'f>(
    f: &mut Tree<'_, 'f>,
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, Error> {
    let target = place.target(f.key(b"\"symbol\"")?.text()?);
    let prices = [
        f.key(b"\"markPrice\"")?.decimal(EXP)?,
        f.key(b"\"indexPrice\"")?.decimal(EXP)?,
        f.key(b"\"estimatedSettlePrice\"")?.decimal(EXP)?,
    ];
    let rate = f.key(b"\"lastFundingRate\"")?.text()?;
    let next_ns = f.key(b"\"nextFundingTime\"")?.time()?;
    let time = f.key(b"\"time\"")?.time()?;
    push_mark(target.index, time, prices, (rate, next_ns), cx)?;
    Ok(target)
}

fn push_mark(
    instrument: u32,
    exchange_ns: i64,
    [mark, index, settle]: [i64; 3],
    (rate, next_ns): (&[u8], i64),
    cx: &mut AdapterCx<'_>,
) -> Result<(), Error> {
    let head = head(SLOT_MARK, instrument, exchange_ns, cx);
    cx.push(Mark { head, mark, index, settle, exp: EXP, reserved: [0; 7] })?;
    if rate.is_empty() || next_ns == 0 {
        return Ok(());
    }
    let rate = parse_decimal(rate, EXP).map_err(|e| Error::new(format!("funding rate: {e}")))?;
    cx.push(Funding {
        head: Head { kind: SLOT_FUNDING, ..head },
        rate,
        next_ns,
        interval_ns: 0,
        rate_exp: EXP,
        reserved: [0; 7],
    })
}

/// `forceOrder` (DERIV Liquidation Order Streams): the last liquidation of each second.
#[inline]
pub(crate) fn read_liquidation<'f, F: Fields<'f>>(
    f: &mut F,
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, F::Stop> {
    let exchange_ns = f.key(br#","E":"#)?.time()?;
    f.key(br#","o":"#)?.enter()?;
    let target = place.target(f.key(br#"{"s":""#)?.text()?);
    f.skip(br#","ps":""#)?;
    let side = match f.key(br#","S":""#)?.text()? {
        b"BUY" => SIDE_BUY,
        b"SELL" => SIDE_SELL,
        _ => Err(Error::new("field `S`: expected BUY or SELL"))?,
    };
    f.skip(br#","o":""#)?;
    f.skip(br#","f":""#)?;
    let qty = f.key(br#","q":""#)?.decimal(target.exps.1)?;
    let price = f.key(br#","p":""#)?.decimal(EXP)?;
    let average_price = f.key(br#","ap":""#)?.decimal(EXP)?;
    f.skip(br#","X":""#)?;
    f.skip(br#","l":""#)?;
    f.skip(br#","z":""#)?;
    f.skip(br#","T":"#)?;
    f.end()?;
    cx.push(Liquidation {
        head: head(SLOT_LIQUIDATION, target.index, exchange_ns, cx),
        price,
        qty,
        average_price,
        exp: EXP,
        side,
        reserved: [0; 6],
    })?;
    Ok(target)
}

/// `/openInterest` (DERIV Open Interest): in contracts.
pub(crate) fn read_open_interest<'f>(
    f: &mut Tree<'_, 'f>,
    place: Place<'_>,
    cx: &mut AdapterCx<'_>,
) -> Result<Target<'f>, Error> {
    let target = place.target(f.key(b"\"symbol\"")?.text()?);
    let qty = f.key(b"\"openInterest\"")?.decimal(EXP)?;
    let exchange_ns = f.key(b"\"time\"")?.time()?;
    cx.push(OpenInterest {
        head: head(SLOT_OPEN_INTEREST, target.index, exchange_ns, cx),
        qty,
        value: 0,
        qty_exp: EXP,
        value_exp: 0,
        reserved: [0; 14],
    })?;
    Ok(target)
}

fn head(kind: u16, instrument: u32, exchange_ns: i64, cx: &AdapterCx<'_>) -> Head {
    Head { kind, flags: 0, instrument, sequence: 0, exchange_ns, receive_ns: cx.now() }
}
