//! What a book must be at every update id.

use std::collections::BTreeMap;

use patchbay_model::Kind;
use patchbay_naive as naive;
use patchbay_test_replay::corpus;

/// Levels a side that are compared.
pub const LEVELS: usize = 20;

/// Decimal exponent of prices and quantities here.
pub const EXP: i8 = -8;

/// Best levels of both sides, bids first: price and quantity at [`EXP`].
pub type Top = [Vec<[i64; 2]>; 2];

/// One instrument as the independent replay has it.
pub struct Truth {
    /// The venue's symbol.
    pub symbol: String,
    /// What it is.
    pub kind: Kind,
    /// Product as the venue's ledger names it.
    pub product: &'static str,
    /// Best levels after the change with that last id.
    pub tops: BTreeMap<u64, Top>,
    /// Trades on the book by id, in order.
    pub trades: Vec<u64>,
    /// Best bids and asks as stated, in order: prices and quantities at [`EXP`].
    pub quotes: Vec<[i64; 4]>,
}

impl Truth {
    /// Of a capture that holds one instrument; `None` without a corpus.
    pub fn of(capture: &str) -> Option<Self> {
        let (product, kind) = match capture {
            spot if spot.contains("-spot/") => ("spot", Kind::Spot),
            usdm if usdm.contains("-usdm/") => ("usdm", Kind::Linear),
            _ => ("coinm", Kind::Inverse),
        };
        let mut records = naive::read(&[corpus(capture)?]).unwrap();
        // The snapshot was fetched when the stream had run a while. With it in front each change is
        // applied in a step of its own. (Behind one frame, which tells whose it is.)
        let is_reply = |record: &naive::Recorded| matches!(record.what, naive::What::Reply { .. });
        records[1..].sort_by_key(|record| !is_reply(record));
        let mut replay = naive::Replay::new(naive::venue("binance").unwrap());
        let mut tops = BTreeMap::new();
        for record in &records {
            replay.step(record);
            let Some((_, book)) = replay.truth().books.first_key_value() else { continue };
            if book.is_live() && !tops.contains_key(&book.last) {
                tops.insert(book.last, [0, 1].map(|side| best(book, side)));
            }
        }
        let truth = replay.into_truth();
        assert_eq!((truth.books.len(), truth.gaps), (1, 0), "{capture}: one book, whole");
        let (key, _) = truth.books.first_key_value().unwrap();
        let trades = truth.tape.get(key).into_iter().flatten();
        let quotes = truth.quotes.get(key).into_iter().flatten();
        Some(Self {
            symbol: key.symbol.clone(),
            kind,
            product,
            tops,
            trades: trades.map(|trade| trade.id.parse().unwrap()).collect(),
            quotes: quotes
                .map(|quote| {
                    let [bid, ask] = [&quote.bid, &quote.ask];
                    [&bid[0], &bid[1], &ask[0], &ask[1]].map(|text| fixed(text).unwrap())
                })
                .collect(),
        })
    }

    /// Symbol and product.
    pub fn name(&self) -> String {
        format!("{} {}", self.product, self.symbol)
    }

    /// Whether a stream of the venue's ledger is of this instrument.
    pub fn is_stream(&self, stream: &str) -> bool {
        stream.split('@').next().is_some_and(|s| s.eq_ignore_ascii_case(&self.symbol))
    }
}

fn best(book: &naive::Book, side: usize) -> Vec<[i64; 2]> {
    let levels = book.best(side, LEVELS).into_iter();
    levels.map(|level| level.map(|text| fixed(&text).unwrap())).collect()
}

/// Decimal text at [`EXP`]; `None` if it has more places.
pub(crate) fn fixed(text: &str) -> Option<i64> {
    let places = usize::from(EXP.unsigned_abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    (fraction.len() <= places).then_some(())?;
    let fraction = format!("{fraction:0<places$}");
    let unit = 10_i64.pow(u32::from(EXP.unsigned_abs()));
    whole.parse::<i64>().ok()?.checked_mul(unit)?.checked_add(fraction.parse().ok()?)
}

/// Side and price of every level in which the two differ, as far down as both are known.
pub fn diff(a: &Top, b: &Top) -> Vec<(usize, i64)> {
    let mut differing = Vec::new();
    for side in 0..2 {
        let map = |top: &Top| top[side].iter().map(|&[p, q]| (p, q)).collect::<BTreeMap<_, _>>();
        let (own, other) = (map(a), map(b));
        // A list that is full ends somewhere; what lies behind is not known.
        let ends = [&a[side], &b[side]].map(|list| list.get(LEVELS - 1).map(|level| level[0]));
        let known = |price: i64| {
            ends.iter().flatten().all(|&end| if side == 0 { price >= end } else { price <= end })
        };
        let prices = own.keys().chain(other.keys().filter(|price| !own.contains_key(price)));
        let differing_prices = prices.filter(|price| own.get(price) != other.get(price));
        differing.extend(differing_prices.filter(|p| known(**p)).map(|&price| (side, price)));
    }
    differing
}
