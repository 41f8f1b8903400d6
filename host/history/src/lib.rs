//! Importers of recorded market data: captures of sockets and REST answers, in recorded order.
//!
//! [`Captures`] merges any number of files by their local receive times. A file is known by what
//! it holds, never by its name ([`recognise`]); it may be plain, gzip, xz or zstd.
//!
//! | format | line | connection |
//! |---|---|---|
//! | cryptofeed, lines | `<addr> <-> <t>`, `<addr> <- <t>: <text>`, `<url> -> <t>: <body>`, `<t>: <frame>` | one at a time a file |
//! | cryptofeed, format 2 | json objects with `t`, `conn`, `ts` | by `conn` |
//! | hftbacktest | `<local ns or µs> <json>` | one a file |
//! | Bitstamp's events of 2015 | `<local ms> <event> <json>` | one a file |
//! | LS Securities, kept fields | four fields of a trade as a json object; an entry of a list, a field a line | one a file |
//!
//! Nothing is interpreted here: a frame is handed out as the bytes that the venue sent; where no more
//! than parts of it were kept (the last two), it is put together of what there is. Times are
//! nanoseconds since the Unix epoch, read from their decimal text without a float in between.
#![forbid(unsafe_code)]

mod base64;
mod cryptofeed;
mod error;
mod events;
mod hftbacktest;
mod jsonl;
mod lines;
mod ls;
mod merge;
mod pyliteral;
mod recognise;
mod record;
mod seconds;
mod source;
mod stats;

pub use error::CaptureError;
pub use lines::MAX_LINE_BYTES;
pub use merge::Captures;
pub use recognise::{Format, JOURNAL_MAGIC, recognise};
pub use record::{Event, Record};
pub use stats::{Connection, FileStats, Stray};
