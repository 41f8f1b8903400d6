//! simd-json, typed, with buffers that stay. It overwrites its input, so that it gets a copy.

use simd_json::Buffers;

use super::typed::{Depth, Frame, Quote, Said, Trade};
use crate::sum::Sum;
use crate::tape::{Frames, Kind};

pub(crate) fn pass(frames: &Frames, symbol: &str, state: &mut (Vec<u8>, Buffers)) -> u64 {
    let (text, buffers) = state;
    let mut sum = Sum::default();
    for (kind, _, bytes) in frames.iter() {
        text.clear();
        text.extend_from_slice(bytes);
        match kind {
            Kind::Depth => read::<Depth<'_>>(text, buffers).say(symbol, &mut sum),
            Kind::Trade => read::<Trade<'_>>(text, buffers).say(symbol, &mut sum),
            Kind::Quote => read::<Quote<'_>>(text, buffers).say(symbol, &mut sum),
        }
    }
    sum.0
}

fn read<'a, T: serde::Deserialize<'a>>(text: &'a mut [u8], buffers: &mut Buffers) -> T {
    let frame: Frame<'a, T> =
        simd_json::serde::from_slice_with_buffers(text, buffers).expect("a recorded frame");
    frame.data
}
