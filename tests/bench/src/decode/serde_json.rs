//! serde_json, typed: the baseline.

use super::typed::{Depth, Frame, Quote, Said, Trade};
use crate::sum::Sum;
use crate::tape::{Frames, Kind};

pub(crate) fn pass(frames: &Frames, symbol: &str) -> u64 {
    let mut sum = Sum::default();
    for (kind, _, bytes) in frames.iter() {
        match kind {
            Kind::Depth => read::<Depth<'_>>(bytes).say(symbol, &mut sum),
            Kind::Trade => read::<Trade<'_>>(bytes).say(symbol, &mut sum),
            Kind::Quote => read::<Quote<'_>>(bytes).say(symbol, &mut sum),
        }
    }
    sum.0
}

fn read<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> T {
    let frame: Frame<'a, T> = serde_json::from_slice(bytes).expect("a recorded frame");
    frame.data
}
