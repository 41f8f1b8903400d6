//! Recorded frames: what they are, where their levels are, other ids for them.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{COINM, SPOT, USDM};
use crate::protocol::{Depth, Product, Told};

/// The wrapper of combined streams.
#[derive(Deserialize)]
struct Wrapper<'a> {
    stream: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The fields that tell a payload's kind, product and place.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default)]
    e: &'a str,
    #[serde(rename = "U")]
    first: Option<u64>,
    /// A number, but for depth's namesakes in other events.
    #[serde(borrow)]
    u: Option<&'a RawValue>,
    pu: Option<u64>,
    #[serde(default)]
    s: &'a str,
    #[serde(borrow, rename = "M")]
    ignored: Option<&'a RawValue>,
}

/// Name and payload of a wrapped frame; the frame itself where there is no wrapper.
fn unwrap(bytes: &[u8]) -> Option<(Option<String>, Range<usize>)> {
    // The usual form, without a parser.
    if let Some(rest) = bytes.strip_prefix(br#"{"stream":""#) {
        let name = rest.split(|&b| b == b'"').next()?;
        let start = 11 + name.len();
        if bytes[start..].starts_with(br#"","data":{"#) && bytes.ends_with(b"}}") {
            let name = str::from_utf8(name).ok()?.to_owned();
            return Some((Some(name), start + 9..bytes.len() - 1));
        }
    }
    match serde_json::from_slice::<Wrapper<'_>>(bytes) {
        Ok(wrapper) => {
            let data = wrapper.data.get();
            // The raw value borrows from `bytes`: its place is where it was found.
            let start = data.as_ptr().addr() - bytes.as_ptr().addr();
            Some((Some(wrapper.stream.to_owned()), start..start + data.len()))
        }
        Err(_) => Some((None, 0..bytes.len())),
    }
}

fn is_diff(name: &str) -> bool {
    name.split_once('@').is_some_and(|(_, s)| s == "depth" || s.starts_with("depth@"))
}

/// What a frame is.
pub(super) fn told(bytes: &[u8]) -> Option<Told> {
    let (name, payload) = unwrap(bytes)?;
    let wrapped = name.is_some();
    let stream = match name {
        Some(name) => name,
        None => bare_name(&bytes[payload.clone()])?,
    };
    if !stream.contains('@') && wrapped {
        return None; // Announcements belong to the day of the recording.
    }
    let symbol = stream.split('@').next()?.to_uppercase();
    let mut depth = None;
    if is_diff(&stream) {
        let head: Head<'_> = serde_json::from_slice(&bytes[payload.clone()]).ok()?;
        let last = head.u.and_then(|u| u.get().parse().ok())?;
        depth = Some(Depth { first: head.first?, last, previous: head.pu });
    }
    Some(Told { stream, symbol, payload, depth, whole: false })
}

/// The name of the stream of a frame of a raw connection.
fn bare_name(payload: &[u8]) -> Option<String> {
    let head: Head<'_> = serde_json::from_slice(payload).ok()?;
    let suffix = match head.e {
        "depthUpdate" => "depth@100ms",
        "" if head.u.is_some() => "bookTicker",
        "bookTicker" | "trade" | "aggTrade" => head.e,
        "markPriceUpdate" => "markPrice@1s",
        _ => return None,
    };
    (!head.s.is_empty()).then(|| format!("{}@{suffix}", head.s.to_lowercase()))
}

/// The product, by what only one sends.
pub(super) fn product_of(bytes: &[u8]) -> Option<Product> {
    let (name, payload) = unwrap(bytes)?;
    let head: Head<'_> = serde_json::from_slice(&bytes[payload]).ok()?;
    let futures = match head.e {
        "depthUpdate" => head.pu.is_some(),
        "bookTicker" => true,
        "" if name.as_ref().is_some_and(|name| name.ends_with("@bookTicker")) => false,
        "trade" | "aggTrade" => head.ignored.is_none(),
        "markPriceUpdate" => true,
        _ => return None,
    };
    Some(match futures {
        false => SPOT,
        true => futures_product(head.s),
    })
}

/// COIN-M symbols are `<BASE>USD_<...>`.
pub(super) fn futures_product(symbol: &str) -> Product {
    match symbol.split_once('_') {
        Some((pair, _)) if pair.ends_with("USD") => COINM,
        _ => USDM,
    }
}

/// A payload with other ids.
pub(super) fn renumber(payload: &[u8], from: Depth, to: Depth) -> Vec<u8> {
    let text = String::from_utf8_lossy(payload);
    let field = |text: &str, key: &str, from: u64, to: u64| {
        text.replacen(&format!(r#""{key}":{from}"#), &format!(r#""{key}":{to}"#), 1)
    };
    let mut text = field(&text, "U", from.first, to.first);
    text = field(&text, "u", from.last, to.last);
    if let (Some(from), Some(to)) = (from.previous, to.previous) {
        text = field(&text, "pu", from, to);
    }
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPTH: &[u8] = br#"{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":9,"T":8,"s":"BTCUSDT","U":157,"u":160,"pu":149,"b":[["0.0024","10"]],"a":[["0.0026","100"],["1","0"]]}}"#;

    #[test]
    fn tells_a_wrapped_depth_frame() {
        let told = told(DEPTH).unwrap();
        assert_eq!(told.stream, "btcusdt@depth@0ms");
        assert_eq!(told.symbol, "BTCUSDT");
        assert!(DEPTH[told.payload].ends_with(br#"["1","0"]]}"#));
        assert_eq!(told.depth, Some(Depth { first: 157, last: 160, previous: Some(149) }));
        assert_eq!(product_of(DEPTH), Some(USDM));
    }

    #[test]
    fn tells_other_forms() {
        let swapped =
            br#"{"data": {"e":"trade","s":"BTCUSD_PERP"}, "stream": "btcusd_perp@trade"}"#;
        let told_swapped = told(swapped).unwrap();
        assert_eq!(&swapped[told_swapped.payload], br#"{"e":"trade","s":"BTCUSD_PERP"}"#);
        assert_eq!(product_of(swapped), Some(COINM));
        let bare = br#"{"u":4,"s":"BNBUSDT","b":"25.3","B":"3","a":"25.4","A":"4"}"#;
        assert_eq!(told(bare).unwrap().stream, "bnbusdt@bookTicker");
        assert_eq!(told(br#"{"result":null,"id":1}"#), None);
    }

    #[test]
    fn renumbers() {
        let from = Depth { first: 157, last: 160, previous: Some(149) };
        let to = Depth { first: 2, last: 5, previous: Some(1) };
        let text = renumber(DEPTH, from, to);
        assert_eq!(told(&text).unwrap().depth, Some(to));
    }
}
