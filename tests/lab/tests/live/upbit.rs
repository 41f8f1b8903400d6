//! A running host against a local Upbit, which sends whole books without ids: every book heals after
//! seeded faults and is right, and one that is lost concerns nobody, for the next one is whole.

use patchbay_control::BookState;
use patchbay_test_lab::{Finish, UPBIT};
use patchbay_venue::{Fault, FaultKind, FaultKinds, FaultPlan, PlannedFault, Target, When};

/// Times recorded pace.
const PACE: f64 = 6.0;

/// What befalls a venue whose books come over the stream. A wrong digit is not among them: nothing
/// convicts it but the next book. There are no ids to be reset.
const KINDS: [FaultKind; 12] = [
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
];

#[test]
fn every_book_heals_after_the_faults_and_is_right() {
    let Some(finish) = Finish::of(&UPBIT, PACE) else { return };
    finish.under(&FaultKinds::these(&KINDS));
}

#[test]
fn a_book_that_is_lost_stales_nobody() {
    let Some(finish) = Finish::of(&UPBIT, PACE) else { return };
    let gap = PlannedFault::new(When::Frame(300), Fault::SequenceGap { frames: 2 });
    let faults = vec![gap.at(Target::stream("orderbook:KRW-ADA"))];
    let end = finish.play(FaultPlan { faults, ..FaultPlan::default() }, &[]);
    assert_eq!(end.ledger.faults.len(), 2, "two books are left out");
    for book in &end.books {
        let stands = (book.gaps, book.resyncs, book.state);
        assert_eq!(stands, (0, 0, BookState::Live), "{}: {:#?}", book.symbol, end.log);
    }
}
