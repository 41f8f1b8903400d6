//! One plugin in the host.

use serde::{Deserialize, Serialize};

use super::{PluginKind, PluginState};

/// One plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: PluginKind,
    /// Its version.
    pub version: String,
    /// Version of the ABI that it was built against, `major.minor`.
    pub abi: String,
    /// SHA-256 of its file, hexadecimal.
    pub sha256: String,
    /// 1 for the first file of this name, one more for each that took its place.
    pub generation: u32,
    /// Instances made of it.
    pub instances: u32,
    /// What it is doing.
    pub state: PluginState,
    /// Panics and refusals that poisoned it.
    pub faults: u64,
    /// The last one, in words.
    pub last_fault: String,
    /// Frames given to it; turns, for a strategy.
    pub frames: u64,
    /// Mean time in its code for one of those in the last second, nanoseconds.
    pub ns_per_frame: u64,
    /// Hash over everything that a strategy decides by, hexadecimal, at the end of a run; empty
    /// before.
    pub digest: String,
}
