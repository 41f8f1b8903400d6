//! One TOML text, and the lines and columns in it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue, Error};

use super::problem::Problem;
use super::value::quoted;

/// Bytes of a file; a longer one was given by mistake.
const BYTES_MAX: u64 = 256 << 10;

/// A text and the name that problems give it.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) file: String,
    text: String,
    /// Offset at which each line begins.
    lines: Vec<usize>,
}

impl Source {
    pub(super) fn new(file: &str, text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
            lines: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// Reads a file. `None`, and a problem, if it cannot be read; `None` alone if there is none and
    /// there need not be.
    pub(super) fn read(path: &Path, needed: bool, problems: &mut Vec<Problem>) -> Option<Self> {
        let file = path.display().to_string();
        let bytes = match read_bounded(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !needed => return None,
            Err(error) => {
                let found = format!("\"{error}\"");
                problems.push(Problem::whole(&file, found, "a file that can be read"));
                return None;
            }
        };
        if bytes.len() as u64 > BYTES_MAX {
            let found = "a longer one".to_owned();
            problems.push(Problem::whole(&file, found, "a file of at most 256 KiB"));
            return None;
        }
        let source = Self::new(&file, &String::from_utf8_lossy(&bytes));
        let Err(error) = std::str::from_utf8(&bytes) else {
            return Some(source);
        };
        let found = "bytes that are none".to_owned();
        problems.push(source.problem(error.valid_up_to(), "", found, "UTF-8"));
        None
    }

    /// The table that the text is, as far as it can be made out. `None` if it cannot be said which
    /// keys are in which table.
    pub(super) fn parse(&self, problems: &mut Vec<Problem>) -> Option<DeTable<'_>> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        let table = table.into_inner();
        let mut keys = Keys::new();
        if errors.iter().any(is_duplicate) {
            collect(&table, "", &mut keys);
        }
        problems.extend(errors.iter().map(|error| self.refused(error, &keys)));
        let sound = !errors.iter().any(|error| self.is_header(span(error).start));
        sound.then_some(table)
    }

    /// A problem that stands at a byte of the text.
    pub(super) fn problem(&self, at: usize, key: &str, found: String, expected: &str) -> Problem {
        let (line, column) = self.position(at);
        Problem { line, column, key: key.to_owned(), ..Problem::whole(&self.file, found, expected) }
    }

    /// Where a byte of the text stands: `patchbay.toml:7:5`.
    pub(super) fn origin(&self, at: usize) -> String {
        let (line, column) = self.position(at);
        format!("{}:{line}:{column}", self.file)
    }

    /// Line and column of a byte, both from 1.
    fn position(&self, at: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= at);
        let start = self.lines[line - 1];
        let before = self.text.get(start..at).unwrap_or_default();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(line), number(before.chars().count() + 1))
    }

    /// What the parser says: "what is wrong, expected this, that".
    fn refused(&self, error: &Error, keys: &Keys<'_>) -> Problem {
        let span = span(error);
        let text = self.text.get(span.clone()).unwrap_or_default();
        if is_duplicate(error) {
            return self.duplicate(span.start, text, keys);
        }
        let (fault, expected) = match error.message().split_once(", expected ") {
            Some((fault, "nothing")) => (fault, "TOML"),
            Some(parts) => parts,
            None => (error.message(), "TOML"),
        };
        let found = match text {
            "" => fault.to_owned(),
            text => format!("{} ({fault})", quoted(text)),
        };
        self.problem(span.start, "", found, expected)
    }

    /// The first is taken to be the last key of that name before.
    fn duplicate(&self, at: usize, text: &str, keys: &Keys<'_>) -> Problem {
        let name = text.trim_matches(['"', '\'']);
        let (key, found) = match keys.range((name, 0)..(name, at)).next_back() {
            Some(((_, first), dotted)) => {
                let (line, _) = self.position(*first);
                (dotted.as_str(), format!("another (the first is on line {line})"))
            }
            None => (text, "another".to_owned()),
        };
        self.problem(at, key, found, "the key once in its table")
    }

    fn is_header(&self, at: usize) -> bool {
        let (line, _) = self.position(at);
        let rest = &self.text[self.lines[line as usize - 1]..];
        rest.trim_start_matches([' ', '\t']).starts_with('[')
    }
}

/// A segment of a dotted key, in quotes where TOML needs them.
pub(super) fn join(path: &str, segment: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let segment = match segment {
        plain if !plain.is_empty() && plain.chars().all(bare) => plain.to_owned(),
        other => format!("{other:?}"),
    };
    match path {
        "" => segment,
        path => format!("{path}.{segment}"),
    }
}

/// Where the value of a dotted key stands, elements of lists by number; of a key that does not, the
/// table or list that it would be in.
pub(super) fn place(table: &DeTable<'_>, dotted: &str) -> usize {
    let mut segments = dotted.split('.');
    let first = segments.next().and_then(|first| table.get(first));
    let Some(mut value) = first else { return 0 };
    for segment in segments {
        let inner = match value.get_ref() {
            DeValue::Table(table) => table.get(segment),
            DeValue::Array(items) => segment.parse().ok().and_then(|at: usize| items.get(at)),
            _ => None,
        };
        let Some(inner) = inner else { break };
        value = inner;
    }
    value.span().start
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn span(error: &Error) -> Range<usize> {
    error.span().unwrap_or_default()
}

fn is_duplicate(error: &Error) -> bool {
    error.message() == "duplicate key"
}

/// The dotted key of every key, by its last segment and where that stands.
type Keys<'k> = BTreeMap<(&'k str, usize), String>;

fn collect<'k>(table: &'k DeTable<'_>, path: &str, keys: &mut Keys<'k>) {
    for (key, value) in table {
        let dotted = join(path, key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => collect(inner, &dotted, keys),
            DeValue::Array(items) => {
                let tables = items.iter().enumerate();
                let tables = tables.filter_map(|(i, item)| Some((i, item.get_ref().as_table()?)));
                tables.for_each(|(i, inner)| collect(inner, &format!("{dotted}.{i}"), keys));
            }
            _ => {}
        }
        keys.insert((key.get_ref(), key.span().start), dotted);
    }
}
