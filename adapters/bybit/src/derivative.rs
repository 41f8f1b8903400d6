//! Tickers: mark and index price, funding, open interest; best bid and ask of options.

use patchbay_feed::prelude::*;

use crate::product::OPTION;

/// Of prices, rates and values: as fine as Bybit prints.
const EXP: i8 = -8;
const MS: i64 = 1_000_000;
const HOUR: i64 = 3_600_000 * MS;

/// What is known of an instrument: changes name only what changed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ticker {
    prices: [i64; 3],
    interest: [i64; 2],
    rate: Option<i64>,
    next_ms: i64,
    hours: i64,
    best: [i64; 4],
}

/// `tickers` (V5 websocket/public/ticker). A change before its snapshot says nothing. Others than
/// options have their best bid and ask in level 1, which is faster.
#[inline]
pub(crate) fn read<'f, F: Fields<'f>>(
    f: &mut F,
    at: &mut Place<'_, '_>,
    tickers: &mut Memory<Ticker>,
) -> Read<'f, F> {
    let early = f.at(br#","ts":"#).then(|| f.time()).transpose()?;
    let whole = f.key(br#","type":""#)?.text()? == b"snapshot";
    skip!(f, br#","cs":"#);
    f.key(br#","data":"#)?.enter()?;
    let to = at.target(f.key(br#"{"symbol":""#)?.text()?)?;
    let known = if whole { Some(Ticker::default()) } else { tickers.of(to, at.conn) };
    let mut t = known.unwrap_or_default();
    let [priced, interest, funding] = t.take(f, to, at.product == OPTION)?;
    f.leave()?;
    skip!(f, br#","cs":"#);
    let time = early.map_or_else(|| f.key(br#","ts":"#)?.time(), Ok)?;
    f.end()?;
    let Some(_) = known else { return Ok(()) };
    priced.then(|| at.mark(to, time, t.prices, EXP)).transpose()?;
    let times = (t.next_ms.saturating_mul(MS), t.hours.saturating_mul(HOUR));
    funding.then(|| at.funding(to, time, (t.rate, EXP), times)).transpose()?;
    let [open, value] = [(t.interest[0], to.exps.1), (t.interest[1], EXP)];
    interest.then(|| at.open_interest(to, time, open, value)).transpose()?;
    if at.product == OPTION {
        at.quote(to, (0, time), QUOTE_VENUE, t.best)?;
    }
    tickers.keep(to, at.conn, t);
    Ok(())
}

impl Ticker {
    /// Takes over what is named, in the order that the venue sends today; whether prices, interest
    /// or funding are.
    #[inline]
    fn take<'f, F: Fields<'f>>(
        &mut self,
        f: &mut F,
        to: Target,
        option: bool,
    ) -> Result<[bool; 3], F::Stop> {
        let (price, qty) = to.exps;
        if option {
            f.update(br#","bidPrice":""#, price, &mut self.best[0])?;
            f.update(br#","bidSize":""#, qty, &mut self.best[1])?;
            f.update(br#","askPrice":""#, price, &mut self.best[2])?;
            f.update(br#","askSize":""#, qty, &mut self.best[3])?;
        }
        skip!(f, br#","tickDirection":""#, br#","price24hPcnt":""#, br#","lastPrice":""#);
        skip!(f, br#","prevPrice24h":""#, br#","highPrice24h":""#, br#","lowPrice24h":""#);
        skip!(f, br#","prevPrice1h":""#);
        let priced = f.update(br#","markPrice":""#, EXP, &mut self.prices[0])?
            | f.update(br#","indexPrice":""#, EXP, &mut self.prices[1])?;
        let interest = f.update(br#","openInterest":""#, qty, &mut self.interest[0])?
            | f.update(br#","openInterestValue":""#, EXP, &mut self.interest[1])?;
        skip!(f, br#","turnover24h":""#, br#","volume24h":""#);
        f.update(br#","fundingIntervalHour":""#, 0, &mut self.hours)?;
        skip!(f, br#","fundingCap":""#, br#","singleOpenInterest":""#);
        skip!(f, br#","singleOpenInterestValue":""#);
        let mut funding = f.update(br#","nextFundingTime":""#, 0, &mut self.next_ms)?;
        if f.at(br#","fundingRate":""#) {
            (self.rate, funding) = (f.maybe(EXP)?, true);
        }
        skip!(f, br#","bid1Price":""#, br#","bid1Size":""#, br#","ask1Price":""#);
        skip!(f, br#","ask1Size":""#, br#","preOpenPrice":""#, br#","preQty":""#);
        // Changes have the last two behind all others.
        skip!(f, br#","curPreListingPhase":""#, br#","singleOpenInterest":""#);
        skip!(f, br#","singleOpenInterestValue":""#);
        Ok([priced, interest, funding])
    }
}
