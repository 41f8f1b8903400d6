//! What a venue tells of an instrument bit by bit.

use crate::Target;

/// The last state of each instrument, for streams that send only what changed. It belongs to the
/// connection that it began on and ends with it.
#[derive(Clone, Debug, Default)]
pub struct Memory<T>(Vec<(u32, T)>);

impl<T: Copy + Default> Memory<T> {
    /// What `conn` has told of an instrument; `None` before its first.
    #[inline]
    pub fn of(&self, target: Target, conn: u32) -> Option<T> {
        let known = self.0.get(target.index as usize)?;
        (known.0 == conn && conn != 0).then_some(known.1)
    }

    /// What `conn` has told of it from now on. Allocates only for an instrument beyond all others.
    #[inline]
    pub fn keep(&mut self, target: Target, conn: u32, state: T) {
        let least = target.index as usize + 1;
        if self.0.len() < least {
            self.0.resize(least, (0, T::default()));
        }
        self.0[least - 1] = (conn, state);
    }

    /// The connection is gone.
    pub fn forget(&mut self, conn: u32) {
        self.0.iter_mut().filter(|known| known.0 == conn).for_each(|known| known.0 = 0);
    }
}
