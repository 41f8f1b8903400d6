//! Books that are live and wrong: how they are found out, and what follows.

use patchbay_abi::{CAUSE_AUDIT, CAUSE_CROSSED, CAUSE_QUOTE, Level, Quote};
use patchbay_book::{Break, Difference, Evidence, Finding, Message, State};
use patchbay_model::{InstrumentId, Nanos, Side};
use patchbay_quality::Monitor;

use crate::audits::Due;
use crate::{Action, Engine, Incident, Listing, Out, Proof, Turn};

impl Engine {
    /// Book and quote stand at the same update id: a book that disagrees is wrong.
    pub(crate) fn testify(
        &mut self,
        id: InstrumentId,
        quote: &Quote,
        agrees: bool,
        turn: &Turn<'_>,
        out: &mut Out,
    ) {
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        listing.tally.quote_checks += 1;
        if !agrees {
            listing.tally.quote_convictions += 1;
            let proof = Proof::Quote(difference(listing, quote));
            self.convict(id, proof, Break::of(CAUSE_QUOTE), turn, out);
        }
    }

    /// A snapshot that was fetched for a comparison. One that nobody waits for any more is nothing.
    pub(crate) fn audited(
        &mut self,
        id: InstrumentId,
        snapshot: &Message<'_>,
        turn: &Turn<'_>,
        out: &mut Out,
    ) {
        let Some(listing) = self.listings[id.index()].as_ref() else {
            return;
        };
        let Some(Some(instance)) = self.instances.get_mut(listing.instance as usize) else {
            return;
        };
        let auditor = &mut instance.auditor;
        if auditor.is_about(id)
            && let Some(finding) = auditor.audit.answer(&listing.book, snapshot)
        {
            self.conclude(id, finding, turn, out);
        }
    }

    /// A book has taken a change while a snapshot is awaited or waits for it.
    pub(crate) fn note(
        &mut self,
        id: InstrumentId,
        change: &Message<'_>,
        turn: &Turn<'_>,
        out: &mut Out,
    ) {
        let Some(listing) = self.listings[id.index()].as_ref() else {
            return;
        };
        let Some(Some(instance)) = self.instances.get_mut(listing.instance as usize) else {
            return;
        };
        let auditor = &mut instance.auditor;
        if auditor.is_about(id)
            && let Some(finding) = auditor.audit.note(&listing.book, change)
        {
            self.conclude(id, finding, turn, out);
        }
    }

    fn conclude(&mut self, id: InstrumentId, finding: Finding, turn: &Turn<'_>, out: &mut Out) {
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        if let Some(Some(instance)) = self.instances.get_mut(listing.instance as usize) {
            instance.auditor.close();
        }
        match finding {
            Finding::Agrees { .. } => listing.tally.audits += 1,
            Finding::Nothing => listing.tally.audits_lost += 1,
            Finding::Differs(difference) => {
                listing.tally.audits += 1;
                listing.tally.audit_convictions += 1;
                let (expected, found) = (difference.venue as u64, difference.book as u64);
                let reason = Break { cause: CAUSE_AUDIT, expected, found };
                self.convict(id, Proof::Audit(difference), reason, turn, out);
            }
        }
        self.look_at_audits();
    }

    /// The instance was told to ask for a snapshot of its instrument number `index`.
    pub(crate) fn begin_audit(&mut self, index: u32, turn: &Turn<'_>) {
        let Some(Some(instance)) = self.instances.get_mut(turn.instance as usize) else {
            return;
        };
        let Some(id) = instance.ids.get(index as usize).copied().flatten() else {
            return;
        };
        let Some(listing) = self.listings[id.index()].as_mut() else {
            return;
        };
        instance.auditor.ask(id, turn.at_ns);
        if !instance.auditor.audit.begin(&listing.book) {
            instance.auditor.close();
            listing.tally.audits_lost += 1;
        }
        self.look_at_audits();
    }

    /// The instance has no snapshots to compare with.
    pub(crate) fn stop_audits(&mut self, turn: &Turn<'_>) {
        if let Some(Some(instance)) = self.instances.get_mut(turn.instance as usize) {
            instance.auditor.stop();
        }
        self.look_at_audits();
    }

    /// Asks for the audits that are due.
    pub(crate) fn schedule_audits(&mut self, now: Nanos, out: &mut Out) {
        for number in 0..self.instances.len() {
            let Some(instance) = self.instances[number].as_mut() else { continue };
            match instance.auditor.due(now) {
                Due::Nothing => {}
                Due::Lost(id) => {
                    if let Some(listing) = self.listings[id.index()].as_mut() {
                        listing.tally.audits_lost += 1;
                    }
                }
                Due::After(last) => {
                    let next = next_after(&self.listings, number as u32, last);
                    if let Some((id, index)) = next {
                        instance.auditor.ask(id, now);
                        out.actions.push(Action::Audit { instance: number as u32, index });
                    }
                }
            }
        }
        self.look_at_audits();
    }

    pub(crate) fn look_at_audits(&mut self) {
        let instances = self.instances.iter().flatten();
        self.audits_due = instances.map(|i| i.auditor.wake()).min().unwrap_or(Nanos::MAX);
    }

    /// Watches a book that is crossed or locked from now on.
    #[inline]
    pub(crate) fn watch_crossed(&mut self, id: InstrumentId, now: Nanos) {
        if self.config.crossed_ns > 0
            && let Some(listing) = self.listings[id.index()].as_mut()
            && listing.book.is_crossed()
            && listing.crossed_since.is_none()
        {
            listing.crossed_since = Some(now);
            self.crossed.push(id);
        }
    }

    /// Convicts the books that have been crossed or locked for longer than allowed.
    #[cold]
    pub(crate) fn judge_crossed(&mut self, turn: &Turn<'_>, out: &mut Out) {
        let mut place = 0;
        while let Some(&id) = self.crossed.get(place) {
            let Some(listing) = self.listings[id.index()].as_mut() else { break };
            let since = listing.crossed_since.filter(|_| listing.book.is_crossed());
            let for_ns = since.map(|since| turn.at_ns - since);
            if for_ns.is_some_and(|for_ns| for_ns <= self.config.crossed_ns) {
                place += 1;
                continue;
            }
            listing.crossed_since = None;
            self.crossed.remove(place);
            if let Some(for_ns) = for_ns {
                listing.tally.crossed_convictions += 1;
                let price = |side| listing.book.best(side).map_or(0, |level| level.price);
                let (bid, ask) = (price(Side::Buy), price(Side::Sell));
                let (expected, found) = (ask as u64, bid as u64);
                let reason = Break { cause: CAUSE_CROSSED, expected, found };
                self.convict(id, Proof::Crossed { bid, ask, for_ns }, reason, turn, out);
            }
        }
    }

    fn convict(
        &mut self,
        instrument: InstrumentId,
        proof: Proof,
        reason: Break,
        turn: &Turn<'_>,
        out: &mut Out,
    ) {
        let sequence = self.listing(instrument).map_or(0, |listing| listing.book.sequence());
        out.incidents.push(Incident { instrument, sequence, proof });
        self.stale(instrument, reason, turn, out);
    }

    /// Host time at which something is due though nothing may have come; a turn at or after it does
    /// it.
    pub fn due(&self) -> Nanos {
        let crossed = self.crossed.iter().filter_map(|&id| self.listing(id)?.crossed_since);
        // Longer than allowed, not as long.
        let limit = self.config.crossed_ns.saturating_add(1);
        let crossed = crossed.map(|since| since.saturating_add(limit)).min();
        let quality = self.monitor.as_ref().map_or(Nanos::MAX, Monitor::due);
        self.audits_due.min(crossed.unwrap_or(Nanos::MAX)).min(quality)
    }
}

/// The next book of an instance, by number and round again, that a snapshot can be compared with.
fn next_after(
    listings: &[Option<Listing>],
    instance: u32,
    last: Option<InstrumentId>,
) -> Option<(InstrumentId, u32)> {
    let count = listings.len();
    let from = last.map_or(0, |last| last.index() + 1);
    (0..count).map(|step| (from + step) % count).find_map(|at| {
        let listing = listings[at].as_ref().filter(|l| l.instance == instance)?;
        listing.is_auditable().then_some((InstrumentId(at as u32), listing.index))
    })
}

impl Listing {
    /// Whether an id can place a snapshot among the changes of its book.
    fn is_auditable(&self) -> bool {
        let book = &self.book;
        let chained = matches!(book.evidence(), Evidence::Chained | Evidence::Checksummed);
        book.state() == State::Live && chained && self.shared.is_none() && book.sequence() != 0
    }
}

/// The side on which book and quote disagree, as the venue's level; both disagree, the bids.
fn difference(listing: &Listing, quote: &Quote) -> Difference {
    let bid = (Side::Buy, Level { price: quote.bid_price, qty: quote.bid_qty });
    let ask = (Side::Sell, Level { price: quote.ask_price, qty: quote.ask_qty });
    let is_best = |(side, level): &(Side, Level)| {
        let best = listing.book.best(*side).unwrap_or(Level { price: 0, qty: 0 });
        (best.price, best.qty) == (level.price, level.qty)
    };
    let (side, venue) = if is_best(&bid) { ask } else { bid };
    let best = listing.book.best(side).unwrap_or(Level { price: 0, qty: 0 });
    // Where the best prices differ, the better one is a level that only one of them has.
    let book_leads = match side {
        Side::Buy => best.price > venue.price,
        Side::Sell => best.qty != 0 && (best.price < venue.price || venue.qty == 0),
    };
    if book_leads {
        return Difference { side, price: best.price, book: best.qty, venue: 0 };
    }
    let book = if best.price == venue.price { best.qty } else { 0 };
    Difference { side, price: venue.price, book, venue: venue.qty }
}
