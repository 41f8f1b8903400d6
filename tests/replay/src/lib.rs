//! What the end-to-end tests share: the corpus, the built program and plugins, and a naive replay
//! that knows nothing of ours.
#![allow(clippy::print_stderr, clippy::unwrap_used, clippy::missing_panics_doc)]

mod build;
mod load;
pub mod naive;

use std::path::{Path, PathBuf};

pub use build::{Built, built, compile_c_recorder, scratch};
pub use load::Plugins;

/// A file or folder of the corpus of recorded market data (`PATCHBAY_CORPUS`, or `../shared/corpus`
/// beside the checkout). Without a corpus the test says that it is skipped, but for CI, where that
/// is a failure.
pub fn corpus(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let root = std::env::var_os("PATCHBAY_CORPUS").map_or(beside, PathBuf::from);
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "no corpus at {}; set PATCHBAY_CORPUS",
        root.display()
    );
    eprintln!("SKIPPED: {} is missing; set PATCHBAY_CORPUS to recorded data", found.display());
    None
}

/// The Binance captures: files that belong together, and whether the ids are dense (spot).
pub const BINANCE: [(&[&str], bool); 16] = [
    (&["binance-usdm/hftbacktest/btcusdt_20240808.gz"], false),
    (&["binance-usdm/hftbacktest/ethusdt_20240808.gz"], false),
    (&["binance-usdm/hftbacktest/btcusdt_20240718.gz"], false),
    (
        &[
            "binance-usdm/hftbacktest/btcusdt_20240718.gz",
            "binance-usdm/hftbacktest/btcusdt_20240719.gz",
        ],
        false,
    ),
    (&["binance-usdm/hftbacktest/btcusdt_20240719.gz"], false),
    (
        &[
            "binance-usdm/hftbacktest/btcusdt_20230404.dat.gz",
            "binance-usdm/hftbacktest/btcusdt_20230405.dat.gz",
        ],
        false,
    ),
    (&["binance-coinm/hftbacktest/btcusd_perp_20240808.gz"], false),
    (&["binance-coinm/hftbacktest/ethusd_perp_20240808.gz"], false),
    (&["binance-spot/hftbacktest/btcusdt_20240808.gz"], true),
    (&["binance-spot/hftbacktest/ethusdt_20240808.gz"], true),
    (&["binance-spot/hftbacktest/btcusdt_20230405.dat.gz"], true),
    (&["binance-spot/cryptofeed-20210405/BINANCE-b38f7c.0.gz"], true),
    (&["binance-usdm/cryptofeed-20210405/BINANCE_FUTURES-1125a2.0.gz"], false),
    (
        &[
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.ws.1.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.http.0.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz",
        ],
        false,
    ),
    (
        &[
            "binance-spot/cryptofeed-20211012/BINANCE.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.http.0.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.ws.1.0.gz",
        ],
        true,
    ),
    (
        &[
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.http.0.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.ws.1.0.gz",
        ],
        false,
    ),
];
