//! One step: the order of the stages.

use patchbay_abi::{self as abi, BookView, CAUSE_CLOSED, CAUSE_FAULT, CAUSE_REJECTED, Level, Slot};
use patchbay_book::{Applied, Break, Evidence, Message, State, Verdict, What};
use patchbay_model::{Instrument, InstrumentId, Kind, Nanos, Side};
use patchbay_quality::{Monitor, QualityConfig};

use crate::audits::{AuditConfig, Auditor};
use crate::chains::{ChainKey, Chains};
use crate::splice;
use crate::{
    Action, Event, History, HistoryConfig, HistoryReader, Listing, Out, Registry, Tally, Turn,
};

/// Bounds of the engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineConfig {
    /// Memory for the last messages of every instrument.
    pub history: HistoryConfig,
    /// How long a live book may be crossed or locked, ns of host time; 0 for as long as it likes.
    pub crossed_ns: Nanos,
    /// How often books are compared with the venue's.
    pub audits: AuditConfig,
    /// What counts as out of the ordinary in the data.
    pub quality: QualityConfig,
}

/// An adapter instance: its venue, and the host's ids by the adapter's index.
pub(crate) struct Instance {
    pub(crate) venue: u16,
    pub(crate) ids: Vec<Option<InstrumentId>>,
    pub(crate) auditor: Auditor,
}

/// The core state; one thread owns it.
pub struct Engine {
    registry: Registry,
    pub(crate) config: EngineConfig,
    pub(crate) instances: Vec<Option<Instance>>,
    pub(crate) listings: Vec<Option<Listing>>,
    pub(crate) chains: Chains,
    pub(crate) history: History,
    /// `None` if no detector is on.
    pub(crate) monitor: Option<Monitor>,
    /// Books that were crossed or locked when they were last looked at.
    pub(crate) crossed: Vec<InstrumentId>,
    /// When the first audit is due, or given up.
    pub(crate) audits_due: Nanos,
    /// Whose book was the last to take a message: the memory of the others may be far.
    at_hand: Option<InstrumentId>,
    /// Records of instruments that their adapter never defined.
    undefined: u64,
}

impl Engine {
    /// With the numbers given so far.
    pub fn new(registry: Registry, config: EngineConfig) -> Self {
        Self {
            registry,
            instances: Vec::new(),
            listings: Vec::new(),
            chains: Chains::default(),
            history: History::new(config.history),
            monitor: config.quality.is_on().then(|| Monitor::new(config.quality)),
            crossed: Vec::with_capacity(64),
            audits_due: Nanos::MAX,
            config,
            at_hand: None,
            undefined: 0,
        }
    }

    /// Makes adapter instance number `instance` known, before its first turn.
    pub fn attach(&mut self, instance: u32, venue: &str) {
        let index = instance as usize;
        if self.instances.len() <= index {
            self.instances.resize_with(index + 1, || None);
        }
        let venue = self.registry.venue(venue);
        let auditor = Auditor::new(self.config.audits);
        self.audits_due = self.audits_due.min(auditor.wake());
        self.instances[index] = Some(Instance { venue, ids: Vec::new(), auditor });
    }

    /// Takes one turn; `out` is cleared and filled.
    pub fn step(&mut self, turn: &Turn<'_>, out: &mut Out) {
        out.clear();
        for (index, about) in turn.definitions {
            self.define(turn, *index, about, out);
        }
        let mut rest = turn.slots;
        while let Some(head) = rest.first() {
            let length = (1 + head.continuation()).min(rest.len());
            let (record, after) = rest.split_at(length);
            self.record(turn, record, out);
            rest = after;
        }
        match turn.event {
            Event::None => {}
            Event::Rejected => self.reject(turn, out),
            Event::Closed => self.close(turn, out),
            Event::Replaced => self.replace(turn),
            Event::Fault => self.fault(turn, out),
            Event::Retired => self.retire(turn, out),
            Event::Audit(index) => self.begin_audit(index, turn),
            Event::Unaudited => self.stop_audits(turn),
        }
        if !self.crossed.is_empty() {
            self.judge_crossed(turn, out);
        }
        if turn.at_ns >= self.audits_due {
            self.schedule_audits(turn.at_ns, out);
        }
        self.assess(turn, out);
        out.registry = self.registry.take_unwritten();
    }

    fn define(&mut self, turn: &Turn<'_>, index: u32, about: &Instrument, out: &mut Out) {
        let Some(Some(instance)) = self.instances.get_mut(turn.instance as usize) else {
            return;
        };
        let id = self.registry.instrument(instance.venue, about);
        let at = index as usize;
        if instance.ids.len() <= at {
            instance.ids.resize(at + 1, None);
        }
        let venue = instance.venue;
        let before = instance.ids[at].replace(id);
        if self.listings.len() <= id.index() {
            self.listings.resize_with(id.index() + 1, || None);
        }
        let carried = self.is_carried_by_another(id, turn.instance);
        match &mut self.listings[id.index()] {
            Some(listing) => {
                listing.redefine(about);
                if !carried {
                    (listing.instance, listing.index) = (turn.instance, index);
                }
            }
            empty => {
                *empty = Some(Listing::new(venue, turn.instance, index, about.clone()));
                self.history.open(id);
            }
        }
        out.defined.push(id);
        // Other exponents are another instrument: the book of the one before ends.
        if let Some(before) = before.filter(|&before| before != id) {
            self.stale(before, Break::of(CAUSE_CLOSED), turn, out);
        }
    }

    fn record(&mut self, turn: &Turn<'_>, record: &[Slot], out: &mut Out) {
        let head = record[0].head();
        if head.instrument == abi::NO_INSTRUMENT {
            return self.of_no_instrument(turn, record, out);
        }
        let instance = self.instances.get(turn.instance as usize).and_then(Option::as_ref);
        let known = instance.and_then(|i| *i.ids.get(head.instrument as usize)?);
        let Some(id) = known else {
            self.undefined += 1;
            return;
        };
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        if listing.repeats(turn.conn, turn.at_ns, &record[0]) {
            return;
        }
        match head.kind {
            abi::SLOT_DEPTH => self.depth(id, turn, record, out),
            abi::SLOT_QUOTE => self.quote(id, turn, record, out),
            abi::SLOT_TRADE => {
                let off_book = record[0].trade().flags & abi::TRADE_OFF_BOOK != 0;
                listing.tally.off_book_trades += u64::from(off_book);
                listing.tally.trades += u64::from(!off_book);
                self.pass(id, record, out);
            }
            abi::SLOT_ORDER => {
                if self.order(id, turn, &record[0]) {
                    self.pass(id, record, out);
                }
            }
            _ => {
                listing.tally.others += 1;
                self.pass(id, record, out);
            }
        }
    }

    fn of_no_instrument(&mut self, turn: &Turn<'_>, record: &[Slot], out: &mut Out) {
        if record[0].head().kind != abi::SLOT_DEPTH {
            return out.slots.extend_from_slice(record);
        }
        if let Ok(mark) = Message::parse(record)
            && let Some(key) = Chains::key(turn, &mark)
            && let Verdict::Gap { expected, found } = self.chains.judge(key, turn.conn, None, &mark)
        {
            self.break_chain(key, None, Break::gap(expected, found), turn, out);
        }
    }

    fn depth(&mut self, id: InstrumentId, turn: &Turn<'_>, record: &[Slot], out: &mut Out) {
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        let Ok(message) = Message::parse(record) else {
            return self.stale(id, Break::of(abi::CAUSE_INVALID), turn, out);
        };
        if self.at_hand.replace(id) != Some(id) {
            listing.book.fetch(&message);
        }
        if record[0].head().flags & abi::DEPTH_AUDIT != 0 {
            return self.audited(id, &message, turn, out);
        }
        if splice::repeats(&listing.book, listing.conn, turn.conn, &message) {
            listing.tally.repeated += 1;
            return;
        }
        // A snapshot from beside the stream has no connection.
        if turn.conn != splice::NONE {
            listing.conn = turn.conn;
            if listing.instance != turn.instance {
                self.hand_over(id, turn, record[0].head().instrument);
            }
        }
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        listing.tally.book_updates += u64::from(!message.is_outside());
        let mut verdict = Verdict::Unchained;
        if let Some(key) = Chains::key(turn, &message) {
            listing.shared = Some((key.1, key.2));
            verdict = self.chains.judge(key, turn.conn, Some(id), &message);
            if let Verdict::Gap { expected, found } = verdict {
                self.break_chain(key, Some(id), Break::gap(expected, found), turn, out);
            }
        }
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        let applied = listing.book.apply_judged(&message, verdict);
        let in_order = applied.transition.is_none() && matches!(applied.what, What::Applied { .. });
        if applied.what == What::Replaced {
            listing.judge_orders(&message);
        }
        if in_order || applied.what == What::Replaced {
            self.pass(id, record, out);
        }
        self.follow_up(id, &applied, turn, out);
        if matches!(applied.what, What::Applied { .. } | What::Heartbeat) {
            self.note(id, &message, turn, out);
        }
        self.compare_waiting_quote(id, turn, out);
        self.watch_crossed(id, turn.at_ns);
    }

    fn quote(&mut self, id: InstrumentId, turn: &Turn<'_>, record: &[Slot], out: &mut Out) {
        self.pass(id, record, out);
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        let quote = record[0].quote();
        listing.tally.quotes += 1;
        match listing.book.agrees(quote) {
            Some(agrees) => self.testify(id, quote, agrees, turn, out),
            None if quote.head.flags & abi::QUOTE_SAME_IDS != 0 => listing.witness.keep(quote),
            None => {}
        }
    }

    fn compare_waiting_quote(&mut self, id: InstrumentId, turn: &Turn<'_>, out: &mut Out) {
        let Some(listing) = self.listings[id.index()].as_ref() else {
            return;
        };
        if listing.book.state() == State::Live
            && let Some(&quote) = listing.witness.at(listing.book.sequence())
            && let Some(agrees) = listing.book.agrees(&quote)
        {
            self.testify(id, &quote, agrees, turn, out);
        }
    }

    /// Stales the books of a broken chain, but for the one whose own message tells it.
    fn break_chain(
        &mut self,
        key: ChainKey,
        apart_from: Option<InstrumentId>,
        reason: Break,
        turn: &Turn<'_>,
        out: &mut Out,
    ) {
        for at in 0..self.chains.members(key).len() {
            let member = self.chains.members(key)[at];
            // Another instance may carry it by now.
            let theirs = self.listing(member).is_some_and(|listing| listing.instance == key.0);
            if Some(member) != apart_from && theirs {
                self.stale(member, reason, turn, out);
            }
        }
    }

    /// A lost frame leaves a hole that ids will show. Where there are none, only doubt is left.
    fn reject(&mut self, turn: &Turn<'_>, out: &mut Out) {
        self.reject_orders(turn);
        let reason = Break::of(CAUSE_REJECTED);
        self.stale_where(reason, turn, out, |listing| {
            listing.conn == turn.conn && listing.book.evidence() == Evidence::Unproven
        });
    }

    fn close(&mut self, turn: &Turn<'_>, out: &mut Out) {
        self.chains.close(turn.instance, turn.conn);
        let reason = Break::of(CAUSE_CLOSED);
        // Where the successor of a replaced connection was not heard, it may be this one.
        self.stale_where(reason, turn, out, |listing| {
            listing.conn == turn.conn || listing.conn == splice::SUCCESSOR
        });
        self.release(turn, false);
    }

    fn replace(&mut self, turn: &Turn<'_>) {
        self.chains.close(turn.instance, turn.conn);
        self.release(turn, true);
    }

    fn release(&mut self, turn: &Turn<'_>, replaced: bool) {
        // Of a book that another instance carries, this one may still carry the quotes.
        let venue = self.venue_of(turn.instance);
        let theirs = self.listings.iter_mut().flatten().filter(|l| Some(l.venue) == venue);
        theirs.for_each(|listing| listing.release(turn.conn, replaced));
    }

    fn fault(&mut self, turn: &Turn<'_>, out: &mut Out) {
        self.end_orders(turn, CAUSE_FAULT);
        self.stale_where(Break::of(CAUSE_FAULT), turn, out, |_| true);
    }

    /// Stales the books of the turn's instance that `doubt` picks.
    fn stale_where(
        &mut self,
        reason: Break,
        turn: &Turn<'_>,
        out: &mut Out,
        doubt: impl Fn(&Listing) -> bool,
    ) {
        for at in 0..self.listings.len() {
            let picked = self.listings[at].as_ref().is_some_and(|listing| {
                let received = listing.book.state() != State::Empty;
                listing.instance == turn.instance && received && doubt(listing)
            });
            if picked {
                self.stale(InstrumentId(at as u32), reason, turn, out);
            }
        }
    }

    pub(crate) fn stale(
        &mut self,
        id: InstrumentId,
        reason: Break,
        turn: &Turn<'_>,
        out: &mut Out,
    ) {
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        let applied = listing.book.stale(reason);
        self.follow_up(id, &applied, turn, out);
    }

    /// Says what a book said of itself.
    fn follow_up(&mut self, id: InstrumentId, applied: &Applied, turn: &Turn<'_>, out: &mut Out) {
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        if let Some(transition) = &applied.transition {
            listing.cause = transition.reason.cause;
            if listing.cause == abi::CAUSE_GAP {
                listing.last_gap_ns = turn.at_ns;
            }
            let record = Slot::from(listing.book.record(id.0, transition, turn.at_ns));
            out.slots.push(record);
            self.history.push(id, &[record]);
        }
        if applied.resync {
            let (scope_kind, scope) = listing.scope();
            let (instance, conn) = (listing.instance, turn.conn);
            let action = Action::Resync { instance, scope_kind, scope, conn };
            if !out.actions.contains(&action) {
                out.actions.push(action);
            }
        }
    }

    /// Hands a record on under the host's id.
    fn pass(&mut self, id: InstrumentId, record: &[Slot], out: &mut Out) {
        let from = out.slots.len();
        out.slots.extend_from_slice(record);
        out.slots[from].head_mut().instrument = id.0;
        self.history.push(id, &out.slots[from..]);
    }

    /// An instrument; `None` if it was not defined in this run.
    pub fn listing(&self, id: InstrumentId) -> Option<&Listing> {
        self.listings.get(id.index())?.as_ref()
    }

    /// All instruments defined in this run, by id.
    pub fn listings(&self) -> impl Iterator<Item = (InstrumentId, &Listing)> {
        let numbered = self.listings.iter().enumerate();
        numbered.filter_map(|(at, listing)| Some((InstrumentId(at as u32), listing.as_ref()?)))
    }

    /// Ids of instruments are below this.
    pub const fn instruments(&self) -> u32 {
        self.listings.len() as u32
    }

    /// Venue number of an adapter instance.
    pub fn venue_of(&self, instance: u32) -> Option<u16> {
        Some(self.instances.get(instance as usize)?.as_ref()?.venue)
    }

    /// Breaks of chains that run over more than one book.
    pub const fn shared_gaps(&self) -> u64 {
        self.chains.gaps()
    }

    /// Numbers of venues and instruments.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The last messages of an instrument, for another thread.
    pub fn history(&self, id: InstrumentId) -> Option<HistoryReader> {
        self.history.reader(id)
    }

    /// Sum over all instruments.
    pub fn tally(&self) -> Tally {
        let mut sum = Tally { gaps: self.chains.gaps(), ..Tally::default() };
        self.listings().for_each(|(_, listing)| sum += listing.tally());
        sum
    }

    /// Records of instruments that their adapter never defined; they went nowhere.
    pub const fn undefined(&self) -> u64 {
        self.undefined
    }

    /// Fills a strategy's view of a book; false if there is no such instrument.
    pub fn view(&self, id: InstrumentId, view: &mut BookView) -> bool {
        self.listing(id).map(|listing| listing.book.view(id.0, view)).is_some()
    }

    /// Copies levels of a book's side, best first; how many, 0 unless it is live.
    pub fn levels(&self, id: InstrumentId, side: Side, out: &mut [Level]) -> usize {
        self.listing(id).map_or(0, |listing| listing.book.top(side, out))
    }

    /// The instrument of a venue by its symbol and kind, among those defined in this run.
    pub fn find(&self, venue: &str, symbol: &str, kind: Kind) -> Option<InstrumentId> {
        let named = |listing: &Listing| {
            let about = &listing.about;
            about.kind == kind
                && about.symbol == symbol
                && self.registry.venue_name(listing.venue) == Some(venue)
        };
        self.listings().find(|(_, listing)| named(listing)).map(|(id, _)| id)
    }

    /// Host time at which a book was last right; 0 if never.
    pub fn live_until(&self, id: InstrumentId) -> Nanos {
        self.listing(id).map_or(0, |listing| listing.book.live_until())
    }
}
