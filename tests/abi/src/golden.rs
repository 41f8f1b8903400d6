//! Comparison with a committed file.

use std::{env, fs, path::Path};

/// Compares `fresh` with the file at `path`, or rewrites the file if `PATCHBAY_UPDATE` is 1.
///
/// # Errors
///
/// A text for the person in front of the test: the first line that differs, and what to do.
pub fn golden(path: &Path, fresh: &str) -> Result<(), String> {
    let name = path.display();
    let committed = fs::read_to_string(path).unwrap_or_default();
    if committed == fresh {
        return Ok(());
    }
    if env::var_os("PATCHBAY_UPDATE").is_some_and(|value| value == "1") {
        return fs::write(path, fresh).map_err(|e| format!("{name} cannot be written: {e}"));
    }
    let (line, old, new) = first_difference(&committed, fresh);
    Err(format!(
        "{name}, line {line}:\n  committed: {old}\n  now:       {new}\n\
         The binary contract changed. If that is meant (a field or function appended, see \
         docs/abi.md, \"Versions\"), run\n  \
         PATCHBAY_UPDATE=1 cargo test -p patchbay-test-abi\n\
         and commit the file. If not, undo the change in sdk/abi/src."
    ))
}

/// The number from 1 of the first line that differs, and both lines.
fn first_difference<'a>(old: &'a str, new: &'a str) -> (usize, &'a str, &'a str) {
    let (mut old, mut new) = (old.lines(), new.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (Some(a), Some(b)) if a == b => {}
            (None, None) => return (number, "(line ends)", "(line ends differ)"),
            (a, b) => return (number, a.unwrap_or("(end)"), b.unwrap_or("(end)")),
        }
    }
    unreachable!("an endless count")
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_difference_is_named() {
        assert_eq!(first_difference("a\nb\nc\n", "a\nx\nc\n"), (2, "b", "x"));
        assert_eq!(first_difference("a\n", "a\nb\n"), (2, "(end)", "b"));
        assert_eq!(first_difference("a\nb\n", "a\n"), (2, "b", "(end)"));
    }
}
