//! From datagrams to books.
//!
//! [`Consumer::datagram`] takes datagrams as they arrive. A hole in a channel's sequence puts all
//! its books in doubt at once; each is good again after its next snapshot. Nothing is reordered: a
//! datagram that comes after its hole was found is as good as lost.

mod book;
mod channel;
mod counters;

use std::collections::BTreeMap;

use patchbay_model::Nanos;

pub use book::Book;
use channel::Channel;
pub use channel::Definition;
pub use counters::{ChannelCounters, ConsumerCounters};

use crate::{Datagram, DecodeError, Header, Kind, MAGIC, Payload, Text};

/// Sessions that a publisher's new one replaced and that are remembered, so that their last
/// datagrams do not pass for another restart.
const RETIRED: usize = 8;

/// Bounds of a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsumerConfig {
    /// A channel that is silent for longer has no good books. Heartbeats come every 100 ms.
    pub silence_ns: Nanos,
    /// Most instruments, and most names, of a channel. Others are refused, and counted.
    pub max_instruments: usize,
    /// Most levels of a book or of one event. A book that grows beyond it is refused, and counted.
    pub max_levels: usize,
}

impl Default for ConsumerConfig {
    fn default() -> Self {
        Self { silence_ns: 350_000_000, max_instruments: 65_536, max_levels: 262_144 }
    }
}

/// Names an instrument: its number means something in its channel of its publisher's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Publisher.
    pub publisher: u8,
    /// Channel, 1 or 2.
    pub channel: u8,
    /// Instrument.
    pub instrument: u32,
}

/// Where a datagram stands in its channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first of its channel that this consumer hears.
    First,
    /// The next one.
    Next,
    /// Some before it are missing; it was taken.
    Hole {
        /// How many.
        missing: u64,
    },
    /// It came before, or too late; it was not taken.
    Old,
    /// Of a session that is over; it was not taken.
    Retired,
}

impl Place {
    /// Whether the datagram was taken.
    pub const fn is_new(self) -> bool {
        matches!(self, Self::First | Self::Next | Self::Hole { .. })
    }
}

/// A datagram as it was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Received<'a> {
    /// A monitoring line.
    Text(Text<'a>),
    /// A binary datagram.
    Binary {
        /// What it says.
        datagram: Datagram<'a>,
        /// Where it stands.
        place: Place,
        /// Whether its publisher started again: everything known of it is void.
        restarted: bool,
    },
}

/// How far a book can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is the publisher's live book.
    Good,
    /// Something is missing; its next snapshot makes it good.
    Incomplete,
    /// The publisher's own book is not live.
    NotLive,
    /// Nothing was heard for too long.
    Silent,
    /// The session is over.
    Ended,
}

/// One publisher as far as it was heard.
#[derive(Clone, Debug, Default)]
struct Peer {
    session: u32,
    channels: [Channel; 2],
    retired: [Option<u32>; RETIRED],
    restarts: usize,
}

/// Takes datagrams of any number of publishers and holds their books.
#[derive(Clone, Debug, Default)]
pub struct Consumer {
    config: ConsumerConfig,
    peers: BTreeMap<u8, Peer>,
    counters: ConsumerCounters,
}

impl Consumer {
    /// Has heard nothing.
    pub fn new(config: ConsumerConfig) -> Self {
        Self { config, ..Self::default() }
    }

    /// Takes a datagram that arrived at `now`.
    ///
    /// # Errors
    ///
    /// [`DecodeError`]: it was not taken. If its header and checksum are right all the same its
    /// sequence counts, and all books of its channel are in doubt.
    pub fn datagram<'a>(
        &mut self,
        bytes: &'a [u8],
        now: Nanos,
    ) -> Result<Received<'a>, DecodeError> {
        self.counters.datagrams += 1;
        self.counters.bytes += bytes.len() as u64;
        let received = if bytes.starts_with(&MAGIC) {
            self.binary(bytes, now)
        } else {
            self.counters.texts += 1;
            Text::decode(bytes).map(Received::Text)
        };
        match received {
            Err(DecodeError::Checksum { .. }) => self.counters.crc_errors += 1,
            Err(_) => self.counters.decode_errors += 1,
            Ok(_) => {}
        }
        received
    }

    fn binary<'a>(&mut self, bytes: &'a [u8], now: Nanos) -> Result<Received<'a>, DecodeError> {
        let (header, payload) = Header::open(bytes)?;
        let decoded = Payload::decode(&header, payload);
        let Some(at) = usize::from(header.channel).checked_sub(1).filter(|&at| at < 2) else {
            // Which channel has the hole is not known; the sequence will tell.
            return Err(decoded.err().unwrap_or(DecodeError::Short { bytes: bytes.len() }));
        };
        let peer = self.peers.entry(header.publisher()).or_default();
        let Some(restarted) = peer.session(header.session) else {
            self.counters.retired += 1;
            let payload = decoded?;
            let datagram = Datagram { header, payload };
            return Ok(Received::Binary { datagram, place: Place::Retired, restarted: false });
        };
        self.counters.restarts += u64::from(restarted);
        let channel = &mut peer.channels[at];
        let place = channel.place(&header, bytes.len(), now);
        let payload = match decoded {
            Ok(payload) => payload,
            Err(error) => {
                if place.is_new() {
                    channel.hole(1);
                }
                return Err(error);
            }
        };
        let datagram = Datagram { header, payload };
        if place.is_new() {
            self.counters.refused += u64::from(!channel.apply(&datagram, &self.config));
            self.counters.count(&header, self.config.max_instruments);
        }
        Ok(Received::Binary { datagram, place, restarted })
    }

    /// The book, if it is good at `now`.
    pub fn good(&self, key: Key, now: Nanos) -> Option<&Book> {
        (self.status(key, now) == Some(Status::Good)).then(|| self.book(key)).flatten()
    }

    /// How far a book can be trusted at `now`; `None` if nothing was heard of it.
    pub fn status(&self, key: Key, now: Nanos) -> Option<Status> {
        let book = self.book(key)?;
        Some(self.channel(key.publisher, key.channel)?.status(book, self.config.silence_ns, now))
    }

    /// What was heard of an instrument's book, by number.
    pub fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        let channels = self.peers.iter().flat_map(|(&publisher, peer)| {
            peer.channels.iter().zip(1..).map(move |(known, channel)| (publisher, channel, known))
        });
        channels.flat_map(|(publisher, channel, known)| {
            known.books.keys().map(move |&instrument| Key { publisher, channel, instrument })
        })
    }

    /// Definition of an instrument, once it was heard.
    pub fn definition(&self, key: Key) -> Option<&Definition> {
        self.channel(key.publisher, key.channel)?.definitions.get(&key.instrument)
    }

    /// Name of a venue, and how many of its connections are open and are not.
    pub fn venue(&self, publisher: u8, channel: u8, venue: u16) -> Option<(&str, u16, u16)> {
        let known = self.channel(publisher, channel)?.venues.get(&venue)?;
        Some((&known.0, known.1, known.2))
    }

    /// Name of a feature or model.
    pub fn name(&self, publisher: u8, channel: u8, space: u8, id: u32) -> Option<&str> {
        self.channel(publisher, channel)?.names.get(&(space, id)).map(String::as_str)
    }

    /// Session of a publisher that was heard.
    pub fn session(&self, publisher: u8) -> Option<u32> {
        self.peers.get(&publisher).map(|peer| peer.session)
    }

    /// Counts of a channel of its publisher's present session.
    pub fn channel_counters(&self, publisher: u8, channel: u8) -> Option<ChannelCounters> {
        self.channel(publisher, channel).map(|channel| channel.counters)
    }

    /// Counts over everything.
    pub const fn counters(&self) -> &ConsumerCounters {
        &self.counters
    }

    /// Datagrams of a kind that were taken, over all venues.
    pub fn of_kind(&self, kind: Kind) -> u64 {
        let counts = self.counters.by_kind.iter();
        counts.filter(|((_, _, code), _)| *code == kind as u8).map(|(_, count)| count).sum()
    }

    /// A book whatever its status: not to be read but through [`Self::good`].
    fn book(&self, key: Key) -> Option<&Book> {
        self.channel(key.publisher, key.channel)?.books.get(&key.instrument)
    }

    fn channel(&self, publisher: u8, channel: u8) -> Option<&Channel> {
        self.peers.get(&publisher)?.channels.get(usize::from(channel).checked_sub(1)?)
    }
}

impl Peer {
    /// Whether a datagram's session takes the place of the one before; `None` if it is over.
    fn session(&mut self, session: u32) -> Option<bool> {
        // A session that was never heard has heard nothing on either channel.
        let fresh = self.restarts == 0 && self.channels.iter().all(Channel::is_unheard);
        if fresh || session == self.session {
            self.session = session;
            return Some(false);
        }
        if self.retired.contains(&Some(session)) {
            return None;
        }
        self.retired[self.restarts % RETIRED] = Some(self.session);
        self.restarts += 1;
        self.session = session;
        self.channels = <[Channel; 2]>::default();
        Some(true)
    }
}
