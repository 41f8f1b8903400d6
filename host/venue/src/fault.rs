//! Faults: what can go wrong, when, and to whom.

use std::time::Duration;

use serde::Serialize;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// The websocket ends: TCP reset, nothing said.
    Cut,
    /// Half of a frame is sent, then TCP reset.
    CutMidFrame,
    /// A close frame with a code, and the end.
    Close {
        /// RFC 6455, 7.4.
        code: u16,
    },
    /// The venue says that it will end, where it does, and ends `after_ms` later.
    Shutdown {
        /// Until the end.
        after_ms: u64,
    },
    /// From here on nothing is read or written, and the socket stays open. The kernel still
    /// acknowledges: this is a venue that hangs, not a cable that was cut.
    HalfOpen,
    /// As `HalfOpen`, but only for a time.
    Freeze {
        /// How long.
        ms: u64,
    },
    /// The frame is sent a byte at a time with a pause after each, `bytes` of them, the rest at once.
    SlowLoris {
        /// How many bytes are sent alone.
        bytes: u32,
        /// The pause.
        every_ms: u64,
    },
    /// The frame is sent as `pieces` websocket fragments, a ping in between.
    Fragments {
        /// How many.
        pieces: u32,
    },
    /// The frame is sent in TCP segments (with TLS: in records) of one byte.
    OneByteSegments,
    /// The frame is not sent.
    Drop,
    /// The frame is sent twice.
    Duplicate,
    /// The frame is sent after the next one of its stream.
    Reorder,
    /// The frame and all behind it are late; what the client says is still answered.
    Delay {
        /// How late.
        ms: u64,
    },
    /// One digit of one level of a change of a book is another; ids stay right.
    CorruptDigit,
    /// So many changes of a book are not sent.
    SequenceGap {
        /// How many.
        frames: u32,
    },
    /// The ids of one change of a book start again; those after it are as recorded.
    SequenceReset,
    /// `/depth` answers with the first recorded snapshot, however old.
    StaleSnapshot,
    /// REST answers 429.
    TooManyRequests {
        /// `Retry-After`.
        retry_after_s: u32,
    },
    /// REST answers 418, and keeps answering so until the ban is over.
    Banned {
        /// `Retry-After`, and how long the ban lasts.
        retry_after_s: u32,
    },
    /// REST answers a server error.
    ServerError {
        /// 500 to 504.
        status: u16,
    },
    /// The body of a REST answer ends before its length.
    TruncatedBody,
    /// A REST answer is late.
    SlowReply {
        /// How late.
        ms: u64,
    },
    /// The next TLS connection is shown a certificate that has expired.
    ExpiredCertificate,
    /// The next TLS connection is shown a certificate for another name.
    WrongName,
}

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// When a connection is accepted.
    Accept,
    /// When a REST call is answered.
    Rest,
    /// When a book is asked for.
    Book,
    /// When a frame is about to be sent.
    Frame,
    /// When a book or a change of one, with at least one level, is about to be sent.
    Depth,
    /// When it is a change.
    Change,
}

impl Fault {
    pub(crate) const fn place(&self) -> Place {
        match self {
            Self::ExpiredCertificate | Self::WrongName => Place::Accept,
            Self::StaleSnapshot => Place::Book,
            Self::TooManyRequests { .. }
            | Self::Banned { .. }
            | Self::ServerError { .. }
            | Self::TruncatedBody
            | Self::SlowReply { .. } => Place::Rest,
            Self::CorruptDigit | Self::SequenceGap { .. } => Place::Depth,
            // With another id a whole book would be as good as it was.
            Self::SequenceReset => Place::Change,
            _ => Place::Frame,
        }
    }
}

/// From when on a fault is due. It strikes the first thing after that which it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// So many frames of the recording have been played.
    Frame(u64),
    /// So long after the venue was first started.
    Elapsed(Duration),
}

/// Whom a fault strikes. What is `None` may be any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Number of the connection in the ledger.
    pub conn: Option<u64>,
    /// Streams, and books, whose name begins with this text, in lower case: `btcusdt@depth`.
    pub stream: Option<String>,
}

impl Target {
    /// Streams whose name begins with `prefix`.
    pub fn stream(prefix: &str) -> Self {
        Self { stream: Some(prefix.to_owned()), conn: None }
    }

    fn is(&self, conn: u64, stream: &str) -> bool {
        self.conn.is_none_or(|wanted| wanted == conn)
            && self.stream.as_deref().is_none_or(|prefix| stream.starts_with(prefix))
    }
}

/// One fault of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedFault {
    /// From when on.
    pub when: When,
    /// Whom.
    pub target: Target,
    /// What.
    pub fault: Fault,
    /// How many times it strikes.
    pub times: u32,
}

impl PlannedFault {
    /// A fault that strikes whatever comes first after `when`, once.
    pub fn new(when: When, fault: Fault) -> Self {
        Self { when, target: Target::default(), fault, times: 1 }
    }

    /// The same for one target.
    #[must_use]
    pub fn at(self, target: Target) -> Self {
        Self { target, ..self }
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

/// Where the venue stands, for what is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    pub(crate) frame: u64,
    pub(crate) elapsed: Duration,
}

impl Now {
    fn reached(self, when: When) -> bool {
        match when {
            When::Frame(frame) => self.frame >= frame,
            When::Elapsed(elapsed) => self.elapsed >= elapsed,
        }
    }
}

/// What will go wrong. After its end nothing does: what has not struck by then is withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FaultPlan {
    /// The faults, in any order.
    pub faults: Vec<PlannedFault>,
    /// Its end; `None` if faults wait as long as it takes.
    pub until: Option<When>,
}

/// A fault that strikes now.
#[derive(Clone, Debug)]
pub(crate) struct Strike {
    pub(crate) fault: Fault,
    /// For choices within the fault.
    pub(crate) seed: u64,
}

/// A plan being carried out.
#[derive(Debug)]
pub(crate) struct Running {
    plan: FaultPlan,
    struck: u64,
}

impl Running {
    pub(crate) fn new(plan: FaultPlan) -> Self {
        Self { plan, struck: 0 }
    }

    pub(crate) fn add(&mut self, fault: PlannedFault) {
        self.plan.faults.push(fault);
    }

    /// Whether any fault is left.
    pub(crate) fn is_over(&self) -> bool {
        self.plan.faults.is_empty()
    }

    /// Withdraws what is left if the plan is at its end.
    pub(crate) fn expire(&mut self, now: Now) -> Vec<PlannedFault> {
        match self.plan.until {
            Some(until) if now.reached(until) => std::mem::take(&mut self.plan.faults),
            _ => Vec::new(),
        }
    }

    /// The first fault of the plan that is due, fits one of `places` and means this target.
    pub(crate) fn strike(
        &mut self,
        now: Now,
        places: &[Place],
        conn: u64,
        stream: &str,
    ) -> Option<Strike> {
        let fits = |planned: &PlannedFault| {
            now.reached(planned.when)
                && places.contains(&planned.fault.place())
                && planned.target.is(conn, stream)
        };
        let index = self.plan.faults.iter().position(fits)?;
        let planned = &mut self.plan.faults[index];
        planned.times = planned.times.saturating_sub(1);
        let fault = planned.fault.clone();
        if planned.times == 0 {
            self.plan.faults.remove(index);
        }
        self.struck += 1;
        let seed = crate::random::Random::new(self.struck).next();
        Some(Strike { fault, seed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(frame: u64) -> Now {
        Now { frame, elapsed: Duration::ZERO }
    }

    #[test]
    fn a_fault_strikes_what_it_fits_when_it_is_due() {
        let stream = Target::stream("btcusdt@depth");
        let planned = PlannedFault::new(When::Frame(5), Fault::CorruptDigit).at(stream).times(2);
        let mut running =
            Running::new(FaultPlan { faults: vec![planned], until: Some(When::Frame(9)) });
        let mut strike = |at, places: &[Place], stream: &str| {
            running.strike(now(at), places, 1, stream).map(|strike| strike.fault)
        };
        let depth = [Place::Frame, Place::Depth];
        assert_eq!(strike(4, &depth, "btcusdt@depth@0ms"), None);
        assert_eq!(strike(5, &[Place::Frame], "btcusdt@depth@0ms"), None);
        assert_eq!(strike(5, &depth, "btcusdt@trade"), None);
        assert_eq!(strike(6, &depth, "btcusdt@depth@0ms"), Some(Fault::CorruptDigit));
        assert_eq!(running.expire(now(8)), []);
        assert_eq!(running.expire(now(9)).len(), 1);
        assert!(running.is_over());
    }
}
