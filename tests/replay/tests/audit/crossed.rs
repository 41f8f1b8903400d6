//! Books that are crossed.

use patchbay_abi as abi;
use patchbay_book::State;
use patchbay_engine::{EngineConfig, Proof};
use patchbay_journal::{HOST, Input};
use patchbay_model::Nanos;
use patchbay_naive::{self as naive, What};
use patchbay_test_replay::corpus;

use crate::run::{Run, SECOND, adapter, change};

/// A price that is corrupted across the spread: wrong from the limit on, not before, at the first
/// turn after it, whatever the turn is.
#[test]
fn a_crossed_book_is_convicted_when_it_has_been_so_for_too_long() {
    let Some(path) = corpus("binance-spot/hftbacktest/ethusdt_20240808.gz") else { return };
    let (_plugins, setup) = adapter();
    let records = naive::read(&[path]).unwrap();
    for (crossed_ns, late, convicted) in [
        (SECOND, SECOND, false),
        (SECOND, SECOND + 1, true),
        (3 * SECOND, 2 * SECOND, false),
        (0, 3600 * SECOND, false),
    ] {
        let mut run = Run::new(&setup, EngineConfig { crossed_ns, ..EngineConfig::default() });
        let crossing = records.iter().find_map(|record| {
            let What::Frame(text) = &record.what else {
                run.record(record);
                return None;
            };
            let levels = change(text).map_or_else(Vec::new, |change| change.3);
            let bid = levels.iter().find(|level| level.0 == 0 && level.2 != "0.00000000");
            match bid.filter(|_| run.state("ETHUSDT") == State::Live) {
                Some((_, price, _)) => {
                    let digit = price.as_bytes()[0] + 1;
                    let wrong = format!("{}{}", char::from(digit), &price[1..]);
                    Some((record, text.replacen(price.as_str(), &wrong, 1)))
                }
                None => {
                    run.record(record);
                    None
                }
            }
        });
        let (record, text) = crossing.expect("a change of a bid");
        let now = record.at_ns as Nanos;
        run.frame(now, record.conn as u32 + 1, &text);
        let crossed = run.listing("ETHUSDT").unwrap().book.is_crossed();
        assert!(crossed && run.state("ETHUSDT") == State::Live);
        let expected = if crossed_ns == 0 { Nanos::MAX } else { now + crossed_ns + 1 };
        assert_eq!(run.core.engine().due(), expected);
        run.core.take(HOST, now + late, &Input::Time).unwrap();
        let tally = run.core.engine().tally();
        assert_eq!(tally.crossed_convictions, u64::from(convicted));
        assert_eq!(run.state("ETHUSDT") == State::Stale, convicted);
        if convicted {
            let [incident] = run.core.out().incidents[..] else { panic!("one incident") };
            assert!(matches!(incident.proof, Proof::Crossed { for_ns, .. } if for_ns == late));
            let state = run.core.out().slots.last().unwrap().book_state();
            assert_eq!((state.state, state.cause), (abi::BOOK_STALE, abi::CAUSE_CROSSED));
            assert!(state.found > state.expected, "the bid is above the ask");
            assert_eq!(run.core.actions().len(), 1);
        }
    }
}
