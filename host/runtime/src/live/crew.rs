//! The instances that are made of one file, as the plugin thread holds them.

use std::sync::Arc;
use std::thread::JoinHandle;

use patchbay_model::Nanos;

use super::shared::IoCounts;
use super::signal::Signal;
use super::watch::Stamp;

/// What was made of one file.
pub(crate) struct Generation {
    /// Which file of its name it is, from 1.
    pub(crate) count: u32,
    pub(crate) sha256: [u8; 32],
    /// Its file; `None` if the host started with it.
    pub(crate) stamp: Option<Stamp>,
    pub(crate) crew: Crew,
    /// When it was made.
    pub(crate) since: Nanos,
}

/// Instances.
#[derive(Default)]
pub(crate) struct Crew(pub(crate) Vec<Member>);

/// One instance and its I/O thread.
pub(crate) struct Member {
    pub(crate) number: u32,
    pub(crate) signal: Arc<Signal>,
    pub(crate) counts: Arc<IoCounts>,
    pub(crate) thread: JoinHandle<()>,
    /// The engine has taken its last turn.
    pub(crate) gone: bool,
}

impl Crew {
    /// Whether an instance has panicked.
    pub(crate) fn has_fault(&self) -> bool {
        self.0.iter().any(|member| IoCounts::of(&member.counts.faults) > 0)
    }

    /// The input with which each instance had everything, once all have.
    pub(crate) fn ready(&self) -> Option<Vec<(u32, u64)>> {
        self.0.iter().map(|member| Some((member.number, member.signal.ready()?))).collect()
    }

    /// Those that are gone, thread and all.
    pub(crate) fn take_gone(&mut self) -> Vec<Member> {
        let is_gone = |member: &mut Member| member.gone && member.thread.is_finished();
        self.0.extract_if(.., is_gone).collect()
    }
}

impl Member {
    /// Whether its thread has ended without being told to.
    pub(crate) fn has_ended(&self) -> bool {
        self.thread.is_finished() && self.signal.retirement().is_none()
    }

    pub(crate) fn join(self) {
        // A panic of the thread was seen by its end.
        drop(self.thread.join());
    }
}
