//! What the publisher is lent, and where its datagrams go.

use patchbay_book::Book;
use patchbay_model as model;

use crate::Name;

/// The state of the host right after the turn that was last given to the publisher.
///
/// The runtime implements it over the engine. The publisher asks for no levels of a book that is
/// not live: the book does not show them.
pub trait Source {
    /// Host ids of instruments are below this.
    fn instruments(&self) -> u32;

    /// An instrument; `None` if it was not defined in this run.
    fn instrument(&self, id: u32) -> Option<Listed<'_>>;

    /// Its book.
    fn book(&self, id: u32) -> Option<&Book>;

    /// Numbers of venues are 1 to this.
    fn venues(&self) -> u16;

    /// A venue.
    fn venue(&self, number: u16) -> Option<VenueStatus<'_>>;

    /// Channel of a venue's datagrams, 1 or 2; 0 for venue 0 and for those kept off the network.
    fn channel(&self, venue: u16) -> u8;

    /// Name number `index`, from 0, of features and models; `None` behind the last.
    fn name(&self, index: usize) -> Option<Name<'_>> {
        let _ = index;
        None
    }
}

/// An instrument as the publisher needs it.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Venue number, 0 if consolidated.
    pub venue: u16,
    /// Definition.
    pub about: &'a model::Instrument,
    /// Symbol that is the same on all hosts, if it has one.
    pub canonical: Option<&'a str>,
}

/// A venue as the publisher needs it.
#[derive(Clone, Copy, Debug)]
pub struct VenueStatus<'a> {
    /// Its name.
    pub name: &'a str,
    /// Connections that are open.
    pub connected: u16,
    /// Connections that are wanted and not open.
    pub disconnected: u16,
    /// What it trades, each once.
    pub assets: &'a [AssetCount],
}

/// Running totals of one asset type of a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssetCount {
    /// Asset type.
    pub kind: model::Kind,
    /// Trades.
    pub trades: u64,
    /// Book updates.
    pub book_updates: u64,
}

/// Where datagrams go: one call, one datagram, at once.
pub trait Sink {
    /// Sends `bytes` to the group of `channel`. What cannot be sent is lost, and counted by the
    /// sink: consumers notice the hole.
    fn datagram(&mut self, channel: u8, bytes: &[u8]);
}

impl<F: FnMut(u8, &[u8])> Sink for F {
    fn datagram(&mut self, channel: u8, bytes: &[u8]) {
        self(channel, bytes);
    }
}

/// The number that stands for a host id on the wire, where 0 is no instrument.
pub const fn wire_instrument(host_id: u32) -> u32 {
    // `NO_INSTRUMENT` is the largest number and becomes 0.
    host_id.wrapping_add(1)
}
