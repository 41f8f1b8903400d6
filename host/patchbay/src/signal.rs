//! Signals that ask for an orderly stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// Whether SIGTERM, SIGINT or SIGHUP has come. A second one ends the program at once.
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn watch() -> std::io::Result<Self> {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGTERM, SIGINT, SIGHUP] {
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
