//! P3: recorded frames with their fields in another order and an unknown one among them, through the
//! general parser: the same records, counted, and what that costs.

use patchbay_abi::{OUTCOME_FALLBACK, Slot};
use serde_json::Value;

use crate::plugin::{self, Seat};
use crate::race::{Contender, race};
use crate::sum::Sum;
use crate::table::Table;
use crate::tape::{COINM, Product, SPOT, Tape, USDM};

const BYTES: usize = 1 << 20;

/// Keys sorted, and one more.
fn reordered(frame: &[u8]) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(frame).expect("a recorded frame");
    value["data"]["zz"] = Value::from(vec![1, 2]);
    value.to_string().into_bytes()
}

pub(crate) fn table() -> Table {
    let mut table = Table::new(
        "Frames in another order, all kinds",
        &[
            "product",
            "frames",
            "same records",
            "counted as fallback",
            "scanner, ns",
            "general parser, ns",
        ],
    );
    for product in [USDM, SPOT, COINM] {
        table.row(row(product));
    }
    table
}

fn row(product: Product) -> [String; 6] {
    let frames = Tape::read(product).frames(None).first(BYTES);
    let setup = plugin::loaded();
    let [mut fast, mut slow] = [(); 2].map(|()| Seat::new(&setup, product, &frames));
    let other: Vec<Vec<u8>> = frames.iter().map(|(_, _, bytes)| reordered(bytes)).collect();
    let (mut same, mut counted) = (0, 0);
    for ((_, at, bytes), other) in frames.iter().zip(&other) {
        let expected: Vec<Slot> = fast.read(at, bytes).0.to_vec();
        let (found, outcome) = slow.read(at, other);
        same += usize::from(words(found) == words(&expected));
        counted += usize::from(outcome == OUTCOME_FALLBACK);
    }
    assert_eq!((same, counted), (frames.len(), frames.len()));
    let times = race(
        "fallback",
        frames.len(),
        vec![
            Contender::new("scanner", || plugin::pass(&frames, &mut fast)),
            Contender::new("general parser", || {
                let mut sum = Sum::default();
                for ((_, at, _), other) in frames.iter().zip(&other) {
                    plugin::say(slow.read(at, other).0, &mut sum);
                }
                sum.0
            }),
        ],
    );
    let count = frames.len().to_string();
    let [fast, slow] = [0, 1].map(|at: usize| times[at].spread().to_string());
    [product.name.to_owned(), count, same.to_string(), counted.to_string(), fast, slow]
}

fn words(slots: &[Slot]) -> Vec<[u64; 8]> {
    slots.iter().map(|slot| *slot.words()).collect()
}
