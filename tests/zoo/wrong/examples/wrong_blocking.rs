//! It sleeps when a connection opens.

use std::thread::sleep;
use std::time::Duration;

use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Fault, Wrong};

/// The fault.
#[derive(Default)]
struct Sleeper;

impl Fault for Sleeper {
    fn opened(&mut self, _conn: u32) {
        sleep(Duration::from_millis(1));
    }
}

export_adapter!(Wrong<Binance, Sleeper>);
