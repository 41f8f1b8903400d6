//! A live book compared with a snapshot that was fetched for nothing else.
//!
//! The snapshot is of some update id, and the book at another when it comes. What can be compared
//! all the same: quantities are absolute, and a change lists every level that was touched since the
//! change before. So a level that no message beyond the snapshot's id has changed must be in the book
//! as it is in the snapshot.

use std::cmp::Ordering;

use patchbay_abi::{Level, Slot};
use patchbay_model::Side;

use crate::book::Book;
use crate::levels::Levels;
use crate::message::Message;
use crate::pending::is_covered;
use crate::reach::{key, place};
use crate::state::State;

/// Changed levels that are remembered while a snapshot is awaited.
const TOUCHED: usize = 65_536;
/// Slots of a snapshot of 2000 levels a side, the most of what is usually asked for.
const SLOTS: usize = 1 + 1000;

/// What came of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Everything that could be compared is equal.
    Agrees {
        /// Levels compared, both sides.
        levels: u32,
    },
    /// The book is wrong.
    Differs(Difference),
    /// Nothing is proved: the snapshot is older than the question or contradicts itself, the book
    /// was replaced or is not live, or too many levels changed meanwhile.
    Nothing,
}

/// A level that book and venue disagree on: the best of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its side.
    pub side: Side,
    /// Its price.
    pub price: i64,
    /// Its quantity in the book, 0 if it is not there.
    pub book: i64,
    /// Its quantity at the venue, 0 if it is not there.
    pub venue: i64,
}

/// A level that was changed, by a message that snapshots of ids below `until` do not cover.
#[derive(Clone, Copy, Debug)]
struct Touched {
    side: usize,
    price: i64,
    until: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Idle,
    /// The snapshot was asked for.
    Asked,
    /// The snapshot is here, of an id that the book has not reached.
    Held,
}

/// One audit at a time of one book at a time. Its memory is reserved when it is made.
#[derive(Clone, Debug)]
pub struct Audit {
    stage: Stage,
    /// The book's, when it was asked for.
    generation: u64,
    sequence: u64,
    /// Id of the last message.
    last: u64,
    touched: Vec<Touched>,
    overflowed: bool,
    /// Least key that the book has known throughout, a side.
    least: [i64; 2],
    held: Vec<Slot>,
    /// Levels of a side of the snapshot.
    levels: Vec<Level>,
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            stage: Stage::Idle,
            generation: 0,
            sequence: 0,
            last: 0,
            touched: Vec::with_capacity(TOUCHED),
            overflowed: false,
            least: [i64::MIN; 2],
            held: Vec::with_capacity(SLOTS),
            levels: Vec::with_capacity(SLOTS * 2),
        }
    }
}

impl Audit {
    /// A snapshot of `book` is asked for now; whatever was going on before is over. False if the
    /// book is not live.
    pub fn begin(&mut self, book: &Book) -> bool {
        self.end();
        let Some(levels) = book.levels() else { return false };
        self.stage = Stage::Asked;
        (self.generation, self.sequence) = (book.generation(), book.sequence());
        self.last = self.sequence;
        self.least = [Side::Buy, Side::Sell].map(|side| book.reach().least(side, levels));
        true
    }

    /// Gives up what is going on.
    pub fn end(&mut self) {
        self.stage = Stage::Idle;
        self.touched.clear();
        self.overflowed = false;
    }

    /// Whether a snapshot is awaited or waits itself.
    pub fn is_open(&self) -> bool {
        self.stage != Stage::Idle
    }

    /// Takes notice of a change that `book` has applied; what it finds, if the snapshot was waiting
    /// for it.
    pub fn note(&mut self, book: &Book, change: &Message<'_>) -> Option<Finding> {
        if self.stage == Stage::Idle {
            return None;
        }
        // Ids that fall place no snapshot.
        if change.sequence() < self.last || !self.is_of(book) {
            return Some(self.found(Finding::Nothing));
        }
        self.last = change.sequence();
        self.follow_reach(book);
        if self.stage == Stage::Asked {
            self.touch(change);
            return None;
        }
        let held = std::mem::take(&mut self.held);
        let finding = match Message::parse(&held) {
            Ok(snapshot) if change.sequence() < snapshot.sequence() => None,
            Ok(snapshot) => {
                self.touch(change);
                Some(self.compare(book, &snapshot))
            }
            Err(_) => Some(Finding::Nothing),
        };
        self.held = held;
        finding.map(|finding| self.found(finding))
    }

    /// Takes the snapshot; `None` if the book has not reached its id yet.
    pub fn answer(&mut self, book: &Book, snapshot: &Message<'_>) -> Option<Finding> {
        if self.stage != Stage::Asked {
            return None;
        }
        if snapshot.sequence() < self.sequence || self.overflowed || !self.is_of(book) {
            return Some(self.found(Finding::Nothing));
        }
        if snapshot.sequence() > book.sequence() {
            self.held.clear();
            self.held.extend_from_slice(snapshot.slots());
            // All of it lies before the snapshot.
            self.touched.clear();
            self.stage = Stage::Held;
            return None;
        }
        let finding = self.compare(book, snapshot);
        Some(self.found(finding))
    }

    fn is_of(&self, book: &Book) -> bool {
        book.state() == State::Live && book.generation() == self.generation
    }

    fn found(&mut self, finding: Finding) -> Finding {
        self.end();
        finding
    }

    /// A window that was narrower for a while told nothing of what lay beyond it then.
    fn follow_reach(&mut self, book: &Book) {
        if let Some(levels) = book.levels().filter(|_| book.reach().moves()) {
            for side in [Side::Buy, Side::Sell] {
                let least = &mut self.least[place(side)];
                *least = (*least).max(book.reach().least(side, levels));
            }
        }
    }

    fn touch(&mut self, change: &Message<'_>) {
        if self.touched.len() + change.len() > TOUCHED {
            self.overflowed = true;
            return;
        }
        let id = change.sequence();
        // By the rule of the splice, a snapshot of this very id may not hold it.
        let until = if is_covered(change, id) { id } else { id.saturating_add(1) };
        for side in [Side::Buy, Side::Sell] {
            let levels = change.levels(side);
            let side = place(side);
            self.touched.extend(levels.map(|level| Touched { side, price: level.price, until }));
        }
    }

    fn compare(&mut self, book: &Book, snapshot: &Message<'_>) -> Finding {
        let Some(levels) = book.levels().filter(|_| !self.overflowed) else {
            return Finding::Nothing;
        };
        let id = snapshot.sequence();
        self.touched.retain(|touched| touched.until > id);
        self.touched.sort_unstable_by_key(|touched| (touched.side, touched.price));
        let mut compared = 0;
        for side in [Side::Buy, Side::Sell] {
            if !self.read(side, snapshot) {
                return Finding::Nothing;
            }
            match self.compare_side(side, levels, snapshot.is_partial()) {
                Ok(levels) => compared += levels,
                Err(difference) => return Finding::Differs(difference),
            }
        }
        Finding::Agrees { levels: compared }
    }

    /// Reads a side of the snapshot, best first; false if it states a price twice.
    fn read(&mut self, side: Side, snapshot: &Message<'_>) -> bool {
        self.levels.clear();
        self.levels.extend(snapshot.levels(side).filter(|level| level.qty != 0));
        let worse = |a: &Level, b: &Level| key(side, b.price).cmp(&key(side, a.price));
        self.levels.sort_unstable_by(worse);
        self.levels.windows(2).all(|pair| pair[0].price != pair[1].price)
    }

    /// Goes through both, best first, as far as both reach; how many levels were compared.
    fn compare_side(&self, side: Side, book: &Levels, partial: bool) -> Result<u32, Difference> {
        let least = self.least[place(side)];
        let mut ours = book.iter(side).peekable();
        let mut theirs = self.levels.iter().copied().peekable();
        let mut compared = 0;
        loop {
            let (our, their) = (ours.peek().copied(), theirs.peek().copied());
            let order = match (our, their) {
                (None, None) => break,
                // What the venue cut off is unknown.
                (Some(_), None) if partial => break,
                (Some(_), None) => Ordering::Greater,
                (None, Some(_)) => Ordering::Less,
                (Some(our), Some(their)) => key(side, our.price).cmp(&key(side, their.price)),
            };
            let our = if order == Ordering::Less { None } else { ours.next() };
            let their = if order == Ordering::Greater { None } else { theirs.next() };
            let price = our.or(their).map_or(0, |level| level.price);
            // What the book was never told is unknown.
            let untold = our.is_none() && key(side, price) < least;
            if untold || self.is_touched(side, price) {
                continue;
            }
            compared += 1;
            let qty = |level: Option<Level>| level.map_or(0, |level| level.qty);
            let (book, venue) = (qty(our), qty(their));
            if book != venue {
                return Err(Difference { side, price, book, venue });
            }
        }
        Ok(compared)
    }

    fn is_touched(&self, side: Side, price: i64) -> bool {
        let wanted = (place(side), price);
        self.touched.binary_search_by_key(&wanted, |touched| (touched.side, touched.price)).is_ok()
    }
}
