//! What the corpus of recorded market data holds of each venue.

use std::fmt;

use crate::Rules;
use crate::binance::Binance;
use crate::bitstamp::Bitstamp;
use crate::bybit::Bybit;
use crate::coinbase::Coinbase;
use crate::deribit::Deribit;
use crate::ls::Ls;
use crate::okx::Okx;
use crate::upbit::Upbit;

/// Files that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recording {
    /// What it is called in a certificate.
    pub name: &'static str,
    /// Paths within the corpus.
    pub files: &'static [&'static str],
}

/// A venue that has been recorded.
pub struct Venue {
    /// Name of its adapter.
    pub name: &'static str,
    /// Its recordings, the broadest first.
    pub recordings: &'static [Recording],
    pub(crate) rules: fn() -> Box<dyn Rules>,
}

impl fmt::Debug for Venue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Venue").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The venue of an adapter.
pub fn venue(name: &str) -> Option<&'static Venue> {
    VENUES.iter().find(|venue| venue.name == name)
}

/// Every venue that has been recorded.
pub static VENUES: [Venue; 8] = [
    Venue { name: "binance", recordings: &BINANCE, rules: || Box::<Binance>::default() },
    Venue { name: "okx", recordings: &OKX, rules: || Box::<Okx>::default() },
    Venue { name: "deribit", recordings: &DERIBIT, rules: || Box::<Deribit>::default() },
    Venue { name: "bybit", recordings: &BYBIT, rules: || Box::<Bybit>::default() },
    Venue { name: "upbit", recordings: &UPBIT, rules: || Box::<Upbit>::default() },
    Venue { name: "coinbase", recordings: &COINBASE, rules: || Box::<Coinbase>::default() },
    Venue { name: "bitstamp", recordings: &BITSTAMP, rules: || Box::<Bitstamp>::default() },
    Venue { name: "ls", recordings: &LS, rules: || Box::<Ls>::default() },
];

const fn recording(name: &'static str, files: &'static [&'static str]) -> Recording {
    Recording { name, files }
}

static BINANCE: [Recording; 16] = [
    recording(
        "usdm 2021-07-22",
        &[
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.ws.1.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.http.0.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz",
        ],
    ),
    recording(
        "spot 2021-10-12",
        &[
            "binance-spot/cryptofeed-20211012/BINANCE.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.http.0.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.ws.1.0.gz",
        ],
    ),
    recording(
        "coinm 2021-07-22",
        &[
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.http.0.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.ws.1.0.gz",
        ],
    ),
    recording("usdm btc 2024-08-08", &["binance-usdm/hftbacktest/btcusdt_20240808.gz"]),
    recording("usdm eth 2024-08-08", &["binance-usdm/hftbacktest/ethusdt_20240808.gz"]),
    recording("usdm btc 2024-07-18", &["binance-usdm/hftbacktest/btcusdt_20240718.gz"]),
    recording(
        "usdm btc 2024-07-18, 19",
        &[
            "binance-usdm/hftbacktest/btcusdt_20240718.gz",
            "binance-usdm/hftbacktest/btcusdt_20240719.gz",
        ],
    ),
    recording("usdm btc 2024-07-19", &["binance-usdm/hftbacktest/btcusdt_20240719.gz"]),
    recording(
        "usdm btc 2023-04-04, 05",
        &[
            "binance-usdm/hftbacktest/btcusdt_20230404.dat.gz",
            "binance-usdm/hftbacktest/btcusdt_20230405.dat.gz",
        ],
    ),
    recording("coinm btc 2024-08-08", &["binance-coinm/hftbacktest/btcusd_perp_20240808.gz"]),
    recording("coinm eth 2024-08-08", &["binance-coinm/hftbacktest/ethusd_perp_20240808.gz"]),
    recording("spot btc 2024-08-08", &["binance-spot/hftbacktest/btcusdt_20240808.gz"]),
    recording("spot eth 2024-08-08", &["binance-spot/hftbacktest/ethusdt_20240808.gz"]),
    recording("spot btc 2023-04-05", &["binance-spot/hftbacktest/btcusdt_20230405.dat.gz"]),
    recording("spot 2021-04-05", &["binance-spot/cryptofeed-20210405/BINANCE-b38f7c.0.gz"]),
    recording("usdm 2021-04-05", &["binance-usdm/cryptofeed-20210405/BINANCE_FUTURES-1125a2.0.gz"]),
];

static OKX: [Recording; 3] = [
    recording(
        "2022-05-13",
        &["okx/cryptofeed-20220513/OKX.0.gz", "okx/cryptofeed-20220513/OKX.ws.1.0.gz"],
    ),
    recording(
        "2021-07-22, first socket",
        &["okx/cryptofeed-20210722/OKEX.0.gz", "okx/cryptofeed-20210722/OKEX.ws.1.0.gz"],
    ),
    recording(
        "2021-07-22, second socket",
        &["okx/cryptofeed-20210722/OKEX.0.gz", "okx/cryptofeed-20210722/OKEX.ws.2.0.gz"],
    ),
];

static DERIBIT: [Recording; 2] = [
    recording(
        "options 2021-07-22",
        &[
            "deribit/cryptofeed-20210722/DERIBIT.0.gz",
            "deribit/cryptofeed-20210722/DERIBIT.ws.1.0.gz",
        ],
    ),
    recording("options 2021-04-05", &["deribit/cryptofeed-20210405/DERIBIT-5dd9ce.0.gz"]),
];

static BYBIT: [Recording; 2] = [
    recording("linear and spot 2026-08-09", &["bybit/cryptofeed-20260809/BYBIT.jsonl.zst"]),
    recording("linear, level 1 2025-06-13", &["bybit/cryptofeed-20250613/BYBIT.ws.1.0.gz"]),
];

static UPBIT: [Recording; 1] = [recording(
    "2021-04-05, list of 2021-04-17",
    &["upbit/cryptofeed-20210417/UPBIT.0.gz", "upbit/cryptofeed-20210405/UPBIT-d78752.0.gz"],
)];

static COINBASE: [Recording; 2] = [
    recording("advanced 2026-08-09", &["coinbase/cryptofeed-20260809/COINBASE.jsonl.zst"]),
    recording(
        "exchange 2021-04-17",
        &[
            "coinbase/cryptofeed-20210417/COINBASE.0.gz",
            "coinbase/cryptofeed-20210417/COINBASE.ws.28.0.gz",
        ],
    ),
];

/// Four fields of each trade.
static LS: [Recording; 2] = [
    recording(
        "trades 2025-11-26, and a list",
        &[
            "ls-securities/ls_stock_list.json.gz",
            "ls-securities/ticks/raw_data_015760_20251126.txt.gz",
        ],
    ),
    recording(
        "trades 2025-11-25, and a list",
        &[
            "ls-securities/ls_stock_list.json.gz",
            "ls-securities/ticks/raw_data_005930_20251125.txt.gz",
        ],
    ),
];

static BITSTAMP: [Recording; 1] =
    [recording("orders 2015-05-01", &["bitstamp/ob-analytics/2015-05-01.log.xz"])];
