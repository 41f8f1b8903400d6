//! What `docs/abi.md` must say, so that it cannot drift from the crate.

use patchbay_abi::layout::{TYPES, TypeLayout};

/// What the specification lacks: for every type a section under a heading with its name, size and
/// alignment, with a table row for every field at its offset; for every constant of the header a
/// table row with its value.
pub fn missing(doc: &str, header: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for ty in TYPES {
        type_missing(doc, ty, &mut missing);
    }
    let rows: Vec<_> = doc.lines().filter_map(cells).collect();
    for (name, value) in constants(header) {
        if !rows.iter().any(|row| row[0] == format!("`{name}`") && row[1] == value) {
            missing.push(format!("a table row `| `{name}` | {value} | ...`"));
        }
    }
    missing
}

/// Constants of the header with their values, by their names in Rust.
pub fn constants(header: &str) -> Vec<(String, String)> {
    header
        .lines()
        .filter_map(|line| line.strip_prefix("#define PB_")?.split_once(' '))
        .filter(|(name, _)| !name.contains('(') && *name != "EXPORT")
        .map(|(name, value)| (name.to_owned(), in_words(value)))
        .collect()
}

/// A value as the specification writes it.
fn in_words(value: &str) -> String {
    let bare =
        value.trim_start_matches("UINT64_C(").trim_start_matches("UINT32_C(").trim_end_matches(')');
    match bare.strip_prefix('"') {
        Some(text) => format!("`\"{text}`"),
        None if bare.starts_with("0x") => format!("`{bare}`"),
        None => bare.to_owned(),
    }
}

fn type_missing(doc: &str, ty: &TypeLayout, missing: &mut Vec<String>) {
    let Some(section) = section(doc, ty.name) else {
        missing.push(format!("a heading that ends in `{}`", ty.name));
        return;
    };
    let sizes = format!("{} bytes, aligned to {}", ty.size, ty.align);
    if !section.contains(&sizes) {
        missing.push(format!("\"{sizes}\" in the section of `{}`", ty.name));
    }
    let rows: Vec<_> = section.lines().filter_map(cells).collect();
    for (field, offset) in ty.fields {
        if !rows.iter().any(|row| row[0] == offset.to_string() && row[1] == format!("`{field}`")) {
            missing.push(format!("a row `| {offset} | `{field}` | ...` in `{}`", ty.name));
        }
    }
}

/// From the heading that ends in the type's name to the next heading.
fn section<'a>(doc: &'a str, name: &str) -> Option<&'a str> {
    let ending = format!(" `{name}`");
    let mut start = None;
    let mut offset = 0;
    for line in doc.split_inclusive('\n') {
        if line.starts_with('#') {
            if let Some(start) = start {
                return Some(&doc[start..offset]);
            }
            if line.trim_end().ends_with(&ending) {
                start = Some(offset);
            }
        }
        offset += line.len();
    }
    start.map(|start| &doc[start..])
}

/// The cells of a table row, if it has two or more.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    (cells.len() >= 2).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::{constants, section};

    #[test]
    fn a_section_ends_at_the_next_heading() {
        let doc = "# Top\n### Text: `Str`\na\n### Bytes: `Bytes`\nb\n";
        assert_eq!(section(doc, "Str"), Some("### Text: `Str`\na\n"));
        assert_eq!(section(doc, "Bytes"), Some("### Bytes: `Bytes`\nb\n"));
        assert_eq!(section(doc, "Head"), None);
    }

    #[test]
    fn constants_are_read_from_the_header() {
        let header = "#define PB_STR(x) {x}\n#define PB_OK 0\n#define PB_SYMBOL \"A\"\n\
                      #define PB_MAGIC UINT64_C(0x01)\n#define PB_EXPORT y z\n";
        let found = constants(header);
        let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(found, [("OK", "0"), ("SYMBOL", "`\"A\"`"), ("MAGIC", "`0x01`")]);
    }
}
