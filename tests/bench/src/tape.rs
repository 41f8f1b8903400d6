//! Recorded frames, back to back in memory: in real life the bytes were just copied in, not fetched
//! from all over it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use patchbay_history::{Captures, Event};

/// What a frame is about, by its stream's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Depth,
    Trade,
    Quote,
}

/// A product's captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) name: &'static str,
    pub(crate) url: &'static str,
    pub(crate) file: &'static str,
    pub(crate) symbol: &'static str,
}

pub(crate) const USDM: Product = Product {
    name: "USD-M",
    url: "wss://fstream.binance.com/stream",
    file: "binance-usdm/hftbacktest/btcusdt_20240808.gz",
    symbol: "BTCUSDT",
};
pub(crate) const SPOT: Product = Product {
    name: "spot",
    url: "wss://stream.binance.com:9443/stream",
    file: "binance-spot/hftbacktest/btcusdt_20240808.gz",
    symbol: "BTCUSDT",
};
pub(crate) const COINM: Product = Product {
    name: "COIN-M",
    url: "wss://dstream.binance.com/stream",
    file: "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
    symbol: "BTCUSD_PERP",
};
pub(crate) const ETH: Product = Product {
    name: "USD-M ETH",
    url: "wss://fstream.binance.com/stream",
    file: "binance-usdm/hftbacktest/ethusdt_20240808.gz",
    symbol: "ETHUSDT",
};
pub(crate) const PRODUCTS: [Product; 4] = [USDM, SPOT, COINM, ETH];

impl Product {
    /// Where its books are asked for.
    pub(crate) fn rest(self) -> &'static str {
        match self.name {
            "spot" => "https://api.binance.com/api/v3/depth",
            "COIN-M" => "https://dapi.binance.com/dapi/v1/depth",
            _ => "https://fapi.binance.com/fapi/v1/depth",
        }
    }
}

/// The frames of one capture, and the snapshot in it.
pub(crate) struct Tape {
    bytes: Vec<u8>,
    frames: Vec<(Kind, i64, Range<usize>)>,
    /// The REST book, and the number of frames before it.
    pub(crate) snapshot: (usize, Vec<u8>),
}

impl Tape {
    /// Reads a capture of the corpus, or `PATCHBAY_BENCH_CAPTURE` in its place.
    ///
    /// # Panics
    ///
    /// If it cannot be read, or has no snapshot.
    pub(crate) fn read(product: Product) -> Self {
        let other = std::env::var_os("PATCHBAY_BENCH_CAPTURE").map(PathBuf::from);
        let path = other.unwrap_or_else(|| corpus().join(product.file));
        let mut captures = Captures::open(&[&path]).unwrap_or_else(|error| panic!("{error}"));
        let (mut bytes, mut frames, mut snapshot) = (Vec::new(), Vec::new(), None);
        while let Some(record) = captures.next().unwrap_or_else(|error| panic!("{error}")) {
            match record.event {
                Event::Frame { data, .. } => {
                    let Some(kind) = kind(data) else { continue };
                    let start = bytes.len();
                    bytes.extend_from_slice(data);
                    frames.push((kind, record.at_ns, start..bytes.len()));
                }
                Event::Reply { body, .. } => snapshot = Some((frames.len(), body.to_vec())),
                _ => {}
            }
        }
        let snapshot =
            snapshot.unwrap_or_else(|| panic!("{}: no snapshot of the book", path.display()));
        Self { bytes, frames, snapshot }
    }

    /// Frames of `kind`, or all of them.
    pub(crate) fn frames(&self, kind: Option<Kind>) -> Frames {
        let mut picked = Frames { bytes: Vec::new(), list: Vec::new() };
        for (of, at, range) in &self.frames {
            if kind.is_none_or(|kind| kind == *of) {
                let start = picked.bytes.len();
                picked.bytes.extend_from_slice(&self.bytes[range.clone()]);
                picked.list.push((*of, *at, start..picked.bytes.len()));
            }
        }
        picked
    }
}

/// Some of a tape's frames, packed.
pub(crate) struct Frames {
    bytes: Vec<u8>,
    list: Vec<(Kind, i64, Range<usize>)>,
}

impl Frames {
    /// The first ones that take at most `bytes`.
    pub(crate) fn first(mut self, bytes: usize) -> Self {
        self.list.retain(|(_, _, range)| range.end <= bytes);
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Mean length.
    pub(crate) fn mean(&self) -> usize {
        self.list.iter().map(|(_, _, range)| range.len()).sum::<usize>() / self.len().max(1)
    }

    /// Kind, receive time, bytes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Kind, i64, &[u8])> + Clone {
        self.list.iter().map(|(kind, at, range)| (*kind, *at, &self.bytes[range.clone()]))
    }
}

/// Where recorded data lies.
pub(crate) fn corpus() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    std::env::var_os("PATCHBAY_CORPUS").map_or(beside, PathBuf::from)
}

fn kind(frame: &[u8]) -> Option<Kind> {
    let at = frame.iter().take(64).position(|&byte| byte == b'@')?;
    match frame.get(at + 1)? {
        b'd' => Some(Kind::Depth),
        b't' => Some(Kind::Trade),
        b'b' => Some(Kind::Quote),
        _ => None,
    }
}
