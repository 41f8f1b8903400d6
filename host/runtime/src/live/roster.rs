//! The adapter instances of a host, as the status shows them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use patchbay_control::{Plugin, PluginKind, PluginState, Totals};
use patchbay_loader::Manifest;
use patchbay_model::Nanos;

use super::shared::{IoCounts, IoFacts};

/// By number.
pub(crate) type Members = BTreeMap<u32, Member>;

/// One adapter instance.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) manifest: Manifest,
    /// Which file of its plugin's name it was made of, from 1.
    pub(crate) generation: u32,
    pub(crate) state: PluginState,
    pub(crate) venue: String,
    /// Instruments wanted of it.
    pub(crate) wanted: u64,
    pub(crate) counts: Arc<IoCounts>,
    /// The last file or fault that came to nothing.
    note: String,
    /// What its I/O thread last said.
    pub(crate) facts: IoFacts,
    /// Of its frames, and of the time that they took it.
    pace: Pace,
}

/// Mean time of a frame in the last second in which there was one.
#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    at: Nanos,
    frames: u64,
    ns: u64,
    mean: u64,
}

impl Pace {
    fn of(&mut self, now: Nanos, frames: u64, ns: u64) -> u64 {
        let more = frames - self.frames;
        if now - self.at >= 1_000_000_000 && more > 0 {
            self.mean = (ns - self.ns) / more;
            (self.at, self.frames, self.ns) = (now, frames, ns);
        }
        self.mean
    }
}

impl Member {
    /// One that runs.
    pub(crate) fn new(
        manifest: Manifest,
        generation: u32,
        venue: &str,
        wanted: u64,
        counts: Arc<IoCounts>,
    ) -> Self {
        let (state, facts) = (PluginState::Running, IoFacts::default());
        let (venue, pace) = (venue.to_owned(), Pace::default());
        let note = String::new();
        Self { manifest, generation, state, venue, wanted, counts, note, facts, pace }
    }

    fn plugin(&mut self, now: Nanos) -> Plugin {
        let Self { manifest, counts, pace, state, .. } = self;
        let (frames, faults) = (IoCounts::of(&counts.frames), IoCounts::of(&counts.faults));
        let (major, minor, _) = manifest.abi;
        Plugin {
            name: manifest.name.clone(),
            kind: PluginKind::Adapter,
            version: manifest.version.clone(),
            abi: format!("{major}.{minor}"),
            sha256: crate::digest::hex(&manifest.sha256),
            generation: self.generation,
            instances: 1,
            state: if faults == 0 { *state } else { PluginState::Faulted },
            faults,
            last_fault: self.note.clone(),
            frames,
            ns_per_frame: pace.of(now, frames, IoCounts::of(&counts.plugin_ns)),
            digest: String::new(),
        }
    }
}

/// The instances that are there, and the counts of those that are gone.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    members: Members,
    gone: Totals,
}

impl Roster {
    /// An instance is made.
    pub(crate) fn enter(&mut self, number: u32, member: Member) {
        self.members.insert(number, member);
    }

    /// An instance is gone; what it counted stays counted.
    pub(crate) fn leave(&mut self, number: u32) {
        let Some(member) = self.members.remove(&number) else { return };
        let gone = &mut self.gone;
        let count = |count| IoCounts::of(count);
        gone.frames += count(&member.counts.frames);
        gone.rejected += count(&member.counts.rejected);
        gone.fallback += count(&member.counts.fallback);
        gone.faults += count(&member.counts.faults);
    }

    /// So many instruments are wanted of it.
    pub(crate) fn want(&mut self, number: u32, wanted: u64) {
        if let Some(member) = self.members.get_mut(&number) {
            member.wanted = wanted;
        }
    }

    /// What has become of an instance.
    pub(crate) fn set_state(&mut self, number: u32, state: PluginState) {
        if let Some(member) = self.members.get_mut(&number) {
            member.state = state;
        }
    }

    /// Something came to nothing, said of every instance of a plugin.
    pub(crate) fn note(&mut self, plugin: &str, text: &str) {
        let theirs = self.members.values_mut().filter(|member| member.manifest.name == plugin);
        theirs.for_each(|member| text.clone_into(&mut member.note));
    }

    /// What its I/O thread says of its connections.
    pub(crate) fn say(&mut self, number: u32, facts: IoFacts) {
        if let Some(member) = self.members.get_mut(&number) {
            member.facts = facts;
        }
    }

    /// All that are there.
    pub(crate) const fn members(&self) -> &Members {
        &self.members
    }

    /// The number of the place that each connection belongs to.
    pub(crate) fn places(&self) -> BTreeMap<u32, u32> {
        let places = self.members.values().flat_map(|member| &member.facts.places);
        places.flat_map(|place| place.conns.iter().map(|conn| (*conn, place.id))).collect()
    }

    /// The venue of each instance.
    pub(crate) fn venues(&self) -> BTreeMap<u32, String> {
        self.members.iter().map(|(number, member)| (*number, member.venue.clone())).collect()
    }

    /// For a status.
    pub(crate) fn plugins(&mut self, now: Nanos) -> Vec<Plugin> {
        self.members.values_mut().map(|member| member.plugin(now)).collect()
    }

    /// Frames and faults since the start.
    pub(crate) fn totals(&self) -> Totals {
        let sum = |count: fn(&IoCounts) -> &AtomicU64| -> u64 {
            self.members.values().map(|member| IoCounts::of(count(&member.counts))).sum()
        };
        Totals {
            frames: self.gone.frames + sum(|c| &c.frames),
            rejected: self.gone.rejected + sum(|c| &c.rejected),
            fallback: self.gone.fallback + sum(|c| &c.fallback),
            faults: self.gone.faults + sum(|c| &c.faults),
            ..Totals::default()
        }
    }

    /// Tasks of connections and requests.
    pub(crate) fn tasks(&self) -> u64 {
        self.members.values().map(|member| IoCounts::of(&member.counts.tasks)).sum()
    }
}
