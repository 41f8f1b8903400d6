//! What can be wrong with a datagram or a configuration, where, and what was expected.

use crate::Kind;

/// Why a datagram is not what the format says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Fewer bytes than a header.
    #[error("datagram of {bytes} bytes; a header has {}", crate::HEADER)]
    Short {
        /// Bytes that came.
        bytes: usize,
    },
    /// Does not begin with `PB`.
    #[error("first bytes {found:02x?}; expected `PB`")]
    Magic {
        /// Bytes that came.
        found: [u8; 2],
    },
    /// Another version of the format.
    #[error("wire version {found}; this program reads version {}", crate::VERSION)]
    Version {
        /// As stated.
        found: u8,
    },
    /// The header states another length than the datagram has.
    #[error("header states {stated} bytes of payload, {found} came")]
    Length {
        /// As stated.
        stated: usize,
        /// Bytes behind the header.
        found: usize,
    },
    /// Damaged on its way, or not made by a publisher.
    #[error("checksum {stated:#010x} stated, {computed:#010x} computed")]
    Checksum {
        /// As stated.
        stated: u32,
        /// Of the bytes that came.
        computed: u32,
    },
    /// The checksum is right and yet the bytes break the format: the publisher is at fault.
    #[error("{kind}: {field} at byte {offset}: {fault}")]
    Field {
        /// Kind of the datagram.
        kind: KindName,
        /// The field, as `docs/wire.md` names it.
        field: &'static str,
        /// Where it begins in the datagram.
        offset: usize,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A monitoring line that is not one.
    #[error("monitoring text: {field}: {fault}")]
    Text {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// A kind's number, shown as its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindName(pub u8);

impl std::fmt::Display for KindName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Kind::from_wire(self.0) {
            Some(kind) => f.write_str(kind.name()),
            None => write!(f, "kind {}", self.0),
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The payload ends before the field does.
    #[error("the payload ends before it does")]
    Missing,
    /// Bytes behind the last field.
    #[error("bytes behind the last field")]
    Excess,
    /// Reserved bytes that are not zero.
    #[error("reserved, and not zero")]
    Reserved,
    /// A value without meaning.
    #[error("{0} has no meaning here")]
    Value(i64),
    /// `count` is not the number of items.
    #[error("{stated} stated, {found} there")]
    Count {
        /// As stated in the header.
        stated: u16,
        /// Items in the payload.
        found: u64,
    },
    /// Not UTF-8, or for monitoring text not ASCII.
    #[error("not text")]
    Utf8,
    /// Not a decimal number that fits.
    #[error("not a number")]
    Number,
}

/// A configuration that cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("multicast.{key} = {found}; expected {expected}")]
pub struct ConfigError {
    /// Key.
    pub key: &'static str,
    /// As configured.
    pub found: i64,
    /// What would do.
    pub expected: &'static str,
}
