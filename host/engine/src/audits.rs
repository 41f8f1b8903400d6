//! Whose book is compared with the venue's next.
//!
//! One book of an instance at a time, in turns. What decides is the time of turns alone, so that a
//! replay asks at the same turns.

use patchbay_book::Audit;
use patchbay_model::{InstrumentId, Nanos};

/// How often books are audited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditConfig {
    /// Between two audits of one instance, ns; 0 for none.
    pub interval_ns: Nanos,
}

/// After so long an answer is not awaited any more.
const PATIENCE: Nanos = 30_000_000_000;
/// No time at all.
const NEVER: Nanos = Nanos::MAX;

/// The audits of one instance.
pub(crate) struct Auditor {
    every: Nanos,
    /// When the next one is due.
    next: Nanos,
    /// Whose audit is asked for or going on, and until when it may.
    open: Option<(InstrumentId, Nanos)>,
    /// Whose was the last.
    last: Option<InstrumentId>,
    pub(crate) audit: Audit,
}

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing.
    Nothing,
    /// The book after this one, the first if there is none.
    After(Option<InstrumentId>),
    /// This one's answer has not come.
    Lost(InstrumentId),
}

impl Auditor {
    pub(crate) fn new(config: AuditConfig) -> Self {
        let next = if config.interval_ns > 0 { 0 } else { NEVER };
        let every = config.interval_ns;
        Self { every, next, open: None, last: None, audit: Audit::default() }
    }

    /// When it has to be looked at.
    pub(crate) fn wake(&self) -> Nanos {
        self.open.map_or(self.next, |(_, until)| until)
    }

    pub(crate) fn due(&mut self, now: Nanos) -> Due {
        match self.open {
            Some((id, until)) if until <= now => {
                self.close();
                Due::Lost(id)
            }
            None if self.next <= now => {
                self.next = now.saturating_add(self.every);
                Due::After(self.last)
            }
            _ => Due::Nothing,
        }
    }

    /// A book's turn has come.
    pub(crate) fn ask(&mut self, id: InstrumentId, now: Nanos) {
        self.last = Some(id);
        self.open = Some((id, now.saturating_add(PATIENCE)));
    }

    /// Whether this book's audit is going on.
    pub(crate) fn is_about(&self, id: InstrumentId) -> bool {
        self.audit.is_open() && self.open.is_some_and(|(open, _)| open == id)
    }

    /// It is over, whatever came of it.
    pub(crate) fn close(&mut self) {
        self.open = None;
        self.audit.end();
    }

    /// There will be no more.
    pub(crate) fn stop(&mut self) {
        self.close();
        self.next = NEVER;
    }
}
