//! From the records of turns to datagrams.
//!
//! [`Publisher::turn`] sends what a turn put out, at once. [`Publisher::tick`] does what comes
//! around: heartbeats, definitions, snapshots, monitoring lines; never more than a few datagrams a
//! call, so that an update waits for no more than that.

mod cycle;
mod records;

use std::collections::VecDeque;

use patchbay_model::{InstrumentId, Nanos};

use crate::error::ConfigError;
use crate::image::Image;
use crate::line::{Line, Port};
use crate::pace::Pace;
use crate::track::{Hold, Route, Track};
use crate::{Header, Kind, PublisherConfig, Sink, Source};

/// Sends books and events of one host. One session: from when it is made until it ends.
///
/// Allocates when it meets a new instrument, or a book larger than any before; nothing else.
#[derive(Debug)]
pub struct Publisher {
    config: PublisherConfig,
    session: u32,
    lines: [Line; 2],
    /// By host id.
    tracks: Vec<Track>,
    /// How many of them consumers hold whole.
    whole: usize,
    /// Books that became live and were not sent yet.
    due: VecDeque<u32>,
    /// Instruments of this turn whose books changed.
    touched: Vec<u32>,
    /// The snapshot that is sent part by part.
    paced: Image,
    /// When its next part may leave.
    part_due: Nanos,
    /// An event that is sent in one go.
    event: Image,
    cycle: Pace,
    /// Instrument that the snapshot cycle has come to.
    cycle_at: usize,
    repeat: Pace,
    repeat_at: u64,
    names: usize,
    text: Pace,
    text_at: u16,
    /// Connections of each venue as last published.
    links: Vec<(u16, u16)>,
    line_of_text: String,
    counters: PublisherCounters,
}

/// What a publisher did since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublisherCounters {
    /// Binary datagrams sent, both channels.
    pub datagrams: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Monitoring lines sent.
    pub texts: u64,
    /// Books sent whole, by the cycle and as they became live or were replaced.
    pub snapshots: u64,
    /// Records of kinds that version 1 of the format does not carry.
    pub no_kind: u64,
    /// Trades that were not matched in the book.
    pub off_book: u64,
    /// Changes of a book that waited to be sent whole, and went out with it.
    pub folded: u64,
    /// Records of instruments that are unknown or kept off the network.
    pub no_route: u64,
    /// Records that contradict themselves or do not fit the format's fields.
    pub unfit: u64,
}

impl Publisher {
    /// A new session. `random` makes it another one than any before; 24 bits of it are used.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the configuration cannot work.
    pub fn new(config: PublisherConfig, random: u32) -> Result<Self, ConfigError> {
        config.check()?;
        let session = u32::from(config.publisher) << 24 | (random & 0x00ff_ffff);
        let line = |channel| Line::new(channel, session, config.max_datagram);
        Ok(Self {
            session,
            lines: [line(1), line(2)],
            tracks: Vec::new(),
            whole: 0,
            due: VecDeque::with_capacity(1024),
            touched: Vec::with_capacity(1024),
            paced: Image::new(),
            part_due: Nanos::MIN,
            event: Image::new(),
            cycle: Pace::within(config.snapshot_cycle_ns),
            cycle_at: 0,
            repeat: Pace::within(config.repeat_ns),
            repeat_at: 0,
            names: 0,
            text: Pace::new(config.text_ns),
            text_at: 0,
            links: Vec::new(),
            line_of_text: String::with_capacity(1024),
            counters: PublisherCounters::default(),
            config,
        })
    }

    /// Says that definitions are new or changed; to be called before the turn that defined them is
    /// published.
    pub fn defined(
        &mut self,
        now: Nanos,
        ids: &[InstrumentId],
        source: &dyn Source,
        sink: &mut dyn Sink,
    ) {
        let port = &mut Port { now, source, sink };
        for id in ids {
            if self.track(id.0, port).is_some_and(|fresh| !fresh) {
                self.send_instrument(id.0, port);
            }
        }
    }

    /// The session ends: says so three times on every channel. Nothing is to follow.
    pub fn end(&mut self, now: Nanos, sink: &mut dyn Sink) {
        for at in self.open_lines() {
            for _ in 0..3 {
                self.lines[at].begin();
                self.lines[at].send(Header::of(Kind::End), now, sink);
            }
        }
    }

    /// Publisher and random number of this session, as in headers.
    pub const fn session(&self) -> u32 {
        self.session
    }

    /// Index of the line on which the snapshot cycle sends book `id` around; `None` if consumers do
    /// not hold it whole.
    pub fn cycles_on(&self, id: u32) -> Option<usize> {
        let track = self.tracks.get(id as usize).filter(|track| track.hold == Hold::Whole)?;
        track.route?.line
    }

    /// Instrument that the snapshot cycle has come to.
    pub const fn cycle_id(&self) -> u32 {
        self.cycle_at as u32
    }

    /// What was done so far.
    pub fn counters(&self) -> PublisherCounters {
        PublisherCounters {
            datagrams: self.lines.iter().map(Line::datagrams).sum(),
            bytes: self.lines.iter().map(Line::bytes).sum(),
            ..self.counters
        }
    }

    /// Indexes of the lines that are configured.
    fn open_lines(&self) -> impl Iterator<Item = usize> + use<> {
        let channels = self.config.channels;
        (0..channels.len()).filter(move |&at| channels[at])
    }

    /// Index of a channel's line, if it is configured.
    fn line_of(&self, channel: u8) -> Option<usize> {
        let at = usize::from(channel).checked_sub(1)?;
        self.config.channels.get(at)?.then_some(at)
    }

    /// Makes sure that an instrument is known, and announces one that was not; whether it was not,
    /// `None` if the source does not know it either.
    fn track(&mut self, id: u32, port: &mut Port<'_>) -> Option<bool> {
        let at = id as usize;
        if self.tracks.get(at).is_some_and(|track| track.route.is_some()) {
            return Some(false);
        }
        let listed = port.source.instrument(id)?;
        let route = Route {
            line: self.line_of(port.source.channel(listed.venue)),
            venue: listed.venue,
            price_exp: listed.about.price_exp,
            qty_exp: listed.about.qty_exp,
        };
        if self.tracks.len() <= at {
            self.tracks.resize(at + 1, Track::NEW);
        }
        self.tracks[at].route = Some(route);
        self.send_instrument(id, port);
        Some(true)
    }

    /// The line of a known instrument that is not kept off the network.
    fn route(&mut self, id: u32, port: &mut Port<'_>) -> Option<usize> {
        self.track(id, port)?;
        self.tracks.get(id as usize)?.route?.line
    }

    /// Sends a payload that stands in a line's buffer.
    fn send(&mut self, line: usize, header: Header, fits: bool, port: &mut Port<'_>) {
        if !(fits && self.lines[line].send(header, port.now, port.sink)) {
            self.counters.unfit += 1;
        }
    }

    /// Notes what consumers have of a book from now on.
    fn hold(&mut self, at: usize, hold: Hold) {
        let was = std::mem::replace(&mut self.tracks[at].hold, hold);
        self.whole -= usize::from(was == Hold::Whole);
        self.whole += usize::from(hold == Hold::Whole);
    }
}
