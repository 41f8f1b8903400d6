//! It says of each change but the id before, and not that ids have no holes: so that a repeat looks like
//! the change after a loss.

use patchbay_plugin::abi::{DEPTH_DENSE, DEPTH_PREVIOUS, Depth, SLOT_DEPTH};
use patchbay_plugin::export_adapter;
use patchbay_zoo_bybit::Bybit;
use patchbay_zoo_wrong::{Answer, Fault, Wrong, records};

/// The fault.
#[derive(Default)]
struct Excused;

impl Fault for Excused {
    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        records(&mut answer.slots, |head, _| {
            if head.head().kind != SLOT_DEPTH || head.depth().flags & DEPTH_DENSE == 0 {
                return;
            }
            let depth: Depth = *head.depth();
            let flags = depth.flags & !DEPTH_DENSE | DEPTH_PREVIOUS;
            *head =
                Depth { previous: depth.head.sequence.saturating_sub(1), flags, ..depth }.into();
        });
    }
}

export_adapter!(Wrong<Bybit, Excused>);
