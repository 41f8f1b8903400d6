//! Tables of docs/performance.md, and instruction counts.

use std::process::Command;

/// A heading and rows.
pub(crate) struct Table {
    title: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Table {
    pub(crate) fn new(title: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|&column| column.to_owned()).collect();
        Self { title: title.to_owned(), columns, rows: Vec::new(), notes: Vec::new() }
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    /// A line below the table.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "### {}\n", self.title)?;
        writeln!(f, "| {} |", self.columns.join(" | "))?;
        let rules: Vec<_> = self.columns.iter().map(|_| "---").collect();
        writeln!(f, "|{}|", rules.join("|"))?;
        let mut before = String::new();
        for row in &self.rows {
            let mut row = row.clone();
            // What the row before says need not be said again.
            if row[0] == before {
                row[0].clear();
            } else {
                before.clone_from(&row[0]);
            }
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        for note in &self.notes {
            writeln!(f, "\n{note}")?;
        }
        Ok(())
    }
}

/// Instructions a unit that callgrind counts in one pass of a contender; `-` without `COUNT=1`.
pub(crate) fn instructions(what: &[&str], units: usize) -> String {
    if std::env::var_os("COUNT").is_none() {
        return "-".to_owned();
    }
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg("--toggle-collect=*race::measured*")
        .arg(program)
        .arg("count")
        .args(what)
        .output();
    let Ok(output) = output else { return "no valgrind".to_owned() };
    let text = String::from_utf8_lossy(&output.stderr);
    let found = text.lines().find_map(|line| line.split_once("Collected : "));
    match found.and_then(|(_, count)| count.trim().parse::<u64>().ok()) {
        Some(count) => (count / units.max(1) as u64).to_string(),
        None => "not counted".to_owned(),
    }
}
