//! The segment header, and the sizes that everything else keeps to.

/// First bytes of every segment.
pub const MAGIC: [u8; 8] = *b"PBJOURN1";
/// Format version. Every version keeps the 64 bytes of the segment header.
pub const VERSION: u32 = 1;
/// Bytes of a segment header.
pub const SEGMENT_HEADER: usize = 64;
/// Bytes of a record header; the payload follows, zero-padded to a multiple of 8.
pub const RECORD_HEADER: usize = 32;

/// Default size of a segment: 64 MiB.
pub const SEGMENT_BYTES: u64 = 64 << 20;
/// Smallest size of a segment.
pub const SEGMENT_BYTES_MIN: u64 = 4096;
/// Largest size of a segment: a reader holds one in memory.
pub const SEGMENT_BYTES_MAX: u64 = 1 << 30;

/// Header of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// Number of the segment, as in its name.
    pub(crate) number: u32,
    /// Random id that all segments of a journal share.
    pub(crate) journal_id: u64,
    /// Sequence of the first record in it.
    pub(crate) first_sequence: u64,
    /// Size as preallocated; a closed journal's last segment is shorter.
    pub(crate) segment_bytes: u64,
    /// Checksum of the last record of the segment before; [`seed`] in the first.
    pub(crate) previous: u32,
}

/// Why 64 bytes are no header of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// The bytes are damaged, cut off, or were never written.
    Damaged(&'static str),
    /// Intact, but of another version.
    Version(u32),
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; SEGMENT_HEADER] {
        let mut bytes = [0; SEGMENT_HEADER];
        bytes[0..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.number.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.journal_id.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.first_sequence.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.segment_bytes.to_le_bytes());
        bytes[40..44].copy_from_slice(&self.previous.to_le_bytes());
        let crc = crc32c::crc32c(&bytes[..60]);
        bytes[60..64].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    pub(crate) fn decode(segment: &[u8]) -> Result<Self, HeaderFault> {
        let bytes =
            segment.first_chunk::<SEGMENT_HEADER>().ok_or(HeaderFault::Damaged("cut off"))?;
        if bytes[..8] != MAGIC {
            return Err(HeaderFault::Damaged("magic"));
        }
        if u32_at(bytes, 60) != crc32c::crc32c(&bytes[..60]) {
            return Err(HeaderFault::Damaged("checksum"));
        }
        match u32_at(bytes, 8) {
            VERSION => {}
            version => return Err(HeaderFault::Version(version)),
        }
        Ok(Self {
            number: u32_at(bytes, 12),
            journal_id: u64_at(bytes, 16),
            first_sequence: u64_at(bytes, 24),
            segment_bytes: u64_at(bytes, 32),
            previous: u32_at(bytes, 40),
        })
    }
}

/// Where the checksum of every record of a journal begins. Bytes of another journal, or made up by
/// a venue, do not pass for records.
pub(crate) fn seed(journal_id: u64) -> u32 {
    crc32c::crc32c(&journal_id.to_le_bytes())
}

/// The field at `at`, which the caller knows to be within `bytes`.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut field = [0; 4];
    field.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(field)
}

/// As [`u32_at`].
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut field = [0; 8];
    field.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(field)
}

/// Bytes up to and with the last that is not zero.
pub(crate) fn used(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}
