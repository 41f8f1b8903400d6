//! Kinds of faults, and where a seed puts them.

use patchbay_abi::{self as abi, Slot};
use patchbay_model::Nanos;

use crate::damage;
use crate::random::Random;
use crate::tape::{Moment, Tape};

/// Between two faults of an instrument: an incident is over by then.
const APART: Nanos = 12_000_000_000;
/// Faults of one seed.
const MOST: usize = 4;
pub(crate) const SECOND: Nanos = 1_000_000_000;

/// What is done to a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A record is stamped 0.6 to 8 s too early, as one that waited somewhere.
    Late,
    /// A trade or quote comes 1 to 20 records too late.
    Reordered,
    /// The venue's clock is set by 0.15 to 3 s, either way.
    Step,
    /// The venue's clock runs 500 to 5,000 parts per million wrong.
    Drift,
    /// The clocks are 1 to 10 s apart, either way, where they were right.
    Offset,
    /// A trade, bid or ask is 2 to 30 percent off.
    Price,
    /// A bid is put at the best ask or above it, in a quote or in the book.
    Crossed,
    /// A trade is 30 to 300 times what nine of ten seconds trade.
    Volume,
    /// 1 to 20 changes of a book are lost.
    Gap,
    /// 1 to 20 trades are lost, where ids have no holes.
    TradeGap,
    /// A stream that always comes within a third of it stops for 6 to 20 s.
    Silence,
    /// Everything stops for 6 to 20 s.
    VenueSilence,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Late,
        Self::Reordered,
        Self::Step,
        Self::Drift,
        Self::Offset,
        Self::Price,
        Self::Crossed,
        Self::Volume,
        Self::Gap,
        Self::TradeGap,
        Self::Silence,
        Self::VenueSilence,
    ];

    /// The detectors that are to find it: any of them.
    pub const fn detectors(self) -> &'static [u32] {
        match self {
            Self::Late => &[abi::QUALITY_LATE],
            Self::Reordered => &[abi::QUALITY_ORDER],
            Self::Step => &[abi::QUALITY_STEP],
            Self::Drift => &[abi::QUALITY_DRIFT],
            Self::Offset => &[abi::QUALITY_OFFSET],
            Self::Price => &[abi::QUALITY_PRICE],
            // A book that the venue's quote convicts at once is lost before it is crossed.
            Self::Crossed => &[abi::QUALITY_CROSSED, abi::QUALITY_LOCKED, abi::QUALITY_GAP],
            Self::Volume => &[abi::QUALITY_VOLUME],
            Self::Gap => &[abi::QUALITY_GAP],
            Self::TradeGap => &[abi::QUALITY_TRADE_GAP],
            Self::Silence | Self::VenueSilence => &[abi::QUALITY_SILENCE],
        }
    }

    /// In words, for a table.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Late => "late timestamps",
            Self::Reordered => "reordered records",
            Self::Step => "clock steps",
            Self::Drift => "clock drift",
            Self::Offset => "clock offset",
            Self::Price => "price outliers",
            Self::Crossed => "crossed and locked levels",
            Self::Volume => "volume spikes",
            Self::Gap => "lost book changes",
            Self::TradeGap => "lost trades",
            Self::Silence => "silent stream",
            Self::VenueSilence => "silent venue",
        }
    }
}

/// A fault that was put in.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What.
    pub kind: Kind,
    /// Whose data; `NO_INSTRUMENT` for the venue's.
    pub instrument: u32,
    /// When it begins.
    pub from_ns: Nanos,
    /// When it can be known at the latest.
    pub to_ns: Nanos,
}

/// Place of a record on a tape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) moment: usize,
    pub(crate) record: usize,
    pub(crate) at_ns: Nanos,
}

/// The tape with faults of one kind, and what they are. Detectors are given the first two fifths of a
/// recording to learn, and nothing is put into the last tenth.
pub fn faults(tape: &Tape, kind: Kind, seed: u64) -> (Vec<Moment>, Vec<Fault>) {
    let mut random = Random(seed << 8 | kind as u64);
    let mut moments = tape.moments.clone();
    let (first, last) = tape.span();
    let zone = (first + (last - first) * 2 / 5, first + (last - first) * 9 / 10);
    let faults = match kind {
        Kind::Step => damage::step(&mut moments, zone, &mut random),
        Kind::Drift => damage::drift(&mut moments, &mut random),
        Kind::Offset => damage::offset(&mut moments, &mut random),
        Kind::VenueSilence => damage::stop(&mut moments, zone, &mut random),
        Kind::Silence => damage::silence(tape, &mut moments, zone, &mut random),
        _ => of_records(tape, &mut moments, kind, zone, &mut random),
    };
    (moments, faults)
}

/// Faults of single records.
fn of_records(
    tape: &Tape,
    moments: &mut [Moment],
    kind: Kind,
    zone: (Nanos, Nanos),
    random: &mut Random,
) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for _ in 0..MOST * 8 {
        // Anew each time: a fault moves or removes records.
        let all = places(moments, zone, |slot| suits(slot, kind));
        if faults.len() == MOST || all.is_empty() {
            break;
        }
        let place = all[random.within(0, all.len() as i64) as usize];
        let instrument = moments[place.moment].records[place.record][0].head().instrument;
        let near = |fault: &Fault| {
            fault.instrument == instrument && (fault.from_ns - place.at_ns).abs() < APART
        };
        if faults.iter().any(near) {
            continue;
        }
        let until = match kind {
            Kind::Late => damage::late(moments, place, random),
            Kind::Reordered => damage::reorder(moments, place, random),
            Kind::Price => damage::price(moments, place, random),
            Kind::Crossed => damage::cross(tape, moments, place, random),
            Kind::Volume => damage::volume(tape, moments, place, random),
            Kind::Gap => damage::lose(tape, moments, place, abi::SLOT_DEPTH, random),
            _ => damage::lose(tape, moments, place, abi::SLOT_TRADE, random),
        };
        if let Some(to_ns) = until {
            faults.push(Fault { kind, instrument, from_ns: place.at_ns, to_ns });
        }
    }
    faults
}

/// Records in the zone for which `suits` holds.
pub(crate) fn places(
    moments: &[Moment],
    zone: (Nanos, Nanos),
    suits: impl Fn(&Slot) -> bool,
) -> Vec<Place> {
    let within = moments.iter().enumerate().filter(|(_, m)| zone.0 <= m.at_ns && m.at_ns < zone.1);
    let each = within.flat_map(|(moment, m)| {
        m.records.iter().enumerate().map(move |(record, slots)| (moment, record, m.at_ns, slots))
    });
    let suiting = each.filter(|(.., slots)| suits(&slots[0]));
    suiting.map(|(moment, record, at_ns, _)| Place { moment, record, at_ns }).collect()
}

fn suits(slot: &Slot, kind: Kind) -> bool {
    let head = slot.head();
    let change = || slot.depth().flags & (abi::DEPTH_SNAPSHOT | abi::DEPTH_NEWEST) == 0;
    match (kind, head.kind) {
        (Kind::Late, abi::SLOT_DEPTH) => head.exchange_ns != 0 && change(),
        (Kind::Late, abi::SLOT_TRADE | abi::SLOT_QUOTE) => head.exchange_ns != 0,
        (Kind::Reordered, abi::SLOT_TRADE) => true,
        (Kind::Reordered, abi::SLOT_QUOTE) => head.exchange_ns != 0,
        (Kind::Price, abi::SLOT_TRADE) => slot.trade().flags & abi::TRADE_OFF_BOOK == 0,
        (Kind::Price | Kind::Crossed, abi::SLOT_QUOTE) => {
            slot.quote().bid_qty != 0 && slot.quote().ask_qty != 0
        }
        (Kind::Crossed | Kind::Gap, abi::SLOT_DEPTH) => change(),
        (Kind::Volume, abi::SLOT_TRADE) => slot.trade().flags & abi::TRADE_OFF_BOOK == 0,
        (Kind::TradeGap, abi::SLOT_TRADE) => slot.trade().id_hashed == 0,
        _ => false,
    }
}
