//! What the demo plays: recordings that ran at the same time, by session.

use std::path::{Path, PathBuf};

use patchbay_model::Kind;
use patchbay_runtime::live::OwnedWish;
use patchbay_venue::{Protocol, Recording};

use crate::args::DemoVenue;

/// Recordings of the same minutes of one venue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    /// What its venue is called in the host: the plugin's name where sessions are not mixed.
    pub(crate) venue: &'static str,
    /// Name of the adapter and of the local venue's protocol.
    pub(crate) plugin: &'static str,
    /// Its captures, below the corpus.
    captures: &'static [&'static str],
    /// Settings of the adapter, those of Binance apart, which depend on the recording.
    pub(crate) settings: &'static [&'static str],
    /// Parts of the names of streams that the adapter asks for whatever else it wants.
    pub(crate) sure: &'static [&'static str],
    /// The file of a key that the local venue knows, where data needs one.
    pub(crate) key: Option<&'static str>,
    /// What is wanted of a venue of which nothing is recorded: it is connected and says nothing.
    pub(crate) unrecorded: &'static [&'static str],
}

const BINANCE: Session = Session {
    venue: "binance",
    plugin: "binance",
    captures: &[],
    settings: &[],
    sure: &["@depth", "@bookTicker", "@trade"],
    key: None,
    unrecorded: &[],
};

/// The one that is played by itself: the same minutes of 8 August 2024 on all three products.
const AUGUST: Session = Session {
    captures: &[
        "binance-spot/hftbacktest/btcusdt_20240808.gz",
        "binance-spot/hftbacktest/ethusdt_20240808.gz",
        "binance-usdm/hftbacktest/btcusdt_20240808.gz",
        "binance-usdm/hftbacktest/ethusdt_20240808.gz",
        "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
        "binance-coinm/hftbacktest/ethusd_perp_20240808.gz",
    ],
    ..BINANCE
};

/// What is served under many symbols: their books alone, of spot and of USD-M futures.
pub(crate) const LOAD: Session = Session {
    captures: &[
        "binance-spot/hftbacktest/btcusdt_20240808.gz",
        "binance-spot/hftbacktest/ethusdt_20240808.gz",
        "binance-usdm/hftbacktest/btcusdt_20240808.gz",
        "binance-usdm/hftbacktest/ethusdt_20240808.gz",
    ],
    settings: &[
        "products = [\"spot\", \"usdm\"]",
        "symbols_per_connection = 25",
        "connects_per_5_minutes = 1000000",
        "weight_per_minute.spot = 1000000",
        "weight_per_minute.usdm = 1000000",
    ],
    sure: &["@depth"],
    ..BINANCE
};

/// Four perpetuals and two pairs of spot.
const BYBIT: Session = Session {
    venue: "bybit",
    plugin: "bybit",
    captures: &["bybit/cryptofeed-20260809/BYBIT.jsonl.zst"],
    settings: &["products = [\"linear\", \"spot\"]", "depth = \"200\""],
    sure: &["orderbook.", "publicTrade."],
    key: None,
    unrecorded: &[],
};

/// Ten options, raw: for who is logged in. The local venue takes any key.
const DERIBIT: Session = Session {
    venue: "deribit",
    plugin: "deribit",
    captures: &["deribit/cryptofeed-20210405/DERIBIT-5dd9ce.0.gz"],
    settings: &["interval = \"raw\""],
    sure: &["book.", "ticker."],
    key: Some("key_id = \"AMANDA\"\nsecret = \"AMANDASECRECT\"\n"),
    unrecorded: &[],
};

/// Spot, a swap, a future and options, books of every 10 ms: for who is logged in. The local venue
/// knows the key of OKX's documents.
const OKX: Session = Session {
    venue: "okx",
    plugin: "okx",
    captures: &["okx/cryptofeed-20210722/OKEX.0.gz", "okx/cryptofeed-20210722/OKEX.ws.1.0.gz"],
    settings: &["depth = \"books-l2-tbt\"", "quotes = \"tickers\""],
    sure: &["books", "tickers", "trades"],
    key: Some(
        "key_id = \"985d5b66-57ce-40fb-b714-afc0b9787083\"\n\
         secret = \"22582BD0CFF14C41EDBF1AB98506286D\"\npassphrase = \"123456\"\n",
    ),
    unrecorded: &[],
};

/// Books of fifteen levels, each frame a whole one, and trades.
const UPBIT: Session = Session {
    venue: "upbit",
    plugin: "upbit",
    captures: &[
        "upbit/cryptofeed-20210417/UPBIT.0.gz",
        "upbit/cryptofeed-20210405/UPBIT-d78752.0.gz",
    ],
    settings: &[],
    sure: &["orderbook:"],
    key: None,
    unrecorded: &[],
};

/// Hours of one stock's trades, behind a token. The key is that of the guide's example.
const LS: Session = Session {
    venue: "ls",
    plugin: "ls",
    captures: &[
        "ls-securities/ls_stock_list.json.gz",
        "ls-securities/ticks/raw_data_015760_20251126.txt.gz",
    ],
    settings: &[],
    sure: &["S3_"],
    key: Some("key_id = \"BSrTOOZNoXtxt8CnaiSo\"\nsecret = \"d3HloL6TO7RKMVdEqf5N\"\n"),
    unrecorded: &[],
};

/// The markets of the documentation's examples. Nothing of the present interface is recorded.
const BITHUMB: Session = Session {
    venue: "bithumb",
    plugin: "bithumb",
    captures: &[],
    settings: &[],
    sure: &[],
    key: None,
    unrecorded: &["KRW-BTC", "KRW-ETH"],
};

/// Two pairs of Advanced Trade, books of all levels.
const COINBASE: Session = Session {
    venue: "coinbase",
    plugin: "coinbase",
    captures: &["coinbase/cryptofeed-20260809/COINBASE.jsonl.zst"],
    settings: &[],
    sure: &["level2:", "market_trades:", "ticker:"],
    key: None,
    unrecorded: &[],
};

/// Books, trades, and the orders of the book one by one.
const BITSTAMP: Session = Session {
    venue: "bitstamp",
    plugin: "bitstamp",
    captures: &["bitstamp/ob-analytics/2015-05-01.log.xz"],
    settings: &[],
    sure: &["order_book_", "live_trades_", "live_orders_"],
    key: None,
    unrecorded: &[],
};

/// What is played of a venue.
pub(crate) const fn of(venue: DemoVenue) -> &'static Session {
    match venue {
        DemoVenue::Binance => &AUGUST,
        DemoVenue::Bithumb => &BITHUMB,
        DemoVenue::Bitstamp => &BITSTAMP,
        DemoVenue::Bybit => &BYBIT,
        DemoVenue::Coinbase => &COINBASE,
        DemoVenue::Deribit => &DERIBIT,
        DemoVenue::Ls => &LS,
        DemoVenue::Okx => &OKX,
        DemoVenue::Upbit => &UPBIT,
    }
}

/// One session of every venue.
pub(crate) const ALL: [Session; 9] =
    [AUGUST, BITHUMB, BITSTAMP, BYBIT, COINBASE, DERIBIT, LS, OKX, UPBIT];

/// All of Binance that was recorded as frames. Days and symbols overlap: each session is played by
/// an exchange of its own and taken by an instance of its own, all of them from the same moment on.
/// Spot of April 2023 was recorded without a snapshot; its book waits for one for ever.
pub(crate) const OF_BINANCE: [Session; 9] = [
    AUGUST,
    Session {
        venue: "binance-2024-07-18",
        captures: &[
            "binance-usdm/hftbacktest/btcusdt_20240718.gz",
            "binance-usdm/hftbacktest/btcusdt_20240719.gz",
        ],
        ..BINANCE
    },
    Session {
        venue: "binance-2023-04-04",
        captures: &[
            "binance-usdm/hftbacktest/btcusdt_20230404.dat.gz",
            "binance-usdm/hftbacktest/btcusdt_20230405.dat.gz",
        ],
        ..BINANCE
    },
    Session {
        venue: "binance-2023-04-05",
        captures: &["binance-spot/hftbacktest/btcusdt_20230405.dat.gz"],
        ..BINANCE
    },
    Session {
        venue: "binance-2021-10-12",
        captures: &[
            "binance-spot/cryptofeed-20211012/BINANCE.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.http.0.0.gz",
            "binance-spot/cryptofeed-20211012/BINANCE.ws.1.0.gz",
        ],
        ..BINANCE
    },
    Session {
        venue: "binance-2021-07-22",
        captures: &[
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.http.0.0.gz",
            "binance-usdm/cryptofeed-20210722/BINANCE_FUTURES.ws.1.0.gz",
        ],
        ..BINANCE
    },
    Session {
        venue: "binance-2021-07-22-coinm",
        captures: &[
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.http.0.0.gz",
            "binance-coinm/cryptofeed-20210722/BINANCE_DELIVERY.ws.1.0.gz",
        ],
        ..BINANCE
    },
    Session {
        venue: "binance-2021-04-05",
        captures: &["binance-spot/cryptofeed-20210405/BINANCE-b38f7c.0.gz"],
        ..BINANCE
    },
    Session {
        venue: "binance-2021-04-05-usdm",
        captures: &["binance-usdm/cryptofeed-20210405/BINANCE_FUTURES-1125a2.0.gz"],
        ..BINANCE
    },
];

impl Session {
    /// Whether the adapter asks for a stream whatever else it wants.
    pub(crate) fn is_sure(&self, stream: &str) -> bool {
        self.sure.iter().any(|part| stream.contains(part))
    }

    /// Every instrument that a recording holds for it, under the name that `named` makes of its symbol.
    pub(crate) fn wishes(
        &self,
        protocol: &dyn Protocol,
        recording: &Recording,
        channels: u32,
        named: impl Fn(&str) -> String,
    ) -> Vec<OwnedWish> {
        let all = !self.unrecorded.is_empty();
        let symbols = recording.symbols(|name| all || self.is_sure(name)).into_iter();
        let wish = |(product, symbol): (_, &str)| {
            let kind = Kind::from_name(protocol.kind(product, symbol)).unwrap_or(Kind::Spot);
            OwnedWish { symbol: named(symbol), kind: kind.to_abi(), channels }
        };
        symbols.map(wish).collect()
    }

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

/// What a screen says of sessions that no recording backs; empty if there are none.
pub(crate) fn note(sessions: &[Session]) -> String {
    let silent = sessions.iter().filter(|session| !session.unrecorded.is_empty());
    let names: Vec<_> = silent.map(|session| session.venue).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("{}: connected, but nothing of it is recorded", names.join(", ")),
    }
}

/// Folder of recorded data.
pub(crate) fn corpus() -> PathBuf {
    std::env::var_os("PATCHBAY_CORPUS").unwrap_or_else(|| "../shared/corpus".into()).into()
}
