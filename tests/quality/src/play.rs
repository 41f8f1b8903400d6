//! A tape through an engine, with the passes of time that a running host makes.

use patchbay_abi::{self as abi, Level, Slot};
use patchbay_engine::{Action, Engine, EngineConfig, Event, Out, Registry, Turn};
use patchbay_journal::HOST;
use patchbay_model::{Instrument, InstrumentId, Nanos, Side};
use patchbay_quality::{ClockFact, QualityConfig};

use crate::tape::{LEVELS_MAX, Moment, Tape, snapshot};

/// From the request of a snapshot to the snapshot.
pub const ANSWER: Nanos = 300_000_000;

/// The beginning or end of an incident.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Incident {
    /// When.
    pub at_ns: Nanos,
    /// `NO_INSTRUMENT` for the venue.
    pub instrument: u32,
    /// `QUALITY_*`.
    pub detector: u32,
    /// Whether it begins.
    pub begins: bool,
    /// As in the flags.
    pub cause: u16,
    /// What was seen, or for how long, s.
    pub value: f64,
    /// What was expected, or how often.
    pub expected: f64,
}

/// What came of a tape.
pub struct Played {
    /// In order.
    pub incidents: Vec<Incident>,
    /// At the end.
    pub clock: Option<ClockFact>,
}

/// An engine and what it put out.
struct Run {
    engine: Engine,
    out: Out,
    number: u64,
}

impl Run {
    fn new(tape: &Tape, quality: QualityConfig) -> Self {
        let config = EngineConfig { quality, ..EngineConfig::default() };
        let mut engine = Engine::new(Registry::default(), config);
        engine.attach(0, tape.venue);
        let mut run = Self { engine, out: Out::new(), number: 0 };
        run.step(tape.span().0, 0, &tape.instruments, &[]);
        run
    }

    fn step(&mut self, at_ns: Nanos, instance: u32, about: &[(u32, Instrument)], slots: &[Slot]) {
        self.number += 1;
        let turn = Turn {
            number: self.number,
            at_ns,
            instance,
            ordinal: self.number,
            conn: 1,
            definitions: about,
            slots,
            event: Event::None,
        };
        self.engine.step(&turn, &mut self.out);
    }

    fn moment(&mut self, moment: &Moment) {
        self.step(moment.at_ns, 0, &[], &moment.records.concat());
    }
}

/// Plays `moments`. Snapshots that the engine asks for come from the undamaged tape, as it stands then.
pub fn play(tape: &Tape, moments: &[Moment], quality: QualityConfig) -> Played {
    let mut run = Run::new(tape, quality);
    let mut truth = Run::new(tape, QualityConfig::default());
    let mut whole = tape.moments.iter().peekable();
    let mut asked: Vec<(Nanos, u32)> = Vec::new();
    let mut played = Played { incidents: Vec::new(), clock: None };
    for moment in moments {
        while let Some(&(due, id)) = asked.first().filter(|(due, _)| *due <= moment.at_ns) {
            asked.remove(0);
            while let Some(next) = whole.next_if(|next| next.at_ns <= due) {
                truth.moment(next);
            }
            let Some(snapshot) = of_truth(&truth.engine, tape, id, due) else { continue };
            run.step(due, 0, &[], &snapshot);
            note(&run.out, &mut played.incidents);
        }
        while run.engine.due() <= moment.at_ns {
            let due = run.engine.due();
            run.step(due, HOST, &[], &[]);
            note(&run.out, &mut played.incidents);
        }
        run.moment(moment);
        note(&run.out, &mut played.incidents);
        for action in &run.out.actions {
            if let Action::Resync { scope_kind, scope, .. } = *action
                && scope_kind == u32::from(abi::SCOPE_INSTRUMENT)
                && !asked.iter().any(|(_, id)| *id == scope)
            {
                asked.push((moment.at_ns + ANSWER, scope));
            }
        }
    }
    let venue = run.engine.venue_of(0).unwrap();
    let clock = run.engine.quality_of_venue(venue, tape.span().1);
    played.clock = clock.and_then(|(_, _, clock)| clock);
    played
}

/// The book as the undamaged tape has it.
fn of_truth(engine: &Engine, tape: &Tape, id: u32, at: Nanos) -> Option<Vec<Slot>> {
    let levels = |side| {
        let mut levels = vec![Level { price: 0, qty: 0 }; LEVELS_MAX];
        let count = engine.levels(InstrumentId(id), side, &mut levels);
        levels.truncate(count);
        levels
    };
    let [bids, asks] = [Side::Buy, Side::Sell].map(levels);
    let book = &engine.listing(InstrumentId(id))?.book;
    let head = abi::Head {
        kind: abi::SLOT_DEPTH,
        flags: 0,
        instrument: id,
        sequence: book.sequence(),
        exchange_ns: book.exchange_ns(),
        receive_ns: at,
    };
    let chained = tape.scope_of(id) == Some(abi::SCOPE_INSTRUMENT);
    let words = [0; 8];
    let mut of = Slot { words };
    *of.head_mut() = head;
    (chained && !bids.is_empty()).then(|| snapshot(&of, &bids, &asks))
}

fn note(out: &Out, incidents: &mut Vec<Incident>) {
    incidents.extend(out.quality().iter().map(|slot| {
        let found = slot.quality();
        Incident {
            at_ns: found.head.receive_ns,
            instrument: found.head.instrument,
            detector: found.detector,
            begins: found.head.flags & abi::QUALITY_BEGUN != 0,
            cause: found.head.flags >> 8,
            value: found.value,
            expected: found.expected,
        }
    }));
}

/// Best bid and ask of an instrument on the undamaged tape, before moment number `until`.
pub(crate) fn best_before(tape: &Tape, until: usize, id: u32) -> Option<(i64, i64)> {
    let mut truth = Run::new(tape, QualityConfig::default());
    tape.moments[..until].iter().for_each(|moment| truth.moment(moment));
    let book = &truth.engine.listing(InstrumentId(id))?.book;
    Some((book.best(Side::Buy)?.price, book.best(Side::Sell)?.price))
}
