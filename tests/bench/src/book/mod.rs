//! P4 and P5: depth records to books and their best levels; one book, and many.

#[cfg(feature = "peers")]
mod barter;
#[cfg(feature = "peers")]
mod hftbacktest;
mod maps;
mod ours;
mod seed;

use patchbay_abi::{Level, Slot};
use patchbay_book::Message;
use patchbay_model::Side;

use crate::plugin::{self, Seat};
use crate::race::{Contender, Step, race};
use crate::sum::Sum;
use crate::table::{Table, instructions};
use crate::tape::{ETH, Kind, Product, Tape, USDM};

/// The price step of both captures, 0.1 and 0.01, at 1e-8.
const fn tick(product: Product) -> i64 {
    if product.symbol.len() == ETH.symbol.len() && product.symbol.as_bytes()[0] == b'E' {
        1_000_000
    } else {
        10_000_000
    }
}

/// Depth records shared out among books: the capture is cut into as many pieces as there are books,
/// one behind the other. Each book begins with what stood in the true one at its piece's start and
/// takes the frames of its piece in order; the books take turns, a frame each. So every book is a
/// recorded one at any time, with the recorded ids.
pub(crate) struct Case {
    pub(crate) product: Product,
    /// What each book begins with.
    pub(crate) seeds: Vec<Vec<Slot>>,
    /// Book, and the whole record.
    pub(crate) records: Vec<(usize, Vec<Slot>)>,
    pub(crate) levels: usize,
}

impl Case {
    fn new(product: Product, books: usize) -> Self {
        let tape = Tape::read(product);
        let frames = tape.frames(Some(Kind::Depth));
        let mut seat = Seat::new(&plugin::loaded(), product, &frames);
        let snapshot = seat.snapshot(product, &tape.snapshot.1);
        let at = snapshot[0].head().sequence;
        let records = frames.iter().map(|(_, at_ns, bytes)| seat.read(at_ns, bytes).0.to_vec());
        let records: Vec<_> = records.filter(|r| r[0].head().sequence >= at).collect();
        let piece = records.len() / books;
        let mut truth = seed::Sides::default();
        seed::apply(&mut truth, &snapshot);
        let mut seeds = Vec::new();
        for (place, record) in records[..piece * books].iter().enumerate() {
            if place % piece == 0 {
                seeds.push(seed::of(&truth, record[0].depth()));
            }
            seed::apply(&mut truth, record);
        }
        let turns = (0..piece).flat_map(|turn| (0..books).map(move |book| (book, turn)));
        let records: Vec<_> =
            turns.map(|(book, turn)| (book, records[book * piece + turn].clone())).collect();
        let levels = records.iter().map(|(_, r)| Message::parse(r).expect("a record").len()).sum();
        Self { product, seeds, records, levels }
    }

    /// Levels of one side, as peers are given them: no conversion is timed.
    pub(crate) fn side(record: &[Slot], side: Side) -> Vec<Level> {
        Message::parse(record).expect("a record").levels(side).collect()
    }

    pub(crate) const fn tick(&self) -> i64 {
        tick(self.product)
    }
}

/// A book, and what its frames were made into beforehand.
pub(crate) trait Store {
    /// A prepared frame.
    type Change;

    fn prepare(record: &[Slot], tick: i64) -> Self::Change;
    /// Loads a book.
    fn seeded(seed: &[Slot], tick: i64) -> Self;
    fn apply(&mut self, change: &Self::Change);
    /// Before `apply`, if the last frame was another book's.
    fn turn(&self, _change: &Self::Change) {}
    /// Best bid and ask in ticks, 0 if there is none.
    fn best(&self, tick: i64) -> [i64; 2];
}

/// A contender whose books are `S`.
fn contender<'a, S: Store + 'a>(name: &'static str, case: &'a Case) -> Contender<'a>
where
    S::Change: 'a,
{
    let tick = case.tick();
    let mut books: Vec<S> = Vec::new();
    let changes: Vec<(usize, S::Change)> =
        case.records.iter().map(|(book, record)| (*book, S::prepare(record, tick))).collect();
    Contender::resetting(name, move |step| {
        if step == Step::Reset {
            books.clear();
            books.extend(case.seeds.iter().map(|seed| S::seeded(seed, tick)));
            return 0;
        }
        let (mut sum, mut last) = (Sum::default(), None);
        for (at, change) in &changes {
            let book = &mut books[*at];
            if last.replace(*at) != Some(*at) {
                book.turn(change);
            }
            book.apply(change);
            let [bid, ask] = book.best(tick);
            sum.add_level(bid, ask);
        }
        sum.0
    })
}

fn contenders(case: &Case) -> Vec<Contender<'_>> {
    #[cfg_attr(not(feature = "peers"), expect(unused_mut, reason = "the peers are pushed"))]
    let mut all = vec![
        contender::<ours::Judged>("`host/book`, ids judged", case),
        contender::<ours::Bare>("its levels alone", case),
        contender::<maps::Tree>("BTreeMap", case),
        contender::<maps::Sorted>("sorted Vec", case),
    ];
    #[cfg(feature = "peers")]
    {
        all.push(contender::<hftbacktest::Hashed>("hftbacktest HashMap", case));
        all.push(contender::<hftbacktest::Window>("hftbacktest ROIVector", case));
        if case.seeds.len() == 1 {
            all.push(contender::<hftbacktest::Tree>("hftbacktest BTree", case));
            all.push(contender::<barter::Book>("barter-data OrderBook", case));
        }
    }
    all
}

const CASES: [(Product, usize); 4] = [(USDM, 1), (ETH, 1), (USDM, 100), (USDM, 1000)];

pub(crate) fn table() -> Table {
    let mut table = Table::new(
        "Books, levels applied and best bid and ask after every frame",
        &["books", "contender", "ns a level", "takes, `host/book` = 1", "instructions a level"],
    );
    let mut slowdown = Vec::new();
    for (product, books) in CASES {
        let case = Case::new(product, books);
        let name = format!("{} {}", books, product.symbol);
        let times = race(&name, case.levels, contenders(&case));
        for time in &times {
            let count = if books == 1 {
                instructions(&["book", product.symbol, time.name], case.levels)
            } else {
                "-".to_owned()
            };
            let over = time.over(&times[0]);
            table.row([
                name.clone(),
                time.name.to_owned(),
                time.spread().to_string(),
                format!("{over}x"),
                count,
            ]);
        }
        if product == USDM {
            slowdown.push((books, times[0].spread().median));
            let (reserved, touched, whole) = ours::memory(&case);
            table.note(format!(
                "Memory of a `host/book` with the capture's levels, {books} books: {touched} bytes touched \
                 of {reserved} reserved by its levels, {whole} the rest.",
            ));
        }
    }
    if let (Some(first), Some(last)) = (slowdown.first(), slowdown.last()) {
        table.note(format!(
            "From {} to {} books a level takes {:.2} times as long.",
            first.0,
            last.0,
            last.1 / first.1
        ));
    }
    table
}

/// One pass of one contender, for the instruction counter.
pub(crate) fn count(symbol: &str, name: &str) {
    let product = if symbol == ETH.symbol { ETH } else { USDM };
    let case = Case::new(product, 1);
    let mut all = contenders(&case);
    let found = all.iter_mut().find(|c| c.name == name).expect("a contender");
    found.count();
}
