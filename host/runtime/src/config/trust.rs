//! The list of trusted plugins.
//!
//! ```toml
//! [[plugin]]
//! file = "binance.so"     # in the plugin folder
//! sha256 = "..."          # 64 hexadecimal digits, as sha256sum prints them
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::DeValue;

use super::check::{check, require};
use super::form::{Form, sha256};
use super::problem::Problem;
use super::schema::{Schema, Type};
use super::source::Source;
use super::value::{describe, quoted};

/// Bytes of each file's SHA-256, by file name.
pub(super) type Hashes = BTreeMap<String, [u8; 32]>;

/// Reads the list. What is not in the result is not trusted, whatever is wrong with the list.
pub(super) fn read(path: &Path, problems: &mut Vec<Problem>) -> Hashes {
    let source = Source::read(path, true, problems);
    source.map_or_else(Hashes::new, |source| hashes(&source, problems))
}

fn hashes(source: &Source, problems: &mut Vec<Problem>) -> Hashes {
    let mut hashes = Hashes::new();
    let Some(root) = source.parse(problems) else {
        return hashes;
    };
    let list = Schema::of([("plugin", Type::Tables, "A table for each file.")]);
    check(&list, source, "", &root, problems);
    let plugins = root.get("plugin").and_then(|plugins| plugins.get_ref().as_array());
    let entry = Schema::of([
        ("file", Type::Form(Form::FileName), "Name of a file in the plugin folder."),
        ("sha256", Type::Form(Form::Sha256), "Hash of its content."),
    ]);
    for (i, plugin) in plugins.into_iter().flatten().enumerate() {
        let (at, path) = (plugin.span().start, format!("plugin.{i}"));
        let DeValue::Table(table) = plugin.get_ref() else {
            let found = describe(plugin.get_ref());
            problems.push(source.problem(at, &path, found, "a table"));
            continue;
        };
        let found = check(&entry, source, &path, table, problems);
        let has = |key: &str| table.contains_key(key);
        require(entry.keys(), has, |key, expected| {
            problems.push(source.problem(at, &format!("{path}.{key}"), "nothing".into(), expected));
        });
        let (Some(file), Some(hash)) = (found.text("file"), found.text("sha256").and_then(sha256))
        else {
            continue;
        };
        if hashes.insert(file.to_owned(), hash).is_some() {
            let found = format!("another for {}", quoted(file));
            problems.push(source.problem(at, &path, found, "one table for each file"));
        }
    }
    hashes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Hashes, Vec<String>) {
        let mut problems = Vec::new();
        let hashes = hashes(&Source::new("plugins.toml", text), &mut problems);
        (hashes, problems.iter().map(Problem::to_string).collect())
    }

    #[test]
    fn reads_names_and_hashes() {
        let hash = "ab".repeat(32);
        let text = format!("[[plugin]]\nfile = \"a.so\"\nsha256 = \"{hash}\"\n");
        let (hashes, problems) = read_text(&text);
        assert_eq!(problems, [""; 0]);
        assert_eq!(hashes, Hashes::from([("a.so".to_owned(), [0xab; 32])]));
        assert_eq!(read_text(""), (Hashes::new(), Vec::new()), "trusts nothing");
    }

    #[test]
    fn says_what_is_wrong_with_an_entry() {
        let hash = "ab".repeat(32);
        let cases = [
            (
                "plugin = 3".to_owned(),
                "plugins.toml:1:10: `plugin`: expected tables that begin with [[plugin]], found \
                 the integer 3",
            ),
            (
                "[[plugins]]\nfile = \"a.so\"".to_owned(),
                "plugins.toml:1:3: unknown key `plugins`; did you mean `plugin`?",
            ),
            (
                format!("[[plugin]]\nfile = \"a.so\"\nsha265 = \"{hash}\""),
                "plugins.toml:1:1: `plugin.0.sha256`: expected a SHA-256, 64 hexadecimal digits, \
                 found nothing\n\
                 plugins.toml:3:1: unknown key `plugin.0.sha265`; did you mean `plugin.0.sha256`?",
            ),
            (
                format!("[[plugin]]\nfile = \"x/a.so\"\nsha256 = \"{hash}\""),
                "plugins.toml:2:8: `plugin.0.file`: expected the name of a file, without a \
                 folder, found the string \"x/a.so\"",
            ),
            (
                format!(
                    "[[plugin]]\nfile='a'\nsha256='{hash}'\n[[plugin]]\nfile='a'\nsha256='{hash}'"
                ),
                "plugins.toml:4:1: `plugin.1`: expected one table for each file, found another \
                 for \"a\"",
            ),
        ];
        for (text, expected) in cases {
            let (_, mut problems) = read_text(&text);
            problems.sort();
            assert_eq!(problems.join("\n"), expected);
        }
    }
}
