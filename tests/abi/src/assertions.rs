//! The numbers of `layout::TYPES`, said in C.

use patchbay_abi::layout::{HASH, TYPES};

use crate::layout::put;

/// A C11 and C++17 file that compiles only if the header means the same layout as the crate.
pub fn assertions() -> String {
    let mut out = String::from(
        "#include \"patchbay.h\"\n#include <assert.h>\n#include <stdalign.h>\n\n\
         static_assert(sizeof(PbSlot) == 64, \"PbSlot\");\n\
         static_assert(alignof(PbSlot) == 64, \"PbSlot\");\n",
    );
    put(&mut out, format_args!("static_assert(PB_LAYOUT_HASH == {HASH}u, \"hash\");\n"));
    for ty in TYPES {
        let name = ty.name;
        put(
            &mut out,
            format_args!(
                "\nstatic_assert(sizeof(Pb{name}) == {}, \"{name}\");\n\
                 static_assert(alignof(Pb{name}) == {}, \"{name}\");\n",
                ty.size, ty.align
            ),
        );
        for (field, offset) in ty.fields {
            put(
                &mut out,
                format_args!(
                    "static_assert(offsetof(Pb{name}, {field}) == {offset}, \"{name}.{field}\");\n"
                ),
            );
        }
    }
    out
}
