//! Exponents of prices are one too high.

use patchbay_plugin::bind::Command;
use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Answer, Fault, Wrong};

/// The fault.
#[derive(Default)]
struct TenTimes;

impl Fault for TenTimes {
    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        for command in &mut answer.commands {
            if let Command::Define { instrument, .. } = command {
                instrument.price_exp += 1;
            }
        }
    }
}

export_adapter!(Wrong<Binance, TenTimes>);
