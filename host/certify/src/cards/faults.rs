//! 502 to 504: one change lost, repeated or exchanged, through adapter and engine.

use std::collections::BTreeMap;

use patchbay_naive::{Key, Replay, Truth, Venue};
use patchbay_plugin::abi::DEPTH_SNAPSHOT;

use crate::corpus::Recording;
use crate::feed::Feed;
use crate::outcome::{Finding, Outcomes};
use crate::subject::{Subject, input, key};

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

/// Changes of books in a recording: place, book, and the place of the next one of that book.
struct Change {
    at: usize,
    next: usize,
    of: Key,
}

impl Faults {
    pub(crate) fn play(
        &mut self,
        subject: &Subject,
        venue: &Venue,
        recording: &Recording,
    ) -> Result<(), String> {
        for finding in [&mut self.lost, &mut self.repeated, &mut self.exchanged] {
            finding.add("tries", 0);
        }
        let changes = changes(subject, venue, recording)?;
        let every = (changes.len() / TRIES).max(1);
        for change in changes.iter().step_by(every).take(TRIES) {
            let name = recording.name;
            let place = format!("{name}: {}, record {}", change.of, change.at);
            self.lose(subject, venue, recording, change, &place)?;
            self.repeat(subject, venue, recording, change, &place)?;
            self.exchange(subject, venue, recording, change, &place)?;
        }
        Ok(())
    }

    fn lose(
        &mut self,
        subject: &Subject,
        venue: &Venue,
        recording: &Recording,
        change: &Change,
        place: &str,
    ) -> Result<(), String> {
        let (mut feed, replay) = until(subject, venue, recording, change.at)?;
        let before = feed.live(replay.truth());
        for record in &recording.records[change.at + 1..=change.next] {
            feed.give(record)?;
            if !feed.is_live(&change.of) {
                break;
            }
        }
        self.lost.add("tries", 1);
        if feed.is_live(&change.of) {
            self.lost.fail(|| format!("{place}: left out, and the next change was applied"));
            return Ok(());
        }
        let touched = before.iter().find(|other| **other != change.of && !feed.is_live(other));
        if let Some(other) = touched {
            self.lost.fail(|| format!("{place}: left out, and {other} is no longer live either"));
        }
        Ok(())
    }

    fn repeat(
        &mut self,
        subject: &Subject,
        venue: &Venue,
        recording: &Recording,
        change: &Change,
        place: &str,
    ) -> Result<(), String> {
        let (mut feed, mut replay) = until(subject, venue, recording, change.at)?;
        let records = &recording.records;
        feed.give(&records[change.at])?;
        for record in &records[change.at..(change.at + AFTER).min(records.len())] {
            feed.give(record)?;
            replay.step(record);
        }
        self.repeated.add("tries", 1);
        if let Err(wrong) = feed.compare(replay.truth(), false) {
            self.repeated.fail(|| format!("{place}: sent twice, and then {wrong}"));
        }
        Ok(())
    }

    /// The change comes after the next one of its book: the book is not live until a snapshot, or it
    /// is right.
    fn exchange(
        &mut self,
        subject: &Subject,
        venue: &Venue,
        recording: &Recording,
        change: &Change,
        place: &str,
    ) -> Result<(), String> {
        let (mut feed, mut replay) = until(subject, venue, recording, change.at)?;
        let records = &recording.records;
        for record in &records[change.at + 1..=change.next] {
            feed.give(record)?;
        }
        feed.give(&records[change.at])?;
        for record in &records[change.at..=change.next] {
            replay.step(record);
        }
        self.exchanged.add("tries", 1);
        if feed.is_live(&change.of) {
            let only = only(replay.truth(), &change.of);
            if let Err(wrong) = feed.compare(&only, false) {
                self.exchanged.fail(|| format!("{place}: exchanged with the next, and {wrong}"));
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self, out: &mut Outcomes) {
        let missing = "no chained changes of a book are recorded";
        out.insert(502, self.lost.outcome(missing));
        out.insert(503, self.repeated.outcome(missing));
        out.insert(504, self.exchanged.outcome(missing));
    }
}

/// Feed and independent replay with everything before `at`.
fn until(
    subject: &Subject,
    venue: &Venue,
    recording: &Recording,
    at: usize,
) -> Result<(Feed, Replay), String> {
    let (mut feed, mut replay) = (Feed::new(subject)?, Replay::new(venue));
    for record in &recording.records[..at] {
        feed.give(record)?;
        replay.step(record);
    }
    Ok((feed, replay))
}

/// The truth of one book.
fn only(truth: &Truth, of: &Key) -> Truth {
    let books: BTreeMap<_, _> = truth
        .books
        .iter()
        .filter(|(key, _)| *key == of)
        .map(|(k, b)| (k.clone(), b.clone()))
        .collect();
    Truth { books, ..Truth::default() }
}

/// Frames among the first that change a live book at which ids can be missed, each with the next of
/// its book.
fn changes(subject: &Subject, venue: &Venue, recording: &Recording) -> Result<Vec<Change>, String> {
    let mut player = subject.player().map_err(|error| error.to_string())?;
    player.plan(&[]);
    let (mut feed, mut replay) = (Feed::new(subject)?, Replay::new(venue));
    let mut last: BTreeMap<Key, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (at, record) in recording.records.iter().enumerate().take(REACH) {
        let played = player.play(&input(record));
        let live: Vec<_> = {
            let truth = replay.truth();
            let depths = played.records().filter_map(|r| {
                let depth = r.depth().filter(|d| d.flags & DEPTH_SNAPSHOT == 0)?;
                player.instruments().get(depth.head.instrument as usize)
            });
            depths
                .filter_map(|about| key(&truth.books, about))
                .filter(|of| feed.is_live(of))
                .collect()
        };
        replay.step(record);
        feed.give(record)?;
        if let [of] = live.as_slice()
            && let Some(before) = last.insert(of.clone(), at)
        {
            found.push(Change { at: before, next: at, of: of.clone() });
        }
    }
    Ok(found)
}
