//! What a venue tells beside instruments, by name.

/// The last value of each name over each connection, for venues that spread over several messages
/// what belongs together. Goes with the connection: see [`Frames::forget`](crate::Frames::forget).
#[derive(Clone, Debug)]
pub struct Named<T>(Vec<(u32, Vec<u8>, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy> Named<T> {
    /// Keeps a value in place of the one before.
    pub fn keep(&mut self, conn: u32, name: &[u8], value: T) {
        match self.0.iter_mut().find(|kept| (kept.0, &*kept.1) == (conn, name)) {
            Some(kept) => kept.2 = value,
            None => self.0.push((conn, name.to_vec(), value)),
        }
    }

    /// The value kept last.
    pub fn of(&self, conn: u32, name: &[u8]) -> Option<T> {
        let kept = self.0.iter().find(|kept| (kept.0, &*kept.1) == (conn, name));
        kept.map(|kept| kept.2)
    }

    /// Forgets what a connection has told.
    pub fn forget(&mut self, conn: u32) {
        self.0.retain(|kept| kept.0 != conn);
    }
}
