//! It looks at the time at every frame.

use std::hint::black_box;
use std::time::SystemTime;

use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Fault, Wrong};

/// The fault.
#[derive(Default)]
struct Watch;

impl Fault for Watch {
    fn frame(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "that is the fault")]
        let now = SystemTime::now();
        black_box(now);
    }
}

export_adapter!(Wrong<Binance, Watch>);
