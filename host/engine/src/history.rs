//! The last messages of every instrument, readable from other threads while the engine writes.
//!
//! Messages lie one behind the other in one arena of 64-byte slots, which overwrites itself; each
//! instrument has a ring of 8-byte index entries into it. A reader copies, then looks whether the
//! writer has come by meanwhile (a seqlock): it gets a message whole or not at all, and the writer
//! never waits.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Arc, OnceLock};

use patchbay_abi::Slot;
use patchbay_model::InstrumentId;

/// Words of a slot.
const WORDS: usize = 8;

/// Bits of an entry that hold how many slots a message has; above them stands where it begins.
const LENGTH_BITS: u32 = 16;

/// Bounds of the memory that history takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryConfig {
    /// Slots of the shared arena: 64 bytes each.
    pub arena_slots: usize,
    /// Messages remembered an instrument: 8 bytes each, apart from the arena.
    pub messages: usize,
}

impl Default for HistoryConfig {
    /// 32 MiB of arena, 10,000 messages an instrument.
    fn default() -> Self {
        Self { arena_slots: 512 * 1024, messages: 10_000 }
    }
}

struct Ring {
    /// Where each message lies. Made by the first one: venues list thousands of instruments of which
    /// few are wanted.
    entries: OnceLock<Box<[AtomicU64]>>,
    /// Entries begun and finished so far; an entry between the two is being written.
    begun: AtomicU64,
    finished: AtomicU64,
}

struct Arena {
    words: Box<[AtomicU64]>,
    slots: u64,
    /// Slots that the writer may have overwritten so far, counted since the start.
    claimed: AtomicU64,
}

/// Where a message lies: its first slot, counted since the start, and its slots.
#[derive(Clone, Copy)]
struct Place {
    first: u64,
    slots: u64,
}

/// The writing end; the engine's.
pub struct History {
    arena: Arc<Arena>,
    rings: Vec<Arc<Ring>>,
    config: HistoryConfig,
    next: u64,
}

/// The reading end for one instrument; any thread's.
#[derive(Clone)]
pub struct HistoryReader {
    arena: Arc<Arena>,
    ring: Arc<Ring>,
}

impl History {
    /// Allocates the arena; nothing grows later but one ring an instrument of which a
    /// message came.
    pub fn new(config: HistoryConfig) -> Self {
        let words = (0..config.arena_slots * WORDS).map(|_| AtomicU64::new(0)).collect();
        let slots = config.arena_slots as u64;
        let arena = Arena { words, slots, claimed: AtomicU64::new(0) };
        Self { arena: Arc::new(arena), rings: Vec::new(), config, next: 0 }
    }

    /// Makes room for instruments up to `id`.
    pub fn open(&mut self, id: InstrumentId) {
        while self.rings.len() <= id.index() {
            let entries = OnceLock::new();
            let (begun, finished) = (AtomicU64::new(0), AtomicU64::new(0));
            self.rings.push(Arc::new(Ring { entries, begun, finished }));
        }
    }

    /// Remembers one message: a head slot with its continuation. One that is larger than the arena,
    /// or has 65,536 slots and more, is not remembered.
    pub fn push(&mut self, id: InstrumentId, message: &[Slot]) {
        let Some(ring) = self.rings.get(id.index()) else {
            return;
        };
        let slots = message.len() as u64;
        if slots > self.arena.slots || slots >> LENGTH_BITS != 0 || self.config.messages == 0 {
            return;
        }
        let empty = || (0..self.config.messages).map(|_| Default::default()).collect();
        let entries = ring.entries.get_or_init(empty);
        let count = ring.begun.load(Ordering::Relaxed);
        ring.begun.store(count + 1, Ordering::Relaxed);
        self.arena.claimed.store(self.next + slots, Ordering::Relaxed);
        // Whoever sees a word or entry written below also sees the two counts above.
        fence(Ordering::Release);
        self.arena.store(self.next, message);
        let place = Place { first: self.next, slots };
        entries[count as usize % entries.len()].store(place.word(), Ordering::Relaxed);
        ring.finished.store(count + 1, Ordering::Release);
        self.next += slots;
    }

    /// A reader for another thread; `None` before [`Self::open`].
    pub fn reader(&self, id: InstrumentId) -> Option<HistoryReader> {
        let ring = Arc::clone(self.rings.get(id.index())?);
        Some(HistoryReader { arena: Arc::clone(&self.arena), ring })
    }
}

impl HistoryReader {
    /// Messages ever written.
    pub fn count(&self) -> u64 {
        self.ring.finished.load(Ordering::Acquire)
    }

    /// Numbers of the messages that can be read now; the first ones are the next to go.
    pub fn held(&self) -> Range<u64> {
        let end = self.count();
        let most = self.ring.entries.get().map_or(0, |entries| entries.len() as u64);
        let (mut low, mut high) = (end.saturating_sub(most), end);
        // They go in the order in which they came.
        while low < high {
            let middle = low.midpoint(high);
            match self.place(middle).is_some_and(|place| self.is_intact(place)) {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low..end
    }

    /// Copies message number `number` (from 0) into `out`; false if it is not yet written, or
    /// already overwritten in the ring or in the arena.
    pub fn read(&self, number: u64, out: &mut Vec<Slot>) -> bool {
        out.clear();
        let Some(place) = self.place(number) else { return false };
        out.extend((place.first..place.first + place.slots).map(|at| self.arena.load(at)));
        let intact = self.is_intact(place);
        if !intact {
            out.clear();
        }
        intact
    }

    /// Where a message was written, if its entry is still its own.
    fn place(&self, number: u64) -> Option<Place> {
        if number >= self.count() {
            return None;
        }
        let entries = self.ring.entries.get()?;
        let word = entries[number as usize % entries.len()].load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        let begun = self.ring.begun.load(Ordering::Relaxed);
        (begun <= number + entries.len() as u64).then(|| Place::from(word))
    }

    /// Whether the writer has left alone what was read there before.
    fn is_intact(&self, place: Place) -> bool {
        fence(Ordering::Acquire);
        self.arena.claimed.load(Ordering::Relaxed) <= place.first + self.arena.slots
    }
}

impl fmt::Debug for HistoryReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryReader").field("count", &self.count()).finish_non_exhaustive()
    }
}

impl Place {
    const fn word(self) -> u64 {
        self.first << LENGTH_BITS | self.slots
    }
}

impl From<u64> for Place {
    fn from(word: u64) -> Self {
        Self { first: word >> LENGTH_BITS, slots: word & ((1 << LENGTH_BITS) - 1) }
    }
}

impl Arena {
    /// Stores slots from `at` on, round the end of the arena if need be.
    fn store(&self, at: u64, slots: &[Slot]) {
        let first = (at % self.slots) as usize;
        let (before, behind) = slots.split_at(slots.len().min(self.slots as usize - first));
        for (first, slots) in [(first, before), (0, behind)] {
            let (places, _) = self.words[first * WORDS..].as_chunks::<WORDS>();
            for (place, slot) in places.iter().zip(slots) {
                for (to, word) in place.iter().zip(slot.words()) {
                    to.store(*word, Ordering::Relaxed);
                }
            }
        }
    }

    fn load(&self, at: u64) -> Slot {
        let word = (at % self.slots) as usize * WORDS;
        let words: [u64; WORDS] =
            std::array::from_fn(|i| self.words[word + i].load(Ordering::Relaxed));
        Slot::from(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(tag: u64, slots: usize) -> Vec<Slot> {
        vec![Slot::from([tag; WORDS]); slots]
    }

    #[test]
    fn remembers_the_last_messages_until_ring_or_arena_is_full() {
        let mut history = History::new(HistoryConfig { arena_slots: 16, messages: 4 });
        let (a, b) = (InstrumentId(0), InstrumentId(1));
        history.open(b);
        let (read_a, read_b) = (history.reader(a).unwrap(), history.reader(b).unwrap());
        let mut out = Vec::new();
        assert!(!read_a.read(0, &mut out));
        for tag in 0..6 {
            history.push(a, &message(tag, 2));
        }
        assert_eq!(read_a.count(), 6);
        for number in 0..6 {
            assert_eq!(read_a.read(number, &mut out), number >= 2, "message {number}");
        }
        assert_eq!(out, message(5, 2));
        assert_eq!((read_a.held(), read_b.held()), (2..6, 0..0));
        history.push(b, &message(99, 12));
        assert_eq!((read_a.held(), read_b.held()), (4..6, 0..1));
        history.push(b, &message(99, 16));
        assert!(!read_a.read(5, &mut out) && out.is_empty());
        assert_eq!((read_a.held(), read_b.held()), (6..6, 1..2));
        assert!(read_b.read(1, &mut out));
        history.push(b, &message(100, 17));
        assert_eq!(read_b.count(), 2);
    }

    #[test]
    fn a_reader_never_sees_half_a_message() {
        let mut history = History::new(HistoryConfig { arena_slots: 64, messages: 8 });
        let id = InstrumentId(0);
        history.open(id);
        let reader = history.reader(id).unwrap();
        let writer = std::thread::spawn(move || {
            for tag in 0..200_000 {
                history.push(id, &message(tag, 1 + tag as usize % 7));
            }
        });
        let (mut out, mut whole) = (Vec::new(), 0u64);
        while !writer.is_finished() {
            let count = reader.count();
            for number in count.saturating_sub(8)..count {
                if reader.read(number, &mut out) {
                    assert_eq!(out, message(number, 1 + number as usize % 7));
                    whole += 1;
                }
            }
        }
        writer.join().unwrap();
        assert!(whole > 0);
    }
}
