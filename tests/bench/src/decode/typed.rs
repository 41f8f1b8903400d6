//! Typed, borrowed, decimals straight to mantissas: serde at its best, for every library that has
//! it. Only what the product's records hold is declared; the rest is skipped.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use crate::sum::Sum;

/// A combined stream's wrapper.
#[derive(Deserialize)]
pub(crate) struct Frame<'a, T> {
    #[serde(borrow, rename = "stream")]
    _stream: &'a str,
    pub(crate) data: T,
}

#[derive(Deserialize)]
pub(crate) struct Depth<'a> {
    #[serde(rename = "E")]
    event: u64,
    s: &'a str,
    #[serde(rename = "U")]
    first: u64,
    pub(crate) u: u64,
    #[serde(default)]
    pub(crate) pu: u64,
    pub(crate) b: Vec<[Mantissa; 2]>,
    pub(crate) a: Vec<[Mantissa; 2]>,
}

#[derive(Deserialize)]
pub(crate) struct Trade<'a> {
    #[serde(rename = "E")]
    event: u64,
    s: &'a str,
    t: u64,
    p: Mantissa,
    q: Mantissa,
    m: bool,
    #[serde(rename = "X", default = "market")]
    origin: &'a str,
}

#[derive(Deserialize)]
pub(crate) struct Quote<'a> {
    u: u64,
    s: &'a str,
    b: Mantissa,
    #[serde(rename = "B")]
    bid_qty: Mantissa,
    a: Mantissa,
    #[serde(rename = "A")]
    ask_qty: Mantissa,
    #[serde(rename = "E", default)]
    event: u64,
}

const fn market() -> &'static str {
    "MARKET"
}

/// A decimal at 1e-8, from the borrowed text.
pub(crate) struct Mantissa(pub(crate) i64);

impl<'de> Deserialize<'de> for Mantissa {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Mantissa;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal")
            }

            #[inline]
            fn visit_str<E: Error>(self, text: &str) -> Result<Mantissa, E> {
                eight_places(text.as_bytes()).map(Mantissa).ok_or_else(|| E::custom("decimal"))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Byte by byte, without the checks for range that would slow it down.
#[inline]
pub(crate) fn eight_places(text: &[u8]) -> Option<i64> {
    const POWERS: [i64; 9] =
        [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1];
    let (mut mantissa, mut places, mut point) = (0i64, 0, false);
    for &byte in text {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.wrapping_mul(10) + i64::from(byte - b'0');
                places += usize::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    Some(mantissa.wrapping_mul(*POWERS.get(places)?))
}

/// What a frame says, taken into the checksum in the order of the product's record.
pub(crate) trait Said {
    fn say(&self, symbol: &str, sum: &mut Sum);
}

impl Said for Depth<'_> {
    #[inline]
    fn say(&self, symbol: &str, sum: &mut Sum) {
        sum.add(u64::from(self.s != symbol));
        for value in [self.event, self.first, self.u, self.pu] {
            sum.add(value);
        }
        for [price, qty] in self.b.iter().chain(&self.a) {
            sum.add_level(price.0, qty.0);
        }
    }
}

impl Said for Trade<'_> {
    #[inline]
    fn say(&self, symbol: &str, sum: &mut Sum) {
        sum.add(u64::from(self.s != symbol));
        sum.add(self.event);
        sum.add(self.t);
        sum.add_level(self.p.0, self.q.0);
        sum.add(u64::from(self.m) | u64::from(self.origin != "MARKET") << 1);
    }
}

impl Said for Quote<'_> {
    #[inline]
    fn say(&self, symbol: &str, sum: &mut Sum) {
        sum.add(u64::from(self.s != symbol));
        sum.add(self.event);
        sum.add(self.u);
        sum.add_level(self.b.0, self.bid_qty.0);
        sum.add_level(self.a.0, self.ask_qty.0);
    }
}
