//! The last stage: what the turn shows of the quality of data.

use patchbay_abi as abi;
use patchbay_book::{Evidence, State};
use patchbay_model::{InstrumentId, Nanos, Side};
use patchbay_quality::{Book, ClockFact, Counts, Instrument};

use crate::{Engine, Listing, Out, Turn};

impl Engine {
    /// Looks at everything that is put out, books standing after the turn; incidents follow it.
    pub(crate) fn assess(&mut self, turn: &Turn<'_>, out: &mut Out) {
        out.assessed = out.slots.len();
        let Some(monitor) = &mut self.monitor else { return };
        for &id in &out.defined {
            if let Some(Some(listing)) = self.listings.get(id.index()) {
                monitor.define(id.0, &about(listing));
            }
        }
        let mut at = 0;
        while at < out.assessed {
            let record = out.slots[at];
            let head = record.head();
            let book = match self.listings.get(head.instrument as usize) {
                Some(Some(listing)) if head.kind == abi::SLOT_DEPTH => best(listing),
                _ => Book::default(),
            };
            monitor.see(turn.at_ns, &record, &book, &mut out.slots);
            at += 1 + record.continuation();
        }
        monitor.advance(turn.at_ns, &mut out.slots);
        for incident in &out.slots[out.assessed..] {
            let id = incident.head().instrument;
            if id != abi::NO_INSTRUMENT {
                self.history.push(InstrumentId(id), std::slice::from_ref(incident));
            }
        }
    }

    /// How often each detector found something of an instrument, and bits of those whose incidents
    /// are not over. `None` if it is not watched.
    pub fn quality_of(&self, id: InstrumentId) -> Option<(&Counts, u32)> {
        let monitor = self.monitor.as_ref()?;
        Some((monitor.counts(id.0)?, monitor.open(id.0)))
    }

    /// The same of a venue by its number, and what is known of its clock.
    pub fn quality_of_venue(
        &self,
        number: u16,
        now: Nanos,
    ) -> Option<(&Counts, u32, Option<ClockFact>)> {
        let monitor = self.monitor.as_ref()?;
        let counts = monitor.venue_counts(number)?;
        Some((counts, monitor.venue_open(number), monitor.clock(number, now)))
    }
}

fn about(listing: &Listing) -> Instrument {
    let patchbay_model::Instrument { price_exp, qty_exp, tick, .. } = listing.about;
    Instrument { venue: listing.venue, price_exp, qty_exp, tick }
}

#[inline]
fn best(listing: &Listing) -> Book {
    let book = &listing.book;
    let price = |side| book.best(side).map(|level| level.price);
    let proven = book.state() == State::Live && book.evidence() != Evidence::Unproven;
    Book { bid: price(Side::Buy), ask: price(Side::Sell), proven }
}
