//! Damage: a torn tail to be cut, or a loss to be refused.

use crate::{
    JournalError, Reader, Storage, Tail, VERSION,
    format::{HeaderFault, SEGMENT_HEADER, SegmentHeader, used},
    record::{Fault, Head, find},
};

/// A place that should hold record `sequence + 1`, or the header of a segment, and does not.
#[derive(Clone, Copy)]
pub(super) struct Damage {
    pub(super) segment: u32,
    pub(super) offset: usize,
    pub(super) fault: Fault,
}

impl<S: Storage> Reader<S> {
    /// Cuts the journal at `damage`, unless something valid behind it shows that more was there.
    pub(super) fn judge(&mut self, damage: Damage) -> Result<(), JournalError> {
        let mut bytes = 0;
        for number in damage.segment..=self.last {
            self.load(number)?;
            let mut from = SEGMENT_HEADER;
            bytes += used(&self.bytes) as u64;
            if number == damage.segment {
                bytes = bytes.saturating_sub(damage.offset as u64);
                from = damage.offset + 8;
            } else if !self.power_loss && SegmentHeader::decode(&self.bytes).is_ok() {
                return Err(self.broken(damage, 0));
            }
            while let Some(found) = find(&self.bytes, from, self.seed) {
                if !self.expected_behind(damage.fault, &found.head) {
                    return Err(self.broken(damage, found.at));
                }
                from = found.end;
            }
        }
        self.tail = Some(match bytes {
            0 => Tail::Clean,
            _ => Tail::Cut { segment: damage.segment, offset: damage.offset as u64, bytes },
        });
        Ok(())
    }

    /// Whether a valid record may stand behind the damage in a journal to which nothing happened
    /// but its end.
    fn expected_behind(&self, fault: Fault, head: &Head) -> bool {
        let same_group = fault == Fault::Uncommitted && head.continues();
        same_group || (self.power_loss && !head.proves_durable(self.sequence + 1))
    }

    /// What to say about a first segment without a header.
    pub(super) fn no_header(&mut self, fault: HeaderFault) -> Result<JournalError, JournalError> {
        let error = self.header_error(fault);
        if let HeaderFault::Version(_) = fault {
            return Ok(error);
        }
        let mut begun = used(&self.bytes) > SEGMENT_HEADER;
        for number in 2..=self.last {
            self.load(number)?;
            begun |= used(&self.bytes) > 0;
        }
        if begun { Ok(error) } else { Ok(JournalError::NeverBegun { name: self.storage.name(1) }) }
    }

    /// Damage with something valid behind it, at `follows` in the segment that is loaded.
    fn broken(&self, damage: Damage, follows: usize) -> JournalError {
        let reason = match damage.fault {
            Fault::Blank => "blank",
            Fault::Uncommitted => "no commit word",
            Fault::Damaged(reason) => reason,
        };
        let at = self.place(damage.segment, damage.offset);
        if damage.offset == 0 {
            return JournalError::Header { at, reason };
        }
        let follows = self.place(self.segment, follows);
        JournalError::Broken { at, sequence: self.sequence + 1, reason, follows }
    }

    pub(super) fn header_error(&self, fault: HeaderFault) -> JournalError {
        match fault {
            HeaderFault::Damaged(reason) => self.bad_header(0, reason),
            HeaderFault::Version(found) => {
                let at = self.place(self.segment, 8);
                JournalError::Version { at, found, known: VERSION }
            }
        }
    }

    pub(super) fn bad_header(&self, offset: usize, reason: &'static str) -> JournalError {
        JournalError::Header { at: self.place(self.segment, offset), reason }
    }
}
