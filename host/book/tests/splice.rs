//! Snapshots and kept changes: too old, too new, too late, after a gap, out of the bound.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::{Event, Frame, LOOSE, Naive, binance, message};
use patchbay_abi::{
    BOOK_LIVE, BOOK_STALE, BOOK_SYNCING, BookView, CAUSE_CLOSED, CAUSE_GAP, CAUSE_OLD_SNAPSHOT,
    CAUSE_OVERFLOW, CAUSE_SPLICED, CAUSE_STARTED, DEPTH_SNAPSHOT, EVIDENCE_CHAINED,
    EVIDENCE_UNPROVEN, Level, SCOPE_INSTRUMENT, SCOPE_NONE,
};
use patchbay_book::{Applied, Book, BookConfig, Break, Evidence, State, Verdict, What};
use patchbay_model::Side;

const CAPTURES: [&str; 3] = [
    "binance-spot/hftbacktest/btcusdt_20240808.gz",
    "binance-usdm/hftbacktest/btcusdt_20240808.gz",
    "binance-coinm/hftbacktest/btcusd_perp_20240808.gz",
];

/// The changes of a capture, and for any of them the book that the venue had after it.
struct Recording {
    changes: Vec<Frame>,
    snapshot: Frame,
}

impl Recording {
    fn read(name: &str) -> Option<Self> {
        let (mut changes, mut snapshot) = (Vec::new(), None);
        for event in binance(name, LOOSE)? {
            match event {
                Event::Depth(frame) => changes.push(frame),
                Event::Snapshot(frame) => snapshot = Some(frame),
                Event::Quote(_) => {}
            }
        }
        let snapshot = snapshot?;
        changes.retain(|change| change.sequence >= snapshot.sequence);
        changes.truncate(400);
        Some(Self { changes, snapshot })
    }

    fn all() -> impl Iterator<Item = Self> {
        CAPTURES.iter().filter_map(|name| Self::read(name))
    }

    /// The naive book after change `at`.
    fn naive(&self, at: usize) -> Naive {
        let mut naive = Naive::default();
        naive.replace(&self.snapshot);
        self.changes[..=at].iter().for_each(|change| naive.change(change));
        naive
    }

    /// What REST would have answered after change `at`: the recorded book at that id.
    fn snapshot_at(&self, at: usize) -> Frame {
        let naive = self.naive(at);
        Frame {
            sequence: self.changes[at].sequence,
            flags: DEPTH_SNAPSHOT,
            bids: naive.bids.into_iter().rev().collect(),
            asks: naive.asks.into_iter().collect(),
            ..Frame::default()
        }
    }

    fn assert_book(&self, book: &Book, at: usize) {
        assert_eq!((book.state(), book.evidence()), (State::Live, Evidence::Chained));
        assert_eq!(book.sequence(), self.changes[at].sequence);
        self.naive(at).assert_all(book.levels().unwrap(), "spliced");
    }
}

fn give(book: &mut Book, frame: &Frame) -> Applied {
    book.apply(&message(&frame.record()))
}

/// Gives a frame whose result another test looks at.
fn feed(book: &mut Book, frame: &Frame) {
    let what = give(book, frame).what;
    assert!(!matches!(what, What::Refused(_) | What::Convicted));
}

fn cause(applied: &Applied) -> (State, State, u16) {
    let transition = applied.transition.unwrap();
    (transition.from, transition.to, transition.reason.cause)
}

#[test]
fn snapshot_meets_kept_changes() {
    for recording in Recording::all() {
        let mut book = Book::new(BookConfig::default());
        let first = give(&mut book, &recording.changes[100]);
        assert_eq!(cause(&first), (State::Empty, State::Syncing, CAUSE_STARTED));
        assert!(first.resync && first.what == What::Kept);
        for change in &recording.changes[101..200] {
            assert_eq!(
                give(&mut book, change),
                Applied { what: What::Kept, transition: None, resync: false }
            );
        }
        let spliced = give(&mut book, &recording.snapshot_at(150));
        assert_eq!(cause(&spliced), (State::Syncing, State::Live, CAUSE_SPLICED));
        assert!(
            matches!(spliced.what, What::Applied { changes } if changes > 0) && !spliced.resync
        );
        recording.assert_book(&book, 199);
        for at in 200..300 {
            assert!(matches!(give(&mut book, &recording.changes[at]).what, What::Applied { .. }));
        }
        recording.assert_book(&book, 299);
    }
}

#[test]
fn old_snapshot_is_told_and_asked_for_again() {
    for recording in Recording::all() {
        let mut book = Book::new(BookConfig::default());
        for change in &recording.changes[100..110] {
            feed(&mut book, change);
        }
        let old = give(&mut book, &recording.snapshot_at(90));
        assert_eq!(cause(&old), (State::Syncing, State::Syncing, CAUSE_OLD_SNAPSHOT));
        assert!(old.resync && old.what == What::Unused && book.levels().is_none());
        assert!(!give(&mut book, &recording.changes[110]).resync);
        let spliced = give(&mut book, &recording.snapshot_at(105));
        assert_eq!(cause(&spliced).1, State::Live);
        recording.assert_book(&book, 110);
    }
}

/// A snapshot newer than everything kept is held until a change ties it to the stream.
#[test]
fn new_snapshot_is_held_for_its_change() {
    for recording in Recording::all() {
        let mut book = Book::new(BookConfig::default());
        for change in &recording.changes[100..110] {
            feed(&mut book, change);
        }
        assert_eq!(give(&mut book, &recording.snapshot_at(120)).what, What::Held);
        for at in 110..120 {
            let applied = give(&mut book, &recording.changes[at]);
            assert!(applied.what == What::Kept && !applied.resync && book.levels().is_none());
        }
        // Futures apply the change that ends at the snapshot's id again; spot needs the next one.
        feed(&mut book, &recording.changes[120]);
        feed(&mut book, &recording.changes[121]);
        recording.assert_book(&book, 121);
    }
}

/// The snapshot comes before any change.
#[test]
fn snapshot_first_then_changes() {
    for recording in Recording::all() {
        let mut book = Book::new(BookConfig::default());
        let held = give(&mut book, &recording.snapshot_at(100));
        assert_eq!(cause(&held), (State::Empty, State::Syncing, CAUSE_STARTED));
        assert!(held.what == What::Held && book.levels().is_none());
        assert_eq!(cause(&give(&mut book, &recording.changes[101])).1, State::Live);
        recording.assert_book(&book, 101);
        // Once live, snapshots from beside the stream change nothing.
        assert_eq!(give(&mut book, &recording.snapshot_at(50)).what, What::Duplicate);
        recording.assert_book(&book, 101);
    }
}

#[test]
fn gap_is_healed_by_the_next_snapshot() {
    for recording in Recording::all() {
        let mut book = Book::new(BookConfig::default());
        feed(&mut book, &recording.snapshot_at(9));
        for at in (10..100).filter(|&at| at != 50) {
            let applied = give(&mut book, &recording.changes[at]);
            assert_eq!(applied.resync, at == 51);
        }
        assert_eq!(book.live_until(), recording.changes[49].receive_ns);
        // A second gap while waiting: the first part is of no use any more.
        let second = give(&mut book, &recording.changes[101]);
        assert_eq!(cause(&second), (State::Stale, State::Stale, CAUSE_GAP));
        let old = give(&mut book, &recording.snapshot_at(80));
        assert_eq!(cause(&old).2, CAUSE_OLD_SNAPSHOT);
        let healed = give(&mut book, &recording.snapshot_at(100));
        assert_eq!(cause(&healed), (State::Stale, State::Live, CAUSE_SPLICED));
        recording.assert_book(&book, 101);
        let counters = book.counters();
        assert_eq!((counters.gaps, counters.resyncs), (2, 1));
        assert_eq!(counters.dropped, 49);
        // A change that comes twice is known.
        assert_eq!(give(&mut book, &recording.changes[101]).what, What::Duplicate);
        recording.assert_book(&book, 101);
    }
}

#[test]
fn bound_drops_the_oldest_and_says_so_once() {
    for recording in Recording::all() {
        let mut book = Book::new(BookConfig { pending: 200, ..BookConfig::default() });
        let mut overflows = 0;
        for change in &recording.changes[..300] {
            let applied = give(&mut book, change);
            if applied.transition.is_some_and(|t| t.reason.cause == CAUSE_OVERFLOW) {
                assert!(applied.resync);
                overflows += 1;
            }
        }
        assert_eq!(overflows, 1);
        assert!(book.counters().dropped > 100);
        feed(&mut book, &recording.snapshot_at(298));
        recording.assert_book(&book, 299);
    }
}

#[test]
fn closed_connection_asks_when_it_is_back() {
    for recording in Recording::all() {
        let mut book = Book::new(BookConfig::default());
        assert_eq!(book.stale(Break::of(CAUSE_CLOSED)).transition, None);
        assert_eq!(book.state(), State::Empty);
        feed(&mut book, &recording.snapshot_at(9));
        feed(&mut book, &recording.changes[10]);
        let closed = book.stale(Break::of(CAUSE_CLOSED));
        assert_eq!(cause(&closed), (State::Live, State::Stale, CAUSE_CLOSED));
        assert!(!closed.resync && book.best(Side::Buy).is_none());
        let back = give(&mut book, &recording.changes[60]);
        assert!(back.resync && back.transition.is_none());
        feed(&mut book, &recording.snapshot_at(59));
        recording.assert_book(&book, 60);
        assert_eq!(book.counters().gaps, 0);
    }
}

/// The same book under other rules of continuity; levels as recorded, ids as a venue would give
/// them. OKX (okx.md, section 3): heartbeat, maintenance reset, and the message lost with it.
#[test]
fn previous_ids_may_fall() {
    let Some(recording) = Recording::read(CAPTURES[1]) else {
        return;
    };
    let change = |at: usize, previous, sequence| Frame {
        first: None,
        previous: Some(previous),
        sequence,
        ..recording.changes[at].clone()
    };
    let mut book = Book::new(BookConfig::default());
    let snapshot = Frame { sequence: 500, scope: SCOPE_INSTRUMENT, ..recording.snapshot_at(9) };
    let started = give(&mut book, &snapshot);
    assert_eq!(cause(&started), (State::Empty, State::Live, CAUSE_STARTED));
    let idle = Frame { bids: Vec::new(), asks: Vec::new(), ..change(10, 500, 500) };
    assert_eq!(give(&mut book, &idle).what, What::Heartbeat);
    assert!(matches!(give(&mut book, &change(10, 500, 510)).what, What::Applied { .. }));
    assert!(matches!(give(&mut book, &change(11, 510, 3)).what, What::Applied { .. }));
    assert!(matches!(give(&mut book.clone(), &change(12, 3, 7)).what, What::Applied { .. }));
    recording.naive(11).assert_all(book.levels().unwrap(), "reset");
    let lost = give(&mut book, &change(13, 1, 2));
    assert_eq!(cause(&lost), (State::Live, State::Stale, CAUSE_GAP));
    // The stream's own snapshot heals at once, wherever its ids are.
    let healed = give(&mut book, &Frame { sequence: 1, ..snapshot });
    assert_eq!(cause(&healed), (State::Stale, State::Live, CAUSE_SPLICED));
}

/// Without ids there is nothing to judge by, and the book says so.
#[test]
fn unchained_books_are_unproven() {
    let Some(recording) = Recording::read(CAPTURES[0]) else {
        return;
    };
    let loose = |frame: &Frame| Frame {
        sequence: 0,
        first: None,
        previous: None,
        scope: SCOPE_NONE,
        flags: frame.flags & DEPTH_SNAPSHOT,
        ..frame.clone()
    };
    let mut book = Book::new(BookConfig::default());
    let early = give(&mut book, &loose(&recording.changes[0]));
    assert!(early.what == What::Unused && early.resync);
    assert_eq!(give(&mut book, &loose(&recording.snapshot_at(9))).what, What::Replaced);
    let record = loose(&recording.changes[10]).record();
    let applied = book.apply_judged(&message(&record), Verdict::Next);
    assert!(matches!(applied.what, What::Applied { .. }));
    recording.naive(10).assert_all(book.levels().unwrap(), "unchained");
    assert_eq!((book.state(), book.evidence()), (State::Live, Evidence::Unproven));
}

/// What strategies and the wire see: levels only while live, and the reason for each turn.
#[test]
fn views_and_records_say_what_the_book_says() {
    let Some(recording) = Recording::read(CAPTURES[1]) else {
        return;
    };
    let nothing = Level { price: 0, qty: 0 };
    let mut view = BookView {
        struct_size: 0,
        state: 0,
        evidence: 0,
        levels: 0,
        instrument: 0,
        price_exp: 0,
        qty_exp: 0,
        reserved: 0,
        sequence: 0,
        exchange_ns: 0,
        receive_ns: 0,
        bids: [nothing; 10],
        asks: [nothing; 10],
    };
    let mut book = Book::new(BookConfig::default());
    feed(&mut book, &recording.snapshot_at(9));
    book.view(7, &mut view);
    assert_eq!((view.state, view.levels, view.evidence), (BOOK_SYNCING, 0, EVIDENCE_UNPROVEN));
    feed(&mut book, &recording.changes[10]);
    book.view(7, &mut view);
    let naive = recording.naive(10);
    assert_eq!((view.state, view.evidence), (BOOK_LIVE, EVIDENCE_CHAINED));
    assert_eq!((view.levels, view.instrument), (10 | 10 << 8, 7));
    assert_eq!(view.sequence, recording.changes[10].sequence);
    assert_eq!(view.bids[..], naive.best(Side::Buy, 10));
    assert_eq!(view.asks[..], naive.best(Side::Sell, 10));
    let applied = give(&mut book, &recording.changes[12]);
    let record = book.record(7, &applied.transition.unwrap(), 99);
    assert_eq!((record.state, record.cause), (BOOK_STALE, CAUSE_GAP));
    assert_eq!(record.expected, recording.changes[10].sequence);
    assert_eq!(record.found, recording.changes[11].sequence);
    assert_eq!(record.live_until_ns, recording.changes[10].receive_ns);
    assert_eq!((record.head.receive_ns, record.head.instrument), (99, 7));
    book.view(7, &mut view);
    assert_eq!((view.state, view.levels), (BOOK_STALE, 0));
}
