//! Prices pass through a double.

use patchbay_plugin::abi::{Level, SLOT_DEPTH};
use patchbay_plugin::bind::Command;
use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Answer, Fault, Wrong, records};

/// The fault.
#[derive(Default)]
struct Double {
    /// Exponents of prices by instrument.
    exps: Vec<i8>,
}

impl Fault for Double {
    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        for command in &answer.commands {
            if let Command::Define { index, instrument } = command {
                let at = *index as usize;
                self.exps.resize(self.exps.len().max(at + 1), 0);
                self.exps[at] = instrument.price_exp;
            }
        }
        let exps = &self.exps;
        records(&mut answer.slots, |head, body| {
            if head.head().kind != SLOT_DEPTH {
                return;
            }
            let exp = exps.get(head.head().instrument as usize).copied().unwrap_or(0);
            for slot in body {
                let levels =
                    slot.levels().map(|level| Level { price: through(level.price, exp), ..level });
                slot.levels = levels;
            }
        });
    }
}

/// As `f64` and back, rounded as well as can be.
fn through(mantissa: i64, exp: i8) -> i64 {
    let unit = 10_f64.powi(i32::from(-exp));
    let price = mantissa as f64 / unit;
    (price * unit).round() as i64
}

export_adapter!(Wrong<Binance, Double>);
