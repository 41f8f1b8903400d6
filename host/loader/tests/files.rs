//! Files that are refused for what is in them, without running any of it.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "closures and helpers of tests")]

mod support;

use std::fs;
use std::path::PathBuf;

use patchbay_loader::{Kind, inspect};
use support::{isolated, message};

#[test]
fn truncated() {
    isolated("truncated", |bench| {
        let whole = fs::read(bench.plugin("whole.so", &[])).unwrap();
        for percent in [1, 50, 90, 99] {
            let path = bench.path(&format!("cut{percent}.so"));
            let length = whole.len() * percent / 100;
            fs::write(&path, &whole[..length]).unwrap();
            let expected = format!("at least {} bytes", whole.len());
            let found = format!("{length};");
            bench.refused(&path, ["length", &expected, &found, "copy it again"]);
        }
        let path = bench.path("header.so");
        fs::write(&path, &whole[..40]).unwrap();
        bench.refused(&path, ["length", "at least 64 bytes", "40;", "copy it again"]);
    });
}

#[test]
fn another_major() {
    isolated("another_major", |bench| {
        let path = bench.plugin("symbol.so", &["SYMBOL=PATCHBAY_PLUGIN_V7", "MAJOR=7"]);
        let parts =
            ["dynamic symbol", "PATCHBAY_PLUGIN_V0", "PATCHBAY_PLUGIN_V7;", "rebuild it with"];
        bench.refused(&path, parts);
        let path = bench.plugin("field.so", &["MAJOR=7"]);
        bench.refused(&path, ["abi_major", "0", "7;", "rebuild it with the SDK"]);
    });
}

#[test]
fn another_kind() {
    isolated("another_kind", |bench| {
        let path = bench.plugin("strategy.so", &[]);
        let refusal = bench.loader().load(&path, Some(Kind::Adapter)).unwrap_err();
        message(&refusal, &path, ["kind", "adapter", "strategy;", "where a strategy belongs"]);
        assert!(!bench.canary("strategy.so").exists());
        let path = bench.plugin("unknown.so", &["KIND=9"]);
        bench.refused(&path, ["kind", "1 (adapter) or 2 (strategy)", "9;", "set it to one"]);
    });
}

#[test]
fn fields_of_the_descriptor() {
    isolated("fields_of_the_descriptor", |bench| {
        let hash = format!("{:#010x}", patchbay_abi::layout::HASH);
        let minor = format!("at most {}", patchbay_abi::ABI_MINOR);
        let magic = format!("{:#018x}", patchbay_abi::MAGIC);
        let text = "UTF-8 without control characters";
        let rows: [(&str, [&str; 4]); 9] = [
            ("MAGIC=5", ["magic", &magic, "0x0000000000000005;", "export a static PluginDecl"]),
            ("STRUCT_SIZE=100", ["struct_size", "at least 216", "100;", "sizeof(PluginDecl)"]),
            ("MINOR_MIN=99", ["abi_minor_min", &minor, "99;", "update the host"]),
            ("SLOT_SIZE=32", ["slot_size", "64", "32;", "rebuild it"]),
            ("HASH=17", ["layout_hash", &hash, "0x00000011;", "rebuild it"]),
            ("NAME=\"No Name\"", ["name", "one or more of a-z", "\"No Name\";", "change it"]),
            ("NAME=\"\"", ["name", "one or more of a-z", "\"\";", "change it"]),
            ("VERSION=\"1\\033[2J\"", ["version", text, "\"1\\u{1b}[2J\";", "change it"]),
            ("VERSION=\"1\\377\"", ["version", text, "\"1\u{fffd}\";", "change it"]),
        ];
        for (number, (change, parts)) in rows.into_iter().enumerate() {
            let path = bench.plugin(&format!("field{number}.so"), &[change]);
            bench.refused(&path, parts);
        }
    });
}

#[test]
fn built_to_abort() {
    isolated("built_to_abort", |bench| {
        let path = bench.plugin("abort.so", &["FLAGS=2"]);
        let remedy = "build it with panic = \"unwind\"";
        bench.refused(&path, ["flags", "UNWIND", "0x2 (panic = \"abort\")", remedy]);
        let path = bench.plugin("unguarded.so", &["FLAGS=1"]);
        bench.refused(&path, ["flags", "GUARDED", "0x1", "export it with the SDK's macros"]);
    });
}

#[test]
fn not_a_descriptor() {
    isolated("not_a_descriptor", |bench| {
        let remedy = "export a static PluginDecl";
        let path = bench.plugin("function.so", &["FUNCTION"]);
        let parts = ["PATCHBAY_PLUGIN_V0", "data (an object symbol)", "a symbol of type 2", remedy];
        bench.refused(&path, parts);
        let path = bench.plugin("bss.so", &["UNINITIALISED"]);
        let expected = "a whole PluginDecl in initialised data";
        bench.refused(&path, ["PATCHBAY_PLUGIN_V0", expected, "216 bytes at 0x", remedy]);
        let path = bench.text("short.so", "long PATCHBAY_PLUGIN_V0 = 1;", &["-shared", "-fPIC"]);
        bench.refused(&path, ["PATCHBAY_PLUGIN_V0", expected, "8 bytes at 0x", remedy]);
        let source = r#"asm(".globl PATCHBAY_PLUGIN_V0; .type PATCHBAY_PLUGIN_V0, %object;"
            ".size PATCHBAY_PLUGIN_V0, 216; .data; .balign 8; .byte 1; PATCHBAY_PLUGIN_V0:"
            ".zero 216");"#;
        let path = bench.text("crooked.so", source, &["-shared", "-fPIC"]);
        bench.refused(&path, ["PATCHBAY_PLUGIN_V0", expected, "216 bytes at 0x", remedy]);
    });
}

#[test]
fn not_a_plugin() {
    isolated("not_a_plugin", |bench| {
        let magic = "the bytes 7f 45 4c 46";
        let text = bench.path("text.so");
        fs::write(&text, "#!/bin/sh\n").unwrap();
        bench.refused(&text, ["ELF magic", magic, "23 21 2f 62;", "name a shared library"]);
        let empty = bench.path("empty.so");
        fs::write(&empty, "").unwrap();
        bench.refused(&empty, ["ELF magic", magic, "an empty file;", "name a shared library"]);
        let plain = bench.text("plain.so", "int f(void) { return 1; }", &["-shared", "-fPIC"]);
        let parts = ["dynamic symbol", "PATCHBAY_PLUGIN_V0", "no symbol", "export_adapter!"];
        bench.refused(&plain, parts);
        let shared = "a shared library";
        let main = "int main(void) { return 1; }";
        for (file, option) in [("pie.so", "-pie"), ("fixed.so", "-no-pie")] {
            let path = bench.text(file, main, &["-fPIE", option]);
            bench.refused(&path, ["ELF type", shared, "an executable;", "build it as a cdylib"]);
        }
        let object = bench.text("object.so", main, &["-c"]);
        bench.refused(&object, ["ELF type", shared, "an object file;", "build it as a cdylib"]);
    });
}

#[test]
fn pulls_in_other_libraries() {
    isolated("pulls_in_other_libraries", |bench| {
        bench.text("libother.so", "int other(void) { return 1; }", &["-shared", "-fPIC"]);
        let options = ["-Wl,--no-as-needed", "-L.", "-lother"];
        let path = bench.plugin("needs.so", &options);
        bench.refused(&path, ["DT_NEEDED", "only libc.so.6", "\"libother.so\";", "link it stat"]);
        let path = bench.plugin("runpath.so", &["-Wl,--enable-new-dtags,-rpath,$ORIGIN"]);
        bench.refused(&path, ["DT_RUNPATH", "none", "\"$ORIGIN\";", "link without -rpath"]);
        let path = bench.plugin("rpath.so", &["-Wl,--disable-new-dtags,-rpath,/opt"]);
        bench.refused(&path, ["DT_RPATH", "none", "\"/opt\";", "link without -rpath"]);
        let path = bench.plugin("filter.so", &["-Wl,--auxiliary,libother.so"]);
        bench.refused(&path, ["DT_AUXILIARY", "none", "\"libother.so\";", "--auxiliary"]);
        let path = bench.plugin("audit.so", &["-Wl,--audit,libother.so"]);
        bench.refused(&path, ["DT_AUDIT", "none", "\"libother.so\";", "--audit"]);
        let path = bench.plugin("stack.so", &["-Wl,-z,execstack"]);
        bench.refused(&path, ["PT_GNU_STACK", "flags without", "0x7;", "-z noexecstack"]);
    });
}

#[test]
fn for_another_machine() {
    isolated("for_another_machine", |bench| {
        let whole = fs::read(bench.plugin("whole.so", &[])).unwrap();
        let patched = |file: &str, place: usize, byte: u8| -> PathBuf {
            let mut bytes = whole.clone();
            bytes[place] = byte;
            fs::write(bench.path(file), bytes).unwrap();
            bench.path(file)
        };
        let remedy = "build it for this machine";
        let path = patched("machine.so", 18, 40);
        let machine = u16::from_le_bytes([whole[18], whole[19]]).to_string();
        bench.refused(&path, ["ELF machine", &machine, "40;", remedy]);
        let path = patched("class.so", 4, 1);
        bench.refused(&path, ["ELF class and data", "2 and 1", "1 and 1;", remedy]);
    });
}

#[test]
fn damaged_files_never_end_the_host() {
    isolated("damaged_files_never_end_the_host", |bench| {
        let whole = fs::read(bench.plugin("whole.so", &[])).unwrap();
        let path = bench.path("damaged.so");
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut refused = 0;
        for round in 0..3000 {
            let mut bytes = whole.clone();
            for _ in 0..=round % 4 {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                // Half of the hits in the headers, half anywhere.
                let reach = if random & 1 == 0 { 1024 } else { bytes.len() };
                let place = (random >> 8) as usize % reach;
                bytes[place] = (random >> 40) as u8;
            }
            fs::write(&path, &bytes).unwrap();
            refused += u32::from(inspect(&path).is_err());
        }
        println!("refused {refused} of 3000");
        assert!(refused > 500);
    });
}
