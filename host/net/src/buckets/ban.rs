//! What a venue has forbidden, and until when.

use patchbay_model::Nanos;

const SECOND: Nanos = 1_000_000_000;

/// A ban of one scope: nothing until its end, then one request; its answer decides.
#[derive(Default)]
pub(super) struct Ban {
    state: State,
    /// Bans in a row.
    strikes: u32,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Open,
    Closed {
        until: Nanos,
    },
    /// The request with this number was let through.
    Trial {
        probe: u64,
    },
}

/// Why a request has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The venue's word.
    Banned(Nanos),
    /// Another request is asking whether it is over.
    Trial,
}

impl Ban {
    /// Whether a request may go.
    pub(super) fn check(&self, now: Nanos) -> Result<(), Stop> {
        match self.state {
            State::Closed { until } if now < until => Err(Stop::Banned(until)),
            State::Trial { .. } => Err(Stop::Trial),
            _ => Ok(()),
        }
    }

    /// A request goes; the first after a ban is its probe.
    pub(super) fn go(&mut self, number: u64) {
        if matches!(self.state, State::Closed { .. }) {
            self.state = State::Trial { probe: number };
        }
    }

    /// A request was answered by 429 or 418: nothing for `wait`, or, if the venue does not say, for
    /// a time that doubles with each ban in a row.
    pub(super) fn strike(&mut self, wait: Option<Nanos>, first: Nanos, now: Nanos) -> Nanos {
        let doubled = first.saturating_mul(1 << self.strikes.min(10)).min(3600 * SECOND);
        let mut until = now.saturating_add(wait.unwrap_or(doubled));
        if let State::Closed { until: before } = self.state {
            until = until.max(before);
        } else {
            self.strikes = self.strikes.saturating_add(1);
        }
        self.state = State::Closed { until };
        until
    }

    /// Request `number` ended otherwise: the probe was answered, or became of nothing.
    pub(super) fn ended(&mut self, number: u64, answered: bool, now: Nanos) -> bool {
        if self.state != (State::Trial { probe: number }) {
            return false;
        }
        self.state = if answered { State::Open } else { State::Closed { until: now } };
        if answered {
            self.strikes = 0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_before_one_probe_after() {
        let mut ban = Ban::default();
        ban.go(1);
        assert_eq!(ban.strike(Some(2 * SECOND), SECOND, 0), 2 * SECOND);
        assert_eq!(ban.check(2 * SECOND - 1), Err(Stop::Banned(2 * SECOND)));
        assert_eq!(ban.check(2 * SECOND), Ok(()));
        ban.go(2);
        assert_eq!(ban.check(9 * SECOND), Err(Stop::Trial));
        assert!(!ban.ended(3, true, 0));
        assert!(ban.ended(2, true, 9 * SECOND));
        assert_eq!(ban.check(9 * SECOND), Ok(()));
    }

    #[test]
    fn a_lost_probe_is_followed_by_another() {
        let mut ban = Ban::default();
        ban.strike(None, SECOND, 0);
        ban.go(1);
        assert!(ban.ended(1, false, SECOND));
        assert_eq!(ban.check(SECOND), Ok(()));
        ban.go(2);
        assert_eq!(ban.check(SECOND), Err(Stop::Trial));
    }

    #[test]
    fn answers_of_one_volley_are_one_ban_and_repeated_bans_grow() {
        let mut ban = Ban::default();
        assert_eq!(ban.strike(None, SECOND, 0), SECOND);
        assert_eq!(ban.strike(Some(0), SECOND, 0), SECOND);
        ban.go(1);
        assert_eq!(ban.strike(None, SECOND, SECOND), 3 * SECOND);
        ban.go(2);
        assert_eq!(ban.strike(None, SECOND, 3 * SECOND), 7 * SECOND);
    }
}
