//! It never says that it is there: Bybit ends a connection without pings.

use patchbay_plugin::bind::Command;
use patchbay_plugin::export_adapter;
use patchbay_zoo_bybit::Bybit;
use patchbay_zoo_wrong::{Answer, Fault, Wrong};

/// The fault.
#[derive(Default)]
struct Mute;

impl Fault for Mute {
    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        for command in &mut answer.commands {
            if let Command::Connect(connect) = command {
                connect.ping_ns = 0;
                connect.ping_text.clear();
            }
        }
    }
}

export_adapter!(Wrong<Bybit, Mute>);
