//! A certificate: every card with its verdict.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::card::{Card, Verdict};
use crate::catalogue::CARDS;
use crate::outcome::{Figures, Outcome, Outcomes};

/// What holds of one file.
#[derive(Debug, Serialize)]
pub struct Certificate {
    /// Name of the adapter, from its manifest; the file's if it could not be read.
    pub adapter: String,
    /// Version of the adapter.
    pub version: String,
    /// SHA-256 of the file, lower-case hexadecimal; empty if it could not be read.
    pub sha256: String,
    /// Names of the recordings that it was tried with.
    pub recordings: Vec<&'static str>,
    /// Every card of the catalogue, by number.
    pub cards: Vec<Row>,
}

/// One card of a certificate.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The card.
    #[serde(flatten)]
    #[serde(serialize_with = "card")]
    pub card: &'static Card,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Counts and measures, by what they are.
    #[serde(serialize_with = "figures")]
    pub figures: Figures,
}

#[derive(Serialize)]
struct About<'a> {
    number: u16,
    group: &'a str,
    name: &'a str,
    proves: &'a str,
}

fn card<S: Serializer>(card: &Card, to: S) -> Result<S::Ok, S::Error> {
    let Card { number, group, name, proves, .. } = *card;
    About { number, group: group.title(), name, proves }.serialize(to)
}

fn figures<S: Serializer>(figures: &Figures, to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(figures.iter().copied())
}

impl Certificate {
    /// Of what became of the cards. One that nobody judged is not verified; one that rests on a
    /// failed card is not, either.
    pub(crate) fn rows(mut outcomes: Outcomes, unjudged: &str) -> Vec<Row> {
        let failed = failed(&outcomes);
        let row = |card: &'static Card| {
            let outcome = outcomes.remove(&card.number);
            let outcome = outcome.unwrap_or_else(|| Outcome::unverified(unjudged));
            match ground(card, &failed) {
                Some(number) => {
                    let why = format!("it rests on card {number}, which failed");
                    Row { card, verdict: Verdict::NotVerified { why }, figures: Figures::new() }
                }
                None => Row { card, verdict: outcome.verdict, figures: outcome.figures },
            }
        };
        CARDS.iter().map(row).collect()
    }

    /// Whether a card rests on one that has failed.
    pub(crate) fn is_withdrawn(number: u16, outcomes: &Outcomes) -> bool {
        let card = crate::catalogue::find(number);
        card.is_some_and(|card| ground(card, &failed(outcomes)).is_some())
    }

    /// Cards that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Row> {
        self.cards.iter().filter(|row| matches!(row.verdict, Verdict::Failed { .. }))
    }
}

fn failed(outcomes: &Outcomes) -> Vec<u16> {
    let failed =
        |(_, outcome): &(&u16, &Outcome)| matches!(outcome.verdict, Verdict::Failed { .. });
    outcomes.iter().filter(failed).map(|(number, _)| *number).collect()
}

/// The failed card that a card rests on, directly or through others.
fn ground(card: &Card, failed: &[u16]) -> Option<u16> {
    card.rests.iter().find_map(|&number| {
        let below = crate::catalogue::find(number).and_then(|card| ground(card, failed));
        below.or_else(|| failed.contains(&number).then_some(number))
    })
}

/// A line a card, with what it proves where it does not pass.
impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { adapter, version, sha256, recordings, cards } = self;
        writeln!(f, "{adapter} {version}\nsha-256 {sha256}")?;
        writeln!(f, "tried with {} recordings", recordings.len())?;
        let mut group = None;
        for row in cards {
            if group != Some(row.card.group) {
                group = Some(row.card.group);
                writeln!(f, "\n{}", row.card.group)?;
            }
            let (number, name, word) = (row.card.number, row.card.name, row.verdict.word());
            write!(f, "{number:>5}  {word:<12}  {name}")?;
            for (at, (what, value)) in row.figures.iter().enumerate() {
                write!(f, "{}{what} {value}", if at == 0 { ": " } else { ", " })?;
            }
            writeln!(f)?;
            match &row.verdict {
                Verdict::Passed => {}
                Verdict::Failed { evidence } => {
                    writeln!(f, "       proves: {}\n       but: {evidence}", row.card.proves)?;
                }
                Verdict::NotVerified { why } => writeln!(f, "       {why}")?,
            }
        }
        let count = |word: &str| cards.iter().filter(|row| row.verdict.word() == word).count();
        let (passed, failed) = (count("passed"), count("failed"));
        let rest = count("not verified");
        write!(f, "\n{passed} passed, {failed} failed, {rest} not verified")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(failed: u16) -> Vec<(u16, &'static str)> {
        let mut outcomes: Outcomes =
            CARDS.iter().map(|card| (card.number, Outcome::passed(Figures::new()))).collect();
        outcomes.insert(failed, Outcome::failed("shown"));
        let rows = Certificate::rows(outcomes, "nobody tried");
        let other = rows.iter().filter(|row| row.verdict != Verdict::Passed);
        other.map(|row| (row.card.number, row.verdict.word())).collect()
    }

    #[test]
    fn what_rests_on_a_failed_card_is_not_verified_through_others_too() {
        let withdrawn = |numbers: &[u16]| -> Vec<(u16, &'static str)> {
            numbers.iter().map(|number| (*number, "not verified")).collect()
        };
        assert_eq!(verdicts(302), [(302, "failed")]);
        let mut expected = withdrawn(&[401, 403, 404, 405]);
        expected.push((501, "failed"));
        expected.extend(withdrawn(&[502, 503, 504, 506, 507, 508, 802]));
        assert_eq!(verdicts(501), expected);
    }

    #[test]
    fn a_card_that_nobody_judged_says_why() {
        let rows = Certificate::rows(Outcomes::new(), "nobody tried");
        let why = Verdict::NotVerified { why: "nobody tried".to_owned() };
        assert!(rows.len() == CARDS.len() && rows.iter().all(|row| row.verdict == why));
    }
}
