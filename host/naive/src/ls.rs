//! LS Securities: stocks of KRX and NXT. Only trades are recorded, and a list.

use serde_json::Value;

use crate::Rules;
use crate::truth::{Instrument, Key, Trade, Truth};

/// Every frame names its transaction and the symbol, padded with spaces. All fields are text.
#[derive(Default)]
pub(crate) struct Ls;

impl Rules for Ls {
    fn frame(&mut self, _conn: usize, text: &str, truth: &mut Truth) -> Option<()> {
        let frame: Value = serde_json::from_str(text).ok()?;
        let code = frame["header"]["tr_cd"].as_str()?;
        if !["S3_", "K3_", "NS3"].contains(&code) {
            return None;
        }
        let body = &frame["body"];
        let trade = Trade {
            // There is none.
            id: String::new(),
            price: body["price"].as_str()?.to_owned(),
            qty: body["cvolume"].as_str()?.to_owned(),
            buy: Some(body["cgubun"] == "+"), // Of the taker.
            at_ms: time_of_day(body["chetime"].as_str()?)?,
        };
        let key = Key::unique(frame["header"]["tr_key"].as_str()?.trim());
        truth.tape.entry(key).or_default().push(trade);
        Some(())
    }

    /// `t8436`: whole won, and lots of `memedan` shares.
    fn reply(&mut self, _conn: usize, _url: &str, body: &str, truth: &mut Truth) -> Option<()> {
        let list: Value = serde_json::from_str(body).ok()?;
        for entry in list["t8436OutBlock"].as_array()? {
            let symbol = entry["shcode"].as_str()?;
            let lot = Some(entry["memedan"].as_str()?.trim_start_matches('0').to_owned());
            let instrument = Instrument {
                base: Some(symbol.to_owned()),
                quote: Some("KRW".to_owned()),
                kind: Some("equity"),
                lot: lot.clone(),
                min_qty: lot,
                ..Instrument::default()
            };
            truth.instruments.insert(Key::unique(symbol), instrument);
        }
        Some(())
    }
}

/// Milliseconds since midnight in Korea: frames have no date.
fn time_of_day(text: &str) -> Option<u64> {
    let clock: u64 = text.parse().ok()?;
    Some((clock / 10_000 * 3_600 + clock / 100 % 100 * 60 + clock % 100) * 1_000)
}
