//! Buyers are sellers.

use patchbay_plugin::abi::SLOT_TRADE;
use patchbay_plugin::abi::{SIDE_BUY, SIDE_SELL, Trade};
use patchbay_plugin::export_adapter;
use patchbay_zoo_binance::Binance;
use patchbay_zoo_wrong::{Answer, Fault, Wrong, records};

/// The fault.
#[derive(Default)]
struct TurnedRound;

impl Fault for TurnedRound {
    fn answered(&mut self, _conn: u32, answer: &mut Answer) {
        records(&mut answer.slots, |head, _| {
            if head.head().kind == SLOT_TRADE {
                let trade: Trade = *head.trade();
                let aggressor = if trade.aggressor == SIDE_BUY { SIDE_SELL } else { SIDE_BUY };
                *head = Trade { aggressor, ..trade }.into();
            }
        });
    }
}

export_adapter!(Wrong<Binance, TurnedRound>);
