//! Values that no log, panic or debug output can show.

use zeroize::{Zeroize, Zeroizing};

/// A value that is, or may hold, a secret: neither `Debug` nor `Display`, overwritten when dropped.
///
/// What a socket, TLS or the kernel copies of it is beyond its reach.
#[derive(Clone)]
pub struct Hidden<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Hidden<T> {
    /// Hides `value`.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value. What is done with it must not reach a log.
    pub fn expose(&self) -> &T {
        &self.0
    }
}
