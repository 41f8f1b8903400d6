//! The cards, a file a group. Each function says what became of its cards.

pub(crate) mod books;
pub(crate) mod bytes;
pub(crate) mod cost;
pub(crate) mod cure;
pub(crate) mod faults;
pub(crate) mod heartbeats;
pub(crate) mod identity;
pub(crate) mod instruments;
pub(crate) mod limits;
pub(crate) mod live;
pub(crate) mod login;
pub(crate) mod precision;
pub(crate) mod purity;
pub(crate) mod reconnect;
pub(crate) mod redaction;
pub(crate) mod tape;
