//! Changes that wait for their snapshot, and how the two are spliced.

use patchbay_abi::Slot;

use crate::message::Message;

/// How kept changes meet a snapshot that was fetched beside the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Splice {
    /// The first change that is left continues the snapshot.
    Bridged,
    /// Nothing newer than the snapshot is there yet.
    Waiting,
    /// Something between the snapshot and the first change is missing.
    TooOld,
}

/// Whole change messages in the order of arrival, each continuing the one before.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    slots: Vec<Slot>,
    /// Slots at the start of `slots` that were dropped.
    start: usize,
    /// Most slots that are kept.
    bound: usize,
}

impl Pending {
    pub(crate) const fn new(bound: usize) -> Self {
        Self { slots: Vec::new(), start: 0, bound }
    }

    /// Gives its memory back; a live book needs none of it.
    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.bound);
    }

    /// Drops all messages and returns how many there were.
    pub(crate) fn drain(&mut self) -> u64 {
        let dropped = self.iter().count() as u64;
        self.clear();
        dropped
    }

    /// Keeps a message. At the bound the oldest make room; returns how many had to go, the message
    /// itself among them if it is larger than the bound.
    pub(crate) fn push(&mut self, message: &Message<'_>) -> u64 {
        let mut dropped = 0;
        while self.len() + message.slots().len() > self.bound {
            if !self.drop_first() {
                return dropped + 1;
            }
            dropped += 1;
        }
        self.slots.extend_from_slice(message.slots());
        dropped
    }

    /// Drops what `snapshot_id` covers and tells whether the rest continues it.
    pub(crate) fn splice(&mut self, snapshot_id: u64) -> Splice {
        while let Some(first) = self.first() {
            if !is_covered(&first, snapshot_id) {
                let bridged = bridges(&first, snapshot_id);
                return if bridged { Splice::Bridged } else { Splice::TooOld };
            }
            self.drop_first();
        }
        Splice::Waiting
    }

    /// The messages, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Message<'_>> {
        let mut rest = &self.slots[self.start..];
        std::iter::from_fn(move || {
            let message = Message::parse(rest).ok()?;
            rest = &rest[message.slots().len()..];
            Some(message)
        })
    }

    fn len(&self) -> usize {
        self.slots.len() - self.start
    }

    fn first(&self) -> Option<Message<'_>> {
        Message::parse(&self.slots[self.start..]).ok()
    }

    fn drop_first(&mut self) -> bool {
        let Some(length) = self.first().map(|message| message.slots().len()) else {
            return false;
        };
        self.start += length;
        // Moves what is kept only when at least as much was dropped: constant work a slot.
        if self.start * 2 >= self.slots.len() {
            self.slots.drain(..self.start);
            self.start = 0;
        }
        true
    }
}

/// Whether a snapshot with this id already holds the change. Binance futures drop `u < L` and apply
/// the event with `u == L` again (binance.md, section 3); all others drop `u <= L`.
pub(crate) fn is_covered(change: &Message<'_>, snapshot_id: u64) -> bool {
    if change.previous().is_some() && change.states_first() {
        change.sequence() < snapshot_id
    } else {
        change.sequence() <= snapshot_id
    }
}

/// Whether the change may be the first on a snapshot with this id: it names the id as its previous
/// one, or its ids reach back to it (binance.md, section 3: spot `U <= L+1 <= u`, futures
/// `U <= L <= u`; that `u` is not before `L` is known from [`is_covered`]).
fn bridges(change: &Message<'_>, snapshot_id: u64) -> bool {
    match change.previous() {
        Some(previous) if previous == snapshot_id => true,
        Some(_) => change.states_first() && change.first() <= snapshot_id,
        None => change.first() <= snapshot_id.saturating_add(1),
    }
}
