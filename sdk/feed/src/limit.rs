//! What a venue limits.

/// What uses a limit up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A connection attempt, 1 each.
    Connect,
    /// A frame sent, 1 each; pings and pongs too, which the host counts.
    Send,
    /// A REST request, as [`Limits::weight`](crate::Limits::weight) says.
    Call,
}

/// A rate limit, kept by the host for all instances, each product with its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What uses it up.
    pub of: Use,
    /// Key of the configuration that holds its capacity, by product or for all.
    pub key: &'static str,
    /// For operators.
    pub name: &'static str,
    /// It fills in so many seconds.
    pub seconds: i64,
    /// `BUCKET_*`.
    pub scope: u32,
}

impl Limit {
    /// All of it.
    pub const fn of(
        of: Use,
        key: &'static str,
        name: &'static str,
        seconds: i64,
        scope: u32,
    ) -> Self {
        Self { of, key, name, seconds, scope }
    }
}
