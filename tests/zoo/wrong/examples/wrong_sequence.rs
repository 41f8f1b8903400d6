//! Update ids of changes are one too high.

use patchbay_plugin::abi::{DEPTH_SNAPSHOT, SLOT_DEPTH};
use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Answer, Fault, Wrong, records};

/// The fault.
#[derive(Default)]
struct OneTooHigh;

impl Fault for OneTooHigh {
    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        records(&mut answer.slots, |head, _| {
            let is_depth = head.head().kind == SLOT_DEPTH;
            if is_depth && head.depth().flags & DEPTH_SNAPSHOT == 0 {
                head.head_mut().sequence += 1;
            }
        });
    }
}

export_adapter!(Wrong<Binance, OneTooHigh>);
