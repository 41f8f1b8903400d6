//! The committed layout is the crate's layout.

use patchbay_test_abi::{golden, layout, root};

#[test]
fn layout_is_the_committed_one() {
    golden(&root().join("sdk/abi/layout.txt"), &layout()).unwrap_or_else(|e| panic!("{e}"));
}
