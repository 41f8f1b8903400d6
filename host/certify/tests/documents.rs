//! The catalogue is documented as it is.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

#[test]
fn the_page_holds_every_card_as_it_is() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/certificate.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, listed) = page.split_once("a test holds this page to it.\n").unwrap();
    let printed = patchbay_certify::catalogue();
    assert_eq!(listed.trim(), printed.trim(), "put the output of `certify --catalogue` there");
}
