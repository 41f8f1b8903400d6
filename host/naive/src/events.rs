//! Bitstamp's events of 2015 (ob-analytics), as the venue sends them now.

use serde_json::Value;

use crate::recorded::{Recorded, What};

/// `<ms> <event> <json>`, of BTC/USD. Amounts and prices are told as text beside the number now, and a
/// time in microseconds with each event, for which the local one must do.
pub(crate) fn read(text: &str, conn: usize, out: &mut Vec<Recorded>) {
    for line in text.lines() {
        let mut parts = line.splitn(3, ' ');
        let [Some(ms), Some(event), Some(json)] = [parts.next(), parts.next(), parts.next()] else {
            continue;
        };
        let (Ok(time), Ok(data)) = (ms.parse::<i128>(), serde_json::from_str::<Value>(json)) else {
            continue;
        };
        let what = What::Frame(frame(ms, event, &data));
        out.push(Recorded { at_ns: time * 1_000_000, conn, what });
    }
}

fn frame(ms: &str, event: &str, data: &Value) -> String {
    let (id, price, amount) = (&data["id"], decimal(&data["price"]), decimal(&data["amount"]));
    let figures = format!(
        r#""amount":{amount},"amount_str":"{amount}","price":{price},"price_str":"{price}""#
    );
    let (channel, event, data) = match event {
        "order_book" => {
            let (bids, asks) = (&data["bids"], &data["asks"]);
            let data = format!(r#""microtimestamp":"{ms}000","bids":{bids},"asks":{asks}"#);
            ("order_book", "data", format!(r#""timestamp":"{}",{data}"#, &ms[..10]))
        }
        "trade" => {
            ("live_trades", event, format!(r#""id":{id},"microtimestamp":"{ms}000",{figures}"#))
        }
        _ => {
            let (side, seconds) = (&data["order_type"], &data["datetime"]);
            let of = format!(r#""id":{id},"order_type":{side},"datetime":{seconds}"#);
            ("live_orders", event, format!(r#"{of},"microtimestamp":"{ms}000",{figures}"#))
        }
    };
    format!(r#"{{"data":{{{data}}},"channel":"{channel}_btcusd","event":"{event}"}}"#)
}

/// Text as it is; a number, which has been through a double, in the venue's eight places.
fn decimal(value: &Value) -> String {
    let rounded = || format!("{:.8}", value.as_f64().unwrap_or_default());
    value.as_str().map_or_else(rounded, str::to_owned)
}
