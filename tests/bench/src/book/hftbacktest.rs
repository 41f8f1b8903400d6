//! hftbacktest's market depths, which take prices and quantities as floats.

use hftbacktest::depth::{
    BTreeMarketDepth, HashMapMarketDepth, L2MarketDepth, MarketDepth, ROIVectorMarketDepth,
};
use patchbay_abi::Slot;
use patchbay_model::Side;

use super::{Case, Store};

/// Bids and asks.
pub(crate) type Floats = [Vec<(f64, f64)>; 2];

fn floats(record: &[Slot]) -> Floats {
    let of = |side| {
        let levels = Case::side(record, side).into_iter();
        levels.map(|level| (level.price as f64 / 1e8, level.qty as f64 / 1e8)).collect()
    };
    [of(Side::Buy), of(Side::Sell)]
}

fn update<D: L2MarketDepth>(depth: &mut D, [bids, asks]: &Floats) {
    for &(price, qty) in bids {
        depth.update_bid_depth(price, qty, 0);
    }
    for &(price, qty) in asks {
        depth.update_ask_depth(price, qty, 0);
    }
}

macro_rules! store {
    ($(#[$doc:meta])* $name:ident, $depth:ty, $new:expr) => {
        $(#[$doc])*
        pub(crate) struct $name($depth);

        impl Store for $name {
            type Change = Floats;

            fn prepare(record: &[Slot], _: i64) -> Floats {
                floats(record)
            }

            fn seeded(seed: &[Slot], tick: i64) -> Self {
                let new: fn(f64, f64) -> $depth = $new;
                let mut depth = new(tick as f64 / 1e8, middle(seed));
                update(&mut depth, &floats(seed));
                Self(depth)
            }

            fn apply(&mut self, change: &Floats) {
                update(&mut self.0, change);
            }

            fn best(&self, _: i64) -> [i64; 2] {
                [self.0.best_bid_tick(), self.0.best_ask_tick()]
            }
        }
    };
}

/// The best bid.
fn middle(seed: &[Slot]) -> f64 {
    Case::side(seed, Side::Buy)[0].price as f64 / 1e8
}

store!(Hashed, HashMapMarketDepth, |tick, _| HashMapMarketDepth::new(tick, 0.001));
store!(Tree, BTreeMarketDepth, |tick, _| BTreeMarketDepth::new(tick, 0.001));
store!(
    /// 32,768 ticks to both sides; what lies beyond is dropped.
    Window,
    ROIVectorMarketDepth,
    |tick, middle| {
        let reach = 32_768.0 * tick;
        ROIVectorMarketDepth::new(tick, 0.001, middle - reach, middle + reach)
    }
);
