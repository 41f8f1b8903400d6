//! What one wake-up read.

/// What one read of a socket asks for at least.
const READ: usize = 64 * 1024;

/// Bytes after which no more is read: what fits a processor's own cache.
const FULL: usize = 32 * 1024;

/// A buffer that grew beyond this for one great message is not used again.
const KEPT: usize = 1 << 20;

/// Text and binary frames in the order in which they came, in one buffer.
///
/// A socket reads into that buffer and marks where frames lie: their bytes are not moved before the
/// adapter gets them. To be used again, so that after a while nothing is allocated.
#[derive(Clone, Default)]
pub struct Batch {
    /// Payloads, and between them what the protocol put there.
    pub(crate) bytes: Vec<u8>,
    /// Where bytes begin of which nobody knows yet whether they are a frame.
    pub(crate) uncut: usize,
    frames: Vec<Place>,
    /// Pings that came, and were answered.
    pub pings: u32,
    /// Pongs that came.
    pub pongs: u32,
}

/// Where a payload lies.
#[derive(Clone, Copy)]
struct Place {
    opcode: u32,
    start: usize,
    len: usize,
}

impl Batch {
    /// Adds a frame with a copy of `data`: for sockets that have read it elsewhere.
    pub fn push(&mut self, opcode: u32, data: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(data);
        self.uncut = self.bytes.len();
        self.mark(opcode, start, data.len());
    }

    /// `OPCODE_*` and payload of each frame.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = (u32, &[u8])> {
        let frame = |place: &Place| {
            let Place { opcode, start, len } = *place;
            (opcode, &self.bytes[start..start + len])
        };
        self.frames.iter().map(frame)
    }

    /// The payload of a frame, to be changed in its place.
    pub(crate) fn frame_mut(&mut self, number: usize) -> Option<&mut [u8]> {
        let Place { start, len, .. } = *self.frames.get(number)?;
        self.bytes.get_mut(start..start + len)
    }

    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.pings == 0 && self.pongs == 0
    }

    /// Empties it, keeping its room.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.frames.clear();
        (self.uncut, self.pings, self.pongs) = (0, 0, 0);
    }

    /// A frame lies there.
    pub(crate) fn mark(&mut self, opcode: u32, start: usize, len: usize) {
        self.frames.push(Place { opcode, start, len });
    }

    /// Whether a read should end.
    pub(crate) fn is_full(&self) -> bool {
        !self.is_empty() && self.bytes.len() >= FULL
    }

    /// Room for a read.
    pub(crate) fn reserve(&mut self) {
        self.bytes.reserve(READ);
    }

    /// Whether it is worth to be used again.
    pub(crate) fn is_kept(&self) -> bool {
        self.bytes.capacity() <= KEPT
    }
}

/// Its frames are nobody's business who prints it.
impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pings, pongs, .. } = self;
        write!(f, "Batch of {} frames, {pings} pings, {pongs} pongs", self.frames.len())
    }
}
