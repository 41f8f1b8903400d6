//! 502 to 504: one change lost, repeated or exchanged, through adapter and engine.

use std::collections::BTreeMap;

use patchbay_naive::{Key, Recorded, Replay, Truth, Venue, What};
use patchbay_plugin::abi::DEPTH_SNAPSHOT;
use patchbay_venue::{Depth, Protocol};

use crate::corpus::Recording;
use crate::feed::Feed;
use crate::outcome::{Finding, Outcomes};
use crate::subject::{Subject, connection, input, key};

/// Records of a recording in which a fault is tried.
const REACH: usize = 3000;
/// Faults of a kind tried in a recording.
const TRIES: usize = 8;
/// Records that are played after a fault.
const AFTER: usize = 200;

/// What the cards find, recording after recording.
#[derive(Default)]
pub(crate) struct Faults {
    lost: Finding,
    repeated: Finding,
    exchanged: Finding,
}

/// A recording that faults are put into.
struct Bench<'a> {
    subject: &'a Subject,
    venue: &'a Venue,
    protocol: &'a dyn Protocol,
    recording: &'a Recording,
    /// The connection over which changes of a book came last.
    conns: BTreeMap<Key, u32>,
    /// Changes are recorded that say of which ids they are, from one to another.
    has_ranges: bool,
}

/// A change of a book in a recording: place, book, and the place of the next one of that book.
struct Change {
    at: usize,
    next: usize,
    of: Key,
    /// The venue counts the messages of a connection, and not those of a book.
    is_shared: bool,
}

/// What a fault showed that it must not.
type Wrong = Option<String>;

/// Puts a fault into a recording, at a change.
type Fault<'a> = fn(&Bench<'a>, &Change) -> Result<Wrong, String>;

impl Faults {
    pub(crate) fn play(
        &mut self,
        subject: &Subject,
        venue: &Venue,
        protocol: &dyn Protocol,
        recording: &Recording,
    ) -> Result<(), String> {
        let mut bench = Bench {
            subject,
            venue,
            protocol,
            recording,
            conns: BTreeMap::new(),
            has_ranges: false,
        };
        let changes = bench.changes()?;
        let every = (changes.len() / TRIES).max(1);
        let faults: [(_, Fault<'_>); 3] = [
            (&mut self.lost, Bench::lose),
            (&mut self.repeated, Bench::repeat),
            (&mut self.exchanged, Bench::exchange),
        ];
        for (finding, fault) in faults {
            finding.add("tries", 0);
            for change in changes.iter().step_by(every).take(TRIES) {
                finding.add("tries", 1);
                if let Some(wrong) = fault(&bench, change)? {
                    let (name, Change { of, at, .. }) = (recording.name, change);
                    finding.fail(|| format!("{name}: {of}, record {at}: {wrong}"));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self, out: &mut Outcomes) {
        let missing = "no change of a book that says what it follows is recorded";
        out.insert(502, self.lost.outcome(missing));
        out.insert(503, self.repeated.outcome(missing));
        out.insert(504, self.exchanged.outcome(missing));
    }
}

impl Bench<'_> {
    /// The change is left out. Without update ids a checksum must show it, unless all that the
    /// checksum covers is right all the same.
    fn lose(&self, change: &Change) -> Result<Wrong, String> {
        let (mut feed, mut replay) = self.until(change.at)?;
        let before = feed.live(replay.truth());
        let records = &self.recording.records[change.at..=change.next];
        for record in &records[1..] {
            feed.give(record)?;
            if !feed.is_live(&change.of) {
                break;
            }
        }
        if !feed.is_live(&change.of) {
            let touched = |other: &&Key| !self.is_counted_with(change, other);
            let touched = before.iter().filter(touched).find(|other| !feed.is_live(other));
            return Ok(touched.map(|other| format!("left out, and {other} is not live either")));
        }
        records.iter().for_each(|record| replay.step(record));
        let only = only(replay.truth(), &change.of);
        let harmless = !has_ids(&only) && feed.compare(&only, false).is_ok();
        Ok((!harmless).then(|| "left out, and the next change was applied".to_owned()))
    }

    /// The change is sent twice: the book stays live and right, or waits for its snapshot where by
    /// what is recorded a repeat cannot be told from a loss, whatever the adapter says of it.
    fn repeat(&self, change: &Change) -> Result<Wrong, String> {
        let (mut feed, mut replay) = self.until(change.at)?;
        let records = &self.recording.records;
        let gaps = |replay: &Replay| replay.truth().gaps;
        replay.step(&records[change.at]);
        let before = gaps(&replay);
        feed.give(&records[change.at])?;
        // Quantities are absolute: nothing but gaps is otherwise for the repeat.
        replay.step(&records[change.at]);
        let is_ambiguous = gaps(&replay) > before && self.is_chained(&records[change.at]);
        feed.give(&records[change.at])?;
        for record in &records[change.at + 1..(change.at + AFTER).min(records.len())] {
            feed.give(record)?;
            replay.step(record);
        }
        let mut truth = replay.into_truth();
        if is_ambiguous && !feed.is_live(&change.of) {
            truth.books.remove(&change.of);
        }
        let wrong = feed.compare(&truth, false).err();
        Ok(wrong.map(|wrong| format!("sent twice, and then {wrong}")))
    }

    /// The change comes after the next one of its book: the book is not live until a snapshot, or it
    /// is right. Without update ids it may be right as of the change, if that is what the checksum
    /// says.
    fn exchange(&self, change: &Change) -> Result<Wrong, String> {
        let (mut feed, mut replay) = self.until(change.at)?;
        let records = &self.recording.records[change.at..=change.next];
        for record in records[1..].iter().chain(&records[..1]) {
            feed.give(record)?;
        }
        if !feed.is_live(&change.of) {
            return Ok(None);
        }
        replay.step(&records[0]);
        let early = only(replay.truth(), &change.of);
        records[1..].iter().for_each(|record| replay.step(record));
        let wrong = feed.compare(&only(replay.truth(), &change.of), false).err();
        let wrong = wrong.filter(|_| has_ids(&early) || feed.compare(&early, false).is_err());
        Ok(wrong.map(|wrong| format!("exchanged with the next, and {wrong}")))
    }

    /// Whether a gap at the change is one of the other book, too.
    fn is_counted_with(&self, change: &Change, other: &Key) -> bool {
        let conn = |of| self.conns.get(of);
        let shared = change.is_shared && conn(other) == conn(&change.of);
        *other == change.of || shared
    }

    /// Feed and independent replay with everything before `at`.
    fn until(&self, at: usize) -> Result<(Feed, Replay), String> {
        let (mut feed, mut replay) = (Feed::new(self.subject)?, Replay::new(self.venue));
        for record in &self.recording.records[..at] {
            feed.give(record)?;
            replay.step(record);
        }
        Ok((feed, replay))
    }

    /// Whether the venue counts the frame with all others of its connection.
    fn is_shared(&self, record: &Recorded) -> bool {
        let What::Frame(text) = &record.what else { return false };
        let product = self.protocol.product_of_frame(text.as_bytes());
        product.is_some_and(|product| self.protocol.counts(product))
    }

    /// The update ids in a recorded frame.
    fn ids(&self, record: &Recorded) -> Option<Depth> {
        let What::Frame(text) = &record.what else { return None };
        self.protocol.told(text.as_bytes())?.depth
    }

    /// Whether the venue names but the id before a change's own one: the repeat may be the next of a
    /// chain that was begun again.
    fn is_chained(&self, record: &Recorded) -> bool {
        !self.has_ranges && self.ids(record).is_some_and(|ids| ids.previous.is_some())
    }

    /// Frames among the first that change a live book, each with the next of its book: of venues that
    /// say by an id or a checksum what a change follows. Where nothing does, nothing is to be missed.
    fn changes(&mut self) -> Result<Vec<Change>, String> {
        let mut player = self.subject.player().map_err(|error| error.to_string())?;
        player.plan(&[]);
        let (mut feed, mut replay) = self.until(0)?;
        let mut last: BTreeMap<Key, usize> = BTreeMap::new();
        let mut found = Vec::new();
        for (at, record) in self.recording.records.iter().enumerate().take(REACH) {
            let played = player.play(&input(record));
            let depths = played.records().filter_map(|record| {
                let depth = record.depth().filter(|depth| depth.flags & DEPTH_SNAPSHOT == 0)?;
                let about = player.instruments().get(depth.head.instrument as usize)?;
                key(&replay.truth().books, about)
            });
            let live: Vec<_> = depths.filter(|of| feed.is_live(of)).collect();
            self.has_ranges |= self.ids(record).is_some_and(|ids| ids.first < ids.last);
            replay.step(record);
            feed.give(record)?;
            if let [of] = live.as_slice() {
                self.conns.insert(of.clone(), connection(record));
                let truth = replay.truth();
                let is_told = truth.books[of].last != 0 || truth.checksums.made > 0;
                if let Some(before) = last.insert(of.clone(), at).filter(|_| is_told) {
                    let (of, is_shared) = (of.clone(), self.is_shared(record));
                    found.push(Change { at: before, next: at, of, is_shared });
                }
            }
        }
        Ok(found)
    }
}

/// Whether changes of the books have update ids.
fn has_ids(truth: &Truth) -> bool {
    truth.books.values().any(|book| book.last != 0)
}

/// The truth of one book.
fn only(truth: &Truth, of: &Key) -> Truth {
    let book = truth.books.get_key_value(of).map(|(key, book)| (key.clone(), book.clone()));
    Truth { books: book.into_iter().collect(), ..Truth::default() }
}
