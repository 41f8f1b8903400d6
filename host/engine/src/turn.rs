//! What goes into a step of the engine, and what comes out.

use patchbay_abi::Slot;
use patchbay_book::Difference;
use patchbay_model::{Instrument, InstrumentId, Nanos};

/// Exactly one thing that happened: a venue message, reply, timer or closed connection of one
/// adapter instance, with all that the adapter made of it.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// 1, 2, 3, ...
    pub number: u64,
    /// Host time.
    pub at_ns: Nanos,
    /// Adapter instance.
    pub instance: u32,
    /// Number of the input of that instance.
    pub ordinal: u64,
    /// Connection that it came on; 0 for none.
    pub conn: u32,
    /// Instruments defined by it, by the adapter's index; they precede its records.
    pub definitions: &'a [(u32, Instrument)],
    /// Records, each head slot with its continuation; instruments by the adapter's index.
    pub slots: &'a [Slot],
    /// What else it says about the connection or the instance.
    pub event: Event,
}

/// What a turn says beside its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing.
    None,
    /// A frame could not be read: what it said is lost.
    Rejected,
    /// The connection closed.
    Closed,
    /// The connection closed; another one carries its streams on, and nothing is lost with it.
    Replaced,
    /// The instance panicked and is not called again.
    Fault,
    /// The instance is retired: this is its last turn.
    Retired,
    /// The instance was told to ask for a snapshot to compare with: the adapter's index.
    Audit(u32),
    /// The instance has no snapshots to compare with.
    Unaudited,
}

/// What the engine wants done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask the adapter instance for a snapshot.
    Resync {
        /// Instance.
        instance: u32,
        /// `SCOPE_*`.
        scope_kind: u32,
        /// The adapter's number of it.
        scope: u32,
        /// Connection whose message showed the need; 0 for none.
        conn: u32,
    },
    /// Tell the adapter instance to ask for a snapshot to compare with. What comes of it is an input.
    Audit {
        /// Instance.
        instance: u32,
        /// The adapter's index of the instrument.
        index: u32,
    },
}

/// A book that was live and wrong, and by what it was found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Instrument.
    pub instrument: InstrumentId,
    /// The book's last update id.
    pub sequence: u64,
    /// What disagreed.
    pub proof: Proof,
}

/// What convicted a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The venue's own best bid and ask, at this level.
    Quote(Difference),
    /// A snapshot, at this level.
    Audit(Difference),
    /// Best bid not below best ask for longer than allowed.
    Crossed {
        /// Best bid.
        bid: i64,
        /// Best ask.
        ask: i64,
        /// For so long, ns.
        for_ns: Nanos,
    },
}

/// What came out of one step; cleared and filled by [`crate::Engine::step`].
#[derive(Debug, Default)]
pub struct Out {
    /// Records, instruments by host id, in order; last those of incidents in the quality of data.
    pub slots: Vec<Slot>,
    /// Where those begin.
    pub(crate) assessed: usize,
    /// What is to be done.
    pub actions: Vec<Action>,
    /// Books that were found to be wrong. They say so in `slots`; this is for people.
    pub incidents: Vec<Incident>,
    /// Instruments whose definition is new or changed.
    pub defined: Vec<InstrumentId>,
    /// Lines for the registry's file, to be written before anything of this turn is published.
    pub registry: Option<String>,
}

impl Out {
    /// With room for ordinary turns.
    pub fn new() -> Self {
        Self {
            slots: Vec::with_capacity(4096),
            assessed: 0,
            actions: Vec::with_capacity(64),
            incidents: Vec::with_capacity(16),
            defined: Vec::new(),
            registry: None,
        }
    }

    /// Incidents in the quality of data that begin or end with the turn; they stand in `slots`, too.
    pub fn quality(&self) -> &[Slot] {
        self.slots.get(self.assessed..).unwrap_or_default()
    }

    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.assessed = 0;
        self.actions.clear();
        self.incidents.clear();
        self.defined.clear();
        self.registry = None;
    }
}
