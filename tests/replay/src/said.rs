//! What the frames of a capture say, one by one: nothing here is shared with adapter or host.

use std::collections::BTreeMap;
use std::path::PathBuf;

use patchbay_naive as naive;
use serde_json::Value;

/// Decimal exponent of every price and quantity here.
pub const EXP: i8 = -18;

/// Levels of a message, bids first, best first: price and quantity at [`crate::EXP`].
pub type Levels = [Vec<[i128; 2]>; 2];

/// Every message of one instrument of Binance by its id.
#[derive(Default)]
pub struct Said {
    /// Changes of the book by their last update id.
    pub depths: BTreeMap<u64, Levels>,
    /// Price, quantity, and whether the buyer took, by trade id.
    pub trades: BTreeMap<u64, (i128, i128, bool)>,
    /// Best bid and ask by update id.
    pub quotes: BTreeMap<u64, Levels>,
}

impl Said {
    /// Of the first `records` of a capture with the combined streams of one instrument.
    pub fn of(capture: PathBuf, records: usize) -> Self {
        let mut said = Self::default();
        for record in naive::read(&[capture]).unwrap().into_iter().take(records) {
            if let naive::What::Frame(text) = record.what {
                let frame: Value = serde_json::from_str(&text).unwrap();
                said.take(&frame["stream"], &frame["data"]);
            }
        }
        said
    }

    fn take(&mut self, stream: &Value, data: &Value) {
        let number = |field: &str| fixed(data[field].as_str().unwrap()).unwrap();
        let (_, kind) = stream.as_str().unwrap_or_default().split_once('@').unwrap_or_default();
        if kind.starts_with("depth") {
            let [mut bids, mut asks] = [levels(&data["b"]), levels(&data["a"])];
            bids.sort_by_key(|[price, _]| std::cmp::Reverse(*price));
            asks.sort_by_key(|[price, _]| *price);
            self.depths.insert(data["u"].as_u64().unwrap(), [bids, asks]);
        } else if kind == "trade" {
            let trade = (number("p"), number("q"), !data["m"].as_bool().unwrap());
            self.trades.insert(data["t"].as_u64().unwrap(), trade);
        } else if kind == "bookTicker" {
            let side = |price, qty| vec![[number(price), number(qty)]];
            let quote = [side("b", "B"), side("a", "A")];
            self.quotes.insert(data["u"].as_u64().unwrap(), quote);
        }
    }
}

fn levels(side: &Value) -> Vec<[i128; 2]> {
    let level = |level: &Value| [0, 1].map(|at| fixed(level[at].as_str().unwrap()).unwrap());
    side.as_array().unwrap().iter().map(level).collect()
}

/// Decimal text at [`crate::EXP`]; `None` if it has more places.
pub fn fixed(text: &str) -> Option<i128> {
    let places = usize::from(EXP.unsigned_abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    (fraction.len() <= places).then_some(())?;
    let fraction = format!("{fraction:0<places$}");
    let unit = 10_i128.pow(u32::from(EXP.unsigned_abs()));
    whole.parse::<i128>().ok()?.checked_mul(unit)?.checked_add(fraction.parse().ok()?)
}

/// A mantissa at [`crate::EXP`].
pub fn at_exp(mantissa: i64, exp: i8) -> i128 {
    i128::from(mantissa) * 10_i128.pow(u32::from((exp - EXP).unsigned_abs()))
}
