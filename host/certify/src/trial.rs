//! The order of the trials.

use std::path::Path;

use patchbay_naive::Truth;
use patchbay_plugin::model::Instrument;

use crate::CertifyError;
use crate::cards::books::Books;
use crate::cards::faults::Faults;
use crate::cards::instruments::Lists;
use crate::cards::tape::Tapes;
use crate::cards::{
    bytes, cost, cure, heartbeats, identity, limits, live, login, precision, purity, reconnect,
    redaction,
};
use crate::certificate::Certificate;
use crate::corpus::{Corpus, Recording};
use crate::outcome::{Finding, Outcome, Outcomes};
use crate::session::{self, Session, listed, lists};
use crate::stage::Play;
use crate::subject::Subject;
use crate::tape::Tape;
use crate::venue::{self, Venue};

/// Recordings in which faults are tried: each try plays its start once more.
const FAULTY: usize = 4;

/// What a certificate is made with.
#[derive(Clone, Copy, Debug)]
pub struct Means<'a> {
    /// Recorded data; without it most cards are not verified.
    pub corpus: Option<&'a Corpus>,
    /// Recordings that are tried, the broadest first; that of the running host is always among them.
    pub recordings: usize,
    /// The program that becomes the confined child: it hands `certify --confined TRIAL --stage DIR
    /// FILE` to [`confined`](crate::confined).
    pub program: &'a Path,
}

/// Tries the adapter in `file`. `progress` is told what is tried next.
///
/// # Errors
///
/// If nothing can be said of the file, whatever it holds: the corpus cannot be read, or this machine
/// has no room for the trials.
pub fn certify(
    file: &Path,
    means: Means<'_>,
    mut progress: impl FnMut(&str),
) -> Result<Certificate, CertifyError> {
    let mut out = Outcomes::new();
    let subject = match Subject::load(file)? {
        Ok(subject) => subject,
        Err(refusal) => {
            out.insert(101, Outcome::failed(refusal.reason.to_string()));
            let adapter = file.file_name().unwrap_or_default().display().to_string();
            return Ok(Certificate {
                adapter,
                version: String::new(),
                sha256: String::new(),
                recordings: Vec::new(),
                cards: Certificate::rows(out, "the host refuses the file"),
            });
        }
    };
    let manifest = &subject.loaded.manifest;
    let (about, truth) = (venue::find(&manifest.name), patchbay_naive::venue(&manifest.name));
    let known = about.zip(truth);
    identity::try_all(&subject, known.is_some(), &mut out);
    let mut recordings = Vec::new();
    let mut why = "the certificate knows neither recordings nor rules of this venue";
    if let Some((venue, rules)) = known {
        why = "there is no corpus of recorded data; set PATCHBAY_CORPUS";
        if let Some(corpus) = means.corpus {
            why = "nothing recorded can show it";
            let found = corpus.recordings(rules).into_iter().enumerate();
            let tried = found.filter(|(place, (recording, _))| {
                *place < means.recordings || recording.name == venue.live
            });
            for (_, (recording, files)) in tried {
                progress(&format!("reading {}", recording.name));
                recordings.push(Recording::load(recording, files)?);
            }
        }
        if let Some(corpus) = means.corpus.filter(|_| !recordings.is_empty()) {
            let trials = Trials { subject: &subject, venue, rules, recordings: &recordings };
            trials.run(corpus, &mut out, &mut progress)?;
        }
    }
    progress("purity");
    purity::try_all(&subject, &recordings, means.program, &mut out)?;
    let sha256 = manifest.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Certificate {
        adapter: manifest.name.clone(),
        version: manifest.version.clone(),
        sha256,
        recordings: recordings.iter().map(|recording| recording.name).collect(),
        cards: Certificate::rows(out, why),
    })
}

/// An adapter whose venue is known and recorded.
struct Trials<'a> {
    subject: &'a Subject,
    venue: &'static Venue,
    rules: &'static patchbay_naive::Venue,
    recordings: &'a [Recording],
}

impl Trials<'_> {
    fn run(
        &self,
        corpus: &Corpus,
        out: &mut Outcomes,
        progress: &mut impl FnMut(&str),
    ) -> Result<(), CertifyError> {
        let lived = self.replays(out, progress);
        progress("sessions");
        self.sessions(out);
        progress("damaged messages");
        bytes::try_all(self.subject, self.recordings, out);
        let documented = corpus.documented(self.venue.name);
        out.insert(903, bytes::documented(self.subject, &documented, self.recordings));
        progress("cost");
        out.insert(1101, cost::measure(self.subject, self.recordings));
        self.live(lived, out, progress)
    }

    /// The running host, unless what it would say rests on a card that failed.
    fn live(
        &self,
        lived: Option<(&Recording, Truth, Vec<Instrument>)>,
        out: &mut Outcomes,
        progress: &mut impl FnMut(&str),
    ) -> Result<(), CertifyError> {
        let why = match (&lived, Certificate::is_withdrawn(507, out)) {
            (_, true) => "the running host is not tried: card 507 rests on one that failed",
            (None, _) => "the recording for the running host is not among those tried",
            _ => "",
        };
        let (Some((recording, truth, seen)), true) = (lived, why.is_empty()) else {
            for number in [507, 508, 802] {
                out.insert(number, Outcome::unverified(why));
            }
            out.entry(601).or_insert_with(|| Outcome::unverified(why));
            return Ok(());
        };
        progress("the running host");
        let play = Play::load(self.subject, self.venue, recording, seen)?;
        out.insert(802, redaction::search(&play)?);
        if truth.books.is_empty() {
            for number in [507, 508] {
                out.insert(number, Outcome::unverified("no book is recorded"));
            }
            return Ok(());
        }
        live::try_all(&live::Trial { play, truth }, out)
    }

    /// Every recording, alone and with an engine. What the running host needs of its recording.
    fn replays(
        &self,
        out: &mut Outcomes,
        progress: &mut impl FnMut(&str),
    ) -> Option<(&Recording, Truth, Vec<Instrument>)> {
        let Self { subject, venue, rules, recordings } = *self;
        let (mut tapes, mut books) = (Tapes::default(), Books::default());
        let (mut lists, mut faults) = (Lists::default(), Faults::default());
        let (mut digits, mut outlived) = (Finding::default(), Finding::default());
        let protocol = (venue.protocol)();
        let mut lived = None;
        for (number, recording) in recordings.iter().enumerate() {
            progress(recording.name);
            let mut player = match subject.player() {
                Ok(player) => player,
                Err(error) => {
                    out.insert(103, Outcome::failed(error.to_string()));
                    return None;
                }
            };
            let (tape, truth) = Tape::play(&mut player, rules, recording);
            tapes.compare(recording.name, &tape, &truth);
            lists.compare(player.instruments(), &truth);
            precision::compare(&mut player, &*protocol, recording, &mut digits);
            let mut tried = books.play(subject, rules, recording, &mut tapes);
            if number < FAULTY {
                tried = tried.and_then(|()| faults.play(subject, rules, &*protocol, recording));
            }
            tried = tried.and_then(|()| reconnect::compare(subject, recording, &mut outlived));
            if let Err(error) = tried {
                out.insert(103, Outcome::failed(error));
                return None;
            }
            if recording.name == venue.live {
                lived = Some((recording, truth, tape.seen.into_values().collect()));
            }
        }
        if let Some(mut session) = self.session() {
            reconnect::subscribe_again(&mut session, &mut outlived);
        }
        out.insert(201, lists.listed.outcome("no list of instruments is recorded"));
        out.insert(202, lists.steps.outcome("no list of instruments is recorded"));
        out.insert(203, digits.outcome("no list of instruments is recorded beside a book"));
        out.insert(506, outlived.outcome("nothing is recorded"));
        tapes.finish(out);
        books.finish(out);
        faults.finish(out);
        lived
    }

    /// The adapter, started with as many symbols as its lists hold, up to a dozen.
    fn session(&self) -> Option<Session<'_>> {
        let lists = lists(self.recordings);
        let symbols = listed(&mut self.subject.player().ok()?, &lists);
        Some(Session::start(self.subject.player().ok()?, self.answers(lists), &symbols))
    }

    /// Recorded lists, and the documented answer to who asks for a token.
    fn answers<'l>(&self, mut lists: session::Lists<'l>) -> session::Lists<'l> {
        lists.extend(self.venue.login.as_ref().and_then(|login| login.token));
        lists
    }

    fn sessions(&self, out: &mut Outcomes) {
        let lists = lists(self.recordings);
        let Ok(mut player) = self.subject.player() else { return };
        let symbols = listed(&mut player, &lists);
        let Some(mut session) = self.session() else { return };
        limits::try_all(self.subject, self.venue, &session, &symbols, out);
        let answers = self.answers(lists);
        out.insert(801, login::places(self.subject, self.venue, answers, &symbols));
        out.insert(505, cure::ask(&mut session, &symbols));
        heartbeats::try_all(&mut session, self.venue, out);
    }
}
