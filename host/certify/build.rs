//! Compiles the clock shim that is preloaded where a plugin's purity is tried.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "that is how a build script speaks")]

use std::path::Path;
use std::process::exit;

fn main() {
    println!("cargo::rerun-if-changed=c/clock_shim.c");
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let mut command = cc::Build::new().opt_level(2).get_compiler().to_command();
    command.args(["-std=c11", "-Wall", "-Werror", "-fPIC", "-shared", "c/clock_shim.c", "-o"]);
    command.arg(Path::new(&out).join("clock_shim.so"));
    match command.status() {
        Ok(status) if status.success() => {}
        failed => {
            eprintln!("the clock shim cannot be compiled, which needs a C compiler: {failed:?}");
            exit(1);
        }
    }
}
