//! The committed layout is the crate's layout, and what never changes is known by name.

use std::collections::BTreeSet;

use patchbay_abi::layout::{FROZEN, TYPES};
use patchbay_test_abi::{golden, layout, root};

/// Types without `struct_size` that a minor after 0.1 added.
const LATER: [&str; 1] = ["Token"];

#[test]
fn layout_is_the_committed_one() {
    golden(&root().join("sdk/abi/layout.txt"), &layout()).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn every_type_either_states_its_size_or_is_frozen_or_came_later() {
    let grows = |fields: &[(&str, usize)]| fields.iter().any(|(name, _)| *name == "struct_size");
    let fixed: BTreeSet<_> =
        TYPES.iter().filter(|ty| !grows(ty.fields)).map(|ty| ty.name).collect();
    let named: BTreeSet<_> = FROZEN.iter().chain(&LATER).copied().collect();
    assert_eq!(fixed, named);
    assert_eq!(named.len(), FROZEN.len() + LATER.len(), "a name stands twice");
}
