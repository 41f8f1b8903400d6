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

    /// When the next item is due; `None` without items.
    ///
    /// It is asked for anew each time: more items shorten the wait that is under way. A tenth of
    /// the period is kept back for items that come while it runs and for a caller that is late.
    pub(crate) fn due(&self, items: u64) -> Option<Nanos> {
        let gap = (self.period / 10 * 9).checked_div(i64::try_from(items).ok()?)?;
        Some(self.last.map_or(Nanos::MIN, |last| last + gap))
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
        let mut pace = Pace::new(1000);
        assert_eq!(pace.due(0), None);
        assert_eq!(pace.due(3), Some(Nanos::MIN));
        pace.took(Nanos::MIN, 50);
        assert_eq!((pace.due(1), pace.due(3)), (Some(950), Some(350)));
        pace.took(350, 360);
        assert_eq!(pace.due(3), Some(650));
        pace.took(650, 5000);
        assert_eq!(pace.due(3), Some(4300), "no more than one period is caught up with");
    }
}
