//! Records in a buffer: sealing them, checking them, finding them behind damage.

use crate::format::{RECORD_HEADER, u32_at, u64_at, used};

/// Flag: the record was written together with the one before it, and is published by the commit
/// word of the first of them.
pub(crate) const CONTINUES: u16 = 1;

/// The part of a record header that its checksum covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) kind: u16,
    pub(crate) flags: u16,
    /// 1, 2, 3 ... over the whole journal.
    pub(crate) sequence: u64,
    /// Checksum of the record before; the seed for the first.
    pub(crate) previous: u32,
    /// Records before this one that no sync covered when it was written; `u32::MAX` if too many.
    pub(crate) unsynced: u32,
}

impl Head {
    pub(crate) fn continues(&self) -> bool {
        self.flags & CONTINUES != 0
    }

    /// Whether record `sequence` was on the disk when this one was written.
    pub(crate) fn proves_durable(&self, sequence: u64) -> bool {
        self.unsynced != u32::MAX && sequence < self.sequence.saturating_sub(self.unsynced.into())
    }
}

/// A valid record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) head: Head,
    pub(crate) crc: u32,
    /// Offset of the record.
    pub(crate) at: usize,
    /// Bytes of payload.
    pub(crate) length: usize,
    /// Offset behind it.
    pub(crate) end: usize,
}

/// Why there is no valid record at an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Zeros up to the end.
    Blank,
    /// The commit word was not, or not wholly, written.
    Uncommitted,
    /// Anything else.
    Damaged(&'static str),
}

/// Completes the record that begins at `at` and ends with `out`: pads it and fills the header in,
/// all but the commit word, which is answered with the checksum.
pub(crate) fn seal(out: &mut Vec<u8>, at: usize, head: Head, seed: u32) -> (u64, u32) {
    let length = out.len() - at - RECORD_HEADER;
    out.resize(at + RECORD_HEADER + length.next_multiple_of(8), 0);
    let record = &mut out[at..];
    // The caller bounds a record by the segment size, far below 4 GiB.
    record[8..12].copy_from_slice(&(length as u32).to_le_bytes());
    record[12..14].copy_from_slice(&head.kind.to_le_bytes());
    record[14..16].copy_from_slice(&head.flags.to_le_bytes());
    record[16..24].copy_from_slice(&head.sequence.to_le_bytes());
    record[24..28].copy_from_slice(&head.previous.to_le_bytes());
    record[28..32].copy_from_slice(&head.unsynced.to_le_bytes());
    let crc = crc32c::crc32c_append(seed, &record[8..]);
    (commit_word(head.sequence, crc), crc)
}

/// The word that publishes a record: its checksum, and a mark made of checksum and sequence that
/// is never zero.
pub(crate) fn commit_word(sequence: u64, crc: u32) -> u64 {
    let folded = (sequence ^ (sequence >> 32)) as u32;
    let mark = (folded.rotate_left(16) ^ !crc) | 1;
    u64::from(mark) << 32 | u64::from(crc)
}

/// Checks the record at `at`, apart from its place in the journal.
pub(crate) fn inspect(segment: &[u8], at: usize, seed: u32) -> Result<Found, Fault> {
    let rest = segment.get(at..).unwrap_or_default();
    if rest.len() < RECORD_HEADER {
        return Err(if used(rest) == 0 { Fault::Blank } else { Fault::Damaged("cut off") });
    }
    let word = u64_at(rest, 0);
    if word == 0 {
        return Err(if used(rest) == 0 { Fault::Blank } else { Fault::Uncommitted });
    }
    let length = u32_at(rest, 8) as usize;
    let size = RECORD_HEADER + length.next_multiple_of(8);
    let record = rest.get(8..size).ok_or(Fault::Damaged("length"))?;
    let head = head(rest);
    let crc = crc32c::crc32c_append(seed, record);
    let expected = commit_word(head.sequence, crc);
    if word != expected {
        return Err(mismatch(word, expected));
    }
    Ok(Found { head, crc, at, length, end: at + size })
}

/// A commit word of which only the first bytes arrived publishes nothing.
fn mismatch(word: u64, expected: u64) -> Fault {
    let torn = (1..8).any(|bytes| word == expected & ((1 << (bytes * 8)) - 1));
    if torn { Fault::Uncommitted } else { Fault::Damaged("checksum") }
}

fn head(record: &[u8]) -> Head {
    let kind_flags = u32_at(record, 12);
    Head {
        kind: kind_flags as u16,
        flags: (kind_flags >> 16) as u16,
        sequence: u64_at(record, 16),
        previous: u32_at(record, 24),
        unsynced: u32_at(record, 28),
    }
}

/// The first valid record at or behind `from`, a multiple of 8.
pub(crate) fn find(segment: &[u8], from: usize, seed: u32) -> Option<Found> {
    let last = segment.len().checked_sub(RECORD_HEADER)?;
    (from..=last).step_by(8).find_map(|at| {
        // The commit word is proved against the sequence before any checksum is computed, so that
        // hostile or random bytes cannot make the search slow.
        let word = u64_at(segment, at);
        let plausible = word != 0 && word == commit_word(u64_at(segment, at + 16), word as u32);
        plausible.then(|| inspect(segment, at, seed).ok()).flatten()
    })
}
