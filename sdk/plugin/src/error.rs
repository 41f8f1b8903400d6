//! What an author returns when something cannot be done.

use std::fmt;

/// An ordinary failure of a plugin call: logged and counted by the host; the instance goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
}

impl Error {
    /// With a message that names the thing, the place and the remedy.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl From<crate::ConfigError> for Error {
    fn from(error: crate::ConfigError) -> Self {
        Self::new(error.to_string())
    }
}
