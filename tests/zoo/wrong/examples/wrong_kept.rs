//! On a new connection, changes not above the last of the one before are taken for old.

use std::collections::BTreeMap;

use patchbay_plugin::abi::{DEPTH_SNAPSHOT, SLOT_DEPTH};
use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Answer, Fault, Wrong, records};

/// The fault.
#[derive(Default)]
struct Kept {
    /// Connection and last update id by instrument.
    last: BTreeMap<u32, (u32, u64)>,
}

impl Fault for Kept {
    fn answered(&mut self, conn: u32, answer: &mut Answer) {
        let (last, mut old) = (&mut self.last, false);
        records(&mut answer.slots, |head, _| {
            if head.head().kind != SLOT_DEPTH || head.depth().flags & DEPTH_SNAPSHOT != 0 {
                return;
            }
            let (instrument, id) = (head.head().instrument, head.head().sequence);
            match last.get(&instrument) {
                Some(&(before, known)) if before != conn && id <= known => old = true,
                _ => drop(last.insert(instrument, (conn, id))),
            }
        });
        if old {
            answer.slots.clear();
        }
    }
}

export_adapter!(Wrong<Binance, Kept>);
