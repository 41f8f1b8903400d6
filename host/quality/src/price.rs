//! Prices that are far from the instrument's recent ones.
//!
//! The rule is that of Brownlees and Gallo, "Financial econometric analysis at ultra-high frequency:
//! Data handling concerns", Computational Statistics & Data Analysis 51, 2006, section 3.2: a price
//! is an outlier if it lies further from the middle of its neighbours than a multiple of their
//! spread plus a granularity. As in rule Q4 of Barndorff-Nielsen, Hansen, Lunde and Shephard,
//! "Realized kernels in practice: trades and quotes", Econometrics Journal 12, 2009, the middle is
//! the median and the multiple ten, here of the median deviation, and the neighbours are earlier
//! ones only. The granularity is a share of the price, or some price
//! steps: a market that stands still has no spread.
//!
//! Neighbours are at least a tenth of a second apart, so that a burst of wrong prices does not
//! become the usual. A market that moves at once moves trades and quotes alike: what the other side
//! of the data confirms is no outlier.

use patchbay_model::Nanos;

use crate::median::Median;

/// Between two neighbours.
const APART: Nanos = 100_000_000;
/// Neighbours from which on prices are judged.
const KNOWN: usize = 8;
/// Deviations.
const TIMES: i64 = 10;
/// Price steps that are no distance, whatever share of the price they are.
const STEPS: i64 = 5;

/// Least distance that is one: a share of the price in hundredths of a percent, and the price step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grain {
    pub(crate) bps: i64,
    pub(crate) tick: i64,
}

/// Where prices of one kind are expected.
#[derive(Clone, Debug)]
struct Band {
    recent: Median,
    due: Nanos,
    middle: i64,
    reach: i64,
    /// Of prices that count as the same.
    grain: i64,
}

impl Band {
    const fn new() -> Self {
        Self { recent: Median::new(), due: 0, middle: 0, reach: i64::MAX, grain: 0 }
    }

    #[inline]
    const fn holds(&self, price: i64) -> bool {
        price.saturating_sub(self.middle).saturating_abs() <= self.reach
    }

    #[inline]
    fn take(&mut self, at: Nanos, price: i64, grain: Grain) {
        if at >= self.due {
            self.due = at + APART;
            self.sample(price, grain);
        }
    }

    fn sample(&mut self, price: i64, grain: Grain) {
        self.recent.push(price);
        if self.recent.len() >= KNOWN {
            self.middle = self.recent.median();
            let share = i128::from(self.middle.abs()) * i128::from(grain.bps) / 10_000;
            self.grain = (share as i64).max(grain.tick.saturating_mul(STEPS));
            let spread = self.recent.deviation().saturating_mul(TIMES);
            self.reach = self.grain.saturating_add(spread);
        }
    }
}

/// The prices of an instrument.
#[derive(Clone, Debug)]
pub(crate) struct Prices {
    trades: Band,
    bids: Band,
    asks: Band,
    /// Last trade, bid and ask that were no outliers; 0 for none.
    trade: i64,
    bid: i64,
    ask: i64,
}

impl Prices {
    pub(crate) const fn new() -> Self {
        let (trades, bids, asks) = (Band::new(), Band::new(), Band::new());
        Self { trades, bids, asks, trade: 0, bid: 0, ask: 0 }
    }

    /// What was expected of a traded price, if it is an outlier.
    #[inline]
    pub(crate) fn trade(&mut self, at: Nanos, price: i64, grain: Grain) -> Option<i64> {
        let known = self.trades.recent.len() >= KNOWN;
        // Where trades are few, quotes say what is expected of them.
        let band = if known { &self.trades } else { &self.bids };
        let (middle, near) = (band.middle, band.grain);
        let quoted = self.bid != 0 && self.ask != 0;
        let within = || self.bid - near <= price && price <= self.ask + near;
        let fits = match known {
            true => self.trades.holds(price) || quoted && within(),
            false => !quoted || within() || self.bids.holds(price) || self.asks.holds(price),
        };
        self.trades.take(at, price, grain);
        if fits {
            self.trade = price;
        }
        (!fits).then_some(middle)
    }

    /// The price and what was expected of it, if a best bid or ask is an outlier. A side that is
    /// empty is 0.
    #[inline]
    pub(crate) fn quote(
        &mut self,
        at: Nanos,
        bid: i64,
        ask: i64,
        grain: Grain,
    ) -> Option<(i64, i64)> {
        let bid_off = side(&mut self.bids, &mut self.bid, self.trade, at, bid, grain);
        let ask_off = side(&mut self.asks, &mut self.ask, self.trade, at, ask, grain);
        bid_off.or(ask_off)
    }
}

#[inline]
fn side(
    band: &mut Band,
    last: &mut i64,
    trade: i64,
    at: Nanos,
    price: i64,
    grain: Grain,
) -> Option<(i64, i64)> {
    if price == 0 {
        *last = 0;
        return None;
    }
    let middle = band.middle;
    let fits = band.holds(price) || (trade != 0 && (trade - price).abs() <= band.grain);
    band.take(at, price, grain);
    if fits {
        *last = price;
    }
    (!fits).then_some((price, middle))
}
