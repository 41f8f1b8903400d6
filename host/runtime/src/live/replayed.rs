//! A status of what was replayed, by the same path as that of a running host.

use patchbay_control::Status;
use patchbay_mcast::{Publisher, PublisherConfig};
use patchbay_model::Nanos;

use super::ledger::Ledger;
use super::shared::About;
use super::survey::{Fact, Seen, channel_for};
use crate::strategies::Strategies;
use crate::{Core, RuntimeError};

/// Books and totals of a core, as a running host would say them at `now`. There are no connections,
/// lines or log in it.
///
/// # Errors
///
/// None but those of a publisher with the usual configuration, which there are not.
pub fn status_of(core: &Core, now: Nanos) -> Result<Status, RuntimeError> {
    let engine = core.engine();
    let (mut survey, mut facts) =
        channel_for(engine.instruments() as usize + core.seats().len() + 1);
    let publisher = Publisher::new(PublisherConfig::default(), 0)?;
    let (strategies, turns) = (Strategies::default(), core.turns());
    let seen = Seen { engine, publisher: &publisher, strategies: &strategies, turns };
    survey.last(now, &seen, &mut []);
    let mut ledger = Ledger::new();
    while let Ok(fact) = facts.pop() {
        match fact {
            Fact::Book(book) => ledger.book(book),
            Fact::Venue(venue) => ledger.venue(venue),
            Fact::Round(round) => ledger.round = round,
            Fact::Desk(_) => {}
        }
    }
    let abouts = engine.listings().map(|(id, listing)| (id.0, About::of(engine, id, listing)));
    let abouts = abouts.collect();
    let mut status = Status::default();
    status.host.now_ns = now;
    status.totals = ledger.totals();
    status.books = ledger.books(now, &abouts);
    status.quality = ledger.quality(&abouts);
    for seat in core.seats() {
        status.totals.frames += seat.tally.frames;
        status.totals.rejected += seat.tally.rejected_frames;
        status.totals.fallback += seat.tally.fallback_frames;
    }
    Ok(status)
}
