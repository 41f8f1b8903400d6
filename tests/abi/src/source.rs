//! The files of the ABI crate, and where everything lies.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Modules of `sdk/abi/src` that make the header, in its order.
pub(crate) const MODULES: [&str; 13] = [
    "text",
    "status",
    "book",
    "market",
    "derived",
    "report",
    "slot",
    "decl",
    "instrument",
    "command",
    "adapter",
    "execution",
    "strategy",
];

/// Modules that hold no part of the contract.
const OTHERS: [&str; 2] = ["layout", "lib"];

/// The top of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies two levels below the root").to_owned()
}

/// Path of a module of the ABI crate.
pub(crate) fn module(name: &str) -> PathBuf {
    root().join("sdk/abi/src").join(name).with_extension("rs")
}

/// Names of all public constants of the contract, in the order of the header.
///
/// # Panics
///
/// If the ABI crate has a module that this crate was not told of.
pub fn constants() -> Vec<String> {
    let dir = root().join("sdk/abi/src");
    for entry in fs::read_dir(&dir).expect("the ABI crate can be listed") {
        let path = entry.expect("the ABI crate can be listed").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        assert!(
            MODULES.contains(&name) || OTHERS.contains(&name),
            "{} is new: name it in tests/abi/src/source.rs",
            path.display()
        );
    }
    let mut names = Vec::new();
    for name in MODULES {
        let text = fs::read_to_string(module(name)).expect("a module of the ABI can be read");
        names.extend(text.lines().filter_map(|line| {
            let (name, _) = line.strip_prefix("pub const ")?.split_once(": ")?;
            (!name.starts_with("fn ")).then(|| name.to_owned())
        }));
    }
    names
}
