//! The three products: hosts, paths, streams, and what the configuration says of each.

use patchbay_plugin::abi::{
    CHANNEL_DEPTH, CHANNEL_FUNDING, CHANNEL_LIQUIDATIONS, CHANNEL_MARK, CHANNEL_QUOTES,
    CHANNEL_TRADES,
};
use patchbay_plugin::model::{Kind, Nanos};
use patchbay_plugin::{Config, Error};

/// What is traded, each with hosts, symbols and limits of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Spot,
    UsdM,
    CoinM,
}

pub(crate) const PRODUCTS: [Product; 3] = [Product::Spot, Product::UsdM, Product::CoinM];

/// What is particular to one product.
struct Facts {
    name: &'static str,
    kind: Kind,
    /// REST paths begin with it ([SPOT] rest-api.md, [DERIV] General Info).
    api: &'static str,
    /// What its websocket hosts contain, test networks' too.
    host: &'static str,
}

const FACTS: [Facts; 3] = [
    facts("spot", Kind::Spot, "/api/v3/", "stream."),
    facts("usdm", Kind::Linear, "/fapi/v1/", "fstream"),
    facts("coinm", Kind::Inverse, "/dapi/v1/", "dstream"),
];

const fn facts(name: &'static str, kind: Kind, api: &'static str, host: &'static str) -> Facts {
    Facts {
        name,
        kind,
        api,
        host,
    }
}

impl Product {
    pub(crate) fn name(self) -> &'static str {
        FACTS[self as usize].name
    }

    pub(crate) fn kind(self) -> Kind {
        FACTS[self as usize].kind
    }

    pub(crate) fn api(self) -> &'static str {
        FACTS[self as usize].api
    }

    pub(crate) fn find(is: impl FnMut(&Self) -> bool) -> Option<Self> {
        PRODUCTS.into_iter().find(is)
    }

    /// Websocket paths. USD-M is split in two since 2026-04-23, and a stream on the wrong one is
    /// acknowledged and silent ([WSURL]).
    pub(crate) const fn routes(self) -> &'static [&'static str] {
        match self {
            Self::UsdM => &["/public", "/market"],
            _ => &[""],
        }
    }

    /// Streams over a route, as bits of places in [`STREAMS`].
    pub(crate) fn streams(self, route: usize, channels: u32) -> u32 {
        let over = |s: &Stream| (route == 0) == s.book || self.routes().len() == 1;
        let sent = |s: &Stream| self != Self::Spot || s.spot;
        let wanted = |s: &Stream| s.channels & channels != 0 && over(s) && sent(s);
        let bits = STREAMS.iter().enumerate().filter(|(_, s)| wanted(s));
        bits.fold(0, |bits, (place, _)| bits | 1 << place)
    }
}

/// A stream of one symbol ([SPOT] web-socket-streams.md, [DERIV] Websocket Market Streams).
pub(crate) struct Stream {
    pub(crate) channels: u32,
    /// Behind `@`; trades are chosen by configuration.
    pub(crate) suffix: &'static str,
    book: bool,
    spot: bool,
}

pub(crate) const STREAMS: [Stream; 5] = [
    stream(CHANNEL_DEPTH, "depth@100ms", true, true),
    stream(CHANNEL_QUOTES, "bookTicker", true, true),
    stream(CHANNEL_TRADES, "trade", false, true),
    stream(CHANNEL_MARK | CHANNEL_FUNDING, "markPrice@1s", false, false),
    stream(CHANNEL_LIQUIDATIONS, "forceOrder", false, false),
];

const fn stream(channels: u32, suffix: &'static str, book: bool, spot: bool) -> Stream {
    Stream {
        channels,
        suffix,
        book,
        spot,
    }
}

/// One product's configuration.
#[derive(Clone, Debug)]
pub(crate) struct Venue {
    pub(crate) rest: String,
    pub(crate) stream: String,
    pub(crate) snapshot_levels: u32,
    pub(crate) weight_per_minute: u32,
    pub(crate) messages_per_second: u32,
    pub(crate) silence: Nanos,
}

/// The configuration; `venue.toml` and `schema.toml` explain it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) products: Vec<Product>,
    pub(crate) venues: [Venue; 3],
    /// Stream suffix of futures trades.
    pub(crate) trades: String,
    pub(crate) symbols_per_connection: usize,
    pub(crate) connects_per_5_minutes: u32,
    pub(crate) life: Nanos,
    pub(crate) instruments_every: Nanos,
    pub(crate) time_every: Nanos,
    pub(crate) open_interest_every: Nanos,
}

pub(crate) const SECOND: Nanos = 1_000_000_000;

impl Settings {
    pub(crate) fn read(config: &Config<'_>) -> Result<Self, Error> {
        let count = |key: &str| Ok::<_, Error>(u32::try_from(config.int(key)?).unwrap_or(u32::MAX));
        let seconds = |key: &str| Ok::<_, Error>(config.int(key)?.saturating_mul(SECOND));
        let products = config.texts("products").map(|name| {
            let product = Product::find(|p| p.name() == name);
            product.ok_or_else(|| Error::new(format!("product `{name}`: use spot, usdm or coinm")))
        });
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
        let [spot, usdm, coinm] = PRODUCTS;
        Ok(Self {
            products: products.collect::<Result<_, _>>()?,
            venues: [venue(spot)?, venue(usdm)?, venue(coinm)?],
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
        let path = |p: &Product| base.contains(&p.api()[..p.api().len() - 3]);
        let host = |p: &Product| base.contains(FACTS[*p as usize].host);
        let known = Product::find(ours).or_else(|| Product::find(path));
        known.or_else(|| PRODUCTS.into_iter().rev().find(host))
    }

    /// Name of a symbol's stream: lower case, `<symbol>@<suffix>`.
    pub(crate) fn stream_name(&self, product: Product, stream: &Stream, symbol: &str) -> String {
        let suffix = match stream.suffix {
            "trade" if product != Product::Spot => &self.trades,
            suffix => suffix,
        };
        format!("{}@{suffix}", symbol.to_ascii_lowercase())
    }
}
