//! What is wrong with a configuration, and where.

use std::collections::BTreeMap;
use std::fmt;

/// One thing that is wrong: where it stands, what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Problem {
    /// The file, named as the operator named it; for a table that a plugin embeds, the plugin and
    /// which of its tables; for an environment variable, `environment`.
    pub file: String,
    /// Line, from 1; 0 if the whole file is meant.
    pub line: u32,
    /// Column in characters, from 1; 0 if the whole file is meant.
    pub column: u32,
    /// Dotted key; empty for a text that is not TOML and for a file that cannot be read.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
    /// For an unknown key, the known key that is spelt most like it.
    pub nearest: Option<String>,
}

impl Problem {
    /// About the whole of a file.
    pub(super) fn whole(file: &str, found: String, expected: &str) -> Self {
        Self {
            file: file.to_owned(),
            line: 0,
            column: 0,
            key: String::new(),
            found,
            expected: expected.to_owned(),
            nearest: None,
        }
    }

    /// Whether the text there is not TOML; what else is said about its line is then guesswork.
    fn is_syntax(&self) -> bool {
        self.line > 0 && self.key.is_empty()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        let Self { key, found, expected, .. } = self;
        match &self.nearest {
            Some(nearest) => write!(f, ": unknown key `{key}`; did you mean `{nearest}`?"),
            None if key.is_empty() => write!(f, ": expected {expected}, found {found}"),
            None => write!(f, ": `{key}`: expected {expected}, found {found}"),
        }
    }
}

/// A configuration that is refused: everything that is wrong with it, one line each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(problems))]
pub struct ConfigError {
    /// At least one, by file, line and column.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// `Ok` if nothing is wrong.
    pub(super) fn unless_none(mut problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort();
        problems.dedup();
        without_guesswork(&mut problems);
        Err(Self { problems })
    }
}

/// Keeps the first of what is said about a line that is not TOML.
fn without_guesswork(problems: &mut Vec<Problem>) {
    let mut first = BTreeMap::new();
    for problem in problems.iter().filter(|problem| problem.is_syntax()) {
        first.entry((problem.file.clone(), problem.line)).or_insert_with(|| problem.clone());
    }
    problems.retain(|problem| {
        let first = first.get(&(problem.file.clone(), problem.line));
        first.is_none_or(|first| first == problem)
    });
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    lines.join("\n")
}
