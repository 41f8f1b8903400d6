//! The journal: every input and every turn, checksummed, replayable.
//!
//! A journal is what one run of the host was given, in order: which plugin files ran, everything
//! each adapter instance received ([`Entry::Input`]) and the order in which the engine took it
//! ([`Entry::Turn`]). Replay needs nothing else. `docs/journal.md` has the bytes.
//!
//! - [`Writer`] appends. A record is published by its commit word, written after everything else.
//! - [`Reader`] streams the records back: exactly a prefix of what was appended, or an error that
//!   names a file and an offset. A torn tail is cut and reported ([`Tail`]); anything else that is
//!   wrong is refused.
//! - [`Storage`] is where segments live. The runtime implements it over files, this crate over
//!   memory ([`Memory`]); nothing here opens a file, reads a clock or starts a thread.
//!
//! ```
//! use patchbay_journal::{Entry, Input, Memory, Reader, Start, Writer, WriterConfig};
//! # fn main() -> Result<(), patchbay_journal::JournalError> {
//! let mut writer = Writer::create(Memory::new(), WriterConfig::new(7))?;
//! writer.append(&Entry::Start(Start { created_at_ns: 1, host: "patchbay", version: "0.1.0" }))?;
//! let frame = Input::Frame { conn: 1, opcode: 1, data: b"{}" };
//! writer.append(&Entry::Input { instance: 1, ordinal: 1, at_ns: 2, input: frame })?;
//!
//! let mut reader = Reader::open(writer.close()?)?;
//! while let Some(record) = reader.next()? {
//!     println!("{} {:?}", record.sequence, record.entry);
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod bytes;
mod entry;
mod error;
mod format;
mod input;
mod list;
mod reader;
mod record;
mod segments;
mod storage;
mod writer;

pub use entry::{Entry, Kind, PluginFile, Start, Turn};
pub use error::{DecodeError, JournalError, Place};
pub use format::{
    MAGIC, RECORD_HEADER, SEGMENT_BYTES, SEGMENT_BYTES_MAX, SEGMENT_BYTES_MIN, SEGMENT_HEADER,
    VERSION,
};
pub use input::{HOST, HeaderLine, Input, Setting, Value, Wish};
pub use list::List;
pub use reader::{Reader, Record, Tail};
pub use storage::{Memory, Storage, StorageError, StorageFault, segment_name, segment_number};
pub use writer::{Writer, WriterConfig};
