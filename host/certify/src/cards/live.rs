//! 507, 508, 601 where the venue pings: the running host against the local venue, over TLS.

use std::sync::Arc;

use patchbay_control::{Book, BookState, Status};
use patchbay_naive::{Key, Truth};
use patchbay_plugin::model::trimmed;
use patchbay_venue::{Density, Did, Fault, FaultEntry, FaultKind, FaultKinds, FaultPlan, Ledger};

use crate::CertifyError;
use crate::outcome::{Figures, Outcome, Outcomes};
use crate::stage::{Play, STEPS};
use crate::venue::Heartbeat;

/// Levels of a side that are compared; the status holds a few more.
const LEVELS: usize = 20;
/// The seed of the plan of faults, and how many it has.
const SEED: u64 = 1;
const FAULTS: u32 = 10;

/// Everything that a run needs.
pub(crate) struct Trial<'a> {
    pub(crate) play: Play<'a>,
    pub(crate) truth: Truth,
}

/// What a run ended with.
struct Ended {
    status: Arc<Status>,
    ledger: Ledger,
}

pub(crate) fn try_all(trial: &Trial<'_>, out: &mut Outcomes) -> Result<(), CertifyError> {
    // The second half is left alone, so that what heals has changes to heal by.
    let density = Density { faults: FAULTS, frames: trial.play.served.frames() as u64 / 2 };
    let plan = FaultPlan::seeded(SEED, &kinds(), density);
    // Both wait for the recording's pace most of the time.
    let (calm, mended) = std::thread::scope(|scope| {
        let calm = scope.spawn(|| trial.run(FaultPlan::default()));
        let mended = trial.run(plan);
        (calm.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), mended)
    });
    let (calm, mended) = (calm?, mended?);
    out.insert(507, trial.judge(&calm));
    if matches!(trial.play.venue.heartbeat, Heartbeat::Venue) {
        out.insert(601, pongs(&calm.ledger));
    }
    let mut outcome = trial.judge(&mended);
    outcome.figures.push(("faults", mended.ledger.faults.len() as u64));
    outcome.figures.push(("gaps", mended.status.totals.gaps));
    out.insert(508, outcome);
    Ok(())
}

/// All kinds but those that no adapter can know of: corrupted digits, and those of certificates,
/// which are the host's to refuse.
fn kinds() -> FaultKinds {
    let none = [FaultKind::CorruptDigit, FaultKind::ExpiredCertificate, FaultKind::WrongName];
    none.into_iter().fold(FaultKinds::all(), FaultKinds::without)
}

impl Trial<'_> {
    /// The recording once through, and until every book is live again.
    fn run(&self, plan: FaultPlan) -> Result<Ended, CertifyError> {
        let stage = self.play.stage(self.play.venue.settings, plan, |config, _| Ok(config))?;
        stage.begin();
        let whole = |ledger: &Ledger, status: &Status| {
            ledger.ended && self.differing(status, ledger).is_none()
        };
        let (ledger, status) = stage.wait(STEPS, whole);
        Ok(Ended { status, ledger })
    }

    fn judge(&self, ended: &Ended) -> Outcome {
        let Ended { status, ledger } = ended;
        let figures: Figures = vec![
            ("books", status.books.len() as u64),
            ("frames", status.totals.frames),
            ("connections", ledger.connections.len() as u64),
        ];
        let wrong = match (ledger.ended, self.differing(status, ledger)) {
            (false, _) => Some("the recording was not taken to its end".to_owned()),
            (true, wrong) => wrong,
        };
        match wrong {
            Some(wrong) => {
                let log: Vec<_> = status.log.iter().rev().take(3).map(|l| l.text.clone()).collect();
                let evidence = format!("{wrong}; the last lines of the log: {}", log.join(" | "));
                Outcome { figures, ..Outcome::failed(evidence) }
            }
            None => Outcome::passed(figures),
        }
    }

    /// Whether the venue withheld, or said with an id that is none, the last change that the recording
    /// has of a book: nothing comes later that could show it to anybody. The first of a stream, in
    /// quiet markets also the only one, is another thing: without it there is no book, and who
    /// subscribed it can ask again.
    fn is_beyond_notice(&self, key: &Key, ledger: &Ledger) -> bool {
        let served = &self.play.served;
        let last = |fault: &FaultEntry| {
            let mut streams = served.streams().filter(|(_, name)| *name == fault.stream);
            streams.any(|(product, name)| {
                let before = served.played(product, name).count().saturating_sub(1);
                let is_last =
                    served.place(product, name, before) == usize::try_from(fault.frame).ok();
                before > 0 && is_last
            })
        };
        let lost = |fault: &&FaultEntry| {
            let withheld = fault.did == Did::LeftOut || fault.fault == Fault::SequenceReset;
            fault.ids.is_some() && withheld
        };
        let changes = ledger.faults.iter().filter(lost);
        changes.filter(|fault| is_of(&fault.stream, &key.symbol)).any(last)
    }

    /// The first book that is not live and the independent replay's.
    fn differing(&self, status: &Status, ledger: &Ledger) -> Option<String> {
        let books = self.truth.books.iter().filter(|(_, book)| book.is_live());
        let mut compared = 0;
        for (key, theirs) in books {
            let ours = status.books.iter().find(|book| key.is(&book.symbol, &book.kind));
            let Some(ours) = ours.filter(|book| book.state == BookState::Live) else {
                return Some(format!("{key} is {}", state(ours)));
            };
            // Live it is all the same, with what came before.
            if self.is_beyond_notice(key, ledger) {
                continue;
            }
            let wrong = (ours.sequence != theirs.last && !self.play.counts())
                .then(|| format!("{key} is at update {}, not {}", ours.sequence, theirs.last));
            let wrong = wrong.or_else(|| different(key, ours, theirs));
            if wrong.is_some() {
                return wrong;
            }
            compared += 1;
        }
        (compared == 0).then(|| "there is no book".to_owned())
    }
}

/// Whether a venue's name of a stream is about a symbol.
fn is_of(stream: &str, symbol: &str) -> bool {
    stream.to_lowercase().contains(&symbol.to_lowercase())
}

fn state(book: Option<&Book>) -> String {
    book.map_or_else(|| "not there".to_owned(), |b| format!("{:?} ({:?})", b.state, b.cause))
}

fn different(key: &Key, ours: &Book, theirs: &patchbay_naive::Book) -> Option<String> {
    for (side, levels) in [&ours.bids, &ours.asks].into_iter().enumerate() {
        let text = |[price, qty]: &[i64; 2]| {
            [trimmed(*price, ours.price_exp), trimmed(*qty, ours.qty_exp)]
        };
        let ours: Vec<_> = levels.iter().take(LEVELS).map(text).collect();
        let theirs = theirs.best(side, LEVELS);
        if ours != theirs {
            let at = (0..LEVELS).find(|&at| ours.get(at) != theirs.get(at)).unwrap_or(0);
            let (ours, theirs) = (ours.get(at), theirs.get(at));
            return Some(format!("{key}: level {at} is {ours:?}, not {theirs:?}"));
        }
    }
    None
}

/// Pings of the venue, and their answers.
fn pongs(ledger: &Ledger) -> Outcome {
    let sum = |of: fn(&patchbay_venue::ConnectionEntry) -> u64| -> u64 {
        ledger.connections.iter().map(of).sum()
    };
    let (pings, pongs) = (sum(|conn| conn.pings), sum(|conn| conn.pongs));
    let open = ledger.connections.len() as u64;
    let figures = vec![("pings", pings), ("pongs", pongs)];
    // The last ping of each connection may have met its end.
    match pongs + open >= pings {
        true => Outcome::backed(figures, pings, "the trial was over before the first ping"),
        false => {
            let evidence = format!("{pongs} of {pings} pings were answered");
            Outcome { figures, ..Outcome::failed(evidence) }
        }
    }
}
