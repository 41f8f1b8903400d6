//! It starts a thread when it is made.

use std::thread::spawn;

use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Fault, Wrong};

/// The fault.
#[derive(Default)]
struct Threaded;

impl Fault for Threaded {
    fn made(&mut self) {
        drop(spawn(|| ()));
    }
}

export_adapter!(Wrong<Binance, Threaded>);
