//! What is asked, as it stands on a line: names of fields, defaults and bounds.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{MAX_EVERY_MS, MIN_EVERY_MS, Verb};
use crate::status::{Detail, MAX_LEVELS, MAX_LOG_LINES, MAX_MESSAGES, MessageKind, TapeQuery};

/// Their names.
pub(super) const QUERIES: [&str; 6] = ["status", "watch", "books", "plugins", "log", "tape"];

/// The verbs that ask, with their fields.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Query {
    Status {
        #[serde(default = "one")]
        levels: usize,
        #[serde(default)]
        deep: Vec<String>,
        #[serde(default = "twenty")]
        log: usize,
        #[serde(default)]
        tape: Option<TapeQuery>,
    },
    Watch {
        every_ms: u64,
        #[serde(default = "one")]
        levels: usize,
        #[serde(default)]
        deep: Vec<String>,
        #[serde(default = "twenty")]
        log: usize,
        #[serde(default)]
        tape: Option<TapeQuery>,
    },
    Books {
        #[serde(default)]
        symbols: Vec<String>,
        #[serde(default = "twenty")]
        levels: usize,
    },
    Plugins {},
    Log {
        #[serde(default)]
        after: u64,
    },
    Tape(TapeQuery),
}

const fn one() -> usize {
    1
}

const fn twenty() -> usize {
    20
}

impl Query {
    /// `None` for what is no question.
    pub(super) fn of(verb: &Verb) -> Option<Self> {
        Some(match verb.clone() {
            Verb::Status(Detail { levels, deep, log, tape }) => {
                Self::Status { levels, deep, log, tape }
            }
            Verb::Watch { every_ms, detail: Detail { levels, deep, log, tape } } => {
                Self::Watch { every_ms, levels, deep, log, tape }
            }
            Verb::Books { symbols, levels } => Self::Books { symbols, levels },
            Verb::Plugins => Self::Plugins {},
            Verb::Log { after } => Self::Log { after },
            Verb::Tape(query) => Self::Tape(query),
            Verb::Operate(_) => return None,
        })
    }

    /// What is asked, if it can be answered.
    pub(super) fn verb(self) -> Result<Verb, String> {
        Ok(match self {
            Self::Status { levels, deep, log, tape } => {
                Verb::Status(detail(levels, deep, log, tape)?)
            }
            Self::Watch { every_ms, levels, deep, log, tape } => {
                let every_ms = within("every_ms", every_ms, MIN_EVERY_MS, MAX_EVERY_MS)?;
                Verb::Watch { every_ms, detail: detail(levels, deep, log, tape)? }
            }
            Self::Books { symbols, levels } => {
                let levels = within("levels", levels, 0, MAX_LEVELS)?;
                Verb::Books { symbols, levels }
            }
            Self::Plugins {} => Verb::Plugins,
            Self::Log { after } => Verb::Log { after },
            Self::Tape(query) => Verb::Tape(asked(query)?),
        })
    }
}

fn detail(
    levels: usize,
    deep: Vec<String>,
    log: usize,
    tape: Option<TapeQuery>,
) -> Result<Detail, String> {
    let levels = within("levels", levels, 0, MAX_LEVELS)?;
    let log = within("log", log, 0, MAX_LOG_LINES)?;
    Ok(Detail { levels, deep, log, tape: tape.map(asked).transpose()? })
}

/// A query for messages, if it is one that can be answered.
fn asked(query: TapeQuery) -> Result<TapeQuery, String> {
    if query.symbol.is_empty() {
        return Err("`symbol` must name an instrument".to_owned());
    }
    if query.only == Some(MessageKind::Unknown) {
        let known: Vec<&str> = MessageKind::ALL.iter().map(|kind| kind.word()).collect();
        return Err(format!("`only` must be one of {}", known.join(", ")));
    }
    within("back", query.back, 0, MAX_MESSAGES)?;
    within("ahead", query.ahead, 0, MAX_MESSAGES)?;
    Ok(query)
}

/// No clamping: who asks for more than there can be should know that it does not come.
fn within<T: PartialOrd + fmt::Display>(name: &str, found: T, min: T, max: T) -> Result<T, String> {
    if min <= found && found <= max {
        return Ok(found);
    }
    Err(format!("`{name}` is {found} and must be from {min} to {max}"))
}
