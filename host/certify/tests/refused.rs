//! What can be said of a file that is no adapter.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use patchbay_certify::{CARDS, Means, Verdict, certify};

#[test]
fn a_file_that_the_host_refuses_fails_the_first_card_alone() {
    let name = format!("patchbay-certify-refused-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let file = folder.join("notes.so");
    fs::write(&file, "no plugin").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let means = Means { corpus: None, recordings: usize::MAX, program: Path::new("/nonexistent") };
    let certificate = certify(&file, means, |_| {}).unwrap();
    fs::remove_dir_all(folder).unwrap();

    assert_eq!((certificate.adapter.as_str(), certificate.cards.len()), ("notes.so", CARDS.len()));
    let failed: Vec<_> = certificate.failed().map(|row| row.card.number).collect();
    assert_eq!(failed, [101]);
    let Verdict::Failed { evidence } = &certificate.cards[0].verdict else { panic!() };
    assert!(evidence.contains("ELF"), "{evidence}");
    let others = certificate.cards[1..].iter();
    assert!(others.clone().all(|row| row.verdict.word() == "not verified"));
    let text = certificate.to_string();
    assert!(text.contains("0 passed, 1 failed, 40 not verified"), "{text}");
}
