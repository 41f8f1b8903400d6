//! One channel on its way out: its sequence and the one buffer that its datagrams are made in.

use patchbay_model::Nanos;

use crate::{HEADER, Header, Heartbeat, Kind, Payload, Sink, Source};

/// What a call lends to everything below it.
pub(crate) struct Port<'a> {
    pub(crate) now: Nanos,
    pub(crate) source: &'a dyn Source,
    pub(crate) sink: &'a mut dyn Sink,
}

/// A channel of this session.
#[derive(Debug)]
pub(crate) struct Line {
    channel: u8,
    session: u32,
    max: usize,
    /// Of the datagram that comes next.
    next: u64,
    /// When one was last sent.
    sent_at: Option<Nanos>,
    bytes: u64,
    datagram: Vec<u8>,
}

impl Line {
    pub(crate) fn new(channel: u8, session: u32, max: usize) -> Self {
        let datagram = Vec::with_capacity(max);
        Self { channel, session, max, next: 1, sent_at: None, bytes: 0, datagram }
    }

    /// Bytes of payload that fit.
    pub(crate) const fn room(&self) -> usize {
        self.max - HEADER
    }

    /// Datagrams sent.
    pub(crate) const fn datagrams(&self) -> u64 {
        self.next - 1
    }

    /// Bytes sent.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// An empty payload, to be filled and then sent.
    pub(crate) fn begin(&mut self) -> &mut Vec<u8> {
        self.datagram.clear();
        self.datagram.resize(HEADER, 0);
        &mut self.datagram
    }

    /// Sends the payload since [`Self::begin`]; false, and nothing sent, if it is too long or a
    /// consumer would refuse it: a plugin's nonsense must not look like a broken line. Levels of
    /// books were judged before.
    pub(crate) fn send(&mut self, header: Header, now: Nanos, sink: &mut dyn Sink) -> bool {
        if self.datagram.len() > self.max {
            return false;
        }
        let (channel, session, sequence) = (self.channel, self.session, self.next);
        let header = Header { channel, session, sequence, send_ts: now, ..header };
        let judged = header.kind == Kind::Book as u8;
        if !judged && Payload::decode(&header, &self.datagram[HEADER..]).is_err() {
            return false;
        }
        header.seal(&mut self.datagram);
        sink.datagram(channel, &self.datagram);
        self.next += 1;
        self.sent_at = Some(now);
        self.bytes += self.datagram.len() as u64;
        true
    }

    /// Sends a heartbeat if the line was silent for `silence`; when the next may be due.
    pub(crate) fn beat(&mut self, silence: Nanos, now: Nanos, sink: &mut dyn Sink) -> Nanos {
        if let Some(due) = self.sent_at.map(|at| at + silence)
            && now < due
        {
            return due;
        }
        // Nothing can be asked for again: the range from `oldest` to `next` is empty.
        let next = self.next + 1;
        Heartbeat { next, oldest: next }.put(self.begin());
        self.send(Header { count: 1, ..Header::of(Kind::Heartbeat) }, now, sink);
        now + silence
    }
}
