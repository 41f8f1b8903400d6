//! The committed header is fresh, complete, compiles without a warning and means the same layout.

use std::{fs, path::PathBuf};

use patchbay_test_abi::{
    assertions,
    compiler::{Language, compile},
    constants, golden, header, root,
};

#[test]
fn header_is_the_committed_one() {
    let path = root().join("sdk/include/patchbay.h");
    golden(&path, &header()).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn header_has_every_constant_and_type() {
    let header = header();
    for name in constants() {
        let define = format!("#define PB_{name} ");
        assert!(header.contains(&define), "cbindgen left {name} out of the header");
    }
    for ty in patchbay_abi::layout::TYPES {
        let end = format!("}} Pb{};", ty.name);
        assert!(header.contains(&end), "{} is not in the header: name it in TOP", ty.name);
    }
}

#[test]
fn header_compiles_and_has_the_layout_of_the_crate() {
    let dir = scratch("assertions");
    let source = dir.join("layout.c");
    fs::write(&source, assertions()).expect("scratch can be written");
    for language in Language::ALL {
        compile(language, &source, &dir, &["-fsyntax-only"]).unwrap_or_else(|e| panic!("{e}"));
    }
}

#[test]
fn a_c_plugin_exports_a_declaration_that_can_be_read_from_its_file() {
    let dir = scratch("plugin");
    let source = root().join("tests/abi/c/plugin.c");
    for language in Language::ALL {
        let library = dir.join(format!("{language:?}.so"));
        let path = library.to_str().expect("the scratch path is UTF-8");
        let args =
            ["-shared", "-fPIC", "-fvisibility=hidden", "-Wl,-z,now,-z,nodelete", "-o", path];
        compile(language, &source, &dir, &args).unwrap_or_else(|e| panic!("{e}"));
        let image = fs::read(&library).expect("the library was written");
        let decl = declaration(&image).expect("the declaration is in the file");
        let word = |i: usize| u32::from_le_bytes(decl[i..i + 4].try_into().expect("4 bytes"));
        assert_eq!(word(12), patchbay_abi::ABI_MAJOR);
        assert_eq!(word(16), patchbay_abi::ABI_MINOR);
        assert_eq!(word(24), patchbay_abi::KIND_ADAPTER);
        assert_eq!(word(28), patchbay_abi::FLAG_NO_PANIC);
        assert_eq!(word(32), 64);
        assert_eq!(word(36), patchbay_abi::layout::HASH);
        assert_eq!(patchbay_abi::unfixed(&decl[40..72]), "c-example");
    }
}

/// A directory for one test, with the header in it.
fn scratch(name: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&dir).expect("scratch can be made");
    fs::write(dir.join("patchbay.h"), header()).expect("scratch can be written");
    dir
}

/// The plain part of the declaration: the magic, followed by the size of the struct.
fn declaration(image: &[u8]) -> Option<&[u8]> {
    let size = u32::try_from(size_of::<patchbay_abi::PluginDecl>()).expect("a small struct");
    let mut start = patchbay_abi::MAGIC.to_le_bytes().to_vec();
    start.extend(size.to_le_bytes());
    let at = image.windows(start.len()).position(|window| window == start)?;
    image.get(at..at + 168)
}
