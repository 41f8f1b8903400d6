//! `host/book`: the whole state machine, and the levels under it.

use patchbay_abi::Slot;
use patchbay_book::{Book, BookConfig, Levels, LevelsConfig, Message, State};
use patchbay_model::Side;

use super::{Case, Store};

fn config(tick: i64) -> LevelsConfig {
    LevelsConfig { tick, ..LevelsConfig::default() }
}

/// A book that judges every message: validity, ids, crossing.
pub(crate) struct Judged(Book);

impl Store for Judged {
    type Change = Vec<Slot>;

    fn prepare(record: &[Slot], _: i64) -> Vec<Slot> {
        record.to_vec()
    }

    fn seeded(seed: &[Slot], tick: i64) -> Self {
        let levels = config(tick);
        let mut made = Book::new(BookConfig { levels, ..BookConfig::default() });
        let _applied = made.apply(&Message::parse(seed).expect("a snapshot"));
        assert_eq!(made.state(), State::Live);
        Self(made)
    }

    /// As the engine does it.
    #[inline]
    fn turn(&self, change: &Vec<Slot>) {
        self.0.fetch(&Message::parse(change).expect("a record"));
    }

    #[inline]
    fn apply(&mut self, change: &Vec<Slot>) {
        let applied = self.0.apply(&Message::parse(change).expect("a record"));
        assert!(applied.transition.is_none(), "{applied:?}");
    }

    #[inline]
    fn best(&self, tick: i64) -> [i64; 2] {
        [Side::Buy, Side::Sell].map(|side| self.0.best(side).map_or(0, |level| level.price / tick))
    }
}

/// The levels, set one by one.
pub(crate) struct Bare(Levels);

impl Store for Bare {
    type Change = Vec<Slot>;

    fn prepare(record: &[Slot], _: i64) -> Vec<Slot> {
        record.to_vec()
    }

    fn seeded(seed: &[Slot], tick: i64) -> Self {
        let mut levels = Levels::new(&config(tick));
        levels.replace(&Message::parse(seed).expect("a snapshot")).expect("no repeats");
        Self(levels)
    }

    #[inline]
    fn apply(&mut self, change: &Vec<Slot>) {
        let change = Message::parse(change).expect("a record");
        for side in [Side::Buy, Side::Sell] {
            for level in change.levels(side) {
                self.0.set(side, level.price, level.qty);
            }
        }
    }

    #[inline]
    fn best(&self, tick: i64) -> [i64; 2] {
        [Side::Buy, Side::Sell].map(|side| self.0.best(side).map_or(0, |level| level.price / tick))
    }
}

/// Bytes a book after all frames: reserved and touched by the levels, and all the rest.
pub(crate) fn memory(case: &Case) -> (usize, usize, usize) {
    let mut books: Vec<_> =
        case.seeds.iter().map(|seed| Judged::seeded(seed, case.tick())).collect();
    for (book, record) in &case.records {
        books[*book].apply(record);
    }
    let memory = books.iter().filter_map(|book| Some(book.0.levels()?.memory()));
    let (reserved, touched) = memory.fold((0, 0), |a, b| (a.0 + b.0, a.1.max(b.1)));
    (reserved / books.len(), touched, size_of::<Book>())
}
