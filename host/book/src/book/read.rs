//! What a book lets others see: nothing of its levels unless it is live.

use patchbay_abi::{BookState, BookView, Head, Level, QUOTE_SAME_IDS, Quote, SLOT_BOOK_STATE};
use patchbay_model::{Nanos, Side};

use super::Book;
use crate::levels::Levels;
use crate::reach::Reach;
use crate::state::{Counters, Evidence, State, Transition};

impl Book {
    /// Whether a quote counted by the book's ids and at the book's last id has the book's best bid
    /// and ask; `None` if it cannot be compared. Ask again with the newest quote after each change:
    /// either may be the first to reach an id.
    #[inline]
    pub fn agrees(&self, quote: &Quote) -> Option<bool> {
        let same_ids = quote.head.flags & QUOTE_SAME_IDS != 0;
        if self.state != State::Live || !same_ids || quote.head.sequence != self.sequence {
            return None;
        }
        let bid = Level { price: quote.bid_price, qty: quote.bid_qty };
        let ask = Level { price: quote.ask_price, qty: quote.ask_qty };
        Some(agree(self.best(Side::Buy), bid) && agree(self.best(Side::Sell), ask))
    }

    /// How far it can be trusted.
    pub const fn state(&self) -> State {
        self.state
    }

    /// What a live book rests on; nothing is proven of another.
    pub fn evidence(&self) -> Evidence {
        if self.state == State::Live { self.evidence } else { Evidence::Unproven }
    }

    /// Last update id applied.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The venue's time of the last message applied.
    pub const fn exchange_ns(&self) -> Nanos {
        self.exchange_ns
    }

    /// Host time of the last message applied.
    pub const fn receive_ns(&self) -> Nanos {
        self.receive_ns
    }

    /// Host time of the last message that found it right, 0 if none did.
    pub const fn live_until(&self) -> Nanos {
        self.live_until
    }

    /// Whether levels beyond the snapshot's are unknown rather than empty.
    pub const fn is_partial(&self) -> bool {
        self.partial
    }

    /// Whether its best bid is not below its best ask; false unless live.
    #[inline]
    pub const fn is_crossed(&self) -> bool {
        self.crossed
    }

    /// How far its claim to know every level reaches.
    pub(crate) const fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Rises whenever the levels are no longer the ones before with changes applied.
    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    /// What happened so far.
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// The levels; `None` unless live.
    pub fn levels(&self) -> Option<&Levels> {
        (self.state == State::Live).then_some(&self.levels)
    }

    /// Best level of `side`; none unless live.
    #[inline]
    pub fn best(&self, side: Side) -> Option<Level> {
        self.levels()?.best(side)
    }

    /// Fills `out` with the best levels of `side`; returns how many, 0 unless live.
    pub fn top(&self, side: Side, out: &mut [Level]) -> usize {
        self.levels().map_or(0, |levels| levels.top(side, out))
    }

    /// Brings a strategy's view up to date.
    pub fn view(&self, instrument: u32, view: &mut BookView) {
        let bids = self.top(Side::Buy, &mut view.bids);
        let asks = self.top(Side::Sell, &mut view.asks);
        view.struct_size = size_of::<BookView>() as u32;
        view.state = self.state.to_abi();
        view.evidence = self.evidence().to_abi();
        view.levels = (bids | asks << 8) as u16;
        view.instrument = instrument;
        view.price_exp = self.config.price_exp;
        view.qty_exp = self.config.qty_exp;
        view.sequence = self.sequence;
        view.exchange_ns = self.exchange_ns;
        view.receive_ns = self.receive_ns;
    }

    /// The record of a transition that this book has just made, at host time `now_ns`.
    pub fn record(&self, instrument: u32, transition: &Transition, now_ns: Nanos) -> BookState {
        let head = Head {
            kind: SLOT_BOOK_STATE,
            flags: 0,
            instrument,
            sequence: self.sequence,
            exchange_ns: self.exchange_ns,
            receive_ns: now_ns,
        };
        BookState {
            head,
            expected: transition.reason.expected,
            found: transition.reason.found,
            live_until_ns: self.live_until,
            state: transition.to.to_abi(),
            evidence: self.evidence().to_abi(),
            cause: transition.reason.cause,
            reserved: 0,
        }
    }
}

/// An empty side of a quote has quantity 0.
fn agree(best: Option<Level>, quoted: Level) -> bool {
    match best {
        Some(best) => best == quoted,
        None => quoted.qty == 0,
    }
}
