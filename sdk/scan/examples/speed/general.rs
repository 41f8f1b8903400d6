//! The general parser: typed, borrowed, decimals straight to mantissas, so that the comparison is
//! with serde at its best.

use crate::scanner::mix;
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use std::fmt;

#[derive(Deserialize)]
struct Frame<'a, T> {
    #[serde(borrow, rename = "stream")]
    _stream: &'a str,
    data: T,
}

#[derive(Deserialize)]
struct Depth<'a> {
    #[serde(rename = "E")]
    event: u64,
    #[serde(rename = "T")]
    time: Option<u64>,
    s: &'a str,
    #[serde(rename = "U")]
    first: u64,
    u: u64,
    pu: Option<u64>,
    b: Vec<[Mantissa; 2]>,
    a: Vec<[Mantissa; 2]>,
}

#[derive(Deserialize)]
struct Trade<'a> {
    #[serde(rename = "E")]
    event: u64,
    #[serde(rename = "T")]
    time: u64,
    s: &'a str,
    t: u64,
    p: Mantissa,
    q: Mantissa,
    m: bool,
}

#[derive(Deserialize)]
struct Quote<'a> {
    u: u64,
    s: &'a str,
    b: Mantissa,
    #[serde(rename = "B")]
    bid_qty: Mantissa,
    a: Mantissa,
    #[serde(rename = "A")]
    ask_qty: Mantissa,
    #[serde(rename = "T", default)]
    time: u64,
    #[serde(rename = "E", default)]
    event: u64,
}

/// A decimal at 1e-8, from the borrowed text.
struct Mantissa(i64);

impl<'de> Deserialize<'de> for Mantissa {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Mantissa;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Mantissa, E> {
                eight_places(text.as_bytes()).map(Mantissa).ok_or_else(|| E::custom("decimal"))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Mantissa, A::Error> {
                Err(A::Error::custom("decimal"))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Byte by byte, without the checks for range that would slow it down.
fn eight_places(text: &[u8]) -> Option<i64> {
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
    const POWERS: [i64; 9] =
        [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1];
    Some(mantissa.wrapping_mul(*POWERS.get(places)?))
}

impl Depth<'_> {
    fn sum(&self) -> u64 {
        let mut sum = self.event;
        sum = self.time.map_or(sum, |time| mix(sum, time));
        sum = mix(mix(mix(sum, self.s.len() as u64), self.first), self.u);
        sum = self.pu.map_or(sum, |pu| mix(sum, pu));
        let levels = self.b.iter().chain(&self.a);
        levels.fold(sum, |sum, [price, qty]| mix(mix(sum, price.0 as u64), qty.0 as u64))
    }
}

impl Trade<'_> {
    fn sum(&self) -> u64 {
        let values = [
            self.time,
            self.s.len() as u64,
            self.t,
            self.p.0 as u64,
            self.q.0 as u64,
            u64::from(self.m),
        ];
        values.into_iter().fold(self.event, mix)
    }
}

impl Quote<'_> {
    fn sum(&self) -> u64 {
        let values = [&self.b, &self.bid_qty, &self.a, &self.ask_qty].map(|m| m.0 as u64);
        let sum = values.into_iter().fold(mix(self.u, self.s.len() as u64), mix);
        mix(mix(sum, self.event), self.time)
    }
}

/// The first letter of the channel, from the stream's name: dispatch costs serde nothing.
fn channel(frame: &[u8]) -> Option<u8> {
    let at = frame.iter().position(|&byte| byte == b'@')?;
    frame.get(at + 1).copied()
}

pub(crate) fn serde_json(frame: &[u8]) -> Option<u64> {
    Some(match channel(frame)? {
        b'd' => serde_json::from_slice::<Frame<'_, Depth<'_>>>(frame).ok()?.data.sum(),
        b't' => serde_json::from_slice::<Frame<'_, Trade<'_>>>(frame).ok()?.data.sum(),
        _ => serde_json::from_slice::<Frame<'_, Quote<'_>>>(frame).ok()?.data.sum(),
    })
}
