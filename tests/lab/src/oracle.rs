//! A strategy that compares every update of every live book with the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use patchbay_abi::{self as abi, Level};
use patchbay_model::{InstrumentId, Nanos, Side};
use patchbay_plugin::bind::Plugin;
use patchbay_plugin::{Config, Error, Strategy, StrategyCx, Turn};
use patchbay_runtime::live::LiveStrategy;

use crate::site::linked;
use patchbay_test_replay::EXP;

use crate::truth::{By, LEVELS, Top, Truth, diff};

/// Every case of this process: a strategy is given a number and no more.
static CASES: Mutex<Vec<Case>> = Mutex::new(Vec::new());

/// What one running host is compared with, and what came of it.
#[derive(Clone)]
pub struct Case(Arc<Mutex<Found>>);

/// What was found so far, book by book.
pub struct Found {
    /// In the order of the truths.
    pub seats: Vec<Seat>,
    /// Whether records are kept.
    keep: bool,
}

/// One instrument.
pub struct Seat {
    /// What it must be.
    pub truth: Arc<Truth>,
    /// Whether the book is live.
    pub live: bool,
    /// Id, or time, of its last change: what the truth tells changes apart by.
    pub sequence: u64,
    /// Id at which it became live, the last time.
    pub live_from: u64,
    /// Host time of that.
    pub live_since: Nanos,
    /// Id at which it had last been live before that.
    pub before: u64,
    /// Changes of state, and their causes (`BOOK_*`, `CAUSE_*`), in order.
    pub states: Vec<(Nanos, u8, u16)>,
    /// Updates at which it was live and compared.
    pub compared: u64,
    /// Live at an id, or a time, that the recording does not have.
    pub unknown: Vec<u64>,
    /// Times that it was live and wrong.
    pub wrong: Vec<Wrong>,
    /// What came, if it is kept.
    pub tape: Tape,
}

/// What came of one instrument, in order.
#[derive(Default)]
pub struct Tape {
    /// Ids of the changes of the live book.
    pub depths: Vec<u64>,
    /// Ids of trades.
    pub trades: Vec<u64>,
    /// Best bids and asks as the venue stated them, at [`EXP`].
    pub quotes: Vec<[i128; 4]>,
}

/// A run of updates at which a live book was another than the truth.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// First and last update id.
    pub ids: (u64, u64),
    /// Host time of the first one and of the end.
    pub from_ns: Nanos,
    /// `None` while it lasts.
    pub end: Option<(Nanos, End)>,
    /// The book had last been live before this episode at that id: nothing older is in it.
    pub before: u64,
    /// Updates.
    pub updates: u64,
    /// Side and price of levels that were another.
    pub prices: BTreeSet<(usize, i128)>,
    /// The best level of a side was among them.
    pub at_top: bool,
}

/// How a run of wrong updates ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Later updates made it right.
    Overwritten,
    /// It ceased to be live, for that cause (`CAUSE_*`).
    Dropped(u16),
}

impl Case {
    /// With books to compare with.
    pub fn new(truths: &[Arc<Truth>]) -> Self {
        Self::made(truths, false)
    }

    /// That also keeps what came.
    pub fn keeping(truths: &[Arc<Truth>]) -> Self {
        Self::made(truths, true)
    }

    fn made(truths: &[Arc<Truth>], keep: bool) -> Self {
        let seats = truths.iter().map(|truth| Seat::new(Arc::clone(truth))).collect();
        Self(Arc::new(Mutex::new(Found { seats, keep })))
    }

    /// The strategy for a host.
    pub fn strategy(&self) -> LiveStrategy {
        let mut cases = CASES.lock().unwrap();
        cases.push(self.clone());
        linked("oracle", Plugin::linked_strategy::<Oracle>(), cases.len() as i64 - 1)
    }

    /// What was found so far.
    pub fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books that are live.
    pub fn live(&self) -> usize {
        self.found().seats.iter().filter(|seat| seat.live).count()
    }
}

impl Seat {
    fn new(truth: Arc<Truth>) -> Self {
        Self {
            truth,
            live: false,
            sequence: 0,
            live_from: 0,
            live_since: 0,
            before: 0,
            states: Vec::new(),
            compared: 0,
            unknown: Vec::new(),
            wrong: Vec::new(),
            tape: Tape::default(),
        }
    }

    /// How often it ceased to be live.
    pub fn falls(&self) -> usize {
        let mut live = false;
        let falls = self.states.iter().filter(|(_, state, _)| {
            std::mem::replace(&mut live, *state == abi::BOOK_LIVE) && !live
        });
        falls.count()
    }

    fn open(&mut self) -> Option<&mut Wrong> {
        self.wrong.last_mut().filter(|wrong| wrong.end.is_none())
    }

    fn close(&mut self, now: Nanos, end: End) {
        if let Some(open) = self.open() {
            open.end = Some((now, end));
        }
    }

    fn state(&mut self, now: Nanos, state: u8, cause: u16, sequence: u64) {
        self.states.push((now, state, cause));
        let live = state == abi::BOOK_LIVE;
        if live && !self.live {
            (self.live_from, self.live_since) = (sequence, now);
        } else if !live && self.live {
            self.before = self.sequence;
            self.close(now, End::Dropped(cause));
        }
        self.live = live;
    }

    fn compare(&mut self, now: Nanos, sequence: u64, top: &Top) {
        self.sequence = sequence;
        self.compared += 1;
        let Some(truth) = self.truth.tops.get(&sequence) else {
            return self.unknown.push(sequence);
        };
        if truth == top {
            return self.close(now, End::Overwritten);
        }
        let prices = diff(truth, top);
        let at_top = (0..2).any(|side| truth[side].first() != top[side].first());
        let before = self.before;
        if prices.is_empty() {
            // One has a level more within the same list: what differs lies behind what is known.
            return self.close(now, End::Overwritten);
        }
        if self.open().is_none() {
            let (ids, prices) = ((sequence, sequence), BTreeSet::new());
            let from_ns = now;
            let wrong = Wrong { ids, from_ns, end: None, before, updates: 0, prices, at_top };
            self.wrong.push(wrong);
        }
        if let Some(open) = self.open() {
            open.ids.1 = sequence;
            open.updates += 1;
            open.at_top |= at_top;
            open.prices.extend(prices);
        }
    }
}

/// The strategy.
struct Oracle {
    case: Case,
    known: BTreeMap<u32, Known>,
}

/// Seat, and exponents of prices and quantities, of an instrument.
type Known = (usize, i8, i8);

impl Strategy for Oracle {
    const NAME: &'static str = "oracle";
    const VERSION: &'static str = "1";

    fn create(config: &Config<'_>) -> Result<Self, Error> {
        let number = config.int("case").map_err(|error| Error::new(error.to_string()))?;
        let case = CASES.lock().unwrap()[number as usize].clone();
        Ok(Self { case, known: BTreeMap::new() })
    }

    fn handle_turn(&mut self, turn: Turn<'_>, cx: &mut StrategyCx<'_>) -> Result<(), Error> {
        let case = self.case.clone();
        let found = &mut *case.found();
        // Books stand after the whole turn.
        let mut changed = BTreeSet::new();
        for record in turn.records() {
            let (slot, id) = (&record[0], record[0].head().instrument);
            let Some(known) = self.seat(id, found, cx) else { continue };
            let (keep, seat) = (found.keep, &mut found.seats[known.0]);
            match slot.head().kind {
                abi::SLOT_BOOK_STATE => {
                    let said = slot.book_state();
                    seat.state(cx.now(), said.state, said.cause, said.head.sequence);
                    changed.insert((id, known));
                }
                abi::SLOT_DEPTH => drop(changed.insert((id, known))),
                abi::SLOT_TRADE if keep && slot.trade().flags & abi::TRADE_OFF_BOOK == 0 => {
                    seat.tape.trades.push(slot.trade().trade_id);
                }
                abi::SLOT_QUOTE if keep => {
                    let quote = slot.quote();
                    let bid = scaled(quote.bid_price, quote.bid_qty, known);
                    let ask = scaled(quote.ask_price, quote.ask_qty, known);
                    seat.tape.quotes.push([bid[0], bid[1], ask[0], ask[1]]);
                }
                _ => {}
            }
        }
        for (id, known) in changed {
            let (keep, seat) = (found.keep, &mut found.seats[known.0]);
            let Some(book) = cx.book(InstrumentId(id)) else { continue };
            assert_eq!(book.is_live(), seat.live, "{}: what it said", seat.truth.name());
            if !seat.live {
                continue;
            }
            let sequence = match seat.truth.by {
                By::Id => book.view().sequence,
                By::Time => (book.view().exchange_ns / 1_000_000) as u64,
            };
            let top = [Side::Buy, Side::Sell].map(|side| {
                let mut levels = [Level { price: 0, qty: 0 }; LEVELS];
                let count = cx.levels(InstrumentId(id), side, &mut levels);
                levels[..count].iter().map(|l| scaled(l.price, l.qty, known)).collect()
            });
            seat.compare(cx.now(), sequence, &top);
            if keep && seat.tape.depths.last() != Some(&sequence) {
                seat.tape.depths.push(sequence);
            }
        }
        Ok(())
    }
}

impl Oracle {
    fn seat(&mut self, id: u32, found: &Found, cx: &StrategyCx<'_>) -> Option<Known> {
        if id == abi::NO_INSTRUMENT {
            return None;
        }
        if let Some(known) = self.known.get(&id) {
            return Some(*known);
        }
        let about = cx.instrument(InstrumentId(id))?;
        let is = |seat: &Seat| seat.truth.symbol == about.symbol && seat.truth.kind == about.kind;
        let seat = found.seats.iter().position(is)?;
        let known = (seat, about.price_exp, about.qty_exp);
        self.known.insert(id, known);
        Some(known)
    }
}

/// Price and quantity at [`EXP`].
fn scaled(price: i64, qty: i64, (_, price_exp, qty_exp): Known) -> [i128; 2] {
    [at_exp(price, price_exp), at_exp(qty, qty_exp)]
}

fn at_exp(mantissa: i64, exp: i8) -> i128 {
    let places = u32::try_from(exp - EXP).unwrap_or_else(|_| panic!("more places than {EXP}"));
    i128::from(mantissa).checked_mul(10_i128.pow(places)).unwrap()
}
