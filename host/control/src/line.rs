//! Lines of bounded length.

use std::io::{self, BufRead};

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A whole line is in the buffer, without its end.
    Whole,
    /// It is longer than allowed; the rest of it was not read.
    TooLong,
    /// The other end is done. A last line without its end does not count: it may have been cut.
    End,
}

/// Reads the next line into `line`, which is emptied before: unless it holds the beginning of a
/// line whose rest had not come when the read timed out.
///
/// # Errors
///
/// The source's; `line` then keeps what had come.
pub(crate) fn read_line(
    from: &mut impl BufRead,
    line: &mut Vec<u8>,
    max_bytes: usize,
) -> io::Result<Line> {
    loop {
        let ready = match from.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            ready => ready?,
        };
        if ready.is_empty() {
            return Ok(Line::End);
        }
        let end = ready.iter().position(|&byte| byte == b'\n');
        let taken = end.unwrap_or(ready.len());
        if line.len() + taken > max_bytes {
            return Ok(Line::TooLong);
        }
        line.extend_from_slice(&ready[..taken]);
        from.consume(taken + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(Line::Whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_their_end_and_at_their_bound() {
        let mut from = io::BufReader::with_capacity(3, &b"abc\n\nabcdefgh"[..]);
        let mut next = |max| {
            let mut line = Vec::new();
            (read_line(&mut from, &mut line, max).unwrap(), line)
        };
        assert_eq!(next(3), (Line::Whole, b"abc".to_vec()));
        assert_eq!(next(3), (Line::Whole, Vec::new()));
        assert_eq!(next(5).0, Line::TooLong);
        assert_eq!(next(99).0, Line::End);
    }
}
