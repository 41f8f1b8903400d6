//! What the host says of its strategies.

use patchbay_abi as abi;
use patchbay_control::{LogLevel, Plugin, PluginKind, PluginState, Status};
use patchbay_model::Nanos;

use super::shared::Shared;
use super::survey::DeskFact;
use crate::digest::hex;
use crate::strategies::{About, DeskTally};

/// Over which the mean time of a turn is taken.
const WINDOW: Nanos = 1_000_000_000;

/// The strategies as last said, and what was said of each before.
#[derive(Debug, Default)]
pub(crate) struct Desks(Vec<Desk>);

#[derive(Debug)]
struct Desk {
    about: About,
    tally: DeskTally,
    digest: Option<u64>,
    /// Its panic was logged.
    said: bool,
    /// Turns and ns at the beginning of the window, and when that was.
    turns: u64,
    ns: u64,
    at: Nanos,
    /// Of the window before.
    mean: u64,
}

impl Desks {
    /// In the order in which they are called.
    pub(crate) fn new(abouts: impl Iterator<Item = About>) -> Self {
        let desk = |about| Desk {
            about,
            tally: DeskTally::default(),
            digest: None,
            said: false,
            turns: 0,
            ns: 0,
            at: 0,
            mean: 0,
        };
        Self(abouts.map(desk).collect())
    }

    pub(crate) fn take(&mut self, fact: DeskFact) {
        if let Some(desk) = self.0.get_mut(fact.at) {
            (desk.tally, desk.digest) = (fact.tally, fact.digest);
        }
    }

    /// Adds the strategies to a status; logs those that have failed since the last one. At the end
    /// of a run each says its digest.
    pub(crate) fn report(&mut self, status: &mut Status, shared: &Shared) {
        for desk in &mut self.0 {
            if let Some(turn) = desk.tally.fault.filter(|_| !desk.said) {
                desk.said = true;
                let text = format!("the strategy panicked in turn {turn} and gets nothing more");
                shared.log(LogLevel::Error, &desk.about.name, &text);
            }
            desk.measure(status.host.now_ns);
            let plugin = plugin(desk);
            status.totals.faults += plugin.faults;
            status.plugins.push(plugin);
        }
    }
}

impl Desk {
    fn measure(&mut self, now: Nanos) {
        let (turns, ns) = (self.tally.turns - self.turns, self.tally.ns - self.ns);
        if now - self.at >= WINDOW {
            self.mean = ns / turns.max(1);
            (self.turns, self.ns, self.at) = (self.tally.turns, self.tally.ns, now);
        }
    }
}

fn plugin(desk: &Desk) -> Plugin {
    let (about, tally) = (&desk.about, &desk.tally);
    let (major, minor) = (abi::ABI_MAJOR, abi::ABI_MINOR);
    let manifest = about.manifest.as_ref();
    Plugin {
        name: about.name.clone(),
        kind: PluginKind::Strategy,
        version: manifest.map(|m| m.version.clone()).unwrap_or_default(),
        abi: manifest
            .map_or_else(|| format!("{major}.{minor}"), |m| format!("{}.{}", m.abi.0, m.abi.1)),
        sha256: manifest.map(|m| hex(&m.sha256)).unwrap_or_default(),
        generation: 1,
        instances: 1,
        state: match tally.fault {
            None => PluginState::Running,
            Some(_) => PluginState::Faulted,
        },
        faults: u64::from(tally.fault.is_some()),
        last_fault: tally.fault.map(|turn| format!("panicked in turn {turn}")).unwrap_or_default(),
        frames: tally.turns,
        ns_per_frame: desk.mean,
        digest: desk.digest.map(|digest| format!("{digest:016x}")).unwrap_or_default(),
    }
}
