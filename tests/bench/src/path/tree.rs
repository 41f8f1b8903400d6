//! What a careful program without patchbay does: serde_json, typed, ids checked, two BTreeMaps.

use std::collections::BTreeMap;

use super::Work;
use crate::decode::{Depth, Frame, Mantissa};
use crate::race::{Contender, Step};
use crate::sum::Sum;

/// Bids; asks mirrored, so that the last is the best of both.
type Sides = [BTreeMap<i64, i64>; 2];

pub(crate) fn contender(work: &Work) -> Contender<'_> {
    let mut book = (0, Sides::default());
    Contender::resetting("serde_json typed + BTreeMap", move |step| {
        if step == Step::Reset {
            book = seeded(&work.tape.snapshot.1);
            return 0;
        }
        let (mut last, sides) = (0, &mut book.1);
        let mut sum = Sum::default();
        work.feed.each(|_, _, text| {
            let frame: Frame<'_, Depth<'_>> =
                serde_json::from_slice(text.as_bytes()).expect("a frame");
            let depth = frame.data;
            assert!(last == 0 || depth.pu == last, "a gap");
            last = depth.u;
            apply(&mut sides[0], &depth.b, 1);
            apply(&mut sides[1], &depth.a, -1);
            let best = |side: usize| sides[side].last_key_value().map_or(0, |(&key, _)| key);
            sum.add_level(best(0) / 10_000_000, -best(1) / 10_000_000);
        });
        sum.0
    })
}

fn apply(side: &mut BTreeMap<i64, i64>, levels: &[[Mantissa; 2]], sign: i64) {
    for [price, qty] in levels {
        match qty.0 {
            0 => drop(side.remove(&(sign * price.0))),
            qty => drop(side.insert(sign * price.0, qty)),
        }
    }
}

fn seeded(body: &[u8]) -> (u64, Sides) {
    #[derive(serde::Deserialize)]
    struct Snapshot {
        bids: Vec<[Mantissa; 2]>,
        asks: Vec<[Mantissa; 2]>,
    }
    let snapshot: Snapshot = serde_json::from_slice(body).expect("a snapshot");
    let mut sides = Sides::default();
    apply(&mut sides[0], &snapshot.bids, 1);
    apply(&mut sides[1], &snapshot.asks, -1);
    (0, sides)
}
