//! Signals of an operator.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Whether a signal has come that asks for an orderly stop: SIGTERM, SIGINT, and SIGHUP unless it
/// means something else. A second one ends the program at once.
pub(crate) struct Stop(Arc<AtomicBool>);

/// Whether SIGHUP has come since the last look; it asks a service to open its log files again.
pub(crate) struct Hangup(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn watch() -> std::io::Result<Self> {
        Self::on(&[SIGTERM, SIGINT, SIGHUP])
    }

    /// The same for a service.
    pub(crate) fn watch_service() -> std::io::Result<(Self, Hangup)> {
        let hangup = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGHUP, Arc::clone(&hangup))?;
        Ok((Self::on(&[SIGTERM, SIGINT])?, Hangup(hangup)))
    }

    fn on(signals: &[i32]) -> std::io::Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for &signal in signals {
            // First the one that ends the program if the flag is up already, then the flag.
            signal_hook::flag::register_conditional_shutdown(signal, 1, Arc::clone(&asked))?;
            signal_hook::flag::register(signal, Arc::clone(&asked))?;
        }
        Ok(Self(asked))
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Hangup {
    pub(crate) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}
