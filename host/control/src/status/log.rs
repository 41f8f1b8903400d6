//! The newest lines of the log.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::LogLevel;

/// Lines that a ring holds.
pub const MAX_LOG_LINES: usize = 1000;

/// Bytes of a line's text; the rest is cut.
const MAX_TEXT_BYTES: usize = 1000;

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogLine {
    /// 1, 2, 3 ... over the whole run, so that a reader sees what it missed.
    pub seq: u64,
    /// Host time.
    pub at_ns: i64,
    /// How much it matters.
    pub level: LogLevel,
    /// Who says it: a crate of the host, or a plugin.
    pub source: String,
    /// What it says.
    pub text: String,
}

/// The newest [`MAX_LOG_LINES`] lines; an older one is overwritten, and its number is missing.
#[derive(Clone, Debug, Default)]
pub struct LogRing {
    lines: VecDeque<LogLine>,
    last: u64,
}

impl LogRing {
    /// Appends a line and gives it the next number. Control characters become spaces: a plugin's
    /// text ends up on a terminal.
    pub fn push(&mut self, at_ns: i64, level: LogLevel, source: &str, text: &str) {
        self.last += 1;
        if self.lines.len() == MAX_LOG_LINES {
            self.lines.pop_front();
        }
        let (source, text) = (plain(source), plain(text));
        self.lines.push_back(LogLine { seq: self.last, at_ns, level, source, text });
    }

    /// All lines, oldest first.
    pub fn lines(&self) -> Vec<LogLine> {
        self.lines.iter().cloned().collect()
    }
}

fn plain(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_TEXT_BYTES);
    text[..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_lines_make_room_and_leave_a_hole_in_the_numbers() {
        let mut ring = LogRing::default();
        for at in 0..1003 {
            ring.push(at, LogLevel::Info, "engine", "line");
        }
        let lines = ring.lines();
        assert_eq!((lines.len(), lines[0].seq, lines[999].seq), (1000, 4, 1003));
    }

    #[test]
    fn a_line_cannot_steer_a_terminal_or_fill_the_memory() {
        let mut ring = LogRing::default();
        ring.push(1, LogLevel::Warn, "a\nb", &format!("\u{1b}[2J{}", "ü".repeat(2000)));
        let line = &ring.lines()[0];
        assert_eq!(line.source, "a b");
        assert!(line.text.starts_with(" [2J") && line.text.len() <= MAX_TEXT_BYTES);
    }
}
