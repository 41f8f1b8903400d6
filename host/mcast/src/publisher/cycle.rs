//! What comes around: heartbeats, definitions, snapshots, monitoring lines.

use patchbay_abi::BOOK_EMPTY;
use patchbay_model::Nanos;

use super::Publisher;
use super::records::book_head;
use crate::line::Port;
use crate::source::{Listed, VenueStatus};
use crate::track::Hold;
use crate::{BookState, Header, Instrument, Kind, Sink, Source, Text, Venue, wire_instrument};

/// Most definitions and most monitoring lines in one tick.
const BURST: usize = 4;

/// Least time between two bursts of parts. At 1 Gbit/s a datagram of 1400 bytes takes 12 µs and a
/// sender not much longer: what left before has gone when the next one leaves, and an update finds at
/// most one burst ahead of it however often [`Publisher::tick`] is called.
const PART_GAP: Nanos = 50_000;

impl Publisher {
    /// Does what is due at `now`; when it wants to be called again, `now` if at once. To be called
    /// then, after every turn, and after a connection has changed; `source` stands right after the
    /// last turn given to [`Self::turn`].
    pub fn tick(&mut self, now: Nanos, source: &dyn Source, sink: &mut dyn Sink) -> Nanos {
        let port = &mut Port { now, source, sink };
        self.watch_links(port);
        let wakes =
            [self.snapshots(port), self.repeats(port), self.texts(port), self.heartbeats(port)];
        wakes.into_iter().min().unwrap_or(now).max(now)
    }

    fn heartbeats(&mut self, port: &mut Port<'_>) -> Nanos {
        let silence = self.config.heartbeat_ns;
        let lines = self.open_lines();
        let beats = lines.map(|at| self.lines[at].beat(silence, port.now, port.sink));
        beats.min().unwrap_or(Nanos::MAX)
    }

    /// Sends some parts of snapshots: of books that became live first, then of the cycle.
    fn snapshots(&mut self, port: &mut Port<'_>) -> Nanos {
        if port.now < self.part_due {
            return self.part_due;
        }
        for _ in 0..self.config.snapshot_burst {
            if self.paced.id().is_none() && !self.next_due(port) && !self.next_of_cycle(port) {
                break;
            }
            self.paced.part(&mut self.lines, port.now, port.sink);
            self.part_due = port.now + PART_GAP;
        }
        if self.paced.id().is_some() || !self.due.is_empty() {
            return self.part_due;
        }
        self.cycle.due(self.whole as u64).unwrap_or(Nanos::MAX)
    }

    /// Takes up the next book that became live.
    fn next_due(&mut self, port: &Port<'_>) -> bool {
        while let Some(id) = self.due.pop_front() {
            // It may have fallen stale since, or be here a second time.
            let waits = self.tracks[id as usize].hold == Hold::Due;
            if waits && self.copy(id, port, true) {
                self.hold(id as usize, Hold::Whole);
                self.cycle.start(port.now);
                return true;
            }
            if waits {
                self.hold(id as usize, Hold::Nothing);
            }
        }
        false
    }

    /// Takes up the next book of the cycle, if it is time.
    fn next_of_cycle(&mut self, port: &Port<'_>) -> bool {
        let due = self.cycle.due(self.whole as u64);
        let Some(due) = due.filter(|&due| due <= port.now) else {
            return false;
        };
        self.cycle.took(due, port.now);
        let count = self.tracks.len();
        let mut order = (1..=count).map(|ahead| (self.cycle_at + ahead) % count);
        let Some(at) = order.find(|&at| self.tracks[at].hold == Hold::Whole) else {
            return false;
        };
        self.cycle_at = at;
        self.copy(at as u32, port, true)
    }

    /// Repeats some definitions: venues, then names, then instruments, then from the start.
    fn repeats(&mut self, port: &mut Port<'_>) -> Nanos {
        for _ in 0..BURST {
            let (venues, instruments) =
                (u64::from(port.source.venues()), port.source.instruments());
            let items = venues + self.names as u64 + u64::from(instruments);
            let Some(due) = self.repeat.due(items) else {
                return Nanos::MAX;
            };
            if due > port.now {
                return due;
            }
            self.repeat.took(due, port.now);
            self.count_names(port);
            self.repeat_at = (self.repeat_at + 1) % items;
            self.repeat_item(self.repeat_at, venues, port);
        }
        port.now
    }

    fn repeat_item(&mut self, item: u64, venues: u64, port: &mut Port<'_>) {
        if item < venues {
            return self.send_venue(item as u16 + 1, port);
        }
        let item = item - venues;
        if item < self.names as u64 {
            return self.send_name(item as usize, port);
        }
        let id = (item - self.names as u64) as u32;
        if self.track(id, port) == Some(false) {
            self.send_instrument(id, port);
        }
        self.repeat_state(id, port);
    }

    /// Names come with plugins; there are few of them and they do not go.
    fn count_names(&mut self, port: &Port<'_>) {
        while port.source.name(self.names).is_some() {
            self.names += 1;
        }
    }

    /// Whoever has joined since the last change of state learns it.
    fn repeat_state(&mut self, id: u32, port: &mut Port<'_>) {
        let Some(track) = self.tracks.get(id as usize) else {
            return;
        };
        let (Some(line), Some(book)) =
            (track.route.and_then(|route| route.line), port.source.book(id))
        else {
            return;
        };
        if track.said.state == BOOK_EMPTY {
            return;
        }
        let said = BookState { evidence: book.evidence().to_abi(), ..track.said };
        let header = track.header(Kind::BookState, id, &book_head(id, book));
        said.put(self.lines[line].begin());
        self.send(line, header, true, port);
    }

    pub(super) fn send_instrument(&mut self, id: u32, port: &mut Port<'_>) {
        let Some(Listed { venue, about, canonical }) = port.source.instrument(id) else {
            return;
        };
        let Some(line) = self.line_of(port.source.channel(venue)) else {
            return;
        };
        let instrument = Instrument {
            instrument: wire_instrument(id),
            venue,
            kind: about.kind,
            price_exp: about.price_exp,
            qty_exp: about.qty_exp,
            tick: about.tick,
            lot: about.lot,
            contract_size: about.contract_size,
            contract_exp: about.contract_exp,
            expiry_ts: about.expiry_ns,
            venue_symbol: &about.symbol,
            canonical_symbol: canonical.unwrap_or(&about.symbol),
            base: &about.base,
            quote: &about.quote,
            settle: &about.settle,
        };
        let header = Header {
            venue,
            instrument: wire_instrument(id),
            price_exp: about.price_exp,
            qty_exp: about.qty_exp,
            count: 1,
            ..Header::of(Kind::Instrument)
        };
        let fits = instrument.put(self.lines[line].begin());
        self.send(line, header, fits, port);
    }

    fn send_name(&mut self, index: usize, port: &mut Port<'_>) {
        let Some(name) = port.source.name(index) else {
            return;
        };
        let header = Header { count: 1, ..Header::of(Kind::Name) };
        for line in self.open_lines() {
            let fits = name.put(self.lines[line].begin());
            self.send(line, header, fits, port);
        }
    }

    fn send_venue(&mut self, number: u16, port: &mut Port<'_>) {
        let line = self.line_of(port.source.channel(number));
        let Some((line, status)) = line.zip(port.source.venue(number)) else {
            return;
        };
        self.line_of_text.clear();
        for (at, asset) in status.assets.iter().enumerate() {
            self.line_of_text.push_str(if at == 0 { "" } else { "," });
            self.line_of_text.push_str(asset.kind.name());
        }
        let venue = Venue {
            venue: number,
            connected: status.connected,
            disconnected: status.disconnected,
            total: status.connected.saturating_add(status.disconnected),
            name: status.name,
            asset_types: &self.line_of_text,
        };
        let fits = venue.put(self.lines[line].begin());
        let header = Header { venue: number, count: 1, ..Header::of(Kind::Venue) };
        self.send(line, header, fits, port);
    }

    /// Tells of connections that changed, at once.
    fn watch_links(&mut self, port: &mut Port<'_>) {
        for number in 1..=port.source.venues() {
            let Some(status) = port.source.venue(number) else {
                continue;
            };
            let at = usize::from(number);
            if self.links.len() <= at {
                self.links.resize(at + 1, (0, 0));
            }
            let link = (status.connected, status.disconnected);
            if std::mem::replace(&mut self.links[at], link) != link {
                self.send_venue(number, port);
                self.send_conn(number, &status, port);
            }
        }
    }

    /// Monitoring lines of some venues, each once a period.
    fn texts(&mut self, port: &mut Port<'_>) -> Nanos {
        for _ in 0..BURST {
            let venues = port.source.venues();
            let Some(due) = self.text.due(venues.into()) else {
                return Nanos::MAX;
            };
            if due > port.now {
                return due;
            }
            self.text.took(due, port.now);
            self.text_at = self.text_at % venues + 1;
            if let Some(status) = port.source.venue(self.text_at) {
                self.send_conn(self.text_at, &status, port);
                self.send_exchange(self.text_at, &status, port);
            }
        }
        port.now
    }

    fn send_conn(&mut self, number: u16, status: &VenueStatus<'_>, port: &mut Port<'_>) {
        let text = Text::Conn {
            venue: status.name,
            connected: status.connected,
            disconnected: status.disconnected,
            total: status.connected.saturating_add(status.disconnected),
        };
        self.send_text(number, &text, port);
    }

    fn send_exchange(&mut self, number: u16, status: &VenueStatus<'_>, port: &mut Port<'_>) {
        for asset in status.assets {
            let text = Text::Exchange {
                venue: status.name,
                asset_type: asset.kind.name(),
                trades: asset.trades,
                book_updates: asset.book_updates,
                unix_seconds: port.now.div_euclid(1_000_000_000).max(0),
            };
            self.send_text(number, &text, port);
        }
    }

    fn send_text(&mut self, venue: u16, text: &Text<'_>, port: &mut Port<'_>) {
        let channel = port.source.channel(venue);
        if self.line_of(channel).is_none() {
            return;
        }
        self.line_of_text.clear();
        text.put(&mut self.line_of_text);
        if self.line_of_text.len() > self.config.max_datagram {
            self.counters.unfit += 1;
            return;
        }
        port.sink.datagram(channel, self.line_of_text.as_bytes());
        self.counters.texts += 1;
    }
}
