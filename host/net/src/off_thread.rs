//! Bulk reference data, off the thread that reads the market.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::transport::Transport;

/// A thread of its own, with its own runtime and transport, that requests with
/// `PURPOSE_REFERENCE` are made on: TLS, HTTP and blanking of megabytes stall no market data.
pub struct OffThread {
    handle: Handle,
    transport: Arc<dyn Transport>,
    /// Dropped to end the thread.
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl OffThread {
    /// Starts the thread. `transport` must be used by nobody else: its idle connections belong to
    /// this thread's runtime.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(name: &str, transport: Arc<dyn Transport>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            // An error is the other end being dropped: the same thing.
            drop(runtime.block_on(ended));
        })?;
        Ok(Self { handle, transport, end: Some(end), thread: Some(thread) })
    }

    pub(crate) const fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(crate) fn transport(&self) -> Arc<dyn Transport> {
        self.transport.clone()
    }
}

impl Drop for OffThread {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has ended its requests; nothing else depends on it.
            drop(thread.join());
        }
    }
}
