//! What most files of an adapter use, the ABI's constants included.

pub use patchbay_model::{Instrument, Kind, Nanos, OptionSide, parse_decimal, parse_iso8601};
pub use patchbay_plugin::abi::*;
pub use patchbay_plugin::{AdapterCx, Connect, DepthWriter, Error, Http, Secret, Send, Token};
pub use simd_json::prelude::*;
pub use simd_json::tape::Value;

pub use crate::{
    Batch, Books, Call, Calls, Cell, Channel, Conn, Deal, Declined, Faults, Fields, Frames,
    Greeting, Heal, Host, Ids, Instruments, Limit, Limits, Line, Listing, Memory, Ping, Place,
    Product, Read, Remedy, Request, Resting, Room, Rungs, Scan, Sizes, Stream, Streams, Target,
    Topic, Tree, Use, Verb, When, bearer, best, credentials, define, millis, rungs, signed, skip,
    slot, steps, time_of_day, trade_id, unordered, with_jwt,
};

/// What fails with an [`Error`] unless it says otherwise.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;
