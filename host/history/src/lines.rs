//! A file line by line, in one buffer.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use crate::{CaptureError, source};

/// The longest line that is read. The largest REST answer known is below 16 MiB.
pub const MAX_LINE_BYTES: u64 = 64 << 20;

/// The lines of a file.
pub(crate) struct Lines {
    path: PathBuf,
    input: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
    /// Bytes read so far, after decompression.
    offset: u64,
    limit: u64,
    /// Whether lines end with `\r\n`, as the first one does. Decided once, because a `\r` at the
    /// end of a line in any other file belongs to the frame.
    crlf: Option<bool>,
    /// After an error there is nothing more to be had.
    over: bool,
}

impl Lines {
    /// # Errors
    ///
    /// [`CaptureError::Open`].
    pub(crate) fn open(path: &Path) -> Result<Self, CaptureError> {
        Ok(Self::new(path, source::open(path)?, MAX_LINE_BYTES))
    }

    fn new(path: &Path, input: Box<dyn BufRead + Send>, limit: u64) -> Self {
        Self {
            path: path.to_owned(),
            input,
            line: Vec::new(),
            number: 0,
            offset: 0,
            limit,
            crlf: None,
            over: false,
        }
    }

    /// Goes to the next line; false at the end. The last line needs no line feed.
    ///
    /// # Errors
    ///
    /// [`CaptureError::Damaged`], [`CaptureError::LineTooLong`]; the file is over then, and
    /// [`Self::line`] is what there is of the line.
    pub(crate) fn advance(&mut self) -> Result<bool, CaptureError> {
        self.line.clear();
        if self.over {
            return Ok(false);
        }
        self.number += 1;
        let result = self.input.by_ref().take(self.limit + 1).read_until(b'\n', &mut self.line);
        self.offset += self.line.len() as u64;
        if let Err(source) = result {
            self.over = true;
            let (path, line, offset) = (self.path.clone(), self.number, self.offset);
            return Err(CaptureError::Damaged { path, line, offset, source });
        }
        if self.line.is_empty() {
            self.over = true;
            self.number -= 1;
            return Ok(false);
        }
        self.strip_end();
        if self.line.len() as u64 > self.limit {
            self.over = true;
            let (path, line, limit) = (self.path.clone(), self.number, self.limit);
            return Err(CaptureError::LineTooLong { path, line, limit });
        }
        Ok(true)
    }

    fn strip_end(&mut self) {
        if self.line.ends_with(b"\n") {
            self.line.pop();
        }
        if self.line.is_empty() {
            return;
        }
        let ends = self.line.ends_with(b"\r");
        if *self.crlf.get_or_insert(ends) && ends {
            self.line.pop();
        }
    }

    /// The line, without its end.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Its number, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &'static [u8], limit: u64) -> Lines {
        Lines::new(Path::new("file"), Box::new(text), limit)
    }

    fn all(mut lines: Lines) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        while lines.advance().unwrap() {
            all.push(lines.line().to_vec());
        }
        assert_eq!(lines.number(), all.len() as u64);
        assert!(!lines.advance().unwrap());
        all
    }

    #[test]
    fn the_last_line_needs_no_end() {
        assert_eq!(all(lines(b"a\n\nb", 9)), [&b"a"[..], b"", b"b"]);
        assert_eq!(all(lines(b"a\n\nb\n", 9)), [&b"a"[..], b"", b"b"]);
        assert!(all(lines(b"", 9)).is_empty());
    }

    #[test]
    fn a_carriage_return_is_stripped_only_where_all_lines_have_one() {
        assert_eq!(all(lines(b"a\r\n\r\nb\r\n", 9)), [&b"a"[..], b"", b"b"]);
        assert_eq!(all(lines(b"a\nb\r\n", 9)), [&b"a"[..], b"b\r"]);
    }

    #[test]
    fn a_line_is_bounded() {
        assert_eq!(all(lines(b"1234\n1234", 4)).len(), 2);
        let mut lines = lines(b"1234\n12345\n1\n", 4);
        assert!(lines.advance().unwrap());
        let error = lines.advance().unwrap_err();
        assert!(matches!(error, CaptureError::LineTooLong { line: 2, limit: 4, .. }), "{error}");
        assert!(!lines.advance().unwrap());
    }
}
