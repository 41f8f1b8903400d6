//! What was found out about the data: in words for the log, in counts for a status.

use patchbay_abi::{self as abi, Slot};
use patchbay_control::{Cause, Detector, LogLevel, Quality};
use patchbay_engine::Engine;
use patchbay_model::{InstrumentId, Nanos};
use patchbay_quality::{Counts, DETECTORS};

use super::shared::{About, Shared};
use super::survey::{BookFact, VenueFact};

/// Lines about one detector in one span; the rest are counted.
const LINES: u64 = 5;
const SPAN: Nanos = 10_000_000_000;

/// What was said of late about one detector.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    since: Nanos,
    lines: u64,
    withheld: u64,
}

/// Says incidents in the log, and no more of them than somebody can read: when a connection is gone
/// a thousand instruments are silent at once.
#[derive(Debug, Default)]
pub(crate) struct Teller([Said; DETECTORS]);

impl Teller {
    pub(crate) fn tell(&mut self, engine: &Engine, incidents: &[Slot], shared: &Shared) {
        for slot in incidents {
            let found = slot.quality();
            let Some(said) = self.0.get_mut(found.detector as usize) else { continue };
            let now = found.head.receive_ns;
            if now - said.since >= SPAN {
                let word = Detector::from_abi(found.detector).word();
                if said.withheld > 0 {
                    let text = format!("{word}: {} more lines were left out", said.withheld);
                    shared.log(LogLevel::Info, "quality", &text);
                }
                *said = Said { since: now, ..Said::default() };
            }
            if said.lines == LINES {
                said.withheld += 1;
                continue;
            }
            said.lines += 1;
            let begun = found.head.flags & abi::QUALITY_BEGUN != 0;
            let level = if begun && found.severity > 1 { LogLevel::Warn } else { LogLevel::Info };
            shared.log(level, "quality", &text(engine, slot));
        }
    }
}

/// One line: whose data, the detector, and what was seen or how it ended.
fn text(engine: &Engine, incident: &Slot) -> String {
    let found = incident.quality();
    let (value, expected) = (found.value, found.expected);
    let registry = engine.registry();
    let whose = match engine.listing(InstrumentId(found.head.instrument)) {
        Some(listing) => {
            let venue = registry.venue_name(listing.venue).unwrap_or_default();
            format!("{venue} {} {}", listing.about.kind, listing.about.symbol)
        }
        None => registry.venue_name(found.head.sequence as u16).unwrap_or_default().to_owned(),
    };
    let word = Detector::from_abi(found.detector).word();
    if found.head.flags & abi::QUALITY_ENDED != 0 {
        return format!("{whose}: {word} is over after {value:.3} s, found {expected} times");
    }
    let cause = found.head.flags >> 8;
    let stream = match cause {
        abi::SLOT_DEPTH => "book",
        abi::SLOT_TRADE => "trades",
        abi::SLOT_QUOTE => "quotes",
        _ => "everything",
    };
    let what = match found.detector {
        abi::QUALITY_ORDER => format!("{stream} went back by {value:.6} s"),
        abi::QUALITY_LATE => format!("{stream} came {value:.3} s late, {expected:.3} s is usual"),
        abi::QUALITY_OFFSET => format!("receive minus exchange time is {value:.3} s"),
        abi::QUALITY_STEP => format!("a clock was set by {value:.3} s"),
        abi::QUALITY_DRIFT => format!("the clocks run apart by {value:.0} parts per million"),
        abi::QUALITY_PRICE => format!("{stream} at {value}, where {expected} is usual"),
        abi::QUALITY_CROSSED | abi::QUALITY_LOCKED => {
            let why = match cause {
                abi::QUALITY_CAUSE_AUCTION => "an auction",
                abi::QUALITY_CAUSE_GAP => "updates may be missing",
                abi::QUALITY_CAUSE_QUOTE => "book and quote contradict each other",
                _ => "the venue sends it so",
            };
            format!("bid {value}, ask {expected}: {why}")
        }
        abi::QUALITY_VOLUME => format!("{value} traded in a second, {expected} is usual"),
        abi::QUALITY_GAP => {
            format!("the book is lost ({}), {value} ids missing", Cause::from_abi(cause).word())
        }
        abi::QUALITY_TRADE_GAP => format!("{value} trades are missing"),
        _ => format!("{stream} silent for {value:.1} s, {expected:.1} s is the bound"),
    };
    format!("{whose}: {word}: {what}")
}

pub(super) fn of_venue(venue: String, fact: &VenueFact) -> Quality {
    let clock = fact.clock.unwrap_or_default();
    Quality {
        venue,
        offset_ns: clock.offset_ns,
        drift_ppb: (clock.drift_ppm * 1000.0) as i64,
        ..counted(&fact.found, fact.open)
    }
}

pub(super) fn of_instrument(about: &About, fact: &BookFact) -> Quality {
    Quality {
        venue: about.venue.clone(),
        symbol: about.symbol.clone(),
        kind: about.kind.to_string(),
        ..counted(&fact.found, fact.open)
    }
}

fn counted(found: &Counts, open: u32) -> Quality {
    let count = |detector: u32| found[detector as usize];
    let detectors = (1..DETECTORS as u32).filter(|detector| open & 1 << detector != 0);
    Quality {
        open: detectors.map(Detector::from_abi).collect(),
        order: count(abi::QUALITY_ORDER),
        late: count(abi::QUALITY_LATE),
        offset: count(abi::QUALITY_OFFSET),
        step: count(abi::QUALITY_STEP),
        drift: count(abi::QUALITY_DRIFT),
        price: count(abi::QUALITY_PRICE),
        crossed: count(abi::QUALITY_CROSSED),
        locked: count(abi::QUALITY_LOCKED),
        volume: count(abi::QUALITY_VOLUME),
        gap: count(abi::QUALITY_GAP),
        trade_gap: count(abi::QUALITY_TRADE_GAP),
        silence: count(abi::QUALITY_SILENCE),
        ..Quality::default()
    }
}
