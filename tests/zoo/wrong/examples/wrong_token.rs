//! It does not say where the tokens of its login's answer stand, so that it is given them, and whoever
//! reads the journal, too.

use patchbay_plugin::bind::Command;
use patchbay_plugin::export_adapter;
use patchbay_zoo_deribit::Deribit;
use patchbay_zoo_wrong::{Answer, Fault, Wrong};

/// The fault.
#[derive(Default)]
struct Told;

impl Fault for Told {
    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        for command in &mut answer.commands {
            if let Command::Send(send) = command {
                send.tokens.clear();
            }
        }
    }
}

export_adapter!(Wrong<Deribit, Told>);
