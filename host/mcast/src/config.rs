//! What a publisher can be told, and its bounds.

use patchbay_model::Nanos;

use crate::error::ConfigError;

const MS: Nanos = 1_000_000;
const SECOND: Nanos = 1000 * MS;

/// Configuration of a publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublisherConfig {
    /// Number of this publisher among all that send to the same groups.
    pub publisher: u8,
    /// Which of the channels 1 and 2 are sent.
    pub channels: [bool; 2],
    /// Most bytes of a datagram.
    pub max_datagram: usize,
    /// Every live book is sent whole at least this often.
    pub snapshot_cycle_ns: Nanos,
    /// Most datagrams of snapshots in one tick.
    pub snapshot_burst: usize,
    /// A channel is silent no longer than this.
    pub heartbeat_ns: Nanos,
    /// Instruments, venues and names are sent at least this often.
    pub repeat_ns: Nanos,
    /// Monitoring lines are sent at least this often.
    pub text_ns: Nanos,
    /// Whether best bid and ask of a live book are published as quotes when they change.
    pub derived_quotes: bool,
}

impl Default for PublisherConfig {
    fn default() -> Self {
        Self {
            publisher: 1,
            channels: [true; 2],
            max_datagram: 1400,
            snapshot_cycle_ns: 30 * SECOND,
            snapshot_burst: 1,
            heartbeat_ns: 100 * MS,
            repeat_ns: 5 * SECOND,
            text_ns: SECOND,
            derived_quotes: true,
        }
    }
}

impl PublisherConfig {
    /// Whether it can work.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first value out of bounds.
    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, found, expected| Err(ConfigError { key, found, expected });
        // Below 256 bytes hardly a definition fits; above 65,507 no UDP datagram does.
        if !(256..=65_507).contains(&self.max_datagram) {
            return wrong("max_datagram", self.max_datagram as Nanos, "256 to 65507 bytes");
        }
        if self.snapshot_burst == 0 {
            return wrong("snapshot_burst", 0, "at least 1");
        }
        let times = [
            ("snapshot_cycle", self.snapshot_cycle_ns),
            ("heartbeat", self.heartbeat_ns),
            ("repeat", self.repeat_ns),
            ("text", self.text_ns),
        ];
        for (key, time) in times {
            if !(MS..=3600 * SECOND).contains(&time) {
                return wrong(key, time, "1 ms to 1 h, in ns");
            }
        }
        Ok(())
    }
}
