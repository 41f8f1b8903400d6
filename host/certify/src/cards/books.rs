//! 401, 403, 404, 405: books along a recording.

use patchbay_naive::{Replay, Truth, Venue};

use crate::cards::tape::Tapes;
use crate::corpus::Recording;
use crate::feed::Feed;
use crate::outcome::{Finding, Outcomes};
use crate::subject::Subject;

/// Places along a recording at which all books are compared.
const PLACES: usize = 24;

/// What the cards find, recording after recording.
#[derive(Default)]
pub(crate) struct Books {
    equal: Finding,
    ticker: Finding,
    checksum: Finding,
    crossed: Finding,
}

impl Books {
    /// Plays a recording through adapter and engine, the independent replay beside it.
    pub(crate) fn play(
        &mut self,
        subject: &Subject,
        venue: &Venue,
        recording: &Recording,
        tapes: &mut Tapes,
    ) -> Result<(), String> {
        let (mut feed, mut replay) = (Feed::new(subject)?, Replay::new(venue));
        let every = (recording.records.len() / PLACES).max(1);
        let name = recording.name;
        for (at, record) in recording.records.iter().enumerate() {
            replay.step(record);
            feed.give(record)?;
            if at % every == every - 1 {
                self.look(name, &feed, replay.truth(), false);
            }
        }
        let truth = replay.into_truth();
        self.look(name, &feed, &truth, true);
        tapes.compare_gaps(name, feed.tally().gaps, truth.gaps);
        self.count(name, &feed, &truth);
        Ok(())
    }

    fn look(&mut self, name: &str, feed: &Feed, truth: &Truth, whole: bool) {
        self.equal.add("comparisons", 0);
        match feed.compare(truth, whole) {
            Ok(compared) => self.equal.add("comparisons", compared),
            Err(wrong) => self.equal.fail(|| format!("{name}: {wrong}")),
        }
    }

    fn count(&mut self, name: &str, feed: &Feed, truth: &Truth) {
        let tally = feed.tally();
        if let Some(fault) = feed.fault() {
            self.equal.fail(|| format!("{name}: {fault}"));
        }
        self.equal.add("changes", tally.applied);
        self.ticker.add("comparisons", tally.quote_checks);
        if tally.quote_convictions > 0 {
            let (wrong, all) = (tally.quote_convictions, tally.quote_checks);
            self.ticker.fail(|| format!("{name}: {wrong} of {all} comparisons disagree"));
        }
        self.checksum.add("checksums", truth.checksums.made);
        let checked = truth.books.iter().filter(|_| truth.checksums.made > 0);
        for (key, _) in checked.filter(|(_, book)| book.is_live()) {
            let ours = feed.book(key).map(|(book, _)| book.evidence());
            if ours != Some(patchbay_book::Evidence::Checksummed) {
                self.checksum.fail(|| format!("{name}: {key} ends as {ours:?}"));
            }
        }
        self.crossed.add("changes", tally.applied);
        if tally.crossed > 0 {
            let crossed = tally.crossed;
            self.crossed.fail(|| format!("{name}: {crossed} changes left a book crossed"));
        }
    }

    pub(crate) fn finish(self, out: &mut Outcomes) {
        out.insert(401, self.equal.outcome("no book is recorded"));
        let ticker = "no best bid and ask is recorded at the update id of a book";
        out.insert(403, self.ticker.outcome(ticker));
        out.insert(404, self.checksum.outcome("the venue sends none, or none is recorded"));
        out.insert(405, self.crossed.outcome("no book is recorded"));
    }
}
