//! A book of orders, and how far it can be trusted.

use patchbay_abi::{
    CAUSE_AUDIT, CAUSE_CROSSED, CAUSE_OVERFLOW, CAUSE_SPLICED, CAUSE_STARTED, Level,
};
use patchbay_book::{Break, Message, State, Transition};
use patchbay_model::{Nanos, Side};

use crate::event::{Action, Event};
use crate::level::Rank;
use crate::orders::{Ahead, Done, Order, Orders, rank};

/// How long the venue's whole books must show nothing at a price where orders rest, and nothing may be
/// told of them, until they are taken for gone. An order that is about to be matched rests for a second
/// or two where no whole book has it.
const GONE_NS: Nanos = 10_000_000_000;

/// Bounds of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookConfig {
    /// Orders for which there is room before anything is allocated.
    pub usual: usize,
    /// Orders that are held. One more, and the book begins again.
    pub most: usize,
}

impl Default for BookConfig {
    fn default() -> Self {
        Self { usual: 4096, most: 1 << 20 }
    }
}

/// What happened to a book since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Events given to it.
    pub events: u64,
    /// Orders that came to rest.
    pub added: u64,
    /// Orders that had come, or had left, before they came.
    pub repeated: u64,
    /// Events of orders that never came: they are older than the stream.
    pub unknown: u64,
    /// Live books that the next event left crossed: an order that is about to be matched rests for that
    /// long.
    pub crossed: u64,
    /// Whole books of the venue's that it was compared with.
    pub compared: u64,
    /// Those that agreed as far as they reach.
    pub whole: u64,
    /// Those that agreed at the best price of both sides and not as far as they reach.
    pub part: u64,
    /// Live books that disagreed at a best price.
    pub convicted: u64,
    /// Times that it became live again.
    pub resyncs: u64,
    /// Orders taken for gone, since the venue's whole books had nothing at their price: that they left was
    /// lost.
    pub gone: u64,
}

/// The best price at which there are orders and in the venue's whole books nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dispute {
    price: i64,
    qty: i64,
    orders: u32,
    /// Host time of the whole book that showed it first.
    since_ns: Nanos,
}

/// A book of orders that knows how far it can be trusted.
///
/// | state | is |
/// |---|---|
/// | [`Empty`](State::Empty) | no event has come |
/// | [`Syncing`](State::Syncing) | orders come; no whole book of the venue's has agreed with them yet |
/// | [`Live`](State::Live) | the last whole book agreed, from the best prices on; known that far |
/// | [`Stale`](State::Stale) | it was live; waits for the next whole book that agrees |
///
/// Between two whole books nothing shows a lost event: a live book is right as of the last one, and since
/// then as right as the stream is whole.
#[derive(Clone, Debug)]
pub struct Book {
    orders: Orders,
    state: State,
    /// How far each side is known, bids first; means nothing unless live.
    reach: [Rank; 2],
    cause: u16,
    counters: Counters,
    exchange_ns: Nanos,
    receive_ns: Nanos,
    /// Host time of the last whole book that agreed.
    confirmed_ns: Nanos,
    disputes: [Option<Dispute>; 2],
}

impl Book {
    /// Empty.
    pub fn new(config: &BookConfig) -> Self {
        Self {
            orders: Orders::new(config.usual, config.most),
            state: State::Empty,
            reach: [Rank(i64::MAX); 2],
            cause: 0,
            counters: Counters::default(),
            exchange_ns: 0,
            receive_ns: 0,
            confirmed_ns: 0,
            disputes: [None; 2],
        }
    }

    /// Takes an event; a change of state, if it made one.
    pub fn apply(&mut self, event: &Event) -> Option<Transition> {
        self.counters.events += 1;
        (self.exchange_ns, self.receive_ns) = (event.exchange_ns, event.receive_ns);
        let done = self.orders.apply(event);
        match done {
            Done::Applied => self.counters.added += u64::from(event.action == Action::Add),
            Done::Repeated => self.counters.repeated += 1,
            Done::Unknown => self.counters.unknown += 1,
            Done::Full => {
                self.orders.clear();
                return self.fall(Break::of(CAUSE_OVERFLOW));
            }
        }
        if self.state == State::Empty {
            return Some(self.turn(State::Syncing, Break::of(CAUSE_STARTED)));
        }
        if self.state != State::Live {
            return None;
        }
        // Nothing that leaves from where everything is known is unknown.
        if done == Done::Unknown && self.is_known(event.side, event.price) {
            self.counters.convicted += 1;
            return self.fall(Break::of(CAUSE_AUDIT));
        }
        if self.orders.is_crossed() {
            self.counters.crossed += 1;
            return self.fall(Break::of(CAUSE_CROSSED));
        }
        None
    }

    /// Compares with a whole book of the venue's; a change of state, if it made one.
    pub fn compare(&mut self, whole: &Message<'_>) -> Option<Transition> {
        if self.state == State::Empty || !whole.is_snapshot() {
            return None;
        }
        self.counters.compared += 1;
        [Side::Buy, Side::Sell].into_iter().for_each(|side| self.dispute(side, whole));
        let sides = [Side::Buy, Side::Sell].map(|side| self.agreeing(side, whole));
        let [Some((bids, bids_whole)), Some((asks, asks_whole))] = sides else {
            self.counters.convicted += u64::from(self.state == State::Live);
            return self.fall(Break::of(CAUSE_AUDIT));
        };
        self.reach = [bids, asks];
        self.confirmed_ns = whole.receive_ns();
        let entirely = bids_whole && asks_whole;
        self.counters.whole += u64::from(entirely);
        self.counters.part += u64::from(!entirely);
        self.counters.resyncs += u64::from(self.state == State::Stale);
        let went = self.state != State::Live;
        went.then(|| self.turn(State::Live, Break::of(CAUSE_SPLICED)))
    }

    /// Takes for gone what the venue has not had for long.
    fn dispute(&mut self, side: Side, whole: &Message<'_>) {
        let place = usize::from(side == Side::Sell);
        let found = self.extra(side, whole);
        let same = |before: &Dispute| Dispute { since_ns: before.since_ns, ..*before };
        let lasting = self.disputes[place].filter(|before| {
            found.is_some_and(|now| Dispute { since_ns: before.since_ns, ..now } == same(before))
        });
        self.disputes[place] = lasting.or(found);
        let Some(dispute) = lasting else { return };
        if whole.receive_ns() - dispute.since_ns >= GONE_NS {
            self.counters.gone += u64::from(self.orders.remove_all(side, dispute.price));
            self.disputes[place] = None;
        }
    }

    /// The best price with orders that a whole book has not, though it reaches beyond.
    fn extra(&self, side: Side, whole: &Message<'_>) -> Option<Dispute> {
        let mut theirs = whole.levels(side).map(|level| rank(side, level.price));
        let mut their = theirs.next()?;
        for (sum, orders) in self.orders.levels(side) {
            let our = rank(side, sum.price);
            while our < their {
                their = theirs.next()?;
            }
            if our > their {
                let Level { price, qty } = sum;
                return Some(Dispute { price, qty, orders, since_ns: whole.receive_ns() });
            }
        }
        None
    }

    /// How far a side is the venue's, and whether that is as far as the venue's reaches; `None` if not
    /// even its best price is.
    fn agreeing(&self, side: Side, whole: &Message<'_>) -> Option<(Rank, bool)> {
        let theirs = whole.levels(side);
        let mut ours = self.orders.levels(side).map(|(sum, _)| sum);
        let mut agreed = None;
        for their in theirs {
            if ours.next() != Some(their) {
                return agreed.map(|level: Level| (rank(side, level.price), false));
            }
            agreed = Some(their);
        }
        match agreed {
            Some(level) if whole.is_partial() => Some((rank(side, level.price), true)),
            // The venue's side ends here, and so must this one.
            _ => ours.next().is_none().then_some((Rank(i64::MIN), true)),
        }
    }

    /// What was told cannot be relied on: events may be lost. With the connection (`forget`) all orders
    /// go; otherwise they stay until a whole book judges them.
    pub fn stale(&mut self, reason: Break, forget: bool) -> Option<Transition> {
        if forget {
            self.orders.clear();
        }
        self.fall(reason)
    }

    fn fall(&mut self, reason: Break) -> Option<Transition> {
        let was_live = self.state == State::Live;
        was_live.then(|| self.turn(State::Stale, reason))
    }

    const fn turn(&mut self, to: State, reason: Break) -> Transition {
        let from = self.state;
        self.state = to;
        self.cause = reason.cause;
        Transition { from, to, reason }
    }

    /// How far it can be trusted.
    pub const fn state(&self) -> State {
        self.state
    }

    /// `CAUSE_*` of its last change of state.
    pub const fn cause(&self) -> u16 {
        self.cause
    }

    /// What happened so far.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The venue's time of the last event.
    pub const fn exchange_ns(&self) -> Nanos {
        self.exchange_ns
    }

    /// Host time of the last event.
    pub const fn receive_ns(&self) -> Nanos {
        self.receive_ns
    }

    /// Host time of the last whole book that agreed, 0 if none did.
    pub const fn confirmed_ns(&self) -> Nanos {
        self.confirmed_ns
    }

    /// Every order that was told of and has not left, whatever the state: what there is at least.
    pub const fn seen(&self) -> &Orders {
        &self.orders
    }

    /// Whether all orders at a price are known.
    pub fn is_known(&self, side: Side, price: i64) -> bool {
        let reach = self.reach[usize::from(side == Side::Sell)];
        self.state == State::Live && rank(side, price) >= reach
    }

    /// Sums by price of what is known of a side, best first, each with how many orders stand there;
    /// nothing unless live.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = (Level, u32)> {
        self.orders.levels(side).take_while(move |(level, _)| self.is_known(side, level.price))
    }

    /// The orders at a price, in their turn; nothing unless all are known.
    pub fn queue(&self, side: Side, price: i64) -> impl Iterator<Item = &Order> {
        let known = self.is_known(side, price);
        self.orders.queue(side, price).filter(move |_| known)
    }

    /// What stands in front of an order; `None` unless all orders at its price are known. Their turns
    /// are those in which they were told.
    pub fn ahead(&self, id: u64) -> Option<Ahead> {
        let order = self.orders.get(id)?;
        self.is_known(order.side, order.price).then(|| self.orders.ahead(id))?
    }
}
