//! One number for everything that the engine put out.

use patchbay_abi::Slot;
use patchbay_engine::{Action, Out};
use patchbay_model::Nanos;
use sha2::{Digest as _, Sha256};

/// SHA-256 over all outputs in order: turn number and time, records, actions, registry lines.
#[derive(Clone, Default)]
pub struct Digest(Sha256);

impl Digest {
    /// Takes the outputs of one turn.
    pub fn take(&mut self, turn: u64, at: Nanos, out: &Out) {
        let counts = [out.slots.len() as u64, out.actions.len() as u64, out.defined.len() as u64];
        self.0.update(turn.to_le_bytes());
        self.0.update(at.to_le_bytes());
        counts.iter().for_each(|count| self.0.update(count.to_le_bytes()));
        out.slots.iter().for_each(|slot| self.0.update(bytes(slot)));
        for action in &out.actions {
            let words = match *action {
                Action::Resync { instance, scope_kind, scope, conn } => {
                    [instance, scope_kind, scope, conn]
                }
                // Resyncs are of a scope that is not 0.
                Action::Audit { instance, index } => [instance, 0, index, 0],
            };
            words.iter().for_each(|word| self.0.update(word.to_le_bytes()));
        }
        out.defined.iter().for_each(|id| self.0.update(id.0.to_le_bytes()));
        self.0.update(out.registry.as_deref().unwrap_or_default());
    }

    /// The hash so far, in lowercase hexadecimal.
    pub fn hex(&self) -> String {
        hex(&self.0.clone().finalize())
    }
}

fn bytes(slot: &Slot) -> [u8; 64] {
    let mut bytes = [0; 64];
    for (eight, word) in bytes.chunks_exact_mut(8).zip(slot.words()) {
        eight.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Lowercase hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
