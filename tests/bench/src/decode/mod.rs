//! P1: frame bytes to a typed event, prices and quantities as integers at 1e-8.

pub(crate) mod connector;
mod scanner;
mod serde_json;
mod simd_json;
mod sonic_rs;
mod typed;

pub(crate) use typed::{Depth, Frame, Mantissa};

use crate::plugin::{self, Seat};
use crate::race::{Contender, race};
use crate::table::{Table, instructions};
use crate::tape::{ETH, Frames, Kind, PRODUCTS, Product, Tape};

/// Frames that fit the second cache level are taken: the bytes were just copied in.
const CACHED: usize = 1 << 20;

const CASES: [(&str, Option<Kind>); 4] = [
    ("depth", Some(Kind::Depth)),
    ("trade", Some(Kind::Trade)),
    ("bookTicker", Some(Kind::Quote)),
    ("mixed", None),
];

/// All contenders for some frames.
fn contenders<'a>(
    frames: &'a Frames,
    product: Product,
    kind: Option<Kind>,
    seats: &'a mut [Seat],
) -> Vec<Contender<'a>> {
    let symbol = product.symbol;
    let mut buffers = (Vec::new(), ::simd_json::Buffers::default());
    let mut all = vec![
        Contender::new("serde_json typed", move || serde_json::pass(frames, symbol)),
        Contender::new("simd-json typed", move || simd_json::pass(frames, symbol, &mut buffers)),
        Contender::new("sonic-rs typed", move || sonic_rs::pass(frames, symbol)),
        Contender::new("`sdk/scan`", move || scanner::pass(frames, product, true)),
        Contender::new("its scalar twin", move || scanner::pass(frames, product, false)),
    ];
    if matches!(kind, Some(Kind::Depth | Kind::Trade)) {
        all.push(Contender::new("connector shape", move || connector::pass(frames, symbol)));
    }
    for seat in seats {
        all.push(Contender::new("loaded plugin", move || plugin::pass(frames, seat)));
    }
    all
}

fn work(product: Product) -> Vec<(&'static str, Option<Kind>, Frames)> {
    let tape = Tape::read(product);
    let case = |(name, kind)| {
        let frames = tape.frames(kind).first(CACHED);
        (name, kind, frames)
    };
    CASES.into_iter().map(case).filter(|(_, _, frames)| frames.len() > 0).collect()
}

/// The tables, one a product.
pub(crate) fn tables() -> Vec<Table> {
    let setup = plugin::loaded();
    PRODUCTS
        .into_iter()
        .filter(|product| *product != ETH)
        .map(|product| {
            let mut table = Table::new(
                &format!("Decode, {}", product.name),
                &["frames", "contender", "ns a frame", "serde_json takes", "instructions a frame"],
            );
            for (name, kind, frames) in work(product) {
                let mut seats = [Seat::new(&setup, product, &frames)];
                let all = contenders(&frames, product, kind, &mut seats);
                let names: Vec<_> = all.iter().map(|c| c.name).collect();
                let times = race(name, frames.len(), all);
                for (times_of, contender) in times.iter().zip(names) {
                    let case = format!("{name}, {} B", frames.mean());
                    let count =
                        instructions(&["decode", product.name, name, contender], frames.len());
                    table.row([
                        case,
                        contender.to_owned(),
                        times_of.spread().to_string(),
                        format!("{}x", times[0].over(times_of)),
                        count,
                    ]);
                }
            }
            table
        })
        .collect()
}

/// One pass of one contender, for the instruction counter.
pub(crate) fn count(product: &str, case: &str, contender: &str) {
    let product = PRODUCTS.into_iter().find(|p| p.name == product).expect("a product");
    let setup = plugin::loaded();
    let (_, kind, frames) = work(product).into_iter().find(|w| w.0 == case).expect("a case");
    let mut seats = [Seat::new(&setup, product, &frames)];
    let mut all = contenders(&frames, product, kind, &mut seats);
    let found = all.iter_mut().find(|c| c.name == contender).expect("a contender");
    found.count();
}
