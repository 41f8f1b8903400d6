//! The specification names every type, field and constant, with its size, offset or value.

use std::fs;

use patchbay_test_abi::{header, root, spec};

#[test]
fn specification_is_complete() {
    let doc = fs::read_to_string(root().join("docs/abi.md")).expect("docs/abi.md can be read");
    let missing = spec::missing(&doc, &header());
    assert!(missing.is_empty(), "docs/abi.md lacks:\n  {}", missing.join("\n  "));
}
