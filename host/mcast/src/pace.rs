//! Work that comes around again and again, spread evenly.

use patchbay_model::Nanos;

/// When the next of so many items is due, so that each comes around within a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    period: Nanos,
    last: Option<Nanos>,
}

impl Pace {
    pub(crate) const fn new(period: Nanos) -> Self {
        Self { period, last: None }
    }

    /// For work that is promised within `bound`: a tenth of it is kept back for items that come
    /// while a round runs and for a caller that is late.
    pub(crate) const fn within(bound: Nanos) -> Self {
        Self::new(bound / 10 * 9)
    }

    /// When the next item is due; `None` without items.
    ///
    /// It is asked for anew each time: more items shorten the wait that is under way.
    pub(crate) fn due(&self, items: u64) -> Option<Nanos> {
        let gap = self.period.checked_div(i64::try_from(items).ok()?)?;
        Some(self.last.map_or(Nanos::MIN, |last| last + gap))
    }

    /// Starts the clock, if nothing has: the first item is due a wait from now.
    pub(crate) const fn start(&mut self, now: Nanos) {
        if self.last.is_none() {
            self.last = Some(now);
        }
    }

    /// An item that was due at `due` was taken. What was missed is caught up with, but for what
    /// lies more than a period back.
    pub(crate) fn took(&mut self, due: Nanos, now: Nanos) {
        self.last = Some(due.max(now - self.period));
        // The first item starts the clock.
        if due == Nanos::MIN {
            self.last = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_around_in_time_however_many_there_are() {
        let mut pace = Pace::new(900);
        assert_eq!(pace.due(0), None);
        assert_eq!(pace.due(3), Some(Nanos::MIN));
        pace.took(Nanos::MIN, 50);
        assert_eq!((pace.due(1), pace.due(3)), (Some(950), Some(350)));
        pace.took(350, 360);
        assert_eq!(pace.due(3), Some(650));
        pace.took(650, 5000);
        assert_eq!(pace.due(3), Some(4400), "no more than one period is caught up with");
    }
}
