//! A place in the line for tokens.

use std::sync::Arc;

use patchbay_abi::{
    PURPOSE_ACCOUNT, PURPOSE_AUDIT, PURPOSE_CANCEL, PURPOSE_ORDER, PURPOSE_REFERENCE,
    PURPOSE_SESSION, PURPOSE_SNAPSHOT, PURPOSE_TIME,
};
use patchbay_model::Nanos;

use super::Buckets;

/// What wants tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// An HTTP request, by `PURPOSE_*`.
    Request(u32),
    /// An attempt to connect.
    Connect,
    /// A frame over an open connection.
    Frame,
}

impl Ask {
    /// The less, the sooner: cancels first, audits last.
    pub(super) const fn rank(self) -> u8 {
        match self {
            Self::Request(PURPOSE_CANCEL) => 0,
            Self::Request(PURPOSE_ORDER) | Self::Frame => 1,
            Self::Connect => 2,
            Self::Request(PURPOSE_SNAPSHOT) => 3,
            Self::Request(PURPOSE_SESSION) => 4,
            Self::Request(PURPOSE_ACCOUNT) => 5,
            Self::Request(PURPOSE_TIME) => 6,
            Self::Request(PURPOSE_REFERENCE) => 8,
            Self::Request(PURPOSE_AUDIT) => 9,
            Self::Request(_) => 7,
        }
    }
}

/// A place in the line, or a request that was granted; dropping it gives either up.
pub(crate) struct Ticket {
    pub(super) buckets: Arc<Buckets>,
    pub(super) rank: u8,
    pub(super) number: u64,
    pub(super) done: bool,
}

impl Ticket {
    /// The less, the sooner it is served.
    pub(crate) const fn place(&self) -> (u8, u64) {
        (self.rank, self.number)
    }

    /// Takes the tokens, if nobody ahead needs them.
    pub(crate) fn take(&self, now: Nanos) -> Result<(), Wait> {
        self.buckets.take((self.rank, self.number), now)
    }

    /// What became of the request; until when nothing goes, if it was forbidden.
    pub(crate) fn ended(mut self, verdict: Verdict, now: Nanos) -> Option<Nanos> {
        self.done = true;
        self.buckets.ended(self.number, verdict, now)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.done {
            self.buckets.give_up((self.rank, self.number));
        }
    }
}

/// Why a ticket is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Worth asking again at this time.
    Until(Nanos),
    /// The venue forbids it until then.
    Banned(Nanos),
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// An answer, whatever it says.
    Answered,
    /// No answer.
    Nothing,
    /// 429: wait this long, if it says so.
    Slower(Option<Nanos>),
    /// 418: as 429, for connects as well.
    Banned(Option<Nanos>),
}
