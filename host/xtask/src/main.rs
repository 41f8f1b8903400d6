//! `cargo patchbay ARGS`: builds host and plugins in release, puts the plugins where the host looks
//! for them, and becomes `patchbay ARGS`.
#![allow(clippy::print_stderr)]

mod build;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let host = match build::host_and_plugins() {
        Ok(host) => host,
        Err(message) => {
            eprintln!("cargo patchbay: {message}");
            return ExitCode::FAILURE;
        }
    };
    let mut command = Command::new(&host);
    command.args(std::env::args_os().skip(1));
    build::without_cargo(&mut command);
    // Returns only if it fails: one process, so that Ctrl-C and exit codes are the host's.
    let error = command.exec();
    eprintln!("cargo patchbay: cannot run {}: {error}", host.display());
    ExitCode::FAILURE
}
