//! 507, 508, 601 where the venue pings: the running host against the local venue, over TLS.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use patchbay_control::{Book, BookState, Status};
use patchbay_loader::Kind;
use patchbay_mcast::PublisherConfig;
use patchbay_naive::{Key, Truth};
use patchbay_plugin::abi::{CHANNEL_DEPTH, CHANNEL_QUOTES, CHANNEL_TRADES};
use patchbay_plugin::model::{Instrument, trimmed};
use patchbay_runtime::live::{LiveAdapter, LiveConfig, LiveHost, OwnedWish};
use patchbay_venue::{
    AtEnd, Density, FaultKind, FaultKinds, FaultPlan, Ledger, Limits, Pace, Protocol,
    Recording as Served, Start, VenueConfig, VenueHandle, VenueServer,
};

use crate::CertifyError;
use crate::outcome::{Figures, Outcome, Outcomes};
use crate::subject::Subject;
use crate::venue::{Heartbeat, Venue};

/// Times recorded pace.
const PACE: f64 = 6.0;
/// Longest wait for the end of the recording and for healing, in steps.
const STEPS: u32 = 600;
const STEP: Duration = Duration::from_millis(50);
/// Steps without another subscription after which the recording begins.
const SETTLED: u32 = 16;
/// Levels of a side that are compared; the status holds a few more.
const LEVELS: usize = 20;
/// The seed of the plan of faults, and how many it has.
const SEED: u64 = 1;
const FAULTS: u32 = 10;
/// How often the venue pings in the trial, and how long it waits for the answer.
const PING_EVERY: Duration = Duration::from_millis(400);
const PONG_WITHIN: Duration = Duration::from_secs(2);

/// Everything that a run needs.
pub(crate) struct Trial<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) venue: &'a Venue,
    pub(crate) files: &'a [PathBuf],
    pub(crate) truth: &'a Truth,
    /// Instruments that the recording is about.
    pub(crate) seen: Vec<Instrument>,
}

/// What a run ended with.
struct Ended {
    status: Arc<Status>,
    ledger: Ledger,
}

pub(crate) fn try_all(trial: &Trial<'_>, out: &mut Outcomes) -> Result<(), CertifyError> {
    let protocol = (trial.venue.protocol)();
    let served = Served::load(trial.files, &*protocol);
    let served = served.map_err(failed("load the recording into the local venue"))?;
    let calm = trial.run(&served, &protocol, FaultPlan::default())?;
    out.insert(507, trial.judge(&calm));
    if matches!(trial.venue.heartbeat, Heartbeat::Venue) {
        out.insert(601, pongs(&calm.ledger));
    }
    // The second half is left alone, so that what heals has changes to heal by.
    let density = Density { faults: FAULTS, frames: served.frames() as u64 / 2 };
    let plan = FaultPlan::seeded(SEED, &kinds(), density);
    let mended = trial.run(&served, &protocol, plan)?;
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

fn failed<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> CertifyError {
    move |error| CertifyError::Live { what, text: error.to_string() }
}

impl Trial<'_> {
    /// The recording once through, and until every book is live again.
    fn run(
        &self,
        served: &Arc<Served>,
        protocol: &Arc<dyn Protocol>,
        plan: FaultPlan,
    ) -> Result<Ended, CertifyError> {
        let usual = protocol.limits(served.products()[0]);
        let limits = Limits { ping_every: PING_EVERY, pong_within: PONG_WITHIN, ..usual };
        let venue = VenueServer::start(VenueConfig {
            pace: Pace::Times(PACE),
            start: Start::OnCall,
            at_end: AtEnd::Stay,
            limits: Some(limits),
            plan,
            ..VenueConfig::new(Arc::clone(served), Arc::clone(protocol))
        });
        let venue = venue.map_err(failed("start the local venue"))?;
        let authority = Authority::write(&venue).map_err(failed("write its certificate"))?;
        let host = self.host(&venue, &authority, &**protocol)?;
        begin(&venue);
        let mut status = host.status();
        for _ in 0..STEPS {
            sleep(STEP);
            status = host.status();
            if venue.ledger().ended && self.differing(&status).is_none() {
                break;
            }
        }
        let ledger = venue.ledger();
        drop(host);
        Ok(Ended { status, ledger })
    }

    fn host(
        &self,
        venue: &VenueHandle,
        authority: &Authority,
        protocol: &dyn Protocol,
    ) -> Result<LiveHost, CertifyError> {
        let loaded = self.subject.loader.load(&self.subject.file, Some(Kind::Adapter));
        let loaded = loaded.map_err(failed("load the plugin again"))?;
        let own: Vec<_> = self.venue.settings.iter().map(|line| (*line).to_owned()).collect();
        let settings = self.subject.settings(&own).map_err(failed("read the settings"))?;
        let wishes = self.seen.iter().map(|about| OwnedWish {
            symbol: about.symbol.clone(),
            kind: about.kind.to_abi(),
            channels: CHANNEL_DEPTH | CHANNEL_TRADES | CHANNEL_QUOTES,
        });
        let address = venue.addr().ok_or("it has no address");
        let address = address.map_err(failed("start the local venue"))?;
        let overrides: BTreeMap<_, _> =
            protocol.hosts().iter().map(|&host| (host.to_owned(), address)).collect();
        let config = LiveConfig {
            publisher: PublisherConfig { channels: [false; 2], ..PublisherConfig::default() },
            extra_ca: vec![authority.0.clone()],
            overrides,
            ..LiveConfig::default()
        };
        let adapters = vec![LiveAdapter::public(loaded, settings, wishes.collect())];
        LiveHost::start(config, adapters).map_err(failed("start the host"))
    }

    fn judge(&self, ended: &Ended) -> Outcome {
        let Ended { status, ledger } = ended;
        let figures: Figures = vec![
            ("books", status.books.len() as u64),
            ("frames", status.totals.frames),
            ("connections", ledger.connections.len() as u64),
        ];
        let wrong = match (ledger.ended, self.differing(status)) {
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

    /// The first book that is not live and the independent replay's.
    fn differing(&self, status: &Status) -> Option<String> {
        let books = self.truth.books.iter().filter(|(_, book)| book.is_live());
        let mut compared = 0;
        for (key, theirs) in books {
            let ours = status.books.iter().find(|book| key.is(&book.symbol, &book.kind));
            let Some(ours) = ours.filter(|book| book.state == BookState::Live) else {
                return Some(format!("{key} is {}", state(ours)));
            };
            let wrong = (ours.sequence != theirs.last)
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

/// Begins the recording when no more subscriptions come.
fn begin(venue: &VenueHandle) {
    let (mut known, mut since) = (0, 0);
    for _ in 0..STEPS {
        sleep(STEP);
        let ledger = venue.ledger();
        let asked = ledger.connections.iter().map(|conn| conn.subscriptions.len()).sum();
        since = if asked == known { since + 1 } else { 0 };
        known = asked;
        if known > 0 && since >= SETTLED {
            break;
        }
    }
    venue.play();
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

/// The certificate of the venue's authority, in a file as long as the trial lasts.
struct Authority(PathBuf);

impl Authority {
    fn write(venue: &VenueHandle) -> std::io::Result<Self> {
        let port = venue.addr().map_or(0, |address| address.port());
        let name = format!("patchbay-certify-{}-{port}.pem", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, venue.ca_pem())?;
        Ok(Self(path))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        // What cannot be removed costs room among temporary files, nothing else.
        fs::remove_file(&self.0).ok();
    }
}
