//! What a book must be at every update.

use std::collections::BTreeMap;
use std::sync::Arc;

use patchbay_model::Kind;
use patchbay_naive as naive;
use patchbay_test_replay::{corpus, fixed};
use patchbay_venue::{Product, Protocol};

use crate::market::Market;

/// Levels a side that are compared.
pub const LEVELS: usize = 20;

/// Best levels of both sides, bids first: price and quantity at [`crate::EXP`].
pub type Top = [Vec<[i128; 2]>; 2];

/// What tells the changes of a book apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Their update ids.
    Id,
    /// The venue's time, ms since the Unix epoch, where there are no ids.
    Time,
}

/// One instrument as the independent replay has it.
pub struct Truth {
    /// The venue's symbol.
    pub symbol: String,
    /// What it is.
    pub kind: Kind,
    /// Product as the venue's ledger names it.
    pub product: &'static str,
    /// What tells its changes apart.
    pub by: By,
    /// Best levels after the change of that id, or of that time.
    pub tops: BTreeMap<u64, Top>,
    /// Trades on the book by id, in order.
    pub trades: Vec<u64>,
    /// Best bids and asks as stated, in order: prices and quantities at [`crate::EXP`].
    pub quotes: Vec<[i128; 4]>,
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
            by: By::Id,
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

    /// Of every book of a market's recording; `None` without a corpus.
    pub fn all(market: &Market) -> Option<Vec<Arc<Self>>> {
        let files: Option<Vec<_>> = market.captures.iter().map(|file| corpus(file)).collect();
        let mut replay = naive::Replay::new(naive::venue(market.name).unwrap());
        let mut tops: BTreeMap<naive::Key, (u64, BTreeMap<u64, Top>)> = BTreeMap::new();
        for record in &naive::read(&files?).unwrap() {
            replay.step(record);
            for (key, book) in replay.truth().books.iter().filter(|(_, book)| book.is_live()) {
                let (applied, tops) = tops.entry(key.clone()).or_default();
                if std::mem::replace(applied, book.applied) != book.applied {
                    let at = if market.by == By::Id { book.last } else { book.at_ms };
                    tops.insert(at, [0, 1].map(|side| best(book, side)));
                }
            }
        }
        let truth = replay.into_truth();
        assert_eq!((truth.gaps, truth.checksums.failed), (0, 0), "{}: whole", market.name);
        let protocol = (market.protocol)();
        let all = tops.into_iter().map(|(key, (_, tops))| {
            let product = product(&*protocol, key.category);
            let kind = Kind::from_name(protocol.kind(product, &key.symbol)).unwrap();
            let product = protocol.products()[usize::from(product.0)];
            let (trades, quotes) = (Vec::new(), Vec::new());
            let symbol = key.symbol;
            Arc::new(Self { symbol, kind, product, by: market.by, tops, trades, quotes })
        });
        Some(all.collect())
    }

    /// What tells the last change.
    pub fn last(&self) -> u64 {
        self.tops.last_key_value().map_or(0, |(at, _)| *at)
    }

    /// Symbol and product.
    pub fn name(&self) -> String {
        format!("{} {}", self.product, self.symbol)
    }

    /// Whether a stream of the venue's ledger is of this instrument.
    pub fn is_stream(&self, stream: &str) -> bool {
        stream.split(['@', '.', ':']).any(|part| part.eq_ignore_ascii_case(&self.symbol))
    }
}

/// The product whose instruments are of that category; where there are none, the only one.
fn product(protocol: &dyn Protocol, category: &str) -> Product {
    let place = protocol.products().iter().position(|product| *product == category);
    Product(u8::try_from(place.unwrap_or(0)).unwrap())
}

fn best(book: &naive::Book, side: usize) -> Vec<[i128; 2]> {
    let levels = book.best(side, LEVELS).into_iter();
    levels.map(|level| level.map(|text| fixed(&text).unwrap())).collect()
}

/// Side and price of every level in which the two differ, as far down as both are known.
pub fn diff(a: &Top, b: &Top) -> Vec<(usize, i128)> {
    let mut differing = Vec::new();
    for side in 0..2 {
        let map = |top: &Top| top[side].iter().map(|&[p, q]| (p, q)).collect::<BTreeMap<_, _>>();
        let (own, other) = (map(a), map(b));
        // A list that is full ends somewhere; what lies behind is not known.
        let ends = [&a[side], &b[side]].map(|list| list.get(LEVELS - 1).map(|level| level[0]));
        let known = |price: i128| {
            ends.iter().flatten().all(|&end| if side == 0 { price >= end } else { price <= end })
        };
        let prices = own.keys().chain(other.keys().filter(|price| !own.contains_key(price)));
        let differing_prices = prices.filter(|price| own.get(price) != other.get(price));
        differing.extend(differing_prices.filter(|p| known(**p)).map(|&price| (side, price)));
    }
    differing
}
