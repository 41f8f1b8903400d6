//! The thread that writes, and the ends that are held by those who log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use patchbay_control::LogLevel;
use patchbay_model::{Nanos, iso8601};

use super::rotating::Rotating;
use crate::RuntimeError;
use crate::config::LogFiles;

/// Lines that may wait for the disk.
const WAITING: usize = 4096;
/// Bytes of a line's text; the rest is cut.
const TEXT_MAX: usize = 4000;
/// Bytes that are written at once.
const BATCH: usize = 64 << 10;

enum Order {
    Line { at: Nanos, level: LogLevel, source: String, text: String },
    Reopen,
    End,
}

/// Where lines go; never waits.
#[derive(Clone, Debug)]
pub struct LogWriter {
    orders: SyncSender<Order>,
    level: LogLevel,
    /// Lines for which there was no room.
    lost: Arc<AtomicU64>,
}

impl LogWriter {
    /// Logs a line: its time, how much it matters, who says it.
    pub fn write(&self, at: Nanos, level: LogLevel, source: &str, text: &str) {
        if level < self.level {
            return;
        }
        let line = Order::Line { at, level, source: source.to_owned(), text: text.to_owned() };
        if self.orders.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Opens the file by its name again: it may have been moved away.
    pub fn reopen(&self) {
        // Without room the thread is busy with lines, or gone; the operator asks again.
        drop(self.orders.try_send(Order::Reopen));
    }
}

/// The thread that writes. Dropped, it writes what waits and ends.
#[derive(Debug)]
pub struct LogThread {
    writer: LogWriter,
    thread: Option<JoinHandle<()>>,
}

impl LogThread {
    /// Opens the file and starts the thread.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made or the file not be opened.
    pub fn start(config: LogFiles) -> Result<Self, RuntimeError> {
        let (folder, level) = (config.folder.clone(), config.level);
        let failed = |source| RuntimeError::File { path: folder, what: "open the log", source };
        let files = Rotating::open(config).map_err(failed)?;
        let (orders, theirs) = sync_channel(WAITING);
        let writer = LogWriter { orders, level, lost: Arc::default() };
        let lost = Arc::clone(&writer.lost);
        let thread = Builder::new()
            .name("log".into())
            .spawn(move || Loop { files, lost, unwritten: 0 }.run(&theirs))
            .map_err(|source| RuntimeError::Socket { what: "start the log thread", source })?;
        Ok(Self { writer, thread: Some(thread) })
    }

    /// An end for whoever logs.
    pub fn writer(&self) -> LogWriter {
        self.writer.clone()
    }
}

impl Drop for LogThread {
    fn drop(&mut self) {
        // An error means that it is gone already.
        drop(self.writer.orders.send(Order::End));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Loop {
    files: Rotating,
    lost: Arc<AtomicU64>,
    /// Lines that the disk refused since it last took one.
    unwritten: u64,
}

impl Loop {
    fn run(mut self, orders: &Receiver<Order>) {
        let (mut batch, mut lines, mut last) = (String::with_capacity(BATCH), 0, 0);
        while let Ok(first) = orders.recv() {
            let mut next = Some(first);
            while let Some(order) = next {
                match order {
                    Order::Line { at, level, source, text } => {
                        put(&mut batch, at, level, &source, &text);
                        (lines, last) = (lines + 1, at);
                    }
                    Order::Reopen => {
                        self.flush(&mut batch, &mut lines, last);
                        // If it cannot be opened now, it is tried again with the next line.
                        drop(self.files.reopen());
                    }
                    Order::End => return self.flush(&mut batch, &mut lines, last),
                }
                next = if batch.len() < BATCH { orders.try_recv().ok() } else { None };
            }
            self.flush(&mut batch, &mut lines, last);
        }
    }

    fn flush(&mut self, batch: &mut String, lines: &mut u64, at: Nanos) {
        let lost = self.lost.swap(0, Ordering::Relaxed) + self.unwritten;
        if lost > 0 {
            let text = format!("{lost} lines of this log were lost: no room, or no disk");
            put(batch, at, LogLevel::Warn, "log", &text);
        }
        let written = if batch.is_empty() { Ok(()) } else { self.files.write(batch.as_bytes()) };
        self.unwritten = match written {
            Ok(()) => 0,
            Err(_) => lost + *lines,
        };
        batch.clear();
        *lines = 0;
    }
}

/// `2026-10-08T09:42:44.123Z WARN  binance: text`, without control characters.
fn put(to: &mut String, at: Nanos, level: LogLevel, source: &str, text: &str) {
    let level = level.word().to_uppercase();
    to.push_str(&format!("{} {level:<5} ", iso8601(at)));
    let plain = |text: &str, to: &mut String| {
        to.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
    };
    plain(source, to);
    to.push_str(": ");
    plain(&text[..text.floor_char_boundary(TEXT_MAX)], to);
    to.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn config(test: &str) -> LogFiles {
        let name = format!("patchbay-logs-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        LogFiles { folder, level: LogLevel::Info, file_bytes: 1 << 20, files: 2 }
    }

    #[test]
    fn lines_arrive_in_order_and_cannot_be_forged() {
        let config = config("order");
        let log = LogThread::start(config.clone()).unwrap();
        let at = 1_607_418_537_715_000_000;
        log.writer().write(at, LogLevel::Debug, "engine", "too unimportant");
        log.writer().write(at, LogLevel::Info, "engine", "one");
        log.writer().write(at, LogLevel::Error, "binance", "two\n2020-12-08 forged\u{1b}[2J");
        drop(log);
        let text = fs::read_to_string(config.folder.join("patchbay.log")).unwrap();
        assert_eq!(
            text,
            "2020-12-08T09:08:57.715Z INFO  engine: one\n\
             2020-12-08T09:08:57.715Z ERROR binance: two 2020-12-08 forged [2J\n",
        );
        fs::remove_dir_all(config.folder).unwrap();
    }

    #[test]
    fn what_the_disk_refuses_is_counted_when_it_takes_lines_again() {
        let config = config("refused");
        let log = LogThread::start(config.clone()).unwrap();
        let file = config.folder.join("patchbay.log");
        let lines = |least: usize| {
            for _ in 0..200 {
                let text = fs::read_to_string(&file).unwrap_or_default();
                if text.lines().count() >= least {
                    return text;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            panic!("no {least} lines in {}", file.display());
        };
        log.writer().write(0, LogLevel::Info, "test", "before");
        lines(1);
        // A folder in the place of the file: it cannot be opened again.
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        log.writer().reopen();
        (0..3).for_each(|_| log.writer().write(0, LogLevel::Info, "test", "refused"));
        // Until the thread has tried them all.
        while log.writer.orders.try_send(Order::Reopen).is_err() {}
        std::thread::sleep(std::time::Duration::from_millis(200));
        fs::remove_dir(&file).unwrap();
        log.writer().write(0, LogLevel::Info, "test", "after");
        let text = lines(2);
        assert!(text.contains("log: 3 lines of this log were lost"), "{text}");
        assert!(text.contains("test: after") && !text.contains("refused"), "{text}");
        drop(log);
        fs::remove_dir_all(config.folder).unwrap();
    }

    #[test]
    fn what_is_lost_is_counted_in_the_log() {
        let config = LogFiles { file_bytes: 64 << 20, ..config("lost") };
        let log = LogThread::start(config.clone()).unwrap();
        // Each thread logs faster than a disk takes lines one by one, and none waits.
        let logged: u64 = 4 * 20_000;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let writer = log.writer();
                scope.spawn(move || {
                    (0..20_000).for_each(|_| writer.write(0, LogLevel::Info, "test", "line"));
                });
            }
        });
        drop(log);
        let text = fs::read_to_string(config.folder.join("patchbay.log")).unwrap();
        let lines = text.lines().filter(|line| line.ends_with("test: line")).count() as u64;
        let lost = text.lines().filter_map(|line| line.split_once("log: ")?.1.split_once(" lines"));
        let lost: u64 = lost.map(|(count, _)| count.parse::<u64>().unwrap()).sum();
        assert_eq!(lines + lost, logged, "{lines} lines, {lost} lost");
        assert!(lines > 0);
        fs::remove_dir_all(config.folder).unwrap();
    }
}
