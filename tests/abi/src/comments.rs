//! Documentation comments of the ABI, said with the names of the header.

use std::collections::BTreeSet;

use patchbay_abi::layout::TYPES;

/// Types of the header that are not in `layout::TYPES`.
const MORE_TYPES: [&str; 3] = ["Slot", "Status", "WriteFn"];

/// The names that have a prefix in C.
pub(crate) struct Names {
    constants: BTreeSet<String>,
    types: BTreeSet<&'static str>,
}

impl Names {
    /// Of the ABI crate.
    pub(crate) fn new(constants: Vec<String>) -> Self {
        let types = TYPES.iter().map(|ty| ty.name).chain(MORE_TYPES).collect();
        Self { constants: constants.into_iter().collect(), types }
    }

    /// A comment line with links as plain code and names as in C.
    pub(crate) fn comment(&self, line: &str) -> String {
        let plain = line.replace("[`", "`").replace("`]", "`");
        let mut out = String::with_capacity(plain.len());
        for (i, part) in plain.split('`').enumerate() {
            if i > 0 {
                out.push('`');
            }
            if i % 2 == 0 { out.push_str(part) } else { out.push_str(&self.code(part)) }
        }
        out
    }

    /// A piece of code: `Http::id` becomes `PbHttp.id`, `SIDE_BUY` becomes `PB_SIDE_BUY`.
    fn code(&self, code: &str) -> String {
        let code = code
            .replace("crate::", "")
            .replace("layout::HASH", "PB_LAYOUT_HASH")
            .replace("usize::MAX", "SIZE_MAX")
            .replace("::", ".");
        let mut out = String::new();
        let mut rest = code.as_str();
        while !rest.is_empty() {
            let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            if self.types.contains(word) {
                out.push_str("Pb");
            } else if self.constants.contains(word)
                || (word.ends_with('_') && tail.starts_with('*'))
            {
                out.push_str("PB_");
            }
            out.push_str(word);
            let gap = tail.find(in_word).unwrap_or(tail.len());
            out.push_str(&tail[..gap]);
            rest = &tail[gap..];
        }
        out
    }
}

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_get_their_prefix_in_code_only() {
        let names = Names::new(vec!["FULL".to_owned()]);
        assert_eq!(
            names.comment("/// [`crate::FULL`], `SIDE_*` or `Http::id` of an Order FULL"),
            "/// `PB_FULL`, `PB_SIDE_*` or `PbHttp.id` of an Order FULL"
        );
        assert_eq!(names.comment("/// `sizeof(Slot)`: 64."), "/// `sizeof(PbSlot)`: 64.");
    }
}
