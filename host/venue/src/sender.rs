//! What a websocket is sent, with what goes wrong in it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::time::{Duration, Instant, sleep};

use crate::clock::wall_ns;
use crate::config::Departure;
use crate::fault::{Fault, Strike};
use crate::ledger::Did;
use crate::protocol::{Depth, Product};
use crate::random::Random;
use crate::server::Wrap;
use crate::session::End;
use crate::socket::Socket;
use crate::wire;
use crate::world::World;

/// Bytes put together before they are written.
const FULL: usize = 64 << 10;

/// A frame that was struck and is not sent yet.
struct Held {
    index: usize,
    stream: u32,
    wrap: Wrap,
}

/// Puts bytes together and writes them.
pub(crate) struct Sender {
    world: Arc<World>,
    conn: u64,
    /// Of market data.
    opcode: u8,
    out: Vec<u8>,
    frames: u64,
    /// Frames in `out`, if somebody is told when they leave.
    leaving: Vec<usize>,
    /// Frames waiting for the next one of their stream.
    reordered: Vec<Held>,
    /// Changes still to be left out, by stream.
    gaps: BTreeMap<u32, u32>,
    /// The frame that is late, and until when.
    late: Option<(Instant, Held)>,
    shutdown: Option<Duration>,
    /// Number of the next message, where the venue counts them.
    number: Option<u64>,
}

impl Sender {
    pub(crate) fn new(world: Arc<World>, conn: u64, product: Product) -> Self {
        let (out, reordered, gaps) = (Vec::new(), Vec::new(), BTreeMap::new());
        let opcode = if world.protocol().binary() { wire::BINARY } else { wire::TEXT };
        let number = world.protocol().counts(product).then_some(0);
        let (frames, late, shutdown, leaving) = (0, None, None, Vec::new());
        Self { world, conn, opcode, out, frames, leaving, reordered, gaps, late, shutdown, number }
    }

    /// Until when nothing may be sent.
    pub(crate) fn late(&self) -> Option<Instant> {
        self.late.as_ref().map(|(until, _)| *until)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.out.len() >= FULL
    }

    /// A fault said that the connection ends after this.
    pub(crate) fn take_shutdown(&mut self) -> Option<Duration> {
        self.shutdown.take()
    }

    /// Appends something other than a frame of the recording.
    pub(crate) fn control(&mut self, opcode: u8, payload: &[u8]) {
        let number = self.number.filter(|_| opcode == wire::TEXT);
        let text = number.and_then(|number| self.world.protocol().numbered(payload, number));
        self.number = self.number.map(|number| number + u64::from(text.is_some()));
        wire::frame(&mut self.out, opcode, text.as_deref().unwrap_or(payload));
    }

    /// The next number is the frame's, whether it is sent or not.
    fn numbered(&mut self, wrap: Wrap) -> Wrap {
        let Some(number) = self.number else { return wrap };
        self.number = Some(number + 1);
        Wrap::Numbered(number)
    }

    /// Appends market data that is no frame of the recording as it stands there.
    pub(crate) fn data(&mut self, payload: &[u8]) {
        self.control(self.opcode, payload);
    }

    /// The late frame is due.
    pub(crate) fn release(&mut self) {
        if let Some((_, held)) = self.late.take() {
            self.append(held.index, &held.wrap);
        }
    }

    /// The connection ends: what is held back will not be sent.
    pub(crate) fn give_up(&mut self) {
        for held in std::mem::take(&mut self.reordered) {
            self.enter(held.index, Fault::Reorder, Did::LeftOut);
        }
    }

    /// Writes what was put together.
    pub(crate) async fn flush(&mut self, socket: &mut Socket) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        if let Some(told) = &self.world.config.departures {
            let (conn, at_ns) = (self.conn, wall_ns());
            for frame in self.leaving.drain(..) {
                // Without room it is not told.
                told.try_send(Departure { conn, frame, at_ns }).ok();
            }
        }
        socket.write_all(&self.out).await?;
        socket.flush().await?;
        if let Some(entry) = self.world.ledger().connection(self.conn) {
            entry.frames += std::mem::take(&mut self.frames);
            entry.bytes += self.out.len() as u64;
        }
        self.out.clear();
        Ok(())
    }

    /// Sends a frame of the recording, or does to it what `strike` says.
    pub(crate) async fn frame(
        &mut self,
        socket: &mut Socket,
        index: usize,
        wrap: Wrap,
        strike: Option<Box<Strike>>,
        product: Product,
        combined: bool,
    ) -> Result<(), End> {
        let frame = &self.world.recording().frames[index];
        let (stream, depth) = (frame.stream, frame.depth);
        let wrap = self.numbered(wrap);
        if let Some(left) = self.gaps.get_mut(&stream).filter(|left| **left > 0) {
            *left -= 1;
            let frames = *left + 1;
            self.enter(index, Fault::SequenceGap { frames }, Did::LeftOut);
            return Ok(());
        }
        if let Some(strike) = strike {
            return self.strike(socket, index, wrap, *strike, product, combined, depth).await;
        }
        self.append(index, &wrap);
        self.append_reordered(stream, index);
        Ok(())
    }

    fn append_reordered(&mut self, stream: u32, after: usize) {
        while let Some(place) = self.reordered.iter().position(|held| held.stream == stream) {
            let held = self.reordered.remove(place);
            self.append(held.index, &held.wrap);
            self.enter(held.index, Fault::Reorder, Did::SentAfter { frame: after as u64 });
        }
    }

    fn enter(&self, index: usize, fault: Fault, did: Did) {
        self.world.enter_frame_fault(self.conn, index, fault, did);
    }

    /// The text of a frame, with `payload` in place of the recorded one if there is another.
    fn text(&self, index: usize, wrap: &Wrap, payload: Option<&[u8]>) -> Vec<u8> {
        let recording = self.world.recording();
        let (bytes, recorded) = (recording.bytes(index), recording.payload(index));
        let payload = payload.unwrap_or(recorded);
        let (before, after): (&[u8], &[u8]) = match wrap {
            Wrap::Bare => (b"", b""),
            Wrap::As(wrap) => (wrap.0.as_bytes(), wrap.1.as_bytes()),
            Wrap::Numbered(number) => {
                let text = self.world.protocol().numbered(payload, *number);
                return text.unwrap_or_else(|| payload.to_owned());
            }
            Wrap::Recorded => {
                let start = recorded.as_ptr().addr() - bytes.as_ptr().addr();
                (&bytes[..start], &bytes[start + recorded.len()..])
            }
        };
        [before, payload, after].concat()
    }

    /// Appends a frame as it is.
    fn append(&mut self, index: usize, wrap: &Wrap) {
        let recording = self.world.recording();
        match wrap {
            Wrap::Recorded => wire::frame(&mut self.out, self.opcode, recording.bytes(index)),
            Wrap::Bare => wire::frame(&mut self.out, self.opcode, recording.payload(index)),
            Wrap::As(envelope) => {
                let payload = recording.payload(index);
                let len = envelope.0.len() + payload.len() + envelope.1.len();
                wire::header(&mut self.out, true, self.opcode, len);
                self.out.extend_from_slice(envelope.0.as_bytes());
                self.out.extend_from_slice(payload);
                self.out.extend_from_slice(envelope.1.as_bytes());
            }
            Wrap::Numbered(_) => {
                let text = self.text(index, wrap, None);
                wire::frame(&mut self.out, self.opcode, &text);
            }
        }
        self.count(index);
    }

    fn count(&mut self, index: usize) {
        self.frames += 1;
        if self.world.config.departures.is_some() {
            self.leaving.push(index);
        }
        self.world.count_sent(self.world.recording().frames[index].stream);
    }

    #[allow(clippy::too_many_lines, reason = "one arm a fault")]
    async fn strike(
        &mut self,
        socket: &mut Socket,
        index: usize,
        wrap: Wrap,
        strike: Strike,
        product: Product,
        combined: bool,
        depth: Option<Depth>,
    ) -> Result<(), End> {
        let Strike { fault, seed } = strike;
        let stream = self.world.recording().frames[index].stream;
        let mut did = Did::AsSaid;
        match &fault {
            Fault::Drop => {}
            Fault::Duplicate => {
                self.append(index, &wrap);
                self.append(index, &wrap);
            }
            Fault::Reorder => {
                // Entered when it is sent, or given up.
                self.reordered.push(Held { index, stream, wrap });
                return Ok(());
            }
            Fault::Delay { ms } => {
                let until = Instant::now() + Duration::from_millis(*ms);
                self.late = Some((until, Held { index, stream, wrap }));
            }
            Fault::SequenceGap { frames } => {
                self.gaps.insert(stream, frames.saturating_sub(1));
                did = Did::LeftOut;
            }
            Fault::CorruptDigit => {
                let (payload, corrupted) = self.corrupt(index, seed);
                self.append_text(index, &wrap, &payload);
                did = corrupted;
            }
            Fault::SequenceReset => {
                if let Some(depth) = depth {
                    let first = self.world.protocol().first_id();
                    let last = first + (depth.last - depth.first.min(depth.last));
                    let to = Depth { first, last, previous: depth.previous.map(|_| first - 1) };
                    let recorded = self.world.recording().payload(index);
                    let payload = self.world.protocol().renumber(recorded, depth, to);
                    let counted = matches!(wrap, Wrap::Numbered(_));
                    self.append_text(
                        index,
                        if counted { &Wrap::Recorded } else { &wrap },
                        &payload,
                    );
                    did = Did::Renumbered { to: (to.first, to.last) };
                }
            }
            Fault::Fragments { pieces } => {
                let text = self.text(index, &wrap, None);
                wire::fragments(&mut self.out, self.opcode, &text, *pieces as usize);
                self.count(index);
            }
            Fault::OneByteSegments => {
                return Ok(self.trickle(socket, index, &wrap, fault, usize::MAX, 0).await?);
            }
            Fault::SlowLoris { bytes, every_ms } => {
                let (alone, every_ms) = (*bytes as usize, *every_ms);
                return Ok(self.trickle(socket, index, &wrap, fault, alone, every_ms).await?);
            }
            Fault::Shutdown { after_ms } => {
                self.append(index, &wrap);
                self.shutdown = Some(Duration::from_millis(*after_ms));
                let announced = self.world.protocol().announcement(product, combined, 0);
                if announced.is_none() {
                    did = Did::LeftOut; // This product ends without a word.
                }
            }
            Fault::Freeze { ms } => {
                self.flush(socket).await?;
                self.enter(index, fault.clone(), did);
                sleep(Duration::from_millis(*ms)).await;
                self.append(index, &wrap);
                return Ok(());
            }
            Fault::CutMidFrame => {
                self.flush(socket).await?;
                let text = self.text(index, &wrap, None);
                wire::frame(&mut self.out, self.opcode, &text);
                let of = self.out.len();
                self.out.truncate(of / 2);
                let did = Did::Sent { bytes: (of / 2) as u64, of: of as u64 };
                self.enter(index, fault, did);
                self.flush(socket).await?;
                // Until the half has arrived: a reset also throws away what waits to be sent.
                sleep(Duration::from_millis(20)).await;
                return Err(End::Reset("fault: cut mid-frame".to_owned()));
            }
            Fault::Cut | Fault::Close { .. } | Fault::HalfOpen => {
                self.flush(socket).await?;
                self.enter(index, fault.clone(), did);
                return Err(match fault {
                    Fault::Close { code } => End::Close(code, "fault".to_owned()),
                    Fault::HalfOpen => End::HalfOpen,
                    _ => End::Reset("fault: cut".to_owned()),
                });
            }
            // Those strike elsewhere.
            _ => self.append(index, &wrap),
        }
        self.enter(index, fault, did);
        if !matches!(self.late, Some((_, Held { index: held, .. })) if held == index) {
            self.append_reordered(stream, index);
        }
        Ok(())
    }

    fn append_text(&mut self, index: usize, wrap: &Wrap, payload: &[u8]) {
        let text = self.text(index, wrap, Some(payload));
        wire::frame(&mut self.out, self.opcode, &text);
        self.count(index);
    }

    /// Writes a frame a byte at a time, `alone` of them with a pause, the rest at once.
    async fn trickle(
        &mut self,
        socket: &mut Socket,
        index: usize,
        wrap: &Wrap,
        fault: Fault,
        alone: usize,
        every_ms: u64,
    ) -> io::Result<()> {
        self.flush(socket).await?;
        self.append(index, wrap);
        let bytes = std::mem::take(&mut self.out);
        let of = bytes.len() as u64;
        self.enter(index, fault, Did::Sent { bytes: of.min(alone as u64), of });
        let (slow, rest) = bytes.split_at(bytes.len().min(alone));
        for byte in slow {
            socket.write_all(&[*byte]).await?;
            socket.flush().await?;
            if every_ms > 0 {
                sleep(Duration::from_millis(every_ms)).await;
            }
        }
        socket.write_all(rest).await?;
        socket.flush().await?;
        if let Some(entry) = self.world.ledger().connection(self.conn) {
            entry.frames += std::mem::take(&mut self.frames);
            entry.bytes += of;
        }
        let stream = self.world.recording().frames[index].stream;
        self.append_reordered(stream, index);
        Ok(())
    }

    /// A payload with one digit changed, and which.
    fn corrupt(&self, index: usize, seed: u64) -> (Vec<u8>, Did) {
        let mut payload = self.world.recording().payload(index).to_vec();
        let levels = self.world.protocol().levels(&payload);
        let mut random = Random::new(seed);
        let Some(level) = levels.get(random.below(levels.len() as u64) as usize) else {
            return (payload, Did::AsSaid);
        };
        let text = |span: std::ops::Range<usize>| {
            String::from_utf8_lossy(&self.world.recording().payload(index)[span]).into_owned()
        };
        let price = text(level.price.clone());
        let (field, span) = match random.below(2) {
            0 => ("price", level.price.clone()),
            _ => ("qty", level.qty.clone()),
        };
        let from = text(span.clone());
        let digits: Vec<_> = span.clone().filter(|at| payload[*at].is_ascii_digit()).collect();
        if let Some(&at) = digits.get(random.below(digits.len() as u64) as usize) {
            let other = b'0' + (payload[at] - b'0' + 1 + random.below(9) as u8) % 10;
            // No decimal begins with a zero and another digit: that would be noticed as such.
            let first = at == span.start && span.len() > 1 && payload[at + 1] != b'.';
            payload[at] = match (first && other == b'0', payload[at]) {
                (false, _) => other,
                (true, b'1') => b'2',
                (true, _) => b'1',
            };
        }
        let to = String::from_utf8_lossy(&payload[span]).into_owned();
        let side = if level.side == 0 { "bid" } else { "ask" };
        (payload, Did::Corrupted { side, level: level.index, price, field, from, to })
    }
}
