//! Bodies of REST answers (docs/v5/market).

use super::SPOT;
use super::path::CATEGORIES;
use crate::protocol::{Listing, Product, Refusal};

fn envelope(code: u32, text: &str, result: &str, wall_ms: u64) -> String {
    format!(
        r#"{{"retCode":{code},"retMsg":"{text}","result":{result},"retExtInfo":{{}},"time":{wall_ms}}}"#
    )
}

/// `time`.
pub(super) fn time(wall_ms: u64) -> String {
    let (second, nano) = (wall_ms / 1000, wall_ms * 1_000_000);
    let result = format!(r#"{{"timeSecond":"{second}","timeNano":"{nano}"}}"#);
    envelope(0, "OK", &result, wall_ms)
}

/// One unit of the last of so many decimal places.
fn step(places: usize) -> String {
    match places {
        0 => "1".to_owned(),
        _ => format!("0.{}1", "0".repeat(places - 1)),
    }
}

/// `instruments-info`, of what the recording shows.
pub(super) fn instruments(product: Product, listings: &[Listing], wall_ms: u64) -> String {
    let category = CATEGORIES[usize::from(product.0)];
    let entry = |listing: &Listing| {
        let (tick, lot) = (step(listing.price_places.1), step(listing.qty_places.1));
        let (symbol, key) =
            (&listing.symbol, if product == SPOT { "basePrecision" } else { "qtyStep" });
        format!(
            r#"{{"symbol":"{symbol}","status":"Trading","priceFilter":{{"tickSize":"{tick}"}},"lotSizeFilter":{{"{key}":"{lot}"}}}}"#
        )
    };
    let list: Vec<_> = listings.iter().map(entry).collect();
    let result =
        format!(r#"{{"category":"{category}","list":[{}],"nextPageCursor":""}}"#, list.join(","));
    envelope(0, "OK", &result, wall_ms)
}

/// Status and body of a refusal.
pub(super) fn refusal(why: Refusal) -> (u16, String) {
    let (status, code, text) = match why {
        Refusal::TooMany | Refusal::Banned => (403, 10_006, "access too frequent"),
        Refusal::BadSymbol => (200, 10_001, "params error: symbol invalid"),
        Refusal::BadParameter(_) => (200, 10_001, "params error"),
        Refusal::NoPath => (404, 10_404, "not found"),
        Refusal::NotRecorded | Refusal::NoBook => (503, 10_016, "not in the recording"),
        Refusal::Failed(status) => (status, 10_016, "Internal server error"),
    };
    (status, envelope(code, text, "{}", 0))
}
