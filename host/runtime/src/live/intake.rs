//! The engine's end of an adapter instance, and how such ends come and go.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use patchbay_engine::Action;
use rtrb::{Consumer, Producer, PushError, RingBuffer};
use tokio::sync::mpsc::Sender;

use super::journal::Introduction;
use super::ring::Inbox;
use super::shared::IoCounts;
use super::signal::{Retirement, Signal};

/// What the engine thread has of an adapter instance. The first message in `inbox` is the one in
/// which the instance was made.
pub(crate) struct Intake {
    /// Number of the instance.
    pub(crate) number: u32,
    /// Its venue.
    pub(crate) venue: String,
    /// Stocks are wanted of it.
    pub(crate) stocks: bool,
    /// What it says.
    pub(crate) inbox: Inbox,
    /// What is asked of it.
    pub(crate) orders: Sender<Action>,
    pub(crate) counts: Arc<IoCounts>,
    pub(crate) signal: Arc<Signal>,
    /// For the journal, until it is handed over.
    pub(crate) introduction: Option<Box<Introduction>>,
}

/// What the plugin thread asks of the engine thread.
pub(crate) enum Change {
    /// Take an instance in.
    Attach(Box<Intake>),
    /// Tell an instance to go, once the engine has come to those inputs of others.
    Retire {
        /// Number of the instance.
        number: u32,
        /// Instance and ordinal.
        after: Vec<(u32, u64)>,
        /// How it goes.
        how: Retirement,
    },
}

/// The engine thread's end of what is changed while it runs.
pub(crate) struct Changes {
    asked: Consumer<Change>,
    /// Retirements that wait.
    waiting: Vec<Change>,
    /// Ends of instances that are gone, for the plugin thread to free.
    gone: Producer<Box<Intake>>,
}

/// The plugin thread's end.
pub(crate) struct Board {
    ask: Producer<Change>,
    gone: Consumer<Box<Intake>>,
}

/// Changes that may wait.
const CHANGES: usize = 256;

/// Both ends.
pub(crate) fn channel() -> (Board, Changes) {
    let (ask, asked) = RingBuffer::new(CHANGES);
    let (returned, gone) = RingBuffer::new(CHANGES);
    (Board { ask, gone }, Changes { asked, waiting: Vec::with_capacity(16), gone: returned })
}

impl Board {
    /// Hands a change over; waits for room as long as there is an engine.
    pub(crate) fn ask(&mut self, change: Change) {
        let mut change = Some(change);
        while let Some(this) = change.take() {
            if let Err(PushError::Full(back)) = self.ask.push(this) {
                if self.ask.is_abandoned() {
                    return;
                }
                change = Some(back);
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    /// The engine's end of an instance that is gone.
    pub(crate) fn gone(&mut self) -> Option<Box<Intake>> {
        self.gone.pop().ok()
    }
}

impl Changes {
    /// The next instance to take in. Retirements that are asked for meanwhile wait.
    pub(crate) fn next(&mut self) -> Option<Box<Intake>> {
        while let Ok(change) = self.asked.pop() {
            match change {
                Change::Attach(intake) => return Some(intake),
                retire @ Change::Retire { .. } => self.waiting.push(retire),
            }
        }
        None
    }

    /// Tells instances to go whose time has come.
    pub(crate) fn retire(&mut self, intakes: &[Option<Box<Intake>>]) {
        if self.waiting.is_empty() {
            return;
        }
        let find = |number: u32| intakes.get(number as usize)?.as_deref();
        self.waiting.retain(|change| {
            let Change::Retire { number, after, how } = change else { return false };
            let passed = |(other, ordinal): &(u32, u64)| {
                find(*other).is_none_or(|other| other.inbox.ordinal() >= *ordinal)
            };
            let due = after.iter().all(passed);
            if due && let Some(intake) = find(*number) {
                intake.signal.retire(*how);
            }
            !due
        });
    }

    /// Gives the end of an instance back that said its last.
    pub(crate) fn give_back(&mut self, intake: Box<Intake>) {
        // Without room it is freed here.
        self.gone.push(intake).ok();
    }
}
