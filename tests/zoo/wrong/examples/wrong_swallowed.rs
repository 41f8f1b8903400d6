//! Gaps are closed before anybody sees them.

use std::collections::BTreeMap;

use patchbay_plugin::abi::{DEPTH_SNAPSHOT, Depth, SLOT_DEPTH};
use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Answer, Fault, Wrong, records};

/// The fault.
#[derive(Default)]
struct Swallowed {
    /// Last update ids by instrument.
    last: BTreeMap<u32, u64>,
}

impl Fault for Swallowed {
    fn closed(&mut self, _conn: u32) {
        self.last.clear();
    }

    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        let last = &mut self.last;
        records(&mut answer.slots, |head, _| {
            if head.head().kind != SLOT_DEPTH || head.depth().flags & DEPTH_SNAPSHOT != 0 {
                return;
            }
            let depth: Depth = *head.depth();
            let id = depth.head.sequence;
            let before = last.get(&depth.head.instrument).copied().filter(|before| *before < id);
            if let Some(before) = before {
                *head = Depth { first: before + 1, previous: before, ..depth }.into();
            }
            let known = last.entry(depth.head.instrument).or_default();
            *known = id.max(*known);
        });
    }
}

export_adapter!(Wrong<Binance, Swallowed>);
