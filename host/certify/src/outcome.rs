//! What a card says, before it is known whether the cards that it rests on hold.

use std::collections::BTreeMap;

use crate::card::Verdict;

/// Counts and measures of a card, by what they are.
pub type Figures = Vec<(&'static str, u64)>;

/// A verdict with its figures.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) figures: Figures,
}

impl Outcome {
    pub(crate) const fn passed(figures: Figures) -> Self {
        Self { verdict: Verdict::Passed, figures }
    }

    pub(crate) fn failed(evidence: impl Into<String>) -> Self {
        let verdict = Verdict::Failed { evidence: evidence.into() };
        Self { verdict, figures: Figures::new() }
    }

    pub(crate) fn unverified(why: impl Into<String>) -> Self {
        let verdict = Verdict::NotVerified { why: why.into() };
        Self { verdict, figures: Figures::new() }
    }

    /// Passed if something was compared, otherwise not verified.
    pub(crate) fn backed(figures: Figures, compared: u64, missing: &str) -> Self {
        match compared {
            0 => Self { figures, ..Self::unverified(missing) },
            _ => Self::passed(figures),
        }
    }
}

/// Outcomes by number.
pub(crate) type Outcomes = BTreeMap<u16, Outcome>;

/// What a card finds while recording after recording is played: the first failure, and sums.
#[derive(Debug, Default)]
pub(crate) struct Finding {
    evidence: Option<String>,
    figures: Figures,
}

impl Finding {
    pub(crate) fn add(&mut self, name: &'static str, more: u64) {
        match self.figures.iter_mut().find(|figure| figure.0 == name) {
            Some(figure) => figure.1 += more,
            None => self.figures.push((name, more)),
        }
    }

    /// Keeps the first evidence.
    pub(crate) fn fail(&mut self, evidence: impl FnOnce() -> String) {
        self.evidence.get_or_insert_with(evidence);
    }

    /// Not verified if the first figure is 0.
    pub(crate) fn outcome(self, missing: &str) -> Outcome {
        let Self { evidence, figures } = self;
        let compared = figures.first().map_or(0, |figure| figure.1);
        match evidence {
            Some(evidence) => Outcome { figures, ..Outcome::failed(evidence) },
            None => Outcome::backed(figures, compared, missing),
        }
    }
}
