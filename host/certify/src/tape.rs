//! One recording through a lone instance, the independent replay beside it: what the records say of
//! trades, quotes, figures and update ids.

use std::collections::{BTreeMap, BTreeSet};

use patchbay_naive::{Figure, Key, Quote, Replay, Trade, Truth, Venue, What};
use patchbay_plugin::abi::{DEPTH_SNAPSHOT, SCOPE_NONE, SIDE_BUY, SIDE_NONE, TRADE_OFF_BOOK};
use patchbay_plugin::model::{Instrument, trimmed};
use patchbay_testkit::{Played, Player, Record};

use crate::corpus::Recording;
use crate::subject::{input, key};

/// A trade as the adapter says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Print {
    /// The venue's id; `None` if it is no number and was hashed.
    pub(crate) id: Option<String>,
    pub(crate) price: String,
    pub(crate) qty: String,
    /// `None` if it does not say who took.
    pub(crate) buy: Option<bool>,
}

impl Print {
    pub(crate) fn is(&self, trade: &Trade) -> bool {
        // Where the venue has no ids, 0 stands for none.
        let none = if trade.id.is_empty() { "0" } else { &trade.id };
        let same_id = self.id.as_ref().is_none_or(|id| id == none);
        same_id && self.price == trade.price && self.qty == trade.qty
    }
}

/// What came out, by the adapter's indices.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    prints: BTreeMap<u32, Vec<Print>>,
    pub(crate) off_book: u64,
    quotes: BTreeMap<u32, Vec<Quote>>,
    figures: BTreeMap<(u32, Figure), BTreeSet<String>>,
    /// Frames refused, with the first and why.
    pub(crate) rejected: Option<String>,
    /// Applied changes whose update id was compared.
    pub(crate) ids: u64,
    /// The first id that is not the venue's.
    pub(crate) wrong_id: Option<String>,
    pub(crate) frames: u64,
    /// Frames left to the general parser.
    pub(crate) fell_back: u64,
    /// Every instrument that records were of.
    pub(crate) seen: BTreeMap<u32, Instrument>,
}

impl Tape {
    /// Plays `recording`; with what the independent replay makes of it.
    pub(crate) fn play(player: &mut Player, venue: &Venue, recording: &Recording) -> (Self, Truth) {
        let (mut tape, mut replay) = (Self::default(), Replay::new(venue));
        player.plan(&[]);
        for record in &recording.records {
            let applied = applied(replay.truth());
            replay.step(record);
            let played = player.play(&input(record));
            let is_frame = matches!(record.what, What::Frame(_));
            tape.frames += u64::from(is_frame);
            tape.fell_back += u64::from(is_frame && played.fell_back());
            if played.rejected() {
                let place = || format!("{}: {}{}", recording.name, input(record), played.log);
                tape.rejected.get_or_insert_with(place);
            }
            let one_more = is_frame && applied + 1 == self::applied(replay.truth());
            tape.take(&played, player, replay.truth(), one_more);
        }
        (tape, replay.into_truth())
    }

    /// Trades of an instrument of the independent replay.
    pub(crate) fn prints(&self, of: &Key) -> &[Print] {
        self.index(of).and_then(|index| self.prints.get(&index)).map_or(&[], Vec::as_slice)
    }

    /// Best bids and asks of an instrument.
    pub(crate) fn quotes(&self, of: &Key) -> &[Quote] {
        self.index(of).and_then(|index| self.quotes.get(&index)).map_or(&[], Vec::as_slice)
    }

    /// Every text of a figure of an instrument.
    pub(crate) fn figures(&self, of: &Key, figure: Figure) -> BTreeSet<String> {
        let found = self.index(of).and_then(|index| self.figures.get(&(index, figure)));
        found.cloned().unwrap_or_default()
    }

    /// Instruments that traded.
    pub(crate) fn traded(&self) -> impl Iterator<Item = &Instrument> {
        self.prints.keys().filter_map(|index| self.seen.get(index))
    }

    fn index(&self, of: &Key) -> Option<u32> {
        let is = |about: &Instrument| of.is(&about.symbol, about.kind.name());
        self.seen.iter().find(|(_, about)| is(about)).map(|(index, _)| *index)
    }

    fn take(&mut self, played: &Played, player: &Player, truth: &Truth, one_more: bool) {
        for record in played.records() {
            let index = record.head().instrument;
            let Some(about) = player.instruments().get(index as usize) else { continue };
            self.seen.entry(index).or_insert_with(|| about.clone());
            if record.depth().is_none() {
                self.note(&record, about, index);
            } else if one_more && let Some(key) = key(&truth.books, about) {
                self.compare_id(&record, &key, truth);
            }
        }
    }

    /// A change that the independent replay has just applied.
    fn compare_id(&mut self, record: &Record<'_>, key: &Key, truth: &Truth) {
        let Some((depth, book)) = record.depth().zip(truth.books.get(key)) else { return };
        let beside = depth.flags & DEPTH_SNAPSHOT != 0 && depth.scope == SCOPE_NONE;
        if beside || book.last == 0 {
            return;
        }
        self.ids += 1;
        let (found, expected) = (depth.head.sequence, book.last);
        if found != expected {
            let text = || format!("{key}: update id {found}, where the venue wrote {expected}");
            self.wrong_id.get_or_insert_with(text);
        }
    }

    fn note(&mut self, record: &Record<'_>, about: &Instrument, index: u32) {
        let price = |mantissa| trimmed(mantissa, about.price_exp);
        let qty = |mantissa| trimmed(mantissa, about.qty_exp);
        let mut figure = |of, text| {
            self.figures.entry((index, of)).or_default().insert(text);
        };
        if let Some(trade) = record.trade() {
            if trade.flags & TRADE_OFF_BOOK != 0 {
                self.off_book += 1;
                return;
            }
            let print = Print {
                id: (trade.id_hashed == 0).then(|| trade.trade_id.to_string()),
                price: price(trade.price),
                qty: qty(trade.qty),
                buy: (trade.aggressor != SIDE_NONE).then_some(trade.aggressor == SIDE_BUY),
            };
            self.prints.entry(index).or_default().push(print);
        } else if let Some(quote) = record.quote() {
            let side = |at, of| match of {
                0 => Default::default(),
                of => [price(at), qty(of)],
            };
            let bid = side(quote.bid_price, quote.bid_qty);
            let ask = side(quote.ask_price, quote.ask_qty);
            self.quotes.entry(index).or_default().push(Quote { bid, ask });
        } else if let Some(mark) = record.mark() {
            for (of, mantissa) in [(Figure::Mark, mark.mark), (Figure::Index, mark.index)] {
                if mantissa != 0 {
                    figure(of, trimmed(mantissa, mark.exp));
                }
            }
        } else if let Some(funding) = record.funding() {
            figure(Figure::Funding, trimmed(funding.rate, funding.rate_exp));
        } else if let Some(interest) = record.open_interest() {
            figure(Figure::OpenInterest, trimmed(interest.qty, interest.qty_exp));
        }
    }
}

fn applied(truth: &Truth) -> u64 {
    truth.books.values().map(|book| book.applied).sum()
}
