//! What the host says of its strategies.

use patchbay_abi as abi;
use patchbay_control::{LogLevel, Plugin, PluginKind, PluginState, Status};
use patchbay_model::Nanos;

use super::shared::Shared;
use crate::digest::hex;
use crate::strategies::{Desk, Strategies};

/// Over which the mean time of a turn is taken.
const WINDOW: Nanos = 1_000_000_000;

/// Remembers what was said of each strategy.
#[derive(Debug, Default)]
pub(crate) struct Desks(Vec<Said>);

#[derive(Clone, Copy, Debug, Default)]
struct Said {
    /// Its panic was logged.
    fault: bool,
    /// Turns and ns at the beginning of the window, and when that was.
    turns: u64,
    ns: u64,
    at: Nanos,
    /// Of the window before.
    mean: u64,
}

impl Desks {
    /// Adds the strategies to a status; logs those that have failed since the last one. At the end
    /// of a run each says its digest.
    pub(crate) fn report(&mut self, of: &Strategies, status: &mut Status, shared: &Shared) {
        let ends = shared.stopping();
        self.0.resize(of.desks().len(), Said::default());
        for (said, desk) in self.0.iter_mut().zip(of.desks()) {
            if let Some(turn) = desk.tally.fault.filter(|_| !said.fault) {
                said.fault = true;
                let text = format!("the strategy panicked in turn {turn} and gets nothing more");
                shared.log(LogLevel::Error, &desk.about.name, &text);
            }
            said.measure(desk, status.host.now_ns);
            let mut plugin = plugin(desk, said.mean);
            if ends && desk.tally.fault.is_none() {
                plugin.digest = format!("{:016x}", desk.digest());
            }
            status.totals.faults += plugin.faults;
            status.plugins.push(plugin);
        }
    }
}

impl Said {
    fn measure(&mut self, desk: &Desk, now: Nanos) {
        let (turns, ns) = (desk.tally.turns - self.turns, desk.tally.ns - self.ns);
        if now - self.at >= WINDOW {
            self.mean = ns / turns.max(1);
            (self.turns, self.ns, self.at) = (desk.tally.turns, desk.tally.ns, now);
        }
    }
}

fn plugin(desk: &Desk, mean: u64) -> Plugin {
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
        ns_per_frame: mean,
        digest: String::new(),
    }
}
