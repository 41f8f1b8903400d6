//! One instrument's book: right, or it says that it is not.

mod read;
mod sync;

use patchbay_abi::{
    CAUSE_CHECKSUM, CAUSE_GAP, CAUSE_INVALID, CAUSE_RESET, CAUSE_SPLICED, CAUSE_STARTED,
    CHECKSUM_CRC32_25, CHECKSUM_NONE, SCOPE_CONNECTION, SCOPE_NONE, SCOPE_STREAM,
};
use patchbay_model::Nanos;

use crate::chain::{Chain, Verdict};
use crate::checksum::crc32_25;
use crate::levels::{Levels, LevelsConfig};
use crate::message::{Invalid, Message};
use crate::pending::Pending;
use crate::reach::Reach;
use crate::state::{Applied, Break, Counters, Evidence, State, Transition, What};

/// What a book has to know of its instrument, and its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookConfig {
    /// Tick and sizes.
    pub levels: LevelsConfig,
    /// Decimal exponent of prices; for checksums and views.
    pub price_exp: i8,
    /// Decimal exponent of quantities; for checksums and views.
    pub qty_exp: i8,
    /// `CHECKSUM_*`.
    pub checksum: u32,
    /// Most slots of changes kept while a snapshot is awaited. Beyond it the oldest go.
    pub pending: usize,
}

impl Default for BookConfig {
    fn default() -> Self {
        let levels = LevelsConfig::default();
        Self { levels, price_exp: -8, qty_exp: -8, checksum: CHECKSUM_NONE, pending: 16_384 }
    }
}

/// An order book with its state machine, `Empty → Syncing → Live → Stale`.
///
/// Where its ids belong to the instrument the book judges continuity itself ([`Book::apply`]).
/// Where they belong to a stream or connection the owner of that [`Chain`] judges and hands the
/// verdict over ([`Book::apply_judged`]).
///
/// A snapshot that is part of the stream (scope of the changes, whole books, or no id at all) makes
/// the book live at once. One fetched beside it ([`Message::is_outside`]) is held until a change
/// ties it to the stream. Only changes whose ids chain in the instrument are kept for that; for all
/// others the stream's next snapshot supersedes whatever came before.
#[derive(Clone, Debug)]
pub struct Book {
    config: BookConfig,
    levels: Levels,
    chain: Chain,
    pending: Pending,
    state: State,
    /// Strongest evidence short of a checksum.
    proof: Evidence,
    evidence: Evidence,
    /// Id of a snapshot in `levels` that no change has tied to the stream yet.
    seed: Option<u64>,
    /// A snapshot was asked for and has not come.
    asked: bool,
    /// Kept changes were dropped since, and it was said.
    overflowed: bool,
    /// The last change was of a kind that cannot be kept.
    loose: bool,
    partial: bool,
    reach: Reach,
    /// Rises whenever the levels are no longer the ones before with changes applied.
    generation: u64,
    /// Best bid not below best ask after the last message.
    crossed: bool,
    sequence: u64,
    exchange_ns: Nanos,
    receive_ns: Nanos,
    live_until: Nanos,
    counters: Counters,
}

impl Book {
    /// Empty.
    pub fn new(config: BookConfig) -> Self {
        Self {
            levels: Levels::new(&config.levels),
            chain: Chain::new(),
            pending: Pending::new(config.pending),
            state: State::Empty,
            proof: Evidence::Unproven,
            evidence: Evidence::Unproven,
            seed: None,
            asked: false,
            overflowed: false,
            loose: false,
            partial: false,
            reach: Reach::Whole,
            generation: 0,
            crossed: false,
            sequence: 0,
            exchange_ns: 0,
            receive_ns: 0,
            live_until: 0,
            counters: Counters::default(),
            config,
        }
    }

    /// Says that a message is about to be taken by a book that has not been looked at for some time:
    /// the memory that its levels want comes all at once, and meanwhile. Changes nothing.
    pub fn fetch(&self, message: &Message<'_>) {
        self.levels.fetch(message);
    }

    /// Takes a message whose ids, if any, belong to the instrument. (One of a stream or connection
    /// counts as unchained here.)
    pub fn apply(&mut self, message: &Message<'_>) -> Applied {
        self.apply_judged(message, Verdict::Unchained)
    }

    /// Takes a message with the verdict of its stream's or connection's chain; for other messages
    /// the verdict is ignored and the book's own counts. After [`Verdict::Gap`] every other book on
    /// that chain is to be told, too: [`Book::stale`] with [`Break::gap`].
    #[inline]
    pub fn apply_judged(&mut self, message: &Message<'_>, verdict: Verdict) -> Applied {
        self.counters.messages += 1;
        let verdict = match message.scope() {
            SCOPE_STREAM | SCOPE_CONNECTION if !message.is_newest_wins() => verdict,
            _ => self.chain.judge(message),
        };
        if message.is_mark() {
            return Applied::quiet(What::Heartbeat);
        }
        match verdict {
            Verdict::Duplicate => self.duplicate(),
            _ if message.is_snapshot() => self.snapshot(message, verdict),
            _ if self.state == State::Live => self.change(message, verdict),
            _ => self.wait(message, verdict),
        }
    }

    /// The book can no longer be right: its connection closed, a frame was rejected, its scope's
    /// chain broke, its quote disagreed. The levels are gone from here on.
    ///
    /// A resync is wanted at once, except after `CAUSE_CLOSED` and `CAUSE_FAULT`: there the first
    /// change that comes again wants it.
    pub fn stale(&mut self, reason: Break) -> Applied {
        let result = self.fall_stale(reason, What::Unused);
        if reason.is_severed() {
            self.chain.restart();
            self.asked = false;
        }
        result
    }

    const fn duplicate(&mut self) -> Applied {
        self.counters.duplicates += 1;
        Applied::quiet(What::Duplicate)
    }

    /// A snapshot that is not a duplicate.
    fn snapshot(&mut self, message: &Message<'_>, verdict: Verdict) -> Applied {
        // Where changes cannot be tied to an id, an outside snapshot is as good as it gets.
        if message.is_outside() && !self.loose {
            return self.hold(message);
        }
        if self.state == State::Live && matches!(verdict, Verdict::Gap { .. }) {
            self.counters.gaps += 1;
        }
        if let Err(invalid) = self.levels.replace(message) {
            return self.refuse(invalid);
        }
        self.counters.applied += u64::from(!message.is_outside());
        self.proof = if message.is_newest_wins() {
            Evidence::Snapshot
        } else if message.scope() == SCOPE_NONE {
            Evidence::Unproven
        } else {
            Evidence::Chained
        };
        self.partial = message.is_partial();
        self.reach = Reach::of(message);
        self.settle(message);
        if self.checksum_fails(message) {
            return self.convict(message);
        }
        Applied { what: What::Replaced, transition: self.go_live(), resync: false }
    }

    /// A change, the book being live and the message no duplicate.
    #[inline]
    fn change(&mut self, message: &Message<'_>, verdict: Verdict) -> Applied {
        match verdict {
            Verdict::Gap { expected, found } => {
                return self.lose(message, Break::gap(expected, found));
            }
            // The chain that the book stood on is gone, and nothing says what was between.
            Verdict::Reset if self.proof != Evidence::Unproven => {
                return self.lose(message, Break::of(CAUSE_RESET));
            }
            Verdict::Unchained => self.proof = Evidence::Unproven,
            Verdict::Reset | Verdict::Next | Verdict::Duplicate => {}
        }
        if message.is_empty() && message.previous() == Some(message.sequence()) {
            self.settle(message);
            self.live_until = self.receive_ns;
            return Applied::quiet(What::Heartbeat);
        }
        let changes = self.levels.change(message);
        self.settle(message);
        self.counters.applied += 1;
        if self.checksum_fails(message) {
            return self.convict(message);
        }
        self.look();
        Applied::quiet(What::Applied { changes })
    }

    /// Remembers whose message the levels now stand at.
    #[inline]
    fn settle(&mut self, message: &Message<'_>) {
        self.sequence = message.sequence();
        self.exchange_ns = message.exchange_ns();
        self.receive_ns = message.receive_ns();
        self.evidence = self.proof;
    }

    /// After a message that left the book live.
    #[inline]
    fn look(&mut self) {
        self.live_until = self.receive_ns;
        self.crossed = self.levels.is_crossed();
        self.counters.crossed += u64::from(self.crossed);
    }

    fn go_live(&mut self) -> Option<Transition> {
        self.generation += 1;
        self.pending.clear();
        self.seed = None;
        self.asked = false;
        self.overflowed = false;
        self.counters.resyncs += u64::from(self.state == State::Stale);
        self.look();
        let cause = if self.state == State::Empty { CAUSE_STARTED } else { CAUSE_SPLICED };
        (self.state != State::Live).then(|| self.turn(State::Live, Break::of(cause)))
    }

    /// The message after a break: the levels go, the message is kept.
    #[cold]
    fn lose(&mut self, message: &Message<'_>, reason: Break) -> Applied {
        let broken = self.fall_stale(reason, What::Kept);
        let kept = self.wait(message, Verdict::Reset);
        Applied { what: kept.what, ..broken }
    }

    #[cold]
    fn refuse(&mut self, invalid: Invalid) -> Applied {
        self.counters.refused += 1;
        self.fall_stale(Break::of(CAUSE_INVALID), What::Refused(invalid))
    }

    #[cold]
    fn convict(&mut self, message: &Message<'_>) -> Applied {
        self.counters.refused += 1;
        let expected = message.checksum().unwrap_or(0).into();
        let found = self.checksum().into();
        self.fall_stale(Break { cause: CAUSE_CHECKSUM, expected, found }, What::Convicted)
    }

    /// Empties the book. What was live is stale now; what was not goes on waiting, for a snapshot
    /// that is still to be made.
    fn fall_stale(&mut self, reason: Break, what: What) -> Applied {
        let was_live = self.state == State::Live;
        self.counters.gaps += u64::from(was_live && reason.cause == CAUSE_GAP);
        self.counters.dropped += self.pending.drain();
        self.levels.clear();
        self.generation += 1;
        self.crossed = false;
        self.seed = None;
        self.overflowed = false;
        if self.state == State::Empty && !matches!(what, What::Refused(_) | What::Convicted) {
            return Applied::quiet(what);
        }
        self.asked = true;
        let to = match self.state {
            State::Live => State::Stale,
            State::Empty => State::Syncing,
            waiting => waiting,
        };
        let transition = Some(self.turn(to, reason));
        Applied { what, transition, resync: !reason.is_severed() }
    }

    const fn turn(&mut self, to: State, reason: Break) -> Transition {
        let from = self.state;
        self.state = to;
        Transition { from, to, reason }
    }

    const fn remain(&mut self, reason: Break) -> Transition {
        self.turn(self.state, reason)
    }

    /// Compares the message's checksum, if it has one that can be computed; agreement is evidence.
    #[inline]
    fn checksum_fails(&mut self, message: &Message<'_>) -> bool {
        let Some(stated) = message.checksum().filter(|_| self.config.checksum != CHECKSUM_NONE)
        else {
            return false;
        };
        if self.config.checksum != CHECKSUM_CRC32_25 {
            return false;
        }
        self.evidence = Evidence::Checksummed;
        stated != self.checksum()
    }

    fn checksum(&self) -> u32 {
        crc32_25(&self.levels, self.config.price_exp, self.config.qty_exp)
    }
}
