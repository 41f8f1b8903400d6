//! Where the levels of a book stand in JSON: lists of `["price","quantity",...]` named `b` and `a`, or
//! `bids` and `asks`, bids first.

use std::ops::Range;

use crate::protocol::LevelSpan;

/// Where the list of one side begins, after its bracket.
fn list_start(bytes: &[u8], keys: [&[u8]; 2]) -> Option<usize> {
    for key in keys {
        for (at, _) in bytes.windows(key.len()).enumerate().filter(|(_, w)| *w == key) {
            let rest = &bytes[at + key.len()..];
            let mut skipped = rest.iter().enumerate().filter(|(_, b)| !b.is_ascii_whitespace());
            if let (Some((_, b':')), Some((open, b'['))) = (skipped.next(), skipped.next()) {
                return Some(at + key.len() + open + 1);
            }
        }
    }
    None
}

/// The levels of both sides, of a change or of a snapshot.
pub(crate) fn find(bytes: &[u8]) -> Vec<LevelSpan> {
    let keys: [[&[u8]; 2]; 2] = [[br#""b""#, br#""bids""#], [br#""a""#, br#""asks""#]];
    let mut found = Vec::new();
    // Asks stand behind bids; looking for them only there saves half of the search.
    let mut from = 0;
    for (side, keys) in keys.into_iter().enumerate() {
        let Some(start) = list_start(&bytes[from..], keys) else { continue };
        let mut at = from + start;
        let mut index = 0;
        while let Some((price, qty, next)) = pair(bytes, at) {
            found.push(LevelSpan { side, index, price, qty });
            (at, index) = (next, index + 1);
        }
        from = at;
    }
    found
}

/// The pair of texts at `at`, behind a comma or not; `None` at the end of the list.
fn pair(bytes: &[u8], at: usize) -> Option<(Range<usize>, Range<usize>, usize)> {
    let skip = |at: usize| {
        let rest = bytes.get(at..)?;
        let gap = rest.iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').count();
        Some(at + gap)
    };
    let text = |at: usize| {
        let start = skip(at)? + 1;
        (bytes.get(start - 1) == Some(&b'"')).then_some(())?;
        let len = bytes[start..].iter().position(|&b| b == b'"')?;
        Some(start..start + len)
    };
    let open = skip(at)?;
    (bytes.get(open) == Some(&b'[')).then_some(())?;
    let price = text(open + 1)?;
    let qty = text(price.end + 1)?;
    let close = bytes[qty.end..].iter().position(|&b| b == b']')?;
    Some((price, qty.clone(), qty.end + close + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPTH: &[u8] = br#"{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":9,"T":8,"s":"BTCUSDT","U":157,"u":160,"pu":149,"b":[["0.0024","10"]],"a":[["0.0026","100"],["1","0"]]}}"#;

    #[test]
    fn finds_levels_of_changes_and_snapshots() {
        let found = find(DEPTH);
        let last = &found[2];
        assert_eq!((found.len(), last.side, last.index), (3, 1, 1));
        assert_eq!(&DEPTH[last.price.clone()], b"1");
        let snapshot = br#"{"lastUpdateId": 1, "bids": [["4.0", "2"], ["3", "1"]], "asks": []}"#;
        let found = find(snapshot);
        assert_eq!(found.len(), 2);
        assert_eq!(&snapshot[found[0].qty.clone()], b"2");
        assert!(find(br#"{"u":1,"b":"2","a":"3"}"#).is_empty());
        assert!(find(br#"{"b":[["1","#).is_empty());
    }
}
