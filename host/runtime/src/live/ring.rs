//! Messages from an I/O thread to the engine thread: whole or not at all.
//!
//! A message is one turn's worth: a head slot with its meaning in words, then the adapter's records.
//! Definitions, which are rare and large, go beside it. One producer, one consumer, no lock.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use patchbay_abi::{SLOTS_MAX, Slot};
use patchbay_engine::{Event, Turn};
use patchbay_model::{Instrument, Nanos};
use rtrb::{Consumer, Producer, RingBuffer};

/// Definitions that may wait; an exchange lists some thousands at once.
const DEFINITIONS: usize = 65_536;

/// The sending end, on the I/O thread.
pub(crate) struct Sender {
    slots: Producer<Slot>,
    definitions: SyncSender<(u32, Instrument)>,
}

/// The receiving end, on the engine thread.
pub(crate) struct Inbox {
    slots: Consumer<Slot>,
    definitions: Receiver<(u32, Instrument)>,
    /// Of the last message.
    ordinal: u64,
    records: Vec<Slot>,
    defined: Vec<(u32, Instrument)>,
}

/// What a message says beside its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) at_ns: Nanos,
    pub(crate) instance: u32,
    pub(crate) ordinal: u64,
    pub(crate) conn: u32,
    pub(crate) event: Event,
}

/// The ring has no room: stop reading the socket and try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// A ring for at least one message of the largest size.
pub(crate) fn channel(slots: usize) -> (Sender, Inbox) {
    let (producer, consumer) = RingBuffer::new(slots.max(SLOTS_MAX + 1));
    let (sender, receiver) = sync_channel(DEFINITIONS);
    let inbox = Inbox {
        slots: consumer,
        definitions: receiver,
        ordinal: 0,
        records: Vec::with_capacity(4096),
        defined: Vec::new(),
    };
    (Sender { slots: producer, definitions: sender }, inbox)
}

impl Sender {
    /// Whether a message of any size would go in.
    pub(crate) fn has_room(&self) -> bool {
        self.slots.slots() > SLOTS_MAX
    }

    /// Sends one message.
    pub(crate) fn send(
        &mut self,
        envelope: &Envelope,
        definitions: &mut Vec<(u32, Instrument)>,
        records: &[Slot],
    ) -> Result<(), Full> {
        let Ok(chunk) = self.slots.write_chunk_uninit(records.len() + 1) else { return Err(Full) };
        // The engine empties this channel at every message that announces definitions.
        let mut announced = 0u64;
        for definition in definitions.drain(..) {
            match self.definitions.try_send(definition) {
                Ok(()) => announced += 1,
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => break,
            }
        }
        let head = envelope.head(announced, records.len() as u64);
        chunk.fill_from_iter(std::iter::once(head).chain(records.iter().copied()));
        Ok(())
    }
}

impl Envelope {
    fn head(&self, definitions: u64, records: u64) -> Slot {
        let (event, about) = match self.event {
            Event::None => (0, 0),
            Event::Rejected => (1, 0),
            Event::Closed => (2, 0),
            Event::Fault => (3, 0),
            Event::Replaced => (4, 0),
            Event::Audit(index) => (5, u64::from(index)),
            Event::Unaudited => (6, 0),
            Event::Retired => (7, 0),
        };
        let place = u64::from(self.instance) << 32 | u64::from(self.conn);
        Slot::from([self.at_ns as u64, place, self.ordinal, event, definitions, records, about, 0])
    }

    fn of(words: &[u64; 8]) -> Self {
        let event = match words[3] {
            1 => Event::Rejected,
            2 => Event::Closed,
            3 => Event::Fault,
            4 => Event::Replaced,
            5 => Event::Audit(words[6] as u32),
            6 => Event::Unaudited,
            7 => Event::Retired,
            _ => Event::None,
        };
        let (instance, conn) = ((words[1] >> 32) as u32, words[1] as u32);
        Self { at_ns: words[0] as Nanos, instance, ordinal: words[2], conn, event }
    }
}

impl Inbox {
    /// Number of the input that the last message was about; 0 before the first.
    pub(crate) const fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// Takes the next message, if there is one, as turn number `number`.
    pub(crate) fn next(&mut self, number: u64) -> Option<Turn<'_>> {
        let head = *self.slots.peek().ok()?.words();
        let records = head[5] as usize;
        // Written as one chunk, so that the rest is there when the head is.
        let chunk = self.slots.read_chunk(records + 1).ok()?;
        let (first, second) = chunk.as_slices();
        self.records.clear();
        self.records.extend_from_slice(first);
        self.records.extend_from_slice(second);
        chunk.commit_all();
        self.defined.clear();
        self.defined.extend((0..head[4]).map_while(|_| self.definitions.try_recv().ok()));
        let Envelope { at_ns, instance, ordinal, conn, event } = Envelope::of(&head);
        self.ordinal = ordinal;
        Some(Turn {
            number,
            at_ns,
            instance,
            ordinal,
            conn,
            definitions: &self.defined,
            slots: &self.records[1..],
            event,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use patchbay_model::Kind;

    #[test]
    fn messages_arrive_whole_and_in_order() {
        let (mut sender, mut inbox) = channel(0);
        let thread = std::thread::spawn(move || {
            for ordinal in 1..=2000u64 {
                let envelope =
                    Envelope { at_ns: 5, instance: 3, ordinal, conn: 9, event: Event::Rejected };
                let about = Instrument::provisional("X", Kind::Spot, -2, -2);
                let mut definitions = vec![(ordinal as u32, about); ordinal as usize % 2];
                let records = vec![Slot::from([ordinal; 8]); ordinal as usize % 97];
                while !sender.has_room() {
                    std::thread::yield_now();
                }
                sender.send(&envelope, &mut definitions, &records).unwrap();
            }
        });
        for ordinal in 1..=2000u64 {
            let turn = loop {
                if let Some(turn) = inbox.next(ordinal) {
                    // The borrow checker cannot see that this is the last use of `inbox`.
                    break (
                        turn.ordinal,
                        turn.conn,
                        turn.event,
                        turn.slots.to_vec(),
                        turn.definitions.len(),
                    );
                }
                std::thread::yield_now();
            };
            let records = vec![Slot::from([ordinal; 8]); ordinal as usize % 97];
            assert_eq!(turn, (ordinal, 9, Event::Rejected, records, ordinal as usize % 2));
        }
        thread.join().unwrap();
        assert!(inbox.next(1).is_none());
    }

    #[test]
    fn a_full_ring_says_so() {
        let (mut sender, mut inbox) = channel(0);
        let envelope = Envelope { at_ns: 5, instance: 3, ordinal: 1, conn: 9, event: Event::None };
        let records = vec![Slot::ZERO; SLOTS_MAX];
        assert!(sender.has_room());
        assert_eq!(sender.send(&envelope, &mut Vec::new(), &records), Ok(()));
        assert!(!sender.has_room());
        assert_eq!(sender.send(&envelope, &mut Vec::new(), &records), Err(Full));
        assert!(inbox.next(1).is_some());
        assert_eq!(sender.send(&envelope, &mut Vec::new(), &records), Ok(()));
    }
}
