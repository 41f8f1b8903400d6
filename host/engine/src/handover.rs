//! Who carries an instrument when two instances of a venue have it, and when one of them goes.

use std::collections::BTreeMap;

use patchbay_abi::CAUSE_CLOSED;
use patchbay_book::{Break, Evidence, State};
use patchbay_model::InstrumentId;

use crate::splice;
use crate::{Engine, Listing, Out, Turn};

/// No instance: whichever defines the instrument next carries it.
const NOBODY: u32 = u32::MAX;

impl Engine {
    /// Whether an instance other than `instance` carries the instrument. It goes on until a message
    /// of another one is taken, or it is retired.
    pub(crate) fn is_carried_by_another(&self, id: InstrumentId, instance: u32) -> bool {
        self.listing(id).is_some_and(|listing| {
            let carrier = self.instances.get(listing.instance as usize);
            listing.instance != instance && carrier.is_some_and(Option::is_some)
        })
    }

    /// A depth message of another instance than the one before was taken. An audit that the one
    /// before was asked for proves nothing any more: it does not see every change.
    #[cold]
    pub(crate) fn hand_over(&mut self, id: InstrumentId, turn: &Turn<'_>, index: u32) {
        let Some(listing) = self.listings[id.index()].as_mut() else { return };
        let before = std::mem::replace(&mut listing.instance, turn.instance);
        listing.index = index;
        if let Some(Some(before)) = self.instances.get_mut(before as usize)
            && before.auditor.is_about(id)
        {
            before.auditor.close();
            listing.tally.audits_lost += 1;
            self.look_at_audits();
        }
    }

    /// The turn's instance is retired. What it carried goes to another instance that has it too, as
    /// it is where the venue's ids prove that nothing was lost; otherwise the book ends here.
    #[cold]
    pub(crate) fn retire(&mut self, turn: &Turn<'_>, out: &mut Out) {
        let place = self.instances.get_mut(turn.instance as usize);
        let Some(retired) = place.and_then(Option::take) else { return };
        self.chains.retire(turn.instance);
        self.end_orders(turn, CAUSE_CLOSED);
        let heirs = self.holders(retired.venue);
        for id in retired.ids.into_iter().flatten() {
            let Some(listing) = self.listings[id.index()].as_mut() else { continue };
            let heir = heirs.get(&id);
            let carried = listing.instance == turn.instance;
            if carried {
                (listing.instance, listing.index) = heir.copied().unwrap_or((NOBODY, 0));
            }
            // A snapshot that it was asked for will not come.
            let waits = !matches!(listing.book.state(), State::Live | State::Empty);
            let goes_on = heir.is_some() && listing.is_proved_by_ids();
            if waits || carried && !goes_on {
                listing.conn = splice::NONE;
                self.stale(id, Break::of(CAUSE_CLOSED), turn, out);
            }
        }
        self.look_at_audits();
    }

    /// An instance of a venue that has the instrument, and its index of it.
    fn holders(&self, venue: u16) -> BTreeMap<InstrumentId, (u32, u32)> {
        let numbered = (0..).zip(&self.instances);
        let theirs = numbered.filter_map(|(number, instance)| Some((number, instance.as_ref()?)));
        let theirs = theirs.filter(|(_, instance)| instance.venue == venue);
        let ids = theirs.flat_map(|(number, instance)| {
            let indexed = (0..).zip(&instance.ids);
            indexed.filter_map(move |(index, id)| Some(((*id)?, (number, index))))
        });
        ids.collect()
    }
}

impl Listing {
    /// Whether the ids of its own changes would show that one is missing.
    fn is_proved_by_ids(&self) -> bool {
        let proved = matches!(
            self.book.evidence(),
            Evidence::Chained | Evidence::Checksummed | Evidence::Snapshot
        );
        self.book.state() == State::Live && proved && self.shared.is_none()
    }
}
