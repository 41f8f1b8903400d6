//! The three products: hosts, paths, streams, and what the configuration says of each.

use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_FUNDING, CHANNEL_LIQUIDATIONS, CHANNEL_MARK, CHANNEL_QUOTES,
    CHANNEL_TRADES,
};
use patchbay_plugin::model::{Kind, Nanos};
use patchbay_plugin::{Config, Error};

pub(crate) const SECOND: Nanos = 1_000_000_000;

/// What is traded, each with hosts, symbols and limits of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Spot,
    UsdM,
    CoinM,
}

pub(crate) const PRODUCTS: [Product; 3] = [Product::Spot, Product::UsdM, Product::CoinM];

/// Name; kind; what REST paths begin with (SPOT rest-api.md, DERIV General Info); what
/// websocket hosts contain, test networks' too.
const FACTS: [(&str, Kind, &str, &str); 3] = [
    ("spot", Kind::Spot, "/api/v3/", "stream."),
    ("usdm", Kind::Linear, "/fapi/v1/", "fstream"),
    ("coinm", Kind::Inverse, "/dapi/v1/", "dstream"),
];

/// Streams of a symbol (SPOT web-socket-streams.md, DERIV Websocket Market Streams): channels;
/// suffix, of trades by configuration; whether it is about the book; whether spot has it.
pub(crate) const STREAMS: [(u32, &str, bool, bool); 5] = [
    (CHANNEL_DEPTH, "depth@100ms", true, true),
    (CHANNEL_QUOTES, "bookTicker", true, true),
    (CHANNEL_TRADES, "trade", false, true),
    (CHANNEL_MARK | CHANNEL_FUNDING, "markPrice@1s", false, false),
    (CHANNEL_LIQUIDATIONS, "forceOrder", false, false),
];

impl Product {
    pub(crate) const fn name(self) -> &'static str {
        FACTS[self as usize].0
    }

    pub(crate) const fn kind(self) -> Kind {
        FACTS[self as usize].1
    }

    pub(crate) const fn api(self) -> &'static str {
        FACTS[self as usize].2
    }

    /// Websocket paths. USD-M is split in two since 2026-04-23, and a stream on the wrong one is
    /// acknowledged and silent (WSURL).
    pub(crate) const fn routes(self) -> &'static [&'static str] {
        match self {
            Self::UsdM => &["/public", "/market"],
            _ => &[""],
        }
    }

    /// Streams over a route, as bits of places in [`STREAMS`].
    pub(crate) fn streams(self, route: usize, channels: u32) -> u32 {
        let one = self.routes().len() == 1;
        let bit = |(place, (of, _, book, spot)): (usize, &(u32, &str, bool, bool))| {
            let sent = (one || *book == (route == 0)) && (*spot || self != Self::Spot);
            u32::from(sent && of & channels != 0) << place
        };
        STREAMS.iter().enumerate().map(bit).sum()
    }
}

/// One product's configuration.
pub(crate) struct Venue {
    pub(crate) rest: String,
    pub(crate) stream: String,
    pub(crate) snapshot_levels: u32,
    pub(crate) weight_per_minute: u32,
    pub(crate) messages_per_second: u32,
    pub(crate) silence: Nanos,
}

/// The configuration; `venue.toml` and `schema.toml` explain it.
pub(crate) struct Settings {
    pub(crate) products: Vec<Product>,
    venues: Vec<Venue>,
    /// Stream suffix of futures trades.
    trades: String,
    pub(crate) symbols_per_connection: usize,
    pub(crate) connects_per_5_minutes: u32,
    pub(crate) life: Nanos,
    pub(crate) instruments_every: Nanos,
    pub(crate) time_every: Nanos,
    pub(crate) open_interest_every: Nanos,
}

impl Settings {
    pub(crate) fn read(config: &Config<'_>) -> Result<Self, Error> {
        let count = |key: &str| Ok::<_, Error>(u32::try_from(config.int(key)?).unwrap_or(u32::MAX));
        let seconds = |key: &str| Ok::<_, Error>(config.int(key)?.saturating_mul(SECOND));
        let product = |name: &str| {
            let product = PRODUCTS.into_iter().find(|p| p.name() == name);
            product.ok_or_else(|| Error::new(format!("product `{name}`: use spot, usdm or coinm")))
        };
        let venue = |product: Product| {
            let of = |key: &str| format!("{key}.{}", product.name());
            Ok::<_, Error>(Venue {
                rest: config.text(&of("rest"))?.to_owned(),
                stream: config.text(&of("stream"))?.to_owned(),
                snapshot_levels: count(&of("snapshot_levels"))?,
                weight_per_minute: count(&of("weight_per_minute"))?,
                messages_per_second: count(&of("messages_per_second"))?,
                silence: seconds(&of("silence_s"))?,
            })
        };
        Ok(Self {
            products: config.texts("products").map(product).collect::<Result<_, _>>()?,
            venues: PRODUCTS.into_iter().map(venue).collect::<Result<_, _>>()?,
            trades: config.text("trades")?.to_owned(),
            symbols_per_connection: count("symbols_per_connection")?.max(1) as usize,
            connects_per_5_minutes: count("connects_per_5_minutes")?,
            life: seconds("life_s")?,
            instruments_every: seconds("instruments_s")?,
            time_every: seconds("time_s")?,
            open_interest_every: seconds("open_interest_s")?,
        })
    }

    pub(crate) fn venue(&self, product: Product) -> &Venue {
        &self.venues[product as usize]
    }

    /// The product behind a URL: a configured host, or a known path or host name.
    pub(crate) fn product_of(&self, url: &str) -> Option<Product> {
        let base = url.split('?').next().unwrap_or_default();
        let ours = |p: &Product| {
            let venue = self.venue(*p);
            base.starts_with(&venue.rest) || base.starts_with(&venue.stream)
        };
        let looks = |p: &Product| {
            let (_, _, api, host) = FACTS[*p as usize];
            base.contains(&api[..api.len() - 3]) || base.contains(host)
        };
        // Spot's host name is part of the others'.
        let mut last_first = PRODUCTS.into_iter().rev();
        PRODUCTS.into_iter().find(ours).or_else(|| last_first.find(looks))
    }

    /// Name of a symbol's stream, by its place in [`STREAMS`]: lower case, `<symbol>@<suffix>`.
    pub(crate) fn stream_name(&self, product: Product, place: usize, symbol: &str) -> String {
        let suffix = match STREAMS[place].1 {
            "trade" if product != Product::Spot => &self.trades,
            suffix => suffix,
        };
        format!("{}@{suffix}", symbol.to_ascii_lowercase())
    }
}
