//! The C header.

use cbindgen::{Builder, Config, DocumentationStyle, Language, SortKey, Style};
use patchbay_abi::layout::HASH;

use crate::{
    comments::Names,
    layout::put,
    source::{MODULES, constants, module},
};

/// Types that nothing else mentions, and the order in which they drag the others in.
const TOP: [&str; 6] =
    ["Slot", "PluginDecl", "AdapterVtable", "ExecutionVtable", "StrategyVtable", "Reply"];

/// What stands before the generated part.
const HEAD: &str = r#"// The binary contract between a patchbay host and its plugins, version 0.3.
//
// Generated from sdk/abi/src by `PATCHBAY_UPDATE=1 cargo test -p patchbay-test-abi`; docs/abi.md
// is the specification. For 64-bit little-endian targets, C11 or C++17 and later.
#ifndef PATCHBAY_H
#define PATCHBAY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PB_ALIGNED(bytes) alignas(bytes)
#else
#define PB_ALIGNED(bytes) _Alignas(bytes)
#endif

/// Stands before the definition of a symbol that the dynamic symbol table shall show, also with
/// `-fvisibility=hidden`.
#ifdef __cplusplus
#define PB_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define PB_EXPORT __attribute__((visibility("default")))
#endif

/// Initialiser of a `PbStr` from a string literal.
#define PB_STR(literal) { (const uint8_t *)("" literal), sizeof("" literal) - 1 }

#ifdef __cplusplus
extern "C" {
#endif

struct PbAdapterCx;

"#;

/// The header as it should be: C11 and C++17, with the documentation of the crate.
///
/// # Panics
///
/// If cbindgen cannot read the crate, or did not write what this generator expects.
pub fn header() -> String {
    let names = Names::new(constants());
    let mut out = String::from(HEAD);
    for line in bindings().trim().lines() {
        if line.trim_start().starts_with("///") {
            out.push_str(&names.comment(line));
        } else {
            out.push_str(&code(line));
        }
        out.push('\n');
    }
    out = aligned(&out);
    tail(&mut out);
    out
}

/// What cbindgen makes of the crate: types prefixed `Pb`, but so are the constants.
fn bindings() -> String {
    let mut config = Config {
        language: Language::C,
        style: Style::Both,
        documentation_style: DocumentationStyle::Cxx,
        usize_is_size_t: true,
        no_includes: true,
        line_length: 100,
        tab_width: 4,
        sort_by: SortKey::None,
        ..Config::default()
    };
    config.export.prefix = Some("Pb".to_owned());
    config.export.include = TOP.map(str::to_owned).to_vec();
    config.layout.aligned_n = Some("PB_ALIGNED".to_owned());
    let mut builder = Builder::new().with_config(config);
    for name in MODULES {
        builder = builder.with_src(module(name));
    }
    let bindings = builder.generate().expect("cbindgen reads the ABI crate");
    let mut bytes = Vec::new();
    bindings.write(&mut bytes);
    String::from_utf8(bytes).expect("cbindgen writes UTF-8")
}

/// A line of code with the prefix of its constant put right.
fn code(line: &str) -> String {
    match line.strip_prefix("#define Pb") {
        Some(rest) => format!("#define PB_{rest}"),
        None => line.to_owned(),
    }
}

/// Moves the alignment of the union to its first member, the one place where C11 and C++ both
/// allow it.
fn aligned(text: &str) -> String {
    const WAS: &str = "typedef union PB_ALIGNED(64) PbSlot {\n";
    const FIRST: &str = "    struct PbHead head;\n";
    let (before, after) = text.split_once(WAS).expect("cbindgen aligns the union Slot");
    let (docs, rest) = after.split_once(FIRST).expect("the first member of Slot is its head");
    format!("{before}typedef union PbSlot {{\n{docs}    PB_ALIGNED(64) struct PbHead head;\n{rest}")
}

/// Constants that cbindgen cannot evaluate, and the exported symbol.
fn tail(out: &mut String) {
    let (magic, symbol, execution) =
        (patchbay_abi::MAGIC, patchbay_abi::SYMBOL, patchbay_abi::EXECUTION);
    put(
        out,
        format_args!(
            r#"
/// `PbPluginDecl.magic`: the bytes `PATCHBAY`.
#define PB_MAGIC UINT64_C({magic:#018x})

/// Name of the exported `PbPluginDecl`.
#define PB_SYMBOL "{symbol}"

/// Extension id of `PbExecutionVtable`.
#define PB_EXECUTION "{execution}"

/// `PbPluginDecl.layout_hash`.
#define PB_LAYOUT_HASH UINT32_C({HASH:#010x})

// The one symbol of a plugin, which its author defines:
// PB_EXPORT const PbPluginDecl {symbol} = {{ PB_MAGIC, sizeof(PbPluginDecl), ... }};

#ifdef __cplusplus
}}
#endif

#endif // PATCHBAY_H
"#
        ),
    );
}
