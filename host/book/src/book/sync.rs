//! The way to live: changes wait for a snapshot, a snapshot waits for its change.

use patchbay_abi::{CAUSE_OLD_SNAPSHOT, CAUSE_OVERFLOW, CAUSE_STARTED};

use super::Book;
use crate::chain::Verdict;
use crate::message::Message;
use crate::pending::{Pending, Splice};
use crate::reach::Reach;
use crate::state::{Applied, Break, Evidence, State, What};

impl Book {
    /// A change, the book not being live and the message no duplicate.
    pub(super) fn wait(&mut self, message: &Message<'_>, verdict: Verdict) -> Applied {
        let mut result = Applied::quiet(What::Kept);
        if let Verdict::Gap { expected, found } = verdict {
            self.counters.gaps += 1;
            self.counters.dropped += self.pending.drain();
            self.asked = false;
            result.transition = Some(self.remain(Break::gap(expected, found)));
        }
        if self.state == State::Empty {
            result.transition = Some(self.turn(State::Syncing, Break::of(CAUSE_STARTED)));
        }
        self.loose = !message.is_spliceable();
        if self.loose {
            return self.cannot_wait(message, result);
        }
        let dropped = self.pending.push(message);
        self.counters.dropped += dropped;
        if dropped != 0 && !self.overflowed {
            self.overflowed = true;
            self.asked = false;
            result.transition = Some(self.remain(Break::of(CAUSE_OVERFLOW)));
        }
        if let Some(seed) = self.seed {
            return self.splice(seed, result);
        }
        result.resync = !std::mem::replace(&mut self.asked, true);
        result
    }

    /// A change without ids to tie it to a snapshot. On one that was held for such a change it is
    /// applied, unproven; without, there is nothing to apply it to.
    fn cannot_wait(&mut self, message: &Message<'_>, mut result: Applied) -> Applied {
        if self.seed.is_some() {
            self.proof = Evidence::Unproven;
            let went = self.go_live();
            let applied = self.change(message, Verdict::Unchained);
            return Applied { transition: applied.transition.or(went), ..applied };
        }
        self.counters.dropped += 1;
        result.what = What::Unused;
        result.resync = !std::mem::replace(&mut self.asked, true);
        result
    }

    /// Takes a snapshot from beside the stream.
    pub(super) fn hold(&mut self, message: &Message<'_>) -> Applied {
        let known = self.seed.is_some_and(|seed| seed > message.sequence());
        // A live chain is worth more than a snapshot from beside it; comparing is an audit's work.
        if known || self.state == State::Live {
            return self.duplicate();
        }
        if let Err(invalid) = self.levels.replace(message) {
            return self.refuse(invalid);
        }
        let mut result = Applied::quiet(What::Held);
        if self.state == State::Empty {
            result.transition = Some(self.turn(State::Syncing, Break::of(CAUSE_STARTED)));
        }
        self.asked = true;
        self.seed = Some(message.sequence());
        self.proof = Evidence::Chained;
        self.partial = message.is_partial();
        self.reach = Reach::of(message);
        self.overflowed = false;
        self.settle(message);
        self.splice(message.sequence(), result)
    }

    /// Ties kept changes to the snapshot `seed`, if they fit.
    fn splice(&mut self, seed: u64, mut result: Applied) -> Applied {
        match self.pending.splice(seed) {
            Splice::Waiting => result,
            Splice::Bridged => self.apply_pending(),
            Splice::TooOld => {
                let found = self.pending.iter().next().map_or(0, |first| first.first());
                self.levels.clear();
                self.seed = None;
                self.asked = true;
                let reason = Break { cause: CAUSE_OLD_SNAPSHOT, expected: seed, found };
                result.transition = Some(self.remain(reason));
                result.resync = true;
                if result.what == What::Held {
                    result.what = What::Unused;
                }
                result
            }
        }
    }

    /// Applies everything kept to the snapshot below it.
    fn apply_pending(&mut self) -> Applied {
        let kept = std::mem::replace(&mut self.pending, Pending::new(self.config.pending));
        let mut changes = 0;
        for message in kept.iter() {
            changes += self.levels.change(&message);
            self.settle(&message);
            self.counters.applied += 1;
            if self.checksum_fails(&message) {
                return self.convict(&message);
            }
        }
        let what = What::Applied { changes };
        Applied { what, transition: self.go_live(), resync: false }
    }
}
