//! The catalogue of cards. A number, once given, keeps its meaning for ever.

use std::fmt;

use serde::Serialize;

/// What a card is about; the hundreds of its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Identity and manifest.
    Identity = 1,
    /// Instruments and lossless precision.
    Instruments = 2,
    /// Trades.
    Trades = 3,
    /// Books and figures.
    Books = 4,
    /// Sequences and resync under faults.
    Sequences = 5,
    /// Heartbeats and dead connections.
    Heartbeats = 6,
    /// Limits and bans.
    Limits = 7,
    /// Login and redaction.
    Login = 8,
    /// Any bytes.
    Bytes = 9,
    /// Determinism.
    Determinism = 10,
    /// Cost of a frame.
    Cost = 11,
    /// Purity.
    Purity = 12,
}

impl Group {
    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Identity => "Identity and manifest",
            Self::Instruments => "Instruments and lossless precision",
            Self::Trades => "Trades",
            Self::Books => "Books and figures",
            Self::Sequences => "Sequences and resync under faults",
            Self::Heartbeats => "Heartbeats and dead connections",
            Self::Limits => "Limits and bans",
            Self::Login => "Login and redaction",
            Self::Bytes => "Any bytes",
            Self::Determinism => "Determinism",
            Self::Cost => "Cost of a frame",
            Self::Purity => "Purity",
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// One thing that a certificate states.
#[derive(Debug, PartialEq, Eq)]
pub struct Card {
    /// Its number.
    pub number: u16,
    /// What it is about.
    pub group: Group,
    /// Its name.
    pub name: &'static str,
    /// What it proves if it passes.
    pub proves: &'static str,
    /// Cards without which it would judge the same fault a second time: where one of them failed,
    /// it is not verified.
    pub rests: &'static [u16],
}

/// What became of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Passed,
    /// It does not.
    Failed {
        /// The first thing that shows it.
        evidence: String,
    },
    /// Nobody can say.
    NotVerified {
        /// Why not.
        why: String,
    },
}

impl Verdict {
    /// In words.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "failed",
            Self::NotVerified { .. } => "not verified",
        }
    }
}
