//! Threads that stay on their cores.

use std::thread::{Builder, JoinHandle};

use crate::{RuntimeError, cores};

/// Starts a thread that may run on `cores`, on any for none.
///
/// # Errors
///
/// If the system gives no thread, or none of the cores.
pub(crate) fn spawn<T: Send + 'static>(
    name: &str,
    cores: &[i64],
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, RuntimeError> {
    let started = cores::on(cores, || Builder::new().name(name.to_owned()).spawn(run));
    let failed = |source| RuntimeError::Socket { what: "start a thread on its cores", source };
    started.and_then(|handle| handle).map_err(failed)
}
