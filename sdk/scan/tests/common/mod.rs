//! Recorded frames of the three Binance products, straight-line scanners for them, and what the
//! general parser makes of the same bytes.
#![allow(dead_code, reason = "each test uses its part")]

use patchbay_model::parse_decimal;
use patchbay_scan::{Cursor, Reader};
use patchbay_testkit::{Capture, corpus};
use simd_json::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Spot,
    UsdM,
    CoinM,
}

pub(crate) const PRODUCTS: [Product; 3] = [Product::Spot, Product::UsdM, Product::CoinM];

impl Product {
    pub(crate) const fn files(self) -> [&'static str; 2] {
        match self {
            Self::Spot => [
                "binance-spot/hftbacktest/btcusdt_20240808.gz",
                "binance-spot/hftbacktest/ethusdt_20240808.gz",
            ],
            Self::UsdM => [
                "binance-usdm/hftbacktest/btcusdt_20240808.gz",
                "binance-usdm/hftbacktest/ethusdt_20240808.gz",
            ],
            Self::CoinM => [
                "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
                "binance-coinm/hftbacktest/ethusd_perp_20240808.gz",
            ],
        }
    }
}

/// An event with every field of its frame; levels as bids and asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: &'static str,
    /// Stream, symbol, and what else is text.
    pub(crate) texts: Vec<String>,
    /// By the key, with a frame's own order forgotten.
    pub(crate) ids: Vec<(&'static str, u64)>,
    pub(crate) decimals: Vec<i64>,
    pub(crate) flags: Vec<bool>,
    pub(crate) bids: Vec<(i64, i64)>,
    pub(crate) asks: Vec<(i64, i64)>,
}

/// A recorded capture; `None`, with a note, where there is no corpus and this is not CI.
pub(crate) fn capture(name: &str) -> Option<Capture> {
    let path = corpus()?.join(name);
    Some(Capture::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The kind of a frame by its text alone.
pub(crate) fn kind(frame: &[u8]) -> &'static str {
    let has = |needle: &[u8]| frame.windows(needle.len()).take(40).any(|part| part == needle);
    if has(b"@depth") {
        "depth"
    } else if has(b"@trade") {
        "trade"
    } else if has(b"@bookTicker") {
        "bookTicker"
    } else {
        "other"
    }
}

/// A cursor that reads single values with vector code, too; the quickest there is.
pub(crate) fn vector(frame: &[u8]) -> Cursor<'_> {
    struct Itself;
    impl<'a> Reader<'a> for Itself {
        type Output = Cursor<'a>;

        fn read(self, cursor: Cursor<'a>) -> Cursor<'a> {
            cursor
        }
    }
    Cursor::with(frame, Itself)
}

/// Straight down the frame of `product`, all three kinds.
pub(crate) fn scan(mut c: Cursor<'_>, product: Product, exps: (i8, i8)) -> Option<Event> {
    let mut event = Event::default();
    let e = &mut event;
    c.literal(br#"{"stream":""#)?;
    let stream = c.string()?;
    e.texts.push(stream.to_owned());
    c.literal(br#","data":{"#)?;
    match stream.split_once('@')?.1 {
        "trade" => trade(&mut c, product, exps, e)?,
        "bookTicker" => quote(&mut c, product, exps, e)?,
        "depth@0ms" | "depth@100ms" => depth(&mut c, product, exps, e)?,
        _ => return None,
    }
    c.literal(b"}}")?;
    c.end()?;
    e.ids.sort_unstable();
    Some(event)
}

fn depth(c: &mut Cursor<'_>, product: Product, exps: (i8, i8), e: &mut Event) -> Option<()> {
    e.kind = "depth";
    c.literal(br#""e":"depthUpdate","E":"#)?;
    e.ids.push(("E", c.u64()?));
    if product != Product::Spot {
        c.literal(br#","T":"#)?;
        e.ids.push(("T", c.u64()?));
    }
    c.literal(br#","s":""#)?;
    e.texts.push(c.string()?.to_owned());
    if product == Product::CoinM {
        c.literal(br#","ps":""#)?;
        e.texts.push(c.string()?.to_owned());
    }
    c.literal(br#","U":"#)?;
    e.ids.push(("U", c.u64()?));
    c.literal(br#","u":"#)?;
    e.ids.push(("u", c.u64()?));
    if product != Product::Spot {
        c.literal(br#","pu":"#)?;
        e.ids.push(("pu", c.u64()?));
    }
    c.literal(br#","b":"#)?;
    let mut sink = |some: &[[i64; 2]]| {
        e.bids.extend(some.iter().map(|&[price, qty]| (price, qty)));
        Some(())
    };
    let bids = c.levels(exps.0, exps.1, &mut sink)?;
    c.literal(br#","a":"#)?;
    let asks = c.levels(exps.0, exps.1, |some| {
        e.asks.extend(some.iter().map(|&[price, qty]| (price, qty)));
        Some(())
    })?;
    assert_eq!((bids, asks), (e.bids.len(), e.asks.len()));
    Some(())
}

fn trade(c: &mut Cursor<'_>, product: Product, exps: (i8, i8), e: &mut Event) -> Option<()> {
    e.kind = "trade";
    c.literal(br#""e":"trade","E":"#)?;
    e.ids.push(("E", c.u64()?));
    if product != Product::Spot {
        c.literal(br#","T":"#)?;
        e.ids.push(("T", c.u64()?));
    }
    c.literal(br#","s":""#)?;
    e.texts.push(c.string()?.to_owned());
    c.literal(br#","t":"#)?;
    e.ids.push(("t", c.u64()?));
    c.literal(br#","p":""#)?;
    e.decimals.push(c.decimal(exps.0)?);
    c.literal(br#","q":""#)?;
    e.decimals.push(c.decimal(exps.1)?);
    if product == Product::Spot {
        c.literal(br#","T":"#)?;
        e.ids.push(("T", c.u64()?));
    } else {
        c.literal(br#","X":""#)?;
        e.texts.push(c.string()?.to_owned());
    }
    c.literal(br#","m":"#)?;
    e.flags.push(c.boolean()?);
    if product == Product::Spot {
        c.literal(br#","M":"#)?;
        e.flags.push(c.boolean()?);
    }
    Some(())
}

fn quote(c: &mut Cursor<'_>, product: Product, exps: (i8, i8), e: &mut Event) -> Option<()> {
    e.kind = "bookTicker";
    match product {
        Product::Spot => c.literal(br#""u":"#)?,
        Product::UsdM => c.literal(br#""e":"bookTicker","u":"#)?,
        Product::CoinM => c.literal(br#""u":"#)?,
    }
    e.ids.push(("u", c.u64()?));
    if product == Product::CoinM {
        c.literal(br#","e":"bookTicker""#)?;
    }
    c.literal(br#","s":""#)?;
    e.texts.push(c.string()?.to_owned());
    if product == Product::CoinM {
        c.literal(br#","ps":""#)?;
        e.texts.push(c.string()?.to_owned());
    }
    c.literal(br#","b":""#)?;
    e.decimals.push(c.decimal(exps.0)?);
    c.literal(br#","B":""#)?;
    e.decimals.push(c.decimal(exps.1)?);
    c.literal(br#","a":""#)?;
    e.decimals.push(c.decimal(exps.0)?);
    c.literal(br#","A":""#)?;
    e.decimals.push(c.decimal(exps.1)?);
    if product != Product::Spot {
        c.literal(br#","T":"#)?;
        e.ids.push(("T", c.u64()?));
        c.literal(br#","E":"#)?;
        e.ids.push(("E", c.u64()?));
    }
    Some(())
}

/// What simd-json says of the same bytes; `None` if they are no such frame.
pub(crate) fn reference(frame: &[u8], exps: (i8, i8)) -> Option<Event> {
    let mut bytes = frame.to_vec();
    let json = simd_json::to_borrowed_value(&mut bytes).ok()?;
    let stream = json.get_str("stream")?;
    let data = json.get("data")?;
    let mut event = Event { texts: vec![stream.to_owned()], ..Event::default() };
    let e = &mut event;
    for key in ["s", "ps", "X"] {
        e.texts.extend(data.get_str(key).map(str::to_owned));
    }
    for key in ["E", "T", "U", "pu", "t", "u"] {
        e.ids.extend(data.get_u64(key).map(|id| (key, id)));
    }
    for key in ["m", "M"] {
        e.flags.extend(data.get_bool(key));
    }
    let number = |key, exp| decimal(data.get_str(key)?, exp);
    match stream.split_once('@')?.1 {
        "trade" => {
            e.kind = "trade";
            e.decimals = vec![number("p", exps.0)?, number("q", exps.1)?];
        }
        "bookTicker" => {
            e.kind = "bookTicker";
            for (price, qty) in [("b", "B"), ("a", "A")] {
                e.decimals.extend([number(price, exps.0)?, number(qty, exps.1)?]);
            }
        }
        _ => {
            e.kind = "depth";
            e.bids = side(data.get_array("b")?, exps)?;
            e.asks = side(data.get_array("a")?, exps)?;
        }
    }
    let event_key = usize::from(data.get("e").is_some());
    let lists = if e.kind == "depth" { 2 } else { e.decimals.len() };
    let read = event_key + e.texts.len() - 1 + e.ids.len() + e.flags.len() + lists;
    // A key that nobody read would be a value that the scanner believed away.
    (read == data.as_object()?.len()).then_some(event)
}

fn side(levels: &[simd_json::BorrowedValue<'_>], exps: (i8, i8)) -> Option<Vec<(i64, i64)>> {
    let level = |level: &simd_json::BorrowedValue<'_>| {
        let [price, qty] = level.as_array()?.as_slice() else {
            return None;
        };
        Some((decimal(price.as_str()?, exps.0)?, decimal(qty.as_str()?, exps.1)?))
    };
    levels.iter().map(level).collect()
}

fn decimal(text: &str, exp: i8) -> Option<i64> {
    parse_decimal(text.as_bytes(), exp).ok()
}
