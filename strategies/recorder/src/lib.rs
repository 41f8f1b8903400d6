//! Counts everything it is given, and hashes it.
//!
//! `strategies/c-recorder` does the same in C: given the same turns, both have the same digest.

use patchbay_plugin::abi::{self, Slot};
use patchbay_plugin::model::{InstrumentId, Side};
use patchbay_plugin::{Config, Error, Strategy, StrategyCx, Turn, export_strategy};

/// Counts and a running hash over turns, records and the best levels of the books they concern.
#[derive(Debug)]
pub struct Recorder {
    turns: u64,
    records: u64,
    hash: u64,
}

impl Strategy for Recorder {
    const NAME: &'static str = "recorder";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const STATE_SCHEMA: u32 = 1;

    fn create(_config: &Config<'_>) -> Result<Self, Error> {
        Ok(Self { turns: 0, records: 0, hash: FNV_START })
    }

    fn handle_turn(&mut self, turn: Turn<'_>, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        self.turns += 1;
        self.add(turn.number);
        self.add(cx.now() as u64);
        for record in turn.records() {
            self.records += 1;
            record.iter().flat_map(Slot::words).for_each(|&word| self.add(word));
            let id = record[0].head().instrument;
            if id != abi::NO_INSTRUMENT {
                self.look(InstrumentId(id), cx);
            }
        }
        Ok(())
    }

    fn save(&self, out: &mut Vec<u8>) {
        for word in [self.turns, self.records, self.hash] {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }

    fn restore(&mut self, schema: u32, state: &[u8]) -> Result<(), Error> {
        let (words, rest) = state.as_chunks::<8>();
        let (&[turns, records, hash], [], 1) = (words, rest, schema) else {
            return Err(Error::new(format!("{} bytes of schema {schema}", state.len())));
        };
        let [turns, records, hash] = [turns, records, hash].map(u64::from_le_bytes);
        *self = Self { turns, records, hash };
        Ok(())
    }

    fn digest(&self) -> u64 {
        let mut whole = Self { ..*self };
        whole.add(self.turns);
        whole.add(self.records);
        whole.hash
    }
}

impl Recorder {
    /// Adds the state and the best levels of a book, which already stands after the turn.
    fn look(&mut self, id: InstrumentId, cx: &StrategyCx<'_>) {
        let Some(book) = cx.book(id) else { return };
        self.add(u64::from(book.view().state));
        for side in [Side::Buy, Side::Sell] {
            for level in book.top(side) {
                self.add(level.price as u64);
                self.add(level.qty as u64);
            }
        }
    }

    /// FNV-1a over 64-bit words.
    const fn add(&mut self, word: u64) {
        self.hash = (self.hash ^ word).wrapping_mul(FNV_PRIME);
    }
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

export_strategy!(Recorder);
