//! P13: the harness for features of best bid and ask: mid, weighted mid, imbalance, order flow
//! imbalance and its sum over 100 rows. Features of the product will be a contender here; until then
//! it states what streaming and columns of plain Rust take.

use std::collections::VecDeque;

use patchbay_abi::Quote;

use crate::plugin::{self, Seat};
use crate::race::{Contender, race};
use crate::sum::Sum;
use crate::table::Table;
use crate::tape::{Kind, Tape, USDM};

const ROLLING: usize = 100;

/// Bid price and quantity, ask price and quantity.
type Row = [f64; 4];

/// Change of what stands at the best prices (Cont, Kukanov and Stoikov, *The Price Impact of Order
/// Book Events*, 2014, section 2.1).
fn flow(before: &Row, [bid, bid_qty, ask, ask_qty]: &Row) -> f64 {
    let mut flow = 0.0;
    flow += if *bid >= before[0] { *bid_qty } else { 0.0 };
    flow -= if *bid <= before[0] { before[1] } else { 0.0 };
    flow -= if *ask <= before[2] { *ask_qty } else { 0.0 };
    flow += if *ask >= before[2] { before[3] } else { 0.0 };
    flow
}

fn of_one([bid, bid_qty, ask, ask_qty]: &Row) -> [f64; 3] {
    let total = bid_qty + ask_qty;
    [(bid + ask) / 2.0, (bid * ask_qty + ask * bid_qty) / total, (bid_qty - ask_qty) / total]
}

fn streaming(rows: &[Row]) -> u64 {
    let (mut sum, mut window, mut rolling) =
        (Sum::default(), VecDeque::with_capacity(ROLLING), 0.0);
    let mut before = rows[0];
    for row in rows {
        let flow = flow(&before, row);
        before = *row;
        if window.len() == ROLLING {
            rolling -= window.pop_front().unwrap_or(0.0);
        }
        window.push_back(flow);
        rolling += flow;
        of_one(row).into_iter().chain([flow, rolling]).for_each(|value| sum.add(value.to_bits()));
    }
    sum.0
}

fn columns(rows: &[Row]) -> u64 {
    let ones: Vec<[f64; 3]> = rows.iter().map(of_one).collect();
    let befores = std::iter::once(&rows[0]).chain(rows);
    let flows: Vec<f64> = befores.zip(rows).map(|(before, row)| flow(before, row)).collect();
    let mut rolling = 0.0;
    let mut sum = Sum::default();
    for (at, (ones, flow)) in ones.iter().zip(&flows).enumerate() {
        if at >= ROLLING {
            rolling -= flows[at - ROLLING];
        }
        rolling += flow;
        ones.iter().chain([flow, &rolling]).for_each(|value| sum.add(value.to_bits()));
    }
    sum.0
}

pub(crate) fn table() -> Table {
    let frames = Tape::read(USDM).frames(Some(Kind::Quote));
    let mut seat = Seat::new(&plugin::loaded(), USDM, &frames);
    let row = |quote: &Quote| {
        [quote.bid_price, quote.bid_qty, quote.ask_price, quote.ask_qty].map(|m| m as f64 / 1e8)
    };
    let rows: Vec<Row> =
        frames.iter().map(|(_, at, bytes)| row(seat.read(at, bytes).0[0].quote())).collect();
    let times = race(
        "features",
        rows.len(),
        vec![
            Contender::new("row by row", || streaming(&rows)),
            Contender::new("in columns", || columns(&rows)),
        ],
    );
    let mut table = Table::new("Features of best bid and ask (harness)", &["how", "ns a row"]);
    times.iter().for_each(|t| table.row([t.name.to_owned(), t.spread().to_string()]));
    table
}
