//! Captures, merged by time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

use crate::cryptofeed::CryptofeedReader;
use crate::events::EventsReader;
use crate::hftbacktest::HftbacktestReader;
use crate::jsonl::JsonlReader;
use crate::lines::Lines;
use crate::ls::{ListReader, TradesReader};
use crate::record::{Reader, UNTIMED};
use crate::{CaptureError, Connection, Event, FileStats, Format, Record, recognise};

/// Any number of captures, read as one.
///
/// Records come in order of their local receive time. Within a file (within a connection of format
/// 2) the order is that of the file, and a time that steps back is raised to the one before it.
/// Records of the same time come in the order in which the files were given. The parts of a
/// recording, such as sockets, REST answers and the file of the day after, can therefore be given
/// in any order.
///
/// What has no time comes first, at the time of the first that has one.
///
/// Connections are numbered as they come up. A file that does not say where its connection went
/// has one without an [`Event::Open`]. The end of a file closes nothing: the recording ended, not
/// the connection.
pub struct Captures {
    files: Vec<CaptureFile>,
    /// The next record of each file: its time, its file.
    heap: BinaryHeap<Reverse<(i64, usize)>>,
    /// Files to advance before the next record is chosen. The file of the record that is lent out
    /// is among them: advancing it earlier would overwrite that record.
    due: Vec<usize>,
    conns: u32,
}

struct CaptureFile {
    reader: Box<dyn Reader>,
    stats: FileStats,
    at_ns: i64,
    /// The connection over all files for each one of this file; 0 as long as it has none.
    conns: Vec<u32>,
}

impl Captures {
    /// Opens `paths` and recognises their formats. Records are read later.
    ///
    /// # Errors
    ///
    /// Those of [`recognise`], [`CaptureError::Journal`] if one of them is a journal,
    /// [`CaptureError::NoFiles`].
    pub fn open<P: AsRef<Path>>(paths: &[P]) -> Result<Self, CaptureError> {
        if paths.is_empty() {
            return Err(CaptureError::NoFiles);
        }
        let files = paths.iter().map(|path| CaptureFile::open(path.as_ref()));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        let due = (0..files.len()).rev().collect();
        let heap = BinaryHeap::with_capacity(files.len());
        Ok(Self { files, heap, due, conns: 0 })
    }

    /// The next record, `None` after the last. It borrows from buffers that are used again.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Damaged`], [`CaptureError::LineTooLong`], [`CaptureError::TooLarge`], as soon
    /// as the last good record of that file has been handed out. The other files can be read on.
    #[expect(
        clippy::should_implement_trait,
        reason = "a record is lent, an iterator's item is not"
    )]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, CaptureError> {
        while let Some(index) = self.due.pop() {
            if let Some(at_ns) = self.files[index].advance()? {
                self.heap.push(Reverse((at_ns, index)));
            }
        }
        let Some(Reverse((at_ns, index))) = self.heap.pop() else {
            return Ok(None);
        };
        if at_ns == UNTIMED {
            let others = self.heap.iter().map(|Reverse((at_ns, _))| *at_ns);
            self.files[index].at_ns = others.filter(|at| *at != UNTIMED).min().unwrap_or(0);
        }
        self.due.push(index);
        Ok(Some(self.files[index].record(&mut self.conns)))
    }

    /// What was found in each file so far, in the order in which they were given.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &FileStats> {
        self.files.iter().map(|file| &file.stats)
    }
}

impl CaptureFile {
    fn open(path: &Path) -> Result<Self, CaptureError> {
        let format = recognise(path)?;
        let reader: Box<dyn Reader> = match format {
            Format::CryptofeedLines => Box::new(CryptofeedReader::new(Lines::open(path)?)),
            Format::CryptofeedJsonl => Box::new(JsonlReader::new(Lines::open(path)?)),
            Format::Hftbacktest => Box::new(HftbacktestReader::new(Lines::open(path)?)),
            Format::LsTrades => Box::new(TradesReader::new(Lines::open(path)?)?),
            Format::LsList => Box::new(ListReader::new(Lines::open(path)?)),
            Format::BitstampEvents => Box::new(EventsReader::new(Lines::open(path)?)),
            Format::Journal => {
                return Err(CaptureError::Journal { path: path.to_owned() });
            }
        };
        let stats = FileStats::new(path, format);
        Ok(Self { reader, stats, at_ns: i64::MIN, conns: Vec::new() })
    }

    /// Goes to the next record and returns its time.
    fn advance(&mut self) -> Result<Option<i64>, CaptureError> {
        let Some(at_ns) = self.reader.advance(&mut self.stats)? else {
            return Ok(None);
        };
        if at_ns < self.at_ns {
            self.stats.raised += 1;
        }
        self.at_ns = self.at_ns.max(at_ns);
        Ok(Some(self.at_ns))
    }

    /// The record advanced to, with its connection numbered over all files; `last` is the last
    /// number given.
    fn record(&mut self, last: &mut u32) -> Record<'_> {
        let (local, event) = self.reader.current();
        let conn = match local {
            0 => 0,
            _ => number(local as usize - 1, event, &mut self.conns, last, &mut self.stats),
        };
        self.stats.count_record(self.at_ns, &event);
        Record { at_ns: self.at_ns, conn, event }
    }
}

/// The number of the file's connection at `index`, a new one if it is seen for the first time.
fn number(
    index: usize,
    event: Event<'_>,
    conns: &mut Vec<u32>,
    last: &mut u32,
    stats: &mut FileStats,
) -> u32 {
    if conns.len() <= index {
        conns.resize(index + 1, 0);
    }
    if conns[index] == 0 {
        *last += 1;
        conns[index] = *last;
        let url = if let Event::Open { url } = event { url } else { "" };
        stats.connections.push(Connection { conn: *last, url: url.to_owned() });
    }
    conns[index]
}
