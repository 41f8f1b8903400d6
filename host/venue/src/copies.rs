//! A recording served under many symbols: load that no recording of this size holds.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use crate::protocol::{Product, Protocol, Reply};
use crate::recording::{Conns, Raw};

/// Connections of a capture, at most, so that those of each copy are its own.
const CONNECTIONS: u32 = 1 << 16;

/// How a recording is served under many symbols.
///
/// What goes out is what was recorded, frame by frame, with another name in it. The copies of a
/// symbol are as many as fit, and each is a little later than the one before, evenly over
/// [`spread`](Self::spread): an exchange does not send all its symbols in the same microsecond.
#[derive(Clone, Debug)]
pub struct Copies {
    /// Symbols that are served of each recorded one.
    pub each: u32,
    /// Time over which the copies of a symbol are spread.
    pub spread: Duration,
    /// Recorded time from the first frame on that is kept.
    pub span: Duration,
    /// A part of the names of the streams that are kept.
    pub only: String,
}

impl Copies {
    /// The symbol under which a copy is served; the first keeps its name.
    pub fn name(symbol: &str, copy: u32) -> String {
        if copy == 0 { symbol.to_owned() } else { format!("{symbol}{copy:04}") }
    }

    fn delay_ns(&self, copy: u32) -> i64 {
        let spread = i64::try_from(self.spread.as_nanos()).unwrap_or(i64::MAX);
        spread / i64::from(self.each.max(1)) * i64::from(copy)
    }

    /// The records of all copies, by time, and their bytes. A list of instruments names none of the
    /// copies and is left out.
    pub(crate) fn of(
        &self,
        (arena, raws): (&[u8], &[Raw]),
        conns: &mut Conns,
        protocol: &dyn Protocol,
    ) -> (Vec<u8>, Vec<Raw>) {
        let records = self.records((arena, raws), conns, protocol);
        for copy in 1..self.each {
            for (conn, product) in records.iter().map(|record| (record.raw.conn, record.product)) {
                conns.entry(conn + copy * CONNECTIONS).or_default().product = product;
            }
        }
        let (mut bytes, mut copied) = (Vec::new(), Vec::new());
        for copy in 0..self.each.max(1) {
            for Record { raw, symbol, places, .. } in &records {
                let (start, name) = (bytes.len(), Self::name(symbol, copy));
                let recorded = &arena[raw.start..raw.start + raw.len];
                rename(recorded, places, (symbol, &name), &mut bytes);
                let url = raw.url.as_ref().map(|url| {
                    let mut renamed = Vec::new();
                    let places = places_of(url.as_bytes(), symbol);
                    rename(url.as_bytes(), &places, (symbol, &name), &mut renamed);
                    String::from_utf8_lossy(&renamed).into_owned()
                });
                let (at_ns, conn) =
                    (raw.at_ns + self.delay_ns(copy), raw.conn + copy * CONNECTIONS);
                copied.push(Raw { at_ns, conn, start, len: bytes.len() - start, url });
            }
        }
        copied.sort_by_key(|raw| raw.at_ns);
        (bytes, copied)
    }

    /// What is copied: frames of the streams and the time that are kept, and their snapshots.
    fn records<'r>(
        &self,
        (arena, raws): (&[u8], &'r [Raw]),
        conns: &Conns,
        protocol: &dyn Protocol,
    ) -> Vec<Record<'r>> {
        let first = raws.first().map_or(0, |raw| raw.at_ns);
        let span = i64::try_from(self.span.as_nanos()).unwrap_or(i64::MAX);
        let mut lone: BTreeMap<u32, String> = BTreeMap::new();
        let mut records = Vec::new();
        for raw in raws {
            let bytes = &arena[raw.start..raw.start + raw.len];
            let product = conns.get(&raw.conn).and_then(|conn| conn.product);
            let symbol = match &raw.url {
                None if raw.at_ns - first > span => continue,
                None => {
                    let told = protocol.told(bytes).filter(|t| t.stream.contains(&self.only));
                    let Some(told) = told else { continue };
                    lone.entry(raw.conn).or_insert_with(|| told.symbol.clone());
                    told.symbol
                }
                Some(url) => match protocol.reply(url, bytes) {
                    Some(Reply::Snapshot { symbol, .. }) => {
                        symbol.or_else(|| lone.get(&raw.conn).cloned()).unwrap_or_default()
                    }
                    _ => continue,
                },
            };
            let places = places_of(bytes, &symbol);
            records.push(Record { raw, symbol, places, product });
        }
        records
    }
}

/// A record that is copied.
struct Record<'r> {
    raw: &'r Raw,
    symbol: String,
    places: Vec<Range<usize>>,
    product: Option<Product>,
}

/// Appends `bytes` with another name in all places of a symbol, in lower case where that was.
fn rename(bytes: &[u8], places: &[Range<usize>], (symbol, name): (&str, &str), out: &mut Vec<u8>) {
    let mut from = 0;
    for at in places {
        out.extend_from_slice(&bytes[from..at.start]);
        let start = out.len();
        out.extend_from_slice(name.as_bytes());
        if bytes[at.clone()] != *symbol.as_bytes() {
            out[start..].make_ascii_lowercase();
        }
        from = at.end;
    }
    out.extend_from_slice(&bytes[from..]);
}

/// Where a symbol stands by itself, as it is or in lower case.
fn places_of(bytes: &[u8], symbol: &str) -> Vec<Range<usize>> {
    let (upper, lower) = (symbol.as_bytes(), symbol.to_ascii_lowercase());
    let len = upper.len();
    let Some(ends) = (bytes.len() + 1).checked_sub(len).filter(|_| len > 0) else {
        return Vec::new();
    };
    let other = |at: usize| bytes.get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let is = |at: &usize| {
        let here = &bytes[*at..*at + len];
        let named = here == upper || here == lower.as_bytes();
        named && at.checked_sub(1).is_none_or(other) && other(*at + len)
    };
    (0..ends).filter(is).map(|at| at..at + len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_renamed_where_it_stands_by_itself() {
        let mut out = Vec::new();
        let frame = br#"{"stream":"btcusdt@depth","s":"BTCUSDT","x":"1BTCUSDT","y":"BTCUSDTX"}"#;
        let (symbol, name) = ("BTCUSDT", Copies::name("BTCUSDT", 17));
        rename(frame, &places_of(frame, symbol), (symbol, &name), &mut out);
        let expected =
            r#"{"stream":"btcusdt0017@depth","s":"BTCUSDT0017","x":"1BTCUSDT","y":"BTCUSDTX"}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
