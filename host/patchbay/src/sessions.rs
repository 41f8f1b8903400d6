//! What the demo plays: recordings that ran at the same time, by session.

use std::path::{Path, PathBuf};

/// Recordings of the same minutes of one venue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    /// What its venue is called in the host: the plugin's name where sessions are not mixed.
    pub(crate) venue: &'static str,
    /// Its captures, below the corpus.
    captures: &'static [&'static str],
}

/// The one that is played by itself: the same minutes of 8 August 2024 on all three products.
pub(crate) const AUGUST: Session = Session {
    venue: "binance",
    captures: &[
        "binance-spot/hftbacktest/btcusdt_20240808.gz",
        "binance-spot/hftbacktest/ethusdt_20240808.gz",
        "binance-usdm/hftbacktest/btcusdt_20240808.gz",
        "binance-usdm/hftbacktest/ethusdt_20240808.gz",
        "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
        "binance-coinm/hftbacktest/ethusd_perp_20240808.gz",
    ],
};

/// All of Binance that was recorded as frames. Days and symbols overlap: each session is played by
/// an exchange of its own and taken by an instance of its own, all of them from the same moment on.
/// Spot of April 2023 was recorded without a snapshot; its book waits for one for ever.
pub(crate) const ALL: [Session; 9] = [
    AUGUST,
    Session {
        venue: "binance-2024-07-18",
        captures: &[
            "binance-usdm/hftbacktest/btcusdt_20240718.gz",
            "binance-usdm/hftbacktest/btcusdt_20240719.gz",
        ],
    },
    Session {
        venue: "binance-2023-04-04",
        captures: &[
            "binance-usdm/hftbacktest/btcusdt_20230404.dat.gz",
            "binance-usdm/hftbacktest/btcusdt_20230405.dat.gz",
        ],
    },
    Session {
        venue: "binance-2023-04-05",
        captures: &["binance-spot/hftbacktest/btcusdt_20230405.dat.gz"],
    },
    Session {
        venue: "binance-2021-10-12",
        captures: &[
            "binance-spot/cryptofeed-20211012/BINANCE.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.http.0.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.ws.1.0.gz",
        ],
    },
    Session {
        venue: "binance-2021-07-22",
        captures: &[
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.http.0.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.ws.1.0.gz",
        ],
    },
    Session {
        venue: "binance-2021-07-22-coinm",
        captures: &[
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.http.0.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.ws.1.0.gz",
        ],
    },
    Session {
        venue: "binance-2021-04-05",
        captures: &["binance-spot/cryptofeed-20210405/BINANCE-b38f7c.0.gz"],
    },
    Session {
        venue: "binance-2021-04-05-usdm",
        captures: &["binance-usdm/cryptofeed-20210405/BINANCE_FUTURES-1125a2.0.gz"],
    },
];

impl Session {
    /// Its captures below `corpus`.
    ///
    /// # Errors
    ///
    /// The first one that is not there.
    pub(crate) fn captures(&self, corpus: &Path) -> Result<Vec<PathBuf>, PathBuf> {
        let all: Vec<_> = self.captures.iter().map(|file| corpus.join(file)).collect();
        match all.iter().find(|path| !path.exists()) {
            None => Ok(all),
            Some(missing) => Err(missing.clone()),
        }
    }
}

/// Folder of recorded data.
pub(crate) fn corpus() -> PathBuf {
    std::env::var_os("PATCHBAY_CORPUS").unwrap_or_else(|| "../shared/corpus".into()).into()
}
