//! The engine as the publisher is lent it.

use patchbay_book::Book;
use patchbay_engine::Engine;
use patchbay_mcast::{AssetCount, Listed, Source, VenueStatus};
use patchbay_model::InstrumentId;

/// What the engine does not know of a venue.
#[derive(Clone, Debug, Default)]
pub(crate) struct VenueFacts {
    /// It has stocks, or they are wanted of it.
    pub(crate) stocks: bool,
    pub(crate) connected: u16,
    pub(crate) disconnected: u16,
    pub(crate) assets: Vec<AssetCount>,
}

pub(crate) struct Lent<'a> {
    pub(crate) engine: &'a Engine,
    /// By venue number minus one.
    pub(crate) venues: &'a [VenueFacts],
}

impl Source for Lent<'_> {
    fn instruments(&self) -> u32 {
        self.engine.instruments()
    }

    fn instrument(&self, id: u32) -> Option<Listed<'_>> {
        let listing = self.engine.listing(InstrumentId(id))?;
        let canonical = listing.canonical.as_deref();
        Some(Listed { venue: listing.venue, about: &listing.about, canonical })
    }

    fn book(&self, id: u32) -> Option<&Book> {
        Some(&self.engine.listing(InstrumentId(id))?.book)
    }

    fn venues(&self) -> u16 {
        self.venues.len() as u16
    }

    fn venue(&self, number: u16) -> Option<VenueStatus<'_>> {
        let facts = self.venues.get(usize::from(number).checked_sub(1)?)?;
        let name = self.engine.registry().venue_name(number)?;
        let VenueFacts { connected, disconnected, assets, .. } = facts;
        let (connected, disconnected) = (*connected, *disconnected);
        Some(VenueStatus { name, connected, disconnected, assets })
    }

    /// Stocks on channel 2, everything else on 1 (`docs/wire.md`).
    fn channel(&self, venue: u16) -> u8 {
        let facts = self.venues.get(usize::from(venue).wrapping_sub(1));
        match facts {
            None => 0,
            Some(facts) if facts.stocks => 2,
            Some(_) => 1,
        }
    }
}
