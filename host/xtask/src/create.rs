//! `cargo patchbay new adapter NAME [--path DIR]`: the template under another name.

use std::fs;
use std::path::{Path, PathBuf};

/// What it begins as, a crate of this workspace.
const TEMPLATE: &str = "host/xtask/template";

/// What its name and its type stand for.
const NAMES: [&str; 2] = ["template", "Template"];

/// What is wrong with a command line is told with this.
const USAGE: &str = "write `cargo patchbay new adapter NAME [--path DIR]`";

/// Makes what the arguments behind `new` say; its folder.
pub(crate) fn new(args: &[impl AsRef<str>]) -> Result<PathBuf, String> {
    let words: Vec<_> = args.iter().map(AsRef::as_ref).collect();
    let (name, path) = match words[..] {
        ["adapter", name] => (name, None),
        ["adapter", name, "--path", path] => (name, Some(Path::new(path))),
        _ => return Err(USAGE.into()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|error| format!("{}: {error}", root.display()))?;
    adapter(&root, name, path)
}

/// Writes the adapter `name` into `adapters/NAME` of the workspace at `root`, of which it becomes a
/// member, or into a folder of its own, where it is a workspace of its own.
fn adapter(root: &Path, name: &str, path: Option<&Path>) -> Result<PathBuf, String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    if !begins || name.len() > 32 || !name.chars().all(plain) || name == NAMES[0] {
        return Err(format!(
            "{name:?} cannot be a venue's name: at most 32 of a-z, 0-9 and -, a letter first, \
             and not {:?}",
            NAMES[0]
        ));
    }
    let folder = path.map_or_else(|| root.join("adapters").join(name), Path::to_path_buf);
    if folder.exists() {
        return Err(format!("{} is there already; move it away", folder.display()));
    }
    let manifest = read(&root.join("Cargo.toml"))?;
    for file in files(&root.join(TEMPLATE))? {
        let within = file.strip_prefix(root.join(TEMPLATE)).unwrap_or(&file);
        let mut text = named(&read(&file)?, name);
        if path.is_some() && within == Path::new("Cargo.toml") {
            text = standing_alone(&text, &manifest, root)?;
        }
        write(&folder.join(within), &text)?;
    }
    match path {
        Some(_) => write(&folder.join("Cargo.lock"), &read(&root.join("Cargo.lock"))?)?,
        None => write(&root.join("Cargo.toml"), &with_member(&manifest, name)?)?,
    }
    Ok(folder)
}

/// The template's text under another name: `patchbay_NAME` is an identifier, and so has no `-`.
fn named(text: &str, name: &str) -> String {
    let parts = name
        .split('-')
        .map(|part| part[..part.len().min(1)].to_uppercase() + part.get(1..).unwrap_or(""));
    let [word, kind] = NAMES;
    text.replace(&format!("patchbay_{word}"), &format!("patchbay_{}", name.replace('-', "_")))
        .replace(kind, &parts.collect::<String>())
        .replace(word, name)
}

/// A manifest that inherits from that of the workspace at `root`, with what it inherits written out.
fn standing_alone(text: &str, manifest: &str, root: &Path) -> Result<String, String> {
    let mut lines = vec!["[workspace]\n".to_owned()];
    for line in text.split("\n[lints]").next().unwrap_or_default().lines() {
        let Some(key) = line.strip_suffix(".workspace = true") else {
            lines.push(line.to_owned());
            continue;
        };
        let same = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "));
        let said = manifest.lines().find(same);
        let said = said.ok_or_else(|| format!("Cargo.toml of the workspace lacks {key:?}"))?;
        lines.push(said.replace("path = \"", &format!("path = \"{}/", root.display())));
    }
    Ok(lines.join("\n"))
}

/// The workspace's manifest with one more adapter, where its name belongs among theirs.
fn with_member(manifest: &str, name: &str) -> Result<String, String> {
    let new = format!("    \"adapters/{name}\",");
    let mut lines: Vec<_> = manifest.lines().collect();
    let members = |line: &str| line.starts_with("    \"adapters/");
    let first = lines.iter().position(|line| members(line));
    let first = first.ok_or("Cargo.toml of the workspace lists no adapter")?;
    let before = lines[first..].iter().take_while(|line| members(line) && **line < &*new).count();
    lines.insert(first + before, &new);
    Ok(lines.join("\n") + "\n")
}

/// All files below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    let folder = file.parent().unwrap_or(file);
    let made = fs::create_dir_all(folder).and_then(|()| fs::write(file, text));
    made.map_err(|error| format!("{}: {error}", file.display()))
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
