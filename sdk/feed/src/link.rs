//! One connection that should be there, and what goes over it.

use patchbay_model::Nanos;
use patchbay_plugin::abi::OPCODE_TEXT;
use patchbay_plugin::{AdapterCx, Connect, Error, Send};

use crate::desk::Known;
use crate::{Line, Room, Stream, Use, Venue};

#[derive(Debug)]
pub(crate) struct Link {
    /// `Connect::tag`, never used again.
    pub(crate) tag: u32,
    pub(crate) line: Line,
    /// Its number while it is open.
    pub(crate) conn: Option<u32>,
    /// A connection that will take its place was asked for.
    pub(crate) asked: bool,
    /// Nothing stands before subscriptions, such as a login.
    pub(crate) ready: bool,
    /// When its login ends; 0 for never.
    pub(crate) until: Nanos,
    /// Instruments, and the streams of each as bits of places.
    pub(crate) members: Vec<(u32, u32)>,
    /// Streams subscribed on `conn`.
    pub(crate) live: Vec<Stream>,
}

impl Link {
    pub(crate) fn new(tag: u32, line: Line, member: (u32, u32)) -> Self {
        let members = vec![member];
        let live = Vec::new();
        Self { tag, line, conn: None, asked: false, ready: false, until: 0, members, live }
    }

    /// Asks for a connection, unless one was asked for.
    pub(crate) fn connect<V: Venue>(
        &mut self,
        known: Known<'_, V>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        if std::mem::replace(&mut self.asked, true) {
            return Ok(());
        }
        let Line { product, .. } = self.line;
        let host = known.settings.host(product);
        let connect = Connect {
            tag: self.tag,
            url: format!("{}{}", host.stream, V::path(self.line)),
            costs: known.settings.costs::<V>(product, Use::Connect, 1),
            life_ns: known.settings.life,
            ping_ns: V::PING.every_s * 1_000_000_000,
            ping_text: V::PING.text.to_owned(),
            silence_ns: host.silence,
            symbols: self.members.len() as u32,
            ..Connect::default()
        };
        cx.connect(&known.venue.connect(self.line, connect))
    }

    /// The connection is open.
    pub(crate) fn begin(&mut self, conn: u32, ready: bool) {
        (self.conn, self.asked, self.ready, self.until) = (Some(conn), false, ready, 0);
        self.live.clear();
    }

    pub(crate) fn send<V: Venue>(
        &self,
        frame: Send,
        known: Known<'_, V>,
        cx: &mut AdapterCx<'_>,
    ) -> Result<(), Error> {
        let opcode = if frame.opcode == 0 { OPCODE_TEXT } else { frame.opcode };
        let costs = known.settings.costs::<V>(self.line.product, Use::Send, 1);
        let costs = if frame.costs.is_empty() { costs } else { frame.costs };
        cx.send(&Send { conn: self.conn.unwrap_or(0), opcode, costs, ..frame })
    }

    /// The streams of its members.
    pub(crate) fn streams<V: Venue>(&self, known: Known<'_, V>) -> Result<Vec<Stream>, Error> {
        let mut all = Vec::new();
        for &member in &self.members {
            self.streams_of(member, known, &mut all)?;
        }
        Ok(all)
    }

    fn streams_of<V: Venue>(
        &self,
        (instrument, bits): (u32, u32),
        known: Known<'_, V>,
        all: &mut Vec<Stream>,
    ) -> Result<(), Error> {
        let listing = known.directory.get(instrument)?;
        let channels = V::STREAMS.iter().enumerate().filter(|(place, _)| bits >> place & 1 != 0);
        for (place, channel) in channels {
            let name = known.venue.name(self.line, channel, &listing.symbol);
            // Bybit's trades of options are one stream for all of a coin.
            if all.iter().all(|stream| stream.name != name) {
                all.push(Stream { instrument, place: place as u8, name });
            }
        }
        Ok(())
    }

    /// Whether another member fits.
    pub(crate) fn has_room<V: Venue>(
        &self,
        member: (u32, u32),
        room: &Room,
        known: Known<'_, V>,
    ) -> Result<bool, Error> {
        if self.members.len() >= known.settings.symbols_per_connection {
            return Ok(false);
        }
        if room.streams == usize::MAX && room.bytes == usize::MAX {
            return Ok(true);
        }
        let mut all = self.streams(known)?;
        self.streams_of(member, known, &mut all)?;
        let bytes: usize = all.iter().map(|s| s.name.len() + 3).sum();
        Ok(all.len() <= room.streams && bytes <= room.bytes)
    }
}
