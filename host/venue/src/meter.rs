//! Limits per address: REST weight, bans, connects.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::protocol::{Limits, Product};

/// The window of REST weight.
const MINUTE: Duration = Duration::from_secs(60);

/// Whether a REST call is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    /// 429, to be tried again after so many seconds.
    TooMany(u64),
    /// 418, likewise.
    Banned(u64),
}

/// What one product has counted.
#[derive(Debug, Default)]
struct Count {
    minute: Option<Instant>,
    weight: u32,
    /// Calls while 429 held.
    strikes: u32,
    banned_until: Option<Instant>,
    connects: Option<(Instant, u32)>,
}

/// All clients of a simulator have one address, so there is one count a product.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    counts: BTreeMap<Product, Count>,
}

/// Whole seconds until `then`, rounded up, so that who waits for them has waited long enough.
fn seconds_until(then: Instant, now: Instant) -> u64 {
    then.saturating_duration_since(now).as_millis().div_ceil(1000) as u64
}

impl Meter {
    /// Charges a REST call.
    pub(crate) fn charge(
        &mut self,
        product: Product,
        weight: u32,
        limits: &Limits,
        now: Instant,
    ) -> Verdict {
        let count = self.counts.entry(product).or_default();
        if let Some(until) = count.banned_until {
            if now < until {
                return Verdict::Banned(seconds_until(until, now));
            }
            (count.banned_until, count.strikes) = (None, 0);
        }
        let begun = count.minute.filter(|begun| now < *begun + MINUTE);
        let begun = begun.unwrap_or_else(|| {
            (count.weight, count.strikes) = (0, 0);
            now
        });
        count.minute = Some(begun);
        count.weight = count.weight.saturating_add(weight);
        if count.weight <= limits.weight_per_minute {
            return Verdict::Allowed;
        }
        count.strikes += 1;
        if count.strikes > limits.strikes {
            count.banned_until = Some(now + limits.ban);
            return Verdict::Banned(seconds_until(now + limits.ban, now));
        }
        Verdict::TooMany(seconds_until(begun + MINUTE, now))
    }

    /// Weight used in this minute.
    pub(crate) fn used(&self, product: Product) -> u32 {
        self.counts.get(&product).map_or(0, |count| count.weight)
    }

    /// Bans, as a fault.
    pub(crate) fn ban(&mut self, product: Product, until: Instant) {
        self.counts.entry(product).or_default().banned_until = Some(until);
    }

    /// Counts an upgrade; whether it is allowed.
    pub(crate) fn connect(&mut self, product: Product, limits: &Limits, now: Instant) -> bool {
        let count = self.counts.entry(product).or_default();
        let (begun, connects) = match count.connects {
            Some((begun, connects)) if now < begun + limits.connect_window => (begun, connects + 1),
            _ => (now, 1),
        };
        count.connects = Some((begun, connects));
        connects <= limits.connects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binance::{Binance, SPOT};
    use crate::protocol::Protocol;

    #[test]
    fn weight_then_strikes_then_ban_then_peace() {
        let limits = Limits { strikes: 2, ..Binance::default().limits(SPOT) };
        let (mut meter, start) = (Meter::default(), Instant::now());
        let at = |s| start + Duration::from_secs(s);
        let mut charge = |weight, s| meter.charge(SPOT, weight, &limits, at(s));
        assert_eq!(charge(6000, 0), Verdict::Allowed);
        assert_eq!(charge(1, 10), Verdict::TooMany(50));
        assert_eq!(charge(1, 11), Verdict::TooMany(49));
        assert_eq!(charge(1, 12), Verdict::Banned(120));
        assert_eq!(charge(1, 100), Verdict::Banned(32));
        assert_eq!(charge(1, 132), Verdict::Allowed);
    }

    #[test]
    fn connects_are_counted_by_window() {
        let limits = Limits { connects: 2, ..Binance::default().limits(SPOT) };
        let (mut meter, start) = (Meter::default(), Instant::now());
        let at = |s| start + Duration::from_secs(s);
        let allowed = [0, 1, 2, 300].map(|s| meter.connect(SPOT, &limits, at(s)));
        assert_eq!(allowed, [true, true, false, true]);
    }
}
