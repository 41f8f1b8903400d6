//! A file that is turned over before it grows beyond a bound.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;

use rustix::fs::OFlags;

use crate::config::LogFiles;

/// The file being written.
const NAME: &str = "patchbay.log";

/// Log files of one folder.
pub(super) struct Rotating {
    config: LogFiles,
    /// `None` after an error, until it is opened again.
    file: Option<File>,
    bytes: u64,
}

impl Rotating {
    /// Makes the folder if it is missing, and goes on with the file that is there.
    pub(super) fn open(config: LogFiles) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o750).create(&config.folder)?;
        let mut this = Self { config, file: None, bytes: 0 };
        this.reopen()?;
        Ok(this)
    }

    /// Opens the file by its name: after it was moved away, a new one.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        self.file = None;
        let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o640).custom_flags(flags);
        let file = options.open(self.path(0))?;
        self.bytes = file.metadata()?.len();
        self.file = Some(file);
        Ok(())
    }

    /// Writes whole lines; they stand in one file.
    pub(super) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        let more = lines.len() as u64;
        if self.file.is_none() {
            self.reopen()?;
        }
        if self.bytes > 0 && self.bytes + more > self.config.file_bytes {
            self.turn_over()?;
        }
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(lines));
        if written.is_err() {
            // What stands there may be half a line; the next attempt begins with a look at it.
            self.file = None;
        }
        self.bytes += more;
        written
    }

    /// The oldest goes, all others become one older.
    fn turn_over(&mut self) -> io::Result<()> {
        self.file = None;
        for age in (1..self.config.files).rev() {
            match fs::rename(self.path(age - 1), self.path(age)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.reopen()
    }

    fn path(&self, age: u32) -> PathBuf {
        match age {
            0 => self.config.folder.join(NAME),
            age => self.config.folder.join(format!("{NAME}.{age}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use patchbay_control::LogLevel;

    fn config(test: &str, file_bytes: u64, files: u32) -> LogFiles {
        let name = format!("patchbay-rotating-{test}-{}/logs", std::process::id());
        let folder = std::env::temp_dir().join(name);
        LogFiles { folder, level: LogLevel::Info, file_bytes, files }
    }

    fn remove(log: &Rotating) {
        fs::remove_dir_all(log.config.folder.parent().unwrap()).unwrap();
    }

    #[test]
    fn no_file_is_above_its_bound_and_none_too_many() {
        let mut log = Rotating::open(config("bound", 100, 3)).unwrap();
        for number in 0..100 {
            log.write(format!("line {number:04}\n").as_bytes()).unwrap();
        }
        let mut files: Vec<_> = fs::read_dir(&log.config.folder).unwrap().flatten().collect();
        files.sort_by_key(std::fs::DirEntry::file_name);
        let names: Vec<_> = files.iter().map(|file| file.file_name()).collect();
        assert_eq!(names, ["patchbay.log", "patchbay.log.1", "patchbay.log.2"]);
        let text = |age| fs::read_to_string(log.path(age)).unwrap();
        let newest: String = (70..100).map(|number| format!("line {number:04}\n")).collect();
        assert_eq!(text(2) + &text(1) + &text(0), newest, "ten lines a file, the newest");
        remove(&log);
    }

    #[test]
    fn a_file_that_was_moved_away_is_left_alone_after_a_reopen() {
        let mut log = Rotating::open(config("moved", 1000, 2)).unwrap();
        log.write(b"one\n").unwrap();
        let moved = log.config.folder.join("moved");
        fs::rename(log.path(0), &moved).unwrap();
        log.write(b"two\n").unwrap();
        log.reopen().unwrap();
        log.write(b"three\n").unwrap();
        assert_eq!(fs::read_to_string(&moved).unwrap(), "one\ntwo\n");
        assert_eq!(fs::read_to_string(log.path(0)).unwrap(), "three\n");
        drop(log.reopen());
        log.write(b"four\n").unwrap();
        assert_eq!(fs::read_to_string(log.path(0)).unwrap(), "three\nfour\n", "it is gone on with");
        remove(&log);
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let config = config("link", 1000, 2);
        fs::create_dir_all(&config.folder).unwrap();
        let victim = config.folder.join("victim");
        fs::write(&victim, "mine").unwrap();
        std::os::unix::fs::symlink(&victim, config.folder.join(NAME)).unwrap();
        assert!(Rotating::open(config.clone()).is_err());
        assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
        fs::remove_dir_all(config.folder.parent().unwrap()).unwrap();
    }
}
