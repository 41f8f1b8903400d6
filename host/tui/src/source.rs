//! Where a screen's data comes from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use patchbay_control::{Client, ClientError, Detail, Handler, Status};

use crate::monitor::WsMonitor;
use crate::screen::Show;

/// Something to show, as often as it is asked for. It lives in a thread of its own.
pub trait Source: Send + 'static {
    /// What it gives.
    type Item: Show + Send + 'static;

    /// The newest, with as much detail as the screen needs.
    ///
    /// # Errors
    ///
    /// [`Gone`] if there is nothing now; it is asked again.
    fn poll(&mut self, detail: &Detail) -> Result<Self::Item, Gone>;
}

/// Why there is nothing to show, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Gone(pub String);

impl From<ClientError> for Gone {
    fn from(error: ClientError) -> Self {
        Self(error.to_string())
    }
}

/// A host in another process; connects again when it went.
#[derive(Debug)]
pub struct Attached {
    path: PathBuf,
    client: Option<Client>,
}

impl Attached {
    /// To the host whose socket is at `path`.
    ///
    /// # Errors
    ///
    /// [`ClientError`]: a host that is not there at the start is an error, not a screen.
    pub fn to(path: &Path) -> Result<Self, ClientError> {
        let client = Client::connect(path)?;
        Ok(Self { path: path.to_owned(), client: Some(client) })
    }
}

impl Source for Attached {
    type Item = Arc<Status>;

    fn poll(&mut self, detail: &Detail) -> Result<Self::Item, Gone> {
        // Taken out, and put back only if it answers: after half an answer there is no next one.
        let mut client = match self.client.take() {
            Some(client) => client,
            None => Client::connect(&self.path)?,
        };
        let status = client.status(detail)?;
        self.client = Some(client);
        Ok(Arc::new(status))
    }
}

/// The host in this process.
pub struct InProcess(pub Arc<dyn Handler>);

impl Source for InProcess {
    type Item = Arc<Status>;

    fn poll(&mut self, detail: &Detail) -> Result<Self::Item, Gone> {
        // What is lent costs nothing, but nobody's messages are in it.
        Ok(match detail.tape {
            None => self.0.status(),
            Some(_) => Arc::new(self.0.look(detail)),
        })
    }
}

/// The connections of another source's host.
#[derive(Debug)]
pub struct WsSource<S>(pub S);

impl<S: Source<Item = Arc<Status>>> Source for WsSource<S> {
    type Item = WsMonitor;

    fn poll(&mut self, detail: &Detail) -> Result<Self::Item, Gone> {
        self.0.poll(detail).map(WsMonitor)
    }
}
