//! A running host against a local Coinbase, whose Advanced Trade counts the messages of a connection:
//! every book heals after seeded faults and is right, and a hole concerns every book of its connection
//! and none of another.

use patchbay_control::BookState;
use patchbay_test_lab::{COINBASE, Finish, Finished};
use patchbay_venue::{Fault, FaultKind, FaultKinds, FaultPlan, PlannedFault, Target, When};

/// Times recorded pace: whole books are of megabytes.
const PACE: f64 = 2.0;

/// What befalls a venue whose books come over the stream. A wrong digit is not among them: no book of
/// the venue's has an id of its own that could convict it.
const KINDS: [FaultKind; 13] = [
    FaultKind::Cut,
    FaultKind::CutMidFrame,
    FaultKind::Close,
    FaultKind::Freeze,
    FaultKind::SlowLoris,
    FaultKind::Fragments,
    FaultKind::OneByteSegments,
    FaultKind::Drop,
    FaultKind::Duplicate,
    FaultKind::Reorder,
    FaultKind::Delay,
    FaultKind::SequenceGap,
    FaultKind::SequenceReset,
];

#[test]
fn every_book_heals_after_the_faults_and_is_right() {
    let Some(finish) = Finish::of(&COINBASE, PACE) else { return };
    finish.under(&FaultKinds::these(&KINDS));
}

#[test]
fn a_hole_stales_every_book_of_its_connection() {
    let Some(finish) = Finish::of(&COINBASE, PACE) else { return };
    let end = finish.play(hole(), &[]);
    assert_eq!(end.gaps, 1, "of the connection, not of a book");
    for book in &end.books {
        let stands = (book.resyncs, book.state);
        assert_eq!(stands, (1, BookState::Live), "{}: {:#?}", book.symbol, end.log);
    }
    // Healed by the books' channel alone, over the connection that stays.
    assert_eq!(given_up(&end), ["-level2:BTC-USD", "-level2:ETH-USD"]);
}

#[test]
fn a_hole_stales_no_book_of_another_connection() {
    let Some(finish) = Finish::of(&COINBASE, PACE) else { return };
    let end = finish.play(hole(), &["symbols_per_connection = 1"]);
    assert_eq!(end.gaps, 1);
    for book in &end.books {
        let expected = u64::from(book.symbol == "ETH-USD");
        let stands = (book.resyncs, book.state);
        assert_eq!(stands, (expected, BookState::Live), "{}: {:#?}", book.symbol, end.log);
    }
    assert_eq!(given_up(&end), ["-level2:ETH-USD"]);
}

/// One change of one book is not sent.
fn hole() -> FaultPlan {
    let gap = PlannedFault::new(When::Frame(300), Fault::SequenceGap { frames: 1 });
    FaultPlan { faults: vec![gap.at(Target::stream("level2:ETH-USD"))], ..FaultPlan::default() }
}

fn given_up(end: &Finished) -> Vec<&str> {
    let said = end.ledger.connections.iter().flat_map(|c| &c.subscriptions);
    said.filter(|name| name.starts_with('-')).map(String::as_str).collect()
}
